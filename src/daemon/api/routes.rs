//! The one table of routes: name, method, path, what its caller needs, handler, and what it is for. The router is made of it, and so are the
//! OpenAPI document and everything else that must know all routes. A route cannot be added without saying what it needs and what it is for.

use axum::Router;
use panotti_protocol::api::EventDetail;
use panotti_protocol::event::{Event, NewEvent};
use panotti_protocol::failure::ErrorCode as E;
use panotti_protocol::permission::{Resource, Verb};

use super::openapi::examples;
use super::operation::Routes;
pub use super::operation::{Needs, Operation};
use super::{
    Api, answers, audit, checks, cloudevents, configuration, daemon, events, explanations, export, filters, keys, numbers, openapi,
    plugin_state, plugins, purging, replays, roles, schemas, seal, secrets, stream, subscriptions, topics, traces,
};

/// How settings are changed.
const CHANGING: &str = "`If-Match` is the `ETag` of `GET /config` or of the change before; where something was changed since, the answer is 412. A key \
                        whose value is null is taken out. With `dry_run` the answer says what would change.";

// Failures that several routes share.
const CONFIGURING: &[E] = &[
    E::CONFIG_INVALID,
    E::CONFIG_KEY_UNKNOWN,
    E::CONFIG_CHANGED,
    E::CONFIG_PINNED,
    E::CONFIG_REVISION_MISSING,
    E::CONFIG_UNREADABLE,
    E::PERMISSION_EXCEEDED,
];
const ROLLING_BACK: &[E] = &[
    E::CONFIG_INVALID,
    E::CONFIG_KEY_UNKNOWN,
    E::CONFIG_CHANGED,
    E::CONFIG_PINNED,
    E::CONFIG_REVISION_MISSING,
    E::CONFIG_REVISION_NOT_FOUND,
    E::CONFIG_UNREADABLE,
    E::PERMISSION_EXCEEDED,
];
const ONE_EVENT: &[E] = &[E::EVENT_NOT_FOUND, E::EVENT_CORRUPT];
const ONE_DELIVERY: &[E] = &[E::EVENT_NOT_FOUND, E::EVENT_CORRUPT, E::DELIVERY_NOT_FOUND, E::DELIVERY_STATE];
const ONE_SCHEMA: &[E] = &[E::EVENT_TOPIC_INVALID, E::SCHEMA_NOT_FOUND];
const ONE_SCHEMA_CHANGED: &[E] = &[E::EVENT_TOPIC_INVALID, E::SCHEMA_NOT_FOUND, E::SCHEMA_CHANGED];
const ONE_PLUGIN_SWITCHED: &[E] = &[
    E::PLUGIN_NOT_FOUND,
    E::PLUGIN_MANIFEST_INVALID,
    E::PLUGIN_STATE,
    E::PLUGIN_DEPENDENCY,
    E::PLUGIN_NOT_RUNNING,
    E::SCHEMA_INVALID,
    E::SCHEMA_INCOMPATIBLE,
    E::SCHEMA_CHANGED,
    E::EVENT_TOPIC_RESERVED,
];
const PLUGIN_CONFIGURED: &[E] =
    &[E::PLUGIN_NOT_FOUND, E::PLUGIN_MANIFEST_INVALID, E::PLUGIN_CONFIG_INVALID, E::PLUGIN_CONFIG_KEY_UNKNOWN, E::PLUGIN_STATE];
const PUBLISHING: &[E] = &[
    E::EVENT_ATTRIBUTE_INVALID,
    E::EVENT_TOPIC_INVALID,
    E::EVENT_TOPIC_RESERVED,
    E::EVENT_PAYLOAD_INVALID,
    E::EVENT_PAYLOAD_TOO_LARGE,
    E::EVENT_EXPIRED,
    E::EVENT_KEY_REUSED,
    E::EVENT_SOURCE_RESERVED,
    E::EVENT_ID_TAKEN,
    E::SCHEMA_VIOLATED,
];
const REPUBLISHING: &[E] = &[
    E::EVENT_NOT_FOUND,
    E::EVENT_CORRUPT,
    E::EVENT_ATTRIBUTE_INVALID,
    E::EVENT_TOPIC_INVALID,
    E::EVENT_TOPIC_RESERVED,
    E::EVENT_PAYLOAD_INVALID,
    E::EVENT_PAYLOAD_TOO_LARGE,
    E::EVENT_EXPIRED,
    E::EVENT_KEY_REUSED,
    E::EVENT_SOURCE_RESERVED,
    E::EVENT_ID_TAKEN,
    E::SCHEMA_VIOLATED,
];

/// Every route, in the order of their paths' first words.
pub fn operations() -> Vec<Operation> {
    routes().into_operations()
}

/// The router of all routes, without their prefix.
pub fn router() -> Router<Api> {
    routes().into_router()
}

fn routes() -> Routes {
    keys_and_roles(replays_and_plugins(events_and_topics(the_daemon(Routes::default()))))
}

const fn may(verb: Verb, resource: Resource) -> Needs {
    Needs::Permission(verb, resource)
}

const fn each(verb: Verb, resource: Resource) -> Needs {
    Needs::PermissionForEach(verb, resource)
}

fn the_daemon(routes: Routes) -> Routes {
    let (see, manage) = (may(Verb::Read, Resource::System), may(Verb::Manage, Resource::System));
    let (config, set_config) = (may(Verb::Read, Resource::Config), may(Verb::Manage, Resource::Config));
    let audited = may(Verb::Read, Resource::Audit);
    routes
        .route("get_live", "GET", "/livez", Needs::Nothing, daemon::live)
        .says("Whether the process answers", &[])
        .route("get_ready", "GET", "/readyz", Needs::Nothing, daemon::ready)
        .says("Whether events are accepted", &[E::STORE_FULL])
        .route("get_version", "GET", "/version", Needs::Principal, daemon::version)
        .says("Versions of the program and of what it speaks", &[])
        .route("get_status", "GET", "/status", see, daemon::status)
        .says("The daemon as a whole", &[])
        .route("list_secrets", "GET", "/config/secrets", config, secrets::list)
        .says("Names of the secrets, and who uses them; never what they are", &[])
        .route("set_secret", "PUT", "/config/secrets/{name}", set_config, secrets::set)
        .says("Sets a secret", &[E::SECRET_INVALID, E::DAEMON_CANNOT_CREATE, E::DAEMON_FILES_UNSAFE])
        .example(r#"{"value": "correct horse battery staple", "reason": "a new token"}"#)
        .route("remove_secret", "DELETE", "/config/secrets/{name}", set_config, secrets::remove)
        .says("Removes a secret", &[E::SECRET_NOT_FOUND])
        .route("rotate_secrets", "POST", "/config/secrets/rotate", set_config, secrets::rotate)
        .says("Seals all secrets with a new key", &[E::DAEMON_CANNOT_CREATE, E::DAEMON_FILES_UNSAFE])
        .example(r#"{"reason": "every quarter"}"#)
        .route("get_config", "GET", "/config", each(Verb::Read, Resource::Config), configuration::list)
        .says("Every setting in force, and where it comes from", &[])
        .more("`ETag` is the revision of what is set over files and defaults, for `If-Match` of a change.")
        .route("replace_config", "PUT", "/config", set_config, configuration::replace)
        .says("Sets these values and no others", CONFIGURING)
        .more(CHANGING)
        .example(r#"{"overlay": {"retention.days": 14}, "reason": "the disk is small", "dry_run": true}"#)
        .route("change_config", "PATCH", "/config", set_config, configuration::change)
        .says("Sets these values; what is not named stays", CONFIGURING)
        .more(CHANGING)
        .example(r#"{"overlay": {"retention.days": 14}, "reason": "the disk is small", "dry_run": true}"#)
        .route("get_config_overlay", "GET", "/config/overlay", config, configuration::overlay)
        .says("What is set over files and defaults, and its revision", &[])
        .route("list_config_history", "GET", "/config/history", config, configuration::history)
        .says("Every revision of what was set, the newest first", &[])
        .route("roll_back_config", "POST", "/config/rollback", set_config, configuration::roll_back)
        .says("Sets what a revision had", ROLLING_BACK)
        .more("Which revisions there are is in `GET /config/history`; the change is a new one. `If-Match` as in `PATCH /config`.")
        .example(r#"{"revision": 0, "reason": "as it was", "dry_run": true}"#)
        .route("reload_config", "POST", "/config/reload", set_config, configuration::reload)
        .says("Reads the files anew; what does not hold is refused whole", &[E::CONFIG_INVALID, E::CONFIG_UNREADABLE, E::HTTP_TLS])
        .example(r#"{"dry_run": true}"#)
        .route("get_config_schema", "GET", "/config/schema", config, configuration::schema)
        .says("The JSON Schema of `panotti.yaml`", &[])
        .route("get_checks", "GET", "/daemon/checks", see, checks::checks)
        .says("What only the daemon can look at, for `panotti doctor`", &[])
        .route("list_audit_records", "GET", "/audit", audited, audit::list)
        .says("Who did what, the newest first", &[])
        .route("export_audit_records", "GET", "/audit/export", audited, audit::export)
        .says("Records of the audit as lines, the oldest first", &[])
        .route("list_audit_checkpoints", "GET", "/audit/checkpoints", audited, audit::checkpoints)
        .says("The newest signed notes about the audit", &[])
        .route("verify_audit", "GET", "/audit/verify", audited, audit::verify)
        .says("Whether one part of the audit is as it was written", &[])
        .route("stop_daemon", "POST", "/daemon/stop", manage, daemon::stop)
        .says("Stops the daemon, when what is in flight has ended", &[])
        .example(r#"{"drain_ms": 5000}"#)
        .route("get_openapi", "GET", "/openapi.json", Needs::Nothing, openapi::served)
        .says("This document", &[])
        .answers_bytes("application/json")
        .heading(&openapi::HEADERS)
        .route("get_docs", "GET", "/docs", Needs::Nothing, openapi::page::page)
        .says("This document as a page for people", &[])
        .answers_bytes("text/html")
        .heading(&openapi::page::HEADERS)
        .route("get_docs_script", "GET", "/docs/page.js", Needs::Nothing, openapi::page::script)
        .says("The script of that page", &[])
        .answers_bytes("text/javascript")
        .heading(&openapi::page::HEADERS)
        .route("get_docs_style", "GET", "/docs/page.css", Needs::Nothing, openapi::page::style)
        .says("The style of that page", &[])
        .answers_bytes("text/css")
        .heading(&openapi::page::HEADERS)
        .route("get_slo", "GET", "/slo", see, numbers::slo)
        .says("How well it went: success, recovery, latency, uptime", &[])
        .route("get_seal", "GET", "/seal", see, seal::show)
        .says("Who can open payloads, and what they are sealed with", &[])
        .route("check_seal", "GET", "/seal/check", see, seal::check)
        .says("Holds one page of stored events against their tags", &[])
        .route("set_seal_recovery", "PUT", "/seal/recovery", manage, seal::set_recovery)
        .says(
            "Sets who besides the daemon can open payloads",
            &[E::SEAL_STATE, E::PERMISSION_EXCEEDED, E::DAEMON_CANNOT_CREATE, E::DAEMON_FILES_UNSAFE],
        )
        .example(r#"{"recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "reason": "kept in the safe"}"#)
        .route("rotate_seal", "POST", "/seal/rotate", manage, seal::rotate)
        .says(
            "Gives the daemon a new identity; keys are wrapped to it from then on",
            &[E::SEAL_STATE, E::DAEMON_CANNOT_CREATE, E::DAEMON_FILES_UNSAFE],
        )
        .example(r#"{"reason": "every year"}"#)
}

fn events_and_topics(routes: Routes) -> Routes {
    let (read, publish) = (each(Verb::Read, Resource::Events), each(Verb::Publish, Resource::Events));
    let (replay, manage) = (each(Verb::Replay, Resource::Events), each(Verb::Manage, Resource::Events));
    let all = may(Verb::Read, Resource::Events);
    let (see_filters, manage_filters) = (each(Verb::Read, Resource::Filters), each(Verb::Manage, Resource::Filters));
    let (see_schemas, manage_schemas) = (each(Verb::Read, Resource::Schemas), each(Verb::Manage, Resource::Schemas));
    routes
        .route("list_events", "GET", "/events", read, events::list)
        .says("Events without their payloads, with their deliveries", &[E::FILTER_INVALID])
        .more("The newest first, unless `order` says otherwise. With a filter a page can be short, or empty, without being the last.")
        .route("publish_events", "POST", "/events", publish, events::publish)
        .says("Publishes an event, a batch, or lines; answers when they are on disk", PUBLISHING)
        .more(examples::PUBLISHING)
        .reads(&cloudevents::FIELDS)
        .takes::<NewEvent>("application/json")
        .takes::<NewEvent>(cloudevents::STRUCTURED)
        .takes::<Vec<NewEvent>>("application/cloudevents-batch+json")
        .takes::<NewEvent>(answers::LINES)
        .takes_bytes("*/*")
        .examples(examples::EVENTS)
        .route("get_event_status", "GET", "/events/status", all, events::status)
        .says("Numbers of the event system", &[])
        .route("stream_events", "GET", "/events/stream", read, stream::stream)
        .says("What is published and how attempts end, as server-sent events", &[E::FILTER_INVALID])
        .more(
            "`published` is an event as in lists, and whole with `payload=true`; its `id` is its sequence, with which a client that was cut off \
             begins again. `outcome` is an attempt that ended. `gap` says how many were missed by a reader that was too slow, `goodbye` that the \
             daemon stops. After 15 s of silence there is a comment.",
        )
        .reads(&[stream::LAST_EVENT_ID])
        .route("list_error_groups", "GET", "/events/errors", all, events::errors)
        .says("Failures that are alike, in groups", &[])
        .route("purge_events", "POST", "/events/purge", manage, purging::purge)
        .says("Removes stored events for good, one part at a time", &[E::PURGE_SELECTOR_MISSING, E::SELECTION_INVALID, E::FILTER_INVALID])
        .more(
            "One request looks at about 10,000 events, the oldest first: while there is a `next_cursor`, send the same with it as `cursor`. With \
             `dry_run` nothing is removed. Events with a delivery that is owed or under way stay.",
        )
        .example(r#"{"selection": {"topic": "recording.*", "before": "2026-10-01T00:00:00Z"}, "dry_run": true}"#)
        .route("get_trace", "GET", "/events/trace", read, traces::trace)
        .says("The story an event belongs to", &[E::EVENT_NOT_FOUND])
        .route("get_event_stats", "GET", "/events/stats", all, numbers::stats)
        .says("How many events and deliveries there were, by topic and plugin", &[E::FILTER_INVALID])
        .route("export_events", "GET", "/events/export", read, export::export)
        .says("Stored events as lines that can be published again, the oldest first", &[E::FILTER_INVALID])
        .route("start_replay", "POST", "/events/replay", replay, replays::start)
        .says(
            "Gives stored events to plugins once more; with `dry_run` only the plan",
            &[E::REPLAY_SELECTOR_MISSING, E::SELECTION_INVALID, E::FILTER_INVALID, E::EVENT_NOT_FOUND],
        )
        .more(
            "`selection` names at least one thing; none is an error, never everything. The job goes on by itself: follow it at the path in \
             `Location`. A plan counts 10,000 events or deliveries; with its `next_cursor` as `cursor` the next part is counted.",
        )
        .example(r#"{"selection": {"topic": "recording.*"}, "name": "again", "rate": 50}"#)
        .route("list_filters", "GET", "/events/filter", see_filters, filters::list)
        .says("The filters that are kept", &[])
        .route("create_filter", "POST", "/events/filter", manage_filters, filters::create)
        .says("Keeps a filter", &[E::FILTER_INVALID, E::FILTER_EXISTS, E::PLUGIN_NOT_FOUND, E::PLUGIN_MANIFEST_INVALID])
        .example(r#"{"name": "large", "filter": "data.amount > 1000", "topic": "payment.*", "tag": {"key": "size", "value": "large"}}"#)
        .route("get_filter", "GET", "/events/filter/{name}", see_filters, filters::show)
        .says("A filter that is kept", &[E::FILTER_NOT_FOUND])
        .route("remove_filter", "DELETE", "/events/filter/{name}", manage_filters, filters::remove)
        .says("Removes a filter", &[E::FILTER_NOT_FOUND])
        .route("test_filter", "GET", "/events/filtered", read, filters::filtered)
        .says("What a filter would have matched, a page of stored events at a time", &[E::FILTER_INVALID])
        .route("get_event", "GET", "/events/{id}", read, events::show)
        .says("An event with its payload, its deliveries and every attempt", ONE_EVENT)
        .more("With `Accept: application/cloudevents+json` the answer is the event alone, as CloudEvents writes it.")
        .answers::<EventDetail>(200)
        .answers_as::<Event>(cloudevents::STRUCTURED)
        .route("explain_event", "GET", "/events/{id}/explain", read, explanations::explain)
        .says("Why each subscription got the event or not", &[E::EVENT_NOT_FOUND, E::EVENT_CORRUPT, E::SUBSCRIPTION_NOT_FOUND])
        .route("test_filter_on_event", "GET", "/events/{id}/filtered", read, filters::event_filtered)
        .says("Whether a filter matches the event, and why not", &[E::EVENT_NOT_FOUND, E::EVENT_CORRUPT, E::FILTER_INVALID])
        .route("get_event_payload", "GET", "/events/{id}/payload", read, events::payload)
        .says("The payload as it came, under its own media type", ONE_EVENT)
        .answers_bytes("*/*")
        .heading(&cloudevents::GIVEN)
        .route("retry_event", "POST", "/events/{id}/retry", replay, events::retry)
        .says("One more attempt of deliveries that wait or are dead, now", ONE_DELIVERY)
        .example(r#"{"plugin": "word-count"}"#)
        .route("cancel_event", "POST", "/events/{id}/cancel", manage, purging::cancel)
        .says("Stops deliveries that have not begun", ONE_DELIVERY)
        .example(r#"{"reason": "sent by mistake"}"#)
        .route("republish_event", "POST", "/events/{id}/republish", publish, events::republish)
        .says("Publishes a new event made from this one", REPUBLISHING)
        .takes::<NewEvent>("application/json")
        .example(r#"{"type": "recording.ended", "data": {"transcript": "one two"}}"#)
        .route("discard_event", "POST", "/events/{id}/discard", manage, events::discard)
        .says("Gives dead deliveries up", ONE_DELIVERY)
        .example(r#"{"reason": "handled by hand", "plugin": "word-count"}"#)
        .route("list_topics", "GET", "/topics", read, topics::list)
        .says("Topics that events were published to", &[])
        .route("get_topic", "GET", "/topics/{topic}", read, topics::show)
        .says("A topic, who publishes to it, and how long its events are kept", &[E::EVENT_TOPIC_INVALID, E::TOPIC_NOT_FOUND])
        .route("get_topic_route", "GET", "/topics/{topic}/route", read, topics::route)
        .says("Who would get an event of the topic now", &[E::EVENT_TOPIC_INVALID, E::TOPIC_NOT_FOUND])
        .route("list_schemas", "GET", "/schemas", see_schemas, schemas::list)
        .says("The schemas in force", &[])
        .route("create_schema", "POST", "/schemas", manage_schemas, schemas::create)
        .says(
            "Brings a schema of a topic into force",
            &[E::SCHEMA_INVALID, E::SCHEMA_INCOMPATIBLE, E::SCHEMA_CHANGED, E::EVENT_TOPIC_RESERVED],
        )
        .example(r#"{"topic": "payment.made", "schema": {"type": "object", "required": ["amount"]}, "mode": "warn"}"#)
        .route("get_schema", "GET", "/schemas/{topic}", see_schemas, schemas::show)
        .says("One version of a topic's schema, and which there are", ONE_SCHEMA)
        .route("remove_schema", "DELETE", "/schemas/{topic}", manage_schemas, schemas::remove)
        .says("Takes a schema out of force; its versions stay readable", ONE_SCHEMA_CHANGED)
        .route("set_schema_mode", "PUT", "/schemas/{topic}/mode", manage_schemas, schemas::set_mode)
        .says("What a schema does to an event that does not fit", ONE_SCHEMA_CHANGED)
        .example(r#"{"mode": "enforce", "reason": "publishers are ready"}"#)
        .route("check_schema", "POST", "/schemas/{topic}/check", see_schemas, schemas::check)
        .says("Whether a schema could be the next version", &[E::EVENT_TOPIC_INVALID, E::SCHEMA_NOT_FOUND, E::SCHEMA_INVALID])
        .example(r#"{"schema": {"type": "object", "required": ["amount", "currency"]}, "compatibility": "backward"}"#)
        .route("validate_against_schema", "POST", "/schemas/{topic}/validate", see_schemas, schemas::validate)
        .says(
            "Whether a payload fits; nothing is published",
            &[E::EVENT_TOPIC_INVALID, E::SCHEMA_NOT_FOUND, E::SCHEMA_INVALID, E::EVENT_PAYLOAD_INVALID],
        )
        .example(r#"{"data": {"amount": 17}}"#)
        .route("infer_schema", "GET", "/schemas/{topic}/infer", read, schemas::infer)
        .says("A schema that the newest stored events fit", &[E::EVENT_TOPIC_INVALID, E::TOPIC_NOT_FOUND])
}

fn replays_and_plugins(routes: Routes) -> Routes {
    let (read, replay) = (each(Verb::Read, Resource::Events), each(Verb::Replay, Resource::Events));
    let (see, manage) = (each(Verb::Read, Resource::Plugins), each(Verb::Manage, Resource::Plugins));
    routes
        .route("list_replays", "GET", "/replays", read, replays::list)
        .says("Jobs, the newest first", &[])
        .route("get_replay", "GET", "/replays/{id}", read, replays::show)
        .says("A job", &[E::REPLAY_NOT_FOUND])
        .route("list_replay_items", "GET", "/replays/{id}/items", read, replays::items)
        .says("What a job did: each delivery that it made", &[E::REPLAY_NOT_FOUND])
        .route("pause_replay", "POST", "/replays/{id}/pause", replay, replays::pause)
        .says("Begins nothing new until somebody resumes the job", &[E::REPLAY_NOT_FOUND, E::REPLAY_STATE])
        .route("resume_replay", "POST", "/replays/{id}/resume", replay, replays::resume)
        .says("Goes on with a job", &[E::REPLAY_NOT_FOUND, E::REPLAY_STATE])
        .route("cancel_replay", "POST", "/replays/{id}/cancel", replay, replays::cancel)
        .says("Ends a job before its last item", &[E::REPLAY_NOT_FOUND, E::REPLAY_STATE])
        .route("list_subscriptions", "GET", "/subscriptions", see, subscriptions::list)
        .says("Who gets what, with numbers", &[])
        .route("get_subscription", "GET", "/subscriptions/{plugin}/{*name}", see, subscriptions::show)
        .says("A subscription", &[E::SUBSCRIPTION_NOT_FOUND])
        .route("list_plugins", "GET", "/plugins", see, plugins::list)
        .says("The plugins", &[])
        .route("get_plugin", "GET", "/plugins/{id}", see, plugins::show)
        .says("A plugin with its dependencies and the history of its states", &[E::PLUGIN_NOT_FOUND])
        .route("get_plugin_status", "GET", "/plugins/{id}/status", see, plugins::status)
        .says("A plugin, its state and its numbers", &[E::PLUGIN_NOT_FOUND])
        .route("enable_plugin", "POST", "/plugins/{id}/enable", manage, plugins::enable)
        .says("Starts a plugin, and keeps it on", ONE_PLUGIN_SWITCHED)
        .example(r#"{"reason": "mended"}"#)
        .route("disable_plugin", "POST", "/plugins/{id}/disable", manage, plugins::disable)
        .says("Stops a plugin, and keeps it off", ONE_PLUGIN_SWITCHED)
        .example(r#"{"on_disabled": "hold", "reason": "the model is down"}"#)
        .route("get_plugin_config", "GET", "/plugins/{id}/config", see, plugins::config)
        .says("What a plugin is configured with", &[E::PLUGIN_NOT_FOUND, E::PLUGIN_MANIFEST_INVALID])
        .route("set_plugin_config", "PUT", "/plugins/{id}/config", manage, plugins::set_config)
        .says("Sets what is over the manifest's values", PLUGIN_CONFIGURED)
        .example(r#"{"overlay": {"min_words": 2}, "reason": "short ones are noise"}"#)
        .route("list_plugin_state", "GET", "/plugins/{id}/state", see, plugin_state::list)
        .says("What a plugin has stored, in the order of the keys' bytes", &[E::PLUGIN_NOT_FOUND])
        .route("get_plugin_state", "GET", "/plugins/{id}/state/{*key}", see, plugin_state::show)
        .says("One key of a plugin's state", &[E::PLUGIN_NOT_FOUND, E::PLUGIN_STATE_KEY_NOT_FOUND])
        .route("set_plugin_state", "PUT", "/plugins/{id}/state/{*key}", manage, plugin_state::set)
        .says("Writes one key of a plugin's state", &[E::PLUGIN_NOT_FOUND, E::PLUGIN_STATE_FULL])
        .example(r#"{"value": 17, "reason": "counted anew"}"#)
        .route("remove_plugin_state", "DELETE", "/plugins/{id}/state/{*key}", manage, plugin_state::remove)
        .says("Removes one key of a plugin's state", &[E::PLUGIN_NOT_FOUND, E::PLUGIN_STATE_KEY_NOT_FOUND])
        .route("get_plugin_logs", "GET", "/plugins/{id}/logs", see, plugins::logs)
        .says("The newest lines of a plugin's log; with `follow` new ones as server-sent events", &[E::PLUGIN_NOT_FOUND])
}

fn keys_and_roles(routes: Routes) -> Routes {
    let (see, manage) = (each(Verb::Read, Resource::Keys), each(Verb::Manage, Resource::Keys));
    routes
        .route("list_keys", "GET", "/keys", see, keys::list)
        .says("Keys, without their secrets", &[])
        .route("create_key", "POST", "/keys", manage, keys::create)
        .says("Makes a key; the only answer that shows it", &[E::KEY_EXISTS, E::ROLE_NOT_FOUND, E::PERMISSION_EXCEEDED])
        .example(r#"{"name": "ci", "role": "publisher", "scope": ["publish:events:build.*"], "label": "the build server"}"#)
        .route("get_key", "GET", "/keys/{id}", see, keys::show)
        .says("A key, without its secret", &[E::KEY_NOT_FOUND])
        .route("rotate_key", "POST", "/keys/{id}/rotate", manage, keys::rotate)
        .says("Makes a new secret; the old one stays in force for a while", &[E::KEY_NOT_FOUND, E::KEY_OVER, E::PERMISSION_EXCEEDED])
        .example(r#"{"overlap_seconds": 3600, "reason": "every quarter"}"#)
        .route("revoke_key", "POST", "/keys/{id}/revoke", manage, keys::revoke)
        .says("Ends a key, and what is open with it", &[E::KEY_NOT_FOUND, E::PERMISSION_EXCEEDED])
        .example(r#"{"reason": "the laptop was stolen"}"#)
        .route("list_roles", "GET", "/roles", see, roles::list)
        .says("The roles: those that come with Panotti, and others", &[])
        .route("create_role", "POST", "/roles", manage, roles::create)
        .says("Makes a role", &[E::ROLE_EXISTS, E::ROLE_NOT_FOUND, E::PERMISSION_EXCEEDED])
        .example(r#"{"name": "studio", "from": "viewer", "allow": ["publish:events:recording.*"]}"#)
        .route("get_role", "GET", "/roles/{name}", see, roles::show)
        .says("A role, and what it allows", &[E::ROLE_NOT_FOUND])
        .route("set_role", "PUT", "/roles/{name}", manage, roles::set)
        .says("Says anew what a role allows", &[E::ROLE_NOT_FOUND, E::ROLE_BUILT_IN, E::PERMISSION_EXCEEDED])
        .example(r#"{"allow": ["publish:events:recording.*"], "reason": "only what it needs"}"#)
        .route("remove_role", "DELETE", "/roles/{name}", manage, roles::remove)
        .says("Removes a role that no key has", &[E::ROLE_NOT_FOUND, E::ROLE_BUILT_IN, E::ROLE_IN_USE, E::PERMISSION_EXCEEDED])
        .route("check_permission", "GET", "/permissions/check", see, roles::check)
        .says("Whether somebody may do something, and what decides it", &[E::KEY_NOT_FOUND, E::ROLE_NOT_FOUND])
        .route("get_whoami", "GET", "/whoami", Needs::Principal, keys::whoami)
        .says("Who the caller is, and what it may do", &[])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_has_a_name_of_its_own_and_the_router_takes_them_all() {
        let operations = operations();
        let names: BTreeSet<&str> = operations.iter().map(|operation| operation.id).collect();
        assert_eq!(names.len(), operations.len());
        let _ = router();
    }

    #[test]
    fn rule_20_only_the_probes_and_the_documentation_are_for_strangers_and_what_changes_something_needs_more_than_reading() {
        let for_strangers: Vec<&str> =
            operations().iter().filter(|operation| operation.needs == Needs::Nothing).map(|operation| operation.path).collect();
        assert_eq!(for_strangers, ["/livez", "/readyz", "/openapi.json", "/docs", "/docs/page.js", "/docs/page.css"]);
        for operation in operations().iter().filter(|operation| operation.method != "GET") {
            let asks_only = ["check_schema", "validate_against_schema"].contains(&operation.id);
            let reads =
                matches!(operation.needs, Needs::Permission(Verb::Read, _) | Needs::PermissionForEach(Verb::Read, _) | Needs::Principal);
            assert!(asks_only || !reads, "{} changes something", operation.id);
        }
    }

    #[test]
    fn every_method_of_the_table_is_one_that_the_router_knows() {
        for operation in operations() {
            assert!(operation.method.parse::<axum::http::Method>().is_ok(), "{}", operation.method);
        }
    }
}
