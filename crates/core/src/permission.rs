//! Who may do what (semantics rule 20): sets of permissions, and what they decide. Who somebody is, is found out elsewhere. What is not
//! allowed is denied.

use panotti_protocol::permission::{Permission, Resource, Verb};

/// What somebody may do: what one of `allow` covers and none of `deny` does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// What is allowed.
    pub allow: Vec<Permission>,
    /// What is taken away again.
    pub deny: Vec<Permission>,
}

/// Whether something is allowed, and by which permission that was decided: none where nothing allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Whether it is.
    pub allowed: bool,
    /// What decided.
    pub by: Option<&'a Permission>,
}

impl Grants {
    /// Everything.
    pub fn everything() -> Self {
        Self { allow: vec![Permission::everything()], deny: Vec::new() }
    }

    /// Whether nothing is missing.
    pub fn are_everything(&self) -> bool {
        self.missing_of(&Self::everything()).is_none()
    }

    /// Decides about one object.
    pub fn decide(&self, verb: Verb, resource: Resource, object: &str) -> Decision<'_> {
        if let Some(denied) = self.deny.iter().find(|denied| denied.covers(verb, resource, object)) {
            return Decision { allowed: false, by: Some(denied) };
        }
        let by = self.allow.iter().find(|allowed| allowed.covers(verb, resource, object));
        Decision { allowed: by.is_some(), by }
    }

    /// Whether one object is allowed.
    pub fn allows(&self, verb: Verb, resource: Resource, object: &str) -> bool {
        self.decide(verb, resource, object).allowed
    }

    /// What is left of it within these permissions. None of them leaves all of it.
    #[must_use]
    pub fn within(&self, scope: &[Permission]) -> Self {
        if scope.is_empty() {
            return self.clone();
        }
        let mut allow: Vec<Permission> = Vec::new();
        for both in self.allow.iter().flat_map(|own| scope.iter().filter_map(|narrow| own.intersection(narrow))) {
            if !allow.iter().any(|known| known.contains(&both)) {
                allow.push(both);
            }
        }
        Self { allow, deny: self.deny.clone() }
    }

    /// The first thing that others hold and this does not: what whoever holds this may not give away. Errs on the safe side: where several
    /// permissions together would cover one that is asked for, and none alone does, it counts as missing.
    pub fn missing_of(&self, others: &Self) -> Option<Permission> {
        others.allow.iter().find_map(|wanted| self.missing(wanted, others))
    }

    fn missing(&self, wanted: &Permission, others: &Self) -> Option<Permission> {
        let whole = self.allow.iter().any(|own| own.contains(wanted));
        if whole && self.deny.is_empty() {
            return None;
        }
        let verbs = wanted.verb().map_or(Verb::ALL.to_vec(), |verb| vec![verb]);
        let resources = wanted.resource().map_or(Resource::ALL.to_vec(), |resource| vec![resource]);
        for (verb, resource) in verbs.iter().flat_map(|verb| resources.iter().map(move |resource| (*verb, *resource))) {
            let piece = Permission::new(verb, resource, wanted.pattern().clone());
            let taken_away = |part: &Permission| others.deny.iter().any(|denied| denied.contains(part));
            if taken_away(&piece) {
                continue;
            }
            if !whole && !self.allow.iter().any(|own| own.contains(&piece)) {
                return Some(piece);
            }
            let denied = self.deny.iter().filter_map(|denied| denied.intersection(&piece));
            if let Some(cut) = denied.into_iter().find(|cut| !taken_away(cut)) {
                return Some(cut);
            }
        }
        None
    }

    /// Whether every object of a kind is allowed, now and later: what a route asks that does not look at objects one by one.
    pub fn allows_all(&self, verb: Verb, resource: Resource) -> bool {
        self.allow.iter().any(|allowed| allowed.touches(verb, resource) && allowed.pattern().as_str() == ">")
            && !self.deny.iter().any(|denied| denied.touches(verb, resource))
    }

    /// Whether some object of a kind may be: what a route asks before it has looked at any.
    pub fn allows_some(&self, verb: Verb, resource: Resource) -> bool {
        self.allow.iter().any(|allowed| allowed.touches(verb, resource))
            && !self.deny.iter().any(|denied| denied.touches(verb, resource) && denied.pattern().as_str() == ">")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(allow: &[&str], deny: &[&str]) -> Grants {
        let read = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Grants { allow: read(allow), deny: read(deny) }
    }

    #[test]
    fn rule_20_what_nothing_allows_is_denied() {
        let nothing = Grants::default();
        assert_eq!(nothing.decide(Verb::Read, Resource::Events, "a.b"), Decision { allowed: false, by: None });
        assert!(!nothing.allows_some(Verb::Read, Resource::Events));
    }

    #[test]
    fn rule_20_a_permission_covers_its_verb_its_resource_and_its_pattern() {
        let publisher = grants(&["publish:events:recording.*"], &[]);

        assert!(publisher.allows(Verb::Publish, Resource::Events, "recording.ended"));
        assert!(!publisher.allows(Verb::Publish, Resource::Events, "recording.ended.late"));
        assert!(!publisher.allows(Verb::Publish, Resource::Events, "invoice.sent"));
        assert!(!publisher.allows(Verb::Read, Resource::Events, "recording.ended"));
        assert!(!publisher.allows(Verb::Publish, Resource::Schemas, "recording.ended"));
    }

    #[test]
    fn rule_20_what_is_denied_is_taken_away_from_what_is_allowed() {
        let reader = grants(&["read:*:>"], &["read:events:salary.>"]);

        assert!(reader.allows(Verb::Read, Resource::Events, "recording.ended"));
        assert!(!reader.allows(Verb::Read, Resource::Events, "salary.paid"));
        assert_eq!(reader.decide(Verb::Read, Resource::Events, "salary.paid").by.unwrap().to_string(), "read:events:salary.>");
        assert!(reader.allows_some(Verb::Read, Resource::Events));
        assert!(!grants(&["read:*:>"], &["read:events:>"]).allows_some(Verb::Read, Resource::Events));
    }

    #[test]
    fn rule_20_a_scope_narrows_what_a_role_allows_and_keeps_what_it_denies() {
        let role = grants(&["read:*:>", "publish:events:a.*"], &["read:events:salary.>"]);
        let scope = ["*:events:a.>".parse().unwrap(), "publish:events:b.c".parse().unwrap()];

        let narrowed = role.within(&scope);

        assert_eq!(narrowed, grants(&["read:events:a.>", "publish:events:a.*"], &["read:events:salary.>"]));
        assert_eq!(role.within(&[]), role);
        assert_eq!(role.within(&["manage:keys:>".parse().unwrap()]).allow, []);
    }

    #[test]
    fn rule_20_what_somebody_may_give_away_is_what_they_hold() {
        for (own, others, missing) in [
            (grants(&["*:*:>"], &[]), grants(&["*:*:>"], &[]), None),
            (grants(&["read:*:>"], &[]), grants(&["read:events:a.*"], &[]), None),
            (grants(&["read:events:a.*"], &[]), grants(&["read:events:a.>"], &[]), Some("read:events:a.>")),
            (grants(&["read:*:>"], &["read:events:a.>"]), grants(&["read:events:>"], &[]), Some("read:events:a.>")),
            (grants(&["read:*:>"], &["read:events:a.>"]), grants(&["read:events:>"], &["read:*:a.>"]), None),
            (grants(&["read:*:>"], &["read:events:a.>"]), grants(&["read:events:b.>"], &[]), None),
            (grants(&["read:*:>"], &[]), grants(&["*:events:>"], &[]), Some("publish:events:>")),
            (grants(&["read:*:>"], &[]), grants(&["*:events:>"], &["publish:*:>", "replay:*:>", "manage:*:>", "reveal:*:>"]), None),
        ] {
            assert_eq!(own.missing_of(&others).map(|missing| missing.to_string()).as_deref(), missing, "{own:?} gives {others:?}");
        }
    }

    #[test]
    fn rule_20_all_of_a_kind_is_allowed_only_where_nothing_of_it_is_left_out() {
        assert!(grants(&["read:events:>"], &["read:plugins:>"]).allows_all(Verb::Read, Resource::Events));
        assert!(!grants(&["read:events:*"], &[]).allows_all(Verb::Read, Resource::Events));
        assert!(!grants(&["read:*:>"], &["read:events:salary.>"]).allows_all(Verb::Read, Resource::Events));
        assert!(!grants(&["publish:events:>"], &[]).allows_all(Verb::Read, Resource::Events));
    }

    #[test]
    fn rule_20_a_name_that_no_pattern_can_spell_is_for_those_who_may_everything() {
        assert!(Grants::everything().allows(Verb::Manage, Resource::Keys, "a name with spaces"));
        assert!(!grants(&["manage:keys:*"], &[]).allows(Verb::Manage, Resource::Keys, "a name with spaces"));
    }
}
