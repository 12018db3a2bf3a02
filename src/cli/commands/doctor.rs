//! `panotti doctor`: looks at everything that a daemon needs, and says what to do.

use clap::builder::PossibleValue;
use panotti_protocol::api::{Check, CheckStatus};
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::doctor::{ALL, Examined};
use crate::cli::output::human::counted_as;
use crate::cli::output::table::{Table, left};
use crate::cli::output::{Listing, to_values};

/// Look at everything a daemon needs, and say what to do
///
/// Works with a daemon and without one; changes nothing. The exit code is 1 where a check has failed; with --strict also where one
/// warns. Run it as the user the daemon runs as, or as root.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti doctor\n  panotti doctor data-folder disk-room\n  panotti doctor --strict -o json")]
pub struct DoctorArgs {
    /// Only these checks
    #[arg(value_name = "CHECK", value_parser = clap::builder::PossibleValuesParser::new(names()))]
    pub checks: Vec<String>,
    /// Let warnings fail too
    #[arg(long)]
    pub strict: bool,
}

fn names() -> impl Iterator<Item = PossibleValue> {
    ALL.iter().map(|check| PossibleValue::new(check.name).help(check.about))
}

/// Looks.
///
/// # Errors
/// Where no place of panotti can be found at all.
pub async fn run(args: &DoctorArgs, context: &Context) -> Outcome {
    context.only_here("doctor")?;
    let checks = Examined::gather(context).await?.run(&args.checks);
    let mut table = Table::new(vec![left("STATUS"), left("CHECK"), left("FOUND"), left("WHAT TO DO")]);
    for check in &checks {
        table.row(vec![shown(check.status), check.name.clone(), check.detail.clone(), check.next.clone()]);
    }
    let of = |status| checks.iter().filter(|check| check.status == status).count();
    let (warnings, failed) = (of(CheckStatus::Warning), of(CheckStatus::Failed));
    context.output.list(Listing {
        items: to_values(&checks)?,
        table,
        id: "name",
        fields: &["detail", "name", "next", "status"],
        footer: footer(&checks, warnings, failed),
        no_headers: false,
    })?;
    Ok(if failed > 0 || (args.strict && warnings > 0) { exit::FAILED } else { exit::OK })
}

/// Without colour: a cell of a table has no control characters, whoever wrote it.
fn shown(status: CheckStatus) -> String {
    let mark = match status {
        CheckStatus::Ok => "✓ ok",
        CheckStatus::Skipped => "- skipped",
        CheckStatus::Warning => "! warning",
        CheckStatus::Failed => "✗ failed",
    };
    mark.to_owned()
}

fn footer(checks: &[Check], warnings: usize, failed: usize) -> String {
    let fine = checks.len() - warnings - failed;
    let warnings = counted_as(warnings as u64, "warning", "warnings");
    format!("{fine} ok or with nothing to look at, {warnings}, {failed} failed")
}
