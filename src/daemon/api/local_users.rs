//! Which users of this machine are let in over the local socket, and what they may do: the daemon's own user and root everything, others what
//! the roles allow that `socket.roles` gives them or their groups.

use panotti_core::access::Access;
use panotti_core::permission::Grants;
use panotti_protocol::failure::{ErrorCode, Failure, exit};

use super::principal::Peer;
use crate::config::local_users::{LocalUser, SocketSettings};
use crate::config::user::{group_id, groups_of, user_id};

/// Who is let in. Names are looked up when the daemon starts.
#[derive(Debug)]
pub struct LocalUsers {
    own: u32,
    group: Option<u32>,
    roles: Vec<(Whom, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    User(u32),
    Group(u32),
}

impl LocalUsers {
    /// As the settings say.
    ///
    /// # Errors
    /// `config.invalid` where they name a user or a group that this machine does not know.
    pub fn new(settings: &SocketSettings) -> Result<Self, Failure> {
        let mut roles = Vec::with_capacity(settings.roles.len());
        for entry in &settings.roles {
            let whom = match &entry.whom {
                LocalUser::User(name) => Whom::User(user_id(name).ok_or_else(|| unknown("user", name))?),
                LocalUser::Uid(uid) => Whom::User(*uid),
                LocalUser::Group(name) => Whom::Group(group_id(name).ok_or_else(|| unknown("group", name))?),
                LocalUser::Gid(gid) => Whom::Group(*gid),
            };
            roles.push((whom, entry.role.clone()));
        }
        let group = settings.group.as_ref().map(|name| group_id(name).ok_or_else(|| unknown("group", name))).transpose()?;
        Ok(Self { own: rustix::process::geteuid().as_raw(), group, roles })
    }

    /// The group whose members can reach the socket.
    pub fn group(&self) -> Option<u32> {
        self.group
    }

    /// A user as it comes in, where it is let in at all. `primary` is its first group, where that is known.
    pub fn peer(&self, uid: u32, primary: Option<u32>) -> Option<Peer> {
        let by_group = self.roles.iter().any(|(whom, _)| matches!(whom, Whom::Group(_)));
        let groups = if by_group && !self.may_everything(uid) { groups_of(uid, primary) } else { Vec::new() };
        // Whoever is not let in costs no look for a name.
        let let_in = self.may_everything(uid) || self.roles_of(uid, &groups).next().is_some();
        let_in.then(|| Peer::new(uid, groups))
    }

    /// The roles of a user; none for those who may do everything.
    pub fn roles<'a>(&'a self, peer: &'a Peer) -> impl Iterator<Item = &'a str> {
        self.roles_of(peer.uid, &peer.groups)
    }

    fn roles_of<'a>(&'a self, uid: u32, groups: &'a [u32]) -> impl Iterator<Item = &'a str> {
        let is_meant = move |whom: &Whom| match whom {
            Whom::User(meant) => *meant == uid,
            Whom::Group(gid) => groups.contains(gid),
        };
        let roles = if self.may_everything(uid) { &[] } else { self.roles.as_slice() };
        roles.iter().filter(move |(whom, _)| is_meant(whom)).map(|(_, role)| role.as_str())
    }

    /// What a user may do: what all of its roles allow together, without what any of them denies. A role that is not there allows nothing.
    pub fn grants(&self, peer: &Peer, access: &Access) -> Grants {
        if self.may_everything(peer.uid) {
            return Grants::everything();
        }
        let mut all = Grants::default();
        for grants in self.roles(peer).filter_map(|role| access.role(role)) {
            all.allow.extend(grants.allow);
            all.deny.extend(grants.deny);
        }
        all
    }

    fn may_everything(&self, uid: u32) -> bool {
        uid == 0 || uid == self.own
    }
}

fn unknown(kind: &str, name: &str) -> Failure {
    let detail = format!("this machine knows no {kind} `{name}`, which the settings of the socket name");
    let failure = Failure::new(ErrorCode::CONFIG_INVALID, detail).next("mend `socket.group` or `socket.roles`, or write a number");
    Failure { exit: exit::CONFIGURATION, ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::local_users::LocalRole;
    use panotti_protocol::permission::{Resource, Verb};

    fn users(roles: &[(LocalUser, &str)]) -> LocalUsers {
        let roles = roles.iter().map(|(whom, role)| LocalRole { whom: whom.clone(), role: (*role).to_owned() }).collect();
        LocalUsers { own: 1_000, ..LocalUsers::new(&SocketSettings { group: None, roles }).unwrap() }
    }

    #[test]
    fn rule_20_nobody_but_root_and_the_own_user_is_let_in_without_a_role() {
        let users = users(&[(LocalUser::Uid(2_000), "viewer"), (LocalUser::Gid(77), "publisher")]);

        for (uid, primary, expected) in [
            (0, None, true),
            (1_000, None, true),
            (2_000, None, true),
            (2_001, Some(77), true),
            (2_001, Some(78), false),
            (2_001, None, false),
        ] {
            assert_eq!(users.peer(uid, primary).is_some(), expected, "{uid} {primary:?}");
        }
    }

    #[test]
    fn rule_20_a_local_user_may_what_its_roles_allow_together() {
        let users = users(&[(LocalUser::Uid(2_000), "viewer"), (LocalUser::Gid(77), "publisher"), (LocalUser::Gid(77), "gone")]);
        let may = |uid: u32, verb: Verb| {
            let peer = users.peer(uid, Some(77)).unwrap();
            users.grants(&peer, &Access::default()).allows(verb, Resource::Events, "a.b")
        };

        assert!(may(2_000, Verb::Read) && may(2_000, Verb::Publish) && !may(2_000, Verb::Manage));
        assert!(!may(2_001, Verb::Read) && may(2_001, Verb::Publish));
        assert!(may(1_000, Verb::Manage), "the daemon's own user");
        assert_eq!(users.roles(&users.peer(1_000, Some(77)).unwrap()).count(), 0);
    }
}
