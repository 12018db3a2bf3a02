//! Roles: named sets of permissions. Six come with Panotti and never change; the others are the user's own.

use panotti_protocol::permission::Permission;
use panotti_protocol::time::Timestamp;

use crate::permission::Grants;

/// The roles that come with Panotti, each with what it allows. None of them denies anything.
pub const BUILT_IN: &[(&str, &[&str])] = &[
    ("admin", &["*:*:>"]),
    // Sees who may do what and what was done. Changes nothing, and sees no event.
    ("auditor", &["read:audit:>", "read:config:>", "read:filters:>", "read:keys:>", "read:plugins:>", "read:schemas:>", "read:system:>"]),
    // Works with events and decides what they look like and where they go. Leaves the daemon and its plugins as they are.
    (
        "developer",
        &[
            "read:events:>",
            "read:filters:>",
            "read:plugins:>",
            "read:schemas:>",
            "read:system:>",
            "publish:events:>",
            "replay:events:>",
            "manage:filters:>",
            "manage:schemas:>",
        ],
    ),
    // Keeps the daemon going. Publishes nothing, and gives nobody access.
    (
        "operator",
        &[
            "read:config:>",
            "read:events:>",
            "read:filters:>",
            "read:plugins:>",
            "read:schemas:>",
            "read:system:>",
            "replay:events:>",
            "manage:config:>",
            "manage:events:>",
            "manage:filters:>",
            "manage:plugins:>",
            "manage:schemas:>",
            "manage:system:>",
        ],
    ),
    ("publisher", &["publish:events:>", "read:schemas:>"]),
    ("viewer", &["read:events:>", "read:filters:>", "read:plugins:>", "read:schemas:>", "read:system:>"]),
];

/// A role of the user's own, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredRole {
    /// Its name.
    pub name: String,
    /// What it allows and denies.
    pub grants: Grants,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// Whether a role comes with Panotti.
pub fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|(known, _)| *known == name)
}

/// What a role allows that comes with Panotti.
pub fn built_in(name: &str) -> Option<Grants> {
    let (_, allow) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    Some(Grants { allow: allow.iter().filter_map(|text| text.parse::<Permission>().ok()).collect(), deny: Vec::new() })
}

#[cfg(test)]
mod tests {
    use panotti_protocol::permission::{Resource, Verb};

    use super::*;

    #[test]
    fn every_role_that_comes_with_panotti_reads_as_it_is_written() {
        for (name, allow) in BUILT_IN {
            let written: Vec<String> = built_in(name).unwrap().allow.iter().map(Permission::to_string).collect();
            assert_eq!(written, *allow, "{name}");
        }
        assert!(BUILT_IN.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(built_in("nobody"), None);
    }

    #[test]
    fn rule_20_an_auditor_changes_nothing_and_sees_no_payload_and_only_an_admin_gives_access() {
        let auditor = built_in("auditor").unwrap();
        for (verb, resource) in Verb::ALL.iter().flat_map(|verb| Resource::ALL.iter().map(move |resource| (*verb, *resource))) {
            assert!(*auditor.allow.iter().map(|own| own.verb()).max().as_ref().unwrap() == Some(Verb::Read));
            assert!(verb == Verb::Read || !auditor.allows_some(verb, resource), "{verb}:{resource}");
        }
        assert!(!auditor.allows_some(Verb::Read, Resource::Events));
        for (name, _) in BUILT_IN {
            let grants = built_in(name).unwrap();
            assert_eq!(grants.allows_some(Verb::Manage, Resource::Keys), *name == "admin", "{name}");
            assert_eq!(grants.allows_some(Verb::Reveal, Resource::Events), *name == "admin", "{name}");
        }
    }
}
