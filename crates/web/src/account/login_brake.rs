//! The brake on guessing at logins: by address, by account, and with room of its own for a device that its owner logged in on.
//!
//! A try is counted before its password is hashed, so that many at once are not more than many one by one; hashing itself has
//! few turns and a bounded queue for them. A stranger's guesses keep nobody out whose device is known.

use super::Throttle;
use super::known_device::KnownDevice;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Longest name that is counted, shown again and logged, in characters: longer than that of any account.
pub const LONGEST_NAME: usize = 80;

/// Wrong tries that cost no wait: of one account from one address or one known device, …
const FREE: u32 = 5;
/// … from one address, whatever the account, …
const FREE_OF_ADDRESS: u32 = 20;
/// … and of one account, wherever from.
const FREE_OF_ACCOUNT: u32 = 40;

/// Passwords checked at once, each on a core and in 19 MiB: one of strangers' and one of a known device's.
const TURNS: usize = 1;
/// Logins that may wait for their turn.
const WAITING: usize = 64;

/// Who tries to log in.
pub struct LoginTry<'a> {
    /// As typed, cut to [`LONGEST_NAME`].
    pub name: &'a str,
    /// Empty where nobody found it out.
    pub address: &'a str,
    /// The device that shows that the account's owner logged in on it.
    pub device: Option<KnownDevice>,
}

/// Shared by all logins of a process.
pub struct LoginBrake {
    pairs: Throttle,
    addresses: Throttle,
    accounts: Throttle,
    devices: Throttle,
    hashing: Turns,
    hashing_of_known: Turns,
}

impl Default for LoginBrake {
    fn default() -> LoginBrake {
        LoginBrake {
            pairs: Throttle::with_free(FREE),
            addresses: Throttle::with_free(FREE_OF_ADDRESS),
            accounts: Throttle::with_free(FREE_OF_ACCOUNT),
            devices: Throttle::with_free(FREE),
            hashing: Turns::new(),
            hashing_of_known: Turns::new(),
        }
    }
}

/// A turn to hash a password, with the place in the queue that it took.
pub struct Turn<'a>(SemaphorePermit<'a>, SemaphorePermit<'a>);

impl Turn<'_> {
    /// Gives the turn to the next.
    pub fn end(self) {
        drop((self.0, self.1));
    }
}

struct Turns {
    hashing: Semaphore,
    places: Semaphore,
}

impl Turns {
    fn new() -> Turns {
        Turns { hashing: Semaphore::new(TURNS), places: Semaphore::new(TURNS + WAITING) }
    }

    async fn take(&self) -> Option<Turn<'_>> {
        let place = self.places.try_acquire().ok()?;
        Some(Turn(self.hashing.acquire().await.ok()?, place))
    }
}

impl LoginBrake {
    /// The name as it is counted, shown and logged.
    pub fn cut(name: &str) -> String {
        name.trim().chars().take(LONGEST_NAME).collect()
    }

    /// What this try is counted by, and how much of it.
    fn counted<'a>(&'a self, tried: &'a LoginTry<'_>) -> Vec<(&'a Throttle, String)> {
        match &tried.device {
            Some(device) => vec![(&self.devices, device.key())],
            None => vec![
                (&self.pairs, format!("{} {}", tried.address, tried.name)),
                (&self.addresses, tried.address.to_owned()),
                (&self.accounts, tried.name.to_owned()),
            ],
        }
    }

    /// Counts a try before anything is hashed.
    ///
    /// # Errors
    /// How long it must wait; then it is not counted.
    pub fn begin(&self, tried: &LoginTry<'_>, now: Instant) -> Result<(), Duration> {
        let counted = self.counted(tried);
        match counted.iter().filter_map(|(throttle, key)| throttle.wait(key, now)).max() {
            Some(wait) => Err(wait),
            None => {
                counted.iter().for_each(|(throttle, key)| throttle.failed(key, now));
                Ok(())
            }
        }
    }

    /// A turn to hash; `None` where too many wait for one.
    pub async fn turn(&self, tried: &LoginTry<'_>) -> Option<Turn<'_>> {
        let turns = if tried.device.is_some() { &self.hashing_of_known } else { &self.hashing };
        turns.take().await
    }

    /// Takes back what a try was counted that was none at guessing: the password was right, or nobody looked at it.
    pub fn take_back(&self, tried: &LoginTry<'_>) {
        self.counted(tried).iter().for_each(|(throttle, key)| throttle.take_back(key));
    }

    /// The owner is here: what was guessed at this account from here or on this device is forgiven. What others guessed stays.
    pub fn succeeded(&self, tried: &LoginTry<'_>) {
        self.take_back(tried);
        match &tried.device {
            Some(device) => self.devices.succeeded(&device.key()),
            None => self.pairs.succeeded(&format!("{} {}", tried.address, tried.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(name: &'a str, address: &'a str) -> LoginTry<'a> {
        LoginTry { name, address, device: None }
    }

    fn guess(brake: &LoginBrake, tried: &LoginTry<'_>, times: usize, now: Instant) -> usize {
        (0..times).filter(|_| brake.begin(tried, now).is_ok()).count()
    }

    #[test]
    fn a_strangers_guesses_do_not_keep_the_owner_out() {
        let (brake, now) = (LoginBrake::default(), Instant::now());
        assert_eq!(guess(&brake, &of("piket", "36.66.1.2"), 7, now), 5);
        assert_eq!(brake.begin(&of("piket", "10.1.2.3"), now), Ok(()), "from elsewhere");
        // Many strangers together do, but for the owner's known device.
        for number in 0..60 {
            guess(&brake, &of("piket", &format!("36.66.2.{number}")), 1, now);
        }
        assert!(brake.begin(&of("piket", "10.1.2.3"), now).is_err());
        let device = KnownDevice::issue("piket", "$argon2id$of-piket", "salt", now_days());
        let own = LoginTry { device: Some(device), ..of("piket", "36.66.1.2") };
        assert_eq!(brake.begin(&own, now), Ok(()));
        assert_eq!(guess(&brake, &own, 9, now), 4, "a device that was stolen may not guess for ever");
    }

    #[test]
    fn an_address_that_guesses_at_many_accounts_waits_and_its_own_account_does_not_free_it() {
        let (brake, now) = (LoginBrake::default(), Instant::now());
        let tried = (0..2_240).filter(|n| brake.begin(&of(&format!("nama-{n}"), "36.66.1.2"), now).is_ok());
        assert_eq!(tried.count(), 20);
        brake.succeeded(&of("milik-sendiri", "36.66.1.2"));
        assert_eq!(brake.begin(&of("lain", "36.66.1.2"), now), Ok(()), "one is taken back, no more");
        assert!(brake.begin(&of("lain-lagi", "36.66.1.2"), now).is_err());
    }

    #[test]
    fn a_name_is_cut_before_it_is_kept() {
        assert_eq!(LoginBrake::cut(&format!("  {}", "é".repeat(100_000))).chars().count(), LONGEST_NAME);
    }

    #[tokio::test]
    async fn turns_are_few_and_who_waits_too_and_a_known_device_has_its_own() {
        let brake = LoginBrake::default();
        let stranger = of("x", "a");
        let mut waiting = Vec::new();
        for _ in 0..TURNS + WAITING {
            waiting.push(brake.hashing.places.try_acquire().expect("a place"));
        }
        assert!(brake.turn(&stranger).await.is_none());
        let device = KnownDevice::issue("piket", "hash", "salt", now_days());
        assert!(brake.turn(&LoginTry { device: Some(device), ..stranger }).await.is_some());
    }

    fn now_days() -> i64 {
        20_000
    }
}
