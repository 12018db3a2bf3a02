//! Walks the tree of commands and holds the rules of the command line.

use std::collections::BTreeSet;

use clap::Command;
use panotti::cli;

/// Every visible command with its words, and the tree built so that global flags are in all of them.
pub fn visible() -> Vec<(String, Command)> {
    let mut root = cli::command();
    root.build();
    let mut found = Vec::new();
    gather(&root, "panotti".to_owned(), &mut found);
    found
}

fn gather(command: &Command, words: String, found: &mut Vec<(String, Command)>) {
    found.push((words.clone(), command.clone()));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        gather(sub, format!("{words} {}", sub.get_name()), found);
    }
}

#[test]
fn the_tree_holds_by_claps_own_rules() {
    cli::command().debug_assert();
}

#[test]
fn every_command_says_what_it_does_and_has_an_example_that_begins_with_its_words() {
    for (words, command) in visible() {
        assert!(command.get_about().is_some_and(|about| !about.to_string().is_empty()), "`{words}` has no description");
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.contains("Examples:\n"), "`{words}` has no example");
        assert!(after.contains(&words), "no example of `{words}` shows it: {after}");
    }
}

#[test]
fn every_example_is_a_command_line_that_parses() {
    for (words, command) in visible() {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in after.lines().filter_map(|line| line.strip_prefix("  ")) {
            for part in line.split(" | ").filter(|part| part.starts_with("panotti")) {
                let plain = part.split(" > ").next().unwrap_or(part).split(" < ").next().unwrap_or(part);
                let arguments = shell_words(plain);
                let parsed = cli::command().try_get_matches_from(&arguments);
                assert!(parsed.is_ok(), "example of `{words}`: {plain}\n{}", parsed.unwrap_err());
            }
        }
    }
}

/// Splits as a shell does, single quotes only.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for character in line.chars() {
        match character {
            '\'' => {
                quoted = !quoted;
                begun = true;
            }
            ' ' if !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
            }
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

#[test]
fn no_flag_is_there_twice_and_every_flag_says_what_it_does() {
    for (words, command) in visible() {
        let (mut long, mut short) = (BTreeSet::new(), BTreeSet::new());
        for argument in command.get_arguments() {
            if let Some(name) = argument.get_long() {
                assert!(long.insert(name.to_owned()), "`{words}` has --{name} twice");
            }
            if let Some(name) = argument.get_short() {
                assert!(short.insert(name), "`{words}` has -{name} twice");
            }
            assert!(argument.get_help().is_some(), "`{words}`: {} has no help", argument.get_id());
        }
        if words != "panotti" {
            assert!(long.contains("output"), "`{words}` has no -o");
        }
    }
}

#[test]
fn help_lists_only_what_there_is() {
    let words: Vec<String> = visible().into_iter().map(|(words, _)| words).collect();
    assert!(!words.iter().any(|words| words.contains("emit")), "emit is for plugins");
    for expected in
        ["panotti event replay", "panotti replay start", "panotti plugin config set", "panotti daemon run", "panotti config path"]
    {
        assert!(words.iter().any(|words| words == expected), "{expected} is missing");
    }
}
