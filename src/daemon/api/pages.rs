//! Cursors of lists: opaque text that says where the next page begins.

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::{PAGE_DEFAULT, PAGE_MAX};

/// The largest number that the store can hold, and so that a cursor can name.
const STORED_MAX: u64 = i64::MAX as u64;

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
