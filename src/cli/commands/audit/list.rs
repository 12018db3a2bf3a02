//! `panotti audit list`

use panotti_protocol::api::{AuditQuery, AuditRecord, Decision, Order};
use panotti_protocol::failure::{Failure, exit};
use panotti_protocol::limits::PAGE_MAX;

use super::{FIELDS, remarks};
use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{ListFlags, When, parse_when};
use crate::cli::output::human::counted;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

/// Which records. All that is said must hold.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RecordSelect {
    /// Only by this principal, for example `user:ana`; `*` stands for any text
    #[arg(long, value_name = "ACTOR")]
    pub actor: Option<String>,
    /// Only this action, for example 'plugin.*'; `*` stands for any text
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// Only about this; `*` stands for any text
    #[arg(long, value_name = "OBJECT")]
    pub object: Option<String>,
    /// Only what was `allowed`, or only what was `denied`
    #[arg(long, value_name = "DECISION")]
    pub decision: Option<Decision>,
}

impl RecordSelect {
    /// What is asked of the daemon.
    pub fn query(&self) -> AuditQuery {
        let Self { actor, action, object, decision } = self.clone();
        AuditQuery { actor, action, object, decision, ..AuditQuery::default() }
    }
}

/// List who did what, the newest first
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti audit list --since 1d\n  panotti audit list --action 'plugin.*' --actor user:ana\n  panotti audit list --decision denied -o json"
)]
pub struct ListArgs {
    /// Which of them.
    #[command(flatten)]
    pub select: RecordSelect,
    /// Since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
    /// Before then: a time, or so long ago
    #[arg(long, visible_alias = "before", value_name = "TIME", value_parser = parse_when)]
    pub until: Option<When>,
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
    let mut query = AuditQuery {
        since: args.since.map(|since| since.resolve(now())),
        until: args.until.map(|until| until.resolve(now())),
        order: args.oldest_first.then_some(Order::Oldest),
        ..args.select.query()
    };
    let (records, more) = fetch(&mut query, args.list.rows_max(), context).await?;
    let footer = match (context.output.terminal(), records.is_empty(), more) {
        (false, ..) => String::new(),
        (true, true, _) => "no records".to_owned(),
        (true, false, true) => format!("{}, there are more: --limit N or --all", counted(records.len() as u64, "record")),
        (true, false, false) => counted(records.len() as u64, "record"),
    };
    context.output.list(Listing {
        items: to_values(&records)?,
        table: table(&records, context),
        id: "number",
        fields: FIELDS,
        footer,
        no_headers: args.list.no_headers,
    })?;
    if more {
        context.output.cut();
    }
    Ok(exit::OK)
}

async fn fetch(query: &mut AuditQuery, rows_max: usize, context: &Context) -> Result<(Vec<AuditRecord>, bool), Failure> {
    let mut client = context.client()?;
    let mut records = Vec::new();
    loop {
        query.limit = Some(u32::try_from(rows_max - records.len()).unwrap_or(PAGE_MAX).min(PAGE_MAX));
        let page = client.audit(query).await?;
        records.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() || records.len() >= rows_max {
            return Ok((records, query.cursor.is_some()));
        }
    }
}

fn table(records: &[AuditRecord], context: &Context) -> Table {
    let wide = context.output.wide();
    let mut columns = vec![right("NUMBER"), left("TIME"), left("ACTOR"), left("ACTION"), left("DECISION"), left("OBJECT"), left("REMARKS")];
    if wide {
        columns.extend([left("KEY"), left("PEER"), left("REQUEST")]);
    }
    let mut table = Table::new(columns);
    for record in records {
        let mut row = vec![
            record.number.to_string(),
            context.output.time.show(record.at),
            record.actor.clone(),
            record.action.clone(),
            record.decision.clone(),
            record.object.clone(),
            remarks(record),
        ];
        if wide {
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            row.extend([shown(&record.key), shown(&record.peer), shown(&record.request_id)]);
        }
        table.row(row);
    }
    table
}
