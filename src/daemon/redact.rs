//! The one redactor: takes secrets out of what leaves the daemon as text. Logs, the audit, failures and what plugins say of failures go
//! through it, whoever wrote them.
//!
//! It knows the values of all secrets that are set, and those that were since the start; API keys and age identities by their form; and, in
//! text that is not JSON already, what stands after a name such as `password=` or `"token": `. What a plugin makes of a secret, its digest
//! for example, nobody can know.

use std::borrow::Cow;
use std::sync::LazyLock;

use arc_swap::ArcSwap;
use zeroize::Zeroizing;

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";
/// Shortest part of a secret that is looked for by itself, in bytes: a line of one that has several.
const PART_BYTES_MIN: usize = 16;
/// Lines of a secret that are looked for by themselves.
const PARTS_MAX: usize = 64;
/// Most forms of former secrets that are remembered; those of secrets that are set always are.
const FORMER_MAX: usize = 2_000;
/// Beginnings of keys that are known by their form, with the fewest characters that follow.
const KEY_FORMS: [(&str, usize); 2] = [("pnt_", 20), ("AGE-SECRET-KEY-", 20)];
/// The words before a credential in a header.
const SCHEMES: [&str; 2] = ["bearer ", "basic "];
/// Parts of names whose values are secrets, where `_` stands for itself, for `-`, and for nothing.
const NAMES: [&str; 11] =
    ["password", "passwd", "passphrase", "pwd", "secret", "token", "authorization", "cookie", "api_key", "private_key", "access_key"];

static KNOWN: LazyLock<ArcSwap<Known>> = LazyLock::new(ArcSwap::default);

#[derive(Default)]
struct Known {
    /// Forms of the secrets that are set.
    set: Vec<Zeroizing<String>>,
    /// Forms of those that were, the newest first.
    former: Vec<Zeroizing<String>>,
    /// All of them, the longest first, so that one that is a part of another does not leave the rest of that.
    all: Vec<Zeroizing<String>>,
}

/// Learns the values of all secrets that are set. Those that no longer are, are looked for all the same.
pub fn learn<'v>(values: impl IntoIterator<Item = &'v str>) {
    let before = KNOWN.load();
    let set: Vec<_> = values.into_iter().flat_map(forms).collect();
    let gone = before.set.iter().chain(&before.former).filter(|form| !set.contains(form));
    let former: Vec<_> = gone.take(FORMER_MAX).cloned().collect();
    let mut all: Vec<_> = set.iter().chain(&former).cloned().collect();
    all.sort_by_key(|form| std::cmp::Reverse(form.len()));
    all.dedup();
    KNOWN.store(std::sync::Arc::new(Known { set, former, all }));
}

/// How a value may stand in a text: as it is, its lines, in JSON, in base64 of either alphabet, in hexadecimal, in a URL.
fn forms(value: &str) -> Vec<Zeroizing<String>> {
    let mut forms = vec![Zeroizing::new(value.to_owned())];
    let parts = value.lines().map(str::trim).filter(|line| line.len() >= PART_BYTES_MIN && *line != value).take(PARTS_MAX);
    forms.extend(parts.map(|line| Zeroizing::new(line.to_owned())));
    for encoding in [data_encoding::BASE64_NOPAD, data_encoding::BASE64URL_NOPAD, data_encoding::HEXLOWER, data_encoding::HEXUPPER] {
        forms.push(Zeroizing::new(encoding.encode(value.as_bytes())));
    }
    for (space, digits) in [("%20", UPPER), ("+", UPPER), ("%20", LOWER), ("+", LOWER)] {
        forms.push(Zeroizing::new(in_url(value, space, digits)));
    }
    let escaped: Vec<_> = forms.iter().map(|form| Zeroizing::new(escaped(form))).filter(|escaped| !forms.contains(escaped)).collect();
    forms.extend(escaped);
    forms.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    forms.dedup();
    forms
}

const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const LOWER: &[u8; 16] = b"0123456789abcdef";

/// A value in a query: all but letters, digits and `-._~` in percent-encoding; and a space as programs write it that send forms.
fn in_url(value: &str, space: &str, digits: &[u8; 16]) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b' ' => encoded.push_str(space),
            b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            byte => encoded.extend(['%', char::from(digits[usize::from(byte >> 4)]), char::from(digits[usize::from(byte & 15)])]),
        }
    }
    encoded
}

fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Takes known values and keys out. What is JSON stays JSON.
pub fn values(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for known in &KNOWN.load().all {
        if text.contains(known.as_str()) {
            text = Cow::Owned(text.replace(known.as_str(), REDACTED));
        }
    }
    for (beginning, following) in KEY_FORMS {
        text = after(text, beginning, following);
    }
    for scheme in SCHEMES {
        text = after(text, scheme, 8);
    }
    text
}

/// Takes known values, keys, and the values of names out. For text that is not JSON.
pub fn text(text: &str) -> Cow<'_, str> {
    match named(&values(text)) {
        Some(redacted) => Cow::Owned(redacted),
        None => values(text),
    }
}

/// Takes secrets out of an owned text.
pub fn owned(text: &mut String) {
    if let Cow::Owned(redacted) = self::text(text) {
        *text = redacted;
    }
}

fn is_of_a_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'+' | b'/' | b'=')
}

/// Replaces what follows a beginning, in whatever case, and is long enough.
fn after<'t>(text: Cow<'t, str>, beginning: &str, least: usize) -> Cow<'t, str> {
    let lower = text.to_ascii_lowercase();
    let wanted = beginning.to_ascii_lowercase();
    let (mut redacted, mut done) = (String::new(), 0);
    for (at, _) in lower.match_indices(&wanted) {
        let start = at + wanted.len();
        let spaces = text.as_bytes()[start..].iter().take_while(|byte| wanted.ends_with(' ') && **byte == b' ').count();
        let start = start + spaces;
        let length = text.as_bytes()[start..].iter().take_while(|byte| is_of_a_key(**byte)).count();
        if at < done || length < least {
            continue;
        }
        redacted.push_str(&text[done..start]);
        redacted.push_str(REDACTED);
        done = start + length;
    }
    if done == 0 {
        return text;
    }
    redacted.push_str(&text[done..]);
    Cow::Owned(redacted)
}

/// Replaces the values of names such as `password=` and `"token": "..."`. `None` where there is none.
fn named(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let spellings = NAMES.iter().flat_map(|name| match name.contains('_') {
        true => vec![(*name).to_owned(), name.replace('_', "-"), name.replace('_', "")],
        false => vec![(*name).to_owned()],
    });
    let mut places = Vec::new();
    for name in spellings {
        places.extend(lower.match_indices(&name).filter_map(|(at, _)| value_after(bytes, at + name.len())));
    }
    places.sort_unstable();
    let (mut redacted, mut done) = (String::new(), 0);
    for (start, end) in places {
        if start < done || &text[start..end] == REDACTED {
            continue;
        }
        redacted.push_str(&text[done..start]);
        redacted.push_str(REDACTED);
        done = end;
    }
    if done == 0 {
        return None;
    }
    redacted.push_str(&text[done..]);
    Some(redacted)
}

/// Where the value of a name stands that goes on here, if there is one: after `=` or `:`, in quotes or up to a space.
fn value_after(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let run = |from: usize, is: &dyn Fn(u8) -> bool| from + bytes[from..].iter().take_while(|byte| is(**byte)).count();
    at = run(at, &|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    at = run(at, &|byte| matches!(byte, b'"' | b'\''));
    at = run(at, &|byte| byte == b' ');
    bytes.get(at).filter(|byte| matches!(byte, b'=' | b':'))?;
    at = run(at + 1, &|byte| byte == b' ');
    let quote = bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let start = if quote.is_some() { at + 1 } else { at };
    let end = match quote {
        Some(quote) => run(start, &|byte| byte != quote),
        None => run(start, &|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b',' | b';' | b'&' | b'"' | b'\'' | b')' | b'}' | b']')),
    };
    (end > start).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_19_a_secret_that_is_set_is_taken_out_in_every_form() {
        learn(["very \"secret\" value\nwith a second long line"]);

        for text in ["a very \"secret\" value\nwith a second long line b", "a with a second long line b"] {
            assert_eq!(values(text), "a [redacted] b");
        }
        let json = serde_json::json!({"message": "a very \"secret\" value\nwith a second long line b"}).to_string();
        assert_eq!(values(&json), r#"{"message":"a [redacted] b"}"#);
        let value = "very \"secret\" value\nwith a second long line".as_bytes();
        let encoded = data_encoding::BASE64.encode(value);
        assert!(!values(&encoded).contains(&encoded[..20]));
        for encoded in [
            data_encoding::BASE64URL_NOPAD.encode(value),
            data_encoding::HEXLOWER.encode(value),
            data_encoding::HEXUPPER.encode(value),
            "very%20%22secret%22%20value%0Awith%20a%20second%20long%20line".to_owned(),
            "very+%22secret%22+value%0awith+a+second+long+line".to_owned(),
        ] {
            assert_eq!(values(&format!("a {encoded} b")), "a [redacted] b");
        }
    }

    #[test]
    fn rule_19_keys_are_known_by_their_form_and_credentials_by_their_name() {
        for (given, expected) in [
            ("the key pnt_0123456789ab_0123456789012345678901234567890123456789012_abcdef!", "the key pnt_[redacted]!"),
            ("Authorization: Bearer abcdefgh.ijkl", "Authorization: [redacted] [redacted]"),
            ("authorization: Bearer   abcdefgh.ijkl", "authorization: [redacted]   [redacted]"),
            ("connecting with password=hunter2&x=1", "connecting with password=[redacted]&x=1"),
            ("?api-key=hunter2&x=1", "?api-key=[redacted]&x=1"),
            ("apiKey: hunter2, private_key=\"a b\"", "apiKey: [redacted], private_key=\"[redacted]\""),
            ("user=ana;pwd=hunter2;port=1", "user=ana;pwd=[redacted];port=1"),
            (r#"{"api_token": "a b c", "other": 1}"#, r#"{"api_token": "[redacted]", "other": 1}"#),
            ("the token of the lease is old", "the token of the lease is old"),
            ("pnt_short stays", "pnt_short stays"),
            ("the secret `X` is not set", "the secret `X` is not set"),
        ] {
            assert_eq!(text(given), expected);
        }
    }
}
