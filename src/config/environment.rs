//! The environment variables, taken once, so that everything else can be tested without changing the process's own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::suggest::did_you_mean;

/// The variables of panotti that are no settings; `panotti help environment` describes them.
const FIXED: [&str; 9] = [
    "PANOTTI_API_KEY",
    "PANOTTI_API_KEY_FILE",
    "PANOTTI_CA_FILE",
    "PANOTTI_CONFIG",
    "PANOTTI_DATA",
    "PANOTTI_KEYS",
    "PANOTTI_OUTPUT",
    "PANOTTI_SOCKET",
    "PANOTTI_URL",
];
/// Set in every plugin's environment: where it is there, so are others that the daemon set for the plugin.
const IN_A_PLUGIN: &str = "PANOTTI_PLUGIN";

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

    /// Variables that look like panotti's own and are read by nothing, each with what was probably meant: `PANOTTI_DATE` would otherwise
    /// quietly start a daemon on the default folder. Settings (with `__`) are not told here, since a misspelt one is an error.
    pub fn unread(&self) -> Vec<String> {
        if self.get(IN_A_PLUGIN).is_some() {
            return Vec::new();
        }
        let unread = |name: &&str| name.starts_with("PANOTTI_") && !name.contains("__") && !FIXED.contains(name);
        let told = |name: &str| format!("{name} is no variable of panotti and is not read; {}", did_you_mean(name, FIXED));
        self.0.keys().map(String::as_str).filter(unread).map(|name| told(name).trim_end_matches("; ").to_owned()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_variable_is_told_with_the_one_meant_and_those_that_are_read_are_not() {
        let environment = Environment::from([("PANOTTI_DATE", "/d"), ("PANOTTI_DATA", "/d"), ("PANOTTI_SOMETHING", "1"), ("HOME", "/h")]);
        assert_eq!(
            environment.unread(),
            [
                "PANOTTI_DATE is no variable of panotti and is not read; did you mean `PANOTTI_DATA`?",
                "PANOTTI_SOMETHING is no variable of panotti and is not read",
            ]
        );
    }

    #[test]
    fn what_the_daemon_sets_for_a_plugin_is_not_told_there() {
        assert!(Environment::from([("PANOTTI_PLUGIN", "word-count"), ("PANOTTI_ATTEMPT", "1")]).unread().is_empty());
    }
}
