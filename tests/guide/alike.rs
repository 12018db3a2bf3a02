//! What may differ between two runs of the same commands. Ids are not left out but numbered in the order in which they come up, on the page
//! and in the run: the second id of the page is the second of the run wherever it stands, in commands too.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// How many of an id's last characters people see.
const SHORT: usize = 8;

/// An id in full, or its end after two dots.
static ID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?<prefix>evt|dlv|rpl|flt)_[0-9a-hjkmnp-tv-z]{26}\b|\.\.[0-9a-hjkmnp-tv-z]{8}\b"));

/// Everything else that may differ, each with the word that takes its place. In this order.
static OTHERS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (r"\b\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", "[TIME]"),
        (r"\b\d\d:\d\d:\d\d\.\d{3}\b", "[CLOCK]"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "[UUID]"),
        (r"\bpid \d+", "pid [PID]"),
        // The daemon's own events have numbers too: a plugin that was slow to start has more of them.
        (r"\bsequence \d+", "sequence [NUMBER]"),
        (r"\brequest: [0-9a-f]{16}", "request: [REQUEST]"),
        // Plugins that are starting are published events too.
        (r"(?<line>  Data +\S+ +)\d+ events?", "$line[EVENTS]"),
        (r"/cli/[^\s/]+@[^\s/]+", "/cli/[USER]"),
        (r"\buser:\w+", "user:[USER]"),
        (r"\bpanotti \d+\.\d+\.\d+", "panotti [VERSION]"),
        // One or two units: `3d 4h`, `1.2s`.
        (r"\b\d+(\.\d+)?(ms|s|m|h|d)\b( \d+(m|h)\b)?", "[DURATION]"),
        (r"<?\b\d+(\.\d+)?/s", "[RATE]"),
        (r"\b\d+(\.\d+)? [KMG]B\b", "[SIZE]"),
        // What was just handed out may have begun.
        (r"(?m)(?<line>^retrying .* )(pending|leased)$", "$line[OWED]"),
        // Columns are as wide as what is in them.
        (r" {2,}", "  "),
        (r" +\n", "\n"),
    ]
    .map(|(from, to)| (pattern(from), to))
    .into()
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The text with a word in the place of everything that may differ but ids.
pub fn masked(text: &str) -> String {
    OTHERS.iter().fold(text.to_owned(), |text, (from, to)| from.replace_all(&text, *to).into_owned())
}

/// The ids of one side, numbered as they come up.
#[derive(Debug, Default)]
pub struct Ids {
    /// By the id's end.
    numbers: BTreeMap<String, usize>,
    /// In full where it was seen in full.
    ids: Vec<String>,
}

impl Ids {
    /// The text with the number of each id in its place. An id that was never seen gets the next number.
    pub fn numbered(&mut self, text: &str) -> String {
        let place = |found: &Captures<'_>| {
            let id = &found[0];
            let next = self.ids.len();
            let number = *self.numbers.entry(end(id).to_owned()).or_insert(next);
            if number == next {
                self.ids.push(id.to_owned());
            } else if id.len() > self.ids[number].len() {
                id.clone_into(&mut self.ids[number]);
            }
            let prefix = found.name("prefix").map_or("..", |prefix| prefix.as_str());
            format!("[{prefix} {}]", number + 1)
        };
        ID.replace_all(text, place).into_owned()
    }

    /// The text with the other side's ids in the place of one's own. Ids that are not known stay.
    pub fn translated(&self, text: &str, other: &Self) -> String {
        let place = |found: &Captures<'_>| {
            let known = self.numbers.get(end(&found[0])).and_then(|number| other.ids.get(*number));
            match known {
                Some(id) if found.name("prefix").is_some() => id.clone(),
                Some(id) => format!("..{}", end(id)),
                None => found[0].to_owned(),
            }
        };
        ID.replace_all(text, place).into_owned()
    }
}

fn end(id: &str) -> &str {
    &id[id.len() - SHORT..]
}

#[test]
fn the_second_id_of_the_page_is_the_second_of_the_run() {
    let (mut page, mut run) = (Ids::default(), Ids::default());
    let one = "evt_01m81f9sm9e80r2126snmcxdh0 caused by ..96p28h3g";
    let other = "evt_01m81f9sm9e80r2126aaaaaaaa caused by ..bbbbbbbb";
    assert_eq!(page.numbered(one), "[evt 1] caused by [.. 2]");
    assert_eq!(run.numbered(other), page.numbered(one));
    assert_eq!(page.translated("event show ..snmcxdh0 ..96p28h3g", &run), "event show ..aaaaaaaa ..bbbbbbbb");
    assert_ne!(run.numbered("..bbbbbbbb"), page.numbered("..snmcxdh0"));
}

#[test]
fn what_differs_between_two_runs_is_masked_and_nothing_else() {
    assert_eq!(masked("done  1/4      12ms  3d 4h ago\n"), masked("done  1/4  1.2s  5m ago\n"));
    assert_ne!(masked("done  1/4  12ms\n"), masked("done  2/4  12ms\n"));
    assert_ne!(masked("1 event"), masked("2 events"));
}
