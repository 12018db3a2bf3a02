//! A story as a tree of lines and as a Mermaid flowchart. What caused an event stands above it; an event whose cause is not there begins
//! a tree of its own.

use std::collections::{BTreeMap, BTreeSet};

use panotti_protocol::api::{Trace, TracedDelivery, TracedEvent};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::id::EventId;

use crate::cli::context::Context;
use crate::cli::output::human::{bold, counted, counted_as, dim, duration_ms, green, red, safe, short, yellow};

/// What belongs to what.
struct Story<'t> {
    events: BTreeMap<EventId, &'t TracedEvent>,
    /// Events that no delivery of the story emitted, by the event that caused them.
    beside: BTreeMap<EventId, Vec<&'t TracedEvent>>,
    roots: Vec<&'t TracedEvent>,
}

impl<'t> Story<'t> {
    fn new(trace: &'t Trace) -> Self {
        let events: BTreeMap<EventId, &TracedEvent> = trace.events.iter().map(|event| (event.eventid, event)).collect();
        let emitted: BTreeSet<EventId> =
            trace.events.iter().flat_map(|event| &event.deliveries).flat_map(|delivery| delivery.emitted.iter().copied()).collect();
        let mut story = Self { events, beside: BTreeMap::new(), roots: Vec::new() };
        for event in &trace.events {
            match event.causationid {
                _ if emitted.contains(&event.eventid) => {}
                Some(cause) if story.events.contains_key(&cause) => story.beside.entry(cause).or_default().push(event),
                _ => story.roots.push(event),
            }
        }
        story
    }
}

/// The tree as lines, with a line about the whole above it.
pub fn tree(trace: &Trace, context: &Context) -> String {
    let story = Story::new(trace);
    let whole = if context.output.wide() || trace.correlationid.parse::<EventId>().is_err() {
        safe(&trace.correlationid)
    } else {
        format!("evt_{}", short(&trace.correlationid))
    };
    let took = duration_ms(u64::try_from(trace.last_at.since(trace.began_at).as_millis()).unwrap_or(u64::MAX));
    let mut parts = vec![counted(trace.events.len() as u64, "event"), counted_as(trace.deliveries, "delivery", "deliveries"), took];
    if trace.dead > 0 {
        parts.push(red(&format!("{} dead", trace.dead)));
    }
    if trace.open > 0 {
        parts.push(yellow(&format!("{} open", trace.open)));
    }
    let mut text = format!("{}   {}\n", bold(&whole), parts.join(", "));
    for root in &story.roots {
        text.push_str(&root_line(root));
        text.push('\n');
        branches(&story, root, "", &mut text);
    }
    text
}

fn root_line(event: &TracedEvent) -> String {
    let cause = match event.causationid {
        Some(cause) if event.cause_gone => format!("   caused by {}, which is no longer stored", short(&cause.to_string())),
        Some(cause) => format!("   caused by {} of another story", short(&cause.to_string())),
        None => String::new(),
    };
    format!("{}   {}{}", head(event), safe(&event.actor), dim(&cause))
}

fn head(event: &TracedEvent) -> String {
    let nobody = if event.deliveries.is_empty() { dim("  (no subscriber)") } else { String::new() };
    format!("{} {}{nobody}", bold(event.topic.as_str()), short(&event.eventid.to_string()))
}

/// Everything below an event: its deliveries with what each emitted, then what it caused otherwise.
fn branches(story: &Story<'_>, event: &TracedEvent, indent: &str, text: &mut String) {
    let beside = story.beside.get(&event.eventid).map(Vec::as_slice).unwrap_or_default();
    let number = event.deliveries.len() + beside.len();
    for (index, delivery) in event.deliveries.iter().enumerate() {
        let (branch, below) = sticks(indent, index + 1 == number);
        let line = format!("{branch}{} {}", safe(name(event, delivery)), outcome(delivery));
        emitted(story, delivery, line, &below, text);
    }
    for (index, caused) in beside.iter().enumerate() {
        let (branch, below) = sticks(indent, event.deliveries.len() + index + 1 == number);
        text.push_str(&format!("{branch}republished ─> {}\n", head(caused)));
        branches(story, caused, &below, text);
    }
}

fn sticks(indent: &str, last: bool) -> (String, String) {
    let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
    (format!("{indent}{branch}"), format!("{indent}{below}"))
}

/// The line of a delivery with the one event it emitted; several stand below it.
fn emitted(story: &Story<'_>, delivery: &TracedDelivery, mut line: String, below: &str, text: &mut String) {
    if let [only] = delivery.emitted.as_slice() {
        line.push_str(&format!(" ─> {}\n", emitted_head(story, delivery, *only)));
        text.push_str(&line);
        if let Some(event) = story.events.get(only) {
            branches(story, event, below, text);
        }
        return;
    }
    text.push_str(&line);
    text.push('\n');
    for (index, eventid) in delivery.emitted.iter().enumerate() {
        let (branch, further) = sticks(below, index + 1 == delivery.emitted.len());
        text.push_str(&format!("{branch}─> {}\n", emitted_head(story, delivery, *eventid)));
        if let Some(event) = story.events.get(eventid) {
            branches(story, event, &further, text);
        }
    }
}

fn emitted_head(story: &Story<'_>, delivery: &TracedDelivery, eventid: EventId) -> String {
    match story.events.get(&eventid) {
        Some(event) => head(event),
        None if delivery.gone.contains(&eventid) => dim(&format!("{}  (no longer stored)", short(&eventid.to_string()))),
        None => dim(&format!("{}  (not shown)", short(&eventid.to_string()))),
    }
}

/// The plugin; with the subscription's name where the event went to the plugin more than once.
fn name<'d>(event: &TracedEvent, delivery: &'d TracedDelivery) -> &'d str {
    let own = &delivery.delivery;
    let several = event.deliveries.iter().filter(|other| other.delivery.plugin == own.plugin).count() > 1;
    if several || own.plugin.is_empty() { &own.subscription } else { &own.plugin }
}

fn outcome(traced: &TracedDelivery) -> String {
    let delivery = &traced.delivery;
    let took = delivery.duration_ms.map_or(String::new(), |ms| format!(" {}", duration_ms(ms)));
    let tries = format!("{}/{}", delivery.attempts, delivery.attempts_max);
    let replay = delivery.replay.as_ref().map_or(String::new(), |mark| {
        format!(" (replay {})", mark.name.clone().map_or_else(|| short(&mark.id.to_string()), |name| safe(&name)))
    });
    let error = delivery.error.as_ref().map_or(String::new(), |error| format!("  {}", safe(&error.class)));
    let text = match delivery.state {
        DeliveryState::Done => format!("{}{took}", green("✓")),
        DeliveryState::Recovered => format!("{} recovered", green("✓")),
        state if state.is_failed() => format!("{}{error}", red(&format!("✗ {state} {tries}"))),
        DeliveryState::Waiting => format!("{}{error}", yellow(&format!("… waiting {tries}"))),
        state if state.is_ended() => format!("- {state}"),
        state => yellow(&format!("… {state}")),
    };
    format!("{text}{replay}")
}

/// The story as a Mermaid flowchart: a box for each event, a round one for each delivery.
pub fn mermaid(trace: &Trace) -> String {
    let story = Story::new(trace);
    let mut text = "flowchart LR\n".to_owned();
    for event in &trace.events {
        text.push_str(&format!("  {}[\"{} {}\"]\n", event.eventid, event.topic, short(&event.eventid.to_string())));
        for traced in &event.deliveries {
            let delivery = &traced.delivery;
            let class = match delivery.state {
                DeliveryState::Done | DeliveryState::Recovered => "done",
                state if state.is_failed() => "dead",
                _ => "open",
            };
            let label = format!("{} {}", name(event, traced), delivery.state);
            text.push_str(&format!("  {0}([\"{1}\"]):::{class}\n  {2} --> {0}\n", delivery.deliveryid, escaped(&label), event.eventid));
            for emitted in &traced.emitted {
                if !story.events.contains_key(emitted) {
                    let why = if traced.gone.contains(emitted) { "no longer stored" } else { "not shown" };
                    text.push_str(&format!("  {emitted}[\"{} ({why})\"]:::gone\n", short(&emitted.to_string())));
                }
                text.push_str(&format!("  {} --> {emitted}\n", delivery.deliveryid));
            }
        }
    }
    for (cause, caused) in &story.beside {
        for event in caused {
            text.push_str(&format!("  {cause} -. republished .-> {}\n", event.eventid));
        }
    }
    text.push_str(
        "  classDef done stroke:#2a2\n  classDef dead stroke:#c22\n  classDef open stroke:#c92\n  classDef gone stroke-dasharray:4\n",
    );
    text
}

/// Text inside quotes of Mermaid.
fn escaped(text: &str) -> String {
    safe(text).replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
