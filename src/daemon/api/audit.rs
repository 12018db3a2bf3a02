//! The audit: its records page by page, all of them as lines, its checkpoints, and whether the chain is whole.

use std::io;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use panotti_protocol::api::{
    AuditCheckpoints, AuditExportQuery, AuditProblem, AuditQuery, AuditRecord, AuditVerified, AuditVerifyQuery, Page,
};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::answers::Lines;
use super::limits::{AUDIT_PART, CHECKPOINTS_SHOWN_MAX, STREAM_BYTES_MAX};
use super::pages::{PageAnswer, Paged};
use super::problem::{Answer, Parameters, Problem};
use super::room::{PieceSender, queue};
use super::{Api, pages};
use crate::audit::chain::ChainHead;
use crate::audit::note::Note;
use crate::audit::verify::Verifier;
use crate::daemon::store::sqlite::audit;

/// Cursors of the list of records.
const LIST: char = 'a';
/// Cursors of a verification.
const VERIFICATION: char = 'v';

/// `GET /audit`
pub async fn list(State(api): State<Api>, Parameters(query): Parameters<AuditQuery>) -> PageAnswer<Page<AuditRecord>> {
    let limit = pages::limit(query.limit)?;
    let place = pages::read(LIST, query.cursor.as_deref())?.map(|[place]| place);
    let page = api.readers.read_much(move |connection| audit::page(connection, &query, place, limit)).await?;
    Ok(Paged(Page { items: page.items, next_cursor: page.next.map(|next| pages::write(LIST, &[next])) }))
}

/// `GET /audit/export`: JSON lines, the oldest first.
pub async fn export(State(api): State<Api>, Parameters(query): Parameters<AuditExportQuery>) -> Result<Lines<AuditRecord>, Problem> {
    let after = query.after.unwrap_or(0);
    let from = match query.since {
        Some(since) => api.readers.read(move |connection| audit::before_time(connection, since)).await?.max(after),
        None => after,
    };
    let (sender, receiver) = queue(api.rooms.streams.share(STREAM_BYTES_MAX));
    tokio::spawn(async move {
        if let Err(broken) = send(&api, from, &sender).await {
            // The body breaks off, so that the client does not take what it has for everything.
            let _ = sender.send(Err(broken), 0).await;
        }
    });
    Ok(Lines::new(Body::from_stream(receiver.into_stream())))
}

async fn send(api: &Api, from: u64, sender: &PieceSender<io::Result<Bytes>>) -> io::Result<()> {
    let mut place = from;
    loop {
        if api.stopping.is_cancelled() {
            return Err(io::Error::other("the daemon is stopping"));
        }
        let records = api.readers.read_much(move |connection| audit::after(connection, place, AUDIT_PART)).await.map_err(|error| {
            tracing::error!(code = %error.code(), %error, "an export of the audit could not read the store");
            io::Error::other("the store could not be read")
        })?;
        let Some(last) = records.last() else { return Ok(()) };
        place = last.number;
        let mut lines = Vec::new();
        for record in &records {
            serde_json::to_writer(&mut lines, record)?;
            lines.push(b'\n');
        }
        let more = records.len() == AUDIT_PART as usize;
        let bytes = lines.len();
        if sender.send(Ok(lines.into()), bytes).await.is_err() || !more {
            return Ok(());
        }
    }
}

/// `GET /audit/checkpoints`
pub async fn checkpoints(State(api): State<Api>) -> Answer<AuditCheckpoints> {
    let (known, key) = (api.checkpoints.clone(), api.checkpoints.public_key().clone());
    let items = blocking(move || {
        let mut signed: Vec<Note> = known.notes().into_iter().filter(|note| note.is_signed_by(&key)).collect();
        signed.sort_by_key(|note| std::cmp::Reverse((note.checkpoint.head.number, note.checkpoint.at)));
        signed.dedup();
        signed.truncate(CHECKPOINTS_SHOWN_MAX);
        signed.iter().map(Note::as_written).collect()
    });
    Ok(Json(AuditCheckpoints { public_key: api.checkpoints.public_key().to_string(), items: items.await? }))
}

/// `GET /audit/verify`: the next part of the chain.
pub async fn verify(State(api): State<Api>, Parameters(query): Parameters<AuditVerifyQuery>) -> PageAnswer<AuditVerified> {
    let place = pages::read(VERIFICATION, query.cursor.as_deref())?.map_or(0, |[place]| place);
    let known = api.checkpoints.clone();
    // Before the records: what is signed meanwhile may stand for more of them than are read here.
    let signed = blocking(move || known.signed()).await?;
    let store = api.facts.store_id;
    let verified = api.readers.read_much(move |connection| {
        let head = if place == 0 { Some(ChainHead::empty(store)) } else { audit::head_at(connection, place)? };
        let Some(head) = head else {
            let problem = AuditProblem { number: place, detail: "it was there a moment ago and is gone".to_owned() };
            return Ok((Verifier::new(ChainHead::empty(store), signed), Some(problem), false));
        };
        let mut verifier = Verifier::new(head, signed);
        let records = audit::after(connection, place, AUDIT_PART)?;
        let more = records.len() == AUDIT_PART as usize;
        let taken = records.iter().try_for_each(|record| verifier.take(record));
        let result = if more { taken } else { taken.and_then(|()| verifier.finish()) };
        Ok((verifier, result.err(), more))
    });
    let (verifier, problem, more) = verified.await?;
    let last = verifier.head().number;
    Ok(Paged(AuditVerified {
        ok: problem.is_none(),
        records: verifier.records,
        last,
        checkpoints: verifier.compared,
        signed_to: verifier.signed_to(),
        next_cursor: (more && problem.is_none()).then(|| pages::write(VERIFICATION, &[last])),
        problem,
    }))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem(Failure::new(ErrorCode::INTERNAL, format!("reading ended early: {error}"))))
}
