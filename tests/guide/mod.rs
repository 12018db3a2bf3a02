//! The user guide, run as a reader would type it: every command of a page in a terminal, in the page's order, against a daemon in a fresh
//! folder; what is printed has to be what the page says. Each page is a test of its own, so that they run side by side.
//!
//! `UPDATE_GUIDE=1` writes what was printed into the pages instead (`scripts/guide.sh`).
//!
//! - `page`: what is on a page: files, commands, what they print
//! - `reader`: somebody with a page, a terminal and a folder: does what the page says and compares
//! - `alike`: what may differ between two runs: ids, times, durations
//! - `terminal`: a terminal to run a command in, and what it shows afterwards

mod alike;
mod page;
mod reader;
mod terminal;

use reader::Reader;

/// Runs a page of the project from its first command to its last.
fn run(path: &str) {
    Reader::new(path).read();
}

#[test]
fn what_the_page_on_getting_started_shows_is_what_happens() {
    run("docs/getting-started.md");
}

#[test]
fn what_the_guide_to_the_api_shows_is_what_happens() {
    run("docs/api-guide.md");
}

#[test]
fn what_the_page_on_delivery_shows_is_what_happens() {
    run("docs/delivery.md");
}

#[test]
fn what_the_page_on_filters_shows_is_what_happens() {
    run("docs/filters.md");
}

#[test]
fn what_the_page_on_order_and_priority_shows_is_what_happens() {
    run("docs/order-and-priority.md");
}

#[test]
fn what_the_page_on_retention_shows_is_what_happens() {
    run("docs/retention.md");
}

#[test]
fn what_the_page_on_replays_shows_is_what_happens() {
    run("docs/replay.md");
}

#[test]
fn what_the_page_on_schemas_shows_is_what_happens() {
    run("docs/schemas.md");
}

#[test]
fn what_the_page_on_watching_shows_is_what_happens() {
    run("docs/watching.md");
}

#[test]
fn what_the_readme_shows_is_what_happens() {
    run("README.md");
}
