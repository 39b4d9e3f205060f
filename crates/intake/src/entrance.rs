//! What anybody may take of the service before it is known who asks: connections, time, and memory for what is being sent.
//!
//! [`Entrance::serve`] listens in place of `axum::serve`. Behind a proxy that the configuration names a client's address is
//! what the proxy says ([`ClientAddress`]); what others say of themselves is not believed. What is over its share is refused
//! in words and counted ([`EntranceCounts`]).

mod client_address;
mod connection;
mod counts;
mod metered_body;
mod shares;

pub use client_address::{ClientAddress, Proxies};
pub use counts::{EntranceCounts, EntranceRefusal};
pub use shares::{OverShare, Shares, TakenShare};

use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The section `[entrance]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntranceSettings {
    /// Addresses or networks of proxies whose `X-Forwarded-For` or `Forwarded` is believed.
    pub trusted_proxies: Vec<String>,
    /// Connections that may be open.
    pub connections: usize,
    /// Of them from one address that is no named proxy.
    pub connections_per_address: usize,
    /// How long a request's head may take, and a connection may wait for its next request, seconds.
    pub header_seconds: u64,
    /// How long a sender may pause within a body, or not read an answer, seconds.
    pub body_seconds: u64,
    /// Bytes of bodies that are read or worked on, over all requests.
    pub body_bytes: usize,
    /// Of them from one address.
    pub body_bytes_per_address: usize,
}

impl Default for EntranceSettings {
    fn default() -> EntranceSettings {
        EntranceSettings {
            trusted_proxies: Vec::new(),
            connections: 1000,
            connections_per_address: 200,
            header_seconds: 30,
            body_seconds: 20,
            body_bytes: 48 << 20,
            body_bytes_per_address: 32 << 20,
        }
    }
}

impl EntranceSettings {
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        let positive = [
            ("connections", self.connections),
            ("connections_per_address", self.connections_per_address),
            ("header_seconds", self.header_seconds as usize),
            ("body_seconds", self.body_seconds as usize),
        ];
        if let Some((key, _)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(format!("entrance.{key} must be at least 1"));
        }
        Proxies::parse(&self.trusted_proxies).map(drop)
    }
}

/// The one listener's rules and what is taken of them; cheap to clone.
#[derive(Clone)]
pub struct Entrance(Arc<Inner>);

struct Inner {
    proxies: Proxies,
    connections: Shares<IpAddr>,
    bodies: Shares<IpAddr>,
    header: Duration,
    body: Duration,
    counts: EntranceCounts,
}

impl Entrance {
    /// # Errors
    /// Where the settings are wrong.
    pub fn new(settings: &EntranceSettings, counts: EntranceCounts) -> Result<Entrance, String> {
        settings.check()?;
        Ok(Entrance(Arc::new(Inner {
            proxies: Proxies::parse(&settings.trusted_proxies)?,
            connections: Shares::new(settings.connections, settings.connections_per_address),
            bodies: Shares::new(settings.body_bytes, settings.body_bytes_per_address),
            header: Duration::from_secs(settings.header_seconds),
            body: Duration::from_secs(settings.body_seconds),
            counts,
        })))
    }
}

#[cfg(test)]
mod tests;
