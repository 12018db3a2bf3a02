//! Who can open sealed payloads: what is asked of it, and wrapping every key anew after a change. That goes on in the background, in parts,
//! and after a restart where it ended: what is wrapped to the last ones can be opened until the end.

use std::sync::Arc;
use std::time::Duration;

use panotti_core::command::Record;
use panotti_core::sealing::SealChange;
use panotti_protocol::api::{Check, RecipientKind, SealRecipient, SealRecoveryRequest, SealStatus};
use panotti_protocol::failure::{ErrorCode, Failure};
use tokio::sync::Mutex;

use super::bus::handle::BusHandle;
use super::seal::limits::KEYS_REWRAPPED_MAX;
use super::seal::recipients::{Identity, Recipient, wrap};
use super::seal::ring::{Ring, Wrapping};
use super::store::failure::StoreError;
use super::store::key_file::KeyFiles;
use super::store::sqlite::readers::Readers;
use super::store::sqlite::{data_keys, identities, tag_key};

/// What is wrong where there is no recovery recipient, and what to do.
const LACKS_RECOVERY: &str = "nobody but this daemon can open its sealed payloads";
const MAKE_RECOVERY: &str = "make a recovery identity with `panotti seal init FILE`";

/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sealer {
    bus: BusHandle,
    readers: Readers,
    files: KeyFiles,
    /// One change at a time.
    turn: Arc<Mutex<()>>,
}

impl Sealer {
    /// Works on the store of these.
    pub fn new(bus: BusHandle, readers: Readers, files: KeyFiles) -> Self {
        Self { bus, readers, files, turn: Arc::default() }
    }

    fn ring(&self) -> &Ring {
        self.readers.seals().ring()
    }

    /// How it stands.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn status(&self) -> Result<SealStatus, StoreError> {
        self.readers.read(data_keys::status).await
    }

    /// What an operator should know of it.
    pub async fn warnings(&self) -> Vec<String> {
        match self.status().await {
            Ok(seal) if seal.lacks_recovery() => vec![format!("{LACKS_RECOVERY}: {MAKE_RECOVERY}")],
            _ => Vec::new(),
        }
    }

    /// Whether somebody else can open payloads when the daemon's keys are lost, as a check of `panotti doctor`.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn check(&self) -> Result<Check, StoreError> {
        const NAME: &str = "recovery";
        let seal = self.status().await?;
        let recovery = seal.recipients.iter().find(|one| one.kind == RecipientKind::Recovery);
        Ok(match recovery {
            Some(one) => Check::ok(NAME, format!("{} opens payloads when the keys folder is lost", one.recipient)),
            None => Check::warning(NAME, LACKS_RECOVERY, MAKE_RECOVERY),
        })
    }

    /// Somebody else can recover everything from now on. Whether that changed anything.
    ///
    /// # Errors
    /// It is no recipient; there is another one, which is not to be replaced; keys are just being wrapped anew.
    pub async fn set_recovery(&self, request: SealRecoveryRequest, actor: &str) -> Result<bool, Failure> {
        let _turn = self.turn.lock().await;
        let invalid = |why| Failure::new(ErrorCode::REQUEST_INVALID, why);
        let recipient = request.recipient.parse::<Recipient>().map_err(invalid)?.to_string();
        let known = self.readers.read(|database| identities::recipients(database)).await?;
        let is = |one: &&SealRecipient, kind| one.kind == kind;
        if let Some(there) = known.iter().find(|one| one.recipient == recipient) {
            if there.kind == RecipientKind::Recovery {
                return Ok(false);
            }
            return Err(invalid("that is the daemon's own recipient: with its keys lost nobody could open anything".to_owned()));
        }
        if let Some(other) = known.iter().find(|one| is(one, RecipientKind::Recovery)).filter(|_| !request.replace) {
            let detail = format!("{} is the recovery recipient", other.recipient);
            return Err(Failure::new(ErrorCode::SEAL_STATE, detail).next("replace it with `--replace`"));
        }
        let others = known.iter().filter(|one| !is(one, RecipientKind::Recovery)).map(|one| (one.recipient.clone(), one.kind));
        let recipients = others.chain([(recipient, RecipientKind::Recovery)]).collect();
        self.change(recipients, "seal.recovery", actor, request.reason).await?;
        Ok(true)
    }

    /// The daemon gets a new identity, and every key is wrapped to it.
    ///
    /// # Errors
    /// The last such change is not over yet; the keys folder cannot be written.
    pub async fn rotate(&self, actor: &str, reason: Option<String>) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        let known = self.readers.read(|database| identities::recipients(database)).await?;
        if self.readers.read(|database| data_keys::is_unfinished(database)).await? {
            return Err(Failure::new(ErrorCode::SEAL_STATE, "keys are still being wrapped after the last change"));
        }
        let next = Identity::generate();
        let (files, recipient) = (self.files.clone(), next.recipient().to_string());
        let here = blocking(move || {
            // The last one may still be waiting for its name, where the disk refused it.
            identities::finish(&files, &known)?;
            files.write(identities::NEXT_NAME, &next.to_file())?;
            let mut here = identities::here(&files, &known)?;
            here.push(next);
            Ok((here, known))
        });
        let (here, known) = here.await?;
        self.ring().set_identities(here);
        let kept = known.into_iter().map(|one| match one.kind {
            RecipientKind::Daemon => (one.recipient, RecipientKind::Retiring),
            kind => (one.recipient, kind),
        });
        let recipients = kept.chain([(recipient, RecipientKind::Daemon)]).collect();
        self.change(recipients, "seal.rotate", actor, reason).await
    }

    async fn change(
        &self,
        recipients: Vec<(String, RecipientKind)>,
        action: &'static str,
        actor: &str,
        reason: Option<String>,
    ) -> Result<(), Failure> {
        let reason = reason.unwrap_or_default();
        let change = SealChange::Recipients { recipients, action, actor: actor.to_owned(), reason };
        self.bus.record(Record::Seal(change)).await
    }

    /// Wraps keys anew whenever there is something to wrap, until the daemon ends.
    pub async fn run(self) {
        loop {
            match self.wrap_all().await {
                Ok(()) => self.ring().changed().await,
                Err(failure) if failure.is(ErrorCode::DAEMON_STOPPING) => return,
                Err(failure) => {
                    tracing::warn!(%failure, "data keys could not be wrapped anew; it is tried again");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    /// Wraps every key to the recipients of now that is not yet, and gives the daemon's next identity its name.
    async fn wrap_all(&self) -> Result<(), Failure> {
        if !self.readers.read(|database| data_keys::is_unfinished(database)).await? {
            return Ok(());
        }
        let wrapping = self.ring().wrapping();
        let (mut after, mut unopened) = (0, 0_u64);
        loop {
            let generation = wrapping.generation;
            let page = self.readers.read(move |database| data_keys::behind(database, generation, after, KEYS_REWRAPPED_MAX)).await?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            let number = page.len() as u64;
            let keys = self.wrap_page(page, &wrapping).await?;
            unopened += number - keys.len() as u64;
            self.bus.record(Record::Seal(SealChange::Rewrapped { keys, generation })).await?;
        }
        if unopened > 0 {
            // Without the last identity there would be no hope for them.
            tracing::error!(unopened, "data keys could not be opened; the daemon's last identity is kept");
            return Ok(());
        }
        self.finish(&wrapping).await
    }

    /// Keys that cannot be opened are left out.
    async fn wrap_page(&self, page: Vec<(i64, Vec<u8>)>, wrapping: &Arc<Wrapping>) -> Result<Vec<(i64, Vec<u8>)>, Failure> {
        let (readers, wrapping) = (self.readers.clone(), Arc::clone(wrapping));
        let anew = move |(id, wrapped): (i64, Vec<u8>)| {
            let bytes = readers.seals().ring().unwrap(&wrapped).ok()?;
            Some((id, wrap(bytes.as_slice(), &wrapping.recipients).ok()?))
        };
        blocking(move || Ok(page.into_iter().filter_map(anew).collect())).await
    }

    /// With the turn: the next change must not write an identity's file while the last one is still getting its name.
    async fn finish(&self, wrapping: &Arc<Wrapping>) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        let wrapped = self.readers.read(|database| tag_key::wrapped(database)).await?;
        let keys = self.wrap_page(wrapped.into_iter().map(|wrapped| (0, wrapped)).collect(), wrapping).await?;
        let Some((_, tag_key)) = keys.into_iter().next() else {
            tracing::error!("the key of the tags could not be opened as the store has it; the daemon's last identity is kept");
            return Ok(());
        };
        self.bus.record(Record::Seal(SealChange::Finished { tag_key, generation: wrapping.generation })).await?;
        let known = self.readers.read(|database| identities::recipients(database)).await?;
        let files = self.files.clone();
        let here = blocking(move || {
            identities::finish(&files, &known)?;
            identities::here(&files, &known)
        });
        self.ring().set_identities(here.await?);
        tracing::info!(generation = wrapping.generation, "every data key is wrapped to the recipients of now");
        Ok(())
    }
}

/// Runs what computes or writes files off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, Failure> {
    let ended = tokio::task::spawn_blocking(work).await;
    Ok(ended.map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("wrapping keys ended early: {error}")))??)
}
