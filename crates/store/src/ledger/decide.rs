//! What became of a forecast, from the evidence: a pure function.

use super::LedgerPolicy;

/// How a forecast ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fate {
    /// A verified serious incident within the horizon.
    Happened,
    DidNot,
    /// It was about to and people acted (*diredam*): neither a hit nor a false alarm.
    Averted,
    /// Cannot be told.
    Void,
}

impl Fate {
    pub const ALL: [Fate; 4] = [Fate::Happened, Fate::DidNot, Fate::Averted, Fate::Void];

    pub const fn as_str(self) -> &'static str {
        match self {
            Fate::Happened => "happened",
            Fate::DidNot => "did_not",
            Fate::Averted => "averted",
            Fate::Void => "void",
        }
    }

    pub fn parse(word: &str) -> Option<Fate> {
        Fate::ALL.into_iter().find(|fate| fate.as_str() == word)
    }
}

/// A fate with what it rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub fate: Fate,
    /// An incident's or alert's number, or one of `checked`, `unverified`, `silent`, `no_data`; empty where nothing happened.
    pub why: String,
    /// Whether whoever verified had seen the risk; `None` where nobody said.
    pub saw: Option<bool>,
    /// A call of the weekly sample decided.
    pub checked: bool,
}

/// The evidence about one forecast.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Deciding {
    /// False where the service had no data and so made no forecast.
    pub forecast: bool,
    /// A serious incident that the desk confirmed or two sides told, and whether its verifier had seen the risk.
    pub verified: Option<(String, Option<bool>)>,
    /// A serious incident that one side told and nobody verified.
    pub unverified: Option<String>,
    /// An alert of the horizon that a person ended as averted.
    pub averted: Option<String>,
    /// The answer of the weekly call: whether it happened, and whether the caller had seen the risk.
    pub check: Option<(bool, bool)>,
    /// Mean share of speaking feeds over the horizon, parts per million.
    pub heard_ppm: u32,
}

/// What is known for certain comes first; silence comes last.
pub fn decide(known: &Deciding, policy: &LedgerPolicy) -> Said {
    let plain = |fate, why: &str| Said { fate, why: why.to_string(), saw: None, checked: false };
    if !known.forecast {
        return plain(Fate::Void, "no_data");
    }
    if let Some((why, saw)) = &known.verified {
        return Said { saw: *saw, ..plain(Fate::Happened, why) };
    }
    if let Some((true, saw)) = known.check {
        return Said { saw: Some(saw), checked: true, ..plain(Fate::Happened, "checked") };
    }
    if let Some(why) = &known.averted {
        return plain(Fate::Averted, why);
    }
    if let Some((false, saw)) = known.check {
        return Said { saw: Some(saw), checked: true, ..plain(Fate::DidNot, "checked") };
    }
    match &known.unverified {
        Some(why) if policy.unverified_counts => return plain(Fate::Happened, why),
        Some(_) => return plain(Fate::Void, "unverified"),
        None => {}
    }
    if known.heard_ppm < policy.low_ppm {
        return plain(Fate::Void, "silent");
    }
    plain(Fate::DidNot, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> LedgerPolicy {
        LedgerPolicy {
            min_severity: 3,
            grace_days: 7,
            unverified_counts: false,
            low_ppm: 500_000,
            sample: 2,
            seed: 1,
        }
    }

    fn quiet() -> Deciding {
        Deciding { forecast: true, heard_ppm: 900_000, ..Deciding::default() }
    }

    #[test]
    fn each_kind_of_evidence_has_its_fate() {
        let verified = Some(("I".to_string(), Some(true)));
        let cases = [
            (quiet(), Fate::DidNot, ""),
            (Deciding { forecast: false, verified: verified.clone(), ..quiet() }, Fate::Void, "no_data"),
            (
                Deciding { verified: verified.clone(), averted: Some("A".into()), ..quiet() },
                Fate::Happened,
                "I",
            ),
            (Deciding { unverified: Some("U".into()), ..quiet() }, Fate::Void, "unverified"),
            (Deciding { averted: Some("A".into()), ..quiet() }, Fate::Averted, "A"),
            (Deciding { heard_ppm: 400_000, ..quiet() }, Fate::Void, "silent"),
            (Deciding { heard_ppm: 0, check: Some((false, false)), ..quiet() }, Fate::DidNot, "checked"),
            (Deciding { check: Some((true, false)), ..quiet() }, Fate::Happened, "checked"),
        ];
        for (known, fate, why) in cases {
            let said = decide(&known, &policy());
            assert_eq!((said.fate, said.why.as_str()), (fate, why), "{known:?}");
            assert_eq!(said.checked, why == "checked");
        }
        let counts = LedgerPolicy { unverified_counts: true, ..policy() };
        let told = Deciding { unverified: Some("U".into()), ..quiet() };
        assert_eq!(decide(&told, &counts).fate, Fate::Happened);
    }

    #[test]
    fn whether_the_verifier_had_seen_the_risk_is_kept() {
        let known = Deciding { verified: Some(("I".into(), Some(true))), ..quiet() };
        assert_eq!(decide(&known, &policy()).saw, Some(true));
        let known = Deciding { check: Some((false, false)), ..quiet() };
        assert_eq!(decide(&known, &policy()).saw, Some(false));
        assert_eq!(decide(&quiet(), &policy()).saw, None);
    }
}
