//! Wrong keys, counted by where they come from: so many a minute, then the source waits, each time twice as long. Many from everywhere
//! together are an alarm. Bounded: the source that has been quiet longest is forgotten first.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use panotti_protocol::time::Timestamp;

use super::limits::{ALARM_ATTEMPTS, ATTEMPTS_MAX, FORGOTTEN, SOURCES_MAX, WAIT_FIRST, WAIT_MAX};

const MINUTE: Duration = Duration::from_secs(60);

/// Where attempts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A user of this machine, by number.
    User(u32),
    /// An address, or the network of 64 bits that an IPv6 address is in: one machine has all of that.
    Address(IpAddr),
}

impl Source {
    /// The source that an address belongs to.
    pub fn of_address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::Address(IpAddr::V4(address)),
            IpAddr::V6(address) => Self::Address(IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64))),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(uid) => write!(f, "local user {uid}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "{address}/64"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// Whether a source has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// It has not.
    No,
    /// Until then no key of it is looked at.
    Until(Timestamp),
}

/// What a failed attempt comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Attempts of all sources within this minute, where they are an alarm: once a minute.
    pub alarm: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    minute: Timestamp,
    within: u32,
    waits: u32,
    until: Timestamp,
    last: Timestamp,
}

/// What has failed lately.
#[derive(Debug, Default)]
pub struct Attempts {
    sources: HashMap<Source, Failures>,
    minute: Timestamp,
    within: u32,
}

impl Attempts {
    /// Whether a source has to wait.
    pub fn waits(&self, source: Source, now: Timestamp) -> Waits {
        match self.sources.get(&source) {
            Some(known) if now < known.until => Waits::Until(known.until),
            _ => Waits::No,
        }
    }

    /// A key of this source was wrong.
    pub fn failed(&mut self, source: Source, now: Timestamp) -> Counted {
        self.make_room(source);
        let fresh = Failures { minute: now, within: 0, waits: 0, until: Timestamp::default(), last: now };
        let known = self.sources.entry(source).or_insert(fresh);
        if known.last + FORGOTTEN <= now {
            *known = fresh;
        }
        if known.minute + MINUTE <= now {
            (known.minute, known.within) = (now, 0);
        }
        known.last = now;
        known.within += 1;
        if known.within >= ATTEMPTS_MAX {
            known.until = now + WAIT_FIRST.saturating_mul(1 << known.waits.min(10)).min(WAIT_MAX);
            known.waits += 1;
            (known.minute, known.within) = (known.until, 0);
        }
        if self.minute + MINUTE <= now {
            (self.minute, self.within) = (now, 0);
        }
        self.within += 1;
        Counted { alarm: (self.within == ALARM_ATTEMPTS).then_some(self.within) }
    }

    fn make_room(&mut self, source: Source) {
        if self.sources.len() < SOURCES_MAX || self.sources.contains_key(&source) {
            return;
        }
        let quietest = self.sources.iter().min_by_key(|(_, known)| known.last.max(known.until)).map(|(source, _)| *source);
        quietest.and_then(|quietest| self.sources.remove(&quietest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_ms(1_800_000_000_000);
    const ONE: Source = Source::User(1);

    fn seconds(number: u64) -> Timestamp {
        START + Duration::from_secs(number)
    }

    fn fail(attempts: &mut Attempts, times: u32, now: Timestamp) {
        for _ in 0..times {
            attempts.failed(ONE, now);
        }
    }

    #[test]
    fn ten_wrong_keys_a_minute_are_looked_at_and_then_the_source_waits_each_time_twice_as_long() {
        let mut attempts = Attempts::default();
        let (mut now, mut waits) = (START, Vec::new());
        for _ in 0..6 {
            for _ in 0..9 {
                attempts.failed(ONE, now);
                assert_eq!(attempts.waits(ONE, now), Waits::No);
            }
            attempts.failed(ONE, now);
            let Waits::Until(until) = attempts.waits(ONE, now) else { panic!("the tenth is the last") };
            waits.push(until.since(now).as_secs());
            assert_eq!(attempts.waits(ONE, until), Waits::No);
            now = until;
        }
        assert_eq!(waits, [60, 120, 240, 480, 900, 900]);
        assert_eq!(attempts.waits(Source::User(2), now - Duration::from_secs(1)), Waits::No, "others are not held up");
    }

    #[test]
    fn nine_wrong_keys_a_minute_never_wait_and_a_quiet_source_begins_anew() {
        let mut attempts = Attempts::default();
        for minute in 0..60 {
            fail(&mut attempts, 9, seconds(minute * 60));
            assert_eq!(attempts.waits(ONE, seconds(minute * 60)), Waits::No);
        }
        fail(&mut attempts, 30, seconds(10_000));
        fail(&mut attempts, 10, seconds(20_000));
        assert_eq!(attempts.waits(ONE, seconds(20_000)), Waits::Until(seconds(20_060)));
    }

    #[test]
    fn a_hundred_wrong_keys_a_minute_from_everywhere_are_one_alarm() {
        let mut attempts = Attempts::default();
        let alarms = (0..250).filter(|number| attempts.failed(Source::User(*number), START).alarm.is_some()).count();
        assert_eq!(alarms, 1);
        let again = (0..100).filter_map(|number| attempts.failed(Source::User(number), seconds(61)).alarm).collect::<Vec<_>>();
        assert_eq!(again, [100]);
    }

    #[test]
    fn sources_are_bounded_and_an_ipv6_network_is_one() {
        let mut attempts = Attempts::default();
        for number in 0..SOURCES_MAX as u32 + 100 {
            attempts.failed(Source::User(number), START + Duration::from_millis(u64::from(number)));
        }
        assert_eq!(attempts.sources.len(), SOURCES_MAX);
        assert!(!attempts.sources.contains_key(&Source::User(0)) && attempts.sources.contains_key(&Source::User(200)));
        let source = |text: &str| Source::of_address(text.parse().unwrap());
        assert_eq!(source("2001:db8:1:2:3::1"), source("2001:db8:1:2:ffff::9"));
        assert_eq!(source("::ffff:10.0.0.1"), source("10.0.0.1"));
    }
}
