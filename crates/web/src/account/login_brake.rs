//! The brake on guessing at logins: by address, by account, and with room of its own for a device that its owner logged in on.
//!
//! A try is counted before its password is hashed, so that many at once are not more than many one by one; hashing itself has
//! few turns and a bounded queue for them. A stranger's guesses keep nobody out whose device is known, nor who has an account
//! behind the same address that is not under attack: what the brake by address or account sends away is still looked at
//! unseen, from a reserve ([`super::login_reserve`]), and only a right password shows.
//!
//! Wrong passwords of one day that somebody may try, at most (`tests::a_days_guesses_are_bounded` counts them):
//!
//! | of | by the brake | by the reserve | together |
//! |---|---|---|---|
//! | one address | 20 + 24 (one an hour) | 48 + 24 (one an hour) | 116 |
//! | one account, wherever from | 30 + 77 (pauses of 15 s, doubled up to 20 min) | 8 + 15 (one in 96 min) | 130 |
//! | one account from one address | 5 + 39 (what the address leaves it) | 2 + 2 (one in 12 h) | 48 |
//!
//! An address could try 120 a day and an account 140 while both had pauses alone; after the first day, for ever, 48 of 96 and
//! 87 of 96. Why there can be no more room, and what is left: `.github/decisions/2026-11-29-login-reserve.md`.

use super::Throttle;
use super::known_device::KnownDevice;
use super::login_reserve::{LoginReserve, ReservedTry};
use super::try_budget::TryBudget;
use super::unseen_queue::{UnseenPlace, UnseenQueue};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Longest name that is counted, shown again and logged, in characters: longer than that of any account.
pub const LONGEST_NAME: usize = 80;

/// Wrong tries that cost no wait: of one account from one address or one known device, …
const FREE: u32 = 5;
/// … from one address, whatever the account, and after how long one more, …
const OF_ADDRESS: (u32, Duration) = (20, Duration::from_hours(1));
/// … and of one account, wherever from, and the longest pause between further ones.
const OF_ACCOUNT: (u32, Duration) = (30, Duration::from_mins(20));

/// Passwords checked at once, each on a core and in 19 MiB: one of strangers', one of a known device's and one of the reserve.
const TURNS: usize = 1;
/// Logins that may wait for their turn.
const WAITING: usize = 64;
/// Accounts looked up at once for tries that the brake sent away.
const LOOKUPS: usize = 2;
/// When a try that was looked at unseen is answered, unless its password was right: later than a queue usually lasts, so that
/// the time says no more than the words.
const UNSEEN: Duration = Duration::from_secs(3);
/// And where its password was right, not before this: later than the few hashes of others that it may have waited for, whose
/// names somebody would read from that wait.
const UNSEEN_RIGHT: Duration = Duration::from_secs(1);

/// Who tries to log in.
pub struct LoginTry<'a> {
    /// As typed, cut to [`LONGEST_NAME`].
    pub name: &'a str,
    /// Empty where nobody found it out.
    pub address: &'a str,
    /// The device that shows that the account's owner logged in on it.
    pub device: Option<KnownDevice>,
}

impl LoginTry<'_> {
    /// By what the tries of this account from this address are counted.
    pub(super) fn pair(&self) -> String {
        format!("{} {}", self.address, self.name)
    }
}

/// Shared by all logins of a process.
pub struct LoginBrake {
    pairs: Throttle,
    addresses: TryBudget,
    accounts: Throttle,
    devices: Throttle,
    /// Who looks whether a try must wait, until it is counted.
    counting: Mutex<()>,
    reserve: LoginReserve,
    /// One-time links that nobody was sent, by address.
    pub links: Throttle,
    hashing: Turns,
    hashing_of_known: Turns,
    hashing_of_reserve: Turns,
    lookups: Semaphore,
    waiting_unseen: UnseenQueue,
    unseen: Duration,
}

impl Default for LoginBrake {
    fn default() -> LoginBrake {
        LoginBrake::answering_after(UNSEEN)
    }
}

/// A turn to hash a password, with the place in the queue that it took.
pub struct Turn(OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Turn {
    /// Gives the turn to the next.
    pub fn end(self) {
        drop((self.0, self.1));
    }
}

struct Turns {
    hashing: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Turns {
    fn new() -> Turns {
        let [hashing, places] = [TURNS, TURNS + WAITING].map(|permits| Arc::new(Semaphore::new(permits)));
        Turns { hashing, places }
    }

    async fn take(&self) -> Option<Turn> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some(Turn(self.hashing.clone().acquire_owned().await.ok()?, place))
    }
}

/// Counts of tries of one sort.
enum Counter<'a> {
    Pauses(&'a Throttle),
    Budget(&'a TryBudget),
}

impl Counter<'_> {
    fn wait(&self, key: &str, now: Instant) -> Option<Duration> {
        match self {
            Counter::Pauses(throttle) => throttle.wait(key, now),
            Counter::Budget(budget) => budget.wait(key, now),
        }
    }

    fn count(&self, key: &str, now: Instant) {
        match self {
            Counter::Pauses(throttle) => throttle.failed(key, now),
            Counter::Budget(budget) => budget.spend(key, now),
        }
    }

    fn take_back(&self, key: &str) {
        match self {
            Counter::Pauses(throttle) => throttle.take_back(key),
            Counter::Budget(budget) => budget.take_back(key),
        }
    }
}

impl LoginBrake {
    /// The name as it is counted, shown and logged.
    pub fn cut(name: &str) -> String {
        name.trim().chars().take(LONGEST_NAME).collect()
    }

    /// Answers a try that it looked at unseen after so long.
    pub fn answering_after(unseen: Duration) -> LoginBrake {
        LoginBrake {
            pairs: Throttle::with_free(FREE),
            addresses: TryBudget::new(OF_ADDRESS.0, OF_ADDRESS.1),
            accounts: Throttle::with_pauses(OF_ACCOUNT.0, OF_ACCOUNT.1),
            devices: Throttle::with_free(FREE),
            counting: Mutex::default(),
            reserve: LoginReserve::default(),
            links: Throttle::default(),
            hashing: Turns::new(),
            hashing_of_known: Turns::new(),
            hashing_of_reserve: Turns::new(),
            lookups: Semaphore::new(LOOKUPS),
            waiting_unseen: UnseenQueue::default(),
            unseen,
        }
    }

    /// What this try is counted by, and how much of it.
    fn counted<'a>(&'a self, tried: &LoginTry<'_>) -> Vec<(Counter<'a>, String)> {
        match &tried.device {
            Some(device) => vec![(Counter::Pauses(&self.devices), device.key())],
            None => vec![
                (Counter::Pauses(&self.pairs), tried.pair()),
                (Counter::Budget(&self.addresses), tried.address.to_owned()),
                (Counter::Pauses(&self.accounts), tried.name.to_owned()),
            ],
        }
    }

    /// Counts a try before anything is hashed.
    ///
    /// # Errors
    /// How long it must wait; then it is not counted.
    pub fn begin(&self, tried: &LoginTry<'_>, now: Instant) -> Result<(), Duration> {
        let counted = self.counted(tried);
        let _counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        match counted.iter().filter_map(|(counter, key)| counter.wait(key, now)).max() {
            Some(wait) => Err(wait),
            None => {
                counted.iter().for_each(|(counter, key)| counter.count(key, now));
                Ok(())
            }
        }
    }

    /// The place of a try that [`LoginBrake::begin`] sent away, or for which there was no turn, to be looked at unseen; `None`
    /// where it is sent away at once, because this account is guessed at from this very address, or on this device. Whether
    /// there is such an account makes no difference, neither to the place nor to how long it lasts.
    pub fn unseen_place(&self, tried: &LoginTry<'_>, now: Instant) -> Option<UnseenPlace> {
        let is_pair_free = tried.device.is_none() && self.pairs.wait(&tried.pair(), now).is_none();
        is_pair_free.then(|| {
            self.waiting_unseen.enter(tried.address, [now + self.unseen.min(UNSEEN_RIGHT), now + self.unseen])
        })
    }

    /// A turn to look an account up whose try was sent away.
    pub async fn lookup(&self) -> Option<SemaphorePermit<'_>> {
        self.lookups.acquire().await.ok()
    }

    /// Room in the reserve for a try that was sent away, of an account that there is.
    pub fn reserve(&self, tried: &LoginTry<'_>, now: Instant) -> Option<ReservedTry<'_>> {
        self.reserve.begin(tried, now)
    }

    /// A turn to hash; `None` where too many wait for one. It lasts as long as the hashing, also where nobody waits any more.
    pub async fn turn(&self, tried: &LoginTry<'_>) -> Option<Turn> {
        let turns = if tried.device.is_some() { &self.hashing_of_known } else { &self.hashing };
        turns.take().await
    }

    /// The same for a try that is looked at unseen, so that no other login waits for it and shows that there is such an account.
    pub async fn turn_of_reserve(&self) -> Option<Turn> {
        self.hashing_of_reserve.take().await
    }

    /// Takes back what a try was counted that was none at guessing: the password was right, or nobody looked at it.
    pub fn take_back(&self, tried: &LoginTry<'_>) {
        self.counted(tried).iter().for_each(|(counter, key)| counter.take_back(key));
    }

    /// The owner is here: what was guessed at this account from here or on this device is forgiven. What others guessed stays.
    pub fn succeeded(&self, tried: &LoginTry<'_>) {
        self.take_back(tried);
        match &tried.device {
            Some(device) => self.devices.succeeded(&device.key()),
            None => self.pairs.succeeded(&tried.pair()),
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
    fn tries_of_one_moment_do_not_share_the_last_room() {
        let now = Instant::now();
        for _ in 0..1_000 {
            let (brake, together) = (LoginBrake::default(), std::sync::Barrier::new(8));
            let taken = std::thread::scope(|scope| {
                let tries = || {
                    together.wait();
                    brake.begin(&of("sari", "36.66.1.2"), now).is_ok()
                };
                let all = [(); 8].map(|()| scope.spawn(tries));
                all.map(|one| one.join().expect("no panic"))
            });
            assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 5);
        }
    }

    /// Wrong tries of two days that come through, the brake's and the reserve's, where somebody tries every ten seconds.
    fn guesses_of_two_days<'a>(mut tried: impl FnMut(usize) -> (String, String) + 'a) -> [usize; 2] {
        let (brake, start, mut number) = (LoginBrake::default(), Instant::now(), 0);
        [0, 1].map(|day| {
            let mut guesses = 0;
            // As many at once as there may ever be, then on and on.
            let moments = std::iter::repeat_n(0, 200).chain((0..86_400).step_by(10));
            for second in moments {
                let now = start + Duration::from_secs(day * 86_400 + second);
                let (name, address) = tried(number);
                number += 1;
                let tried = of(&name, &address);
                guesses += usize::from(brake.begin(&tried, now).is_ok());
                if let Some(mut reserved) = brake.reserve(&tried, now) {
                    reserved.is_looked_at();
                    guesses += 1;
                }
            }
            guesses
        })
    }

    /// The sums of the table above, on the first day and on the one after it: they never rise.
    #[test]
    fn a_days_guesses_are_bounded() {
        let of_address = guesses_of_two_days(|n| (format!("desa-{}", n % 500), "36.66.1.2".into()));
        assert!(of_address[0] <= 116 && of_address[1] <= 50, "{of_address:?}");
        let of_account = guesses_of_two_days(|n| ("sari".into(), format!("10.0.{}.{}", n / 250, n % 250)));
        assert!(of_account[0] <= 130 && of_account[1] <= 90, "{of_account:?}");
        let of_pair = guesses_of_two_days(|_| ("sari".into(), "36.66.1.2".into()));
        assert!(of_pair[0] <= 48 && of_pair[1] <= 28, "{of_pair:?}");
        println!("of an address {of_address:?}, of an account {of_account:?}, of both {of_pair:?}");
    }

    #[tokio::test]
    async fn the_reserve_waits_for_no_other_login_and_no_other_login_for_it() {
        let brake = LoginBrake::default();
        let tried = of("nama", "36.66.1.2");
        let reserved = brake.turn_of_reserve().await.expect("a turn");
        let first = Box::pin(brake.turn(&tried)).await.expect("a turn beside the reserve's");
        let mut crowd: Vec<_> = (0..WAITING).map(|_| Box::pin(brake.turn(&tried))).collect();
        for waiting in &mut crowd {
            assert!(futures::poll!(waiting).is_pending());
        }
        assert!(brake.turn(&of("lain", "10.1.2.3")).await.is_none(), "no place is left");
        reserved.end();
        let mut next = Box::pin(brake.turn_of_reserve());
        assert!(futures::poll!(&mut next).is_ready(), "a crowd makes the reserve wait");
        first.end();
    }

    #[tokio::test]
    async fn a_turn_lasts_as_long_as_the_hashing() {
        let brake = LoginBrake::default();
        let turn = brake.turn(&of("x", "a")).await.expect("a turn");
        let (begin, begun) = std::sync::mpsc::channel::<()>();
        let hashing = tokio::task::spawn_blocking(move || {
            let ended = begun.recv();
            turn.end();
            ended
        });
        let other = of("y", "b");
        let next = brake.turn(&other);
        tokio::pin!(next);
        assert!(futures::poll!(&mut next).is_pending(), "who asked may be gone, the hashing is not");
        begin.send(()).expect("hashing");
        assert!(next.await.is_some());
        hashing.await.expect("hashed").expect("in its time");
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
            waiting.push(brake.hashing.places.clone().try_acquire_owned().expect("a place"));
        }
        assert!(brake.turn(&stranger).await.is_none());
        let device = KnownDevice::issue("piket", "hash", "salt", now_days());
        assert!(brake.turn(&LoginTry { device: Some(device), ..stranger }).await.is_some());
    }

    fn now_days() -> i64 {
        20_000
    }
}
