//! Cursors of lists: opaque text that says where the next page begins. A page says so in its body, and in the header `Link` (RFC 8288).

use axum::Json;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::header::{HeaderValue, LINK};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use panotti_protocol::api::{AuditVerified, EventsPage, Filtered, Page, SealChecked, Stats};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::{PAGE_DEFAULT, PAGE_MAX};
use serde::Serialize;

use super::problem::Problem;

/// The largest number that the store can hold, and so that a cursor can name.
pub const STORED_MAX: u64 = i64::MAX as u64;

/// What handlers of lists answer: a page.
pub type PageAnswer<T> = Result<Paged<T>, Problem>;

/// A page as an answer.
#[derive(Debug)]
pub struct Paged<T>(pub T);

/// What comes in pages.
pub trait InPages {
    /// Where the next one begins; `None` on the last.
    fn next_cursor(&self) -> Option<&str>;
}

macro_rules! in_pages {
    ($($page:ty),+) => {
        $(impl InPages for $page {
            fn next_cursor(&self) -> Option<&str> {
                self.next_cursor.as_deref()
            }
        })+
    };
}

in_pages!(EventsPage, Stats, Filtered, AuditVerified, SealChecked);

impl<T> InPages for Page<T> {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

/// Where the next page begins, on its way to the header.
#[derive(Debug, Clone)]
struct NextCursor(String);

impl<T: Serialize + InPages> IntoResponse for Paged<T> {
    fn into_response(self) -> Response {
        let next = self.0.next_cursor().map(str::to_owned);
        let mut response = Json(self.0).into_response();
        if let Some(cursor) = next {
            response.extensions_mut().insert(NextCursor(cursor));
        }
        response
    }
}

/// Gives every page that is not the last its `Link` to the next one.
pub async fn link(request: Request, next: Next) -> Response {
    let asked = request.uri().clone();
    let mut response = next.run(request).await;
    if let Some(NextCursor(cursor)) = response.extensions_mut().remove::<NextCursor>()
        && let Ok(value) = HeaderValue::from_str(&format!("<{}>; rel=\"next\"", next_page(&asked, &cursor)))
    {
        response.headers_mut().insert(LINK, value);
    }
    response
}

/// The path that asks for the same list from a cursor on. A cursor's letters need no encoding.
fn next_page(asked: &Uri, cursor: &str) -> String {
    let same = asked.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query: Vec<&str> = same.collect();
    let separator = if query.is_empty() { "" } else { "&" };
    format!("{}?{}{separator}cursor={cursor}", asked.path(), query.join("&"))
}

/// Rows of a page: what was asked, within what is allowed.
pub fn limit(asked: Option<u32>) -> Result<u32, Failure> {
    match asked {
        None => Ok(PAGE_DEFAULT),
        Some(limit) if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        Some(limit) => Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`limit` is {limit}; it goes from 1 to {PAGE_MAX}"))),
    }
}

/// Writes a cursor for a kind of list.
pub fn write(kind: char, numbers: &[u64]) -> String {
    let text: Vec<String> = numbers.iter().map(u64::to_string).collect();
    data_encoding::BASE64URL_NOPAD.encode(format!("{kind}{}", text.join(".")).as_bytes())
}

/// Reads a cursor of a kind of list with so many numbers.
pub fn read<const N: usize>(kind: char, cursor: Option<&str>) -> Result<Option<[u64; N]>, Failure> {
    let Some(cursor) = cursor else { return Ok(None) };
    let numbers = || {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let numbers: Option<Vec<u64>> =
            text.strip_prefix(kind)?.split('.').map(|number| number.parse().ok().filter(|number| *number <= STORED_MAX)).collect();
        numbers?.try_into().ok()
    };
    numbers().map(Some).ok_or_else(not_of_this_list)
}

/// Writes a cursor for a list in the order of texts.
pub fn write_text(kind: char, text: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(format!("{kind}{text}").as_bytes())
}

/// Reads a cursor of a list in the order of texts.
pub fn read_text(kind: char, cursor: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(cursor) = cursor else { return Ok(None) };
    let text =
        || String::from_utf8(data_encoding::BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()?.strip_prefix(kind).map(str::to_owned);
    text().map(Some).ok_or_else(not_of_this_list)
}

fn not_of_this_list() -> Failure {
    Failure::new(ErrorCode::REQUEST_INVALID, "`cursor` is not one of this list").next("take `next_cursor` of the page before, unchanged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_as_this_one_was() {
        let next = |asked: &str| next_page(&asked.parse().unwrap(), "ZTc");
        assert_eq!(next("/v1/events"), "/v1/events?cursor=ZTc");
        assert_eq!(next("/events?topic=a.%3E&limit=10"), "/events?topic=a.%3E&limit=10&cursor=ZTc");
        assert_eq!(next("/events?cursor=abc&limit=10"), "/events?limit=10&cursor=ZTc");
    }

    #[test]
    fn a_cursor_reads_back_and_one_of_another_list_is_refused() {
        let cursor = write('e', &[7, 9]);

        assert_eq!(read('e', Some(&cursor)), Ok(Some([7, 9])));
        assert_eq!(read::<2>('e', None), Ok(None));
        assert!(read::<2>('r', Some(&cursor)).is_err());
        assert!(read::<1>('e', Some(&write('e', &[u64::MAX]))).is_err(), "the store has no such number");
        assert!(read::<1>('e', Some(&cursor)).is_err());
        assert!(read::<1>('e', Some("%")).is_err());
        let cursor = write_text('s', "käse.1");
        assert_eq!(read_text('s', Some(&cursor)), Ok(Some("käse.1".to_owned())));
        assert!(read_text('t', Some(&cursor)).is_err());
    }
}
