//! Secrets of the configuration (semantics rule 19): sealed in the store, open in memory only, given to plugins by message. Nothing gives a
//! value back.
//!
//! - [`secret`]: the type of a value
//! - [`sealing`]: sealing and opening one
//! - [`key`]: the key's file, and how one key follows another

pub mod key;
pub mod sealing;
pub mod secret;

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use panotti_core::command::Record;
use panotti_core::secrets::{ChangeSecrets, SealedSecret, SecretChange};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::{SECRET_BYTES_MAX, SECRET_BYTES_MIN, SECRET_NAME_BYTES_MAX, SECRETS_MAX};
use panotti_protocol::manifest::{SECRET_REFERENCE, secret_reference};
use serde_json::Value;
use tokio::sync::Mutex;

use super::bus::handle::BusHandle;
use super::redact;
use super::store::sqlite::secrets::StoredSecret;
use key::KeyFiles;
use sealing::SealingKey;
use secret::Secret;

/// All secrets. Cheap to clone.
#[derive(Clone)]
pub struct Secrets(Arc<Shared>);

struct Shared {
    bus: BusHandle,
    files: KeyFiles,
    /// Held over every change, so that changes come in one order.
    keys: Mutex<Keys>,
    values: ArcSwap<BTreeMap<String, Secret>>,
}

/// What secrets are sealed with.
struct Keys {
    current: Option<SealingKey>,
    /// The one that is to follow, where a rotation has not ended: the next rotation uses it.
    next: Option<SealingKey>,
}

impl Keys {
    fn both(&self) -> impl Iterator<Item = &SealingKey> {
        self.current.iter().chain(&self.next)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// Who changes something, and why.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
}

impl Secrets {
    /// Opens what is stored.
    ///
    /// # Errors
    /// `secret.key_wrong` where a secret cannot be opened with the key that is there, or none is there; `daemon.files_unsafe`.
    pub fn open(files: KeyFiles, stored: Vec<StoredSecret>, bus: BusHandle) -> Result<Self, Failure> {
        let mut keys = Keys { current: files.read()?, next: files.read_next()? };
        if let Some(next) = &keys.next {
            // A rotation was cut short. What the store says decides, and no key goes that a secret is sealed with.
            let with_next = stored.iter().filter(|StoredSecret { secret, .. }| secret.key_id == next.id()).count();
            if with_next == 0 {
                files.drop_next();
                keys.next = None;
            } else if with_next == stored.len() {
                files.take_next()?;
                keys.current = keys.next.take();
            } else {
                tracing::warn!("secrets are sealed with two keys; `panotti config secret rotate` seals all with one");
            }
        }
        let open = |StoredSecret { secret, .. }: StoredSecret| match keys.both().find_map(|key| key.open(&secret)) {
            Some(value) => Ok((secret.name, value)),
            None => Err(key_wrong(&files, &secret)),
        };
        let values = stored.into_iter().map(open).collect::<Result<BTreeMap<_, _>, _>>()?;
        redact::learn(values.values().map(Secret::reveal));
        Ok(Self(Arc::new(Shared { bus, files, keys: Mutex::new(keys), values: ArcSwap::from_pointee(values) })))
    }

    /// Sets a value. Whether that changed anything.
    ///
    /// # Errors
    /// `secret.invalid`, or what the store says.
    pub async fn set(&self, name: &str, value: Secret, by: By) -> Result<bool, Failure> {
        check(name, &value)?;
        let mut keys = self.0.keys.lock().await;
        let values = self.0.values.load_full();
        if values.get(name).is_some_and(|known| known.reveal() == value.reveal()) {
            return Ok(false);
        }
        if values.len() >= SECRETS_MAX && !values.contains_key(name) {
            return Err(Failure::new(ErrorCode::SECRET_INVALID, format!("there are already {SECRETS_MAX} secrets")));
        }
        let sealing = match &mut keys.current {
            Some(sealing) => sealing,
            none => none.insert(self.0.files.make()?),
        };
        let sealed = sealing.seal(name, &value).ok_or_else(cannot_seal)?;
        // Before anything can happen with it.
        redact::learn(values.values().chain([&value]).map(Secret::reveal));
        self.record(SecretChange::Set(sealed), by).await?;
        self.replace(|values| drop(values.insert(name.to_owned(), value)));
        Ok(true)
    }

    /// Removes a secret.
    ///
    /// # Errors
    /// `secret.not_found`, or what the store says.
    pub async fn remove(&self, name: &str, by: By) -> Result<(), Failure> {
        let _changing = self.0.keys.lock().await;
        if !self.0.values.load().contains_key(name) {
            return Err(Failure::new(ErrorCode::SECRET_NOT_FOUND, format!("there is no secret `{name}`")));
        }
        self.record(SecretChange::Remove(name.to_owned()), by).await?;
        self.replace(|values| drop(values.remove(name)));
        Ok(())
    }

    /// Makes a new key and seals everything with it. How many secrets, and the key's name.
    ///
    /// # Errors
    /// What the disk or the store says: then the old key stays.
    pub async fn rotate(&self, by: By) -> Result<(u64, String), Failure> {
        let mut keys = self.0.keys.lock().await;
        let next = match keys.next.take() {
            Some(next) => next,
            None => self.0.files.make_next()?,
        };
        let next = keys.next.insert(next);
        let name = data_encoding::HEXLOWER.encode(&next.id());
        let values = self.0.values.load_full();
        let sealed: Option<Vec<SealedSecret>> = values.iter().map(|(name, value)| next.seal(name, value)).collect();
        let sealed = sealed.ok_or_else(cannot_seal)?;
        // Where it is not known whether this was stored, the key stays beside the other: the next start, or the next rotation, knows.
        self.record(SecretChange::Rotate(sealed), by).await?;
        self.0.files.take_next()?;
        keys.current = keys.next.take();
        Ok((values.len() as u64, name))
    }

    async fn record(&self, change: SecretChange, by: By) -> Result<(), Failure> {
        self.0.bus.record(Record::Secrets(ChangeSecrets { change, actor: by.actor, reason: by.reason })).await
    }

    fn replace(&self, change: impl FnOnce(&mut BTreeMap<String, Secret>)) {
        let mut values = BTreeMap::clone(&self.0.values.load());
        change(&mut values);
        self.0.values.store(Arc::new(values));
    }

    /// The first secret that a configuration refers to and that is not set.
    pub fn missing(&self, config: &BTreeMap<String, Value>) -> Option<String> {
        let values = self.0.values.load();
        panotti_protocol::manifest::secrets_of(config.values()).into_iter().find(|name| !values.contains_key(name))
    }

    /// A configuration with the values of the secrets that it refers to, for the message to its plugin.
    ///
    /// # Errors
    /// The name of one that is not set.
    pub fn resolve(&self, config: &BTreeMap<String, Value>) -> Result<BTreeMap<String, Value>, String> {
        let values = self.0.values.load();
        config.iter().map(|(key, value)| Ok((key.clone(), resolved(value, &values)?))).collect()
    }
}

fn resolved(value: &Value, values: &BTreeMap<String, Secret>) -> Result<Value, String> {
    if let Some(name) = secret_reference(value) {
        return values.get(name).map(|secret| Value::from(secret.reveal())).ok_or_else(|| name.to_owned());
    }
    Ok(match value {
        Value::Array(items) => Value::Array(items.iter().map(|item| resolved(item, values)).collect::<Result<_, _>>()?),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| Ok::<_, String>((name.clone(), resolved(value, values)?));
            Value::Object(fields.iter().map(field).collect::<Result<_, _>>()?)
        }
        plain => plain.clone(),
    })
}

fn check(name: &str, value: &Secret) -> Result<(), Failure> {
    let invalid = |detail: String| Err(Failure::new(ErrorCode::SECRET_INVALID, detail));
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if name.is_empty() || name.len() > SECRET_NAME_BYTES_MAX || !name.bytes().all(word) {
        return invalid(format!("a name has 1 to {SECRET_NAME_BYTES_MAX} letters, digits, `_`, `-` and `.`"));
    }
    let bytes = value.reveal().len();
    if !(SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes) {
        return invalid(format!("the value of `{name}` has {bytes} bytes; {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} are allowed"));
    }
    Ok(())
}

fn cannot_seal() -> Failure {
    Failure::new(ErrorCode::INTERNAL, "a secret could not be sealed")
}

fn key_wrong(files: &KeyFiles, secret: &SealedSecret) -> Failure {
    let id = data_encoding::HEXLOWER.encode(&secret.key_id);
    let detail = format!("the secret `{}` is sealed with the key {id}, which {} does not hold", secret.name, files.path().display());
    Failure::new(ErrorCode::SECRET_KEY_WRONG, detail)
}

/// A reference to a secret, as JSON has it.
pub fn reference(name: &str) -> Value {
    serde_json::json!({ SECRET_REFERENCE: name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_19_references_are_replaced_wherever_they_stand_and_nothing_else_is() {
        let values = BTreeMap::from([("TOKEN".to_owned(), Secret::new("the value".to_owned()))]);
        let config = serde_json::json!({"a": reference("TOKEN"), "b": [1, {"c": reference("TOKEN")}], "d": {"$secret": "TOKEN", "e": 1}});

        let found = resolved(&config, &values).unwrap();

        assert_eq!(found, serde_json::json!({"a": "the value", "b": [1, {"c": "the value"}], "d": {"$secret": "TOKEN", "e": 1}}));
        assert_eq!(resolved(&reference("OTHER"), &values), Err("OTHER".to_owned()));
    }
}
