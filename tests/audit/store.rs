//! A store with an audit of its own, without a daemon.

use panotti::audit::chain::ChainHead;
use panotti::daemon::store::failure::StoreResult;
use panotti::daemon::store::sqlite::connection::Durability;
use panotti::daemon::store::sqlite::writer::{LostTail, Sealing, Writer};
use panotti_core::action::Write;
use panotti_core::origin::AuditEntry;
use panotti_protocol::id::StoreId;
use panotti_protocol::time::Timestamp;

/// The store that every test here uses.
pub fn store_id() -> StoreId {
    StoreId::from_bytes([7; 16])
}

/// An entry that differs from the others by its number.
pub fn entry(number: u64) -> AuditEntry {
    AuditEntry {
        actor: "user:ana".to_owned(),
        action: "plugin.enable".to_owned(),
        object: format!("plugin-{number}"),
        reason: "a test".to_owned(),
        detail: format!("detail {number}"),
    }
}

pub fn open(folder: &tempfile::TempDir) -> Writer {
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let sealing = Sealing { keys: &folder.path().join("keys"), topics: Vec::new() };
    Writer::open(folder.path(), sealing, Durability::Full, LostTail::Refuse, store_id(), Timestamp::from_ms(1_000)).unwrap()
}

/// Writes entries, each in a step of its own, and gives how far the audit then goes.
pub fn write(store: &mut Writer, numbers: std::ops::RangeInclusive<u64>) -> StoreResult<ChainHead> {
    for number in numbers {
        store.commit(&[Write::Audit(entry(number))], Timestamp::from_ms(2_000 + number))?;
    }
    let head = *store.audit_head().borrow();
    Ok(head)
}
