//! Which source of a setting wins, and what is said of each that does not hold.

use std::path::PathBuf;
use std::time::Duration;

use super::super::places::PlaceFlags;
use super::*;

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn load(&self, environment: Environment) -> Result<Loaded, Failure> {
        let flags = PlaceFlags { data: Some(self.folder.path().to_path_buf()), ..PlaceFlags::default() };
        let places = Places::find(&flags, &environment).unwrap();
        load_from(&places, &environment, &self.folder.path().join("system.yaml"), OverlaySource::File)
    }
}

fn origin(loaded: &Loaded, key: &str) -> String {
    loaded.rows().into_iter().find(|row| row.key == key).unwrap().origin
}

#[test]
fn rule_18_the_environment_counts_before_the_users_file_before_the_machines_before_the_default() {
    let world = World::new();
    world.write("system.yaml", "store: {bytes_max: 2GB, free_bytes_min: 1MiB}\nlog: {level: warn}\n");
    let user = world.write("panotti.yaml", "config_version: 1\nstore:\n  bytes_max: 3GB\nlog:\n  level: debug\n");

    let loaded = world.load(Environment::from([("PANOTTI_LOG__LEVEL", "trace")])).unwrap();

    assert_eq!(loaded.settings.log.level, "trace");
    assert_eq!(loaded.settings.store.bytes_max, 3_000_000_000);
    assert_eq!(loaded.settings.store.free_bytes_min, 1 << 20);
    assert_eq!(loaded.settings.drain, Duration::from_secs(25));
    assert_eq!(origin(&loaded, "log.level"), "PANOTTI_LOG__LEVEL");
    assert_eq!(origin(&loaded, "store.bytes_max"), format!("{}:3:14", user.display()));
    assert_eq!(origin(&loaded, "daemon.drain"), "default");
}

#[test]
fn every_problem_of_every_source_is_told_with_its_place_and_a_suggestion() {
    let world = World::new();
    world.write("system.yaml", "stroe: {}\n");
    world.write("panotti.yaml", "config_version: 9\nstore:\n  byte_max: 1GB\n  wal_bytes_max: 90\nlog: loud\n");

    let failure = world.load(Environment::from([("PANOTTI_STORE__BYTES_MXA", "1"), ("PANOTTI_UNKNOWN", "x")])).unwrap_err();

    let told: Vec<String> = failure
        .errors
        .iter()
        .map(|part| format!("{}  {}  {}", part.pointer.replace(&format!("{}/", world.folder.path().display()), ""), part.detail, part.next))
        .collect();
    assert_eq!(
        told,
        [
            "system.yaml:1:1  unknown key `stroe`  did you mean `store`?",
            "panotti.yaml:1:17  config_version is 9; this panotti understands 1  use the panotti that wrote it, or write the file anew for this one",
            "panotti.yaml:3:3  unknown key `store.byte_max`  did you mean `store.bytes_max`?",
            "panotti.yaml:4:18  store.wal_bytes_max: expected a size such as \"16MiB\", from 4MiB to 1000GB, got `90`  ",
            "panotti.yaml:5:6  `log` should be keys with values, not text  ",
            "PANOTTI_STORE__BYTES_MXA  no setting goes by this variable  did you mean `PANOTTI_STORE__BYTES_MAX`?",
        ]
    );
    assert_eq!(failure.exit, exit::INVALID);
}

#[test]
fn plugin_folders_of_a_file_count_from_the_files_own_folder() {
    let world = World::new();
    world.write("panotti.yaml", "plugins: {dirs: [mine, /srv/plugins]}\n");
    let loaded = world.load(Environment::default()).unwrap();
    assert_eq!(loaded.settings.plugin_dirs, [world.folder.path().join("mine"), PathBuf::from("/srv/plugins")]);
}

#[test]
fn a_file_that_was_named_must_be_there_and_one_that_was_not_need_not() {
    let world = World::new();
    assert!(world.load(Environment::default()).is_ok());
    let failure = world.load(Environment::from([("PANOTTI_CONFIG", "/nowhere/panotti.yaml")])).unwrap_err();
    assert!(failure.is(ErrorCode::CONFIG_UNREADABLE), "{failure}");
}

#[test]
fn rule_22_topics_have_ages_of_their_own_in_a_file_and_in_a_variable() {
    let world = World::new();
    world.write("panotti.yaml", "retention:\n  days: 10\n  topics:\n    \"load.>\": 1d\n    audit.*: 90d\n");
    let day = Duration::from_secs(86_400);
    let kept = |loaded: &Loaded, topic: &str| loaded.settings.retention.of(&topic.parse().unwrap()).0;

    let loaded = world.load(Environment::default()).unwrap();
    assert_eq!(["load.unit", "audit.made", "other"].map(|topic| kept(&loaded, topic)), [day, day * 90, day * 10]);
    let shown = loaded.rows().into_iter().find(|row| row.key == "retention.topics").unwrap();
    assert_eq!(shown.value, serde_json::json!({"audit.*": "90d", "load.>": "1d"}));

    let by_variable = world.load(Environment::from([("PANOTTI_RETENTION__TOPICS", "load.>=2h, other=1w")])).unwrap();
    let found = ["load.unit", "audit.made", "other"].map(|topic| kept(&by_variable, topic));
    assert_eq!(found, [day / 12, day * 10, day * 7], "the variable is the whole setting");
    let none = world.load(Environment::from([("PANOTTI_RETENTION__TOPICS", "none")])).unwrap();
    assert_eq!(kept(&none, "load.unit"), day * 10);
}

#[test]
fn an_age_that_does_not_hold_says_why() {
    let world = World::new();
    for (written, told) in [
        ("a..b=1d", "`a..b` is not a topic pattern: "),
        ("a=1", "got `1` for `a`"),
        ("a=1s", "from 1m to 3650d, got `1s` for `a`"),
        ("a", "got `` for `a`"),
        ("a.>=1d,a.**=2d", "`a.**` is there twice"),
    ] {
        let failure = world.load(Environment::from([("PANOTTI_RETENTION__TOPICS", written)])).unwrap_err();
        assert!(failure.errors[0].detail.contains(told), "{written}: {}", failure.errors[0].detail);
    }
    let many: Vec<String> = (1..=16).map(|days| format!("t{days}={days}d")).collect();
    let failure = world.load(Environment::from([("PANOTTI_RETENTION__TOPICS", many.join(",").as_str())])).unwrap_err();
    assert!(failure.errors[0].detail.contains("16 different ages; the most is 100 patterns and 15 ages"), "{:?}", failure.errors);
}
