//! `panotti event list`

use panotti_protocol::api::{Delivery, EventSummary, EventsQuery, Order};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::failure::{Failure, exit};
use panotti_protocol::limits::PAGE_MAX;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::event_selection::EventSelect;
use crate::cli::globals::ListFlags;
use crate::cli::output::human::{bytes, count, counted, red, short, yellow};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

/// Events that one command looks at for a filter, or for what was not routed; then it stops and says so.
const SCANNED_MAX: u64 = 1_000_000;

/// All fields of an item.
pub const FIELDS: &[&str] = &[
    "accepted_at",
    "actor",
    "causationid",
    "correlationid",
    "datacontenttype",
    "deliveries",
    "eventid",
    "id",
    "priority",
    "sequence",
    "size_bytes",
    "source",
    "subject",
    "time",
    "type",
];

/// List events, the newest first
///
/// With --failed, --status, --plugin or --error the table has a row for each delivery that fits; JSON always has one item for each event.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event list --topic 'recording.*' --since 1d\n  panotti event list --filter 'data.amount > 100'\n  panotti event list --failed\n  panotti event list --failed -q | panotti event retry -"
)]
pub struct ListArgs {
    /// Which of them.
    #[command(flatten)]
    pub select: EventSelect,
    /// Only events that a stored filter tagged so
    #[arg(long, value_name = "KEY:VALUE")]
    pub tag: Option<String>,
    /// Only events that no subscription matched when they were published
    #[arg(long)]
    pub unrouted: bool,
    /// The oldest first
    #[arg(long)]
    pub oldest_first: bool,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: ListArgs, context: &Context) -> Outcome {
    let order = args.oldest_first.then_some(Order::Oldest);
    let mut query = EventsQuery { tag: args.tag.clone(), unrouted: args.unrouted, order, ..args.select.query(now()) };
    let Fetched { events, more, stopped, corrupt } = fetch(&mut query, args.list.rows_max(), context).await?;
    let table = if args.select.is_of_deliveries() { delivery_table(&events, context) } else { event_table(&events, context) };
    let listing = Listing {
        items: to_values(&events)?,
        table,
        id: "eventid",
        fields: FIELDS,
        footer: footer(&args, events.len(), more, context),
        no_headers: args.list.no_headers,
    };
    context.output.list(listing)?;
    if more && stopped.is_none() {
        context.output.cut();
    }
    if corrupt > 0 {
        let what = format!("! {} not shown: what is stored is not what was written; `panotti seal check`", counted(corrupt, "event"));
        context.output.remark(&red(&what));
    }
    if let Some(place) = stopped {
        context.output.remark(&yellow(&format!(
            "! looked at {} events and stopped there; `--{}` with the time of the last one goes on",
            count(place),
            if args.oldest_first { "since" } else { "until" }
        )));
    }
    Ok(exit::OK)
}

/// What pages had, whether there is more, after how many events the search was given up, and how many events could not be shown.
struct Fetched {
    events: Vec<EventSummary>,
    more: bool,
    stopped: Option<u64>,
    corrupt: u64,
}

/// Reads pages until there are enough rows.
async fn fetch(query: &mut EventsQuery, rows_max: usize, context: &Context) -> Result<Fetched, Failure> {
    let mut client = context.client()?;
    let (mut events, mut scanned, mut corrupt) = (Vec::new(), 0, 0);
    loop {
        let wanted = rows_max - events.len();
        query.limit = Some(u32::try_from(wanted).unwrap_or(PAGE_MAX).min(PAGE_MAX));
        let page = client.events(query).await?;
        scanned += page.scanned;
        corrupt += page.corrupt.len() as u64;
        events.extend(page.items);
        query.cursor = page.next_cursor;
        let more = query.cursor.is_some();
        if !more || events.len() >= rows_max {
            events.truncate(rows_max);
            return Ok(Fetched { events, more, stopped: None, corrupt });
        }
        if scanned >= SCANNED_MAX && (query.filter.is_some() || query.unrouted) {
            return Ok(Fetched { events, more, stopped: Some(scanned), corrupt });
        }
    }
}

fn footer(args: &ListArgs, shown: usize, more: bool, context: &Context) -> String {
    if !context.output.terminal() {
        return String::new();
    }
    if shown == 0 {
        return "no events".to_owned();
    }
    let shown = counted(shown as u64, "event");
    let more = if more { ", there are more: --limit N or --all" } else { "" };
    let next = if args.select.failed { "   show one: panotti event show EVT   replay all: panotti event replay --failed" } else { "" };
    format!("{shown}{more}{next}")
}

fn event_table(events: &[EventSummary], context: &Context) -> Table {
    let wide = context.output.wide();
    let mut columns = vec![left("EVENT"), left("TOPIC"), left("SOURCE"), left("PRIORITY"), right("SIZE"), right("AGE"), left("DELIVERIES")];
    if wide {
        columns.extend([right("SEQUENCE"), left("ACTOR"), left("SUBJECT"), left("CORRELATION")]);
    }
    let mut table = Table::new(columns);
    for event in events {
        let mut row = vec![
            id(&event.eventid.to_string(), context),
            event.topic.to_string(),
            event.source.clone(),
            event.priority.to_string(),
            bytes(event.size_bytes),
            context.output.time.show(event.accepted_at),
            summary(&event.deliveries),
        ];
        if wide {
            row.extend([
                event.sequence.to_string(),
                event.actor.clone(),
                event.subject.clone().unwrap_or_default(),
                event.correlationid.clone(),
            ]);
        }
        table.row(row);
    }
    table
}

/// `2 done, 1 dead`
fn summary(deliveries: &[Delivery]) -> String {
    let of = |state: DeliveryState| deliveries.iter().filter(|delivery| delivery.state == state).count() as u64;
    let parts: Vec<String> = DeliveryState::ALL
        .iter()
        .map(|state| (of(*state), state))
        .filter(|(number, _)| *number > 0)
        .map(|(number, state)| format!("{} {state}", count(number)))
        .collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}

fn delivery_table(events: &[EventSummary], context: &Context) -> Table {
    let wide = context.output.wide();
    let mut columns = vec![
        left("EVENT"),
        left("TOPIC"),
        left("PLUGIN"),
        left("STATUS"),
        right("TRY"),
        left("NEXT"),
        right("AGE"),
        left("CAUSE"),
        left("ERROR"),
    ];
    if wide {
        columns.extend([left("SUBSCRIPTION"), left("DELIVERY"), right("DURATION"), left("FINGERPRINT")]);
    }
    let mut table = Table::new(columns);
    for event in events {
        for delivery in &event.deliveries {
            let mut row = vec![
                id(&event.eventid.to_string(), context),
                event.topic.to_string(),
                delivery.plugin.clone(),
                delivery.state.to_string(),
                format!("{}/{}", delivery.attempts, delivery.attempts_max),
                delivery.next_attempt_at.map_or("-".to_owned(), |at| context.output.time.show(at)),
                context.output.time.show(event.accepted_at),
                delivery.cause.map_or("-".to_owned(), |cause| cause.to_string()),
                delivery.error.as_ref().map_or(String::new(), |error| format!("{}: {}", error.class, error.message)),
            ];
            if wide {
                row.extend([
                    delivery.subscription.clone(),
                    delivery.deliveryid.to_string(),
                    delivery.duration_ms.map_or("-".to_owned(), crate::cli::output::human::duration_ms),
                    delivery.fingerprint.clone().unwrap_or_default(),
                ]);
            }
            table.row(row);
        }
    }
    table
}

/// Ids are whole in a pipe and in a wide table; a terminal shows their end.
pub fn id(whole: &str, context: &Context) -> String {
    if context.output.terminal() && !context.output.wide() { short(whole) } else { whole.to_owned() }
}
