//! What each subscription was, by version of the rules, so that it can be told later why an event reached it or not. Bounded: what no
//! stored event was matched by goes, and the oldest beyond [`ROWS_MAX`].

use panotti_core::action::Write;
use panotti_core::routing::SubscriptionId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::daemon::store::failure::StoreResult;

/// Former versions of subscriptions that are kept.
pub const ROWS_MAX: u32 = 10_000;
/// The number in `meta` that says from which version on everything is known; 0 where it is not there.
const KNOWN_FROM: &str = "rules_known_from";

/// A subscription as it was under a version of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleThen {
    /// Its id.
    pub subscription: SubscriptionId,
    /// Its plugin.
    pub plugin: String,
    /// Its name within the plugin.
    pub name: String,
    /// Its topic pattern.
    pub pattern: String,
    /// Its filter.
    pub filter: Option<String>,
}

/// Writes what a step changes in the rules. Their version comes after the subscriptions that it is the version of.
pub fn write(connection: &Connection, writes: &[Write]) -> StoreResult<()> {
    let mut changed = Vec::new();
    let mut any = false;
    for write in writes {
        match write {
            Write::Subscription { subscription, plugin, spec, active, .. } => changed.push((*subscription, plugin, spec, *active)),
            Write::Rules { version } => {
                any = true;
                for (subscription, plugin, spec, active) in std::mem::take(&mut changed) {
                    let end = "UPDATE rule_history SET to_rules = ?2 WHERE subscription_id = ?1 AND to_rules IS NULL";
                    connection.prepare_cached(end)?.execute(params![subscription.0, version])?;
                    if active {
                        let begin = "INSERT OR REPLACE INTO rule_history (subscription_id, from_rules, plugin, name, pattern, filter)
                             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                        connection.prepare_cached(begin)?.execute(params![
                            subscription.0,
                            version,
                            plugin,
                            spec.name,
                            spec.pattern.as_str(),
                            spec.filter
                        ])?;
                    }
                }
            }
            _ => {}
        }
    }
    if any { trim(connection) } else { Ok(()) }
}

/// Leans on `rule_history_by_end`.
fn trim(connection: &Connection) -> StoreResult<()> {
    connection
        .execute("DELETE FROM rule_history WHERE to_rules <= coalesce((SELECT rules FROM events ORDER BY sequence LIMIT 1), 0)", [])?;
    let beyond = "SELECT to_rules FROM rule_history WHERE to_rules IS NOT NULL ORDER BY to_rules DESC LIMIT 1 OFFSET ?1";
    let cut: Option<u64> = connection.query_row(beyond, [ROWS_MAX], |row| row.get(0)).optional()?;
    if let Some(cut) = cut {
        connection.execute("DELETE FROM rule_history WHERE to_rules <= ?1", [cut])?;
        connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", params![KNOWN_FROM, cut])?;
    }
    Ok(())
}

fn rule(row: &Row<'_>) -> rusqlite::Result<RuleThen> {
    Ok(RuleThen {
        subscription: SubscriptionId(row.get(0)?),
        plugin: row.get(1)?,
        name: row.get(2)?,
        pattern: row.get(3)?,
        filter: row.get(4)?,
    })
}

/// The subscriptions of a version, and whether all of that time are still known. At most as many as there can be subscriptions.
pub fn rules_of(connection: &Connection, version: u64) -> StoreResult<(Vec<RuleThen>, bool)> {
    let mut statement = connection.prepare_cached(
        "SELECT subscription_id, plugin, name, pattern, filter FROM rule_history WHERE from_rules <= ?1 AND (to_rules IS NULL OR to_rules > ?1)
         ORDER BY subscription_id",
    )?;
    let rules = statement.query_map([version], rule)?.collect::<Result<_, _>>()?;
    let known_from: Option<u64> =
        connection.query_row("SELECT value FROM meta WHERE name = ?1", [KNOWN_FROM], |row| row.get(0)).optional()?;
    Ok((rules, version >= known_from.unwrap_or(0)))
}
