//! What the service asks agencies for: whether it does, how old the last good answer is, and what failed, in words.

use crate::json;
use crate::words::Lang;
use domain::kind::Refused;
use domain::time::Time;
use serde::Serialize;
use store::{PullFailure, PullRow};

/// One agency that is asked.
#[derive(Clone, Debug, Serialize)]
pub struct PullItem {
    /// The agency and what it gives; it asks to be named.
    pub agency: String,
    /// The name of its feed.
    pub feed: String,
    pub is_on: bool,
    /// The address, without what is asked for.
    pub url: String,
    #[serde(serialize_with = "json::time_option")]
    pub tried: Option<Time>,
    /// When everything came last.
    #[serde(serialize_with = "json::time_option")]
    pub good: Option<Time>,
    /// Why the last try failed.
    pub failure: Option<String>,
    /// New signals of the last try.
    pub signals: u32,
    /// What of it was not believed.
    pub doubts: Vec<String>,
}

impl PullItem {
    pub fn of(row: PullRow, lang: Lang) -> PullItem {
        PullItem {
            agency: lang.word("pull_agency", row.source.as_str()),
            feed: row.source.as_str().to_owned(),
            is_on: row.is_on,
            url: row.url.split('?').next().unwrap_or_default().to_owned(),
            tried: row.tried_at,
            good: row.good_at,
            failure: row.failure.map(|failure| failure_words(&failure.to_string(), lang)),
            signals: row.signals,
            doubts: row.doubts.lines().map(|line| doubt_words(line, lang)).collect(),
        }
    }
}

/// Why an agency's answer was not taken, as [`PullFailure`] writes it, and what to do; other words stay as they are.
pub fn failure_words(failure: &str, lang: Lang) -> String {
    let Some(failure) = PullFailure::parse(failure) else { return failure.to_owned() };
    let fill = |key, detail: &str| lang.fill(key, &[("detail", &detail)]);
    match &failure {
        PullFailure::Unreachable(detail) => fill("pulls.unreachable", detail),
        PullFailure::NoAnswer(seconds) => fill("pulls.no_answer", seconds),
        PullFailure::Certificate(detail) => fill("pulls.certificate", detail),
        PullFailure::CertificateTime(detail) => fill("pulls.certificate_time", detail),
        PullFailure::TooOften(seconds) => fill("pulls.too_often", seconds),
        PullFailure::ServerFailed(status) => fill("pulls.server_failed", status),
        PullFailure::Refused(status) => fill("pulls.refused", status),
        PullFailure::Unreadable(detail) => fill("pulls.unreadable", &unreadable_words(detail, lang)),
        PullFailure::CutOff(_) => lang.text("pulls.cut_off").to_owned(),
        PullFailure::TooLarge(megabytes) => fill("pulls.too_large", megabytes),
        PullFailure::OtherHost(url) => fill("pulls.other_host", url),
        PullFailure::Clock(minutes) => fill("pulls.clock", minutes),
        PullFailure::FeedDisabled(name) => fill("pulls.feed_disabled", name),
        PullFailure::FeedClass(name) => fill("pulls.feed_class", name),
        PullFailure::NotTaken(reason) => {
            let reason =
                Refused::parse(reason).map_or_else(|| reason.clone(), |own| lang.word("refused", own));
            fill("pulls.not_taken", &reason)
        }
        PullFailure::Store(detail) => fill("pulls.store", detail),
    }
}

/// What is wrong with an answer, as `formats::pulled::PulledError::fault` writes it; other words stay as they are.
fn unreadable_words(fault: &str, lang: Lang) -> String {
    let (word, name) = fault.split_once(' ').unwrap_or((fault, ""));
    let key = match word {
        "no_xml" => "pulls.no_xml",
        "no_json" => "pulls.no_json",
        "unsafe" => "pulls.unsafe",
        "other_document" => "pulls.other_document",
        "lacks" => "pulls.lacks",
        _ => return fault.to_owned(),
    };
    lang.fill(key, &[("name", &name)])
}

/// A line of what was not believed: a word of `formats::pulled::PulledDoubt` and a name.
fn doubt_words(line: &str, lang: Lang) -> String {
    let (word, name) = line.split_once(' ').unwrap_or((line, ""));
    let (word, name) = match (word, name.trim()) {
        ("district", "") => return lang.text("pulls.doubt_no_district").to_owned(),
        (word, "") => (word, lang.text("pulls.no_name")),
        named => named,
    };
    let fill = |key| lang.fill(key, &[("name", &name)]);
    match word {
        "far" => fill("pulls.doubt_far"),
        "unnamed" => fill("pulls.doubt_unnamed"),
        "province" => fill("pulls.doubt_province"),
        "district" => fill("pulls.doubt_district"),
        "point_far" => fill("pulls.doubt_point_far"),
        "point" => fill("pulls.doubt_point"),
        "no_point" => fill("pulls.doubt_no_point"),
        "time" => fill("pulls.doubt_time"),
        "link" => fill("pulls.doubt_link"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::pulled::PulledDoubt;

    #[test]
    fn every_failure_and_every_doubt_has_its_words_in_both_languages() {
        for lang in [Lang::Id, Lang::En] {
            for word in PullFailure::WORDS {
                let failure = PullFailure::parse(&format!("{word}: 17")).unwrap();
                let words = failure_words(&failure.to_string(), lang);
                assert!(!words.contains(word) || words.contains(' '), "{word}: {words}");
            }
            for word in PulledDoubt::WORDS {
                let words = doubt_words(&format!("{word} Karang Jaya"), lang);
                assert!(words.contains("Karang Jaya") && !words.starts_with(word), "{word}: {words}");
            }
        }
    }

    #[test]
    fn what_an_answer_is_and_a_place_without_a_name_are_said_in_the_pages_language() {
        use formats::pulled::PulledError;
        let other = PulledError::OtherDocument { found: "html".into(), wanted: "rss" };
        let errors = [
            (other, "yang datang dokumen <html>"),
            (PulledError::NotXml("unexpected end".into()), "bukan XML"),
            (PulledError::NotJson("expected value at line 1".into()), "bukan JSON"),
            (PulledError::Lacks("features"), "'features' tidak ada"),
            (PulledError::Unsafe("a DTD"), "memuat a DTD"),
        ];
        for (error, part) in errors {
            let failure = PullFailure::Unreadable(error.fault().unwrap()).to_string();
            let words = failure_words(&failure, Lang::Id);
            assert!(words.contains(&format!("({part}")) && !words.contains("expected"), "{words}");
        }
        for word in PulledDoubt::WORDS {
            let words = doubt_words(&format!("{word} "), Lang::Id);
            assert!(!words.contains("''"), "{words}");
        }
    }
}
