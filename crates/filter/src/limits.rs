//! Bounds on filters and schemas (safety.md N9 and 4.9). A filter or schema over one of the first is refused when it is compiled; the
//! others bound what one evaluation or comparison may cost, whatever the event.

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

/// Longest schema, in bytes.
pub const SCHEMA_BYTES_MAX: usize = 64 * 1024;
/// Deepest nesting of schemas in one another, `$ref`s followed.
pub const SCHEMA_DEPTH_MAX: usize = 32;
/// Most schemas in a schema, each counted as often as a `$ref` leads to it. A payload's check visits each of its values at most so often.
pub const SUBSCHEMAS_MAX: usize = 2_000;
/// Most JSON values in a schema, each counted as often as a `$ref` leads to it.
pub const SCHEMA_VALUES_MAX: usize = 20_000;
/// Most problems that are told of one schema, one payload or one comparison.
pub const SCHEMA_PROBLEMS_MAX: usize = 20;
/// Most values of an `enum` or `const` that are written out in a sentence.
pub const SCHEMA_VALUES_SHOWN_MAX: usize = 8;
/// Most steps of comparing two schemas: a step is a pair of parts that is looked at.
pub const COMPARISON_STEPS_MAX: u32 = 100_000;
/// How many alternatives of the old schema may be told apart inside one another when two are compared.
pub const COMPARISON_SPLITS_MAX: usize = 3;
/// Properties past which an object is taken for a map when a schema is inferred.
pub const INFERRED_PROPERTIES_MAX: usize = 200;
/// Deepest part of a payload that is described when a schema is inferred; what is deeper may be anything.
pub const INFERRED_DEPTH_MAX: usize = 12;
/// Most different texts that are taken for an enumeration when a schema is inferred.
pub const INFERRED_ENUM_MAX: usize = 6;
/// Longest text of an inferred enumeration, in bytes.
pub const INFERRED_ENUM_BYTES_MAX: usize = 32;
/// How often each text of an inferred enumeration must have been seen.
pub const INFERRED_ENUM_SEEN_MIN: u64 = 5;
/// Texts that must all have a form before it is taken for their `format`.
pub const INFERRED_FORMAT_SEEN_MIN: u64 = 5;
