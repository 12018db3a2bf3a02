//! Methods for the routes that tell about the bus: stories, subscriptions, topics, numbers, explanations, exports.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use panotti_protocol::api::{
    EventsQuery, ExplainQuery, Explanation, Page, Slo, SloQuery, Stats, StatsQuery, Subscription, TopicDetail, TopicRoute, TopicSummary,
    TopicsQuery, Trace, TraceQuery,
};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::connection::Client;
use super::path::{segment, with_query};
use super::routes::Answer;

/// How long an export may be silent: a page of a filter that fits little takes a while to look through.
const EXPORT_IDLE_MAX: Duration = Duration::from_secs(60);

impl Client {
    /// `GET /events/trace`
    ///
    /// # Errors
    /// For this and every other route: the daemon's failure, or why it could not be asked.
    pub async fn trace(&mut self, query: &TraceQuery) -> Answer<Trace> {
        self.get(&with_query("/events/trace", query)?).await
    }

    /// `GET /events/{id}/explain`
    pub async fn event_explain(&mut self, id: &str, query: &ExplainQuery) -> Answer<Explanation> {
        self.get(&with_query(&format!("/events/{}/explain", segment(id)), query)?).await
    }

    /// `GET /events/stats`
    pub async fn event_stats(&mut self, query: &StatsQuery) -> Answer<Stats> {
        self.get(&with_query("/events/stats", query)?).await
    }

    /// `GET /slo`
    pub async fn slo(&mut self, query: &SloQuery) -> Answer<Slo> {
        self.get(&with_query("/slo", query)?).await
    }

    /// `GET /subscriptions`
    pub async fn subscriptions(&mut self) -> Answer<Page<Subscription>> {
        self.get("/subscriptions").await
    }

    /// `GET /subscriptions/{plugin}/{name}`
    pub async fn subscription(&mut self, plugin: &str, name: &str) -> Answer<Subscription> {
        self.get(&format!("/subscriptions/{}/{}", segment(plugin), segment(name))).await
    }

    /// `GET /topics`
    pub async fn topics(&mut self, query: &TopicsQuery) -> Answer<Page<TopicSummary>> {
        self.get(&with_query("/topics", query)?).await
    }

    /// `GET /topics/{topic}`
    pub async fn topic(&mut self, topic: &str) -> Answer<TopicDetail> {
        self.get(&format!("/topics/{}", segment(topic))).await
    }

    /// `GET /topics/{topic}/route`
    pub async fn topic_route(&mut self, topic: &str) -> Answer<TopicRoute> {
        self.get(&format!("/topics/{}/route", segment(topic))).await
    }

    /// `GET /events/export`: begins it; the lines are read from what it gives.
    pub async fn export(&mut self, query: &EventsQuery) -> Answer<Export> {
        self.lines(&with_query("/events/export", query)?).await
    }

    /// Begins an answer that is lines.
    pub(super) async fn lines(&mut self, path: &str) -> Answer<Export> {
        let body = Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync();
        let request = Request::builder().method(Method::GET).uri(path).body(body);
        let request = request.map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the request to {path}: {error}")))?;
        let body = self.begin(request).await?.into_body();
        Ok(Export { body, rest: Vec::new() })
    }
}

/// An export that is under way.
#[derive(Debug)]
pub struct Export {
    body: Incoming,
    /// The beginning of a line whose end has not come yet.
    rest: Vec<u8>,
}

impl Export {
    /// The next lines, each ended by a line break; `None` when the export is complete.
    ///
    /// # Errors
    /// `daemon.unreachable` where it broke off: what came is not everything. `timeout` where nothing comes any more.
    pub async fn next(&mut self) -> Answer<Option<Vec<u8>>> {
        loop {
            let frame = match tokio::time::timeout(EXPORT_IDLE_MAX, self.body.frame()).await {
                Ok(Some(Ok(frame))) => frame,
                Ok(None) if self.rest.is_empty() => return Ok(None),
                Ok(None) => return Err(cut_off("its last line has no end")),
                Ok(Some(Err(error))) => return Err(cut_off(&super::connection::innermost(&error))),
                Err(_) => return Err(Failure::new(ErrorCode::TIMEOUT, "the export did not go on")),
            };
            let Some(bytes) = frame.data_ref() else { continue };
            self.rest.extend_from_slice(bytes);
            if let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') {
                let rest = self.rest.split_off(end + 1);
                return Ok(Some(std::mem::replace(&mut self.rest, rest)));
            }
        }
    }
}

fn cut_off(why: &str) -> Failure {
    Failure::new(ErrorCode::DAEMON_UNREACHABLE, format!("the export is not complete: {why}"))
        .why("The daemon was stopped, ended, or could not read its store meanwhile.")
        .next("run it again; publishing the same lines twice stores each event once")
}
