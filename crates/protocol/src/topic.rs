//! Topics and topic patterns (semantics section 3): dotted words of letters, digits, `_` and `-`.
//!
//! A pattern has `*` for one word and `>` (or `**`) for one or more at the end.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits::{TOPIC_BYTES_MAX, TOPIC_WORDS_MAX};

/// Topics that begin with this are the daemon's own: nobody else may publish there.
pub const RESERVED_PREFIX: &str = "panotti.";

/// Why a text is not a topic or a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicInvalid {
    /// There is nothing in it, or two dots meet, or it begins or ends with one.
    EmptyWord,
    /// A character that words don't have.
    Character(char),
    /// More bytes than [`TOPIC_BYTES_MAX`].
    TooLong,
    /// More words than [`TOPIC_WORDS_MAX`].
    TooManyWords,
    /// `>` or `**` somewhere else than at the end, or a wildcard that is part of a word.
    WildcardPlace,
    /// A wildcard in a topic, where only a pattern may have one.
    WildcardInTopic,
}

impl fmt::Display for TopicInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyWord => f.write_str("a word of it is empty; write words with single dots between, like `recording.ended`"),
            Self::Character(character) => {
                write!(f, "{character:?} is not allowed; words are made of letters, digits, `_` and `-`")
            }
            Self::TooLong => write!(f, "it is longer than {TOPIC_BYTES_MAX} bytes"),
            Self::TooManyWords => write!(f, "it has more than {TOPIC_WORDS_MAX} words"),
            Self::WildcardPlace => f.write_str("`*` stands for one whole word, `>` for the rest at the end"),
            Self::WildcardInTopic => f.write_str("wildcards are for patterns; an event is published to one topic"),
        }
    }
}

impl std::error::Error for TopicInvalid {}

fn check_word(word: &str) -> Result<(), TopicInvalid> {
    if word.is_empty() {
        return Err(TopicInvalid::EmptyWord);
    }
    match word.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '_' || *c == '-')) {
        Some(character) => Err(TopicInvalid::Character(character)),
        None => Ok(()),
    }
}

fn check_size(text: &str) -> Result<(), TopicInvalid> {
    if text.len() > TOPIC_BYTES_MAX {
        return Err(TopicInvalid::TooLong);
    }
    if text.split('.').count() > TOPIC_WORDS_MAX {
        return Err(TopicInvalid::TooManyWords);
    }
    Ok(())
}

/// The dotted name of a kind of event: `recording.ended`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Arc<str>);

impl Topic {
    /// The topic as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the daemon's own.
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with(RESERVED_PREFIX) || &*self.0 == "panotti"
    }
}

impl FromStr for Topic {
    type Err = TopicInvalid;

    fn from_str(text: &str) -> Result<Self, TopicInvalid> {
        check_size(text)?;
        for word in text.split('.') {
            if matches!(word, "*" | ">" | "**") {
                return Err(TopicInvalid::WildcardInTopic);
            }
            check_word(word)?;
        }
        Ok(Self(text.into()))
    }
}

/// A topic with wildcards. `**` at the end is read as `>` and written as `>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPattern(Arc<str>);

impl TopicPattern {
    /// `>`: every topic.
    pub fn everything() -> Self {
        Self(">".into())
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an event of this topic fits.
    pub fn matches(&self, topic: &Topic) -> bool {
        let mut words = topic.0.split('.');
        for wanted in self.0.split('.') {
            match (wanted, words.next()) {
                (_, None) => return false,
                (">", Some(_)) => return true,
                ("*", Some(_)) => {}
                (wanted, Some(word)) if wanted == word => {}
                _ => return false,
            }
        }
        words.next().is_none()
    }

    /// The topics that fit this pattern and another one: again those of one pattern, or none at all.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let (mut own, mut others) = (self.0.split('.'), other.0.split('.'));
        let mut words = Vec::new();
        loop {
            match (own.next(), others.next()) {
                (None, None) => break,
                (Some(">"), Some(word)) => {
                    words.push(word);
                    words.extend(others.by_ref());
                }
                (Some(word), Some(">")) => {
                    words.push(word);
                    words.extend(own.by_ref());
                }
                (Some("*"), Some(word)) | (Some(word), Some("*")) => words.push(word),
                (Some(word), Some(same)) if word == same => words.push(word),
                _ => return None,
            }
        }
        Some(Self(words.join(".").into()))
    }

    /// Whether every topic that fits the other pattern fits this one.
    pub fn covers(&self, other: &Self) -> bool {
        self.intersection(other).as_ref() == Some(other)
    }
}

impl FromStr for TopicPattern {
    type Err = TopicInvalid;

    fn from_str(text: &str) -> Result<Self, TopicInvalid> {
        check_size(text)?;
        let count = text.split('.').count();
        for (index, word) in text.split('.').enumerate() {
            match word {
                "*" => {}
                ">" | "**" if index + 1 == count => {}
                _ if word.contains(['*', '>']) => return Err(TopicInvalid::WildcardPlace),
                _ => check_word(word)?,
            }
        }
        match text.strip_suffix("**") {
            Some(head) => Ok(Self(format!("{head}>").into())),
            None => Ok(Self(text.into())),
        }
    }
}

macro_rules! text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(|why: TopicInvalid| de::Error::custom(format!("`{text}` is not a topic: {why}")))
            }
        }
    };
}

text!(Topic);
text!(TopicPattern);

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, topic: &str) -> bool {
        pattern.parse::<TopicPattern>().unwrap().matches(&topic.parse().unwrap())
    }

    #[test]
    fn a_star_stands_for_one_word_and_the_rest_sign_for_one_or_more() {
        assert!(matches("recording.ended", "recording.ended"));
        assert!(matches("recording.*", "recording.ended"));
        assert!(!matches("recording.*", "recording"));
        assert!(!matches("recording.*", "recording.ended.late"));
        assert!(matches("*.ended", "recording.ended"));
        assert!(matches("recording.>", "recording.ended.late"));
        assert!(matches("recording.**", "recording.ended"));
        assert!(!matches("recording.>", "recording"));
        assert!(matches(">", "anything.at.all"));
    }

    #[test]
    fn bad_topics_and_patterns_say_what_is_wrong() {
        assert_eq!("".parse::<Topic>(), Err(TopicInvalid::EmptyWord));
        assert_eq!("a..b".parse::<Topic>(), Err(TopicInvalid::EmptyWord));
        assert_eq!("a b".parse::<Topic>(), Err(TopicInvalid::Character(' ')));
        assert_eq!("a.*".parse::<Topic>(), Err(TopicInvalid::WildcardInTopic));
        assert_eq!("a.>.b".parse::<TopicPattern>(), Err(TopicInvalid::WildcardPlace));
        assert_eq!("a.b*".parse::<TopicPattern>(), Err(TopicInvalid::WildcardPlace));
        assert_eq!("a".repeat(256).parse::<Topic>(), Err(TopicInvalid::TooLong));
        assert_eq!(["a"; 17].join(".").parse::<Topic>(), Err(TopicInvalid::TooManyWords));
    }

    #[test]
    fn what_two_patterns_have_in_common_is_one_pattern_or_nothing() {
        let pattern = |text: &str| text.parse::<TopicPattern>().unwrap();
        for (one, other, both) in [
            (">", "a.*", Some("a.*")),
            ("a.>", "*.b", Some("a.b")),
            ("a.*", "a.b.c", None),
            ("*.b.>", "a.>", Some("a.b.>")),
            ("a.>", "a", None),
            ("a.*", "b.*", None),
            ("a.>", "a.b.>", Some("a.b.>")),
        ] {
            let expected = both.map(pattern);
            assert_eq!(pattern(one).intersection(&pattern(other)), expected, "{one} and {other}");
            assert_eq!(pattern(other).intersection(&pattern(one)), expected, "{other} and {one}");
        }
        assert!(pattern("a.>").covers(&pattern("a.*")) && !pattern("a.*").covers(&pattern("a.>")));
    }
}
