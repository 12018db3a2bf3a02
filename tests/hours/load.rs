//! What is published and how it is handled: most of it at once, some later, some after a retry, some never. Knows what is unresolved.

use std::collections::BTreeSet;
use std::time::Duration;

use panotti::daemon::bus::handle::DeliveryChange;
use panotti_core::action::Lease;
use panotti_core::command::{Attach, HandlerOutcome, InstanceEnd, Record, Report, Switch};
use panotti_core::event::Draft;
use panotti_core::routing::SubscriptionSpec;
use panotti_protocol::api::OnDead;
use panotti_protocol::delivery::AttemptError;
use panotti_protocol::id::{InstanceId, Sequence};
use panotti_protocol::topic::Topic;

use super::rig::Rig;

/// The plugin that is on: handles what it gets, but rejects one in two thousand.
const WORKS: &str = "works";
/// The plugin that is off: its deliveries are held.
const OFF: &str = "off";
/// Deliveries in flight at once.
const CONCURRENCY: u32 = 1_000;
/// Ordering keys of the events that have one. A dead letter blocks its key.
const KEYS: u64 = 200;
/// Some deliveries wait this long.
const LATER: Duration = Duration::from_secs(1_200);

/// Topics, with how many of a thousand events each gets. Nobody is subscribed to the last.
const TOPICS: [(&str, u64); 5] = [("hours.work", 800), ("hours.keyed", 2), ("hours.later", 1), ("hours.held", 1), ("hours.nobody", 196)];

/// Publishes, handles, and keeps the books.
pub struct Load {
    published: u64,
    unresolved: BTreeSet<Sequence>,
    dead: BTreeSet<Sequence>,
    /// In flight over one step.
    slow: Vec<Lease>,
    /// Most unresolved events of each kind, in the order of [`Load::told`].
    most: [usize; 3],
    handled: u64,
}

impl Load {
    /// Subscribes.
    pub async fn begin(rig: &Rig) -> Self {
        let subscribe = |topic: &str| SubscriptionSpec { concurrency: CONCURRENCY, ..SubscriptionSpec::new(topic.parse().unwrap()) };
        let keyed = SubscriptionSpec { on_dead: OnDead::Block, ..subscribe("hours.keyed") };
        for (plugin, subscriptions) in
            [(WORKS, vec![subscribe("hours.work"), subscribe("hours.later"), keyed]), (OFF, vec![subscribe("hours.held")])]
        {
            let (version, digest) = ("1.0.0".to_owned(), "d1".to_owned());
            let found = Record::PluginFound { plugin: plugin.to_owned(), version, digest, wanted: true };
            rig.bus.record(found).await.unwrap();
            rig.bus.register(plugin, subscriptions).await.unwrap();
        }
        attach(rig, WORKS, InstanceId::from_bytes([1; 16])).await;
        switch(rig, false).await;
        Self { published: 0, unresolved: BTreeSet::new(), dead: BTreeSet::new(), slow: Vec::new(), most: [0; 3], handled: 0 }
    }

    /// Events of which a delivery is owed, in flight, waits, is held, blocked or dead.
    pub fn unresolved(&self) -> &BTreeSet<Sequence> {
        &self.unresolved
    }

    /// Publishes so many, all of which are accepted.
    pub async fn publish(&mut self, rig: &mut Rig, number: u64) {
        let drafts = (0..number).map(|_| self.next_draft(rig)).collect();
        for receipt in rig.bus.publish_many(drafts).await {
            let receipt = receipt.unwrap();
            if receipt.deliveries > 0 {
                self.unresolved.insert(receipt.sequence);
            }
        }
    }

    fn next_draft(&mut self, rig: &Rig) -> Draft {
        let number = self.published;
        self.published += 1;
        // A step of 389 visits every number below a thousand once, so that the topics are mixed.
        let mut place = number * 389 % 1_000;
        let found = TOPICS.iter().find(|(_, share)| {
            let here = place < *share;
            place = place.saturating_sub(*share);
            here
        });
        let topic: Topic = found.unwrap().0.parse().unwrap();
        let payload = format!(r#"{{"number":{number},"text":"something that happened, in about a hundred characters of text"}}"#);
        let mut draft = Draft::new(topic, "/hours", "user:ana", payload.into_bytes());
        match draft.topic.as_str() {
            "hours.keyed" => draft.orderingkey = Some(format!("key-{}", number / 1_000 % KEYS)),
            "hours.later" => draft.deliver_at = Some(rig.now() + LATER),
            _ => {}
        }
        draft
    }

    /// Handles everything that is handed out; what takes longer was handed out the last time.
    pub async fn handle(&mut self, rig: &mut Rig) {
        let mut reports: Vec<Report> = std::mem::take(&mut self.slow).into_iter().map(|lease| self.done(lease)).collect();
        loop {
            if !reports.is_empty() {
                rig.report(std::mem::take(&mut reports)).await;
            }
            let leases = rig.handed_out().await;
            if leases.is_empty() {
                break;
            }
            for lease in leases {
                reports.extend(self.answer(lease));
            }
        }
        let waiting = self.unresolved.len() - self.dead.len() - self.slow.len();
        for (most, now) in self.most.iter_mut().zip([self.slow.len(), self.dead.len(), waiting]) {
            *most = now.max(*most);
        }
    }

    /// The same, and leaves nothing in flight.
    pub async fn handle_to_the_end(&mut self, rig: &mut Rig) {
        self.handle(rig).await;
        while !self.slow.is_empty() {
            self.handle(rig).await;
        }
    }

    fn answer(&mut self, lease: Lease) -> Option<Report> {
        assert!(self.unresolved.contains(&lease.sequence), "{} was handed out again: {lease:?}", lease.sequence);
        let number = lease.sequence.0;
        if lease.attempt == 1 && number.is_multiple_of(97) {
            let error = AttemptError { class: "Busy".to_owned(), message: "try again".to_owned(), place: None };
            return Some(report(lease, HandlerOutcome::Retry { after: None, error }));
        }
        let rejected_in = if lease.handler == "hours.keyed" { 41 } else { 1_999 };
        if number.is_multiple_of(rejected_in) {
            self.dead.insert(lease.sequence);
            return Some(report(lease, HandlerOutcome::Reject { reason: "no good".to_owned() }));
        }
        if number.is_multiple_of(701) {
            self.slow.push(lease);
            return None;
        }
        Some(self.done(lease))
    }

    fn done(&mut self, lease: Lease) -> Report {
        assert!(self.unresolved.remove(&lease.sequence), "{} is done twice", lease.sequence);
        self.handled += 1;
        report(lease, HandlerOutcome::Done { emits: Vec::new(), state: Vec::new() })
    }

    /// People look after what has gathered: dead letters are discarded, and the plugin that is off is on for a while.
    pub async fn resolve_everything(&mut self, rig: &mut Rig) {
        let off = InstanceId::from_bytes([2; 16]);
        switch(rig, true).await;
        attach(rig, OFF, off).await;
        self.handle(rig).await;
        while let Some(sequence) = self.dead.pop_first() {
            let (reason, actor) = ("no good".to_owned(), "user:ana".to_owned());
            let changed = rig.bus.change_deliveries(sequence, None, DeliveryChange::Discard { reason, actor }).await;
            assert_eq!(changed.unwrap(), 1, "{sequence} was dead");
            self.unresolved.remove(&sequence);
        }
        self.handle(rig).await;
        rig.bus.detach(off, InstanceEnd::Stopped).await.unwrap();
        switch(rig, false).await;
    }

    /// How it stands, in a line.
    pub fn told(&self, rig: &Rig, elapsed: Duration) -> String {
        let (file, log) = rig.largest;
        format!(
            "{}: {} events published and {} handled in {elapsed:.0?} ({:.0}/s); {} unresolved, {} of them dead; largest file {} KiB, log {} KiB",
            rig.now(),
            self.published,
            self.handled,
            self.published as f64 / elapsed.as_secs_f64(),
            self.unresolved.len(),
            self.dead.len(),
            file / 1024,
            log / 1024
        )
    }

    /// Whether at some time there were deliveries in flight over a step, dead ones, and others that could not be handled yet.
    pub fn every_kind_of_unresolved_was_there(&self) -> bool {
        self.most.iter().all(|most| *most > 0)
    }
}

fn report(lease: Lease, outcome: HandlerOutcome) -> Report {
    Report { delivery: lease.delivery, token: lease.token, outcome, log_tail: String::new() }
}

async fn attach(rig: &Rig, plugin: &str, instance: InstanceId) {
    let (version, digest) = ("1.0.0".to_owned(), "d1".to_owned());
    rig.bus.attach(Attach { plugin: plugin.to_owned(), instance, version, digest }).await.unwrap();
}

async fn switch(rig: &Rig, enabled: bool) {
    let (actor, reason) = ("user:ana".to_owned(), "a test".to_owned());
    let switch = Switch { plugin: OFF.to_owned(), enabled, on_disabled: None, actor, reason };
    assert!(rig.bus.switch(switch).await.unwrap());
}
