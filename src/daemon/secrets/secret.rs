//! The type of a secret: it cannot be printed, compared in the open, or written to JSON by accident, and its memory is cleared.

use zeroize::Zeroizing;

/// A secret's value. Deliberately without `Debug`, `Display`, `Serialize` and `PartialEq`.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a value.
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for whoever passes it on. Every use of this is a place to look at.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}
