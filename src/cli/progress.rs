//! A progress bar on stderr, where a person is watching; nothing anywhere else.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::context::Context;

/// A bar, or nothing where nobody watches.
pub struct Progress(ProgressBar);

impl Progress {
    /// For so many steps, or for as many as come.
    pub fn new(total: Option<u64>, verb: &str, context: &Context) -> Self {
        let watched = std::io::stderr().is_terminal() && !context.flags.quiet && context.output.for_people();
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{wide_bar} {human_pos}/{human_len} {prefix}  {per_sec}  {eta} left  {msg}",
            None => "{spinner} {human_pos} {prefix}  {per_sec}  {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(verb.to_owned());
        Self(bar)
    }

    /// One more.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// So many in all, with a word about them.
    pub fn set(&self, done: u64, message: String) {
        self.0.set_position(done);
        self.0.set_message(message);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
