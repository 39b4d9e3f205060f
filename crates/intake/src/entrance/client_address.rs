//! Whose address a request comes from: the connection's, or what a named proxy says.

use axum::http::{HeaderMap, header};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};

/// The address of who asks, beside every request that [`super::Entrance::serve`] hands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// By what somebody is counted: an IPv4 address, or the 64 bits that one customer of a network is given of IPv6.
    pub fn counted(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (!0 << 64))),
            address => address,
        }
    }
}

/// The proxies that are believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// # Errors
    /// Which of them is neither an address nor a network.
    pub fn parse(named: &[String]) -> Result<Proxies, String> {
        let one = |text: &String| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
                format!(
                    "entrance.trusted_proxies: '{text}' is neither an address nor a network; write it like 127.0.0.1 or 10.0.0.0/8"
                )
            })
        };
        named.iter().map(one).collect::<Result<_, _>>().map(Proxies)
    }

    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asks over a connection from `peer`: of what proxies wrote down, from the last to the first, the first that is none of
    /// theirs. What a peer writes that is no named proxy is passed over.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut client = peer.to_canonical();
        let hops = hops(headers);
        let mut hops = hops.iter().rev();
        while self.trust(client)
            && let Some(hop) = hops.next().copied().flatten()
        {
            client = hop;
        }
        ClientAddress(client)
    }
}

/// The addresses in `X-Forwarded-For`, else in `Forwarded` (RFC 7239), in their order; `None` where one cannot be read.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let listed = |name: &str| -> Vec<String> {
        let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).map(|hop| hop.trim().to_owned()).collect()
    };
    let plain = listed("x-forwarded-for");
    if !plain.is_empty() {
        return plain.iter().map(|hop| address(hop)).collect();
    }
    let named = |hop: &String| {
        let pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
        let mut by = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
        by.next().and_then(|(_, value)| address(value.trim().trim_matches('"')))
    };
    listed(header::FORWARDED.as_str()).iter().map(named).collect()
}

/// An address as proxies write it: alone, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let bare = bracketed.map_or(text, |(inner, _)| inner);
    let parsed = bare.parse::<IpAddr>().ok();
    let with_port = || bare.rsplit_once(':').and_then(|(address, _)| address.parse().ok());
    parsed.or_else(with_port).map(|address| address.to_canonical())
}
