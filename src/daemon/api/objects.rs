//! Objects that a caller may or may not have to do with. What is outside its scope is answered as if it were not there, so that nobody
//! learns what exists. Where the path names the object, the route's guard asks here; an event's topic is known only once it is loaded.

use axum::extract::RawPathParams;
use panotti_core::permission::Grants;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::{Permission, Resource, Verb};
use panotti_protocol::topic::{Topic, TopicPattern};

use super::principal::Principal;

impl Principal {
    /// Whether it may do something to events of a topic.
    pub fn may_topic(&self, verb: Verb, topic: &Topic) -> bool {
        self.grants.allows(verb, Resource::Events, topic.as_str())
    }

    /// Checks what is done to everything that a pattern stands for: to every object, where there is none. What counts over many events
    /// would tell of those outside the scope otherwise.
    ///
    /// # Errors
    /// `permission.denied`, with the permission that is missing.
    pub fn check_all(&self, verb: Verb, resource: Resource, pattern: Option<&TopicPattern>) -> Result<(), Failure> {
        let pattern = pattern.cloned().unwrap_or_else(TopicPattern::everything);
        match self.missing_of_all(verb, resource, &pattern) {
            None => Ok(()),
            Some(missing) => Err(Failure::new(ErrorCode::PERMISSION_DENIED, format!("{} lacks the permission {missing}", self.actor))),
        }
    }

    /// Whether it may do something to everything that a pattern stands for.
    pub fn may_all(&self, verb: Verb, resource: Resource, pattern: Option<&TopicPattern>) -> bool {
        let pattern = pattern.cloned().unwrap_or_else(TopicPattern::everything);
        self.missing_of_all(verb, resource, &pattern).is_none()
    }

    fn missing_of_all(&self, verb: Verb, resource: Resource, pattern: &TopicPattern) -> Option<Permission> {
        let all = Grants { allow: vec![Permission::new(verb, resource, pattern.clone())], deny: Vec::new() };
        self.grants.missing_of(&all)
    }
}

/// The failure for an object that the path names and that is outside the caller's scope: the one for what is not there.
pub fn hidden(principal: &Principal, verb: Verb, resource: Resource, parameters: &RawPathParams) -> Option<Failure> {
    let named = |wanted: &str| parameters.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    let subscription = named("plugin");
    let object = match resource {
        Resource::Plugins => subscription.or_else(|| named("id")),
        Resource::Schemas | Resource::Events => named("topic"),
        Resource::Filters => named("name"),
        // Their handlers know the object only once it is loaded, or there is none.
        Resource::Config | Resource::Keys | Resource::Audit | Resource::System => None,
    }?;
    if principal.grants.allows(verb, resource, object) {
        return None;
    }
    Some(match (resource, subscription) {
        (Resource::Plugins, Some(plugin)) => {
            let name = named("name").unwrap_or_default();
            Failure::new(ErrorCode::SUBSCRIPTION_NOT_FOUND, format!("there is no subscription `{plugin}/{name}`"))
        }
        (Resource::Plugins, None) => Failure::new(ErrorCode::PLUGIN_NOT_FOUND, format!("there is no plugin `{object}`")),
        (Resource::Schemas, _) => Failure::new(ErrorCode::SCHEMA_NOT_FOUND, format!("`{object}` has no schema")),
        (Resource::Filters, _) => Failure::new(ErrorCode::FILTER_NOT_FOUND, format!("there is no filter `{object}`")),
        _ => Failure::new(ErrorCode::TOPIC_NOT_FOUND, format!("no event was ever published to `{object}`")),
    })
}
