//! A regular expression that somebody looks for in text. Its time grows with the text and not with the expression's cunning; its size has
//! the limit of those in filters.

use regex::{Regex, RegexBuilder};

use crate::limits::PATTERN_BYTES_MAX;

/// The expression, compiled.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles it.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(text).size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX).build();
        built.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => format!("it takes more than {PATTERN_BYTES_MAX} bytes when it is compiled"),
            // The last line of a drawing that points at the place.
            other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        })
    }

    /// Whether it is found anywhere in a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_found_anywhere_and_one_that_does_not_hold_is_refused_with_the_reason() {
        assert!(Pattern::new("sto(re|ck)$").unwrap().is_in("the store"));
        assert!(!Pattern::new("^store").unwrap().is_in("the store"));
        assert_eq!(Pattern::new("a(b").unwrap_err(), "unclosed group");
        assert!(Pattern::new(r"\w{5000}").unwrap_err().contains("bytes"));
    }

    #[test]
    fn an_expression_has_room_for_its_compiled_form_and_no_more() {
        let most = (1..).take_while(|times| Pattern::new(&format!("[a-z]{{{}}}", times * 1_000)).is_ok()).last().unwrap();
        assert!((2..100).contains(&most), "{most} thousand letters");
        let refused = Pattern::new(&format!("[a-z]{{{}}}", (most + 1) * 1_000)).unwrap_err();
        assert_eq!(refused, format!("it takes more than {PATTERN_BYTES_MAX} bytes when it is compiled"));
    }
}
