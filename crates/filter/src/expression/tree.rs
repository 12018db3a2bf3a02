//! A compiled filter: conditions over an event. Written back as text it is the filter in its plain form.

use std::fmt;

use panotti_protocol::time::Timestamp;
use serde_json::Value;

/// Something that holds of an event or does not.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Every one of them holds.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// `true` or `false`, as written.
    Constant(bool),
    /// The field is `true`.
    Holds(Path),
    /// The field is there, whatever its value.
    Has(Path),
    /// Two values compare so.
    Compare {
        /// The one.
        left: Operand,
        /// How.
        relation: Relation,
        /// The other.
        right: Operand,
    },
    /// A list has the item, or a map the key.
    In {
        /// The item.
        item: Operand,
        /// The list or map.
        list: Operand,
    },
    /// A text begins with, ends with or contains another.
    Text {
        /// The text.
        operand: Operand,
        /// What is asked.
        test: TextTest,
        /// The other.
        argument: Operand,
    },
    /// A text has a place that fits a regular expression.
    Fits {
        /// The text.
        operand: Operand,
        /// The expression.
        pattern: regex::Regex,
    },
    /// Something holds for items of a list.
    Each {
        /// For how many.
        quantifier: Quantifier,
        /// The list.
        list: Path,
        /// What an item is called.
        name: String,
        /// What must hold for it.
        condition: Box<Condition>,
    },
}

/// A value that is compared.
#[derive(Debug, Clone)]
pub enum Operand {
    /// As written.
    Constant(Value),
    /// A point in time, as written.
    Instant(Timestamp),
    /// A field.
    Path(Path),
    /// Items of a list, fields of a map, or characters of a text.
    Size(Path),
}

/// A place in the event.
#[derive(Debug, Clone)]
pub struct Path {
    /// Where it begins.
    pub root: Root,
    /// The way from there.
    pub steps: Vec<Step>,
}

/// Where a path begins.
#[derive(Debug, Clone)]
pub enum Root {
    /// An attribute of the event.
    Attribute(Attribute),
    /// The payload.
    Data,
    /// An item of the list that is gone through at this depth, the outermost being 0, with its name.
    Item(usize, String),
}

/// One step of a path.
#[derive(Debug, Clone)]
pub enum Step {
    /// Into a map.
    Field(String),
    /// Into a list, from 0.
    Index(usize),
}

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type { $($(#[$variant_doc])* $variant,)+ }

        impl $type {
            /// All of them, with their words.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant),)+];

            /// Finds one by its word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, found)| *found)
            }

            /// Its word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

words! {
    /// An attribute of the event beside its payload.
    Attribute {
        /// The topic.
        Type = "type",
        /// Who said so.
        Source = "source",
        /// What it is about.
        Subject = "subject",
        /// When it happened.
        Time = "time",
        /// Its priority.
        Priority = "priority",
        /// The story it belongs to.
        CorrelationId = "correlationid",
        /// The publisher's id.
        Id = "id",
        /// Panotti's id.
        EventId = "eventid",
        /// The ordering key.
        OrderingKey = "orderingkey",
        /// The payload's media type.
        DataContentType = "datacontenttype",
        /// Where the payload's schema is described.
        DataSchema = "dataschema",
        /// Who published it.
        Actor = "actor",
    }
}

words! {
    /// How two values compare.
    Relation {
        /// The same value.
        Equal = "==",
        /// Another value of the same type.
        Unequal = "!=",
        /// Smaller.
        Less = "<",
        /// Not larger.
        LessOrEqual = "<=",
        /// Larger.
        Greater = ">",
        /// Not smaller.
        GreaterOrEqual = ">=",
    }
}

words! {
    /// What is asked of a text.
    TextTest {
        /// It begins with the other.
        StartsWith = "startsWith",
        /// It ends with the other.
        EndsWith = "endsWith",
        /// The other is in it.
        Contains = "contains",
    }
}

words! {
    /// For how many items of a list something must hold.
    Quantifier {
        /// For one or more.
        Exists = "exists",
        /// For every one.
        All = "all",
        /// For exactly one.
        ExistsOne = "exists_one",
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(conditions) => joined(conditions, " && ", f),
            Self::Any(conditions) => joined(conditions, " || ", f),
            Self::Not(condition) => match **condition {
                Self::Compare { .. } | Self::In { .. } => write!(f, "!({condition})"),
                _ => write!(f, "!{}", Grouped(condition)),
            },
            Self::Constant(value) => write!(f, "{value}"),
            Self::Holds(path) => write!(f, "{path}"),
            Self::Has(path) => write!(f, "has({path})"),
            Self::Compare { left, relation, right } => write!(f, "{left} {} {right}", relation.word()),
            Self::In { item, list } => write!(f, "{item} in {list}"),
            Self::Text { operand, test, argument } => write!(f, "{operand}.{}({argument})", test.word()),
            Self::Fits { operand, pattern } => write!(f, "{operand}.matches({})", quoted(pattern.as_str())),
            Self::Each { quantifier, list, name, condition } => write!(f, "{list}.{}({name}, {condition})", quantifier.word()),
        }
    }
}

fn joined(conditions: &[Condition], operator: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, condition) in conditions.iter().enumerate() {
        write!(f, "{}{}", if index > 0 { operator } else { "" }, Grouped(condition))?;
    }
    Ok(())
}

/// A condition in brackets where it would otherwise be read differently.
struct Grouped<'a>(&'a Condition);

impl fmt::Display for Grouped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Condition::All(_) | Condition::Any(_) => write!(f, "({})", self.0),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => f.write_str(&written(value)),
            Self::Instant(time) => write!(f, "timestamp(\"{time}\")"),
            Self::Path(path) => write!(f, "{path}"),
            Self::Size(path) => write!(f, "size({path})"),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Root::Attribute(attribute) => f.write_str(attribute.word())?,
            Root::Data => f.write_str("data")?,
            Root::Item(_, name) => f.write_str(name)?,
        }
        for step in &self.steps {
            match step {
                Step::Field(name) if is_plain(name) => write!(f, ".{name}")?,
                Step::Field(name) => write!(f, "[{}]", quoted(name))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A value as CEL has it: as JSON, but for whole numbers that only its unsigned ones reach.
fn written(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_u64() && number.as_i64().is_none() => format!("{number}u"),
        Value::Array(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Whether a field can be written after a point.
fn is_plain(name: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !matches!(name, "" | "in" | "true" | "false" | "null") && name.chars().all(letters) && !name.starts_with(|c: char| c.is_ascii_digit())
}
