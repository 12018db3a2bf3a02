//! Bounds on everything the core keeps or does at once. Units are in the names; semantics gives the figures.

use std::time::Duration;

/// Lanes of a subscription: one for each priority (semantics rule 12).
pub const LANES: usize = 4;
/// Turns of each lane out of fifteen, lowest first.
pub const LANE_WEIGHTS: [u32; LANES] = [1, 2, 4, 8];
/// What has waited longer than this moves up one lane.
pub const LANE_AGE: Duration = Duration::from_secs(60);
/// Where so many deliveries of a subscription may be in flight at once, one place is kept for critical ones.
pub const KEPT_SLOT_FROM: usize = 2;
/// Deliveries of one lane of a subscription kept in memory before they are handed out; the rest waits in the store. As many first
/// deliveries of ordering keys stand beside them.
pub const WINDOW_MAX: usize = 512;
/// Below this many the window is filled again from the store.
pub const WINDOW_LOW: usize = 128;
/// Waiting deliveries of one lane of a subscription kept in memory, soonest first; the rest waits in the store.
pub const WAITING_MAX: usize = 512;
/// Items of one replay kept in memory.
pub const REPLAY_WINDOW_MAX: usize = 256;
/// Items of all running replays kept in memory, in equal shares. Each may have an ordering key that nothing else has: all of them have
/// to be known at once, beside what is live, or looking at one makes memory forget another without an end.
pub const REPLAY_WINDOWS_MAX: usize = KEYS_MAX / 8;
/// Below this part of its share a replay reads its next page.
pub const REPLAY_WINDOW_LOW_PART: usize = 4;
/// Busy ordering keys of one subscription kept in memory; what is known of the others is in the store.
pub const KEYS_MAX: usize = 4_096;
/// Keys that are held by a retry or a dead letter and brought to memory at a start.
pub const KEYS_HELD_MAX: usize = KEYS_MAX / 2;
/// First deliveries of one key kept in memory.
pub const KEY_FRONT_MAX: usize = 16;
/// Deliveries of one subscription kept in memory behind the first of their keys.
pub const KEYS_PARKED_MAX: usize = 1_024;
/// Longest path to an ordering key, in bytes.
pub const KEY_PATH_BYTES_MAX: usize = 256;
/// Most words of a path to an ordering key.
pub const KEY_PATH_WORDS_MAX: usize = 16;
/// Keys of one replay whose items are put off to another pass; at this many it waits for one of them.
pub const REPLAY_KEYS_PASSED_MAX: usize = 1_024;
/// Items of such keys that a replay passes over a second beside items of it that are under way.
pub const REPLAY_LOOK_AHEAD_PER_SECOND: usize = 10_000;
/// Replays that run at once.
pub const REPLAYS_RUNNING_MAX: usize = 16;
/// Subscriptions of one store, removed ones included.
pub const SUBSCRIPTIONS_MAX: usize = 1_000;
/// Stored filters of one store.
pub const FILTERS_MAX: usize = 1_000;
/// Subscriptions one event may match: each is recorded with the event.
pub const MATCHES_MAX: usize = SUBSCRIPTIONS_MAX;
/// How long a publisher's key gives what was published under it (semantics rule 13).
pub const PUBLISHER_KEY_KEPT: Duration = Duration::from_secs(24 * 3_600);
/// A lease without heartbeat ends after this (semantics rule 5).
pub const LEASE: Duration = Duration::from_secs(30);
/// The SDK's heartbeat.
pub const HEARTBEAT: Duration = Duration::from_secs(10);
/// A handler's hard limit unless its manifest says otherwise (semantics rule 5).
pub const HANDLER_TIMEOUT: Duration = Duration::from_secs(300);
/// Least delay before a delivery is handed out again (semantics rule 7).
pub const RETRY_DELAY_MIN: Duration = Duration::from_millis(100);
/// Longest delay a handler may ask for (semantics rule 5).
pub const RETRY_DELAY_MAX: Duration = Duration::from_secs(24 * 3_600);
/// Longest time that a publisher may put the deliveries of an event off.
pub const DELIVER_AT_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);
/// Retries after the first attempt (semantics rule 7).
pub const RETRIES: u32 = 3;
/// First step of the backoff.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// Each step is this many times the one before.
pub const BACKOFF_FACTOR: u32 = 5;
/// No step is longer.
pub const BACKOFF_CAP: Duration = Duration::from_secs(300);
/// Calls of one subscription's handler at once (semantics rule 12); where it takes one delivery at a time, its deliveries in flight.
pub const CONCURRENCY: u32 = 4;
/// Deliveries a replay starts a second (semantics rule 10).
pub const REPLAY_RATE_PER_SECOND: u32 = 200;
/// A subscription's floor is stored when it has moved this far, so that a restart's scan stays short.
pub const FLOOR_STEP: u64 = 1_000;
/// A subscription that owes something stands still when nothing of it has ended for so long ...
pub const STALL_MIN: Duration = Duration::from_secs(60);
/// ... or for so many times its handler's timeout, whichever is longer.
pub const STALL_TIMEOUTS: u32 = 3;
/// Groups of failures that are alike whose deaths are counted in memory; the one that has been quiet longest goes first.
pub const FAILURE_GROUPS_MAX: usize = 1_000;
/// A group of failures in which nothing has died for so long begins anew.
pub const FAILURE_GROUP_QUIET: Duration = Duration::from_secs(3_600);
/// Topic patterns that may have an age of their own.
pub const TOPIC_AGES_MAX: usize = 100;
/// Different ages that events may have: each is one more look at every event.
pub const DISTINCT_AGES_MAX: usize = 16;
/// Most topics that have a schema, or had one.
pub const SCHEMA_TOPICS_MAX: usize = 10_000;
/// Most versions of one topic's schema.
pub const SCHEMA_VERSIONS_MAX: u32 = 10_000;
/// Most bytes of all schemas in force together: they are kept in memory, compiled.
pub const SCHEMAS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// API keys of one store, those that are over included.
pub const API_KEYS_MAX: usize = 1_000;
/// Roles of one store that did not come with Panotti.
pub const ROLES_MAX: usize = 100;
