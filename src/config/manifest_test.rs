//! Manifests that hold and manifests that don't, as their writers see them.

use super::*;

fn folder(name: &str, files: &[(&str, &str)]) -> (tempfile::TempDir, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join(name);
    std::fs::create_dir(&folder).unwrap();
    for (file, content) in files {
        std::fs::write(folder.join(file), content).unwrap();
        let mode = if content.starts_with("#!") { 0o755 } else { 0o644 };
        std::fs::set_permissions(folder.join(file), std::fs::Permissions::from_mode(mode)).unwrap();
    }
    (outer, folder)
}

fn told(result: Result<Manifest, Vec<FailurePart>>) -> Vec<String> {
    result.unwrap_err().iter().map(|part| format!("{} {} | {}", part.pointer, part.detail, part.next)).collect()
}

#[test]
fn the_original_servers_five_keys_load_unchanged() {
    let yaml = "name: noise_reduction\nversion: 1.0.0\nenabled: false\ndependencies: []\nconfig:\n  level: 0.5\n  nested: {a: [1, x]}\n";
    let (_outer, folder) = folder("noise_reduction", &[("plugin.yaml", yaml), ("plugin.py", "")]);

    let manifest = validate_folder(&folder).unwrap();

    assert!(!manifest.enabled);
    assert_eq!(manifest.runtime, Runtime::Python);
    assert_eq!(manifest.start, Start::Entry("plugin.py".to_owned()));
    assert_eq!(serde_json::to_value(&manifest.config).unwrap(), serde_json::json!({"level": 0.5, "nested": {"a": [1, "x"]}}));
    assert_eq!(manifest.on, None);
}

#[test]
fn every_supported_key_is_read() {
    let yaml = r#"
manifest: 1
name: word-count
version: 0.1.0
dependencies: ["noise-reduction >=1.2 <2", speech]
api: ">=1 <2"
description: Counts words
command: ["node", "main.js"]
on:
  - topic: "recording.**"
    name: count
    concurrency: 7
    on_disabled: skip
    key: data.id
    on_dead: block
    priority: strict
    where: "data.n > 1 && type != 'a'"
  - { topic: recording.ended }
emits: [words.counted]
retry: { max: 0, first: 10ms, factor: 1, cap: 2m }
limits: { timeout: 90s, start: 10s }
x-note: anything
"#;
    let (_outer, folder) = folder("word-count", &[("plugin.yaml", yaml)]);

    let manifest = validate_folder(&folder).unwrap();

    let on = manifest.on.clone().unwrap();
    assert_eq!(
        (on[0].name.as_str(), on[0].topic.as_str(), on[0].concurrency, on[0].on_disabled),
        ("count", "recording.>", 7, OnDisabled::Skip)
    );
    assert_eq!((on[0].filter.as_deref(), &on[1].filter), (Some("data.n > 1 && type != 'a'"), &None));
    assert_eq!((on[0].key.as_deref(), on[0].on_dead), (Some("data.id"), OnDead::Block));
    assert_eq!((on[1].name.as_str(), on[1].concurrency), ("recording.ended", 4));
    assert_eq!((on[1].key.as_deref(), on[1].on_dead), (None, OnDead::Continue));
    assert_eq!((on[0].turns, on[1].turns), (Turns::Strict, Turns::Weighted));
    assert_eq!(manifest.dependencies[0].to_string(), "noise-reduction >=1.2 <2");
    assert!(satisfies(&manifest.dependencies[0], "1.2.0") && !satisfies(&manifest.dependencies[0], "2.0.0"));
    assert!(satisfies(&manifest.dependencies[1], "0.0.1"));
    assert_eq!((manifest.limits.timeout_ms, manifest.limits.start_ms, manifest.retry.max), (90_000, 10_000, 0));
    assert_eq!(incompatible(&manifest), None);
    assert_eq!(
        incompatible(&Manifest { api: Some(">=2".to_owned()), ..manifest }).unwrap(),
        "it needs plugin protocol `>=2`; this daemon speaks 1"
    );
}

#[test]
fn all_problems_are_told_at_once_each_with_its_place_and_what_to_do() {
    let yaml = r#"nmae: word-count
name: word-counter
version: 1.2
api: newest
runtime: pyhton
entry: ../plugin.py
dependencies: [Speech]
on:
  - { topic: recording.ended, where: dta.n > 1 }
  - { topic: recording.ended }
  - { topics: x }
permissions: { net: any }
limits: { memory: 256MB, timeout: 0 }
retry: { max: 26 }
"#;
    let (_outer, folder) = folder("word-count", &[("plugin.yaml", yaml)]);

    let told = told(validate_folder(&folder));

    let expected = [
        "plugin.yaml:1:1 unknown key `nmae` | did you mean `name`?",
        "plugin.yaml:2:7 the name is `word-counter`, the folder's is `word-count` | give both the same name",
        "plugin.yaml:3:10 `1.2` is not a version | write `version: 1.2.0`",
        "plugin.yaml:4:6 `newest` is not a range of versions",
        "plugin.yaml:5:10 `pyhton` is none of python, node, native, exec | did you mean `python`?",
        "plugin.yaml:6:8 `../plugin.py` leads out of the plugin's folder | name a file inside it",
        "plugin.yaml:7:16 `Speech` is not a dependency | write `name` or `name >=1.2`",
        "plugin.yaml:9:38 the filter does not hold at its column 1: there is no `dta` | did you mean `data`?",
        "plugin.yaml:10:5 two entries of `on` are named `recording.ended`, the first in line 9 | give one of them another `name:`",
        "plugin.yaml:11:5 `on[2].topic` is missing | ",
        "plugin.yaml:11:7 unknown key `on[2].topics` | did you mean `on[2].topic`?",
        "plugin.yaml:12:21 this version does not do `permissions.net` yet | leave the key out",
        "plugin.yaml:13:19 this version does not do `limits.memory` yet | leave the key out",
        "plugin.yaml:13:35 0 is no time at all | write a duration such as \"30s\"",
        "plugin.yaml:14:15 expected a whole number from 0 to 25, found `26` | ",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "told:     {told}\nexpected: {expected}");
    }
}

#[test]
fn the_folder_has_to_have_what_the_manifest_names() {
    /// Names and contents.
    type Files = &'static [(&'static str, &'static str)];
    let cases: [(&str, Files, &str); 6] = [
        (
            "name: other\nversion: 0.1.0\nentry: plugin.py\n",
            &[("plugin.py", "")],
            "plugin.yaml:1:7 the name is `other`, the folder's is `p` | give both the same name",
        ),
        (
            "name: p\nversion: 0.1.0\n",
            &[],
            "plugin.yaml:1:1 `entry` is missing | name the file that is run, for example `entry: plugin.py`",
        ),
        (
            "name: p\nversion: 0.1.0\nentry: run.py\n",
            &[],
            "plugin.yaml:3:8 there is no file `run.py` in the plugin's folder | correct the name, or add the file",
        ),
        (
            "name: p\nversion: 0.1.0\nentry: /bin/sh\n",
            &[],
            "plugin.yaml:3:8 `/bin/sh` leads out of the plugin's folder | name a file inside it",
        ),
        ("name: p\nversion: 0.1.0\nentry: run\n", &[("run", "")], "plugin.yaml:3:8 `run` is not executable | run `chmod +x "),
        ("name: p\nversion: 0.1.0\nentry: run.sh\n", &[("run.sh", "#!/bin/sh\n")], "plugin.yaml:1:1 `on` is missing"),
    ];
    for (yaml, files, expected) in cases {
        let (_outer, folder) = folder("p", &[files, &[("plugin.yaml", yaml)]].concat());
        let told = told(validate_folder(&folder));
        assert!(told.len() == 1 && told[0].starts_with(expected), "{told:#?}\nexpected {expected}");
    }
    let (_outer, folder) = folder("p", &[]);
    assert!(told(validate_folder(&folder))[0].starts_with("plugin.yaml:1:1 cannot be read"));
}

#[test]
fn a_batch_has_a_size_that_fits_the_calls_at_once_and_a_command_for_each_event_takes_none() {
    let read = |lines: &str, file: &str, content: &str| {
        let yaml = format!("name: p\nversion: 0.1.0\n{lines}\n");
        let (_outer, folder) = folder("p", &[("plugin.yaml", &yaml), (file, content)]);
        validate_folder(&folder)
    };
    let python = |on: &str| read(on, "plugin.py", "");

    assert_eq!(python("on: [{topic: a.b, batch: 100}]").unwrap().on.unwrap()[0].batch, Some(100));
    assert_eq!(python("on: [{topic: a.b, concurrency: 256, batch: 1}]").unwrap().on.unwrap()[0].batch, Some(1));
    assert!(told(python("on: [{topic: a.b, batch: 101}]"))[0].contains("100"));
    assert!(told(python("on: [{topic: a.b, batch: 0}]"))[0].contains("1"));
    assert_eq!(
        told(python("on: [{topic: a.b, concurrency: 8, batch: 100}]")),
        [
            "plugin.yaml:3:42 batches of 100 in 8 calls at once are more than 400 deliveries in flight | write `concurrency: 4` beside it, or a smaller batch"
        ]
    );
    let refused = told(read("on: [{topic: a.b, batch: 10}]", "plugin.sh", "#!/bin/sh\n"));
    assert_eq!(
        refused,
        [
            "plugin.yaml:1:1 `on` gives `a.b` batches, and a command is run for each event | leave `batch` out, or write a plugin that stays: `runtime: python`, `node` or `native`"
        ]
    );
}
