//! Which stored events: the flags that `event list`, `event export` and every replay share.

use panotti_filter::expression::{Filter, FilterProblem};
use panotti_protocol::api::EventsQuery;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::TopicPattern;

use super::globals::{When, parse_when};

/// What of the stored events is wanted. All that is said must hold.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct EventSelect {
    /// Only failed deliveries: dead or quarantined; and their events
    #[arg(long)]
    pub failed: bool,
    /// Only deliveries in this state, and their events
    #[arg(long, value_name = "STATE")]
    pub status: Option<DeliveryState>,
    /// Only events of these topics; quote the pattern
    #[arg(long, value_name = "PATTERN")]
    pub topic: Option<TopicPattern>,
    /// Only events that match this filter, such as 'data.duration > 5'; see `panotti help filters`
    #[arg(long, value_name = "EXPR", value_parser = parse_filter)]
    pub filter: Option<String>,
    /// Only deliveries to this plugin, and their events
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
    /// Only failed deliveries of this group of errors; `panotti event errors` shows the fingerprints
    #[arg(long, value_name = "FINGERPRINT")]
    pub error: Option<String>,
    /// Only events of this story: its correlation id
    #[arg(long, value_name = "ID")]
    pub correlation: Option<String>,
    /// Accepted since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
    /// Accepted before then: a time, or so long ago
    #[arg(long, visible_alias = "before", value_name = "TIME", value_parser = parse_when)]
    pub until: Option<When>,
}

impl EventSelect {
    /// What is asked of the daemon. `now` is what "so long ago" counts from.
    pub fn query(&self, now: Timestamp) -> EventsQuery {
        EventsQuery {
            topic: self.topic.clone(),
            filter: self.filter.clone(),
            plugin: self.plugin.clone(),
            status: self.status,
            failed: self.failed,
            error: self.error.clone(),
            correlation: self.correlation.clone(),
            since: self.since.map(|since| since.resolve(now)),
            until: self.until.map(|until| until.resolve(now)),
            ..EventsQuery::default()
        }
    }

    /// Whether single deliveries are wanted, not whole events.
    pub fn is_of_deliveries(&self) -> bool {
        self.failed || self.status.is_some() || self.plugin.is_some() || self.error.is_some()
    }
}

/// A filter that compiles: what is wrong with it is told before anything is asked.
///
/// # Errors
/// The problem, with its place.
pub fn parse_filter(text: &str) -> Result<String, FilterProblem> {
    Filter::compile(text).map(|filter| filter.text().to_owned())
}
