//! The one table of routes: method, path, name, what its caller needs, handler. The router is made of it, and so is everything else that
//! must know all routes. A route cannot be added without saying what it needs.

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::{Resource, Verb};

use super::principal::Principal;
use super::problem::Problem;
use super::{
    Api, audit, checks, configuration, daemon, events, explanations, export, filters, keys, numbers, objects, plugin_state, plugins,
    problem, purging, replays, roles, schemas, seal, secrets, stream, subscriptions, topics, traces,
};

/// What the caller of a route needs before its handler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it tells strangers nothing that they could use.
    Nothing,
    /// To be somebody that the daemon knows.
    Principal,
    /// A permission for every object of a kind: nobody looks at them one by one.
    Permission(Verb, Resource),
    /// A permission for some object of a kind. The guard asks about the one that the path names, the handler about those that it loads.
    PermissionForEach(Verb, Resource),
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name, which never changes: a verb and what it is about.
    pub id: &'static str,
    /// The method.
    pub method: &'static str,
    /// The path, as the router writes it.
    pub path: &'static str,
    /// What its caller needs.
    pub needs: Needs,
}

/// The routes, as a router and as a table.
#[derive(Debug, Default)]
struct Routes {
    router: Router<Api>,
    operations: Vec<Operation>,
}

impl Routes {
    fn route<H, T>(mut self, id: &'static str, method: &'static str, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        let guarded: MethodRouter<Api> =
            on(filter(method), handler).layer(from_fn(move |request: Request, next: Next| guard(needs, request, next)));
        self.router = self.router.route(path, guarded);
        self.operations.push(Operation { id, method, path, needs });
        self
    }
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "GET" => MethodFilter::GET,
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        other => unreachable!("the table has no route with the method {other}"),
    }
}

/// Lets through whoever has what a route needs.
async fn guard(needs: Needs, request: Request, next: Next) -> Response {
    let principal = request.extensions().get::<Principal>();
    let refused = match (needs, principal) {
        (Needs::Nothing, _) | (Needs::Principal, Some(_)) => None,
        (_, None) => Some(Failure::new(ErrorCode::KEY_MISSING, "there is no key in the request")),
        (Needs::Permission(verb, resource), Some(principal)) if principal.grants.allows_all(verb, resource) => None,
        (Needs::PermissionForEach(verb, resource), Some(principal)) if principal.grants.allows_some(verb, resource) => None,
        (Needs::Permission(verb, resource) | Needs::PermissionForEach(verb, resource), Some(principal)) => {
            Some(principal.lacks(verb, resource, ">"))
        }
    };
    if let Some(failure) = refused {
        return Problem(failure).into_response();
    }
    let (Needs::PermissionForEach(verb, resource), Some(principal)) = (needs, principal.cloned()) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    // A path whose parameters do not read is for the handler to refuse, which reads them too.
    let parameters = RawPathParams::from_request_parts(&mut parts, &()).await.ok();
    if let Some(failure) = parameters.and_then(|parameters| objects::hidden(&principal, verb, resource, &parameters)) {
        return Problem(failure).into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Every route, in the order of their paths' first words.
pub fn operations() -> Vec<Operation> {
    routes().operations
}

/// The router of all routes, without their prefix.
pub fn router() -> Router<Api> {
    routes().router.method_not_allowed_fallback(problem::no_such_method).fallback(problem::no_such_route)
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
        .route("get_ready", "GET", "/readyz", Needs::Nothing, daemon::ready)
        .route("get_version", "GET", "/version", Needs::Principal, daemon::version)
        .route("get_status", "GET", "/status", see, daemon::status)
        .route("list_secrets", "GET", "/config/secrets", config, secrets::list)
        .route("set_secret", "PUT", "/config/secrets/{name}", set_config, secrets::set)
        .route("remove_secret", "DELETE", "/config/secrets/{name}", set_config, secrets::remove)
        .route("rotate_secrets", "POST", "/config/secrets/rotate", set_config, secrets::rotate)
        .route("get_config", "GET", "/config", each(Verb::Read, Resource::Config), configuration::list)
        .route("replace_config", "PUT", "/config", set_config, configuration::replace)
        .route("change_config", "PATCH", "/config", set_config, configuration::change)
        .route("get_config_overlay", "GET", "/config/overlay", config, configuration::overlay)
        .route("list_config_history", "GET", "/config/history", config, configuration::history)
        .route("roll_back_config", "POST", "/config/rollback", set_config, configuration::roll_back)
        .route("reload_config", "POST", "/config/reload", set_config, configuration::reload)
        .route("get_config_schema", "GET", "/config/schema", config, configuration::schema)
        .route("get_checks", "GET", "/daemon/checks", see, checks::checks)
        .route("list_audit_records", "GET", "/audit", audited, audit::list)
        .route("export_audit_records", "GET", "/audit/export", audited, audit::export)
        .route("list_audit_checkpoints", "GET", "/audit/checkpoints", audited, audit::checkpoints)
        .route("verify_audit", "GET", "/audit/verify", audited, audit::verify)
        .route("stop_daemon", "POST", "/daemon/stop", manage, daemon::stop)
        .route("get_slo", "GET", "/slo", see, numbers::slo)
        .route("get_seal", "GET", "/seal", see, seal::show)
        .route("check_seal", "GET", "/seal/check", see, seal::check)
        .route("set_seal_recovery", "PUT", "/seal/recovery", manage, seal::set_recovery)
        .route("rotate_seal", "POST", "/seal/rotate", manage, seal::rotate)
}

fn events_and_topics(routes: Routes) -> Routes {
    let (read, publish) = (each(Verb::Read, Resource::Events), each(Verb::Publish, Resource::Events));
    let (replay, manage) = (each(Verb::Replay, Resource::Events), each(Verb::Manage, Resource::Events));
    let all = may(Verb::Read, Resource::Events);
    let (see_filters, manage_filters) = (each(Verb::Read, Resource::Filters), each(Verb::Manage, Resource::Filters));
    let (see_schemas, manage_schemas) = (each(Verb::Read, Resource::Schemas), each(Verb::Manage, Resource::Schemas));
    routes
        .route("list_events", "GET", "/events", read, events::list)
        .route("publish_events", "POST", "/events", publish, events::publish)
        .route("get_event_status", "GET", "/events/status", all, events::status)
        .route("stream_events", "GET", "/events/stream", read, stream::stream)
        .route("list_error_groups", "GET", "/events/errors", all, events::errors)
        .route("purge_events", "POST", "/events/purge", manage, purging::purge)
        .route("get_trace", "GET", "/events/trace", read, traces::trace)
        .route("get_event_stats", "GET", "/events/stats", all, numbers::stats)
        .route("export_events", "GET", "/events/export", read, export::export)
        .route("start_replay", "POST", "/events/replay", replay, replays::start)
        .route("list_filters", "GET", "/events/filter", see_filters, filters::list)
        .route("create_filter", "POST", "/events/filter", manage_filters, filters::create)
        .route("get_filter", "GET", "/events/filter/{name}", see_filters, filters::show)
        .route("remove_filter", "DELETE", "/events/filter/{name}", manage_filters, filters::remove)
        .route("test_filter", "GET", "/events/filtered", read, filters::filtered)
        .route("get_event", "GET", "/events/{id}", read, events::show)
        .route("explain_event", "GET", "/events/{id}/explain", read, explanations::explain)
        .route("test_filter_on_event", "GET", "/events/{id}/filtered", read, filters::event_filtered)
        .route("get_event_payload", "GET", "/events/{id}/payload", read, events::payload)
        .route("retry_event", "POST", "/events/{id}/retry", replay, events::retry)
        .route("cancel_event", "POST", "/events/{id}/cancel", manage, purging::cancel)
        .route("republish_event", "POST", "/events/{id}/republish", publish, events::republish)
        .route("discard_event", "POST", "/events/{id}/discard", manage, events::discard)
        .route("list_topics", "GET", "/topics", read, topics::list)
        .route("get_topic", "GET", "/topics/{topic}", read, topics::show)
        .route("get_topic_route", "GET", "/topics/{topic}/route", read, topics::route)
        .route("list_schemas", "GET", "/schemas", see_schemas, schemas::list)
        .route("create_schema", "POST", "/schemas", manage_schemas, schemas::create)
        .route("get_schema", "GET", "/schemas/{topic}", see_schemas, schemas::show)
        .route("remove_schema", "DELETE", "/schemas/{topic}", manage_schemas, schemas::remove)
        .route("set_schema_mode", "PUT", "/schemas/{topic}/mode", manage_schemas, schemas::set_mode)
        .route("check_schema", "POST", "/schemas/{topic}/check", see_schemas, schemas::check)
        .route("validate_against_schema", "POST", "/schemas/{topic}/validate", see_schemas, schemas::validate)
        .route("infer_schema", "GET", "/schemas/{topic}/infer", read, schemas::infer)
}

fn replays_and_plugins(routes: Routes) -> Routes {
    let (read, replay) = (each(Verb::Read, Resource::Events), each(Verb::Replay, Resource::Events));
    let (see, manage) = (each(Verb::Read, Resource::Plugins), each(Verb::Manage, Resource::Plugins));
    routes
        .route("list_replays", "GET", "/replays", read, replays::list)
        .route("get_replay", "GET", "/replays/{id}", read, replays::show)
        .route("list_replay_items", "GET", "/replays/{id}/items", read, replays::items)
        .route("pause_replay", "POST", "/replays/{id}/pause", replay, replays::pause)
        .route("resume_replay", "POST", "/replays/{id}/resume", replay, replays::resume)
        .route("cancel_replay", "POST", "/replays/{id}/cancel", replay, replays::cancel)
        .route("list_subscriptions", "GET", "/subscriptions", see, subscriptions::list)
        .route("get_subscription", "GET", "/subscriptions/{plugin}/{*name}", see, subscriptions::show)
        .route("list_plugins", "GET", "/plugins", see, plugins::list)
        .route("get_plugin", "GET", "/plugins/{id}", see, plugins::show)
        .route("get_plugin_status", "GET", "/plugins/{id}/status", see, plugins::status)
        .route("enable_plugin", "POST", "/plugins/{id}/enable", manage, plugins::enable)
        .route("disable_plugin", "POST", "/plugins/{id}/disable", manage, plugins::disable)
        .route("get_plugin_config", "GET", "/plugins/{id}/config", see, plugins::config)
        .route("set_plugin_config", "PUT", "/plugins/{id}/config", manage, plugins::set_config)
        .route("list_plugin_state", "GET", "/plugins/{id}/state", see, plugin_state::list)
        .route("get_plugin_state", "GET", "/plugins/{id}/state/{*key}", see, plugin_state::show)
        .route("set_plugin_state", "PUT", "/plugins/{id}/state/{*key}", manage, plugin_state::set)
        .route("remove_plugin_state", "DELETE", "/plugins/{id}/state/{*key}", manage, plugin_state::remove)
        .route("get_plugin_logs", "GET", "/plugins/{id}/logs", see, plugins::logs)
}

fn keys_and_roles(routes: Routes) -> Routes {
    let (see, manage) = (each(Verb::Read, Resource::Keys), each(Verb::Manage, Resource::Keys));
    routes
        .route("list_keys", "GET", "/keys", see, keys::list)
        .route("create_key", "POST", "/keys", manage, keys::create)
        .route("get_key", "GET", "/keys/{id}", see, keys::show)
        .route("rotate_key", "POST", "/keys/{id}/rotate", manage, keys::rotate)
        .route("revoke_key", "POST", "/keys/{id}/revoke", manage, keys::revoke)
        .route("list_roles", "GET", "/roles", see, roles::list)
        .route("create_role", "POST", "/roles", manage, roles::create)
        .route("get_role", "GET", "/roles/{name}", see, roles::show)
        .route("set_role", "PUT", "/roles/{name}", manage, roles::set)
        .route("remove_role", "DELETE", "/roles/{name}", manage, roles::remove)
        .route("check_permission", "GET", "/permissions/check", see, roles::check)
        .route("get_whoami", "GET", "/whoami", Needs::Principal, keys::whoami)
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
    fn rule_20_only_the_probes_are_for_strangers_and_what_changes_something_needs_more_than_reading() {
        let for_strangers: Vec<&str> =
            operations().iter().filter(|operation| operation.needs == Needs::Nothing).map(|operation| operation.path).collect();
        assert_eq!(for_strangers, ["/livez", "/readyz"]);
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
