//! Prints results: data on stdout in the form asked for, everything else on stderr. A reader that goes away ends the program quietly, with
//! 141 as a shell would say it.
//!
//! - [`human`]: times, sizes and numbers for people
//! - [`fields`]: choosing and listing fields of JSON values
//! - [`table`]: tables, with borders for nobody and tabs for pipes

pub mod fields;
pub mod human;
pub mod indent;
pub mod table;

use std::io::{ErrorKind, IsTerminal, Write};

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::globals::{Format, Globals};
use human::TimeFormat;
use table::Table;

/// The exit code of a program whose reader went away.
const EXIT_SIGPIPE: i32 = 141;

/// Prints the result of a command.
#[derive(Debug, Clone)]
pub struct Output {
    /// The form asked for.
    pub format: Format,
    /// How times are shown.
    pub time: TimeFormat,
    fields: Vec<String>,
    quiet: bool,
    terminal: bool,
}

/// A list to print: the API's items, and how a table shows them.
pub struct Listing<'f> {
    /// The items.
    pub items: Vec<Value>,
    /// The same for reading. May have another number of rows.
    pub table: Table,
    /// The name of the field that is the id.
    pub id: &'static str,
    /// All fields that `--fields` may name.
    pub fields: &'f [&'f str],
    /// A remark under the table, on stderr. Empty for none.
    pub footer: String,
    /// Whether the column names are left out.
    pub no_headers: bool,
}

impl Output {
    /// By the global flags.
    pub fn new(flags: &Globals, now: Timestamp) -> Self {
        Self {
            format: flags.output,
            time: TimeFormat { style: flags.time, utc: flags.utc, now },
            fields: flags.fields.clone(),
            quiet: flags.quiet,
            terminal: std::io::stdout().is_terminal(),
        }
    }

    /// Whether tables and texts are for a person to read right away.
    pub fn terminal(&self) -> bool {
        self.terminal
    }

    /// Whether the result is a text or table and no data format.
    pub fn for_people(&self) -> bool {
        matches!(self.format, Format::Table | Format::Wide)
    }

    /// Whether the table has its extra columns.
    pub fn wide(&self) -> bool {
        self.format == Format::Wide
    }

    /// Prints a list.
    ///
    /// # Errors
    /// `usage` where `--fields` names one that there is not.
    pub fn list(&self, listing: Listing<'_>) -> Result<(), Failure> {
        if self.fields.iter().any(|field| field == "?") {
            print(&lines(listing.fields.iter().map(|field| (*field).to_owned())));
            return Ok(());
        }
        fields::check(&self.fields, listing.fields)?;
        let items = listing.items;
        if self.format == Format::Id || (self.quiet && self.for_people()) {
            print(&lines(items.iter().map(|item| fields::text(fields::get(item, listing.id)))));
            return Ok(());
        }
        let chosen: Vec<Value> = match self.fields.as_slice() {
            [] => items,
            names => items.iter().map(|item| fields::choose(item, names)).collect(),
        };
        match self.format {
            Format::Table | Format::Wide => {
                let table = if self.fields.is_empty() { listing.table } else { Table::of_fields(&self.fields, &chosen) };
                print(&table.render(self.terminal, listing.no_headers));
                if !listing.footer.is_empty() {
                    remark(&listing.footer);
                }
            }
            Format::Json => print(&json_document(&Value::Array(chosen))),
            Format::Jsonl => print(&lines(chosen.iter().map(Value::to_string))),
            Format::Yaml => print(&yaml(&Value::Array(chosen))?),
            Format::Csv => print(&table::csv(&self.fields, &chosen, listing.no_headers)),
            Format::Id => {}
        }
        Ok(())
    }

    /// Prints one object. `text` makes what a person reads.
    ///
    /// # Errors
    /// Where the object cannot be written in this form, or `--fields` names a field it does not have.
    pub fn item(&self, value: &impl Serialize, id: &str, text: impl FnOnce() -> String) -> Result<(), Failure> {
        let value = to_value(value)?;
        let all = fields::paths(&value);
        if self.fields.iter().any(|field| field == "?") {
            print(&lines(all));
            return Ok(());
        }
        fields::check(&self.fields, &all.iter().map(String::as_str).collect::<Vec<_>>())?;
        let chosen = if self.fields.is_empty() { value } else { fields::choose(&value, &self.fields) };
        match self.format {
            Format::Table | Format::Wide if self.quiet => print(&lines([id.to_owned()])),
            Format::Id => print(&lines([id.to_owned()])),
            Format::Table | Format::Wide if self.fields.is_empty() => print(&ended(text())),
            Format::Table | Format::Wide => print(&Table::of_fields(&self.fields, &[chosen]).render(self.terminal, false)),
            Format::Json => print(&json_document(&chosen)),
            Format::Jsonl => print(&lines([chosen.to_string()])),
            Format::Yaml => print(&yaml(&chosen)?),
            Format::Csv => print(&table::csv(&self.fields, &[chosen], false)),
        }
        Ok(())
    }

    /// Prints what an action did. With `--quiet` a person reads nothing.
    ///
    /// # Errors
    /// As [`Self::item`].
    pub fn action(&self, value: &impl Serialize, id: &str, text: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.quiet && self.for_people() {
            return Ok(());
        }
        self.item(value, id, text)
    }

    /// Prints one thing of a stream at once: a line of text, or one line of JSON (also for `json`: a stream has no end to close an array).
    ///
    /// # Errors
    /// Where the value cannot be written in this form.
    pub fn streamed(&self, value: &impl Serialize, id: &str, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Table | Format::Wide => print(&ended(text())),
            Format::Id => print(&lines([id.to_owned()])),
            Format::Json | Format::Jsonl => print(&lines([self.chosen(to_value(value)?).to_string()])),
            Format::Yaml => print(&format!("---\n{}", yaml(&self.chosen(to_value(value)?))?)),
            Format::Csv => print(&table::csv(&self.fields, &[self.chosen(to_value(value)?)], true)),
        }
        Ok(())
    }

    fn chosen(&self, value: Value) -> Value {
        if self.fields.is_empty() { value } else { fields::choose(&value, &self.fields) }
    }

    /// A remark on stderr, unless quiet.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            remark(text);
        }
    }

    /// Says that a list was cut, with --quiet too: a script would take the part for the whole. On a terminal the line under the table says it.
    pub fn cut(&self) {
        let has_a_footer = self.terminal && self.for_people() && !self.quiet && self.format != Format::Id;
        if !has_a_footer {
            remark("there are more: --limit N or --all");
        }
    }
}

/// The JSON value of anything that the API knows.
///
/// # Errors
/// `internal`; API types can always be written.
pub fn to_value(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the result cannot be written: {error}")))
}

/// The JSON values of a list's items.
///
/// # Errors
/// As [`to_value`].
pub fn to_values<T: Serialize>(items: &[T]) -> Result<Vec<Value>, Failure> {
    items.iter().map(to_value).collect()
}

fn json_document(value: &Value) -> String {
    ended(serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()))
}

fn yaml(value: &Value) -> Result<String, Failure> {
    serde_yaml::to_string(value)
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the result cannot be written as YAML: {error}")))
}

fn lines(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().map(|line| line + "\n").collect()
}

fn ended(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Writes to stdout. Where the reader has gone away the program ends quietly.
pub fn print(text: &str) {
    let mut stdout = anstream::stdout().lock();
    end_if_nobody_reads(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
}

/// Writes bytes to stdout as they are.
pub fn print_bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    end_if_nobody_reads(stdout.write_all(bytes).and_then(|()| stdout.flush()));
}

fn end_if_nobody_reads(written: std::io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(EXIT_SIGPIPE),
        Err(error) => {
            remark(&format!("error: stdout cannot be written: {error}"));
            std::process::exit(1);
        }
    }
}

/// Writes a line to stderr. That nobody reads it is no reason to stop.
pub fn remark(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
}
