//! Waiting for the deliveries of an event: `panotti event publish --wait`. Woken by the live feed; nothing is asked again and again.

use std::time::Duration;

use panotti_protocol::api::{Delivery, OutcomeNotice, StreamQuery};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::failure::{Failure, exit};
use panotti_protocol::id::EventId;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use crate::cli::output::human::{counted_as, duration_ms, green, red, safe, short, yellow};
use crate::client::Client;
use crate::client::path::with_query;
use crate::client::stream::{Followed, Following, ServerEvent};

/// How long `--wait` waits when nothing is said: longer than the usual retries take.
pub const WAIT_DEFAULT: &str = "1m";

/// What became of an event's deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waited {
    /// How it ended.
    pub outcome: Ended,
    /// Every delivery as it stands now.
    pub deliveries: Vec<Delivery>,
}

/// How the wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// No delivery failed.
    Done,
    /// At least one failed or was given up; all have ended.
    Failed,
    /// The time ran out before all had ended.
    Timeout,
}

impl Waited {
    fn new(deliveries: Vec<Delivery>) -> Self {
        let outcome = if deliveries.iter().any(|delivery| !delivery.state.is_ended()) {
            Ended::Timeout
        } else if deliveries.iter().any(|delivery| fails(delivery.state)) {
            Ended::Failed
        } else {
            Ended::Done
        };
        Self { outcome, deliveries }
    }

    /// The exit code of a command that waited.
    pub fn exit(&self) -> u8 {
        match self.outcome {
            Ended::Done => exit::OK,
            Ended::Failed => exit::FAILED,
            Ended::Timeout => exit::TIMEOUT,
        }
    }

    /// What a person reads: each delivery, and the sum.
    pub fn text(&self, eventid: EventId) -> String {
        let shown: Vec<String> = self.deliveries.iter().map(one).collect();
        let number = |of: fn(&Delivery) -> bool| self.deliveries.iter().filter(|delivery| of(delivery)).count() as u64;
        let all = counted_as(self.deliveries.len() as u64, "delivery", "deliveries");
        let sum = match self.outcome {
            Ended::Done if self.deliveries.is_empty() => "no subscription matches it".to_owned(),
            Ended::Done if self.deliveries.len() == 1 => "the delivery ended well".to_owned(),
            Ended::Done => format!("all {all} ended well"),
            Ended::Failed => format!("{} of {all} failed", number(|delivery| fails(delivery.state))),
            Ended::Timeout => format!("{} of {all} had not ended in the time given", number(|delivery| !delivery.state.is_ended())),
        };
        let deliveries = if shown.is_empty() { String::new() } else { format!("  {}\n", shown.join("      ")) };
        format!("{deliveries}{sum}   panotti event show {}", short(&eventid.to_string()))
    }
}

fn fails(state: DeliveryState) -> bool {
    state.is_failed() || state == DeliveryState::Cancelled
}

/// `✓ word-count   4ms`, or what went wrong.
fn one(delivery: &Delivery) -> String {
    let name = safe(&delivery.plugin);
    let took = delivery.duration_ms.map(duration_ms).unwrap_or_default();
    match delivery.state {
        DeliveryState::Done | DeliveryState::Recovered => format!("{} {name}   {took}", green("✓")),
        state if fails(state) => {
            let error =
                delivery.error.as_ref().map(|error| format!("  {}: {}", safe(&error.class), safe(&error.message))).unwrap_or_default();
            format!("{} {name}   {state} ({}/{}){error}", red("✗"), delivery.attempts, delivery.attempts_max)
        }
        state => format!("{} {name}   {state} ({}/{})", yellow("…"), delivery.attempts, delivery.attempts_max),
    }
}

/// Waits until every delivery of the event has ended, or the time is over.
///
/// # Errors
/// The daemon's failure.
pub async fn until_ended(client: &mut Client, eventid: EventId, limit: Duration) -> Result<Waited, Failure> {
    let deadline = Instant::now() + limit;
    let id = eventid.to_string();
    let query = StreamQuery { event: Some(eventid), ..StreamQuery::default() };
    // Watched first and looked at then: what ends between is in one of the two.
    let mut following = Following::begin(client.another(), with_query("/events/stream", &query)?, String::new()).await?;
    loop {
        let waited = Waited::new(client.event(&id).await?.deliveries);
        if waited.outcome != Ended::Timeout {
            return Ok(waited);
        }
        loop {
            match timeout_at(deadline, following.next()).await {
                Err(_) => return Ok(Waited::new(client.event(&id).await?.deliveries)),
                Ok(Ok(Followed::Event(event))) if !ends_one(&event) => {}
                Ok(Ok(_)) => break,
                Ok(Err(failure)) => return Err(failure),
            }
        }
    }
}

/// Whether a delivery ended, or may have while nobody could say so.
fn ends_one(event: &ServerEvent) -> bool {
    match event.event.as_str() {
        "outcome" => serde_json::from_str::<OutcomeNotice>(&event.data).map_or(true, |notice| notice.state.is_ended()),
        kind => kind == "gap",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use panotti_protocol::delivery::AttemptError;
    use panotti_protocol::id::{DeliveryId, uuid_v7};

    fn delivery(plugin: &str, state: DeliveryState) -> Delivery {
        let failed = state.is_failed();
        Delivery {
            deliveryid: DeliveryId::from_bytes(uuid_v7(1, [0; 10])),
            subscription: format!("{plugin}/a.b"),
            plugin: plugin.to_owned(),
            state,
            cause: None,
            attempts: if failed { 4 } else { 0 },
            attempts_max: 4,
            next_attempt_at: None,
            ended_at: None,
            duration_ms: Some(4),
            error: failed.then(|| AttemptError { class: "TimeoutError".to_owned(), message: "upstream".to_owned(), place: None }),
            fingerprint: None,
            replay: None,
            history: Vec::new(),
        }
    }

    #[test]
    fn the_exit_code_says_whether_all_ended_and_whether_all_ended_well() {
        use DeliveryState::{Cancelled, Dead, Done, Held, Pending, Skipped};
        let exit = |states: &[DeliveryState]| Waited::new(states.iter().map(|state| delivery("p", *state)).collect()).exit();

        assert_eq!((exit(&[]), exit(&[Done, Skipped])), (0, 0));
        assert_eq!((exit(&[Done, Dead]), exit(&[Cancelled])), (1, 1));
        assert_eq!((exit(&[Dead, Pending]), exit(&[Held])), (124, 124));
    }

    #[test]
    fn each_delivery_is_told_with_what_went_wrong() {
        let eventid: EventId = "evt_01kc2v7jq8ew2s7q4m8t1n0zcd".parse().unwrap();
        let waited = Waited::new(vec![delivery("word-count", DeliveryState::Done), delivery("summarize", DeliveryState::Dead)]);

        let text = anstream::adapter::strip_str(&waited.text(eventid)).to_string();

        assert_eq!(
            text,
            "  ✓ word-count   4ms      ✗ summarize   dead (4/4)  TimeoutError: upstream\n1 of 2 deliveries failed   panotti event show ..8t1n0zcd"
        );
    }
}
