//! Keeps the store within its age and its room (semantics rules 14 and 22): old events go, early ones when the store is nearly full, and
//! the file shrinks when its data does. Looks with a reader, in pages; what may go is decided by the bus in the step that removes it.

use std::time::Duration;

use panotti_core::cancel::{DEAD_LETTERS_KEPT, REMOVED_BACKLOG_KEPT};
use panotti_core::command::Record;
use panotti_core::delivery::DeliveryKey;
use panotti_core::retention::{Room, TrimWhy, TrustedTime};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use super::bus::handle::BusHandle;
use super::bus::housekeeping::{ACTOR, Housekeeping};
use super::clock::Clock;
use super::store::sqlite::pages;
use super::store::sqlite::readers::Readers;
use super::store::sqlite::retention::{self, CANCEL_DELIVERIES_MAX, Space};
use super::store::sqlite::trimming::{self, Chunk};

/// How often the store's room is looked at, and what has become too old.
const LOOK: Duration = Duration::from_secs(1);
/// How often everything is looked through again, because what stayed may go by now: its deliveries were resolved late.
const ROUND: Duration = Duration::from_secs(3_600);
/// How soon that is when the store is nearly full.
const ROUND_FOR_ROOM: Duration = Duration::from_secs(30);
/// Pages given back in one go: a mebibyte.
const VACUUM_PAGES: u32 = 256;
/// Free pages that stay in the file, because they will be needed again: so many bytes, or a part of what is in use.
const FREE_BYTES_KEPT: u64 = 4 * 1024 * 1024;
const FREE_PART_KEPT: u64 = 16;

/// What keeps the store within its bounds.
#[derive(Debug)]
pub struct Retention {
    /// The bus.
    pub bus: BusHandle,
    /// The store, to look.
    pub readers: Readers,
    /// The time.
    pub clock: Clock,
    /// How long resolved events are kept.
    pub kept: Duration,
    /// Bytes the store may use.
    pub bytes_max: u64,
    /// The time by which age is decided.
    pub trusted: TrustedTime,
}

/// Where it is. Begins anew with each start.
#[derive(Debug, Default)]
pub struct Place {
    /// Every event up to here was looked at for its age.
    aged_to: Sequence,
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

/// Whether there is more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// There is.
    Yes,
    /// Not before something has changed.
    No,
}

impl Retention {
    /// Runs until the daemon stops.
    pub async fn run(self) {
        let mut place = Place::default();
        match self.readers.read(|connection| pages::meta(connection, "watermark")).await {
            Ok(given) => place.warned = given > 0,
            Err(error) => tracing::warn!(code = %error.code(), %error, "whether the store's warning was given is not known"),
        }
        if self.trusted.at(self.clock.now()) < self.clock.now() {
            tracing::warn!(behind = ?self.trusted.behind, until = %self.trusted.believed_from, "the clock is far ahead of the store: events are kept as if it were not, until it has run that long");
        }
        loop {
            match self.look(&mut place).await {
                Ok(More::Yes) => {}
                Ok(More::No) => tokio::time::sleep(LOOK).await,
                Err(failure) if failure.is(ErrorCode::DAEMON_STOPPING) => return,
                // On a full disk even removing needs a little room first.
                Err(failure) => {
                    tracing::warn!(code = failure.code, %failure, "the store could not be trimmed; it is tried again");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Looks at the store once, and removes one chunk of what may go.
    ///
    /// # Errors
    /// The disk refuses, or the daemon is stopping. What was not removed is found again.
    pub async fn look(&self, place: &mut Place) -> Result<More, Failure> {
        let now = self.clock.now();
        let space = self.readers.read(retention::space).await?;
        let room = Room { used_bytes: space.used_bytes(), bytes_max: self.bytes_max };
        if let Some(over) = room.warning(place.warned) {
            self.bus.record(Record::Watermark { room, over }).await?;
            place.warned = over;
        }
        place.early = room.early(place.early);
        let for_room = if place.early { self.make_room(place, room, now).await? } else { More::No };
        let for_age = self.end_what_is_old(place, now).await?;
        let given_back = if place.early { More::No } else { self.give_back(space).await? };
        Ok(if [for_room, for_age, given_back].contains(&More::Yes) { More::Yes } else { More::No })
    }

    /// One chunk of events that go although they are young.
    async fn make_room(&self, place: &mut Place, room: Room, now: Timestamp) -> Result<More, Failure> {
        if now < place.room_round_at {
            return Ok(More::No);
        }
        let (after, wanted) = (place.room_to, room.too_much());
        let chunk = self.readers.read(move |connection| trimming::chunk(connection, after, &TrimWhy::Room, wanted)).await?;
        self.trim(&chunk, TrimWhy::Room).await?;
        place.room_to = chunk.scanned_to;
        if chunk.last {
            place.room_to = Sequence(0);
            place.room_round_at = now + ROUND_FOR_ROOM;
            return Ok(More::No);
        }
        Ok(More::Yes)
    }

    /// One chunk of events that are too old; once in a while everything again, and the deliveries that nobody has decided about.
    async fn end_what_is_old(&self, place: &mut Place, now: Timestamp) -> Result<More, Failure> {
        let trusted = self.trusted.at(now);
        if now >= place.round_at {
            self.end_deliveries(trusted).await?;
            place.aged_to = Sequence(0);
            place.round_at = now + ROUND;
        }
        let (after, before) = (place.aged_to, trusted - self.kept);
        let chunk = self.readers.read(move |connection| trimming::chunk(connection, after, &TrimWhy::Age { before }, 0)).await?;
        self.trim(&chunk, TrimWhy::Age { before }).await?;
        place.aged_to = chunk.scanned_to;
        Ok(if chunk.last { More::No } else { More::Yes })
    }

    async fn trim(&self, chunk: &Chunk, why: TrimWhy) -> Result<(), Failure> {
        if chunk.events.is_empty() {
            return Ok(());
        }
        let removed = self.bus.keep_house(Housekeeping::Trim { events: chunk.events.clone(), why }).await?;
        tracing::debug!(removed, scanned_to = %chunk.scanned_to, "events were trimmed");
        Ok(())
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
    async fn give_back(&self, space: Space) -> Result<More, Failure> {
        if space.free_bytes <= FREE_BYTES_KEPT.max(space.used_bytes() / FREE_PART_KEPT) {
            return Ok(More::No);
        }
        let left = self.bus.vacuum(VACUUM_PAGES).await?;
        // A step that freed nothing would free nothing again.
        Ok(if left.free_bytes < space.free_bytes { More::Yes } else { More::No })
    }
}

fn days(duration: Duration) -> u64 {
    duration.as_secs() / 86_400
}
