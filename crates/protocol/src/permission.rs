//! Permissions as they are written (semantics rule 20): `verb:resource:pattern`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::topic::{Topic, TopicInvalid, TopicPattern};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in a permission.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = PermissionInvalid;

            fn from_str(text: &str) -> Result<Self, PermissionInvalid> {
                let found = Self::ALL.iter().copied().find(|known| known.as_str() == text);
                found.ok_or_else(|| PermissionInvalid::Word { found: text.to_owned(), known: known(Self::ALL) })
            }
        }
    };
}

words! {
    /// What is done.
    Verb {
        /// Look at it.
        Read "read",
        /// Publish events.
        Publish "publish",
        /// Deliver stored events again: replay, retry, republish.
        Replay "replay",
        /// Change it.
        Manage "manage",
        /// See what is masked otherwise.
        Reveal "reveal",
    }
}

words! {
    /// What it is done to.
    Resource {
        /// Events and their deliveries; the object is a topic.
        Events "events",
        /// Plugins, subscriptions, their state; the object is a plugin's name.
        Plugins "plugins",
        /// Schemas; the object is a topic.
        Schemas "schemas",
        /// Kept filters; the object is a filter's name.
        Filters "filters",
        /// Settings and secrets; the object is a setting's name.
        Config "config",
        /// API keys and roles; the object is a key's or a role's name.
        Keys "keys",
        /// The audit.
        Audit "audit",
        /// The daemon itself: its status, its numbers, stopping it.
        System "system",
    }
}

/// Why a text is not a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermissionInvalid {
    /// Not three parts.
    Parts(String),
    /// The first or the second part is none of the words known.
    Word {
        /// What is there.
        found: String,
        /// What could be.
        known: String,
    },
    /// The third part.
    Pattern {
        /// What is there.
        found: String,
        /// What is wrong with it.
        why: TopicInvalid,
    },
}

impl fmt::Display for PermissionInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parts(found) => write!(f, "`{found}` is not `verb:resource:pattern`, such as `publish:events:recording.*`"),
            Self::Word { found, known } => write!(f, "`{found}` is none of {known}"),
            Self::Pattern { found, why } => write!(f, "`{found}` is not a pattern: {why}"),
        }
    }
}

impl std::error::Error for PermissionInvalid {}

fn known<T: fmt::Display>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

/// One permission: `publish:events:recording.*`. A `*` for the verb or the resource stands for all of them; the pattern is that of
/// topics, so `>` is everything and `*` one word.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    verb: Option<Verb>,
    resource: Option<Resource>,
    pattern: TopicPattern,
}

impl Permission {
    /// Everything that can be done to anything.
    pub fn everything() -> Self {
        Self { verb: None, resource: None, pattern: TopicPattern::everything() }
    }

    /// One about a verb and a resource.
    pub fn new(verb: Verb, resource: Resource, pattern: TopicPattern) -> Self {
        Self { verb: Some(verb), resource: Some(resource), pattern }
    }

    /// Whether it is about this.
    pub fn covers(&self, verb: Verb, resource: Resource, object: &str) -> bool {
        self.touches(verb, resource) && self.fits(object)
    }

    /// Whether it is about some object of this kind.
    pub fn touches(&self, verb: Verb, resource: Resource) -> bool {
        self.verb.is_none_or(|own| own == verb) && self.resource.is_none_or(|own| own == resource)
    }

    fn fits(&self, object: &str) -> bool {
        // A name that no pattern can spell is covered by what covers everything, and by nothing else.
        self.pattern.as_str() == ">" || object.parse::<Topic>().is_ok_and(|object| self.pattern.matches(&object))
    }

    /// What is covered by this one and by another.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let verb = both(self.verb, other.verb)?;
        let resource = both(self.resource, other.resource)?;
        Some(Self { verb, resource, pattern: self.pattern.intersection(&other.pattern)? })
    }

    /// Whether it covers everything that another one covers.
    pub fn contains(&self, other: &Self) -> bool {
        let verb = self.verb.is_none() || self.verb == other.verb;
        verb && (self.resource.is_none() || self.resource == other.resource) && self.pattern.covers(&other.pattern)
    }

    /// The verb; none for every one.
    pub fn verb(&self) -> Option<Verb> {
        self.verb
    }

    /// The resource; none for every one.
    pub fn resource(&self) -> Option<Resource> {
        self.resource
    }

    /// The objects.
    pub fn pattern(&self) -> &TopicPattern {
        &self.pattern
    }
}

/// What two choices have in common, where none stands for every one.
fn both<T: PartialEq>(one: Option<T>, other: Option<T>) -> Option<Option<T>> {
    match (one, other) {
        (Some(one), Some(other)) => (one == other).then_some(Some(one)),
        (Some(one), None) | (None, Some(one)) => Some(Some(one)),
        (None, None) => Some(None),
    }
}

impl FromStr for Permission {
    type Err = PermissionInvalid;

    fn from_str(text: &str) -> Result<Self, PermissionInvalid> {
        let mut parts = text.splitn(3, ':');
        let (Some(verb), Some(resource), Some(pattern)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(PermissionInvalid::Parts(text.to_owned()));
        };
        let verb = if verb == "*" { None } else { Some(verb.parse()?) };
        let resource = if resource == "*" { None } else { Some(resource.parse()?) };
        let pattern = pattern.parse().map_err(|why| PermissionInvalid::Pattern { found: pattern.to_owned(), why })?;
        Ok(Self { verb, resource, pattern })
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, resource) = (self.verb.map_or("*", Verb::as_str), self.resource.map_or("*", Resource::as_str));
        write!(f, "{verb}:{resource}:{}", self.pattern)
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_reads_back_as_it_is_written_and_what_is_none_says_why() {
        for text in ["publish:events:recording.*", "*:*:>", "reveal:events:a.b", "manage:config:store.bytes_max"] {
            assert_eq!(text.parse::<Permission>().unwrap().to_string(), text);
        }
        for (text, part) in [
            ("publish", "verb:resource:pattern"),
            ("write:events:>", "read, publish"),
            ("read:event:>", "events, plugins"),
            ("read:events:a..b", "empty"),
        ] {
            let why = text.parse::<Permission>().unwrap_err().to_string();
            assert!(why.contains(part), "{why}");
        }
    }
}
