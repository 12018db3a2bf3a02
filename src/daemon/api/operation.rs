//! One route: its name, method and path, what its caller needs, and what it is for. [`Routes`] makes the router of them and keeps them for
//! everything else that must know all routes: the OpenAPI document above all.
//!
//! A route is written like this, and not without the second line:
//!
//! ```ignore
//! .route("get_event", "GET", "/events/{id}", read, events::show)
//! .says("The event with its payload, its deliveries and every attempt", &[E::EVENT_NOT_FOUND])
//! ```
//!
//! What it takes and answers is read off its handler ([`Typed`]); where that says only `Request` or `Response`, lines after it tell:
//! [`Routes::takes`], [`Routes::answers`].

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::{Resource, Verb};
use schemars::JsonSchema;

use super::openapi::headers::{Header, Sent};
use super::openapi::shape::{Content, Example, Read, Reply, SchemaOf, Shape, Typed, schema_of};
use super::principal::Principal;
use super::problem::{self, Problem};
use super::{Api, objects};

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
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name, which never changes: a verb and what it is about.
    pub id: &'static str,
    /// The method.
    pub method: &'static str,
    /// The path, as the router writes it.
    pub path: &'static str,
    /// What its caller needs.
    pub needs: Needs,
    /// What it does, in one line.
    pub summary: &'static str,
    /// How it is used, where one line does not hold that. Empty where it does.
    pub details: &'static str,
    /// The codes of its failures, without those that every route has.
    pub fails: &'static [ErrorCode],
    /// What it takes and answers.
    pub shape: Shape,
}

/// The routes, as a router and as a table.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<Api>,
    operations: Vec<Operation>,
}

/// A route that has not said yet what it is for: the next line has to be `.says("...", &[codes])`.
#[must_use = "a route needs `.says(...)` after it"]
#[derive(Debug)]
pub struct RouteWithoutDescription(Routes);

impl RouteWithoutDescription {
    /// What the route does, in one line, and the codes of its failures: those that come from what it does, not from being a route
    /// (`super::openapi::problems` has the latter).
    pub fn says(mut self, summary: &'static str, fails: &'static [ErrorCode]) -> Routes {
        self.0.newest(|operation| {
            operation.summary = summary;
            operation.fails = fails;
        });
        self.0
    }
}

impl Routes {
    /// Adds a route.
    pub fn route<H, T>(
        mut self,
        id: &'static str,
        method: &'static str,
        path: &'static str,
        needs: Needs,
        handler: H,
    ) -> RouteWithoutDescription
    where
        H: Handler<T, Api> + Typed<T>,
        T: 'static,
    {
        let guarded: MethodRouter<Api> =
            on(filter(method), handler).layer(from_fn(move |request: Request, next: Next| guard(needs, request, next)));
        self.router = self.router.route(path, guarded);
        self.operations.push(Operation { id, method, path, needs, summary: "", details: "", fails: &[], shape: H::shape() });
        RouteWithoutDescription(self)
    }

    fn newest(&mut self, change: impl FnOnce(&mut Operation)) {
        if let Some(operation) = self.operations.last_mut() {
            change(operation);
        }
    }

    /// A body that the route takes, where its handler reads it by itself.
    #[must_use]
    pub fn takes<T: JsonSchema>(mut self, media_type: &'static str) -> Self {
        self.newest(|operation| operation.shape.bodies.push(Content { media_type, schema: Some(schema_of::<T>) }));
        self
    }

    /// A body of any bytes that the route takes.
    #[must_use]
    pub fn takes_bytes(mut self, media_type: &'static str) -> Self {
        self.newest(|operation| operation.shape.bodies.push(Content { media_type, schema: None }));
        self
    }

    /// Headers that the handler reads where they are there.
    #[must_use]
    pub fn reads(mut self, headers: &[Header]) -> Self {
        self.newest(|operation| operation.shape.headers.extend(headers.iter().map(|header| Read { header: *header, required: false })));
        self
    }

    /// A JSON answer, where the handler's type does not tell or tells another status.
    #[must_use]
    pub fn answers<T: JsonSchema>(self, status: u16) -> Self {
        self.reply(status, "application/json", Some(schema_of::<T>))
    }

    /// An answer of another media type; of lines, `T` is one of them.
    #[must_use]
    pub fn answers_as<T: JsonSchema>(self, media_type: &'static str) -> Self {
        self.reply(200, media_type, Some(schema_of::<T>))
    }

    /// An answer that is what it is: bytes, a page.
    #[must_use]
    pub fn answers_bytes(self, media_type: &'static str) -> Self {
        self.reply(200, media_type, None)
    }

    fn reply(mut self, status: u16, media_type: &'static str, schema: Option<SchemaOf>) -> Self {
        let content = Some(Content { media_type, schema });
        self.newest(|operation| operation.shape.replies.push(Reply { status, about: "", content, headers: Vec::new() }));
        self
    }

    /// Headers of the answer that was described last.
    #[must_use]
    pub fn heading(mut self, headers: &[Sent]) -> Self {
        self.newest(|operation| {
            if let Some(reply) = operation.shape.replies.last_mut() {
                reply.headers.extend(headers);
            }
        });
        self
    }

    /// What one line does not hold: how the route is used, in a few sentences.
    #[must_use]
    pub fn more(mut self, details: &'static str) -> Self {
        self.newest(|operation| operation.details = details);
        self
    }

    /// A body as somebody would send it: JSON.
    #[must_use]
    pub fn example(self, text: &'static str) -> Self {
        self.examples(&[Example { name: "example", about: "", media_type: "application/json", text }])
    }

    /// Several, each of its media type.
    #[must_use]
    pub fn examples(mut self, examples: &[Example]) -> Self {
        self.newest(|operation| operation.shape.examples.extend(examples));
        self
    }

    /// The router.
    pub fn into_router(self) -> Router<Api> {
        self.router.method_not_allowed_fallback(problem::no_such_method).fallback(problem::no_such_route)
    }

    /// The table.
    pub fn into_operations(self) -> Vec<Operation> {
        self.operations
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
