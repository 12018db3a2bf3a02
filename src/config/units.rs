//! Durations and sizes as people write them: `90s`, `1h30m`, `16MiB`, `1GB`. A number without a unit is refused, but for 0.

use std::time::Duration;

use super::limits::DURATION_MAX_MS;

const DURATION_UNITS: [(&str, u64); 6] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

const BYTE_UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Splits `1.5h` into the digits, how many of them are a fraction, and the unit's letters; then what is left.
fn split(text: &str) -> Option<(f64, &str, &str)> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let rest = &text[digits..];
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    Some((number, &rest[..letters], &rest[letters..]))
}

/// Reads `90s`, `500ms`, `5m`, `1h30m`, `1d`, `1.5h` or `0`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text;
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (number, unit, after) = split(rest)?;
        let factor = DURATION_UNITS.iter().find(|(name, _)| *name == unit)?.1;
        let ms = (number * factor as f64).round();
        if !(0.0..=DURATION_MAX_MS as f64).contains(&ms) {
            return None;
        }
        total += ms as u64;
        rest = after.trim_start();
    }
    (!text.is_empty() && total <= DURATION_MAX_MS).then(|| Duration::from_millis(total))
}

/// Reads `16MiB`, `1GB`, `256 KiB`, `512B` or `0`. `MB` is a million, `MiB` is 1,048,576.
pub fn parse_bytes(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let number: f64 = text[..digits].parse().ok()?;
    let unit = text[digits..].trim_start();
    let factor = BYTE_UNITS.iter().find(|(name, _)| *name == unit)?.1;
    let bytes = number * factor as f64;
    (bytes <= (1_u64 << 53) as f64).then_some(bytes.round() as u64)
}

/// Writes a duration so that it reads back as the same: the largest unit that divides it.
pub fn format_duration(duration: Duration) -> String {
    let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if ms == 0 {
        return "0".to_owned();
    }
    let (name, factor) = DURATION_UNITS.iter().rev().skip(1).find(|(_, factor)| ms.is_multiple_of(*factor)).copied().unwrap_or(("ms", 1));
    format!("{}{name}", ms / factor)
}

/// Writes a size so that it reads back as the same: the largest unit that divides it.
pub fn format_bytes(bytes: u64) -> String {
    let units = [("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1_000)];
    match units.iter().find(|(_, factor)| bytes >= *factor && bytes.is_multiple_of(*factor)) {
        Some((name, factor)) => format!("{}{name}", bytes / factor),
        None if bytes == 0 => "0".to_owned(),
        None => format!("{bytes}B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_read_back_as_they_were_written() {
        for text in ["0", "90s", "500ms", "5m", "2h", "3d"] {
            assert_eq!(parse_duration(text).map(format_duration).as_deref(), Some(text));
        }
        for text in ["0", "16MiB", "1GB", "256KiB", "10MB", "3B"] {
            assert_eq!(parse_bytes(text).map(format_bytes).as_deref(), Some(text));
        }
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5_400)));
        assert_eq!(parse_duration("1.5s"), Some(Duration::from_millis(1_500)));
        assert_eq!(parse_bytes("1.5 kB"), Some(1_500));
    }

    #[test]
    fn a_number_without_a_unit_or_with_an_unknown_one_is_refused() {
        for text in ["", "90", "s", "-1s", "1y", "1.2.3s", "99999999999d", "1e3s"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
        for text in ["", "16", "MiB", "-1MB", "1mb", "1 zettabyte", "99999999TB"] {
            assert_eq!(parse_bytes(text), None, "{text}");
        }
    }
}
