//! Failures that are alike: class and message with the numbers and ids taken out (semantics rule 8).

/// A short text that is the same for errors that differ only in numbers and ids: 16 hexadecimal digits.
pub fn fingerprint(class: &str, message: &str) -> String {
    let mut hash = Fnv::new();
    hash.write(class.as_bytes());
    hash.write(b"\n");
    let mut words = 0;
    for word in message.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).filter(|word| !word.is_empty()) {
        // A word with a digit in it is a number, an id, an address, a time: what differs from one failure to the next.
        let kept = if word.bytes().any(|byte| byte.is_ascii_digit()) { "#" } else { word };
        hash.write(kept.as_bytes());
        hash.write(b" ");
        words += 1;
        if words == WORDS_MAX {
            break;
        }
    }
    format!("{:016x}", hash.0)
}

const WORDS_MAX: usize = 100;

/// FNV-1a, 64 bits: the same in every version of the program, which the standard library's hasher does not promise.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_08_errors_that_differ_in_numbers_and_ids_have_one_fingerprint() {
        let first = fingerprint("TimeoutError", "upstream 10.0.0.7:443 took >30s for evt_01j9zk");
        let second = fingerprint("TimeoutError", "upstream 10.0.0.8:443 took >31s for evt_01jabc");

        assert_eq!(first, second);
        assert_eq!(first.len(), 16);
        assert_ne!(first, fingerprint("TimeoutError", "downstream 10.0.0.7:443 took >30s for evt_01j9zk"));
        assert_ne!(first, fingerprint("ValueError", "upstream 10.0.0.7:443 took >30s for evt_01j9zk"));
    }
}
