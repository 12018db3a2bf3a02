//! A point in time: milliseconds since 1970 inside, RFC 3339 in UTC on the wire.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds since 1970-01-01T00:00:00Z. Years 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

/// The text is not an RFC 3339 time between 1970 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampInvalid;

impl fmt::Display for TimestampInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time looks like 2026-11-22T10:04:11.204Z")
    }
}

impl std::error::Error for TimestampInvalid {}

const DAY_MS: u64 = 86_400_000;
const LATEST_MS: u64 = 253_402_300_799_999;

impl Timestamp {
    /// Takes milliseconds since 1970; what lies past the year 9999 becomes its last millisecond.
    pub const fn from_ms(milliseconds: u64) -> Self {
        Self(if milliseconds > LATEST_MS { LATEST_MS } else { milliseconds })
    }

    /// Milliseconds since 1970.
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub const fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, duration: Duration) -> Timestamp {
        Timestamp::from_ms(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// Days since 1970 to year, month, day in the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let month_days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u64::from(leap),
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || day == 0 || day > month_days {
        return None;
    }
    let shifted_year = year - u64::from(month <= 2);
    let era = shifted_year / 400;
    let year_of_era = shifted_year % 400;
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0 / DAY_MS);
        let ms = self.0 % DAY_MS;
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1_000)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampInvalid;

    fn from_str(text: &str) -> Result<Self, TimestampInvalid> {
        parse(text.as_bytes()).ok_or(TimestampInvalid)
    }
}

fn number(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0, |value: u64, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    let separators = [(4, b"-"), (7, b"-"), (10, b"Tt"), (13, b":"), (16, b":")] as [(usize, &[u8]); 5];
    if text.len() < 20 || separators.iter().any(|(place, allowed)| !allowed.contains(&text[*place])) {
        return None;
    }
    let days = days_from_civil(number(&text[..4])?, number(&text[5..7])?, number(&text[8..10])?)?;
    let (hour, minute, second) = (number(&text[11..13])?, number(&text[14..16])?, number(&text[17..19])?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction_ms, zone) = match text[19] {
        b'.' => {
            let digits = text[20..].iter().take_while(|c| c.is_ascii_digit()).count();
            let shown: Vec<u8> = text[20..20 + digits].iter().copied().chain(*b"00").take(3).collect();
            (number(if (1..=9).contains(&digits) { &shown } else { return None })?, &text[20 + digits..])
        }
        _ => (0, &text[19..]),
    };
    let utc_ms = days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second.min(59) * 1_000 + fraction_ms;
    let ms = match zone {
        b"Z" | b"z" => utc_ms,
        [sign @ (b'+' | b'-'), offset @ ..] if offset.len() == 5 && offset[2] == b':' => {
            let (hours, minutes) = (number(&offset[..2])?, number(&offset[3..])?);
            let offset_ms = (hours <= 23 && minutes <= 59).then_some(hours * 3_600_000 + minutes * 60_000)?;
            if *sign == b'+' { utc_ms.checked_sub(offset_ms)? } else { utc_ms + offset_ms }
        }
        _ => return None,
    };
    (ms <= LATEST_MS).then_some(Timestamp(ms))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_as_it_was_written() {
        for ms in [0, 951_782_400_000, 1_709_164_800_123, 1_795_341_600_000, LATEST_MS] {
            assert_eq!(Timestamp::from_ms(ms).to_string().parse(), Ok(Timestamp::from_ms(ms)));
        }
        assert_eq!(Timestamp::from_ms(1_734_343_451_204).to_string(), "2024-12-16T10:04:11.204Z");
    }

    #[test]
    fn offsets_and_fractions_are_understood() {
        let expected = Ok(Timestamp::from_ms(1_734_343_451_200));
        for text in ["2024-12-16T10:04:11.2Z", "2024-12-16t12:04:11.200999+02:00", "2024-12-16T04:34:11.2-05:30"] {
            assert_eq!(text.parse::<Timestamp>(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "",
            "2024-12-16",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-12-16T24:00:00Z",
            "1969-12-31T23:59:59Z",
            "2024-12-16T10:04:11",
            "2024-12-16T10:04:11.Z",
            "2024-12-16T10:04:11+2:00",
            "2024-12-16T10:04:1１Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampInvalid), "{text}");
        }
    }
}
