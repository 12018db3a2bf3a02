//! Bounds on filters (safety.md N9 and 4.9). A filter over one of the first is refused when it is compiled; the last two bound what one
//! evaluation may cost, whatever the event.

/// Longest filter, in bytes.
pub const TEXT_BYTES_MAX: usize = 4 * 1024;
/// Deepest nesting of parentheses and brackets.
pub const NESTING_MAX: usize = 16;
/// Most steps of one path: `data.a[0].b` has three.
pub const PATH_STEPS_MAX: usize = 16;
/// Most values of a list written in a filter.
pub const LIST_VALUES_MAX: usize = 256;
/// How deep `exists`, `all` and `exists_one` may stand inside one another.
pub const QUANTIFIERS_NESTED_MAX: usize = 2;
/// Memory that one compiled pattern of `matches` may take, in bytes.
pub const PATTERN_BYTES_MAX: usize = 1024 * 1024;
/// Items a list is taken to have when a filter's cost is counted beforehand.
pub const LIST_ITEMS_EXPECTED: u64 = 50;
/// Most steps of one evaluation: about a millisecond. A step is a part of the filter that is looked at, an item of a list, or so many
/// bytes of text as [`TEXT_BYTES_PER_STEP`] says.
pub const EVALUATION_STEPS_MAX: u64 = 100_000;
/// Bytes of text that are compared or searched in one step.
pub const TEXT_BYTES_PER_STEP: u64 = 64;
/// Stack of the thread that parses a filter, in bytes. Only what is used of it takes memory.
pub const PARSER_STACK_BYTES: usize = 32 * 1024 * 1024;
