//! `panotti replay list`

use panotti_protocol::api::Replay;
use panotti_protocol::delivery::ReplayState;
use panotti_protocol::failure::exit;
use panotti_protocol::limits::PAGE_MAX;

use crate::cli::commands::event::list::id;
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::count;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};
use crate::client::routes::ReplaysQuery;

const FIELDS: &[&str] =
    &["by", "ended_at", "failed", "name", "ok", "rate", "reason", "replayid", "selected", "selection", "skipped", "started_at", "state"];

/// List replay jobs, the newest first
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti replay list\n  panotti replay list --state running -o json")]
pub struct ListArgs {
    /// Only jobs in this state: running, paused, done, partial, failed, cancelled
    #[arg(long, value_name = "STATE")]
    pub state: Option<ReplayState>,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: ListArgs, context: &Context) -> Outcome {
    let rows_max = args.list.rows_max();
    let mut query = ReplaysQuery { state: args.state, limit: None, cursor: None };
    let mut client = context.client()?;
    let mut jobs: Vec<Replay> = Vec::new();
    loop {
        query.limit = Some(u32::try_from(rows_max - jobs.len()).unwrap_or(PAGE_MAX).min(PAGE_MAX));
        let page = client.replays(&query).await?;
        jobs.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() || jobs.len() >= rows_max {
            break;
        }
    }
    jobs.truncate(rows_max);
    let footer = match (jobs.is_empty(), query.cursor.is_some()) {
        _ if !context.output.terminal() => "",
        (true, _) => "no replays",
        (false, true) => "there are more: --limit N or --all",
        (false, false) => "",
    };
    let table = table(&jobs, context);
    context.output.list(Listing {
        items: to_values(&jobs)?,
        table,
        id: "replayid",
        fields: FIELDS,
        footer: footer.to_owned(),
        no_headers: args.list.no_headers,
    })?;
    if query.cursor.is_some() {
        context.output.cut();
    }
    Ok(exit::OK)
}

fn table(jobs: &[Replay], context: &Context) -> Table {
    let mut table = Table::new(vec![
        left("REPLAY"),
        left("NAME"),
        left("STATE"),
        right("SELECTED"),
        right("OK"),
        right("FAILED"),
        right("SKIPPED"),
        right("RATE"),
        right("STARTED"),
        left("BY"),
        left("REASON"),
    ]);
    for job in jobs {
        table.row(vec![
            id(&job.replayid.to_string(), context),
            job.name.clone().unwrap_or_else(|| "-".to_owned()),
            job.state.to_string(),
            count(job.selected),
            count(job.ok),
            count(job.failed),
            count(job.skipped),
            if job.rate == 0 { "-".to_owned() } else { format!("{}/s", job.rate) },
            context.output.time.show(job.started_at),
            job.by.clone(),
            job.reason.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    table
}
