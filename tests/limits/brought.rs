//! What plugins bring: manifests just below, at and just above each limit; folders; how many plugins there may be.

use std::path::Path;

use panotti::config::limits::{COMMAND_WORDS_MAX, MANIFEST_NAMES_MAX};
use panotti::config::manifest::validate_folder;
use panotti::daemon::host::discovery::discover;
use panotti::daemon::host::limits::{FILES_MAX, FOLDER_BYTES_MAX};
use panotti_protocol::limits::{
    BATCH_DELIVERIES_MAX, BATCHED_IN_FLIGHT_MAX, CONCURRENCY_MAX, MANIFEST_BYTES_MAX, PLUGINS_MAX, RETRIES_MAX,
    SUBSCRIPTIONS_PER_PLUGIN_MAX,
};

/// A folder `p` with these further lines of its manifest.
fn plugin(folder: &Path, name: &str, lines: &str) {
    let folder = folder.join(name);
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("plugin.yaml"), format!("name: {name}\nversion: 0.1.0\n{lines}")).unwrap();
    std::fs::write(folder.join("plugin.py"), "").unwrap();
}

/// Whether a manifest of these lines holds, and what is said where it does not.
fn held(lines: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    plugin(folder.path(), "p", lines);
    match validate_folder(&folder.path().join("p")) {
        Ok(_) => (true, String::new()),
        Err(problems) => (false, problems.into_iter().map(|part| part.detail).collect::<Vec<_>>().join("; ")),
    }
}

/// Lines of a manifest of some size.
type Lines<'l> = &'l dyn Fn(usize) -> String;

fn list(number: usize, item: impl Fn(usize) -> String) -> String {
    (0..number).map(item).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_limit_of_a_manifest_is_felt_below_at_and_above() {
    let head = "name: p\nversion: 0.1.0\n".len();
    let cases: [(&str, usize, Lines<'_>); 9] = [
        ("subscriptions", SUBSCRIPTIONS_PER_PLUGIN_MAX, &|n| format!("on: [{}]\n", list(n, |at| format!("{{topic: t.x{at}}}")))),
        ("calls at once", CONCURRENCY_MAX as usize, &|n| format!("on: [{{topic: t.x, concurrency: {n}}}]\n")),
        ("events of one call", BATCH_DELIVERIES_MAX as usize, &|n| format!("on: [{{topic: t.x, batch: {n}}}]\n")),
        ("events in all calls", BATCHED_IN_FLIGHT_MAX as usize, &|n| {
            // Batches of two are the smallest; what is odd is one call more than its half.
            format!("on: [{{topic: t.x, batch: 2, concurrency: {}}}]\n", n.div_ceil(2))
        }),
        ("retries", RETRIES_MAX as usize, &|n| format!("retry: {{max: {n}}}\n")),
        ("words of a command", COMMAND_WORDS_MAX, &|n| {
            format!("runtime: exec\ncommand: [{}]\non: [{{topic: t.x}}]\n", list(n, |_| "\"true\"".into()))
        }),
        ("dependencies", MANIFEST_NAMES_MAX, &|n| format!("dependencies: [{}]\n", list(n, |at| format!("d{at}")))),
        ("emits", MANIFEST_NAMES_MAX, &|n| format!("emits: [{}]\n", list(n, |at| format!("t.x{at}")))),
        ("bytes", MANIFEST_BYTES_MAX, &|n| "#".repeat(n - head)),
    ];
    for (what, limit, lines) in cases {
        for (number, expected) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            let (held, why) = held(&lines(number));
            assert_eq!(held, expected, "{what}: {number}: {why}");
        }
    }
}

#[test]
fn a_plugins_folder_and_the_number_of_plugins_have_limits() {
    let found = |folder: &Path| discover(&[folder.to_owned()]);
    for (number, expected) in [(PLUGINS_MAX - 1, PLUGINS_MAX - 1), (PLUGINS_MAX, PLUGINS_MAX), (PLUGINS_MAX + 1, PLUGINS_MAX)] {
        let folder = tempfile::tempdir().unwrap();
        (0..number).for_each(|at| plugin(folder.path(), &format!("p{at:03}"), ""));
        let names: Vec<String> = found(folder.path()).into_iter().map(|found| found.name).collect();
        assert_eq!((names.len(), names[0].as_str()), (expected, "p000"));
    }
    let of_folder = |write: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        plugin(folder.path(), "p", "");
        write(&folder.path().join("p"));
        let mut found = found(folder.path());
        found.remove(0).manifest.map(drop).map_err(|problems| problems[0].detail.clone())
    };
    // The manifest and the file that it starts are there already.
    for (files, expected) in [(FILES_MAX - 1, true), (FILES_MAX, true), (FILES_MAX + 1, false)] {
        let held = of_folder(&|folder| (2..files).for_each(|at| std::fs::write(folder.join(at.to_string()), "").unwrap()));
        assert_eq!(held.is_ok(), expected, "{files} files: {held:?}");
    }
    let manifest = "name: p\nversion: 0.1.0\n".len() as u64;
    for (bytes, expected) in [(FOLDER_BYTES_MAX - 1, true), (FOLDER_BYTES_MAX, true), (FOLDER_BYTES_MAX + 1, false)] {
        let held = of_folder(&|folder| std::fs::File::create(folder.join("large")).unwrap().set_len(bytes - manifest).unwrap());
        assert_eq!(held.is_ok(), expected, "{bytes} bytes: {held:?}");
    }
}
