//! Publishers that give a key (semantics rule 13): what they ask in a run, what the answers must mean, and the rule as sentences.

use std::collections::BTreeMap;

use panotti_core::command::{Answer, Command, Publish, Refusal};
use panotti_core::event::Draft;
use panotti_core::limits::PUBLISHER_KEY_KEPT;
use panotti_core::once::{PublishOnce, PublisherKey, StoredKey};
use panotti_protocol::event::Receipt;
use panotti_protocol::time::Timestamp;

use crate::chaos::{Asked, Chaos, Group};
use crate::disk::Disk;
use crate::rules::Check;
use crate::story::{Does, Story};
use crate::world::{Fate, Violation, World, hold};

/// Keys in use at once: few, so that each comes again after restarts and after a day.
const KEYS: u64 = 25;

/// What each key gave first, as its publishers were or will be told.
pub type FirstKeys = BTreeMap<(String, String), StoredKey>;

/// The receipts that an answer tells.
pub fn receipts_of(answer: &Answer) -> &[Receipt] {
    match answer {
        Answer::Receipt(receipt) => std::slice::from_ref(receipt),
        Answer::Receipts(receipts) => receipts,
        _ => &[],
    }
}

/// For a day a key gives its first receipts to the same body and nothing to another; before and after, events of its own.
pub fn rule_13_a_key_gives_its_first_receipts_for_a_day(first: &FirstKeys, once: &PublishOnce, answer: &Answer, now: Timestamp) -> Check {
    let stored = first.get(&(once.key.actor.clone(), once.key.key.clone())).filter(|stored| stored.is_in_force(now));
    let holds = match (stored, answer) {
        (_, Answer::MatchAgain) => stored.is_none(),
        (Some(stored), Answer::Receipts(receipts)) => {
            let again = |receipt: &Receipt| Receipt { duplicate: true, ..receipt.clone() };
            stored.digest == once.key.digest && *receipts == stored.receipts.iter().map(again).collect::<Vec<_>>()
        }
        (Some(stored), Answer::Refused(Refusal::KeyReused(_))) => stored.digest != once.key.digest,
        (None, Answer::Receipts(receipts)) => receipts.len() == once.publishes.len(),
        // One event that is too late for everybody, and nothing of the batch is published.
        (None, Answer::Refused(Refusal::Expired(_))) => {
            once.publishes.iter().any(|publish| publish.draft.expires.is_some_and(|expires| expires <= now))
        }
        // Judged once the step is on the disk.
        (None, Answer::Refused(Refusal::IdTaken { .. })) => true,
        _ => false,
    };
    if holds { Ok(()) } else { Err(format!("{:?} has {stored:?} and was answered {answer:?}", once.key)) }
}

impl World {
    /// Looks at the ids of what was published once the step is on the disk.
    pub fn judge_ids(&self, commands: &[Command], answers: &[Answer]) -> Result<(), Violation> {
        for (command, answer) in commands.iter().zip(answers) {
            let publishes = match command {
                Command::Publish(publish) => std::slice::from_ref(&**publish),
                Command::PublishOnce(once) => once.publishes.as_slice(),
                _ => continue,
            };
            hold!(self, rule_13_an_id_is_refused_where_an_event_of_another_topic_has_it(&self.disk, publishes, answer));
        }
        Ok(())
    }

    /// Takes a keyed publish and its answer into account.
    pub fn hear_of_key(&mut self, once: &PublishOnce, answer: &Answer) -> Result<(), Violation> {
        hold!(self, rule_13_a_key_gives_its_first_receipts_for_a_day(&self.first_keys, once, answer, self.bus_now));
        let place = (once.key.actor.clone(), once.key.key.clone());
        let stored = self.first_keys.get(&place);
        let before = match stored {
            None => "new",
            Some(stored) if stored.is_in_force(self.bus_now) => "in force",
            Some(_) => "over",
        };
        let means = match answer {
            Answer::Receipts(_) => "receipts",
            Answer::Refused(_) => "refused",
            _ => "match again",
        };
        self.coverage.take("command", "publish once", before, means);
        if let (Answer::Receipts(receipts), true) = (answer, before != "in force") {
            let stored = StoredKey { digest: once.key.digest, receipts: receipts.clone(), at: self.bus_now };
            self.first_keys.insert(place, stored);
        }
        Ok(())
    }
}

/// What is refused because its source and id are taken belongs to an event of another topic, and only such a thing is refused for that.
pub fn rule_13_an_id_is_refused_where_an_event_of_another_topic_has_it(disk: &Disk, publishes: &[Publish], answer: &Answer) -> Check {
    let draft = &publishes[0].draft;
    let taken = publishes.iter().any(|publish| disk.has_id_of_another_topic(&publish.draft))
        || publishes.iter().any(|one| publishes.iter().any(|other| one.has_id_of(other) && one.draft.topic != other.draft.topic));
    let was_taken = publishes.iter().any(Publish::had_other_topic);
    match answer {
        Answer::Refused(Refusal::IdTaken { .. }) if !taken && !was_taken => {
            Err(format!("{draft:?} is refused, and nobody else has its id"))
        }
        // All are duplicates where the key gave them before, perhaps for other drafts: a run makes these up anew.
        Answer::Receipts(receipts) if receipts.iter().any(|receipt| !receipt.duplicate) => {
            let is_another = |(publish, receipt): &(&Publish, &Receipt)| {
                let stored = usize::try_from(receipt.sequence.0 - 1).ok().and_then(|place| disk.events.get(place));
                stored.is_some_and(|event| event.draft.topic != publish.draft.topic)
            };
            publishes.iter().zip(receipts).find(is_another).map_or(Ok(()), |(publish, receipt)| {
                Err(format!("{:?} is told {receipt:?}, which is of an event of another topic", publish.draft))
            })
        }
        Answer::Receipt(receipt) if taken => Err(format!("{draft:?} has the id of an event of another topic and gets {receipt:?}")),
        _ => Ok(()),
    }
}

/// What was known before a step, in which the event may have been removed.
trait KnownBefore {
    fn had_other_topic(&self) -> bool;

    /// Whether both are published under the same source and id.
    fn has_id_of(&self, other: &Self) -> bool;
}

impl KnownBefore for Publish {
    fn had_other_topic(&self) -> bool {
        self.known.as_ref().is_some_and(|first| first.topic != self.draft.topic)
    }

    fn has_id_of(&self, other: &Self) -> bool {
        self.draft.id.is_some() && self.draft.id == other.draft.id && self.draft.source == other.draft.source
    }
}

impl Disk {
    /// Whether an event of another topic has a draft's source and id.
    pub fn has_id_of_another_topic(&self, draft: &Draft) -> bool {
        let place = draft.id.as_ref().map(|id| (draft.source.clone(), id.clone()));
        let stored = place.and_then(|place| self.by_publisher_id.get(&place));
        stored.is_some_and(|sequence| self.event(*sequence).draft.topic != draft.topic)
    }

    /// What a publisher's key gave, as the daemon reads it before a step.
    pub fn publisher_key(&self, key: &PublisherKey) -> Option<StoredKey> {
        self.publisher_keys.get(&(key.actor.clone(), key.key.clone())).cloned()
    }

    /// Writes what a key gives. What is in force may not be replaced.
    pub fn put_publisher_key(&mut self, actor: &str, key: &str, stored: &StoredKey) -> Result<(), String> {
        let before = self.publisher_keys.insert((actor.to_owned(), key.to_owned()), stored.clone());
        match before.filter(|before| before.is_in_force(stored.at)) {
            Some(before) => Err(format!("key {key} gives {before:?} and is replaced by {stored:?}")),
            None => Ok(()),
        }
    }
}

impl Chaos {
    /// A publisher with a key asks, now and then with another body than before.
    pub fn keyed_publishes(&mut self) -> Vec<Group> {
        if self.random.below(8) == 0 {
            let body = u8::from(self.random.below(6) == 0);
            let key = PublisherKey { actor: "user:ana".to_owned(), key: format!("key-{}", self.random.below(KEYS)), digest: [body; 32] };
            let drafts = (0..1 + self.random.below(2)).map(|_| self.draft()).collect();
            self.keyed_again.push((key, drafts));
            if self.random.below(10) == 0 {
                let twice = self.keyed_again.last().cloned();
                self.keyed_again.extend(twice);
            }
        }
        self.keyed_publishes_again()
    }

    /// What publishers with a key have not heard an answer to.
    pub fn keyed_publishes_again(&mut self) -> Vec<Group> {
        let asked = std::mem::take(&mut self.keyed_again).into_iter();
        asked.map(|(key, drafts)| vec![self.publish_once(key, drafts)]).collect()
    }

    fn publish_once(&self, key: PublisherKey, drafts: Vec<Draft>) -> (Command, Asked) {
        let publish = |draft: &Draft| match self.publish(draft.clone()).0 {
            Command::Publish(publish) => *publish,
            other => unreachable!("a publish is no {other:?}"),
        };
        let publishes: Vec<Publish> = drafts.iter().map(publish).collect();
        let known = self.world.disk.publisher_key(&key);
        (Command::PublishOnce(Box::new(PublishOnce { key: key.clone(), publishes, known })), Asked::KeyedPublisher(key, drafts))
    }
}

fn draft(topic: &str) -> Draft {
    Draft::new(topic.parse().unwrap(), "/cli", "user:ana", Vec::new())
}

fn keyed(story: &Story, key: &str, body: u8) -> Command {
    let key = PublisherKey { actor: "user:ana".to_owned(), key: key.to_owned(), digest: [body; 32] };
    let publishes = ["order.paid", "order.sent"].map(|topic| match story.publish_command(draft(topic)) {
        Command::Publish(publish) => *publish,
        other => unreachable!("a publish is no {other:?}"),
    });
    let known = story.disk().publisher_key(&key);
    Command::PublishOnce(Box::new(PublishOnce { key, publishes: publishes.into(), known }))
}

fn receipts(answer: Answer) -> Vec<Receipt> {
    match answer {
        Answer::Receipts(receipts) => receipts,
        other => panic!("a keyed publish is answered with {other:?}"),
    }
}

#[test]
fn rule_13_the_same_key_gives_the_first_receipts_also_when_nobody_heard_them_before_a_crash() {
    let mut story = Story::new().with_plugin("notes", "order.*");
    let command = keyed(&story, "pay-17", 1);

    story.step(vec![command], Fate::IsStoredUnheard);
    story.crash_and_restart(&["notes"]);
    let again = keyed(&story, "pay-17", 1);
    let told = receipts(story.asks(again));
    story.run_until_quiet();

    assert_eq!(told.iter().map(|receipt| (receipt.sequence.0, receipt.duplicate)).collect::<Vec<_>>(), [(1, true), (2, true)]);
    assert_eq!(story.handed_out.len(), 2, "each once");
}

#[test]
fn rule_13_what_a_handler_emits_and_is_there_already_is_that_event_and_the_delivery_is_done() {
    let mut story = Story::new().with_plugin("notes", "order.made");
    story.will("notes", [Does::DoneWith { emits: "note.made", state: "count" }]);
    let order = story.publish("order.made");
    let id = story.last_lease().delivery.emit_id(0);
    let draft = Draft::new("note.made".parse().unwrap(), "/plugins/notes", "someone", Vec::new());
    let first = story.publish_draft(Draft { id: Some(id), ..draft });

    story.run_until_quiet();

    assert_eq!(story.disk().events.len(), 2, "it is not stored twice");
    assert_eq!(story.delivery(order, "notes").history[0].emitted, [first.eventid]);
}

#[test]
fn rule_13_another_event_under_a_source_and_id_that_are_taken_is_refused_and_never_lost_unheard() {
    let mut story = Story::new().with_plugin("notes", "order.*");
    let draft = |topic: &str| Draft { id: Some("17".to_owned()), ..Draft::new(topic.parse().unwrap(), "/shop", "someone", Vec::new()) };
    story.publish_draft(draft("visit.counted"));

    let command = story.publish_command(draft("order.made"));
    let again = story.publish_command(draft("visit.counted"));
    let answers = story.step(vec![command, again], Fate::Commits).unwrap();

    assert!(matches!(&answers[0], Answer::Refused(Refusal::IdTaken { .. })), "{answers:?}");
    assert!(matches!(&answers[1], Answer::Receipt(receipt) if receipt.duplicate), "{answers:?}");
    assert_eq!(story.disk().events.len(), 1);
}

#[test]
fn rule_13_of_two_topics_under_one_id_in_one_body_none_is_told_the_others_receipt() {
    let mut story = Story::new().with_plugin("notes", "order.*");
    let draft = |topic: &str| Draft { id: Some("17".to_owned()), ..Draft::new(topic.parse().unwrap(), "/shop", "someone", Vec::new()) };
    let publishes = ["order.made", "invoice.sent"].map(|topic| match story.publish_command(draft(topic)) {
        Command::Publish(publish) => *publish,
        other => unreachable!("a publish is no {other:?}"),
    });
    let key = PublisherKey { actor: "user:ana".to_owned(), key: "b1".to_owned(), digest: [1; 32] };

    let answer = story.asks(Command::PublishOnce(Box::new(PublishOnce { key, publishes: publishes.into(), known: None })));

    assert!(matches!(&answer, Answer::Refused(Refusal::IdTaken { .. })), "{answer:?}");
    assert_eq!(story.disk().events.len(), 0, "all of them or none");
}

#[test]
fn rule_13_an_event_that_would_be_refused_anyway_does_not_tell_whether_its_id_is_taken() {
    let mut story = Story::new().with_plugin("notes", "order.*");
    let draft = |topic: &str| Draft { id: Some("17".to_owned()), ..Draft::new(topic.parse().unwrap(), "/shop", "someone", Vec::new()) };
    story.publish_draft(draft("order.made"));
    let long_ago = Some(Timestamp::from_ms(0));

    let another = story.publish_command(Draft { expires: long_ago, ..draft("visit.counted") });
    let same = story.publish_command(Draft { expires: long_ago, ..draft("order.made") });
    let answers = story.step(vec![another, same], Fate::Commits).unwrap();

    assert!(matches!(&answers[0], Answer::Refused(Refusal::Expired(_))), "{answers:?}");
    assert!(matches!(&answers[1], Answer::Receipt(receipt) if receipt.duplicate), "it was published when it was not over: {answers:?}");
}

#[test]
fn rule_13_the_same_key_twice_in_one_step_is_published_once() {
    let mut story = Story::new().with_plugin("notes", "order.*");
    let (first, second) = (keyed(&story, "pay-17", 1), keyed(&story, "pay-17", 1));

    let answers = story.step(vec![first, second], Fate::Commits).unwrap();

    let told: Vec<Vec<Receipt>> = answers.into_iter().map(receipts).collect();
    assert_eq!(
        told[0].iter().map(|receipt| receipt.eventid).collect::<Vec<_>>(),
        told[1].iter().map(|again| again.eventid).collect::<Vec<_>>()
    );
    assert!(told[1].iter().all(|receipt| receipt.duplicate));
    assert_eq!(story.disk().head().0, 2);
}

#[test]
fn rule_13_another_body_under_a_key_is_refused_until_a_day_has_passed() {
    let mut story = Story::new().with_plugin("notes", "order.*");
    let first = keyed(&story, "pay-17", 1);
    story.asks(first);

    let other = keyed(&story, "pay-17", 2);
    let refused = story.asks(other);
    story.pass(PUBLISHER_KEY_KEPT);
    let other = keyed(&story, "pay-17", 2);
    let told = receipts(story.asks(other));

    assert!(matches!(refused, Answer::Refused(Refusal::KeyReused(key)) if key == "pay-17"));
    assert_eq!(told.iter().map(|receipt| (receipt.sequence.0, receipt.duplicate)).collect::<Vec<_>>(), [(3, false), (4, false)]);
}
