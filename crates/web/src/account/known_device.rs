//! A device on which the owner of an account logged in before: it shows so by a cookie that only the service can have made.

use crate::account::wall;
use crate::guard::cookie;
use axum::http::{HeaderMap, header};
use domain::time::DAY;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use views::second_link::SECOND_LINK_PATH;

/// How long a device is known after the last login on it, days.
const KNOWN_DAYS: i64 = 180;

/// What the names of the cookies begin with.
const COOKIE_PREFIX: &str = "kentongan-perangkat-";

/// What the cookie holds: the day, some random digits, and the proof of both for one account. It is signed with the hash of the
/// account's password, which nobody knows outside the store; a new password makes every device unknown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownDevice {
    day: i64,
    salt: String,
    proof: String,
}

impl KnownDevice {
    pub fn issue(name: &str, password_hash: &str, salt: &str, day: i64) -> KnownDevice {
        let proof = hex::encode(signed(name, password_hash, salt, day).finalize().into_bytes());
        KnownDevice { day, salt: salt.to_owned(), proof }
    }

    /// The device that a request shows for this account; `None` where it shows none, or one that is not known.
    pub fn shown(headers: &HeaderMap, name: &str, password_hash: &str) -> Option<KnownDevice> {
        let value = cookie(headers, &cookie_name(name))?;
        let mut parts = value.splitn(3, '.');
        let day: i64 = parts.next()?.parse().ok()?;
        let (salt, proof) = (parts.next()?, parts.next()?);
        let is_fresh = (0..=KNOWN_DAYS).contains(&(today().saturating_sub(day)));
        let is_signed =
            || signed(name, password_hash, salt, day).verify_slice(&hex::decode(proof).ok()?).ok();
        (is_fresh && salt.len() <= 64).then(is_signed).flatten()?;
        Some(KnownDevice { day, salt: salt.to_owned(), proof: proof.to_owned() })
    }

    /// Whether a request brings anything to look at.
    pub fn is_claimed(headers: &HeaderMap, name: &str) -> bool {
        cookie(headers, &cookie_name(name)).is_some()
    }

    /// Whether a request brings anything to look at, of whatever account.
    pub fn is_any_claimed(headers: &HeaderMap) -> bool {
        let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        all.flat_map(|line| line.split(';')).any(|pair| pair.trim().starts_with(COOKIE_PREFIX))
    }

    /// By what its tries are counted.
    pub fn key(&self) -> String {
        self.proof.clone()
    }

    /// The `Set-Cookie`s of it: sent to the login page, and to one-time links, of which nobody opens one for a request of their own.
    pub fn set_cookies(&self, name: &str, secure: bool) -> [String; 2] {
        let (age, secure) = (KNOWN_DAYS * 86_400, if secure { "; Secure" } else { "" });
        ["/masuk", SECOND_LINK_PATH].map(|path| {
            format!(
                "{}={}.{}.{}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={age}{secure}",
                cookie_name(name),
                self.day,
                self.salt,
                self.proof
            )
        })
    }
}

/// Days since 1970, by the machine's clock.
pub fn today() -> i64 {
    wall().0.div_euclid(DAY)
}

/// Several accounts may be known on one device; the cookie does not say whose they are.
fn cookie_name(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    format!("{COOKIE_PREFIX}{}", hex::encode(&digest[..6]))
}

fn signed(name: &str, password_hash: &str, salt: &str, day: i64) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(password_hash.as_bytes()).expect("a key of any length");
    mac.update(format!("perangkat/{name}/{salt}/{day}").as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn showing(device: &KnownDevice, name: &str) -> HeaderMap {
        let [set, _] = device.set_cookies(name, true);
        let pair = set.split(';').next().unwrap();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(pair).unwrap())])
    }

    #[test]
    fn a_device_is_known_for_its_own_account_and_password_and_not_for_ever() {
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
        let device = KnownDevice::issue("piket", hash, "0a1b2c", today());
        let headers = showing(&device, "piket");
        assert_eq!(KnownDevice::shown(&headers, "piket", hash), Some(device.clone()));
        assert_eq!(KnownDevice::shown(&headers, "piket", "another hash"), None, "a new password");
        assert_eq!(KnownDevice::shown(&showing(&device, "camat"), "camat", hash), None, "another account");
        let old = KnownDevice::issue("piket", hash, "0a1b2c", today() - KNOWN_DAYS - 1);
        assert_eq!(KnownDevice::shown(&showing(&old, "piket"), "piket", hash), None);
        let renewed = KnownDevice { day: today(), ..old };
        assert_eq!(KnownDevice::shown(&showing(&renewed, "piket"), "piket", hash), None, "written by hand");
        for (set, path) in device.set_cookies("piket", true).iter().zip(["Path=/masuk", "Path=/orang-kedua"])
        {
            for part in ["HttpOnly", "SameSite=Lax", "Secure", path] {
                assert!(set.contains(part), "{part}");
            }
            assert!(!set.contains("piket"), "whose it is stands nowhere: {set}");
        }
        assert!(KnownDevice::is_any_claimed(&headers) && !KnownDevice::is_any_claimed(&HeaderMap::new()));
    }
}
