//! Somebody who does what a page says, in a terminal and a folder of their own, and compares what they see with what it says.
//!
//! The page's `/tmp/try` is the data folder of the test. Whatever a command starts has come to rest before the next command is typed: plugins
//! are up, what is owed is delivered. A person would have taken longer.

use std::path::{Path, PathBuf};
use std::process::Command;

use panotti_protocol::time::Timestamp;
use serde_json::Value;
use snapbox::Assert;
use snapbox::assert::Action;

use super::alike::{Ids, masked};
use super::page::{Example, Part, Step, parts, text};
use super::terminal;
use crate::support::daemon::kill;
use crate::support::http::Connection;
use crate::support::scratch::Scratch;
use crate::support::until;

/// The folder that the pages use.
const FOLDER: &str = "/tmp/try";
/// An attempt that is due within so many milliseconds is waited for.
const SOON_MS: u64 = 5_000;
/// Set to write what was printed into the pages.
const UPDATE: &str = "UPDATE_GUIDE";

/// The reader of one page.
#[derive(Debug)]
pub struct Reader {
    page: PathBuf,
    scratch: Scratch,
    /// The ids on the page, and those of this run.
    on_page: Ids,
    in_run: Ids,
    problems: Vec<String>,
    /// How the last command ended: the next may ask for it.
    exit_code: i32,
}

impl Reader {
    pub fn new(page: &str) -> Self {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let scratch = Scratch::new();
        Self { page, scratch, on_page: Ids::default(), in_run: Ids::default(), problems: Vec::new(), exit_code: 0 }
    }

    /// Does everything that the page says. Fails at the end with everything that was different.
    pub fn read(mut self) {
        let mut parts = parts(&std::fs::read_to_string(&self.page).unwrap());
        let mut steps = parts.iter_mut().filter_map(|part| if let Part::Step(step) = part { Some(step) } else { None }).peekable();
        assert!(steps.peek().is_some(), "nothing on {} can be tried", self.page.display());
        while let Some(step) = steps.next() {
            match step {
                Step::File { path, text } => self.write(path, text),
                Step::Command(example) => {
                    let asked = matches!(steps.peek(), Some(Step::Command(next)) if next.command.contains("$?"));
                    self.type_in(example, asked);
                }
            }
        }
        if self.problems.is_empty() {
            return;
        }
        assert!(std::env::var_os(UPDATE).is_some(), "{}\n`scripts/guide.sh` writes the page anew", self.problems.join("\n"));
        std::fs::write(&self.page, text(&parts)).unwrap();
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.here(path);
        std::fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs a command and compares; the example then holds what was seen. A command that fails says so, or the next one asks how it ended.
    fn type_in(&mut self, example: &mut Example, asked: bool) {
        let command = self.on_page.translated(&example.command, &self.in_run);
        let answers: Vec<String> =
            example.output.lines().filter_map(|line| line.split_once("? [y/N] ")).map(|(_, answer)| answer.to_owned()).collect();
        let (shown, status) = terminal::run(&mut self.shell(&self.here(&command)), &answers);
        let shown = self.as_on_page(&shown);
        self.settle();

        let expected = masked(&self.on_page.numbered(&example.output));
        let seen = masked(&self.in_run.numbered(&shown));
        let place = format!("{}:{}: $ {}", self.page.display(), example.line, example.command);
        let difference = Assert::new().action(Action::Verify).try_eq(Some(&place), seen.into(), expected.into()).err();
        // What is left out on the page stays out of it when it is written anew.
        example.output = if difference.is_some() { shown.clone() } else { self.on_page.translated(&example.output, &self.in_run) };
        self.problems.extend(difference.map(|difference| difference.to_string()));
        let code = status.code().unwrap_or(-1);
        if code != 0 && !["error: ", "failed"].iter().any(|word| shown.contains(word)) && !asked {
            self.problems.push(format!("{place}\nended with {code}, which the page does not say"));
        }
        self.exit_code = code;
        example.command = command;
    }

    /// A shell in which earlier commands have been typed: their variables and their folder are there, and `$?` is how the last one ended.
    fn shell(&self, command: &str) -> Command {
        let memory = self.scratch.path().join("shell");
        let memory = memory.display();
        let script = format!(
            "[ ! -f {memory} ] || . {memory}\n(exit {}); {command}\ncode=$?; {{ export -p; echo \"cd '$PWD'\"; }} >{memory}; exit $code",
            self.exit_code
        );
        let program = Path::new(env!("CARGO_BIN_EXE_panotti")).parent().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = self.scratch.program("setsid");
        shell.args(["--ctty", "--wait", "sh", "-c", &script]).current_dir(env!("CARGO_MANIFEST_DIR"));
        shell.env("PATH", format!("{}:{path}", program.display())).env("TERM", "xterm").env("NO_COLOR", "1").env("TZ", "UTC");
        shell
    }

    /// The page's folder is the test's.
    fn here(&self, text: &str) -> String {
        text.replace(FOLDER, &self.scratch.data().to_string_lossy())
    }

    fn as_on_page(&self, shown: &str) -> String {
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        text.replace(&*self.scratch.data().to_string_lossy(), FOLDER)
    }

    /// Waits until nothing happens by itself any more, or soon.
    fn settle(&self) {
        let Ok(mut daemon) = Connection::open(&self.scratch.socket()) else { return };
        until("everything has come to rest", || match is_moving(&mut daemon) {
            Ok(moving) => (!moving).then_some(()),
            // It ends, or has ended: there is nothing to wait for.
            Err(_) => Some(()),
        });
    }
}

fn is_moving(daemon: &mut Connection) -> std::io::Result<bool> {
    let plugins = items(daemon, "/plugins")?;
    let state = |name: &Value| plugins.iter().find(|plugin| plugin["name"] == *name).map(|plugin| plugin["state"].clone());
    if plugins.iter().any(|plugin| ["starting", "backoff", "draining"].map(Value::from).contains(&plugin["state"])) {
        return Ok(true);
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let soon = Timestamp::from_ms(u64::try_from(now.as_millis()).unwrap() + SOON_MS);
    for wanted in ["leased", "pending", "waiting"] {
        for event in items(daemon, &format!("/events?status={wanted}"))? {
            let moves = |delivery: &Value| match delivery["state"].as_str() {
                Some("leased") => true,
                Some("pending") => state(&delivery["plugin"]).is_some_and(|state| state == "running"),
                Some("waiting") => serde_json::from_value::<Timestamp>(delivery["next_attempt_at"].clone()).is_ok_and(|next| next < soon),
                _ => false,
            };
            if event["deliveries"].as_array().is_some_and(|all| all.iter().any(moves)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn items(daemon: &mut Connection, path: &str) -> std::io::Result<Vec<Value>> {
    let answer = daemon.get(path)?;
    Ok(answer.json()["items"].as_array().cloned().unwrap_or_default())
}

impl Drop for Reader {
    /// A page that did not stop its daemon leaves none behind.
    fn drop(&mut self) {
        let asked = Connection::open(&self.scratch.socket()).and_then(|mut daemon| daemon.get("/status"));
        if let Some(process) = asked.ok().and_then(|answer| answer.json()["pid"].as_u64()) {
            kill(u32::try_from(process).unwrap());
        }
    }
}
