//! Keeps the store within its age and its room (semantics rules 14 and 22): old events go, early ones when the store is nearly full, and
//! the file shrinks when its data does. Looks with a reader, in pages; what may go is decided by the bus in the step that removes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use panotti_core::ages::Ages;
use panotti_core::cancel::{DEAD_LETTERS_KEPT, REMOVED_BACKLOG_KEPT};
use panotti_core::command::Record;
use panotti_core::delivery::DeliveryKey;
use panotti_core::retention::{Room, TrustedTime};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use tokio::sync::watch;

use super::bus::handle::BusHandle;
use super::bus::housekeeping::{ACTOR, Housekeeping};
use super::clock::Clock;
use super::store::sqlite::pages;
use super::store::sqlite::readers::Readers;
use super::store::sqlite::retention::{self, CANCEL_DELIVERIES_MAX, Space};
use super::store::sqlite::trimming::{self, Chunk, Reach};

/// Least time between two looks, where there is nothing to do at once.
const LOOK: Duration = Duration::from_secs(1);
/// What reaches its age goes after this at the latest: events that reach it one after another go together.
const AGE_STEP: Duration = Duration::from_secs(60);
/// How often everything is looked through again, because what stayed may go by now: its deliveries were resolved late.
const ROUND: Duration = Duration::from_secs(3_600);
/// How soon that is when the store is nearly full.
const ROUND_FOR_ROOM: Duration = Duration::from_secs(30);
/// Pages given back in one go: a mebibyte.
const VACUUM_PAGES: u32 = 256;
/// Free pages that stay in the file, because they will be needed again: so many bytes, or a part of what is in use.
const FREE_BYTES_KEPT: u64 = 4 * 1024 * 1024;
const FREE_PART_KEPT: u64 = 16;

/// What is kept. May change while the daemon runs.
#[derive(Debug, Clone)]
pub struct Kept {
    /// How long resolved events are kept.
    pub ages: Arc<Ages>,
    /// Bytes the store may use.
    pub bytes_max: u64,
}

/// What keeps the store within its bounds.
#[derive(Debug)]
pub struct Retention {
    /// The bus.
    pub bus: BusHandle,
    /// The store, to look.
    pub readers: Readers,
    /// The time.
    pub clock: Clock,
    /// What is kept, and how long.
    pub kept: watch::Receiver<Kept>,
    /// The time by which age is decided.
    pub trusted: TrustedTime,
    /// The pages of the database, told by the writer after each change of their number.
    pub space: watch::Receiver<Space>,
}

/// Where it is. Begins anew with each start.
#[derive(Debug, Default)]
pub struct Place {
    /// Of each age: every event up to here was looked at.
    aged_to: BTreeMap<Duration, Sequence>,
    /// When everything is looked through for its age again, and for what has to be cancelled.
    round_at: Timestamp,
    /// Whether events go early.
    early: bool,
    /// Every event up to here was looked at for room.
    room_to: Sequence,
    /// When everything is looked through for room again.
    room_round_at: Timestamp,
    /// Whether the warning was given.
    warned: bool,
}

/// What comes after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There is more to do at once.
    More,
    /// Nothing before this time, unless the store changes.
    At(Timestamp),
}

/// Only a change of the store makes this to be looked at again.
const NOTHING_MORE: Next = Next::At(Timestamp::from_ms(u64::MAX));

impl Next {
    /// The sooner of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::At(one), Self::At(other)) => Self::At(one.min(other)),
            _ => Self::More,
        }
    }
}

impl Retention {
    /// Runs until the daemon stops. Wakes for what may have changed: the store's size, or an age that is reached.
    pub async fn run(mut self) {
        let mut place = Place::default();
        match self.readers.read(|connection| pages::meta(connection, "watermark")).await {
            Ok(given) => place.warned = given > 0,
            Err(error) => tracing::warn!(code = %error.code(), %error, "whether the store's warning was given is not known"),
        }
        if self.trusted.at(self.clock.now()) < self.clock.now() {
            tracing::warn!(behind = ?self.trusted.behind, until = %self.trusted.believed_from, "the clock is far ahead of the store: events are kept as if it were not, until it has run that long");
        }
        loop {
            let at = match self.look(&mut place).await {
                Ok(Next::More) => continue,
                Ok(Next::At(at)) => at,
                Err(failure) if failure.is(ErrorCode::DAEMON_STOPPING) => return,
                // On a full disk even removing needs a little room first.
                Err(failure) => {
                    tracing::warn!(code = failure.code, %failure, "the store could not be trimmed; it is tried again");
                    self.clock.now()
                }
            };
            // A store that changes all the time is looked at as often as this, and not more.
            tokio::time::sleep(LOOK).await;
            let changed = async {
                tokio::select! {
                    space = self.space.changed() => space,
                    kept = self.kept.changed() => kept,
                }
            };
            let changed = tokio::time::timeout_at(self.clock.instant(at).into(), changed).await;
            if matches!(changed, Ok(Err(_))) {
                // The writer is gone: the daemon stops.
                return;
            }
        }
    }

    /// Looks at the store once, and removes one chunk of what may go.
    ///
    /// # Errors
    /// The disk refuses, or the daemon is stopping. What was not removed is found again.
    pub async fn look(&mut self, place: &mut Place) -> Result<Next, Failure> {
        let now = self.clock.now();
        let space = *self.space.borrow_and_update();
        if self.kept.has_changed().unwrap_or(false) {
            // Another age may hold for what was looked at.
            place.round_at = now;
        }
        let kept = self.kept.borrow_and_update().clone();
        let room = Room { used_bytes: space.used_bytes(), bytes_max: kept.bytes_max };
        if let Some(over) = room.warning(place.warned) {
            self.bus.record(Record::Watermark { room, over }).await?;
            place.warned = over;
        }
        place.early = room.early(place.early);
        let next = self.end_what_is_old(place, &kept.ages, now).await?;
        Ok(next.or(if place.early { self.make_room(place, room, now).await? } else { self.give_back(space).await? }))
    }

    /// One chunk of events that go although they are young.
    async fn make_room(&self, place: &mut Place, room: Room, now: Timestamp) -> Result<Next, Failure> {
        if now < place.room_round_at {
            return Ok(Next::At(place.room_round_at));
        }
        let chunk = self.trim(place.room_to, Reach::Room { bytes: room.too_much() }).await?;
        place.room_to = chunk.scanned_to;
        if chunk.last {
            place.room_to = Sequence(0);
            place.room_round_at = now + ROUND_FOR_ROOM;
            return Ok(Next::At(place.room_round_at));
        }
        Ok(Next::More)
    }

    /// One chunk of events of each age that are too old; once in a while everything again, and the deliveries that nobody has decided
    /// about.
    async fn end_what_is_old(&self, place: &mut Place, ages: &Arc<Ages>, now: Timestamp) -> Result<Next, Failure> {
        let trusted = self.trusted.at(now);
        if now >= place.round_at {
            self.end_deliveries(trusted).await?;
            place.aged_to.clear();
            place.round_at = now + ROUND;
        }
        let mut next = Next::At(place.round_at);
        for age in ages.distinct() {
            let reach = Reach::Age { age, before: trusted - age, ages: Arc::clone(ages) };
            let after = place.aged_to.get(&age).copied().unwrap_or_default();
            let chunk = self.trim(after, reach).await?;
            place.aged_to.insert(age, chunk.scanned_to);
            // What comes from now on is no older than now.
            let due = age.saturating_sub(trusted.since(chunk.too_young.unwrap_or(trusted)));
            next = next.or(if chunk.last { Next::At(now + due.max(AGE_STEP)) } else { Next::More });
        }
        Ok(next)
    }

    /// Searches one chunk of events that may go, and removes them.
    async fn trim(&self, after: Sequence, reach: Reach) -> Result<Chunk, Failure> {
        let why = reach.why();
        let chunk = self.readers.read(move |connection| trimming::chunk(connection, after, &reach)).await?;
        if !chunk.events.is_empty() {
            let removed = self.bus.keep_house(Housekeeping::Trim { events: chunk.events.clone(), why }).await?;
            tracing::debug!(removed, scanned_to = %chunk.scanned_to, "events were trimmed");
        }
        Ok(chunk)
    }

    /// Dead letters of three months ago, and what removed subscriptions are owed since a week, end as cancelled.
    async fn end_deliveries(&self, trusted: Timestamp) -> Result<(), Failure> {
        let before = trusted - DEAD_LETTERS_KEPT;
        let mut after = DeliveryKey::default();
        loop {
            let keys = self.readers.read(move |connection| retention::old_failures(connection, before, after)).await?;
            let Some(last) = keys.last().copied() else { break };
            let full = keys.len() == CANCEL_DELIVERIES_MAX;
            let reason = format!("dead for {} days and not resolved", days(DEAD_LETTERS_KEPT));
            let ended = self.bus.keep_house(Housekeeping::EndFailed { deliveries: keys, reason, actor: ACTOR.to_owned() }).await?;
            tracing::info!(ended, "old dead letters were cancelled");
            after = last;
            if !full {
                break;
            }
        }
        let before = trusted - REMOVED_BACKLOG_KEPT;
        for (subscription, name) in self.readers.read(move |connection| retention::old_backlogs(connection, before)).await? {
            loop {
                let reason = format!("{name} is no longer subscribed for {} days", days(REMOVED_BACKLOG_KEPT));
                let ended = self.bus.keep_house(Housekeeping::EndBacklog { subscription, reason }).await?;
                if ended == 0 {
                    break;
                }
                tracing::info!(ended, subscription = name, "what a removed subscription was owed was cancelled");
            }
        }
        Ok(())
    }

    /// One portion of free pages leaves the file, where there are more than will be needed again.
    async fn give_back(&self, space: Space) -> Result<Next, Failure> {
        if space.free_bytes <= FREE_BYTES_KEPT.max(space.used_bytes() / FREE_PART_KEPT) {
            return Ok(NOTHING_MORE);
        }
        let left = self.bus.vacuum(VACUUM_PAGES).await?;
        // A step that freed nothing would free nothing again.
        Ok(if left.free_bytes < space.free_bytes { Next::More } else { NOTHING_MORE })
    }
}

fn days(duration: Duration) -> u64 {
    duration.as_secs() / 86_400
}
