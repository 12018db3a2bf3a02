//! Signed checkpoints of the audit: every minute or 1,000 records, and at the end. Each is written to a file in the data folder and copied
//! to others outside of it: whoever changes the store must change those too, and cannot sign.
//!
//! - [`key`]: the signing key
//! - [`file`]: the files of checkpoints

pub mod file;
pub mod key;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use panotti_core::origin::AuditEntry;
use panotti_protocol::api::AuditStatus;
use panotti_protocol::time::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use crate::audit::chain::ChainHead;
use crate::audit::note::{Checkpoint, Note, PublicKey, Signer};
use crate::audit::verify::Checkpoints;
use file::CheckpointFile;

/// The longest that a record is without a checkpoint.
const EVERY: Duration = Duration::from_secs(60);
/// The most records that are without a checkpoint.
const RECORDS_MAX: u64 = 1_000;

/// What is known of the checkpoints, for everybody to see. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Known {
    shared: Arc<Shared>,
    head: watch::Receiver<ChainHead>,
}

#[derive(Debug)]
struct Shared {
    public_key: PublicKey,
    own: CheckpointFile,
    copies: Vec<CheckpointFile>,
    state: RwLock<State>,
}

#[derive(Debug, Clone, Default)]
struct State {
    newest: Option<(u64, Timestamp)>,
    /// What is wrong with the history itself, found at the start.
    broken: Option<String>,
    /// What is wrong with files.
    files: Vec<String>,
}

impl Known {
    /// The key that checks the signatures.
    pub fn public_key(&self) -> &PublicKey {
        &self.shared.public_key
    }

    /// How far the audit goes on disk.
    pub fn head(&self) -> ChainHead {
        *self.head.borrow()
    }

    /// The notes of all files, those of the data folder first. Reads files: not for an async thread.
    pub fn notes(&self) -> Vec<Note> {
        let Shared { own, copies, .. } = &*self.shared;
        std::iter::once(own).chain(copies).flat_map(CheckpointFile::notes).collect()
    }

    /// The signed checkpoints of all files. Reads files: not for an async thread.
    pub fn signed(&self) -> Checkpoints {
        Checkpoints::new(&self.notes(), self.public_key())
    }

    /// How the store as it was opened does not fit the newest checkpoint, if it does not.
    pub fn broken(&self) -> Option<String> {
        self.shared.state.read().unwrap_or_else(PoisonError::into_inner).broken.clone()
    }

    /// How the audit stands.
    pub fn status(&self) -> AuditStatus {
        let state = self.shared.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        AuditStatus {
            records: self.head().number,
            signed_to: state.newest.map_or(0, |(number, _)| number),
            signed_at: state.newest.map(|(_, at)| at),
            public_key: self.public_key().to_string(),
            copies: self.shared.copies.iter().map(|copy| copy.path().display().to_string()).collect(),
            problems: state.broken.into_iter().chain(state.files).collect(),
        }
    }
}

/// What checkpoints are made of.
#[derive(Debug)]
pub struct Settings {
    /// The signing key.
    pub signer: Signer,
    /// The data folder.
    pub data: PathBuf,
    /// Folders that each checkpoint is copied to.
    pub copy_to: Vec<PathBuf>,
    /// How far the audit goes.
    pub head: watch::Receiver<ChainHead>,
    /// The time.
    pub clock: Clock,
}

/// The task that signs. It ends with [`Signing::finish`].
#[derive(Debug)]
pub struct Signing {
    task: JoinHandle<Task>,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Task {
    known: Known,
    signer: Arc<Signer>,
    clock: Clock,
    /// How many records the newest checkpoint of this start stands for.
    signed: Option<u64>,
}

/// Begins to sign. `hash_at` gives the hash of the record at a number, to compare the newest checkpoint with the store as it was opened.
pub fn start(settings: Settings, hash_at: impl Fn(u64) -> Option<ChainHead>) -> (Known, Signing) {
    let Settings { signer, data, copy_to, head, clock } = settings;
    let public_key = signer.public();
    let named = |folder: PathBuf| CheckpointFile::in_folder(&folder, &public_key);
    let (own, copies) = (CheckpointFile::own(&data), copy_to.into_iter().map(named).collect());
    let known = Known { shared: Arc::new(Shared { public_key, own, copies, state: RwLock::default() }), head };
    let notes = known.notes();
    let newest = notes
        .iter()
        .filter(|note| note.is_signed_by(known.public_key()))
        .map(|note| note.checkpoint.clone())
        .max_by_key(|checkpoint| (checkpoint.head.number, checkpoint.at, checkpoint.closed));
    if let Some(newest) = &newest {
        let mut state = known.shared.state.write().unwrap_or_else(PoisonError::into_inner);
        state.newest = Some((newest.head.number, newest.at));
        state.broken = does_not_fit(newest, known.head(), hash_at);
        if let Some(problem) = &state.broken {
            tracing::error!(%problem, "the audit was changed");
        }
    }
    // A history that does not fit is signed anew all the same: the older checkpoints stay, and prove it.
    let stop = CancellationToken::new();
    let task = Task { known: known.clone(), signer: Arc::new(signer), clock, signed: None };
    (known, Signing { task: tokio::spawn(task.run(stop.clone())), stop })
}

/// What the audit itself says of a start: a new key, a history that does not fit.
pub fn noted(known: &Known, key: key::Found) -> Vec<AuditEntry> {
    let entry = |action: &str, object: String, detail: String| AuditEntry {
        actor: "daemon".to_owned(),
        action: action.to_owned(),
        object,
        reason: String::new(),
        detail,
    };
    let made = (key == key::Found::Made)
        .then(|| entry("audit.key", known.public_key().to_string(), "a new key signs checkpoints from now on".to_owned()));
    let broken = known.broken().map(|problem| entry("audit.broken", "audit".to_owned(), problem));
    made.into_iter().chain(broken).collect()
}

/// How the store as it was opened does not fit the newest checkpoint, if it does not.
fn does_not_fit(newest: &Checkpoint, head: ChainHead, hash_at: impl Fn(u64) -> Option<ChainHead>) -> Option<String> {
    let Checkpoint { head: signed, at, closed, .. } = newest;
    let number = signed.number;
    if number > 0 && hash_at(number).as_ref() != Some(signed) {
        return Some(format!("the audit is not the one that was signed at {at}: record {number} or one before it was changed or is gone"));
    }
    let added = head.number.saturating_sub(number);
    (*closed && added > 0).then(|| format!("{added} records after {number} were added to the audit while no daemon ran"))
}

impl Signing {
    /// Signs what is left. To be called when nothing more is written.
    pub async fn finish(self) {
        self.stop.cancel();
        if let Ok(mut task) = self.task.await {
            task.sign(true).await;
        }
    }
}

impl Task {
    async fn run(mut self, stop: CancellationToken) -> Self {
        let mut head = self.known.head.clone();
        let mut due = tokio::time::interval(EVERY);
        due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return self,
                _ = due.tick() => self.sign(false).await,
                // An error says that the bus has ended: nothing more is written, and the stop follows.
                Ok(()) = head.changed() => {
                    if head.borrow_and_update().number >= self.signed.unwrap_or(0) + RECORDS_MAX {
                        self.sign(false).await;
                        due.reset();
                    }
                }
            }
        }
    }

    /// Signs where the audit goes further than the newest checkpoint of this start, and at the end; looks whether the copies can be written.
    async fn sign(&mut self, closed: bool) {
        let head = self.known.head();
        let (shared, signer, now) = (Arc::clone(&self.known.shared), Arc::clone(&self.signer), self.clock.now());
        let new = closed || self.signed.is_none_or(|signed| head.number > signed);
        let written = tokio::task::spawn_blocking(move || {
            let note = new.then(|| signer.sign(head, now, closed));
            let write = |file: &CheckpointFile| file.add(note.as_deref()).err().map(|error| format!("{}: {error}", file.path().display()));
            let own = write(&shared.own);
            let problems: Vec<String> =
                shared.copies.iter().filter_map(write).map(|why| format!("checkpoints are not copied: {why}")).collect();
            (own, problems)
        });
        let Ok((own, mut problems)) = written.await else { return };
        let mut state = self.known.shared.state.write().unwrap_or_else(PoisonError::into_inner);
        match own {
            None if new => {
                self.signed = Some(head.number);
                state.newest = Some((head.number, now));
            }
            None => {}
            // Tried again in a minute.
            Some(why) => problems.insert(0, format!("checkpoints cannot be written: {why}")),
        }
        if state.files != problems {
            problems.iter().for_each(|problem| tracing::warn!(%problem, "checkpoints of the audit"));
            state.files = problems;
        }
    }
}

#[cfg(test)]
mod tests {
    use panotti_protocol::id::StoreId;

    use super::*;
    use crate::audit::note::KEY_BYTES;

    /// Shorter than the minute after which a checkpoint is signed anyway.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn head(number: u64) -> ChainHead {
        ChainHead { number, hash: [3; 32] }
    }

    async fn signed_to(known: &Known, number: u64) {
        let waiting = async {
            while known.status().signed_to != number {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it is signed without waiting for its minute");
    }

    #[test]
    fn rule_21_a_checkpoint_is_signed_at_the_start_after_a_thousand_records_and_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let copies = folder.path().join("copies");
        std::fs::create_dir(&copies).unwrap();
        let (told, head_told) = watch::channel(head(5));
        let settings = |head| Settings {
            signer: Signer::new(StoreId::from_bytes([7; 16]), &[1; KEY_BYTES]).unwrap(),
            data: folder.path().to_owned(),
            copy_to: vec![copies.clone()],
            head,
            clock: Clock::new(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();

        runtime.block_on(async {
            let (known, signing) = start(settings(head_told.clone()), |_| None);
            signed_to(&known, 5).await;
            told.send_replace(head(1_004));
            told.send_replace(head(1_005));
            signed_to(&known, 1_005).await;
            told.send_replace(head(1_006));
            signing.finish().await;
            assert_eq!(known.signed().signed_to(), 1_006);
            assert!(known.status().problems.is_empty(), "{:?}", known.status());

            let (known, signing) = start(settings(head_told), |number| Some(head(number)));
            assert_eq!(known.broken(), None);
            signing.finish().await;
            told.send_replace(head(1_007));
            let (known, signing) = start(settings(told.subscribe()), |number| Some(head(number)));
            assert!(known.broken().is_some_and(|problem| problem.starts_with("1 records after 1006 were added")), "{:?}", known.broken());
            signing.finish().await;
        });
        let copy = std::fs::read_dir(copies).unwrap().next().unwrap().unwrap().path();
        assert_eq!(std::fs::read(copy).unwrap(), std::fs::read(folder.path().join("audit.checkpoints")).unwrap());
    }
}
