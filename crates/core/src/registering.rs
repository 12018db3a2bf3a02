//! What is subscribed, by manifests and by stored filters, and the rule set that follows from it. Every change makes a new version
//! (semantics section 4), in the transaction that stores it.

use std::collections::BTreeSet;
use std::sync::Arc;

use panotti_protocol::api::StoredFilter;
use panotti_protocol::id::Sequence;

use crate::action::{Action, Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, AuditEntry, CreateFilter, Refusal};
use crate::limits::{FILTERS_MAX, SUBSCRIPTIONS_MAX};
use crate::routing::{Rule, RuleSet, SubscriptionId, SubscriptionSpec, TagRule, is_made_by_a_filter, made_by_filter};
use crate::subscription::Subscription;

impl Bus {
    /// Replaces what a plugin subscribes to; what stored filters route to it stays. The same as before changes nothing, so that a restart
    /// keeps the rules' version.
    pub(crate) fn register(&mut self, plugin: &str, specs: Vec<SubscriptionSpec>, step: &mut Step) -> Answer {
        let names: BTreeSet<String> = specs.iter().map(|spec| spec.name.clone()).collect();
        if let Err(refusal) = self.check_room(names.iter().map(|name| (plugin, name.as_str()))) {
            return Answer::Refused(refusal);
        }
        let mut changed = false;
        for spec in specs {
            changed |= self.subscribe(plugin, spec, step);
        }
        changed |= self.unsubscribe(|owner, name| owner == plugin && !is_made_by_a_filter(name) && !names.contains(name), step);
        if changed {
            self.renew_rules(step);
        }
        Answer::Rules(Arc::clone(&self.rules))
    }

    /// Whether so many subscriptions more have room.
    fn check_room<'a>(&self, wanted: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), Refusal> {
        let known: BTreeSet<(&str, &str)> =
            self.subscriptions.values().map(|known| (known.plugin.as_str(), known.spec.name.as_str())).collect();
        let new = wanted.filter(|name| !known.contains(name)).count();
        if self.subscriptions.len() + new > SUBSCRIPTIONS_MAX {
            return Err(Refusal::TooMany { what: "subscriptions", limit: SUBSCRIPTIONS_MAX });
        }
        Ok(())
    }

    /// Makes a subscription, or changes it, or takes it up again. Whether that changed anything.
    fn subscribe(&mut self, plugin: &str, spec: SubscriptionSpec, step: &mut Step) -> bool {
        // One of the daemon's own events that is still to be matched may match a new subscription too.
        let begin = self.unmatched.first().map_or(self.head, |oldest| Sequence(oldest.0 - 1));
        let found = self.subscriptions.iter_mut().find(|(_, known)| known.plugin == plugin && known.spec.name == spec.name);
        let (id, floor) = match found {
            Some((_, known)) if known.active && known.spec == spec => return false,
            Some((id, known)) => {
                known.spec = spec.clone();
                known.active = true;
                (*id, known.stored_floor)
            }
            None => {
                let id = SubscriptionId(self.subscriptions.last_key_value().map_or(1, |(last, _)| last.0 + 1));
                self.subscriptions.insert(id, Subscription::new(plugin.to_owned(), spec.clone(), begin, self.defects.clone()));
                (id, begin)
            }
        };
        step.writes.push(Write::Subscription { subscription: id, plugin: plugin.to_owned(), spec, active: true, floor });
        true
    }

    /// Ends the subscriptions of which this is true; what they are owed stays. Whether there were any.
    fn unsubscribe(&mut self, ends: impl Fn(&str, &str) -> bool, step: &mut Step) -> bool {
        let mut changed = false;
        for (id, known) in &mut self.subscriptions {
            if known.active && ends(&known.plugin, &known.spec.name) {
                known.active = false;
                changed = true;
                let (plugin, spec, floor) = (known.plugin.clone(), known.spec.clone(), known.stored_floor);
                step.writes.push(Write::Subscription { subscription: *id, plugin, spec, active: false, floor });
            }
        }
        changed
    }

    pub(crate) fn renew_rules(&mut self, step: &mut Step) {
        self.rules = Arc::new(self.make_rules(self.rules.version + 1));
        step.writes.push(Write::Rules { version: self.rules.version });
        step.actions.push(Action::Rules(Arc::clone(&self.rules)));
    }

    pub(crate) fn make_rules(&self, version: u64) -> RuleSet {
        let active = self.subscriptions.iter().filter(|(_, known)| known.active);
        let rules = active
            .map(|(id, known)| Rule {
                subscription: *id,
                plugin: known.plugin.clone(),
                name: known.spec.name.clone(),
                pattern: known.spec.pattern.clone(),
                filter: known.spec.filter.clone(),
                key: known.spec.key.clone(),
            })
            .collect();
        let tagging = self.filters.values().filter_map(|known| Some((known, known.tag.clone()?)));
        let tags = tagging.map(|(known, tag)| TagRule { pattern: known.topic.clone(), filter: known.filter.clone(), tag }).collect();
        RuleSet { version, rules, tags, schemas: self.schema_set() }
    }

    /// Keeps a filter, with the subscriptions that it routes by.
    pub(crate) fn create_filter(&mut self, create: CreateFilter, step: &mut Step) -> Answer {
        let CreateFilter { filter, subscriptions, reason } = create;
        let filter = StoredFilter { created_at: self.now, ..filter };
        if let Some(known) = self.filters.get(&filter.name) {
            let same = StoredFilter { created_at: known.created_at, by: known.by.clone(), ..filter.clone() } == *known;
            return if same { Answer::Changed(0) } else { Answer::Refused(Refusal::FilterExists(filter.name)) };
        }
        if self.filters.len() >= FILTERS_MAX {
            return Answer::Refused(Refusal::TooMany { what: "filters", limit: FILTERS_MAX });
        }
        let names = subscriptions.iter().map(|(plugin, spec)| (plugin.as_str(), spec.name.as_str()));
        if let Err(refusal) = self.check_room(names) {
            return Answer::Refused(refusal);
        }
        for (plugin, spec) in subscriptions {
            self.subscribe(&plugin, spec, step);
        }
        step.writes.push(Write::Audit(audit("filter.create", &filter, filter.by.clone(), reason)));
        step.writes.push(Write::Filter(Box::new(filter.clone())));
        self.filters.insert(filter.name.clone(), filter);
        self.renew_rules(step);
        Answer::Changed(1)
    }

    /// Gives a filter up. What it routed stays owed, its tags stay.
    pub(crate) fn remove_filter(&mut self, name: &str, actor: String, reason: String, step: &mut Step) -> Answer {
        let Some(filter) = self.filters.remove(name) else { return Answer::Changed(0) };
        let routed_by = made_by_filter(name);
        self.unsubscribe(|_, name| name == routed_by, step);
        step.writes.push(Write::Audit(audit("filter.remove", &filter, actor, reason)));
        step.writes.push(Write::RemoveFilter { name: name.to_owned() });
        self.renew_rules(step);
        Answer::Changed(1)
    }
}

fn audit(action: &str, filter: &StoredFilter, actor: String, reason: String) -> AuditEntry {
    let mut detail = format!("{} on {}", filter.filter, filter.topic);
    if !filter.to.is_empty() {
        detail.push_str(&format!(" to {}", filter.to.join(", ")));
    }
    if let Some(tag) = &filter.tag {
        detail.push_str(&format!(" tag {tag}"));
    }
    AuditEntry { actor, action: action.to_owned(), object: filter.name.clone(), reason, detail }
}
