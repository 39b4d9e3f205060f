//! The reserve behind the brake on logins: a few tries of each account that is not under attack, looked at unseen.
//!
//! Behind one address of a mobile operator stand thousands of phones, so that who guesses there brakes all of them. A try that
//! the brake sends away is therefore still looked at where its name has an account and the reserve has room. Only a right
//! password shows: whatever else became of the try, its answer says and takes the same ([`crate::account::login_brake`]).
//! Names without an account cost the reserve nothing, so that names which somebody makes up crowd nobody out.

use super::login_brake::LoginTry;
use super::try_budget::TryBudget;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const HOUR: Duration = Duration::from_hours(1);

/// Wrong tries of one account from one address, …
const OF_PAIR: (u32, Duration) = (2, Duration::from_hours(12));
/// … from one address, whatever the account, …
const OF_ADDRESS: (u32, Duration) = (48, HOUR);
/// … and of one account, wherever from: at once, and after how long one more.
const OF_ACCOUNT: (u32, Duration) = (8, Duration::from_mins(96));

/// Shared by all logins of a process.
pub struct LoginReserve {
    pairs: TryBudget,
    addresses: TryBudget,
    accounts: TryBudget,
    /// Who looks whether there is room, until what they take is counted: two tries at once are not both the last.
    counting: Mutex<()>,
}

impl Default for LoginReserve {
    fn default() -> LoginReserve {
        let [pairs, addresses, accounts] =
            [OF_PAIR, OF_ADDRESS, OF_ACCOUNT].map(|(at_once, every)| TryBudget::new(at_once, every));
        LoginReserve { pairs, addresses, accounts, counting: Mutex::default() }
    }
}

/// A try that the reserve has room for, counted already. It is given back where nobody looked at the password.
pub struct ReservedTry<'a> {
    reserve: &'a LoginReserve,
    keys: [String; 3],
    looked_at: bool,
}

impl LoginReserve {
    fn counted(&self, keys: &[String; 3]) -> [(&TryBudget, String); 3] {
        let [pair, address, account] = keys.clone();
        [(&self.pairs, pair), (&self.addresses, address), (&self.accounts, account)]
    }

    /// Counts a try of an account that there is; `None` where there is no room for it.
    pub fn begin(&self, tried: &LoginTry<'_>, now: Instant) -> Option<ReservedTry<'_>> {
        let keys = [tried.pair(), tried.address.to_owned(), tried.name.to_owned()];
        let counted = self.counted(&keys);
        let _counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.iter().any(|(budget, key)| budget.wait(key, now).is_some()) {
            return None;
        }
        counted.iter().for_each(|(budget, key)| budget.spend(key, now));
        Some(ReservedTry { reserve: self, keys, looked_at: false })
    }
}

impl ReservedTry<'_> {
    /// The password is looked at now: from here on the try counts, whether its sender waits for the answer or not.
    pub fn is_looked_at(&mut self) {
        self.looked_at = true;
    }

    /// The password was right.
    pub fn was_right(mut self) {
        self.looked_at = false;
    }
}

impl Drop for ReservedTry<'_> {
    fn drop(&mut self) {
        if !self.looked_at {
            self.reserve.counted(&self.keys).iter().for_each(|(budget, key)| budget.take_back(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    fn wrong(reserve: &LoginReserve, (name, address): (&str, &str), now: Instant) -> bool {
        let tried = LoginTry { name, address, device: None };
        reserve.begin(&tried, now).is_some_and(|mut reserved| {
            reserved.is_looked_at();
            true
        })
    }

    #[test]
    fn right_passwords_and_tries_that_nobody_looked_at_cost_nothing() {
        let (reserve, now) = (LoginReserve::default(), Instant::now());
        for _ in 0..100 {
            let tried = LoginTry { name: "sari", address: "36.66.1.2", device: None };
            let mut right = reserve.begin(&tried, now).expect("room");
            right.is_looked_at();
            right.was_right();
            drop(reserve.begin(&tried, now).expect("room"));
        }
    }

    #[test]
    fn tries_of_one_moment_do_not_share_the_last_room() {
        let now = Instant::now();
        for _ in 0..2_000 {
            let (reserve, together) = (LoginReserve::default(), Barrier::new(4));
            let looked_at = std::thread::scope(|scope| {
                let guess = || {
                    together.wait();
                    wrong(&reserve, ("sari", "36.66.1.2"), now)
                };
                let guesses = [(); 4].map(|()| scope.spawn(guess));
                guesses.map(|guess| guess.join().expect("no panic"))
            });
            assert_eq!(looked_at.into_iter().filter(|looked_at| *looked_at).count(), 2);
        }
    }

    #[test]
    fn one_account_under_attack_leaves_the_others_their_room() {
        let (reserve, now) = (LoginReserve::default(), Instant::now());
        let guessed = (0..300).filter(|_| wrong(&reserve, ("sari", "36.66.1.2"), now)).count();
        assert_eq!(guessed, 2);
        assert!(wrong(&reserve, ("budi", "36.66.1.2"), now), "another account there");
        let elsewhere = (0..300).filter(|n| wrong(&reserve, ("sari", &format!("10.0.0.{n}")), now));
        assert_eq!(elsewhere.count(), 6, "from wherever");
    }
}
