//! Safety S5: what cannot be written into the audit does not happen.

use panotti_core::action::Write;
use panotti_core::command::Switch;
use panotti_protocol::time::Timestamp;
use rusqlite::Connection;

use super::store::{entry, open, write};

/// Changes that are tried.
const CHANGES: u64 = 1_000;

#[test]
fn rule_21_a_change_that_cannot_be_audited_does_not_happen() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder);
    let before = write(&mut store, 1..=3).unwrap();
    let other = Connection::open(folder.path().join("panotti.db")).unwrap();
    other
        .execute_batch("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'the audit cannot be written'); END")
        .unwrap();

    for number in 0..CHANGES {
        let switch = Switch {
            plugin: format!("plugin-{number}"),
            enabled: false,
            on_disabled: None,
            actor: "user:ana".to_owned(),
            reason: String::new(),
        };
        let step = [Write::Switch(switch), Write::Audit(entry(number))];
        assert!(store.commit(&step, Timestamp::from_ms(9_000)).is_err());
    }

    let count = |table: &str| other.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, u64>(0)).unwrap();
    assert_eq!((count("plugins"), count("audit")), (0, 3));
    assert_eq!(*store.audit_head().borrow(), before, "and nobody was told otherwise");
    other.execute_batch("DROP TRIGGER broken").unwrap();
    assert_eq!(write(&mut store, 4..=4).unwrap().number, 4, "the chain goes on where it was");
}
