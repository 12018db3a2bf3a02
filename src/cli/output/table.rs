//! Tables: aligned columns on a terminal, tabs and nothing cut off in a pipe, no borders in either; and comma-separated values.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement};
use serde_json::Value;

use super::fields;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, upper case.
    pub name: String,
    /// Whether it holds numbers and is aligned at its right side.
    pub right: bool,
}

/// A column of text.
pub fn left(name: &str) -> Column {
    Column { name: name.to_owned(), right: false }
}

/// A column of numbers.
pub fn right(name: &str) -> Column {
    Column { name: name.to_owned(), right: true }
}

/// Rows of text under column names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Without rows yet.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row with a cell for each column. Cells have no style: control characters in them become blanks.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.rows.push(cells);
    }

    /// A table of chosen fields.
    pub fn of_fields(names: &[String], values: &[Value]) -> Self {
        let mut table = Self::new(names.iter().map(|name| left(&name.to_uppercase())).collect());
        for value in values {
            // Chosen values have the paths as their names.
            table.row(names.iter().map(|name| fields::text(value.get(name).unwrap_or(&Value::Null))).collect());
        }
        table
    }

    /// The table as text. Nothing at all for no rows on a terminal; in a pipe the names alone.
    pub fn render(&self, terminal: bool, no_headers: bool) -> String {
        if !terminal {
            return self.tab_separated(no_headers);
        }
        if self.rows.is_empty() {
            return String::new();
        }
        let mut drawn = comfy_table::Table::new();
        drawn.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        // A terminal that does not know its size says 0: then nothing is cut.
        if drawn.width().is_none_or(|width| width == 0) {
            drawn.set_content_arrangement(ContentArrangement::Disabled);
        }
        if !no_headers {
            drawn.set_header(self.columns.iter().map(|column| column.name.clone()));
        }
        drawn.add_rows(self.rows.iter().map(|row| row.iter().map(|cell| one_line(cell))));
        for (index, column) in self.columns.iter().enumerate() {
            if let Some(drawn) = drawn.column_mut(index) {
                drawn.set_padding((0, 2));
                drawn.set_cell_alignment(if column.right { CellAlignment::Right } else { CellAlignment::Left });
            }
        }
        drawn.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    fn tab_separated(&self, no_headers: bool) -> String {
        let names = self.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        let header = (!no_headers).then_some(&names);
        header
            .into_iter()
            .chain(&self.rows)
            .map(|row| row.iter().map(|cell| one_line(cell)).collect::<Vec<_>>().join("\t") + "\n")
            .collect()
    }
}

/// A cell holds one line without tabs or control characters, so that rows stay rows and no text of an event moves the cursor.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Comma-separated values (RFC 4180): the chosen fields, else every top-level field that an item has.
pub fn csv(chosen: &[String], items: &[Value], no_headers: bool) -> String {
    let mut names: Vec<String> = chosen.to_vec();
    if names.is_empty() {
        for item in items {
            for name in item.as_object().into_iter().flat_map(|fields| fields.keys()) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
    }
    let header = (!no_headers && !names.is_empty()).then(|| names.clone());
    let rows = items.iter().map(|item| names.iter().map(|name| fields::text(item.get(name).unwrap_or(&Value::Null))).collect::<Vec<_>>());
    header.into_iter().chain(rows).map(|row| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n").collect()
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_piped_table_has_tabs_no_borders_and_nothing_cut_off() {
        let mut table = Table::new(vec![left("NAME"), right("FAILED")]);
        table.row(vec!["x".repeat(300), "7".into()]);
        table.row(vec!["a\tb\u{1b}[2J\nc".into(), "0".into()]);
        assert_eq!(table.render(false, false), format!("NAME\tFAILED\n{}\t7\na b [2J c\t0\n", "x".repeat(300)));
        assert_eq!(Table::new(vec![left("NAME")]).render(false, true), "");
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let items = [json!({"a": "x,y", "b": "say \"hi\""}), json!({"a": 1, "c": [1]})];
        assert_eq!(csv(&[], &items, false), "a,b,c\n\"x,y\",\"say \"\"hi\"\"\",\n1,,[1]\n");
    }
}
