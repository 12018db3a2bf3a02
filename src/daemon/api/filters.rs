//! Filters of requests.

use panotti_filter::expression::Filter;
use panotti_protocol::failure::Failure;

/// Compiles the filter of a query, if it has one.
///
/// # Errors
/// `filter.invalid`, with the place.
pub fn compiled(text: Option<&str>) -> Result<Option<Filter>, Failure> {
    text.map(|text| Filter::compile(text).map_err(|problem| problem.failure())).transpose()
}
