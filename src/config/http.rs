//! Settings of the network listener, and the forms that only they have: an address, names of hosts, a switch.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::form::SettingValue;
use super::limits::{HOST_BYTES_MAX, HOSTS_MAX};

/// When the daemon listens on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpWhen {
    /// As long as there is a key.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// How much one key may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRates {
    /// Requests a second.
    pub requests: u64,
    /// Published events a second.
    pub events: u64,
}

/// Certificate and key of the network listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that lead to who signed it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Settings of the network listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// When it listens.
    pub when: HttpWhen,
    /// Where.
    pub listen: SocketAddr,
    /// Names by which clients may call the daemon besides `localhost`, in lower case.
    pub hosts: Vec<String>,
    /// File of the certificate, where there is TLS.
    pub tls_certificate: Option<PathBuf>,
    /// File of its key.
    pub tls_key: Option<PathBuf>,
    /// Whether an address that other machines reach may do without TLS.
    pub insecure: bool,
    /// Most connections at a time.
    pub connections_max: usize,
    /// Most connections of one address at a time.
    pub connections_per_address_max: usize,
    /// Requests and events of one key a second.
    pub rates: KeyRates,
}

impl HttpSettings {
    /// Takes the values by key, as `Settings::from_values`.
    pub(super) fn from_values(value: &impl Fn(&str) -> Option<SettingValue>, connections_max: usize) -> Self {
        let integer = |key: &str| match value(key) {
            Some(SettingValue::Integer(number)) => number,
            _ => 0,
        };
        let file = |key: &str| match value(key) {
            Some(SettingValue::File(file)) => file,
            _ => None,
        };
        Self {
            tls_certificate: file("http.tls_certificate"),
            tls_key: file("http.tls_key"),
            when: match value("http.enabled") {
                Some(SettingValue::Word("on")) => HttpWhen::On,
                Some(SettingValue::Word("auto")) => HttpWhen::Auto,
                _ => HttpWhen::Off,
            },
            listen: match value("http.listen") {
                Some(SettingValue::Address(address)) => address,
                _ => SocketAddr::from(([127, 0, 0, 1], 0)),
            },
            hosts: match value("http.hosts") {
                Some(SettingValue::Names(names)) => names,
                _ => Vec::new(),
            },
            insecure: value("http.insecure") == Some(SettingValue::Switch(true)),
            connections_max,
            connections_per_address_max: usize::try_from(integer("limits.connections_per_address_max")).unwrap_or(usize::MAX),
            rates: KeyRates { requests: integer("limits.key_requests_per_second"), events: integer("limits.key_events_per_second") },
        }
    }
}

/// Reads names of hosts; each is kept in lower case, once.
///
/// # Errors
/// What was expected instead.
pub fn read_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<SettingValue, String> {
    let mut read = Vec::new();
    for name in names {
        let name = name.trim().to_ascii_lowercase();
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let begins_well = name.split('.').all(|label| !label.starts_with('-'));
        if name.is_empty() || name.len() > HOST_BYTES_MAX || !name.bytes().all(letter) || !begins_well {
            return Err(format!("expected names of hosts such as `panotti.example`, without port, got `{name}`"));
        }
        if !read.contains(&name) {
            read.push(name);
        }
    }
    if read.len() > HOSTS_MAX {
        return Err(format!("{} names; the most is {HOSTS_MAX}", read.len()));
    }
    Ok(SettingValue::Names(read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_are_bare_and_there_once() {
        let names = |text: &str| read_names(text.split(','));
        assert_eq!(names("A.example,b,a.EXAMPLE"), Ok(SettingValue::Names(vec!["a.example".into(), "b".into()])));
        for bad in ["a.example:80", "https://a", "", "a b", "[::1]"] {
            assert!(names(bad).is_err(), "{bad}");
        }
        let many = |number: usize| (0..number).map(|number| format!("h{number}")).collect::<Vec<_>>().join(",");
        assert!(names(&many(HOSTS_MAX)).is_ok());
        assert!(names(&many(HOSTS_MAX + 1)).is_err());
    }
}
