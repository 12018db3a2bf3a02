//! Who has a key: the keys in force, kept in memory, so that letting somebody in reads no store. An answer takes the same time whether a
//! key is unknown or wrong. Whoever sends wrong keys is slowed.
//!
//! - [`pepper`]: what the digests of the secrets are keyed with; never in the data folder
//! - [`attempts`]: wrong keys, counted by where they come from
//! - [`rate`]: how much a key may ask for in a time
//! - [`limits`]: the figures
//! - [`notes`]: what is written down of it all: uses, to the minute, and failed attempts

pub mod attempts;
pub mod limits;
pub mod notes;
pub mod pepper;
pub mod rate;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use aws_lc_rs::{constant_time, hmac};
use panotti_core::access::{Access, Gatekeeper, StoredKey};
use panotti_core::permission::Grants;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::key::{ApiKeyText, KeyId};
use panotti_protocol::time::Timestamp;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use self::attempts::{Attempts, Source, Waits};
use self::notes::{NOTES_MAX, Note};
use self::pepper::Pepper;
use self::rate::{KeyPace, Rates};
use super::clock::Clock;

/// A key's use is written down at most so often.
const USE_NOTED: Duration = Duration::from_secs(60);
/// The expiry of keys is looked at again after this, however far away the next one is.
const EXPIRY_LOOK: Duration = Duration::from_secs(3_600);
/// Compared with where there is no such key, so that the answer takes as long.
const NOBODY: [u8; 32] = [0; 32];

/// A key that lets in, or did.
#[derive(Debug)]
pub struct KnownKey {
    /// As it is stored.
    pub stored: Arc<StoredKey>,
    /// What it may do.
    pub grants: Arc<Grants>,
    /// Cancelled when it is over or may do something else than before: what was begun with it ends.
    pub ended: CancellationToken,
    /// How much it may ask for.
    pub pace: Arc<KeyPace>,
    used: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Known {
    access: Arc<Access>,
    keys: HashMap<KeyId, Arc<KnownKey>>,
    roles_changed: CancellationToken,
}

/// Lets in whoever has a key.
#[derive(Debug)]
pub struct Gate {
    current: ArcSwap<Known>,
    pepper: Pepper,
    attempts: Mutex<Attempts>,
    clock: Clock,
    rates: Rates,
    changed: Notify,
    in_force: watch::Sender<bool>,
    notes: mpsc::Sender<Note>,
}

impl Gate {
    /// Nobody is let in yet. What is to be written down comes out of the receiver.
    pub fn new(pepper: Pepper, rates: Rates, clock: Clock) -> (Arc<Self>, mpsc::Receiver<Note>) {
        let (notes, receiver) = mpsc::channel(NOTES_MAX);
        let gate = Self {
            current: ArcSwap::default(),
            pepper,
            attempts: Mutex::default(),
            clock,
            rates,
            changed: Notify::new(),
            in_force: watch::Sender::new(false),
            notes,
        };
        (Arc::new(gate), receiver)
    }

    /// Whether any key lets in, told whenever that changes: the network is listened on for nobody else.
    pub fn any_in_force(&self) -> watch::Receiver<bool> {
        self.in_force.subscribe()
    }

    fn tell_whether_any_is_in_force(&self, now: Timestamp) {
        let any = self.current.load().keys.values().any(|known| known.stored.is_in_force(now));
        self.in_force.send_if_modified(|told| std::mem::replace(told, any) != any);
    }

    /// Keys and roles in force.
    pub fn access(&self) -> Arc<Access> {
        Arc::clone(&self.current.load().access)
    }

    /// Keys and roles in force, and what is cancelled once any role of the users' own is another: what a local user has begun by its roles
    /// ends then, and is begun again with what the roles allow by then.
    pub fn access_until_roles_change(&self) -> (Arc<Access>, CancellationToken) {
        let current = self.current.load();
        (Arc::clone(&current.access), current.roles_changed.clone())
    }

    /// When a key was used last, as far as this start of the daemon and the store know.
    pub fn last_used(&self, key: &StoredKey) -> Option<Timestamp> {
        let here = self.current.load().keys.get(&key.id).map_or(0, |known| known.used.load(Ordering::Relaxed));
        let here = (here > 0).then(|| Timestamp::from_ms(here));
        here.max(key.last_used_at)
    }

    /// Keyed digest of a secret.
    pub fn verifier(&self, key: &ApiKeyText) -> [u8; 32] {
        let mut verifier = NOBODY;
        verifier.copy_from_slice(hmac::sign(self.pepper.key(), key.secret().as_bytes()).as_ref());
        verifier
    }

    /// Lets somebody in by a key, or says why not. `address` is where it comes from; `None` on the local socket.
    ///
    /// # Errors
    /// `key.throttled` while its source has to wait; `key.invalid` otherwise.
    pub fn admit(&self, presented: &str, source: Source, address: Option<IpAddr>) -> Result<Arc<KnownKey>, Failure> {
        let now = self.clock.now();
        if let Waits::Until(until) = self.attempts().waits(source, now) {
            return Err(throttled(until, now));
        }
        match self.find(presented, address, now) {
            Ok(known) => {
                self.note_use(&known, now);
                Ok(known)
            }
            Err(why) => Err(self.failed(source, &why, now)),
        }
    }

    /// The key that a text is. What is wrong with the key itself is told only to whoever has its secret.
    fn find(&self, presented: &str, address: Option<IpAddr>, now: Timestamp) -> Result<Arc<KnownKey>, String> {
        let presented: ApiKeyText = presented.parse().map_err(|why: panotti_protocol::key::KeyInvalid| why.to_string())?;
        let current = self.current.load();
        let known = current.keys.get(&presented.id());
        let expected = known.map_or(&NOBODY, |known| &known.stored.verifier);
        let same = constant_time::verify_slices_are_equal(&self.verifier(&presented), expected).is_ok();
        let Some(known) = known.filter(|_| same) else { return Err("there is no such key".to_owned()) };
        let stored = &known.stored;
        if stored.revoked_at.is_some() {
            return Err(format!("the key `{}` was revoked", stored.name));
        }
        if !stored.is_in_force(now) {
            return Err(format!("the key `{}` has expired at {}", stored.name, stored.expires_at));
        }
        if !may_come_from(stored, address) {
            return Err(format!("the key `{}` may not be used from here", stored.name));
        }
        Ok(Arc::clone(known))
    }

    fn failed(&self, source: Source, why: &str, now: Timestamp) -> Failure {
        let counted = self.attempts().failed(source, now);
        tracing::warn!(code = %ErrorCode::KEY_INVALID, %source, why, "a key did not let in");
        if let Some(attempts) = counted.alarm {
            tracing::error!(attempts, %source, "many wrong keys within a minute");
            // A full queue means that enough is written down of the same attack.
            let _ = self.notes.try_send(Note::Alarm { source: source.to_string(), attempts });
        }
        Failure::new(ErrorCode::KEY_INVALID, why)
    }

    fn note_use(&self, known: &KnownKey, now: Timestamp) {
        let before = known.used.load(Ordering::Relaxed);
        let due = now.as_ms() >= before.saturating_add(u64::try_from(USE_NOTED.as_millis()).unwrap_or(u64::MAX));
        // Of several at once, one writes it down.
        if due && known.used.compare_exchange(before, now.as_ms(), Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            let _ = self.notes.try_send(Note::Used { id: known.stored.id, at: now });
        }
    }

    fn attempts(&self) -> std::sync::MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what was begun with a key when the key expires. Never returns.
    pub async fn watch_expiry(self: Arc<Self>) {
        loop {
            let now = self.clock.now();
            let current = self.current.load_full();
            let open = || current.keys.values().filter(|known| !known.ended.is_cancelled());
            open().filter(|known| !known.stored.is_in_force(now)).for_each(|known| known.ended.cancel());
            self.tell_whether_any_is_in_force(now);
            let next = open().map(|known| known.stored.expires_at).min();
            let look = now + EXPIRY_LOOK;
            let until = self.clock.instant(next.map_or(look, |next| next.min(look)));
            tokio::select! {
                () = tokio::time::sleep_until(until.into()) => {}
                () = self.changed.notified() => {}
            }
        }
    }
}

impl Gatekeeper for Gate {
    fn replace(&self, access: Arc<Access>) {
        let before = self.current.load_full();
        let now = self.clock.now();
        let mut keys = HashMap::with_capacity(access.keys.len());
        for (id, stored) in &access.keys {
            let grants = access.grants_of(stored);
            let known = before.keys.get(id);
            let same = known.filter(|known| *known.grants == grants && stored.is_in_force(now));
            let known = KnownKey {
                stored: Arc::clone(stored),
                grants: same.map_or_else(|| Arc::new(grants), |known| Arc::clone(&known.grants)),
                ended: same.map_or_else(CancellationToken::new, |known| known.ended.clone()),
                pace: known.map_or_else(|| Arc::new(KeyPace::new(self.rates)), |known| Arc::clone(&known.pace)),
                used: known.map_or_else(Arc::default, |known| Arc::clone(&known.used)),
            };
            keys.insert(*id, Arc::new(known));
        }
        let same_roles = before.access.roles == access.roles;
        let roles_changed = if same_roles { before.roles_changed.clone() } else { CancellationToken::new() };
        self.current.store(Arc::new(Known { access, keys, roles_changed }));
        let current = self.current.load();
        if !same_roles {
            before.roles_changed.cancel();
        }
        for (id, known) in &before.keys {
            let stays = current.keys.get(id).is_some_and(|now| Arc::ptr_eq(&now.grants, &known.grants));
            if !stays {
                known.ended.cancel();
            }
        }
        self.tell_whether_any_is_in_force(now);
        self.changed.notify_one();
    }
}

/// Whether a key may be used from an address. The local socket counts as this machine.
fn may_come_from(key: &StoredKey, address: Option<IpAddr>) -> bool {
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let addresses = address.map_or(loopback.to_vec(), |address| vec![address]);
    key.networks.is_empty() || key.networks.iter().any(|network| addresses.iter().any(|address| network.contains(*address)))
}

fn throttled(until: Timestamp, now: Timestamp) -> Failure {
    let seconds = until.since(now).as_millis().div_ceil(1_000);
    let failure =
        Failure::new(ErrorCode::KEY_THROTTLED, format!("too many wrong keys came from here; keys are looked at again in {seconds} s"));
    Failure { retry_after: u64::try_from(seconds).ok(), ..failure }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use panotti_core::access::StoredAccess;
    use panotti_core::roles::StoredRole;

    use super::*;

    const RATES: Rates = Rates { requests: 2_000, events: 100_000 };
    static NOW_MS: AtomicU64 = AtomicU64::new(1_000_000);

    fn gate() -> (Arc<Gate>, mpsc::Receiver<Note>) {
        Gate::new(Pepper::of_bytes([5; 32]), RATES, Clock::by_hand(&NOW_MS))
    }

    fn key(gate: &Gate, number: u8) -> (ApiKeyText, StoredKey) {
        let text = ApiKeyText::new(KeyId::from_random([number; 12]), [number; 32]);
        let stored = StoredKey {
            id: text.id(),
            name: format!("key-{number}"),
            role: "viewer".to_owned(),
            scope: Vec::new(),
            networks: Vec::new(),
            label: String::new(),
            verifier: gate.verifier(&text),
            created_at: Timestamp::default(),
            created_by: String::new(),
            expires_at: Timestamp::from_ms(2_000_000),
            revoked_at: None,
            last_used_at: None,
            replaces: None,
        };
        (text, stored)
    }

    fn put(gate: &Gate, keys: Vec<StoredKey>) {
        gate.replace(Arc::new(Access::load(StoredAccess { keys, roles: Vec::new() })));
    }

    const USER: Source = Source::User(7);

    #[test]
    fn a_key_lets_in_with_its_own_secret_only_and_what_is_wrong_with_it_is_told_to_its_owner_only() {
        let (gate, _notes) = gate();
        let (text, stored) = key(&gate, 1);
        let guessed = ApiKeyText::new(text.id(), [99; 32]);
        let revoked = key(&gate, 2);
        put(&gate, vec![stored, StoredKey { revoked_at: Some(Timestamp::from_ms(1)), ..revoked.1 }]);

        assert_eq!(gate.admit(text.reveal(), USER, None).unwrap().stored.name, "key-1");
        let told = |text: &str| gate.admit(text, USER, None).unwrap_err().detail;
        assert_eq!(told(guessed.reveal()), "there is no such key");
        assert_eq!(told(ApiKeyText::new(KeyId::from_random([3; 12]), [3; 32]).reveal()), "there is no such key");
        assert_eq!(told(revoked.0.reveal()), "the key `key-2` was revoked");
        assert_eq!(told(ApiKeyText::new(revoked.0.id(), [1; 32]).reveal()), "there is no such key");
        assert!(told(&text.reveal().replace("pnt_", "pnx_")).contains("pnt_"));
    }

    #[test]
    fn a_key_that_is_bound_to_networks_lets_in_from_there() {
        let (gate, _notes) = gate();
        let (text, stored) = key(&gate, 1);
        let admits = |address: &str| {
            let address: Option<IpAddr> = address.parse().ok();
            gate.admit(text.reveal(), USER, address).is_ok()
        };
        put(&gate, vec![StoredKey { networks: vec!["10.0.0.0/8".parse().unwrap()], ..stored.clone() }]);
        assert!(admits("10.3.4.5") && !admits("11.0.0.1") && !admits("the local socket"));
        put(&gate, vec![StoredKey { networks: vec!["127.0.0.1".parse().unwrap()], ..stored }]);
        assert!(admits("the local socket"));
    }

    #[test]
    fn what_a_local_user_began_by_its_roles_ends_when_a_role_changes_and_not_when_a_key_does() {
        let (gate, _notes) = gate();
        let access = |keys: Vec<StoredKey>, grants: Grants| {
            let role = StoredRole { name: "listener".to_owned(), grants, changed_by: String::new(), changed_at: Timestamp::default() };
            Arc::new(Access::load(StoredAccess { keys, roles: vec![role] }))
        };
        gate.replace(access(Vec::new(), Grants::everything()));
        let (_, roles_changed) = gate.access_until_roles_change();

        gate.replace(access(vec![key(&gate, 1).1], Grants::everything()));
        assert!(!roles_changed.is_cancelled(), "only a key came");
        gate.replace(access(Vec::new(), Grants::default()));
        assert!(roles_changed.is_cancelled());
        assert!(!gate.access_until_roles_change().1.is_cancelled(), "what begins now begins with the role as it is now");
    }

    #[test]
    fn what_was_begun_with_a_key_ends_when_it_is_revoked_or_may_do_something_else() {
        let (gate, _notes) = gate();
        let (text, stored) = key(&gate, 1);
        put(&gate, vec![stored.clone()]);
        let begun = gate.admit(text.reveal(), USER, None).unwrap().ended.clone();

        put(&gate, vec![StoredKey { expires_at: Timestamp::from_ms(3_000_000), ..stored.clone() }]);
        assert!(!begun.is_cancelled(), "it lasts longer, that is all");
        put(&gate, vec![StoredKey { role: "publisher".to_owned(), ..stored.clone() }]);
        assert!(begun.is_cancelled());
        let begun = gate.admit(text.reveal(), USER, None).unwrap().ended.clone();
        put(&gate, vec![StoredKey { revoked_at: Some(Timestamp::from_ms(1)), ..stored }]);
        assert!(begun.is_cancelled());
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        static SHOWN_MS: AtomicU64 = AtomicU64::new(1_000_000);
        let (gate, mut notes) = Gate::new(Pepper::of_bytes([5; 32]), RATES, Clock::by_hand(&SHOWN_MS));
        let (text, stored) = key(&gate, 1);
        put(&gate, vec![stored]);
        let noted = |notes: &mut mpsc::Receiver<Note>| std::iter::from_fn(|| notes.try_recv().ok()).count();

        (0..100).for_each(|_| drop(gate.admit(text.reveal(), USER, None).unwrap()));
        assert_eq!(noted(&mut notes), 1);
        SHOWN_MS.fetch_add(60_000, Ordering::SeqCst);
        (0..100).for_each(|_| drop(gate.admit(text.reveal(), USER, None).unwrap()));
        assert_eq!(noted(&mut notes), 1);
    }
}
