//! What a replay selects, and the one run behind `panotti event replay` and `panotti replay start`.

use std::time::{Duration, Instant};

use panotti_protocol::api::{Replay, ReplayPlan, ReplayRequest, ReplaySelection, ReplayStarted};
use panotti_protocol::delivery::ReplayState;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::id::EventId;

use super::commands::event::discard::parse_reason;
use super::context::{Context, Outcome, now};
use super::event_selection::EventSelect;
use super::output::human::{count, counted, counted_as, duration_ms, green, red, short, yellow};
use super::progress::Progress;
use crate::client::Client;

/// How long to sleep between two looks at a running job.
const POLL: Duration = Duration::from_millis(100);

/// How long a daemon may be away while a job is followed.
const ABSENCE_MAX: Duration = Duration::from_secs(30);

/// What to replay and how. At least one selector is needed: none never means everything.
#[derive(Debug, Clone, clap::Args)]
pub struct ReplaySelect {
    /// These events; `-` reads their ids from standard input, one a line
    #[arg(value_name = "EVT")]
    pub events: Vec<String>,
    /// Which of the stored events. A replay of failed deliveries leaves alone what succeeded.
    #[command(flatten)]
    pub select: EventSelect,
    /// Everything stored
    #[arg(long)]
    pub all: bool,
    /// Deliver to this subscription instead, also where it never had the events: `PLUGIN/NAME`, or `PLUGIN` for all of it; may be given
    /// several times
    #[arg(long, value_name = "PLUGIN/NAME", conflicts_with_all = ["failed", "status", "error", "plugin"])]
    pub to: Vec<String>,
    /// Also deliveries that crashed their plugin three times; each is run alone
    #[arg(long)]
    pub include_quarantined: bool,
    /// Deliveries started a second; `max` is without a limit
    #[arg(long, value_name = "N", default_value = "200", value_parser = parse_rate)]
    pub rate: u32,
    /// A name for the job, for example of the incident
    #[arg(long, value_name = "NAME", value_parser = parse_reason)]
    pub name: Option<String>,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
    /// Ask, or refuse where nobody can be asked, when more deliveries than this are planned
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub confirm_above: u64,
    /// Show the plan and start nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn parse_rate(text: &str) -> Result<u32, String> {
    if text == "max" {
        return Ok(0);
    }
    text.trim_end_matches("/s").parse().map_err(|_| "a rate looks like `200`, `200/s` or `max`".to_owned())
}

/// Whether the command stays until the job has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// To the end, with progress.
    Attached,
    /// Only until it is started.
    Detached,
}

/// Plans, asks where that is needed, starts, and follows to the end where attached.
///
/// # Errors
/// `replay.selector_missing`, `replay.confirmation`, or the daemon's failure.
pub async fn run(select: ReplaySelect, stay: Stay, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let selection = selection(&select, &mut client, context).await?;
    let mut request = ReplayRequest {
        selection,
        name: select.name.clone(),
        reason: select.reason.clone(),
        rate: Some(select.rate),
        dry_run: true,
        cursor: None,
        selected: None,
    };
    let planned = planned(&mut client, &mut request, context).await?;
    if select.dry_run || planned.plan.deliveries == 0 {
        context.output.action(&planned, "", || plan_text(&planned.plan, &select, context) + &nothing_text(&planned.plan, &select))?;
        return Ok(exit::OK);
    }
    if !confirmed(&planned.plan, &select, context)? {
        let unchanged = ReplayStarted { changed: false, plan: planned.plan, replay: None };
        context.output.action(&unchanged, "", || "unchanged: nothing was started".to_owned())?;
        return Ok(exit::OK);
    }
    (request.dry_run, request.selected) = (false, Some(planned.plan.deliveries));
    // The answer to a start counts the first part only.
    let started = ReplayStarted { plan: planned.plan, ..client.replay_start(&request).await? };
    let Some(replay) = started.replay.clone() else {
        context.output.action(&started, "", || "unchanged: nothing was selected".to_owned())?;
        return Ok(exit::OK);
    };
    if stay == Stay::Detached {
        let id = replay.replayid.to_string();
        context.output.action(&started, &id, || {
            format!("{id} started, {}   watch: panotti replay watch {}", counted_as(replay.selected, "delivery", "deliveries"), short(&id))
        })?;
        return Ok(exit::OK);
    }
    follow(replay, &mut client, context).await
}

/// The whole plan, counted part by part.
async fn planned(client: &mut Client, request: &mut ReplayRequest, context: &Context) -> Result<ReplayStarted, Failure> {
    let mut planned = client.replay_start(request).await?;
    let progress = planned.plan.next_cursor.as_ref().map(|_| Progress::new(None, "planned", context));
    while let Some(cursor) = planned.plan.next_cursor.take() {
        request.cursor = Some(cursor);
        planned.plan.add(client.replay_start(request).await?.plan);
        if let Some(progress) = &progress {
            progress.set(planned.plan.deliveries, format!("of {} looked at", count(planned.plan.scanned)));
        }
    }
    request.cursor = None;
    if let Some(progress) = progress {
        progress.finish();
    }
    Ok(planned)
}

async fn selection(select: &ReplaySelect, client: &mut Client, context: &Context) -> Result<ReplaySelection, Failure> {
    let mut events = Vec::new();
    for id in context.event_ids(&select.events)? {
        match id.parse::<EventId>() {
            Ok(id) => events.push(id),
            // The end of an id, or `@last`: the daemon knows which event it is.
            Err(_) => events.push(client.event(&id).await?.event.eventid),
        }
    }
    if events.is_empty() && !select.events.is_empty() {
        return Err(Failure::new(ErrorCode::REPLAY_SELECTOR_MISSING, "no event id came from standard input"));
    }
    let query = select.select.query(now());
    let selection = ReplaySelection {
        events,
        failed: query.failed,
        status: query.status,
        topic: query.topic,
        filter: query.filter,
        plugin: query.plugin,
        since: query.since,
        until: query.until,
        error: query.error,
        correlation: query.correlation,
        to: select.to.clone(),
        all: select.all,
        include_quarantined: select.include_quarantined,
    };
    if selection.is_empty() { Err(Failure::new(ErrorCode::REPLAY_SELECTOR_MISSING, "nothing says what to replay")) } else { Ok(selection) }
}

/// A person is shown the plan and asked; without one the guard decides.
fn confirmed(plan: &ReplayPlan, select: &ReplaySelect, context: &Context) -> Result<bool, Failure> {
    if context.flags.yes {
        return Ok(true);
    }
    if context.interactive() {
        super::output::remark(&plan_text(plan, select, context));
        return Ok(context.confirm("Start?"));
    }
    if plan.deliveries <= select.confirm_above {
        return Ok(true);
    }
    let detail = format!(
        "the replay would make {} deliveries, more than {} and nobody can be asked",
        count(plan.deliveries),
        count(select.confirm_above)
    );
    let words: Vec<String> = std::env::args().skip(1).map(|word| quoted(&word)).collect();
    Err(Failure::new(ErrorCode::REPLAY_CONFIRMATION, detail)
        .next(format!("look at the plan with --dry-run, then run: panotti {} --yes", words.join(" "))))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@,".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn plan_text(plan: &ReplayPlan, select: &ReplaySelect, context: &Context) -> String {
    let failed = if select.select.failed { "failed " } else { "" };
    let plugins: Vec<String> = plan.plugins.iter().map(|(plugin, number)| format!("{plugin} {}", count(*number))).collect();
    let mut text = format!(
        "Plan   {} of {}",
        counted_as(plan.deliveries, &format!("{failed}delivery"), &format!("{failed}deliveries")),
        counted(plan.events, "event")
    );
    if !plugins.is_empty() {
        text.push_str(&format!(" -> {}", plugins.join(", ")));
    }
    if let Some(oldest) = plan.oldest_at {
        text.push_str(&format!("     oldest {}", context.output.time.show(oldest)));
    }
    if plan.rate > 0 && plan.deliveries > 0 {
        text.push_str(&format!("   about {} at {}/s", duration_ms(plan.deliveries * 1_000 / u64::from(plan.rate)), plan.rate));
    }
    text.push('\n');
    if select.select.failed && plan.deliveries > 0 {
        text.push_str("       plugins that already succeeded are not called again\n");
    }
    text
}

fn nothing_text(plan: &ReplayPlan, select: &ReplaySelect) -> String {
    match plan.deliveries {
        0 => "unchanged: nothing is selected\n".to_owned(),
        _ if select.dry_run => "nothing was started\n".to_owned(),
        _ => String::new(),
    }
}

/// Follows a job to its end. ^C leaves it alone.
///
/// # Errors
/// The daemon's failure.
pub async fn follow(replay: Replay, client: &mut Client, context: &Context) -> Outcome {
    let id = replay.replayid.to_string();
    let progress = Progress::new(Some(replay.selected), &short(&id), context);
    let (mut replay, mut seen_at) = (replay, Instant::now());
    while matches!(replay.state, ReplayState::Running | ReplayState::Paused) {
        progress.set(
            replay.ok + replay.failed + replay.skipped,
            format!("{} ok  {} failed   ({}^C detaches, job continues)", replay.ok, replay.failed, paused(&replay)),
        );
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {
                progress.finish();
                super::output::remark(&format!("detached; the job continues   panotti replay watch {}", short(&id)));
                return Ok(130);
            }
            () = tokio::time::sleep(POLL) => {}
        }
        match client.replay(&id).await {
            Ok(now) => (replay, seen_at) = (now, Instant::now()),
            // The job goes on after a restart of the daemon, so its absence is waited out for a while.
            Err(failure) if failure.is(ErrorCode::DAEMON_UNREACHABLE) && seen_at.elapsed() < ABSENCE_MAX => {}
            Err(failure) => return Err(failure),
        }
    }
    progress.finish();
    context.output.action(&replay, &id, || ended_text(&replay))?;
    Ok(exit_code(&replay))
}

fn paused(replay: &Replay) -> &'static str {
    if replay.state == ReplayState::Paused { "paused; " } else { "" }
}

/// 0 where all succeeded, 3 where some failed, 1 where all failed or it was cancelled.
fn exit_code(replay: &Replay) -> u8 {
    match replay.state {
        ReplayState::Done | ReplayState::Running | ReplayState::Paused => exit::OK,
        ReplayState::Partial => exit::PARTIAL,
        ReplayState::Failed | ReplayState::Cancelled => exit::FAILED,
    }
}

fn ended_text(replay: &Replay) -> String {
    let took = replay.ended_at.map_or(String::new(), |ended| {
        format!(" in {}", duration_ms(u64::try_from(ended.since(replay.started_at).as_millis()).unwrap_or(u64::MAX)))
    });
    let mark = match replay.state {
        ReplayState::Done => green("✓"),
        ReplayState::Cancelled => yellow("! cancelled:"),
        _ => red("✗"),
    };
    let numbers = format!("{} ok, {} failed, {} skipped", count(replay.ok), count(replay.failed), count(replay.skipped));
    let more = if replay.failed > 0 { format!("     panotti replay show {} --failed-items", replay.replayid) } else { String::new() };
    format!("{mark} {numbers}{took}{more}")
}
