//! What was refused before it became a record, by why; `/metrics` shows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why somebody was sent away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntranceRefusal {
    /// Too many connections, over all.
    Connections,
    /// Too many connections of one address.
    AddressConnections,
    /// Too many bytes under way, over all.
    Bytes,
    /// Too many bytes under way of one address.
    AddressBytes,
    /// Too many bytes under way of one feed.
    FeedBytes,
    /// A body that came too slowly.
    SlowBody,
    /// More records or bytes than a feed may send in a minute.
    FeedRate,
    /// A feed that is paused, because nearly all it sent was refused.
    FeedPaused,
    /// Too many batches under way.
    Busy,
    /// Too many failed logins.
    Login,
    /// Too many live streams of one account.
    Streams,
}

impl EntranceRefusal {
    pub const ALL: [EntranceRefusal; 11] = [
        EntranceRefusal::Connections,
        EntranceRefusal::AddressConnections,
        EntranceRefusal::Bytes,
        EntranceRefusal::AddressBytes,
        EntranceRefusal::FeedBytes,
        EntranceRefusal::SlowBody,
        EntranceRefusal::FeedRate,
        EntranceRefusal::FeedPaused,
        EntranceRefusal::Busy,
        EntranceRefusal::Login,
        EntranceRefusal::Streams,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            EntranceRefusal::Connections => "connections",
            EntranceRefusal::AddressConnections => "address_connections",
            EntranceRefusal::Bytes => "bytes",
            EntranceRefusal::AddressBytes => "address_bytes",
            EntranceRefusal::FeedBytes => "feed_bytes",
            EntranceRefusal::SlowBody => "slow_body",
            EntranceRefusal::FeedRate => "feed_rate",
            EntranceRefusal::FeedPaused => "feed_paused",
            EntranceRefusal::Busy => "busy",
            EntranceRefusal::Login => "login",
            EntranceRefusal::Streams => "streams",
        }
    }
}

/// How often each; cheap to clone, all clones count together.
#[derive(Clone, Default)]
pub struct EntranceCounts(Arc<[AtomicU64; EntranceRefusal::ALL.len()]>);

impl EntranceCounts {
    pub fn count(&self, refusal: EntranceRefusal) {
        self.0[refusal as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub fn of(&self, refusal: EntranceRefusal) -> u64 {
        self.0[refusal as usize].load(Ordering::Relaxed)
    }
}
