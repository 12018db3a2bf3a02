//! Networks in CIDR form, `10.1.0.0/16` or `fd00::/8`: where a key may be used from.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A network; a single address is one of its full length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Why a text is not a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkInvalid(String);

impl fmt::Display for NetworkInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a network; write it as `10.1.0.0/16` or `fd00::/8`, without bits set behind its length", self.0)
    }
}

impl std::error::Error for NetworkInvalid {}

impl Network {
    /// Whether an address is in it. An IPv4 address written as IPv6 counts as what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => same_prefix(own.to_bits().into(), other.to_bits().into(), self.bits, 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => same_prefix(own.to_bits(), other.to_bits(), self.bits, 128),
            _ => false,
        }
    }
}

impl Network {
    /// Whether every address of another is in it.
    pub fn covers(&self, other: &Self) -> bool {
        self.bits <= other.bits && self.contains(other.address) && self.address.is_ipv4() == other.address.is_ipv4()
    }
}

fn same_prefix(one: u128, other: u128, bits: u8, length: u8) -> bool {
    (one ^ other).checked_shr(u32::from(length - bits)).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = NetworkInvalid;

    fn from_str(text: &str) -> Result<Self, NetworkInvalid> {
        let invalid = || NetworkInvalid(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let length = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(length), |bits| bits.parse::<u8>().map_err(|_| invalid()))?;
        let all = match address {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            IpAddr::V6(address) => address.to_bits(),
        };
        let behind = length.checked_sub(bits).ok_or_else(invalid)?;
        let stray = if behind == 128 { all } else { all & ((1 << behind) - 1) };
        if stray == 0 { Ok(Self { address, bits }) } else { Err(invalid()) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_the_networks_that_it_shares_the_first_bits_with() {
        for (network, inside, outside) in [
            ("10.1.0.0/16", "10.1.255.3", "10.2.0.1"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.9.9.9", "11.0.0.1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network} has {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{network} has not {outside}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0.1/8", "fd00::/129", "ten/8", "10.0.0.0/", "::1/0"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        assert_eq!("127.0.0.1".parse::<Network>().unwrap().to_string(), "127.0.0.1/32");
    }
}
