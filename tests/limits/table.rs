//! The rows of `docs/limits.md`: every limit that users feel, by the constant that is the limit. The figures come from the code itself.

use std::time::Duration;

use panotti::cli::commands::plugin::config::set;
use panotti::config::limits as config;
use panotti::daemon::access::limits as access;
use panotti::daemon::api::http::limits as http;
use panotti::daemon::api::limits as api;
use panotti::daemon::bus::limits as bus;
use panotti::daemon::host::limits as host;
use panotti_core::limits as delivery;
use panotti_filter::limits as filter;
use panotti_protocol::failure::ErrorCode;
use panotti_protocol::limits as protocol;

/// The figure of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Bytes(u64),
    Number(u64),
    Time(Duration),
    /// The default of a setting, by its key: a limit that can be changed.
    Setting(&'static str),
}

/// One limit.
#[derive(Debug, Clone)]
pub struct Row {
    /// What is limited.
    pub what: &'static str,
    pub figure: Figure,
    /// The constant: its area and its name. Empty for a setting.
    pub constant: &'static str,
    /// What happens beyond it.
    pub beyond: Beyond,
    /// The tests that hold it, by the names of their functions.
    pub tests: &'static [&'static str],
}

/// What happens beyond a limit.
#[derive(Debug, Clone, Copy)]
pub enum Beyond {
    /// It is refused with this code.
    Refused(ErrorCode),
    /// Something else, in a sentence.
    Otherwise(&'static str),
}

macro_rules! limit {
    ($what:literal, $kind:ident $constant:path, $beyond:expr, $tests:expr) => {
        Row { what: $what, figure: figure!($kind $constant), constant: stringify!($constant), beyond: $beyond, tests: &$tests }
    };
}

macro_rules! figure {
    (bytes $constant:path) => {
        Figure::Bytes($constant as u64)
    };
    (number $constant:path) => {
        Figure::Number($constant as u64)
    };
    (time $constant:path) => {
        Figure::Time($constant)
    };
}

const fn setting(what: &'static str, key: &'static str, beyond: Beyond, tests: &'static [&'static str]) -> Row {
    Row { what, figure: Figure::Setting(key), constant: "", beyond, tests }
}

use Beyond::{Otherwise, Refused};

const FELT: &str = "every_limit_of_a_request_is_felt_below_at_and_above";
const COUNTED: &str = "of_what_is_kept_there_are_as_many_as_allowed_and_no_more";
const BROUGHT: &str = "every_limit_of_a_manifest_is_felt_below_at_and_above";
const FOLDERS: &str = "a_plugins_folder_and_the_number_of_plugins_have_limits";
const READERS: &str = "n6_everything_that_reads_yaml_takes_what_is_as_large_and_as_deep_as_allowed_and_nothing_beyond";
const HEADS: &str = "a_head_has_a_limit_of_bytes_of_fields_and_of_its_path";
const SLOW_BODY: &str = "a_body_that_does_not_come_is_given_up_and_a_stream_of_lines_may_rest";
const PACE: &str = "a_body_has_five_seconds_free_then_a_pace_and_an_end";
const SCHEMA: &str = "a_schema_over_a_limit_is_refused_and_never_makes_a_check_slow";
const OUTCOME: &str = "an_outcome_has_limits_of_its_emits_and_its_writes_below_at_and_above";
const PLUGIN_LOG: &str = "output_becomes_lines_and_too_much_of_it_in_a_second_is_dropped_and_counted";
const WRONG_KEYS: &str = "ten_wrong_keys_a_minute_are_looked_at_and_then_the_source_waits_each_time_twice_as_long";
const DEEP_OR_WIDE: &str = "what_is_too_deep_too_wide_or_of_two_meanings_is_no_event_whichever_way_it_comes";
const SEATS: &str = "seats_are_bounded_in_all_and_by_holder_and_come_back";
const ADDRESS: &str = "an_address_has_its_number_of_connections_and_the_local_socket_its_own";
const ONE: &str = "what_one_client_leaves_waiting_is_bounded_in_bytes_below_at_and_above";
const ALL: &str = "what_all_leave_waiting_is_bounded_and_whoever_has_nothing_waiting_is_not_stopped";
const STATE: &str = "a_state_at_its_limit_takes_what_does_not_make_it_larger";

const ATTRIBUTE: Beyond = Refused(ErrorCode::EVENT_ATTRIBUTE_INVALID);
const TOPIC: Beyond = Refused(ErrorCode::EVENT_TOPIC_INVALID);
const INVALID: Beyond = Refused(ErrorCode::REQUEST_INVALID);
const TOO_LARGE: Beyond = Refused(ErrorCode::REQUEST_TOO_LARGE);
const TOO_SLOW: Beyond = Refused(ErrorCode::REQUEST_TOO_SLOW);
const OVERLOADED: Beyond = Refused(ErrorCode::OVERLOADED);
const FILTER: Beyond = Refused(ErrorCode::FILTER_INVALID);
const NO_SCHEMA: Beyond = Refused(ErrorCode::SCHEMA_INVALID);
const SECRET: Beyond = Refused(ErrorCode::SECRET_INVALID);
const MANIFEST: Beyond = Refused(ErrorCode::PLUGIN_MANIFEST_INVALID);
const STATE_FULL: Beyond = Refused(ErrorCode::PLUGIN_STATE_FULL);
const OUTCOME_REFUSED: Beyond = Refused(ErrorCode::PLUGIN_PROTOCOL);
const NO_SETTING: Beyond = Refused(ErrorCode::CONFIG_INVALID);

/// All of them, under their headings.
pub fn sections() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("Events", events()),
        ("Requests", requests()),
        ("Connections", connections()),
        ("What waits in memory for slow clients", waiting()),
        ("Keys, roles and secrets", principals()),
        ("Filters and schemas", filters_and_schemas()),
        ("Subscriptions and replays", subscriptions_and_replays()),
        ("Plugins", plugins()),
        ("Configuration", configuration()),
        ("The store", store()),
    ]
}

fn events() -> Vec<Row> {
    vec![
        setting("payload of an event", "events.payload_bytes_max", Refused(ErrorCode::EVENT_PAYLOAD_TOO_LARGE), &[FELT]),
        limit!("an event with its envelope", bytes protocol::LINE_BYTES_MAX, Refused(ErrorCode::EVENT_PAYLOAD_TOO_LARGE), [FELT]),
        limit!("a topic or a pattern", bytes protocol::TOPIC_BYTES_MAX, TOPIC, [FELT]),
        limit!("words of a topic or a pattern", number protocol::TOPIC_WORDS_MAX, TOPIC, [FELT]),
        limit!("`id`, `source`, `subject` and the like, each", bytes protocol::ATTRIBUTE_BYTES_MAX, ATTRIBUTE, [FELT]),
        limit!("extension attributes", number protocol::EXTENSIONS_MAX, ATTRIBUTE, [FELT]),
        limit!("name of an extension attribute", bytes protocol::EXTENSION_NAME_BYTES_MAX, ATTRIBUTE, [FELT]),
        limit!("value of an extension attribute", bytes protocol::EXTENSION_BYTES_MAX, ATTRIBUTE, [FELT]),
        limit!("objects and lists inside one another", number protocol::JSON_DEPTH_MAX, INVALID, [FELT, DEEP_OR_WIDE]),
        limit!("keys in all its objects together", number protocol::EVENT_KEYS_MAX, INVALID, [FELT, DEEP_OR_WIDE]),
        limit!("events of a batch", number protocol::BATCH_EVENTS_MAX, TOO_LARGE, [FELT]),
        limit!("body of a batch", bytes protocol::BATCH_BYTES_MAX, TOO_LARGE, [FELT]),
        limit!("`Idempotency-Key`", bytes protocol::PUBLISHER_KEY_BYTES_MAX, INVALID, [FELT]),
        limit!("how long an `Idempotency-Key` is known", time delivery::PUBLISHER_KEY_KEPT, Otherwise("it may be used anew"),
            ["rule_13_another_body_under_a_key_is_refused_until_a_day_has_passed"]),
        limit!("how far ahead `deliver_at` may be", time delivery::DELIVER_AT_MAX, ATTRIBUTE,
            ["rule_07_what_has_expired_or_is_too_far_away_is_refused_and_a_duplicate_is_not"]),
    ]
}

fn requests() -> Vec<Row> {
    let cut = Otherwise("431; the connection is closed");
    vec![
        limit!("head, its first line included", bytes http::HEAD_BYTES_MAX, cut, [HEADS]),
        limit!("fields of a head", number http::HEAD_FIELDS_MAX, cut, [HEADS]),
        limit!("path with its query", bytes http::URI_BYTES_MAX, Refused(ErrorCode::REQUEST_URI_TOO_LONG), [HEADS]),
        limit!("body of a request that does not publish", bytes api::BODY_BYTES_MAX, TOO_LARGE, [FELT]),
        limit!("keys of such a body", number protocol::BODY_KEYS_MAX, INVALID,
            ["the_number_of_keys_has_a_limit_over_all_objects_together"]),
        limit!("time that a head may take", time http::HEAD_TIME_MAX, Otherwise("the connection is closed"),
            ["a_head_that_comes_a_byte_at_a_time_is_cut_off_while_others_are_served"]),
        limit!("time that a body may take which is no stream of lines", time http::BODY_TIME_MAX, TOO_SLOW, [PACE, SLOW_BODY]),
        limit!("least pace of such a body in a second", bytes http::BODY_BYTES_PER_SECOND_MIN, TOO_SLOW, [PACE, SLOW_BODY]),
        limit!("time before that pace counts", time http::BODY_TIME_FREE, TOO_SLOW, [PACE, SLOW_BODY]),
        limit!("rows of a page", number protocol::PAGE_MAX, INVALID, [FELT]),
        limit!("rows of a page where nothing is said", number protocol::PAGE_DEFAULT, Otherwise("`next_cursor` leads to the next page"),
            ["a_list_is_read_page_by_page_in_both_directions"]),
        limit!("a reason", bytes protocol::REASON_BYTES_MAX, INVALID, [FELT]),
    ]
}

fn connections() -> Vec<Row> {
    let turned_away = Otherwise("over the network 503 [`overloaded`](errors/overloaded.md), at the local socket the connection is closed");
    let closed = Otherwise("the connection is closed");
    vec![
        setting("connections of the local socket, and as many of the network", "limits.connections_max", turned_away, &[SEATS]),
        setting("connections of a local user", "limits.connections_per_user_max", turned_away, &[SEATS]),
        setting("connections of an address", "limits.connections_per_address_max", turned_away, &[SEATS, ADDRESS]),
        limit!("time without a request", time http::IDLE_TIME_MAX, closed,
            ["a_connection_waits_long_for_a_request_and_not_long_for_the_rest_of_a_head"]),
        limit!("time in which a client of the network takes nothing of its answer", time http::ANSWER_STALL_MAX, closed,
            ["who_takes_nothing_of_an_answer_is_cut_off_and_who_takes_a_little_is_not"]),
        setting(
            "requests of a key in a second",
            "limits.key_requests_per_second",
            Refused(ErrorCode::KEY_RATE_EXCEEDED),
            &["rule_14_past_its_rate_a_key_is_told_when_to_come_back_and_the_local_socket_is_not_limited"],
        ),
        setting(
            "events of a key in a second",
            "limits.key_events_per_second",
            Otherwise("429 [`key.rate_exceeded`](errors/key.rate_exceeded.md); lines wait"),
            &["rule_14_events_are_counted_apart_a_batch_is_refused_and_lines_wait"],
        ),
        limit!("seconds' worth of both that a key may ask for at once", number access::BURST_SECONDS,
            Refused(ErrorCode::KEY_RATE_EXCEEDED), ["a_burst_is_twice_what_comes_in_a_second_and_then_the_rate_holds"]),
        limit!("wrong keys of a source in a minute", number access::ATTEMPTS_MAX, Refused(ErrorCode::KEY_THROTTLED),
            [WRONG_KEYS, "rule_20_a_wrong_key_is_told_nothing_and_whoever_sends_many_waits"]),
        limit!("longest wait of such a source", time access::WAIT_MAX, Otherwise("it grows no longer"), [WRONG_KEYS]),
    ]
}

fn waiting() -> Vec<Row> {
    let gap = Otherwise("the reader is told of the gap by an event `gap`, and goes on with what is still there");
    let slower = Otherwise("no more is read from the store until the client takes something");
    let unread = Otherwise("no more lines are read until some are published or answers are taken");
    vec![
        limit!("a stream or an export", bytes api::STREAM_BYTES_MAX, slower, [ONE]),
        limit!("all streams and exports; beyond it each may have one event more", bytes api::STREAMS_BYTES_MAX, slower,
            [ALL, "i6_readers_that_take_nothing_of_large_events_stop_nobody_and_lose_nothing_that_is_still_told"]),
        limit!("notices for all streams together", bytes bus::FEED_BYTES_MAX, gap,
            ["what_is_kept_for_slow_watchers_is_bounded_in_bytes_however_large_events_are",
             "rule_14_a_reader_that_is_too_slow_is_told_of_the_gap_and_goes_on_with_the_present"]),
        limit!("lines of a plugin's log for all who follow it", bytes host::LOG_FOLLOWED_BYTES_MAX, gap,
            ["a_reader_that_reads_nothing_holds_no_more_than_the_bytes_of_all_and_is_told_what_it_missed"]),
        limit!("lines of one stream that are read and not published", bytes api::LINES_AHEAD_BYTES_MAX, unread, [ONE]),
        limit!("the same of all; beyond it each may have one line more", bytes api::LINES_BYTES_MAX, unread, [ALL]),
        limit!("bodies of all clients together", bytes api::BODIES_BYTES_MAX, OVERLOADED,
            ["what_comes_whole_gets_its_room_or_is_told_that_there_is_none",
             "a_large_body_holds_its_room_for_as_long_as_its_bytes_are_there_and_a_small_one_none"]),
    ]
}

fn principals() -> Vec<Row> {
    vec![
        limit!("keys, those that are over included", number delivery::API_KEYS_MAX, OVERLOADED,
            ["the_thousand_and_first_key_takes_the_room_of_one_that_is_over_and_of_no_other"]),
        limit!("name of a key or a role", bytes protocol::ACCESS_NAME_BYTES_MAX, INVALID, [FELT]),
        limit!("label of a key", bytes protocol::KEY_LABEL_BYTES_MAX, INVALID, [FELT]),
        limit!("permissions in the scope of a key", number protocol::KEY_SCOPE_MAX, INVALID, [FELT]),
        limit!("networks of a key", number protocol::KEY_NETWORKS_MAX, INVALID, [FELT]),
        limit!("life of a key", time protocol::KEY_LIFE_MAX, INVALID, [FELT]),
        limit!("overlap when a key is rotated", time protocol::KEY_OVERLAP_MAX, INVALID, [FELT]),
        limit!("roles of one's own", number delivery::ROLES_MAX, OVERLOADED, [COUNTED]),
        limit!("permissions that a role allows, and that it denies", number protocol::ROLE_PERMISSIONS_MAX, INVALID, [FELT]),
        limit!("secrets", number protocol::SECRETS_MAX, SECRET, [COUNTED]),
        limit!("name of a secret", bytes protocol::SECRET_NAME_BYTES_MAX, SECRET, [FELT]),
        limit!("value of a secret", bytes protocol::SECRET_BYTES_MAX, SECRET, [FELT]),
        limit!("least value of a secret", bytes protocol::SECRET_BYTES_MIN, SECRET, [FELT]),
    ]
}

fn filters_and_schemas() -> Vec<Row> {
    vec![
        limit!("stored filters", number delivery::FILTERS_MAX, OVERLOADED, [COUNTED]),
        limit!("name of a stored filter", bytes protocol::FILTER_NAME_BYTES_MAX, INVALID, [FELT]),
        limit!("key of a tag, and its value", bytes protocol::TAG_BYTES_MAX, INVALID, [FELT]),
        limit!("a filter", bytes filter::TEXT_BYTES_MAX, FILTER, [FELT]),
        limit!("brackets of a filter inside one another", number filter::NESTING_MAX, FILTER, [FELT]),
        limit!("steps of a path in a filter", number filter::PATH_STEPS_MAX, FILTER, [FELT]),
        limit!("values of a list in a filter", number filter::LIST_VALUES_MAX, FILTER, [FELT]),
        limit!("`exists` and the like inside one another", number filter::QUANTIFIERS_NESTED_MAX, FILTER, [FELT]),
        limit!("memory of a compiled `matches`", bytes filter::PATTERN_BYTES_MAX, FILTER,
            ["an_expression_has_room_for_its_compiled_form_and_no_more"]),
        limit!("steps of one evaluation", number filter::EVALUATION_STEPS_MAX, Otherwise("the event does not match"),
            ["an_evaluation_that_takes_too_many_steps_is_given_up_and_says_so"]),
        limit!("a schema", bytes filter::SCHEMA_BYTES_MAX, NO_SCHEMA, [FELT, SCHEMA]),
        limit!("schemas inside one another", number filter::SCHEMA_DEPTH_MAX, NO_SCHEMA, [SCHEMA]),
        limit!("schemas in a schema", number filter::SUBSCHEMAS_MAX, NO_SCHEMA, [SCHEMA]),
        limit!("events that a schema is inferred from", number api::INFER_EVENTS_MAX, INVALID, [FELT]),
    ]
}

fn subscriptions_and_replays() -> Vec<Row> {
    vec![
        limit!("subscriptions, removed ones included", number delivery::SUBSCRIPTIONS_MAX,
            Otherwise("the plugin that brings more does not start"),
            ["rule_14_a_registration_that_is_too_many_changes_nothing"]),
        limit!("subscriptions of a plugin", number protocol::SUBSCRIPTIONS_PER_PLUGIN_MAX, MANIFEST, [BROUGHT]),
        limit!("calls of a handler at once", number protocol::CONCURRENCY_MAX, MANIFEST, [BROUGHT]),
        limit!("events of one call", number protocol::BATCH_DELIVERIES_MAX, MANIFEST, [BROUGHT]),
        limit!("events in all calls of a handler that takes several", number protocol::BATCHED_IN_FLIGHT_MAX, MANIFEST,
            [BROUGHT, "a_batch_has_a_size_that_fits_the_calls_at_once_and_a_command_for_each_event_takes_none"]),
        limit!("payloads of one call", bytes protocol::BATCH_PAYLOAD_BYTES_MAX, Otherwise("the others come in the next call"),
            ["batches_whose_payloads_are_large_come_in_parts_and_use_no_attempt"]),
        limit!("retries", number protocol::RETRIES_MAX, MANIFEST, [BROUGHT]),
        limit!("replays that run at once", number delivery::REPLAYS_RUNNING_MAX, OVERLOADED, ["a_thousand_ways_to_go_wrong_break_no_rule"]),
        limit!("events that a replay names", number api::REPLAY_EVENTS_NAMED_MAX, Refused(ErrorCode::SELECTION_INVALID), [FELT]),
        limit!("subscriptions that a replay names", number api::REPLAY_SUBSCRIPTIONS_NAMED_MAX,
            Refused(ErrorCode::SELECTION_INVALID), [FELT]),
    ]
}

fn plugins() -> Vec<Row> {
    let ended = Otherwise("the plugin is ended, and started again as after a crash");
    vec![
        limit!("plugins", number protocol::PLUGINS_MAX, Otherwise("those that come later are left out; the log names them"), [FOLDERS]),
        limit!("files of a plugin", number host::FILES_MAX, MANIFEST, [FOLDERS]),
        limit!("a plugin's folder", bytes host::FOLDER_BYTES_MAX, MANIFEST, [FOLDERS]),
        limit!("a frame, its end included", bytes protocol::FRAME_BYTES_MAX, ended,
            ["rule_16_a_frame_over_the_limit_ends_the_plugin_because_nothing_after_it_could_be_trusted",
             "a_plugin_is_listened_to_until_what_is_not_done_fills_its_room_and_again_when_something_is"]),
        limit!("lines in a row that are no frames", number host::GARBAGE_MAX, ended,
            ["rule_16_rubbish_on_descriptor_3_is_answered_makes_the_plugin_degraded_and_ten_lines_of_it_end_it"]),
        limit!("what it said or asked and is not done", bytes host::HEARD_BYTES_MAX,
            Otherwise("it is not read until something of that is done"),
            ["a_plugin_is_listened_to_until_what_is_not_done_fills_its_room_and_again_when_something_is",
             "a_question_holds_the_room_of_its_answer_until_that_is_read"]),
        limit!("frames that it leaves unread", number host::WAITING_FRAMES_MAX, ended,
            ["a_plugin_that_leaves_too_many_frames_unread_is_ended"]),
        limit!("events that an outcome emits", number protocol::EMITS_PER_OUTCOME_MAX, OUTCOME_REFUSED, [OUTCOME]),
        limit!("writes of state of an outcome", number protocol::STATE_WRITES_PER_OUTCOME_MAX, OUTCOME_REFUSED, [OUTCOME]),
        limit!("key of its state", bytes protocol::STATE_KEY_BYTES_MAX, STATE_FULL, [FELT, OUTCOME]),
        limit!("value of its state, as JSON", bytes protocol::STATE_VALUE_BYTES_MAX, STATE_FULL, [FELT, OUTCOME]),
        limit!("keys of its state", number protocol::STATE_KEYS_MAX, STATE_FULL,
            [STATE, "rule_14_a_state_at_its_limit_refuses_what_would_make_it_larger_and_says_so"]),
        limit!("its whole state", bytes protocol::STATE_BYTES_MAX, STATE_FULL, [STATE]),
        limit!("a line of its log", bytes host::LOG_LINE_BYTES_MAX, Otherwise("the rest of the line is cut off"),
            ["a_line_of_a_log_is_cut_at_its_limit"]),
        limit!("its output in a second", bytes host::LOG_BYTES_PER_SECOND_MAX, Otherwise("what is more is counted, and the log says so"),
            [PLUGIN_LOG]),
    ]
}

fn configuration() -> Vec<Row> {
    vec![
        limit!("`panotti.yaml`", bytes protocol::CONFIGURATION_BYTES_MAX, NO_SETTING, [READERS]),
        limit!("`plugin.yaml`", bytes protocol::MANIFEST_BYTES_MAX, MANIFEST, [BROUGHT]),
        limit!("a value on the command line", bytes set::VALUE_BYTES_MAX,
            Otherwise("`config.invalid` or `plugin.config_invalid`"), [READERS]),
        limit!("lists and tables inside one another", number config::YAML_DEPTH_MAX, NO_SETTING, [READERS]),
        limit!("keys and values of a file", number config::YAML_NODES_MAX, NO_SETTING, [READERS]),
        limit!("words of a plugin's `command`", number config::COMMAND_WORDS_MAX, MANIFEST, [BROUGHT]),
        limit!("`dependencies`, and `emits`, of a plugin", number config::MANIFEST_NAMES_MAX, MANIFEST, [BROUGHT]),
        limit!("entries of `socket.roles`", number config::LOCAL_ROLES_MAX, NO_SETTING, ["roles_of_local_users_are_given_by_id_or_name"]),
        limit!("names of `http.hosts`", number config::HOSTS_MAX, NO_SETTING, ["names_of_hosts_are_bare_and_there_once"]),
    ]
}

fn store() -> Vec<Row> {
    let full = Refused(ErrorCode::STORE_FULL);
    vec![
        setting(
            "the store",
            "store.bytes_max",
            full,
            &["rule_14_when_nothing_may_go_publishing_is_refused_and_what_is_stored_is_handled_and_makes_room"],
        ),
        setting(
            "least free space on the disk",
            "store.free_bytes_min",
            full,
            &["g1_where_the_room_really_ends_the_daemon_lives_on_and_nothing_acknowledged_is_lost"],
        ),
    ]
}
