//! Which requests go into one step of the bus, and so into one transaction: as many as have gathered, up to a number and to the bytes of
//! their events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use panotti_core::command::{Command, HandlerOutcome};
use panotti_core::origin::Origin;

use super::handle::Request;
use super::limits::{BATCH_BYTES_MAX, BATCH_REQUESTS_MAX};

/// Takes the requests of the next step. What reads rows right before, or changes the rules, begins a step of its own.
pub fn next_batch(waiting: &mut VecDeque<Request>) -> Vec<Request> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while let Some(request) = waiting.front() {
        let alone = begins_a_step(request);
        if (alone && !batch.is_empty()) || matches!(request, Request::Close { .. }) {
            break;
        }
        bytes += event_bytes(request);
        batch.extend(waiting.pop_front());
        if alone || batch.len() >= BATCH_REQUESTS_MAX || bytes >= BATCH_BYTES_MAX {
            break;
        }
    }
    batch
}

fn begins_a_step(request: &Request) -> bool {
    match request {
        Request::Commands { commands, .. } => commands.iter().any(changes_rules),
        Request::Deliveries { .. } | Request::SetState { .. } | Request::Housekeeping { .. } | Request::Vacuum { .. } => true,
        Request::ReadState { .. } | Request::Barrier { .. } | Request::Leased { .. } | Request::Look { .. } | Request::Close { .. } => {
            false
        }
    }
}

/// When its publisher asked.
pub fn asked_at(request: &Request) -> Option<Instant> {
    match request {
        Request::Commands { asked, .. } => Some(*asked),
        _ => None,
    }
}

/// The request of the API behind it.
pub fn origin_of(request: &Request) -> Option<Arc<Origin>> {
    match request {
        Request::Commands { origin, .. }
        | Request::Deliveries { origin, .. }
        | Request::SetState { origin, .. }
        | Request::Housekeeping { origin, .. } => origin.clone(),
        _ => None,
    }
}

fn changes_rules(command: &Command) -> bool {
    matches!(command, Command::Register { .. } | Command::CreateFilter(_) | Command::RemoveFilter { .. })
}

fn event_bytes(request: &Request) -> usize {
    let Request::Commands { commands, .. } = request else { return 0 };
    let of_one = |command: &Command| match command {
        Command::Publish(publish) => publish.draft.bytes(),
        Command::PublishOnce(once) => once.publishes.iter().map(|publish| publish.draft.bytes()).sum(),
        Command::Outcome(report) => match &report.outcome {
            HandlerOutcome::Done { emits, .. } => emits.iter().map(|emit| emit.draft.bytes()).sum(),
            _ => 0,
        },
        _ => 0,
    };
    commands.iter().map(of_one).sum()
}
