//! API keys and roles, and how they are changed (semantics rule 20). Nobody gives away what they do not hold: not by a key, not by a role,
//! not by the new secret of a key that may do more. Of a secret only its keyed digest is known here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use panotti_protocol::api::KeyState;
use panotti_protocol::key::KeyId;
use panotti_protocol::limits::{KEY_LIFE_MAX, KEY_OVERLAP_MAX};
use panotti_protocol::network::Network;
use panotti_protocol::notice;
use panotti_protocol::permission::Permission;
use panotti_protocol::time::Timestamp;

use crate::action::{Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, Refusal};
use crate::granter::Granter;
use crate::limits::{API_KEYS_MAX, ROLES_MAX};
use crate::permission::Grants;
use crate::roles::{StoredRole, built_in, is_built_in};

/// Takes what is in force, at once and as a whole.
pub trait Gatekeeper: Send + Sync {
    /// From now on this is in force.
    fn replace(&self, access: Arc<Access>);
}

/// A key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Which.
    pub id: KeyId,
    /// Its name, which it shares only with the key that replaces it.
    pub name: String,
    /// The role.
    pub role: String,
    /// What the role is narrowed to; empty for all of it.
    pub scope: Vec<Permission>,
    /// Where it may be used from; empty for everywhere.
    pub networks: Vec<Network>,
    /// For people.
    pub label: String,
    /// Keyed digest of the secret.
    pub verifier: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When somebody has ended it.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// The key whose place it has taken.
    pub replaces: Option<KeyId>,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKey").field("id", &self.id).field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

impl StoredKey {
    /// Whether it lets anybody in.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// When it was over, or will be.
    pub fn over_at(&self) -> Timestamp {
        self.revoked_at.map_or(self.expires_at, |revoked| revoked.min(self.expires_at))
    }
}

/// Everything of keys and roles that is in the store.
#[derive(Debug, Clone, Default)]
pub struct StoredAccess {
    /// Every key.
    pub keys: Vec<StoredKey>,
    /// The user's own roles.
    pub roles: Vec<StoredRole>,
}

/// The keys and the roles. Bounded: see [`API_KEYS_MAX`] and [`ROLES_MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// By id.
    pub keys: BTreeMap<KeyId, Arc<StoredKey>>,
    /// The user's own, by name.
    pub roles: BTreeMap<String, Arc<StoredRole>>,
}

impl Access {
    /// As the store has it.
    pub fn load(stored: StoredAccess) -> Self {
        Self {
            keys: stored.keys.into_iter().map(|key| (key.id, Arc::new(key))).collect(),
            roles: stored.roles.into_iter().map(|role| (role.name.clone(), Arc::new(role))).collect(),
        }
    }

    /// What a role allows and denies.
    pub fn role(&self, name: &str) -> Option<Grants> {
        built_in(name).or_else(|| self.roles.get(name).map(|role| role.grants.clone()))
    }

    /// What a key may do. Without its role, nothing.
    pub fn grants_of(&self, key: &StoredKey) -> Grants {
        self.role(&key.role).unwrap_or_default().within(&key.scope)
    }

    /// Where a key stands.
    pub fn state_of(&self, key: &StoredKey, now: Timestamp) -> KeyState {
        if key.revoked_at.is_some() {
            KeyState::Revoked
        } else if key.expires_at <= now {
            KeyState::Expired
        } else if self.is_replaced(key.id) {
            KeyState::Replaced
        } else {
            KeyState::Active
        }
    }

    fn is_replaced(&self, id: KeyId) -> bool {
        self.keys.values().any(|other| other.replaces == Some(id))
    }

    /// The key that an id or a name stands for: of several with one name the one that nothing has ended or replaced, else the newest.
    pub fn find(&self, id_or_name: &str) -> Option<&Arc<StoredKey>> {
        let by_id = id_or_name.parse().ok().and_then(|id: KeyId| self.keys.get(&id));
        let named = self.keys.values().filter(|key| key.name == id_or_name);
        by_id.or_else(|| named.max_by_key(|key| (key.revoked_at.is_none() && !self.is_replaced(key.id), key.created_at)))
    }

    /// Keys in force that have a role.
    pub fn keys_with(&self, role: &str, now: Timestamp) -> usize {
        self.keys.values().filter(|key| key.role == role && key.is_in_force(now)).count()
    }
}

/// A change.
#[derive(Debug, Clone)]
pub enum AccessCommand {
    /// Make a key. When it was made and when it is over is set when it is stored.
    CreateKey {
        /// The key.
        key: StoredKey,
        /// How long it lasts.
        life: Duration,
        /// Who asks.
        granter: Granter,
    },
    /// Put a key with another secret in a key's place.
    RotateKey {
        /// Which, and what comes.
        rotation: Rotation,
        /// Who asks.
        granter: Granter,
    },
    /// End a key.
    RevokeKey {
        /// Which.
        id: KeyId,
        /// And all others of its name: the old secret of one that was rotated too.
        whole_name: bool,
        /// Who asks.
        granter: Granter,
    },
    /// A key was used.
    KeyUsed {
        /// Which.
        id: KeyId,
        /// When.
        at: Timestamp,
    },
    /// Make a role.
    CreateRole {
        /// The role.
        role: StoredRole,
        /// Who asks.
        granter: Granter,
    },
    /// Change what a role allows and denies.
    SetRole {
        /// The role as it shall be.
        role: StoredRole,
        /// Who asks.
        granter: Granter,
    },
    /// Remove a role that no key in force has.
    RemoveRole {
        /// Its name.
        name: String,
        /// Who asks.
        granter: Granter,
    },
    /// Many attempts to get in have failed.
    Alarm {
        /// Within a minute.
        attempts: u32,
        /// Where the last one came from.
        source: String,
    },
}

/// A key with another secret in the place of a key.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The old one.
    pub old: KeyId,
    /// The new one's id.
    pub new: KeyId,
    /// Keyed digest of the new one's secret.
    pub verifier: [u8; 32],
    /// How long the new one lasts.
    pub life: Duration,
    /// How long the old one stays in force.
    pub overlap: Duration,
}

/// What is written of keys and roles.
#[derive(Debug, Clone)]
pub enum AccessWrite {
    /// A key, new or changed.
    Key(Arc<StoredKey>),
    /// A key that has been over for longest makes room.
    ForgetKey(KeyId),
    /// When a key was used last.
    KeyUsed(KeyId, Timestamp),
    /// A role, new or changed.
    Role(Arc<StoredRole>),
    /// A role is gone.
    RemoveRole(String),
}

/// Why a change of keys or roles was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessRefusal {
    /// Another key in force has the name.
    #[error("there is a key `{0}` already")]
    KeyExists(String),
    /// No such key.
    #[error("there is no key `{0}`")]
    NoSuchKey(KeyId),
    /// It is over, and nothing takes its place.
    #[error("the key `{0}` is over")]
    KeyOver(String),
    /// No such role.
    #[error("there is no role `{0}`")]
    NoSuchRole(String),
    /// Another role has the name.
    #[error("there is a role `{0}` already")]
    RoleExists(String),
    /// It comes with Panotti.
    #[error("the role `{0}` comes with Panotti and cannot be changed")]
    RoleBuiltIn(String),
    /// Keys have it.
    #[error("{keys} keys in force have the role `{role}`")]
    RoleInUse {
        /// The role.
        role: String,
        /// How many.
        keys: usize,
    },
    /// Whoever asks does not hold it.
    #[error("{actor} does not hold `{missing}` and cannot give it away")]
    Exceeds {
        /// Who asks.
        actor: String,
        /// What is missing.
        missing: Permission,
    },
    /// Whoever asks came with a key that has ended since.
    #[error("the key of {0} is in force no longer")]
    GranterOver(String),
    /// Whoever asks has a key that is bound to networks, and the key asked for would not be.
    #[error("{actor} is bound to {networks}, and so is every key that it makes")]
    ExceedsNetworks {
        /// Who asks.
        actor: String,
        /// What it is bound to.
        networks: String,
    },
}

impl AccessCommand {
    /// Who asks; nobody where the daemon itself does.
    fn granter(&mut self) -> Option<&mut Granter> {
        match self {
            Self::CreateKey { granter, .. }
            | Self::RotateKey { granter, .. }
            | Self::RevokeKey { granter, .. }
            | Self::CreateRole { granter, .. }
            | Self::SetRole { granter, .. }
            | Self::RemoveRole { granter, .. } => Some(granter),
            Self::KeyUsed { .. } | Self::Alarm { .. } => None,
        }
    }
}

impl Bus {
    /// Keys and roles in force.
    pub fn access(&self) -> &Arc<Access> {
        &self.access
    }

    pub(crate) fn change_access(&mut self, mut command: AccessCommand, step: &mut Step) -> Answer {
        if let Some(granter) = command.granter()
            && let Err(refusal) = granter.as_of_now(&self.access, self.now)
        {
            return Answer::Refused(refusal);
        }
        let done = match command {
            AccessCommand::CreateKey { key, life, granter } => self.create_key(key, life, granter, step),
            AccessCommand::RotateKey { rotation, granter } => self.rotate_key(&rotation, granter, step),
            AccessCommand::RevokeKey { id, whole_name, granter } => self.revoke_key(id, whole_name, &granter, step),
            AccessCommand::KeyUsed { id, at } => {
                step.writes.push(Write::Access(Box::new(AccessWrite::KeyUsed(id, at))));
                Ok(1)
            }
            AccessCommand::CreateRole { role, granter } => self.create_role(role, granter, step),
            AccessCommand::SetRole { role, granter } => self.set_role(role, granter, step),
            AccessCommand::RemoveRole { name, granter } => self.remove_role(&name, granter, step),
            AccessCommand::Alarm { attempts, source } => {
                self.own_event(notice::KEYS_REFUSED, notice::keys_refused(attempts, source), step);
                Ok(1)
            }
        };
        done.map_or_else(Answer::Refused, Answer::Changed)
    }

    fn create_key(&mut self, key: StoredKey, life: Duration, granter: Granter, step: &mut Step) -> Result<u64, Refusal> {
        let role = self.access.role(&key.role).ok_or_else(|| AccessRefusal::NoSuchRole(key.role.clone()))?;
        granter.holds(&role.within(&key.scope))?;
        granter.reaches(&key.networks)?;
        if self.access.keys.values().any(|known| known.name == key.name && known.is_in_force(self.now)) {
            return Err(AccessRefusal::KeyExists(key.name).into());
        }
        self.make_room_for_key(step)?;
        let key =
            StoredKey { created_at: self.now, expires_at: granter.at_most(self.now + life.min(KEY_LIFE_MAX)), revoked_at: None, ..key };
        let mut detail = format!("{} role {} until {}", key.id, key.role, key.expires_at);
        if !key.scope.is_empty() {
            detail.push_str(&format!(" scope {}", written(&key.scope)));
        }
        if !key.networks.is_empty() {
            detail.push_str(&format!(" from {}", written(&key.networks)));
        }
        step.writes.push(granter.entry("key.create", &key.name, detail));
        self.keep_key(key, step);
        Ok(1)
    }

    fn rotate_key(&mut self, rotation: &Rotation, granter: Granter, step: &mut Step) -> Result<u64, Refusal> {
        let Rotation { old, new, verifier, life, overlap } = *rotation;
        let key = self.access.keys.get(&old).cloned().ok_or(AccessRefusal::NoSuchKey(old))?;
        if self.access.state_of(&key, self.now) != KeyState::Active {
            return Err(AccessRefusal::KeyOver(key.name.clone()).into());
        }
        granter.holds(&self.access.grants_of(&key))?;
        granter.reaches(&key.networks)?;
        self.make_room_for_key(step)?;
        let ends = key.expires_at.min(self.now + overlap.min(KEY_OVERLAP_MAX));
        let next = StoredKey {
            id: new,
            verifier,
            created_at: self.now,
            created_by: granter.actor.clone(),
            expires_at: granter.at_most(self.now + life.min(KEY_LIFE_MAX)),
            last_used_at: None,
            replaces: Some(old),
            ..(*key).clone()
        };
        step.writes.push(granter.entry("key.rotate", &key.name, format!("{old} ends {ends}; {new} until {}", next.expires_at)));
        self.keep_key(StoredKey { expires_at: ends, ..(*key).clone() }, step);
        self.keep_key(next, step);
        Ok(1)
    }

    fn revoke_key(&mut self, id: KeyId, whole_name: bool, granter: &Granter, step: &mut Step) -> Result<u64, Refusal> {
        let named = self.access.keys.get(&id).cloned().ok_or(AccessRefusal::NoSuchKey(id))?;
        let meant = |key: &&Arc<StoredKey>| key.is_in_force(self.now) && (key.id == id || (whole_name && key.name == named.name));
        let ended: Vec<Arc<StoredKey>> = self.access.keys.values().filter(meant).cloned().collect();
        let number = ended.len() as u64;
        for key in ended {
            step.writes.push(granter.entry("key.revoke", &key.name, key.id.to_string()));
            self.keep_key(StoredKey { revoked_at: Some(self.now), ..(*key).clone() }, step);
        }
        Ok(number)
    }

    /// Where all room is taken, the key that has been over for longest is forgotten; the audit still knows it.
    fn make_room_for_key(&mut self, step: &mut Step) -> Result<(), Refusal> {
        if self.access.keys.len() < API_KEYS_MAX {
            return Ok(());
        }
        let over = self.access.keys.values().filter(|key| !key.is_in_force(self.now)).min_by_key(|key| key.over_at());
        let id = over.map(|key| key.id).ok_or(Refusal::TooMany { what: "keys", limit: API_KEYS_MAX })?;
        Arc::make_mut(&mut self.access).keys.remove(&id);
        step.writes.push(Write::Access(Box::new(AccessWrite::ForgetKey(id))));
        Ok(())
    }

    fn keep_key(&mut self, key: StoredKey, step: &mut Step) {
        let key = Arc::new(key);
        step.writes.push(Write::Access(Box::new(AccessWrite::Key(Arc::clone(&key)))));
        Arc::make_mut(&mut self.access).keys.insert(key.id, key);
    }

    fn create_role(&mut self, role: StoredRole, granter: Granter, step: &mut Step) -> Result<u64, Refusal> {
        if is_built_in(&role.name) || self.access.roles.contains_key(&role.name) {
            return Err(AccessRefusal::RoleExists(role.name).into());
        }
        if self.access.roles.len() >= ROLES_MAX {
            return Err(Refusal::TooMany { what: "roles", limit: ROLES_MAX });
        }
        granter.holds(&role.grants)?;
        self.keep_role("role.create", role, granter, step);
        Ok(1)
    }

    fn set_role(&mut self, role: StoredRole, granter: Granter, step: &mut Step) -> Result<u64, Refusal> {
        let known = self.own_role(&role.name)?;
        if known.grants == role.grants {
            return Ok(0);
        }
        granter.holds(&role.grants)?;
        granter.may_lift(&known.grants, &role.grants)?;
        self.keep_role("role.set", role, granter, step);
        Ok(1)
    }

    fn remove_role(&mut self, name: &str, granter: Granter, step: &mut Step) -> Result<u64, Refusal> {
        let known = self.own_role(name)?;
        let keys = self.access.keys_with(name, self.now);
        if keys > 0 {
            return Err(AccessRefusal::RoleInUse { role: name.to_owned(), keys }.into());
        }
        granter.may_lift(&known.grants, &Grants::default())?;
        step.writes.push(granter.entry("role.remove", name, shown(&known.grants)));
        step.writes.push(Write::Access(Box::new(AccessWrite::RemoveRole(name.to_owned()))));
        Arc::make_mut(&mut self.access).roles.remove(name);
        Ok(1)
    }

    fn own_role(&self, name: &str) -> Result<Arc<StoredRole>, Refusal> {
        if is_built_in(name) {
            return Err(AccessRefusal::RoleBuiltIn(name.to_owned()).into());
        }
        self.access.roles.get(name).cloned().ok_or_else(|| AccessRefusal::NoSuchRole(name.to_owned()).into())
    }

    fn keep_role(&mut self, action: &str, role: StoredRole, granter: Granter, step: &mut Step) {
        let role = Arc::new(StoredRole { changed_by: granter.actor.clone(), changed_at: self.now, ..role });
        step.writes.push(granter.entry(action, &role.name, shown(&role.grants)));
        step.writes.push(Write::Access(Box::new(AccessWrite::Role(Arc::clone(&role)))));
        Arc::make_mut(&mut self.access).roles.insert(role.name.clone(), role);
    }
}

pub(crate) fn written<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}

fn shown(grants: &Grants) -> String {
    if grants.deny.is_empty() {
        return format!("allow {}", written(&grants.allow));
    }
    format!("allow {} deny {}", written(&grants.allow), written(&grants.deny))
}

#[cfg(test)]
#[path = "access_test.rs"]
mod tests;
