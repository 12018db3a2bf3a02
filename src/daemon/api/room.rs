//! Memory for what waits between the store and slow clients, in bytes: so much for one client, and so much for all together. Whoever has
//! nothing waiting may always put one piece there, so that clients who take nothing stop nobody else.

use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::limits::{BODIES_BYTES_MAX, LINES_BYTES_MAX, PIECE_BYTES_MIN, STREAMS_BYTES_MAX};

/// The rooms of a daemon, apart from each other: who reads no answers leaves room for those who publish.
#[derive(Debug)]
pub struct Rooms {
    /// For streams and exports that their clients have not taken.
    pub streams: Room,
    /// For lines that were read and are not published.
    pub lines: Room,
    /// For bodies that are published whole.
    pub bodies: Room,
}

impl Default for Rooms {
    fn default() -> Self {
        Self { streams: Room::new(STREAMS_BYTES_MAX), lines: Room::new(LINES_BYTES_MAX), bodies: Room::new(BODIES_BYTES_MAX) }
    }
}

/// Room that many share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Room {
    free: Arc<Semaphore>,
    bytes_max: u32,
}

impl Room {
    /// Of so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        let bytes_max = permits(bytes_max);
        Self { free: Arc::new(Semaphore::new(bytes_max as usize)), bytes_max }
    }

    /// A share of it, for one client, of at most so many bytes.
    pub fn share(&self, bytes_max: usize) -> Share {
        let bytes_max = permits(bytes_max).max(1);
        Share { own: Arc::new(Semaphore::new(bytes_max as usize)), bytes_max, all: self.clone() }
    }

    /// Takes room at once for something whole. `None` where there was none for so long.
    pub async fn take_within(&self, bytes: usize, patience: Duration) -> Option<OwnedSemaphorePermit> {
        let taking = Arc::clone(&self.free).acquire_many_owned(permits(bytes).min(self.bytes_max));
        tokio::time::timeout(patience, taking).await.ok()?.ok()
    }
}

/// A number of bytes, as semaphores count.
fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// What one client may have waiting.
#[derive(Debug)]
pub struct Share {
    own: Arc<Semaphore>,
    bytes_max: u32,
    all: Room,
}

/// Room that is taken. Dropping it gives it back.
#[derive(Debug)]
pub struct Taken {
    _own: Option<OwnedSemaphorePermit>,
    _of_all: Option<OwnedSemaphorePermit>,
}

impl Share {
    /// Takes room for a piece; one that is larger than the share takes all of it. Waits until the share has room, and then until all together
    /// have, or nothing else is in the share. Nothing is taken where the waiting is given up.
    pub async fn take(&self, bytes: usize) -> Taken {
        let bytes = permits(bytes).clamp(1, self.bytes_max);
        let own = Arc::clone(&self.own).acquire_many_owned(bytes).await.ok();
        let of_all = tokio::select! {
            biased;
            of_all = Arc::clone(&self.all.free).acquire_many_owned(bytes) => of_all.ok(),
            _ = self.own.acquire_many(self.bytes_max - bytes) => None,
        };
        Taken { _own: own, _of_all: of_all }
    }

    /// Bytes that are taken of it.
    pub fn taken(&self) -> usize {
        self.bytes_max as usize - self.own.available_permits()
    }
}

/// A queue of pieces on their way to a client.
pub fn queue<T>(share: Share) -> (PieceSender<T>, PieceReceiver<T>) {
    // Every piece holds room, so that this is bounded.
    let (sender, receiver) = mpsc::unbounded_channel();
    (PieceSender { pieces: sender, share }, PieceReceiver(receiver))
}

/// The daemon's side of a queue.
#[derive(Debug)]
pub struct PieceSender<T> {
    pieces: mpsc::UnboundedSender<(T, Taken)>,
    share: Share,
}

/// The client's side of a queue.
#[derive(Debug)]
pub struct PieceReceiver<T>(mpsc::UnboundedReceiver<(T, Taken)>);

/// The client is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl<T> PieceSender<T> {
    /// Sends a piece of so many bytes, when there is room.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn send(&self, piece: T, bytes: usize) -> Result<(), Gone> {
        let taken = tokio::select! {
            taken = self.share.take(bytes + PIECE_BYTES_MIN) => taken,
            () = self.closed() => return Err(Gone),
        };
        self.pieces.send((piece, taken)).map_err(|_| Gone)
    }

    /// Waits until the client is gone.
    pub async fn closed(&self) {
        self.pieces.closed().await;
    }

    /// Does something for as long as somebody takes what it sends, also while it sends nothing.
    ///
    /// # Errors
    /// [`Gone`]; then the work was dropped where it stood.
    pub async fn while_taken<W>(&self, work: impl Future<Output = W>) -> Result<W, Gone> {
        tokio::select! {
            () = self.closed() => Err(Gone),
            done = work => Ok(done),
        }
    }
}

impl<T> PieceReceiver<T> {
    /// The pieces as the client takes them: what is taken gives its room back.
    pub fn into_stream(self) -> impl Stream<Item = T> {
        futures_util::stream::unfold(self.0, |mut pieces| async move {
            let (piece, _) = pieces.recv().await?;
            Some((piece, pieces))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::{FutureExt, StreamExt};

    use super::*;

    /// Sends pieces of so many bytes until one must wait. Returns how many went.
    fn fill(sender: &PieceSender<usize>, bytes: usize) -> usize {
        (0..).take_while(|number| sender.send(*number, bytes - PIECE_BYTES_MIN).now_or_never().is_some()).count()
    }

    #[test]
    fn work_that_sends_nothing_ends_too_when_nobody_takes_its_pieces_any_more() {
        let (sender, receiver) = queue::<usize>(Room::new(1 << 20).share(10_000));
        let mut searching = pin!(sender.while_taken(std::future::pending::<()>()));
        assert!(searching.as_mut().now_or_never().is_none(), "somebody may still want what it finds");

        drop(receiver);

        assert!(matches!(searching.now_or_never(), Some(Err(Gone))));
        let (sender, _receiver) = queue::<usize>(Room::new(1 << 20).share(10_000));
        assert!(matches!(sender.while_taken(std::future::ready(7)).now_or_never(), Some(Ok(7))));
    }

    // Without a runtime, which would make a task that does so much at once pause.
    #[test]
    fn what_one_client_leaves_waiting_is_bounded_in_bytes_below_at_and_above() {
        let room = Room::new(1 << 20);
        for (bytes, expected) in [(2_499, 4), (2_500, 4), (2_501, 3), (9_999, 1), (10_000, 1), (10_001, 1), (1 << 30, 1)] {
            let (sender, receiver) = queue(room.share(10_000));
            assert_eq!(fill(&sender, bytes), expected, "pieces of {bytes} bytes");
            assert!(sender.share.taken() <= 10_000);
            let mut pieces = pin!(receiver.into_stream());
            assert_eq!(pieces.next().now_or_never(), Some(Some(0)));
            assert_eq!(fill(&sender, bytes), 1, "what was taken leaves room for one more");
        }
        assert_eq!(room.free.available_permits(), 1 << 20, "nothing stays taken");
    }

    #[test]
    fn what_all_leave_waiting_is_bounded_and_whoever_has_nothing_waiting_is_not_stopped() {
        let room = Room::new(50_000);
        let slow: Vec<_> = (0..100).map(|_| queue(room.share(10_000))).collect();
        let went: Vec<usize> = slow.iter().map(|(sender, _)| fill(sender, 1_000)).collect();
        assert_eq!(went[..5], [10; 5]);
        assert!(went[5..].iter().all(|pieces| *pieces == 1), "one each, beyond the room for all: {went:?}");

        let (quick, receiver) = queue(room.share(10_000));
        let mut pieces = pin!(receiver.into_stream());
        for number in 0..1_000 {
            assert_eq!(quick.send(number, 500).now_or_never(), Some(Ok(())), "piece {number}");
            assert_eq!(pieces.next().now_or_never(), Some(Some(number)));
        }
        drop(slow);
        assert_eq!(fill(&quick, 1_000), 10, "those that are gone leave their room");
    }

    #[test]
    fn a_piece_goes_when_there_is_room_again_and_a_client_that_is_gone_ends_the_waiting() {
        let room = Room::new(2_000);
        let (first, first_pieces) = queue(room.share(2_000));
        let (second, second_pieces) = queue(room.share(2_000));
        assert_eq!((fill(&first, 1_000), fill(&second, 1_000)), (2, 1));

        let mut waits = pin!(second.send(7, 500));
        assert_eq!(waits.as_mut().now_or_never(), None);
        drop((first, first_pieces));
        assert_eq!(waits.as_mut().now_or_never(), Some(Ok(())), "the other client's room");
        assert_eq!(fill(&second, 1_000), 0);
        let mut waits = pin!(second.send(8, 500));
        assert_eq!(waits.as_mut().now_or_never(), None);
        drop(second_pieces);
        assert_eq!(waits.now_or_never(), Some(Err(Gone)));
    }

    #[tokio::test]
    async fn what_comes_whole_gets_its_room_or_is_told_that_there_is_none() {
        let room = Room::new(1_000);
        let held = room.take_within(999, Duration::ZERO).await;
        assert!(held.is_some() && room.take_within(1, Duration::ZERO).await.is_some());
        assert!(room.take_within(2, Duration::from_millis(1)).await.is_none());
        drop(held);
        assert!(room.take_within(5_000, Duration::ZERO).await.is_some(), "what is larger than the room gets all of it");
    }
}
