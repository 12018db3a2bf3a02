//! How long a certificate is valid, read out of its DER: the one thing that TLS itself does not tell of one's own certificate.

use panotti_protocol::time::Timestamp;

/// Tags of DER that lead to the validity.
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// When a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// From then on.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
}

impl Validity {
    /// Reads it; `None` where the bytes are no certificate.
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let (whole, _) = value(certificate, SEQUENCE)?;
        let (signed, _) = value(whole, SEQUENCE)?;
        let after_version = value(signed, VERSION).map_or(signed, |(_, rest)| rest);
        // Serial number, algorithm, issuer.
        let rest = (0..3).try_fold(after_version, |rest, _| Some(any(rest)?.2))?;
        let (validity, _) = value(rest, SEQUENCE)?;
        let (tag, from, rest) = any(validity)?;
        let (until_tag, until, _) = any(rest)?;
        Some(Self { from: time(tag, from)?, until: time(until_tag, until)? })
    }
}

/// The first value, where it has this tag, and what follows it.
fn value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    any(bytes).filter(|(found, _, _)| *found == tag).map(|(_, value, rest)| (value, rest))
}

/// Tag and bytes of the first value, and what follows it.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // More than four bytes of length are no certificate.
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

/// A time of RFC 5280, 4.1.2.5: `YYMMDDhhmmssZ` from 1950 to 2049, else `YYYYMMDDhhmmssZ`.
fn time(tag: u8, value: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            (format!("{}{year}", if year < "50" { "20" } else { "19" }), rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.to_owned(), rest)
        }
        _ => return None,
    };
    if rest.len() != 10 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{year}-{}-{}T{}:{}:{}Z", &rest[..2], &rest[2..4], &rest[4..6], &rest[6..8], &rest[8..]).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_validity_is_read_and_bytes_that_are_cut_off_anywhere_are_no_certificate() {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let der = made.cert.der();

        let Validity { from, until } = Validity::of(der).unwrap();
        assert_eq!(
            (from.to_string().as_str(), until.to_string().as_str()),
            ("1975-01-01T00:00:00.000Z", "4096-01-01T00:00:00.000Z"),
            "what rcgen writes"
        );
        for end in 0..der.len() {
            assert_eq!(Validity::of(&der[..end]), None, "{end} bytes");
        }
    }

    #[test]
    fn both_forms_of_time_are_read() {
        let read = |tag, text: &str| time(tag, text.as_bytes()).map(|time| time.to_string());
        assert_eq!(read(UTC_TIME, "491231235959Z").as_deref(), Some("2049-12-31T23:59:59.000Z"));
        assert_eq!(read(UTC_TIME, "700101000000Z").as_deref(), Some("1970-01-01T00:00:00.000Z"));
        assert_eq!(read(GENERALIZED_TIME, "20500101000000Z").as_deref(), Some("2050-01-01T00:00:00.000Z"));
        for (tag, bad) in [
            (UTC_TIME, "4912312359Z"),
            (UTC_TIME, "491231235959"),
            (UTC_TIME, "491331235959Z"),
            (2, "491231235959Z"),
            (UTC_TIME, "4ä1231235959Z"),
        ] {
            assert_eq!(read(tag, bad), None, "{bad}");
        }
    }
}
