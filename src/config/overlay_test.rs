//! What is set is read strictly, and its file reads back.

use std::path::PathBuf;

use super::*;
use crate::config::load::{OverlaySource, load_with};
use crate::config::places::PlaceFlags;

fn places(folder: &Path) -> Places {
    let flags = PlaceFlags { data: Some(folder.to_owned()), ..PlaceFlags::default() };
    Places::find(&flags, &Environment::default()).unwrap()
}

fn overlay(pairs: &[(&str, Value)]) -> Overlay {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

#[test]
fn what_is_written_reads_back_as_settings_whatever_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path());
    let values = overlay(&[
        ("store.bytes_max", json!("2GB")),
        ("limits.connections_max", json!(99)),
        ("plugins.dirs", json!(["/srv/a: b", "more"])),
        ("retention.topics", json!({"load.>": "1d", "a.*": "2h"})),
        ("log.level", json!("debug")),
    ]);

    let read = read(&values, &Overlay::new(), &places, &Environment::default()).unwrap();
    let text = to_file(&read, 7).unwrap();
    let loaded = load_with(&places, &Environment::default(), OverlaySource::Text(&text)).unwrap();

    assert_eq!(loaded.settings.store.bytes_max, 2_000_000_000);
    assert_eq!(loaded.settings.connections_max, 99);
    assert_eq!(loaded.settings.plugin_dirs, [PathBuf::from("/srv/a: b"), folder.path().join("more")]);
    assert_eq!(loaded.settings.log.level, "debug");
    assert_eq!(from_text(&text, "overlay.yaml").unwrap(), read);
    std::fs::write(places.overlay_file(), &text).unwrap();
    assert_eq!(file_revision(&places.overlay_file()), Some(7));
}

#[test]
fn of_an_edited_text_every_section_that_is_none_is_told_with_its_place_and_what_was_probably_meant() {
    let failure = from_text("stroe: 1\nlog: info\nretention: {days: 3}\n", "your text").unwrap_err();
    let told: Vec<String> = failure.errors.iter().map(|part| format!("{} {} {}", part.pointer, part.detail, part.next)).collect();
    assert_eq!(
        told,
        ["your text:1:1 unknown key `stroe` did you mean `store`?", "your text:2:1 `log` should be keys with values, not text "]
    );
}

#[test]
fn a_key_that_is_unknown_a_value_that_does_not_hold_and_a_pinned_key_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path());
    let nothing = Overlay::new();
    let pinned = Environment::from([("PANOTTI_LOG__LEVEL", "warn")]);
    let refused =
        |key: &str, value: Value, environment: &Environment| read(&overlay(&[(key, value)]), &nothing, &places, environment).unwrap_err();

    let unknown = refused("store.byte_max", json!("1GB"), &pinned);
    assert!(unknown.is(ErrorCode::CONFIG_KEY_UNKNOWN) && unknown.next.contains("store.bytes_max"), "{unknown:?}");
    let wrong = refused("daemon.drain", json!(90), &pinned);
    assert!(wrong.is(ErrorCode::CONFIG_INVALID) && wrong.detail.contains("a duration such as"), "{wrong:?}");
    let pinned_key = refused("log.level", json!("debug"), &pinned);
    assert!(pinned_key.is(ErrorCode::CONFIG_PINNED) && pinned_key.detail.contains("PANOTTI_LOG__LEVEL"), "{pinned_key:?}");

    let before = overlay(&[("log.level", json!("debug"))]);
    assert!(read(&before, &before, &places, &pinned).is_ok(), "what was set before the variable does not stand in the way of other keys");
}

#[test]
fn null_takes_a_key_out_and_what_is_not_named_stays() {
    let before = overlay(&[("log.level", json!("debug")), ("log.files_max", json!(3))]);
    let after = merge(&before, &overlay(&[("log.level", Value::Null), ("daemon.drain", json!("1s")), ("store.bytes_max", Value::Null)]));
    assert_eq!(after, overlay(&[("log.files_max", json!(3)), ("daemon.drain", json!("1s"))]));
}

#[test]
fn a_file_is_replaced_whole_and_a_leftover_of_a_crash_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("overlay.yaml");
    std::fs::write(path.with_extension("new"), "half a li").unwrap();

    replace_file(&path, "config_version: 1\n").unwrap();

    assert_eq!(std::fs::read_to_string(&path).unwrap(), "config_version: 1\n");
    assert!(!path.with_extension("new").exists());
    remove_file(&path).unwrap();
    remove_file(&path).unwrap();
    assert_eq!(file_revision(&path), None);
}
