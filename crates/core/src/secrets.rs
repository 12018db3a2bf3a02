//! Changes of secrets, which are sealed before they come here: what is written is never a secret itself.

/// A secret as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Its name.
    pub name: String,
    /// The key that opens it.
    pub key_id: [u8; 8],
    /// The nonce and the sealed value.
    pub sealed: Vec<u8>,
}

/// What becomes of which secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretChange {
    /// A secret gets a value.
    Set(SealedSecret),
    /// A secret is removed.
    Remove(String),
    /// All secrets are sealed with another key; their values stay.
    Rotate(Vec<SealedSecret>),
}

/// A change with who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSecrets {
    /// The change.
    pub change: SecretChange,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
}

impl SecretChange {
    /// The action and the object that the audit has.
    pub(crate) fn audited(&self) -> (&'static str, String) {
        match self {
            Self::Set(secret) => ("secret.set", secret.name.clone()),
            Self::Remove(name) => ("secret.remove", name.clone()),
            Self::Rotate(_) => ("secret.rotate", "all".to_owned()),
        }
    }
}
