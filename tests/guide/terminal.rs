//! A terminal to run a command in: what it prints is what a person would see, questions are asked and answered.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::PATIENCE;

/// How wide it is, in columns: wide enough that no table of the guide is broken.
const COLUMNS: u16 = 180;
/// How long to wait for output before it is asked whether the command has ended.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// Runs a command to its end. Where it asks something (the last line ends with `? [y/N] `), the next answer is typed; where
/// there is none, only a line's end.
pub fn run(command: &mut Command, answers: &[String]) -> (String, ExitStatus) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    tcsetwinsize(&person, Winsize { ws_row: 50, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = std::ffi::OsString::from_vec(ptsname(&person, Vec::new()).unwrap().into_bytes());
    let open = || Stdio::from(OpenOptions::new().read(true).write(true).open(&name).unwrap());
    let mut child = command.stdin(open()).stdout(open()).stderr(open()).spawn().unwrap();
    // The command holds copies of its side; here they would keep the terminal from ending.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());

    let mut person = std::fs::File::from(person);
    let (mut shown, mut answers, begun) = (Vec::new(), answers.iter(), Instant::now());
    let mut has_ended = false;
    loop {
        let readable = poll(&mut [PollFd::new(&person, PollFlags::IN)], Some(&LOOK)).unwrap() > 0;
        let mut some = [0; 4096];
        // What is left is read first; a terminal that nobody holds any more answers with an error.
        let read = if readable { person.read(&mut some).unwrap_or(0) } else { 0 };
        shown.extend_from_slice(&some[..read]);
        if read > 0 && shown.ends_with(b"? [y/N] ") {
            writeln!(person, "{}", answers.next().map_or("", String::as_str)).unwrap();
        }
        if read > 0 {
            continue;
        }
        if has_ended {
            break;
        }
        has_ended = child.try_wait().unwrap().is_some();
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("not ended within {} s: {}", PATIENCE.as_secs(), String::from_utf8_lossy(&shown));
        }
    }
    (screen(&String::from_utf8_lossy(&shown)), child.wait().unwrap())
}

/// What stays on the screen of what was written to it: lines that were taken back (a progress bar) are gone, and so are colours.
fn screen(written: &str) -> String {
    let mut lines = vec![String::new()];
    let mut rest = written.chars().peekable();
    while let Some(character) = rest.next() {
        let line = lines.last_mut().expect("there is always one");
        match character {
            '\n' => lines.push(String::new()),
            // Before a line's end it moves nothing.
            '\r' if rest.peek() != Some(&'\n') => line.clear(),
            '\r' => {}
            '\u{1b}' => {
                let sequence: String = std::iter::from_fn(|| rest.next_if(|next| !next.is_alphabetic())).collect();
                match rest.next() {
                    Some('K') => line.clear(),
                    Some('A') => drop((lines.len() > 1).then(|| lines.pop())),
                    Some(_) => {}
                    None => panic!("a sequence without end: {sequence}"),
                }
            }
            other => line.push(other),
        }
    }
    lines.join("\n")
}

#[test]
fn what_was_taken_back_is_gone_and_what_was_asked_stays() {
    assert_eq!(screen("a\r\n50 %\r\u{1b}[2K100 %\r\u{1b}[2K\u{1b}[32mdone\u{1b}[0m\r\n"), "a\ndone\n");
    let (shown, status) =
        run(Command::new("sh").args(["-c", "printf 'Sure? [y/N] '; read answer; echo $answer; exit 3"]), &["yes".to_owned()]);
    assert_eq!((shown.as_str(), status.code()), ("Sure? [y/N] yes\nyes\n", Some(3)));
}
