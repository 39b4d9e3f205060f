//! Passwords and their hashes, with memory that goes from one hash to the next.

use super::{AccountError, MIN_PASSWORD};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Mutex, PoisonError};

/// Memory of hashes that ended: left to the allocator, every thread that ever hashed keeps 19 MiB of its own.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
/// How many are kept: as many as logins hash at once (`login_brake`), and one for a password that is made.
const KEPT: usize = 4;

/// Argon2id in its own text form, for `users.password_hash`. Takes some 50 ms: not for an async thread.
///
/// # Errors
/// Where the password is too short, or the system gives no random bytes.
pub fn hash(password: &str) -> Result<String, AccountError> {
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        return Err(AccountError::Short(length));
    }
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).map_err(AccountError::Random)?;
    let mut hash = unfilled(&salt).map_err(AccountError::Hash)?;
    let output = output(password, &hash, Params::DEFAULT_OUTPUT_LEN);
    hash.hash = Some(output.ok_or(AccountError::Hash(argon2::password_hash::Error::Internal))?);
    Ok(hash.to_string())
}

/// A hash by today's parameters, of no password yet.
fn unfilled(salt: &[u8]) -> Result<PasswordHash, argon2::password_hash::Error> {
    Ok(PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&Params::default())?,
        salt: Some(Salt::new(salt)?),
        hash: None,
    })
}

/// Whether the password is the one hashed. An unreadable hash verifies nothing.
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let Some(expected) = hash.hash else { return false };
    // Outputs are compared in constant time.
    output(password, &hash, expected.len()).is_some_and(|output| output == expected)
}

/// What the password hashes to by a hash's own parameters; `None` where they are none of Argon2's.
fn output(password: &str, hash: &PasswordHash, length: usize) -> Option<Output> {
    let params = Params::try_from(&hash.params).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map(Version::try_from).transpose().ok()?.unwrap_or_default();
    let mut memory = kept().pop().unwrap_or_default();
    memory.resize(params.block_count(), Block::default());
    let mut bytes = vec![0; length];
    let hashed = Argon2::new(algorithm, version, params).hash_password_into_with_memory(
        password.as_bytes(),
        hash.salt.as_ref()?,
        &mut bytes,
        &mut memory,
    );
    let mut kept = kept();
    if kept.len() < KEPT {
        kept.push(memory);
    }
    hashed.ok().and_then(|()| Output::new(&bytes).ok())
}

fn kept() -> std::sync::MutexGuard<'static, Vec<Vec<Block>>> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordVerifier;

    #[test]
    fn a_password_is_verified_again_and_again_and_another_is_not() {
        let (one, other) = (hash("kata sandi satu").unwrap(), hash("kata sandi dua").unwrap());
        for _ in 0..3 {
            assert!(verify("kata sandi satu", &one) && verify("kata sandi dua", &other));
            assert!(!verify("kata sandi dua", &one) && !verify("", &other));
        }
        // Other programs read it: it says what it was made by.
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(Argon2::default().verify_password(b"kata sandi satu", one.as_str()).is_ok());
        let weaker = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g";
        for broken in ["", "x", "$argon2id$v=19$m=8,t=1,p=1", "$scrypt$ln=16$c2FsdHNhbHQ$aGFzaGhhc2g", weaker]
        {
            assert!(!verify("kata sandi satu", broken), "{broken}");
        }
        assert!(verify("kata sandi satu", &one), "another hash's parameters leave nothing behind");
        assert!(kept().len() <= KEPT);
    }
}
