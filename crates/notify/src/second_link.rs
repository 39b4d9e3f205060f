//! One-time links for people of the roster who are asked to be the second person: the key of this installation, and tokens
//! derived from it, so that a message that goes out again carries the same link and no token is kept anywhere.

use crate::attempt::Failure;
use crate::audience::is_another;
use crate::run::NotifyState;
use crate::team::Member;
use domain::alert::notice::AlertChangeKind;
use domain::evidence::second_person::SECOND_WITHIN;
use domain::place::Code;
use domain::time::Time;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs::{self, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use store::{DeliveryFailure, LinkRequest, MessageFacts, OutboxItem, SecondLink, token_hash};

/// Bytes of a token; it is written in twice as many characters.
const TOKEN_BYTES: usize = 20;
/// A key has at least so many characters.
const SHORTEST_KEY: usize = 32;

/// The secret that tokens are derived from. Never printed.
#[derive(Clone)]
pub struct LinkKey(Vec<u8>);

impl LinkKey {
    /// A key of these bytes.
    pub fn new(bytes: &[u8]) -> LinkKey {
        LinkKey(bytes.to_vec())
    }

    /// The key in a file of somebody else's.
    ///
    /// # Errors
    /// Where the file cannot be read or holds less than 32 characters.
    pub fn read(path: &Path) -> Result<LinkKey, Error> {
        let text = fs::read_to_string(path)?;
        match text.trim() {
            short if short.len() < SHORTEST_KEY => Err(Error::other(format!(
                "the key is shorter than {SHORTEST_KEY} characters; write a longer random one"
            ))),
            key => Ok(LinkKey::new(key.as_bytes())),
        }
    }

    /// The key in a file of our own, which is made where it is not there yet, for the service's account only.
    ///
    /// # Errors
    /// Where the file cannot be made or read.
    pub fn make(path: &Path) -> Result<LinkKey, Error> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                let mut bytes = [0u8; 32];
                getrandom::fill(&mut bytes).map_err(|error| Error::other(error.to_string()))?;
                file.write_all(format!("{}\n", hex::encode(bytes)).as_bytes())?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        LinkKey::read(path)
    }

    /// The token for one person's answer to one request: 160 bits that nobody can derive without the key.
    pub fn token(&self, regency: Code, request: &LinkRequest, person: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(format!("second person\n{regency}\n{request}\n{person}").as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..TOKEN_BYTES])
    }
}

/// What an item asks this member for as the second person, and until when.
pub(crate) fn request(
    item: &OutboxItem,
    facts: &MessageFacts,
    member: &Member,
) -> Option<(LinkRequest, Time)> {
    if let Some(second) = &facts.second {
        return Some((LinkRequest::Record(second.verification), second.lapses_at));
    }
    let asker = facts.ending.as_ref().and_then(|ending| ending.asker);
    let asks = item.change == AlertChangeKind::WithdrawalAsked && is_another(asker, member);
    let request = LinkRequest::End { alert: item.alert.clone(), version: item.version };
    asks.then(|| (request, item.at.plus(SECOND_WITHIN)))
}

/// The token that a message to a member carries, kept as its hash; `None` for who answers by an account of their own. A
/// member who has answered is asked no more.
pub(crate) async fn issue(
    state: &NotifyState,
    regency: Code,
    (request, lapses_at): (LinkRequest, Time),
    member: &Member,
) -> Result<Option<String>, Failure> {
    if !state.team.seconds(member) {
        return Ok(None);
    }
    let token = state.link_key.token(regency, &request, &member.key);
    let link = SecondLink {
        token_hash: token_hash(&token),
        regency,
        request,
        person: member.key.clone(),
        expires_at: lapses_at,
        browser_hash: None,
        answer: None,
    };
    let issued = state.store.issue_second_link(&link).await;
    match issued.map_err(|error| Failure::from(crate::chain(&error)))? {
        true => Ok(Some(token)),
        false => Err(Failure::Never(DeliveryFailure::NothingToCheck)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::{FeedId, ReportId, ReportName};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_token_is_the_same_for_the_same_request_and_person_and_for_nothing_else() {
        let key = LinkKey::new(b"kunci");
        let name = |id| LinkRequest::Record(ReportName { id: ReportId(id), feed: FeedId(7) });
        let end = |version| LinkRequest::End { alert: String::from("16.13-2026-0001"), version };
        let token = key.token(Code(161_300), &name(1), "16.13/kabag-ops");
        assert_eq!(token, key.token(Code(161_300), &name(1), "16.13/kabag-ops"));
        assert!(token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
        for other in [
            key.token(Code(161_300), &name(2), "16.13/kabag-ops"),
            key.token(Code(161_300), &name(1), "16.13/pasi-ops"),
            key.token(Code(637_200), &name(1), "16.13/kabag-ops"),
            key.token(Code(161_300), &end(2), "16.13/kabag-ops"),
            LinkKey::new(b"lain").token(Code(161_300), &name(1), "16.13/kabag-ops"),
        ] {
            assert_ne!(other, token);
        }
        assert_ne!(key.token(Code(161_300), &end(2), "x"), key.token(Code(161_300), &end(3), "x"));
    }

    #[test]
    fn a_key_is_made_once_and_is_nobody_elses_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("links.key");
        let (first, again) = (LinkKey::make(&path).unwrap(), LinkKey::make(&path).unwrap());
        assert_eq!(first.0, again.0);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "pendek").unwrap();
        assert!(LinkKey::read(&path).is_err());
    }
}
