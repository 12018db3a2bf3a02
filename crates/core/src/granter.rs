//! Who changes keys and roles, and what it can give away: nothing that it does not hold, for no longer than it lasts, to nowhere that it
//! may not come from itself (semantics rule 20).

use std::sync::Arc;

use panotti_protocol::network::Network;
use panotti_protocol::permission::{Permission, Resource, Verb};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::TopicPattern;

use crate::access::{Access, AccessRefusal, StoredKey, written};
use crate::action::Write;
use crate::command::AuditEntry;
use crate::permission::Grants;
use crate::refusal::Refusal;

/// Who asks for a change.
#[derive(Debug, Clone)]
pub struct Granter {
    /// The principal.
    pub actor: String,
    /// What it holds: it can give away nothing else.
    pub grants: Arc<Grants>,
    /// The key it came with, where it came with one.
    pub key: Option<Arc<StoredKey>>,
    /// Why, as the person said. Empty where nothing was said.
    pub reason: String,
}

impl Granter {
    /// What its key is now, which is not what it was when the request began: other commands were before it.
    pub(crate) fn as_of_now(&mut self, access: &Access, now: Timestamp) -> Result<(), Refusal> {
        let Some(key) = &self.key else { return Ok(()) };
        let present = access.keys.get(&key.id).filter(|key| key.is_in_force(now));
        let present = present.ok_or_else(|| AccessRefusal::GranterOver(self.actor.clone()))?;
        (self.grants, self.key) = (Arc::new(access.grants_of(present)), Some(Arc::clone(present)));
        if self.grants.allows_some(Verb::Manage, Resource::Keys) {
            return Ok(());
        }
        let missing = Permission::new(Verb::Manage, Resource::Keys, TopicPattern::everything());
        Err(AccessRefusal::Exceeds { actor: self.actor.clone(), missing }.into())
    }

    pub(crate) fn holds(&self, grants: &Grants) -> Result<(), Refusal> {
        match self.grants.missing_of(grants) {
            None => Ok(()),
            Some(missing) => Err(AccessRefusal::Exceeds { actor: self.actor.clone(), missing }.into()),
        }
    }

    /// Whoever has several roles is held back by what any of them denies: that goes only where it is held without it.
    pub(crate) fn may_lift(&self, before: &Grants, after: &Grants) -> Result<(), Refusal> {
        let stays = |denied: &&_| !after.deny.iter().any(|still| still.contains(denied));
        self.holds(&Grants { allow: before.deny.iter().filter(stays).cloned().collect(), deny: Vec::new() })
    }

    /// Whether a key for these networks may be made: none for everywhere.
    pub(crate) fn reaches(&self, networks: &[Network]) -> Result<(), Refusal> {
        let own = self.key.as_ref().map_or(&[][..], |key| &key.networks);
        let within = |network: &Network| own.iter().any(|own| own.covers(network));
        if own.is_empty() || (!networks.is_empty() && networks.iter().all(within)) {
            return Ok(());
        }
        Err(AccessRefusal::ExceedsNetworks { actor: self.actor.clone(), networks: written(own) }.into())
    }

    /// When a key ends that is to last until then: not after the one that it is made with.
    pub(crate) fn at_most(&self, until: Timestamp) -> Timestamp {
        self.key.as_ref().map_or(until, |key| until.min(key.expires_at))
    }

    pub(crate) fn entry(&self, action: &str, object: &str, detail: String) -> Write {
        let (actor, reason) = (self.actor.clone(), self.reason.clone());
        Write::Audit(AuditEntry { actor, action: action.to_owned(), object: object.to_owned(), reason, detail })
    }
}
