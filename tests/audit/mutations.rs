//! Safety S4: whatever somebody does to the table of the audit while no daemon runs, verification finds it, and names the first bad record.
//! `PANOTTI_AUDIT_MUTATIONS=10000` tries so many; `PANOTTI_AUDIT_SEED` repeats a run.

use panotti::audit::chain::{self, ChainHead};
use panotti::audit::note::{KEY_BYTES, Note, Signer, parse};
use panotti::audit::verify::{Checkpoints, Verifier};
use panotti::daemon::store::sqlite::audit;
use panotti_protocol::api::{AuditProblem, AuditRecord};
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, params};

use super::store::{open, store_id, write};
use crate::support::random::Random;

const RECORDS: u64 = 60;
/// Mutations where nobody asks for more.
const MUTATIONS: u64 = 400;

const COLUMNS: [&str; 13] =
    ["entry", "at_ms", "actor", "key", "peer", "action", "object", "decision", "reason", "detail", "request", "previous_hash", "hash"];

/// What is done to the table. Each says the first record that is bad afterwards.
#[derive(Debug, Clone, Copy)]
enum Mutation {
    Edit,
    EditAndHashAnew,
    Insert,
    InsertAtTheEnd,
    Delete,
    Reorder,
    Truncate,
    RestoreOld,
}

const ALL: [Mutation; 8] = [
    Mutation::Edit,
    Mutation::EditAndHashAnew,
    Mutation::Insert,
    Mutation::InsertAtTheEnd,
    Mutation::Delete,
    Mutation::Reorder,
    Mutation::Truncate,
    Mutation::RestoreOld,
];

fn verified(connection: &Connection, notes: &[Note], signer: &Signer) -> Result<u64, AuditProblem> {
    let mut verifier = Verifier::new(ChainHead::empty(store_id()), Checkpoints::new(notes, &signer.public()));
    let mut place = 0;
    loop {
        let records = audit::after(connection, place, 16).unwrap();
        records.iter().try_for_each(|record| verifier.take(record))?;
        match records.last() {
            Some(last) if records.len() == 16 => place = last.number,
            _ => return verifier.finish().map(|()| verifier.records),
        }
    }
}

fn all(connection: &Connection) -> Vec<AuditRecord> {
    audit::after(connection, 0, 1_000).unwrap()
}

/// Writes a record over the one with its number, or where there is none.
fn put(connection: &Connection, record: &AuditRecord) {
    let hash = |text: &str| chain::from_hexadecimal(text).unwrap().to_vec();
    let sql = "INSERT OR REPLACE INTO audit (entry, at_ms, actor, key, peer, action, object, decision, reason, detail, request, previous_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let values = params![
        record.number,
        record.at.as_ms(),
        record.actor,
        record.key,
        record.peer,
        record.action,
        record.object,
        record.decision,
        record.reason,
        record.detail,
        record.request_id,
        hash(&record.previous_hash),
        hash(&record.hash)
    ];
    connection.execute(sql, values).unwrap();
}

/// Hashes the records from one on as the daemon would, so that the chain alone shows nothing.
fn hash_anew(connection: &Connection, from: u64) {
    let mut head = if from == 1 { ChainHead::empty(store_id()) } else { audit::head_at(connection, from - 1).unwrap().unwrap() };
    for mut record in all(connection).into_iter().filter(|record| record.number >= from) {
        head.append(&mut record);
        put(connection, &record);
    }
}

fn edit(connection: &Connection, number: u64, random: &mut Random) {
    let column = COLUMNS[random.below(COLUMNS.len() as u64) as usize];
    let value = match column {
        // Not onto another record: that one would be missing first.
        "entry" => format!("{}", RECORDS as i64 + 1 + random.below(1_000) as i64),
        "at_ms" => format!("at_ms {} {}", ["+", "-"][random.below(2) as usize], 1 + random.below(2_000)),
        "previous_hash" | "hash" => "randomblob(32)".to_owned(),
        "key" | "peer" | "request" => "iif(random() % 2, '', 'x')".to_owned(),
        text => ["'' || hex(randomblob(2))", "NULL_OR_CUT", "CAST(x'ff' AS TEXT)"][random.below(3) as usize]
            .replace("NULL_OR_CUT", &format!("substr({text}, 2)")),
    };
    connection.execute(&format!("UPDATE audit SET {column} = {value} WHERE entry = ?1"), [number]).unwrap();
}

/// Does it, and says which record is the first that is bad, where it can be told exactly.
fn mutate(connection: &Connection, mutation: Mutation, old: &[AuditRecord], random: &mut Random) -> Option<u64> {
    let number = 1 + random.below(RECORDS);
    let renumber = |from: u64, by: i64| {
        // Away first, so that no number is taken twice.
        connection.execute("UPDATE audit SET entry = -entry WHERE entry >= ?1", [from]).unwrap();
        connection.execute("UPDATE audit SET entry = -entry + ?1 WHERE entry < 0", [by]).unwrap();
    };
    match mutation {
        Mutation::Edit => edit(connection, number, random),
        Mutation::EditAndHashAnew => {
            connection.execute("UPDATE audit SET actor = 'user:mallory' WHERE entry = ?1", [number]).unwrap();
            hash_anew(connection, number);
            // Only the checkpoints show it, and only that it is one of those since the one before.
            return None;
        }
        Mutation::Insert => {
            // Another one than the one whose place it takes: that would be a copy of it, and the next one bad.
            let other = (number + random.below(RECORDS - 1)) % RECORDS;
            let mut record = all(connection)[other as usize].clone();
            renumber(number, 1);
            record.number = number;
            put(connection, &record);
        }
        Mutation::InsertAtTheEnd => {
            let mut record = all(connection)[random.below(RECORDS) as usize].clone();
            record.number = RECORDS + 1;
            put(connection, &record);
            return Some(RECORDS + 1);
        }
        Mutation::Delete => {
            connection.execute("DELETE FROM audit WHERE entry = ?1", [number]).unwrap();
            if random.below(2) == 0 {
                renumber(number + 1, -1);
            }
        }
        Mutation::Reorder => {
            let other = 1 + (number + random.below(RECORDS - 1)) % RECORDS;
            for (from, to) in [(number, -1), (other, number as i64), (-1_i64 as u64, other as i64)] {
                connection.execute("UPDATE audit SET entry = ?2 WHERE entry = ?1", (from as i64, to)).unwrap();
            }
            return Some(number.min(other));
        }
        Mutation::Truncate => {
            connection.execute("DELETE FROM audit WHERE entry >= ?1", [number]).unwrap();
        }
        Mutation::RestoreOld => {
            // The table as it was after some records, another history hashed onto it.
            connection.execute("DELETE FROM audit", []).unwrap();
            let kept = random.below(RECORDS);
            old.iter().take(kept as usize).for_each(|record| put(connection, record));
            let mut head = audit::head(connection, store_id()).unwrap();
            for mut record in old.iter().skip(kept as usize).take(random.below(RECORDS) as usize).cloned() {
                record.reason = "another history".to_owned();
                head.append(&mut record);
                put(connection, &record);
            }
            return None;
        }
    }
    Some(number)
}

#[test]
fn rule_21_whatever_is_done_to_the_audit_while_no_daemon_runs_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::new(store_id(), &[1; KEY_BYTES]).unwrap();
    let mut store = open(&folder);
    let mut file = String::new();
    for part in 0..3 {
        let head = write(&mut store, part * RECORDS / 3 + 1..=(part + 1) * RECORDS / 3).unwrap();
        file.push_str(&signer.sign(head, Timestamp::from_ms(5), part == 2));
    }
    store.close().unwrap();
    let notes = parse(&file);
    let connection = Connection::open(folder.path().join("panotti.db")).unwrap();
    assert_eq!(verified(&connection, &notes, &signer), Ok(RECORDS));
    let old = all(&connection);
    let number = std::env::var("PANOTTI_AUDIT_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(MUTATIONS);
    let mut random = Random::from_environment("PANOTTI_AUDIT_SEED");

    let mut found = 0;
    for round in 0..number {
        let mutation = ALL[random.below(ALL.len() as u64) as usize];
        connection.execute_batch("SAVEPOINT before").unwrap();
        let bad = mutate(&connection, mutation, &old, &mut random);
        if all(&connection) != old {
            let problem = verified(&connection, &notes, &signer).expect_err(&format!("round {round}: {mutation:?} was not found"));
            assert!(bad.is_none_or(|bad| problem.number == bad), "round {round}: {mutation:?} of {bad:?} was found as: {problem}");
            found += 1;
        }
        connection.execute_batch("ROLLBACK TO before; RELEASE before").unwrap();
    }

    println!("{found} of {number} mutations changed something, and each was found");
    assert!(found * 10 >= number * 9, "most mutations change something");
    assert_eq!(verified(&connection, &notes, &signer), Ok(RECORDS), "and the store is as it was");
}
