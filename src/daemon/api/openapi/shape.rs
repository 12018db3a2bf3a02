//! What a handler takes and answers, read off its signature: the document describes the types that the handler really uses, and a handler
//! with an argument or an answer that nobody can describe does not compile.

use std::future::Future;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::headers::{Header, LINK, Sent};
use crate::daemon::api::pages::Paged;
use crate::daemon::api::principal::Principal;
use crate::daemon::api::problem::{JsonBody, Parameters, Problem};

/// Makes the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of a type, as a reference where it has a name.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<T>();
    // What may be anything is `true` in JSON Schema; readers of OpenAPI expect an object.
    schema.ensure_object();
    schema
}

/// A body of one media type.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// The media type.
    pub media_type: &'static str,
    /// Its schema; none for bytes and for pages.
    pub schema: Option<SchemaOf>,
}

/// An answer that is no failure.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// When a request is answered so, in a sentence. Empty where the status says it.
    pub about: &'static str,
    /// The body, where it has one.
    pub content: Option<Content>,
    /// The headers, without those of every answer.
    pub headers: Vec<Sent>,
}

/// A header that a handler reads.
#[derive(Debug, Clone, Copy)]
pub struct Read {
    /// Which.
    pub header: Header,
    /// Whether a request without it is refused.
    pub required: bool,
}

/// A body as somebody would send it.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// Its name, among those of its route.
    pub name: &'static str,
    /// What it shows, in a few words. Empty where there is only one.
    pub about: &'static str,
    /// Its media type, as it is sent.
    pub media_type: &'static str,
    /// It, as JSON: of lines, one of them; of text, a string.
    pub text: &'static str,
}

/// What a handler takes and answers.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Types whose fields are the parameters of the query.
    pub queries: Vec<SchemaOf>,
    /// Headers.
    pub headers: Vec<Read>,
    /// Bodies, one a media type.
    pub bodies: Vec<Content>,
    /// Whether the handler reads the body by itself, so that its type does not tell what is in it.
    pub reads_body: bool,
    /// Bodies as somebody would send them.
    pub examples: Vec<Example>,
    /// Answers that are no failures.
    pub replies: Vec<Reply>,
    /// Whether the handler makes its answer by itself, so that its type does not tell what is in it.
    pub makes_answer: bool,
}

impl Shape {
    /// Adds a JSON answer.
    pub fn json<T: JsonSchema>(&mut self, status: u16, about: &'static str, headers: &[Sent]) {
        let content = Some(Content { media_type: "application/json", schema: Some(schema_of::<T>) });
        self.replies.push(Reply { status, about, content, headers: headers.to_vec() });
    }

    /// Adds a header to every answer that was described.
    pub fn heading(&mut self, sent: Sent) {
        self.replies.iter_mut().for_each(|reply| reply.headers.push(sent));
    }
}

/// An argument of a handler.
#[diagnostic::on_unimplemented(
    message = "the OpenAPI document does not know what a handler takes by `{Self}`",
    note = "take `JsonBody<T>` or `Parameters<T>` where `T: JsonSchema`, or say in src/daemon/api/openapi/shape.rs what it is"
)]
pub trait Takes {
    /// Adds it to what the handler takes.
    fn describe(shape: &mut Shape);
}

/// What a handler answers.
#[diagnostic::on_unimplemented(
    message = "the OpenAPI document does not know what a handler answers with `{Self}`",
    note = "answer `Answer<T>` where `T: JsonSchema` (derive it), or `Result<Response, Problem>` and say `.answers::<T>(status)` in the table of routes"
)]
pub trait Answers {
    /// Adds it to what the handler answers.
    fn describe(shape: &mut Shape);
}

/// A handler of which everything can be described. `T` is axum's list of its arguments.
#[diagnostic::on_unimplemented(
    message = "the OpenAPI document cannot describe this handler",
    note = "each of its arguments must be `Takes` and its answer `Answers`, see src/daemon/api/openapi/shape.rs; \
            a type of a body or a query derives `schemars::JsonSchema` beside `Serialize` or `Deserialize`"
)]
pub trait Typed<T> {
    /// What it takes and answers.
    fn shape() -> Shape;
}

macro_rules! takes_nothing {
    ($($type:ty),+) => {
        $(impl Takes for $type {
            fn describe(_shape: &mut Shape) {}
        })+
    };
}

takes_nothing!(Principal, HeaderMap);

impl<S> Takes for State<S> {
    fn describe(_shape: &mut Shape) {}
}

/// The parameters of a path are described by their names.
impl<T> Takes for Path<T> {
    fn describe(_shape: &mut Shape) {}
}

impl Takes for Request {
    fn describe(shape: &mut Shape) {
        shape.reads_body = true;
    }
}

impl<T: JsonSchema> Takes for Parameters<T> {
    fn describe(shape: &mut Shape) {
        shape.queries.push(T::json_schema);
    }
}

impl<T: JsonSchema> Takes for JsonBody<T> {
    fn describe(shape: &mut Shape) {
        shape.bodies.push(Content { media_type: "application/json", schema: Some(schema_of::<T>) });
    }
}

impl<T: JsonSchema> Answers for Json<T> {
    fn describe(shape: &mut Shape) {
        shape.json::<T>(200, "", &[]);
    }
}

impl<T: JsonSchema> Answers for Paged<T> {
    fn describe(shape: &mut Shape) {
        shape.json::<T>(200, "A page.", &[Sent::Sometimes(&LINK)]);
    }
}

impl<T: Answers> Answers for Result<T, Problem> {
    fn describe(shape: &mut Shape) {
        T::describe(shape);
    }
}

impl Answers for Response {
    fn describe(shape: &mut Shape) {
        shape.makes_answer = true;
    }
}

impl<F, Fut> Typed<((),)> for F
where
    F: FnOnce() -> Fut,
    Fut: Future,
    Fut::Output: Answers,
{
    fn shape() -> Shape {
        let mut shape = Shape::default();
        Fut::Output::describe(&mut shape);
        shape
    }
}

macro_rules! typed {
    ($($argument:ident),+) => {
        impl<F, Fut, M, $($argument),+> Typed<(M, $($argument,)+)> for F
        where
            F: FnOnce($($argument),+) -> Fut,
            Fut: Future,
            Fut::Output: Answers,
            $($argument: Takes,)+
        {
            fn shape() -> Shape {
                let mut shape = Shape::default();
                $($argument::describe(&mut shape);)+
                Fut::Output::describe(&mut shape);
                shape
            }
        }
    };
}

typed!(A);
typed!(A, B);
typed!(A, B, C);
typed!(A, B, C, D);
typed!(A, B, C, D, E);
typed!(A, B, C, D, E, G);
