//! `panotti key list`

use std::time::Duration;

use panotti_protocol::api::{ApiKey, KeyState};
use panotti_protocol::failure::exit;
use panotti_protocol::time::Timestamp;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{ListFlags, parse_duration};
use crate::cli::output::human::safe;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &[
    "cidr",
    "created_at",
    "created_by",
    "expires_at",
    "id",
    "label",
    "last_used_at",
    "name",
    "replaces",
    "revoked_at",
    "role",
    "scope",
    "state",
];

/// List the API keys
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti key list\n  panotti key list --unused 30d\n  panotti key list --expiring 14d")]
pub struct ListArgs {
    /// Only those in force that nobody has used for so long
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub unused: Option<Duration>,
    /// Only those in force that are over within this time
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub expiring: Option<Duration>,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: ListArgs, context: &Context) -> Outcome {
    let mut keys = context.client()?.keys().await?.items;
    keys.retain(|key| is_wanted(key, &args, now()));
    keys.truncate(args.list.rows_max());
    let mut columns = vec![left("NAME"), left("ID"), left("ROLE"), left("STATE"), right("EXPIRES"), right("USED")];
    if context.output.wide() {
        columns.extend([left("SCOPE"), left("FROM"), left("BY"), left("LABEL")]);
    }
    let mut table = Table::new(columns);
    for key in &keys {
        let mut row = vec![
            key.name.clone(),
            key.id.to_string(),
            key.role.clone(),
            key.state.to_string(),
            context.output.time.show(key.expires_at),
            key.last_used_at.map_or("-".to_owned(), |at| context.output.time.show(at)),
        ];
        if context.output.wide() {
            row.extend([words(&key.scope), words(&key.cidr), safe(&key.created_by), safe(&key.label)]);
        }
        table.row(row);
    }
    let footer = if keys.is_empty() && context.output.terminal() { "no keys".to_owned() } else { String::new() };
    let no_headers = args.list.no_headers;
    context.output.list(Listing { items: to_values(&keys)?, table, id: "id", fields: FIELDS, footer, no_headers })?;
    Ok(exit::OK)
}

fn is_wanted(key: &ApiKey, args: &ListArgs, now: Timestamp) -> bool {
    let in_force = matches!(key.state, KeyState::Active | KeyState::Replaced);
    let unused = args.unused.is_none_or(|unused| in_force && key.last_used_at.unwrap_or(key.created_at) + unused <= now);
    unused && args.expiring.is_none_or(|within| in_force && key.expires_at <= now + within)
}

/// Several things on one line.
pub fn words<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn key(state: KeyState, created: Timestamp, used: Option<Timestamp>, expires: Timestamp) -> ApiKey {
        ApiKey {
            id: "0123456789ab".parse().unwrap(),
            name: "ci".to_owned(),
            state,
            role: "viewer".to_owned(),
            scope: Vec::new(),
            cidr: Vec::new(),
            label: String::new(),
            created_at: created,
            created_by: String::new(),
            expires_at: expires,
            last_used_at: used,
            revoked_at: None,
            replaces: None,
        }
    }

    #[test]
    fn unused_keys_and_those_that_expire_soon_are_found_and_those_that_are_over_are_not() {
        let unused = |key: &ApiKey| is_wanted(key, &ListArgs { unused: Some(30 * DAY), expiring: None, list: flags() }, NOW);
        let expiring = |key: &ApiKey| is_wanted(key, &ListArgs { unused: None, expiring: Some(14 * DAY), list: flags() }, NOW);
        let (long_ago, soon) = (NOW - 40 * DAY, NOW + 3 * DAY);
        assert!(unused(&key(KeyState::Active, long_ago, None, soon)));
        assert!(!unused(&key(KeyState::Active, long_ago, Some(NOW - DAY), soon)));
        assert!(!unused(&key(KeyState::Active, NOW - DAY, None, soon)));
        assert!(!unused(&key(KeyState::Revoked, long_ago, None, soon)));
        assert!(expiring(&key(KeyState::Active, long_ago, None, soon)));
        assert!(!expiring(&key(KeyState::Active, long_ago, None, NOW + 40 * DAY)));
        assert!(!expiring(&key(KeyState::Expired, long_ago, None, NOW - DAY)));
    }

    fn flags() -> ListFlags {
        ListFlags { limit: 100, all: false, no_headers: false }
    }
}
