//! Whose turn it is between priorities (semantics rule 12): four lanes, first-in first-out inside. Turns are weighted 8:4:2:1 and go
//! round smoothly; what has waited over a minute moves up one lane; strict lanes always take the highest.

use panotti_protocol::api::Turns;
use panotti_protocol::event::Priority;
use panotti_protocol::time::Timestamp;

use crate::limits::{LANE_AGE, LANE_WEIGHTS, LANES};

/// The lane of critical deliveries.
pub const CRITICAL: usize = LANES - 1;

/// The lane of a priority: lowest first.
pub const fn lane_of(priority: Priority) -> usize {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
        Priority::Critical => CRITICAL,
    }
}

/// The priority whose lane this is.
pub const fn priority_of(lane: usize) -> Priority {
    match lane {
        0 => Priority::Low,
        1 => Priority::Normal,
        2 => Priority::High,
        _ => Priority::Critical,
    }
}

/// Gives lanes their turns: each has a place on one scale, the lowest place of those that are ready is next, and a turn moves a lane on by
/// [`SCALE`] / weight. Who comes back after a while begins where the others are, so that nothing is saved up. Deterministic.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picker {
    places: [u64; LANES],
    /// The place of the last turn.
    now: u64,
}

/// What every weight divides.
const SCALE: u64 = 8;

impl Picker {
    /// The lane whose turn it is among those that are ready. Of two that are equal the higher one.
    pub(crate) fn choose(&self, ready: [bool; LANES], turns: Turns) -> Option<usize> {
        let lanes = (0..LANES).rev().filter(|lane| ready[*lane]);
        match turns {
            Turns::Strict => lanes.max(),
            Turns::Weighted => lanes.min_by_key(|lane| self.place(*lane)),
        }
    }

    fn place(&self, lane: usize) -> u64 {
        self.places[lane].max(self.now)
    }

    /// The lane that was chosen has had its turn.
    pub(crate) fn taken(&mut self, chosen: usize) {
        self.now = self.place(chosen);
        self.places[chosen] = self.now + SCALE / u64::from(LANE_WEIGHTS[chosen]);
    }
}

/// The most turns until a lane has its own, that one included, while these others are ready all the time.
pub fn turns_max(lane: usize, ready: [bool; LANES]) -> u32 {
    let others = (0..LANES).filter(|other| ready[*other] && *other != lane);
    1 + others.map(|other| LANE_WEIGHTS[other].div_ceil(LANE_WEIGHTS[lane])).sum::<u32>()
}

/// For each lane the one that its next turn goes to, by the time since which its next delivery waits: itself, or the lane below where
/// that has waited too long and longer. A lane that moves up keeps its own turns: age never costs one.
pub(crate) fn with_age(since: [Option<Timestamp>; LANES], now: Timestamp) -> [Option<usize>; LANES] {
    let aged = |lane: usize| since[lane].is_some_and(|since| since + LANE_AGE < now);
    std::array::from_fn(|lane| {
        let own = since[lane].map(|_| lane);
        let below = lane.checked_sub(1).filter(|below| aged(*below));
        match (own, below) {
            (Some(own), Some(below)) => Some(if since[below] < since[own] { below } else { own }),
            (own, below) => own.or(below),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(ready: [bool; LANES], number: usize) -> Vec<usize> {
        let mut picker = Picker::default();
        let mut take = || {
            let chosen = picker.choose(ready, Turns::Weighted).unwrap();
            picker.taken(chosen);
            chosen
        };
        (0..number).map(|_| take()).collect()
    }

    #[test]
    fn rule_12_turns_are_weighted_eight_four_two_one() {
        let taken = turns([true; LANES], 150);

        let number = |lane: usize| taken.iter().filter(|taken| **taken == lane).count();
        assert_eq!([number(3), number(2), number(1), number(0)], [80, 40, 20, 10]);
        assert_eq!(taken[0], 3, "the first turn is the highest's");
    }

    #[test]
    fn rule_12_no_lane_waits_longer_than_its_weight_says() {
        for ready in 1_usize..16 {
            let ready: [bool; LANES] = std::array::from_fn(|lane| ready >> lane & 1 == 1);
            let taken = turns(ready, 600);
            for lane in (0..LANES).filter(|lane| ready[*lane]) {
                let places: Vec<usize> = (0..600).filter(|place| taken[*place] == lane).collect();
                let longest = places.windows(2).map(|pair| pair[1] - pair[0]).chain([places[0] + 1]).max().unwrap();
                let most = turns_max(lane, ready) as usize;
                assert!(longest <= most, "{ready:?}: lane {lane} waits {longest} turns, at most {most} are allowed");
            }
        }
        let most: [u32; LANES] = std::array::from_fn(|lane| turns_max(lane, [true; LANES]));
        assert_eq!(most, [15, 8, 5, 4], "as docs/order-and-priority.md says");
    }

    #[test]
    fn rule_12_a_lane_that_comes_back_has_saved_nothing_up() {
        let mut picker = Picker::default();
        for _ in 0..1_000 {
            picker.taken(CRITICAL);
        }
        let mut take = || {
            let chosen = picker.choose([true, false, false, true], Turns::Weighted).unwrap();
            picker.taken(chosen);
            chosen
        };
        let taken: Vec<usize> = (0..18).map(|_| take()).collect();
        assert_eq!(taken.iter().filter(|lane| **lane == 0).count(), 2, "{taken:?}");
    }

    #[test]
    fn rule_12_what_has_waited_a_minute_moves_up_one_lane() {
        let now = Timestamp::from_ms(1_000_000);
        let long = Some(Timestamp::from_ms(1_000_000 - 60_001));
        let short = Some(Timestamp::from_ms(1_000_000 - 60_000));

        assert_eq!(with_age([long, short, None, None], now), [Some(0), Some(0), None, None], "low before a younger normal");
        assert_eq!(with_age([None, long, None, None], now), [None, Some(1), Some(1), None], "and in the turns of an empty lane");
        assert_eq!(with_age([short, short, None, short], now), [Some(0), Some(1), None, Some(3)]);
        assert_eq!(with_age([long; LANES], now), [0, 1, 2, 3].map(Some), "of two that wait as long the higher");
    }

    #[test]
    fn rule_12_strict_lanes_always_take_the_highest() {
        let picker = Picker { places: [0, 100, 100, 100], now: 0 };
        assert_eq!(picker.choose([true, true, false, false], Turns::Strict), Some(1));
        assert_eq!(picker.choose([false; LANES], Turns::Strict), None);
    }
}
