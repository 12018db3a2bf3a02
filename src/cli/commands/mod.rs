//! The tree of commands: a folder for each noun, a file for each verb. Plurals of the nouns are understood and not shown.

pub mod audit;
pub mod completion;
pub mod config;
pub mod daemon;
pub mod doctor;
pub mod emit;
pub mod event;
pub mod explain;
pub mod filter;
pub mod health;
pub mod help;
pub mod key;
pub mod overview;
pub mod plugin;
pub mod replay;
pub mod role;
pub mod schema;
pub mod seal;
pub mod slo;
pub mod subscription;
pub mod topic;
pub mod version;

use super::context::{Context, Outcome};

/// A command.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum Command {
    /// Start, stop and watch the daemon
    #[command(subcommand, alias = "daemons", after_help = "Examples:\n  panotti daemon start\n  panotti daemon status")]
    Daemon(daemon::DaemonCommand),
    /// Publish events, and see what became of them
    #[command(
        subcommand,
        alias = "events",
        after_help = "Examples:\n  panotti event publish recording.ended -p id=42\n  panotti event list --failed"
    )]
    Event(event::EventCommand),
    /// Filters: which events go where, or are tagged
    #[command(
        subcommand,
        alias = "filters",
        after_help = "Examples:\n  panotti filter test 'data.amount > 1000'\n  panotti filter create large 'data.amount > 1000' --to audit-log"
    )]
    Filter(filter::FilterCommand),
    /// Jobs that deliver stored events again
    #[command(
        subcommand,
        alias = "replays",
        after_help = "Examples:\n  panotti replay list\n  panotti replay watch rpl_01kc2v7jq8ew2s7q4m8t1n0zcd"
    )]
    Replay(replay::ReplayCommand),
    /// Plugins: what handles the events
    #[command(subcommand, alias = "plugins", after_help = "Examples:\n  panotti plugin list\n  panotti plugin logs word-count -f")]
    Plugin(plugin::PluginCommand),
    /// What plugins subscribe to, and how each gets on
    #[command(
        subcommand,
        alias = "subscriptions",
        after_help = "Examples:\n  panotti subscription list\n  panotti subscription show word-count/recording.ended"
    )]
    Subscription(subscription::SubscriptionCommand),
    /// What is published, by whom, and who gets it
    #[command(subcommand, alias = "topics", after_help = "Examples:\n  panotti topic list\n  panotti topic route recording.ended")]
    Topic(topic::TopicCommand),
    /// What the payloads of a topic must look like
    #[command(
        subcommand,
        alias = "schemas",
        after_help = "Examples:\n  panotti schema infer order.paid > order.json\n  panotti schema create order.paid order.json"
    )]
    Schema(schema::SchemaCommand),
    /// Sealed payloads: who can open them; and whether everything is as it was written
    #[command(subcommand, alias = "seals", after_help = "Examples:\n  panotti seal init recovery.txt\n  panotti seal check")]
    Seal(seal::SealCommand),
    /// API keys: who may come in, as what, until when
    #[command(
        subcommand,
        alias = "keys",
        after_help = "Examples:\n  panotti key create ci --role publisher --scope 'publish:events:recording.*'\n  panotti key list --expiring 14d"
    )]
    Key(key::KeyCommand),
    /// Roles: what somebody may do
    #[command(
        subcommand,
        alias = "roles",
        after_help = "Examples:\n  panotti role list\n  panotti role check key:ci publish:events:recording.ended"
    )]
    Role(role::RoleCommand),
    /// Settings, and where each comes from
    #[command(subcommand, alias = "configs", after_help = "Examples:\n  panotti config list\n  panotti config validate")]
    Config(config::ConfigCommand),
    Doctor(doctor::DoctorArgs),
    /// Who did what, and the proof that nobody has changed it since
    #[command(subcommand, alias = "audits", after_help = "Examples:\n  panotti audit list --since 1d\n  panotti audit verify")]
    Audit(audit::AuditCommand),
    Health(health::HealthArgs),
    Slo(slo::SloArgs),
    Completion(completion::CompletionArgs),
    Explain(explain::ExplainArgs),
    Version(version::VersionArgs),
    Help(help::HelpArgs),
    #[command(hide = true)]
    Emit(emit::EmitArgs),
}

/// Runs a command; without one, shows how things stand.
///
/// # Errors
/// The command's failure.
pub async fn run(command: Option<Command>, context: &Context) -> Outcome {
    match command {
        None => overview::run(context).await,
        Some(Command::Daemon(command)) => Box::pin(daemon::run(command, context)).await,
        Some(Command::Event(command)) => Box::pin(event::run(command, context)).await,
        Some(Command::Filter(command)) => Box::pin(filter::run(command, context)).await,
        Some(Command::Replay(command)) => Box::pin(replay::run(command, context)).await,
        Some(Command::Plugin(command)) => Box::pin(plugin::run(command, context)).await,
        Some(Command::Subscription(command)) => subscription::run(command, context).await,
        Some(Command::Schema(command)) => schema::run(command, context).await,
        Some(Command::Seal(command)) => seal::run(command, context).await,
        Some(Command::Topic(command)) => topic::run(command, context).await,
        Some(Command::Slo(args)) => slo::run(args, context).await,
        Some(Command::Key(command)) => key::run(command, context).await,
        Some(Command::Role(command)) => role::run(command, context).await,
        Some(Command::Config(command)) => config::run(command, context).await,
        Some(Command::Doctor(args)) => Box::pin(doctor::run(&args, context)).await,
        Some(Command::Audit(command)) => Box::pin(audit::run(command, context)).await,
        Some(Command::Health(args)) => health::run(args, context).await,
        Some(Command::Completion(args)) => completion::run(&args),
        Some(Command::Explain(args)) => explain::run(&args, context),
        Some(Command::Version(args)) => version::run(&args, context).await,
        Some(Command::Help(args)) => help::run(&args),
        Some(Command::Emit(args)) => emit::run(&args),
    }
}
