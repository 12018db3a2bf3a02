//! The environment variables, taken once, so that everything else can be tested without changing the process's own.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A snapshot of environment variables. Names or values that are not UTF-8 are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        let pairs = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self(pairs.collect())
    }

    /// The value of a variable; an empty one counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A variable that holds an absolute path. Relative ones are ignored, as the XDG convention says; of a list the first counts.
    pub fn folder(&self, name: &str) -> Option<PathBuf> {
        let first = self.get(name)?.split(':').next()?;
        Some(PathBuf::from(first)).filter(|path| path.is_absolute())
    }

    /// All pairs, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}
