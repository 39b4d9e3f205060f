//! Passwords, session tokens and the brake on guessing. Times here are the machine's own, not the scenario's.

pub mod known_device;
pub mod login_brake;
pub mod login_reserve;
pub mod metrics_token;
mod password;
mod registry;
mod reporters;
mod try_budget;
pub mod unseen_queue;

pub use password::{hash, verify};
pub use registry::{NewAccount, add, disable, feed_of, link, places_seen, renew, set_person};
pub use reporters::{ListedAccount, ReporterList};

use domain::place::Area;
use domain::time::{HOUR, SECOND, Time, doubled_wait};
use formats::named_area::NamedAreaError;
use intake::feed_registry::{FeedError, PlaceError};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use store::{StoreError, token_hash};

/// How long a login holds.
pub const SESSION: i64 = 12 * HOUR;

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("hashing the password: {0}")]
    Hash(argon2::password_hash::Error),
    #[error("hashing the password: it was interrupted; try again")]
    Interrupted,
    #[error("the password has {0} characters; use at least {MIN_PASSWORD}")]
    Short(usize),
    #[error("reading random bytes from the system: {0}")]
    Random(getrandom::Error),
    #[error("'{0}' cannot be a name: use up to 64 letters, digits, '-', '_' and '.'")]
    Name(String),
    #[error("'{0}' cannot identify a person: use up to 64 letters, digits, '-', '_' and '.'")]
    Person(String),
    #[error(
        "adding the account '{0}': it is there already; use `kentongan user password {0}` for a new password"
    )]
    Exists(String),
    #[error(
        "there is '{twin}' already; use it, or name '{called}' differently: the two are one name in two spellings"
    )]
    Twin { called: String, twin: String },
    #[error("there is no account '{0}'; `kentongan user list` shows those there are")]
    Unknown(String),
    #[error("'{0}' is no code of a place; write for example 16.13 or 16.13.04")]
    Village(Area),
    #[error(
        "a reporter reports for one registered feed; name it with --feed, and add it first with `kentongan feed add`"
    )]
    NoFeed,
    #[error("a one-time link opens a reporter's account; '{0}' is none, or is disabled")]
    NoLink(String),
    #[error("only a reporter reports for a feed; leave --feed away, or use --role pelapor")]
    NoReporter,
    #[error(
        "the feed '{0}' speaks for no place of its own, or is a sensor's; give it its kecamatan or village with `kentongan feed set {0} --area CODE`"
    )]
    FeedWithoutPlace(String),
    #[error(
        "the feed '{0}' is the desk's own; the desk reports on its own pages, nobody reports for it from a phone"
    )]
    FeedOfDesk(String),
    #[error("'{0}' is no class of a feed; use village, community, police, military, company or agency")]
    Class(String),
    #[error(
        "the feed '{0}' is registered with another class or place; write what it is registered as, or leave both empty"
    )]
    FeedDiffers(String),
    #[error("the feed '{0}' is not registered; write its place and class, and it is added")]
    FeedUnknown(String),
    #[error(
        "the feed '{0}' is not registered, and the operator registers new feeds of this class; have it added with `kentongan feed add`"
    )]
    FeedOfOperator(String),
    #[error("the feed '{0}' speaks for a place that is not yours; add reporters of your own places")]
    FeedElsewhere(String),
    #[error(transparent)]
    Feed(#[from] FeedError),
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error(transparent)]
    NamedArea(#[from] NamedAreaError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccountError {
    /// True where another call would succeed; false where the machine failed.
    pub fn is_call(&self) -> bool {
        match self {
            AccountError::Hash(_)
            | AccountError::Interrupted
            | AccountError::Random(_)
            | AccountError::Store(_) => false,
            AccountError::Feed(error) => error.is_call(),
            _ => true,
        }
    }
}

pub const MIN_PASSWORD: usize = 10;

/// A hash of nobody's password: checked where the account does not exist, so that both cases take as long.
pub fn nobody() -> &'static str {
    static NOBODY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    NOBODY.get_or_init(|| hash("no account has this").unwrap_or_default())
}

/// A fresh session token (64 hexadecimal characters) for the cookie.
pub fn token() -> Result<String, AccountError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(AccountError::Random)?;
    Ok(hex::encode(bytes))
}

/// What the store keeps of a one-time link's token: no session's token is a link's, nor the other way about.
pub fn link_hash(token: &str) -> [u8; 32] {
    token_hash(&["lapor/tautan/", token].concat())
}

/// The machine's clock: sessions do not follow the scenario's.
pub fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Failed tries by a key: after some, each further one waits, up to the longest pause. A day without one forgets them, so that
/// the slips of months add up to no attack; in no day are there more for it.
pub struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
    /// How many cost no wait.
    free: u32,
    longest: Duration,
}

struct Failures {
    count: u32,
    last: Instant,
    /// The one before the last.
    earlier: Instant,
}

impl Default for Throttle {
    fn default() -> Throttle {
        Throttle::with_free(FREE)
    }
}

/// Keys remembered at once; beyond it the oldest are forgotten.
const REMEMBERED: usize = 10_000;
const FREE: u32 = 5;
const LONGEST: Duration = Duration::from_mins(15);
/// Without a failure for so long a key is forgotten.
const FORGOTTEN: Duration = Duration::from_hours(24);

impl Throttle {
    pub fn with_free(free: u32) -> Throttle {
        Throttle::with_pauses(free, LONGEST)
    }

    pub fn with_pauses(free: u32, longest: Duration) -> Throttle {
        Throttle { failures: Mutex::default(), free, longest }
    }

    /// How long this key must still wait; `None` where it may try.
    pub fn wait(&self, name: &str, now: Instant) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let Failures { count, last, .. } = failures.get(name)?;
        let pause = self.pause(count.checked_sub(self.free)?);
        pause.checked_sub(now.saturating_duration_since(*last)).filter(|left| !left.is_zero())
    }

    pub fn failed(&self, name: &str, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED && !failures.contains_key(name) {
            let oldest = failures.iter().min_by_key(|(_, kept)| kept.last).map(|(name, _)| name.clone());
            oldest.map(|name| failures.remove(&name));
        }
        let kept = failures.entry(name.to_string()).or_insert(Failures { count: 0, last: now, earlier: now });
        let since = now.saturating_duration_since(kept.last);
        let count = if since >= FORGOTTEN { 0 } else { kept.count };
        *kept = Failures { count: count.saturating_add(1), last: now, earlier: kept.last };
    }

    /// Takes one back that was counted and was none.
    pub fn take_back(&self, name: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = failures.get_mut(name) else { return };
        kept.count = kept.count.saturating_sub(1);
        kept.last = kept.earlier;
        if kept.count == 0 {
            failures.remove(name);
        }
    }

    pub fn succeeded(&self, name: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// How long to wait after so many more than are free.
    fn pause(&self, over: u32) -> Duration {
        Duration::from_micros(doubled_wait(15 * SECOND, over, self.longest.as_micros() as i64) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_against_its_own_hash_only() {
        let hashed = hash("kentongan malam").unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(verify("kentongan malam", &hashed));
        assert!(!verify("kentongan pagi!", &hashed));
        assert!(!verify("kentongan malam", "not a hash"));
        assert!(matches!(hash("pendek"), Err(AccountError::Short(6))));
        assert!(!nobody().is_empty());
    }

    #[test]
    fn tokens_differ() {
        let (one, two) = (token().unwrap(), token().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 64);
    }

    #[test]
    fn guessing_is_slowed_and_a_success_forgives() {
        let throttle = Throttle::default();
        let start = Instant::now();
        for _ in 0..FREE {
            assert_eq!(throttle.wait("sari", start), None);
            throttle.failed("sari", start);
        }
        assert_eq!(throttle.wait("sari", start), Some(Duration::from_secs(15)));
        assert_eq!(throttle.wait("sari", start + Duration::from_secs(15)), None);
        assert_eq!(throttle.wait("budi", start), None);
        for _ in 0..40 {
            throttle.failed("sari", start);
        }
        assert_eq!(throttle.wait("sari", start), Some(Duration::from_secs(900)));
        throttle.succeeded("sari");
        assert_eq!(throttle.wait("sari", start), None);
    }

    #[test]
    fn slips_of_months_are_no_attack_and_a_right_password_makes_nobody_wait() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let day = |days: u32| start + FORGOTTEN * days;
        for days in 0..60 {
            throttle.failed("sari", day(days));
        }
        assert_eq!(throttle.wait("sari", day(59)), None, "one a day");
        let at = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..6 {
            throttle.failed("budi", start);
        }
        throttle.failed("budi", at(40));
        assert_eq!(throttle.wait("budi", at(40)), Some(Duration::from_secs(60)));
        throttle.take_back("budi");
        assert_eq!(throttle.wait("budi", at(40)), None, "as before the try that was none");
    }
}
