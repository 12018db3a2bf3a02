//! Seats: how many may be connected, in all and by one holder (a local user, or an address).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// How many may be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatLimits {
    /// In all.
    pub all_max: usize,
    /// By one holder.
    pub per_holder_max: usize,
}

/// The seats of one listener.
#[derive(Debug)]
pub struct Seats<H: Hash + Eq> {
    limits: SeatLimits,
    taken: Arc<Mutex<Taken<H>>>,
}

#[derive(Debug)]
struct Taken<H> {
    all: usize,
    by_holder: HashMap<H, usize>,
    /// Whether somebody was refused since a seat was last given: said once in the log, however many there are.
    refused: bool,
}

/// No seat is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full {
    /// Whether nobody was refused since a seat was last given.
    pub first: bool,
}

impl<H: Hash + Eq + Clone> Seats<H> {
    /// Empty ones.
    pub fn new(limits: SeatLimits) -> Self {
        Self { limits, taken: Arc::new(Mutex::new(Taken { all: 0, by_holder: HashMap::new(), refused: false })) }
    }

    /// Takes a seat.
    ///
    /// # Errors
    /// Where all are taken, or all that one holder may have.
    pub fn take(&self, holder: H) -> Result<Seat<H>, Full> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by_holder.get(&holder).copied().unwrap_or(0);
        if taken.all >= self.limits.all_max || own >= self.limits.per_holder_max {
            let first = !std::mem::replace(&mut taken.refused, true);
            return Err(Full { first });
        }
        taken.refused = false;
        taken.all += 1;
        taken.by_holder.insert(holder.clone(), own + 1);
        Ok(Seat { holder, taken: Arc::clone(&self.taken) })
    }
}

/// One seat. Dropping it gives it back.
#[derive(Debug)]
pub struct Seat<H: Hash + Eq> {
    holder: H,
    taken: Arc<Mutex<Taken<H>>>,
}

impl<H: Hash + Eq> Drop for Seat<H> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(own) = taken.by_holder.get_mut(&self.holder) {
            *own -= 1;
            if *own == 0 {
                taken.by_holder.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_bounded_in_all_and_by_holder_and_come_back() {
        let seats = Seats::new(SeatLimits { all_max: 3, per_holder_max: 2 });
        let first = seats.take("a").unwrap();
        let _second = seats.take("a").unwrap();

        assert_eq!(seats.take("a").unwrap_err(), Full { first: true }, "a holder's own limit");
        assert_eq!(seats.take("a").unwrap_err(), Full { first: false }, "said once");
        let _third = seats.take("b").unwrap();
        assert!(seats.take("c").is_err(), "all are taken");
        drop(first);
        assert!(seats.take("c").is_ok());
    }

    #[test]
    fn a_holder_that_has_left_costs_nothing() {
        let seats = Seats::new(SeatLimits { all_max: 3, per_holder_max: 2 });
        (0..100).for_each(|holder| drop(seats.take(holder).unwrap()));
        assert!(seats.taken.lock().unwrap().by_holder.is_empty());
    }
}
