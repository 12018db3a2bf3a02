//! Sealing: stored events held against their tags.

use axum::extract::State;
use panotti_protocol::api::{SealCheckQuery, SealChecked};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::pages::{PageAnswer, Paged};
use super::problem::Parameters;
use super::{Api, pages};
use crate::daemon::store::sqlite::checking;

/// `GET /seal/check`: one page of it.
pub async fn check(State(api): State<Api>, Parameters(query): Parameters<SealCheckQuery>) -> PageAnswer<SealChecked> {
    let not_of_this_list = |_| Failure::new(ErrorCode::REQUEST_INVALID, "`cursor` is not one of this list");
    let from = match pages::read_text('k', query.cursor.as_deref())? {
        Some(row) => row.parse().map_err(not_of_this_list)?,
        None => i64::MIN,
    };
    let (page, next) = api.readers.read(move |database| checking::page(database, from)).await?;
    Ok(Paged(SealChecked { next_cursor: next.map(|row| pages::write_text('k', &row.to_string())), ..page }))
}
