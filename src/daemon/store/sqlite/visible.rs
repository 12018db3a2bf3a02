//! Pages of lists of which a reader may see some things and others not: what it may not see neither counts against the page's length nor
//! shows where the next page begins, so that nobody can count what is hidden.

use crate::daemon::store::failure::StoreResult;

/// Rows that one page of such a list looks at, whoever may see them. Only past so many hidden ones in a row does a cursor say that there are
/// any.
pub const SCAN_MAX: u32 = 10_000;

/// What of some rows a reader may see.
#[derive(Debug)]
pub struct Visible<K, T> {
    /// No more than were asked for.
    pub items: Vec<T>,
    /// The row after which the next page begins; `None` where this one is the last.
    pub place: Option<K>,
}

/// Takes `limit` rows that may be seen. There should be no more than [`SCAN_MAX`] of them: more are not looked at.
pub fn take<K, T>(
    rows: impl Iterator<Item = rusqlite::Result<(K, T)>>,
    limit: u32,
    may_see: impl Fn(&T) -> bool,
) -> StoreResult<Visible<K, T>> {
    let (mut items, mut looked_at) = (Vec::new(), 0);
    for row in rows {
        let (place, item) = row?;
        looked_at += 1;
        if may_see(&item) {
            items.push(item);
        }
        if items.len() >= limit as usize || looked_at >= SCAN_MAX {
            return Ok(Visible { items, place: Some(place) });
        }
    }
    Ok(Visible { items, place: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: u32, limit: u32, may_see: impl Fn(&u32) -> bool) -> (Vec<u32>, Option<u32>) {
        let visible = take((1..=rows).map(|row| Ok((row, row))), limit, may_see).unwrap();
        (visible.items, visible.place)
    }

    #[test]
    fn hidden_rows_do_not_shorten_a_page_and_a_last_page_looks_the_same_whatever_is_hidden_after_it() {
        assert_eq!(page(6, 2, |_| true), (vec![1, 2], Some(2)));
        assert_eq!(page(6, 2, |row| row % 2 == 0), (vec![2, 4], Some(4)));
        assert_eq!(page(6, 2, |row| *row == 1), (vec![1], None));
        assert_eq!(page(6, 2, |_| false), (vec![], None));
        assert_eq!(page(0, 2, |_| true), (vec![], None));
    }

    #[test]
    fn a_page_looks_at_so_many_rows_and_no_more() {
        assert_eq!(page(SCAN_MAX - 1, 2, |_| false), (vec![], None));
        assert_eq!(page(SCAN_MAX + 1, 2, |_| false), (vec![], Some(SCAN_MAX)));
    }
}
