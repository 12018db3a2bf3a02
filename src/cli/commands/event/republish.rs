//! A new event made from an old one: `panotti event publish --from` and `panotti event retry --edit`.

use std::time::Instant;

use panotti_protocol::api::{EventDetail, RevealQuery};
use panotti_protocol::event::{Event, NewEvent};
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde_json::json;
use serde_json::value::RawValue;

use super::publish::{self, PublishArgs};
use super::publish_input;
use crate::cli::context::{Context, Outcome, now};
use crate::cli::editing::{self, Edited};
use crate::cli::output::human::{counted, safe};
use crate::cli::output::indent::indent;
use crate::client::Client;
use crate::client::publish::fresh_id;

/// `panotti event publish --from EVT`: a copy with what the flags change, edited where that was asked.
///
/// # Errors
/// Where the copy does not hold, or the daemon refuses it.
pub async fn run(id: &str, args: &PublishArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let detail = client.event(id).await?;
    let mut copy = copy_of(&detail, (args.reveal, args.payload.is_some()), &mut client).await?;
    let old = detail.event;
    publish_input::change(&mut copy, args, now())?;
    let edited = if args.edit {
        match edit(&mut copy, context)? {
            Some(edited) => Some(edited),
            None => return unchanged(&old, context),
        }
    } else {
        None
    };
    if args.dry_run {
        return publish::dry_run(&copy, context);
    }
    let began = Instant::now();
    let sent = client.republish(&old.eventid.to_string(), &copy, args.idempotency_key.as_deref()).await;
    let receipt = used(sent, edited, &copy)?;
    publish::told(&copy, &receipt, began, args.wait, &mut client, context).await
}

/// `panotti event retry --edit`: the same with nothing but the editor.
///
/// # Errors
/// As [`run`].
pub async fn edited(id: &str, reveal: bool, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let detail = client.event(id).await?;
    let mut copy = copy_of(&detail, (reveal, false), &mut client).await?;
    let old = detail.event;
    copy.id = Some(fresh_id()?);
    let Some(edited) = edit(&mut copy, context)? else { return unchanged(&old, context) };
    let began = Instant::now();
    let sent = client.republish(&old.eventid.to_string(), &copy, None).await;
    let receipt = used(sent, Some(edited), &copy)?;
    publish::told(&copy, &receipt, began, None, &mut client, context).await
}

fn unchanged(old: &Event, context: &Context) -> Outcome {
    let id = old.eventid.to_string();
    context.output.action(&json!({ "changed": false, "eventid": id }), &id, || "unchanged: nothing was published".to_owned())?;
    Ok(exit::OK)
}

/// What was written goes when it is published; until then it is kept.
fn used<T>(sent: Result<T, Failure>, edited: Option<Edited>, copy: &NewEvent) -> Result<T, Failure> {
    match (sent, edited) {
        (Ok(answer), edited) => {
            edited.into_iter().for_each(Edited::used);
            Ok(answer)
        }
        (Err(failure), None) => Err(publish::with_same_id(failure, copy)),
        (Err(failure), Some(edited)) => Err(edited.kept(publish::with_same_id(failure, copy))),
    }
}

/// What a publisher said of an event, payload included byte for byte. Its id, source and time are not taken over: the copy is an event of
/// its own. What is masked would be copied as masks: then it must be `revealed`, unless the payload is `replaced` anyway.
async fn copy_of(detail: &EventDetail, (reveal, replaced): (bool, bool), client: &mut Client) -> Result<NewEvent, Failure> {
    let old = &detail.event;
    if detail.masked > 0 && !reveal && !replaced {
        let values = counted(detail.masked, "value");
        let failure =
            Failure::new(ErrorCode::USAGE, format!("{values} of the event are masked, and the copy would have the masks in their place"));
        return Err(failure.next("add --reveal, which needs the permission `reveal:events:TOPIC`, or give a payload"));
    }
    let mut copy = NewEvent {
        topic: old.topic.to_string(),
        subject: old.subject.clone(),
        datacontenttype: Some(old.datacontenttype.clone()),
        dataschema: old.dataschema.clone(),
        priority: Some(old.priority),
        correlationid: Some(old.correlationid.clone()),
        orderingkey: old.orderingkey.clone(),
        extensions: old.extensions.clone(),
        ..NewEvent::default()
    };
    if old.data.is_none() && old.data_base64.is_none() {
        return Ok(copy);
    }
    let asked = RevealQuery { reveal: reveal && detail.masked > 0, reason: None };
    let (bytes, _) = client.event_payload(&old.eventid.to_string(), &asked).await?;
    let text = std::str::from_utf8(&bytes).ok().filter(|_| publish_input::is_json(&old.datacontenttype));
    match text.map(|text| RawValue::from_string(text.trim().to_owned())) {
        Some(Ok(json)) => copy.data = Some(json),
        _ => copy.data_base64 = Some(data_encoding::BASE64.encode(&bytes)),
    }
    Ok(copy)
}

/// Has the copy edited. `None` where nothing was changed.
fn edit(copy: &mut NewEvent, context: &Context) -> Result<Option<Edited>, Failure> {
    let id = copy.id.take();
    let json = serde_json::to_string(copy).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the copy: {error}")))?;
    let Some(edited) = editing::edit(&format!("{}\n", indent(&json)), ".json", context)? else { return Ok(None) };
    match serde_json::from_str::<NewEvent>(&edited.text) {
        Ok(mut event) => {
            event.id = event.id.or(id);
            event.source = event.source.or_else(|| copy.source.take());
            *copy = event;
        }
        Err(error) => {
            let failure = Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, format!("not an event any more: {}", safe(&error.to_string())));
            return Err(edited.kept(failure));
        }
    }
    match publish_input::check_topic(&copy.topic) {
        Ok(()) => Ok(Some(edited)),
        Err(failure) => Err(edited.kept(failure)),
    }
}
