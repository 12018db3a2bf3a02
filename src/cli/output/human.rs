//! Times, sizes, numbers and states as people read them.

use anstyle::{AnsiColor, Style};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::time::Timestamp;

use crate::cli::globals::TimeStyle;

/// How times are shown.
#[derive(Debug, Clone, Copy)]
pub struct TimeFormat {
    /// Relative, absolute or a number.
    pub style: TimeStyle,
    /// Absolute ones in UTC.
    pub utc: bool,
    /// What relative ones count from.
    pub now: Timestamp,
}

impl TimeFormat {
    /// A point in time: `2m` ago, `in 8s`, or absolute.
    pub fn show(&self, at: Timestamp) -> String {
        match self.style {
            TimeStyle::Relative if at > self.now => format!("in {}", duration_ms(ms(at.since(self.now)))),
            TimeStyle::Relative => duration_ms(ms(self.now.since(at))),
            TimeStyle::Iso if self.utc => at.to_string(),
            TimeStyle::Iso => local(at, "%Y-%m-%dT%H:%M:%S%.3f%:z"),
            TimeStyle::Unix => format!("{}.{:03}", at.as_ms() / 1_000, at.as_ms() % 1_000),
        }
    }

    /// The same in a sentence: `2m ago`.
    pub fn ago(&self, at: Timestamp) -> String {
        let shown = self.show(at);
        if self.style == TimeStyle::Relative && at <= self.now { format!("{shown} ago") } else { shown }
    }

    /// The time of day, for lines of a live view.
    pub fn clock(&self, at: Timestamp) -> String {
        match self.style {
            TimeStyle::Unix => self.show(at),
            TimeStyle::Iso => self.show(at),
            TimeStyle::Relative if self.utc => at.to_string()[11..23].to_owned(),
            TimeStyle::Relative => local(at, "%H:%M:%S%.3f"),
        }
    }
}

fn ms(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn local(at: Timestamp, format: &str) -> String {
    let stamp = i64::try_from(at.as_ms()).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    match stamp {
        Some(stamp) => stamp.to_zoned(jiff::tz::TimeZone::system()).strftime(format).to_string(),
        None => at.to_string(),
    }
}

/// A duration in its one or two largest units: `3d 4h`, `12s`, `340ms`.
pub fn duration_ms(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0 => format!("{ms}ms"),
        1..=9 if !ms.is_multiple_of(1_000) => format!("{}.{}s", seconds, ms % 1_000 / 100),
        1..=59 => format!("{seconds}s"),
        60..=3_599 => format!("{}m", seconds / 60),
        3_600..=86_399 => two(seconds, 3_600, "h", 60, "m"),
        _ => two(seconds, 86_400, "d", 3_600, "h"),
    }
}

fn two(seconds: u64, large: u64, large_name: &str, small: u64, small_name: &str) -> String {
    match seconds % large / small {
        0 => format!("{}{large_name}", seconds / large),
        rest => format!("{}{large_name} {rest}{small_name}", seconds / large),
    }
}

/// Bytes with a decimal unit: `18.2 KB`.
pub fn bytes(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000_u64), ("MB", 1_000_000), ("KB", 1_000)];
    match units.iter().find(|(_, factor)| bytes >= *factor) {
        Some((name, factor)) => {
            let tenths = bytes * 10 / factor;
            if tenths >= 1_000 || tenths.is_multiple_of(10) {
                format!("{} {name}", tenths / 10)
            } else {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            }
        }
        None => format!("{bytes} B"),
    }
}

/// A number with commas between thousands.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// So many a second: `1,204/s`, `3.5/s`, `0`.
pub fn rate(rate: f64) -> String {
    match rate {
        0.0 => "0".to_owned(),
        rate if rate >= 100.0 => format!("{}/s", count(rate.round() as u64)),
        rate if rate >= 0.095 => format!("{rate:.1}/s"),
        _ => "<0.1/s".to_owned(),
    }
}

/// `1 event`, `2 events`.
pub fn counted(number: u64, noun: &str) -> String {
    counted_as(number, noun, &format!("{noun}s"))
}

/// The same for nouns whose plural is their own: `2 deliveries`.
pub fn counted_as(number: u64, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {several}", count(number)) }
}

/// Text in a style; anstream takes the style out where there is no colour.
pub fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// Good news.
pub fn green(text: &str) -> String {
    styled(text, AnsiColor::Green.on_default())
}

/// Bad news.
pub fn red(text: &str) -> String {
    styled(text, AnsiColor::Red.on_default())
}

/// News that may become bad.
pub fn yellow(text: &str) -> String {
    styled(text, AnsiColor::Yellow.on_default())
}

/// What stands out.
pub fn bold(text: &str) -> String {
    styled(text, Style::new().bold())
}

/// What is less important.
pub fn dim(text: &str) -> String {
    styled(text, Style::new().dimmed())
}

/// A delivery's state in its colour.
pub fn state(state: DeliveryState) -> String {
    let text = state.as_str();
    match state {
        DeliveryState::Done | DeliveryState::Recovered => green(text),
        DeliveryState::Dead | DeliveryState::Quarantined => red(text),
        DeliveryState::Waiting | DeliveryState::Held | DeliveryState::Blocked => yellow(text),
        _ => text.to_owned(),
    }
}

/// The end of an id as tables show it.
pub fn short(id: &str) -> String {
    let start = id.len().saturating_sub(8);
    format!("..{}", id.get(start..).unwrap_or(id))
}

/// Text of an event or plugin for a terminal: control characters become visible, so that it cannot move the cursor.
pub fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sizes_and_durations_are_short_and_grouped() {
        assert_eq!([count(7), count(1_204), count(1_234_567)], ["7", "1,204", "1,234,567"]);
        assert_eq!([bytes(12), bytes(18_240), bytes(212_000_000)], ["12 B", "18.2 KB", "212 MB"]);
        assert_eq!([duration_ms(340), duration_ms(1_500), duration_ms(12_300), duration_ms(90_000)], ["340ms", "1.5s", "12s", "1m"]);
        assert_eq!([rate(0.0), rate(0.02), rate(3.46), rate(1_204.4)], ["0", "<0.1/s", "3.5/s", "1,204/s"]);
        assert_eq!(duration_ms(273_600_000), "3d 4h");
        assert_eq!([counted(1, "event"), counted(0, "event")], ["1 event", "0 events"]);
        assert_eq!(short("evt_01j9zk5t3v8q4m000000000000"), "..00000000");
    }

    #[test]
    fn relative_times_tell_past_from_future() {
        let now = Timestamp::from_ms(1_000_000);
        let format = TimeFormat { style: TimeStyle::Relative, utc: true, now };
        assert_eq!(format.show(Timestamp::from_ms(880_000)), "2m");
        assert_eq!(format.show(Timestamp::from_ms(1_008_000)), "in 8s");
        assert_eq!(format.clock(Timestamp::from_ms(1_734_343_451_204)), "10:04:11.204");
    }
}
