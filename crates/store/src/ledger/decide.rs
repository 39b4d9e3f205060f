//! What became of a forecast, from the evidence: a pure function.

use super::LedgerPolicy;

/// How a forecast ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ForecastOutcome {
    /// A verified serious incident within the horizon.
    Happened,
    DidNot,
    /// It was about to and people acted (*diredam*): neither a hit nor a false alarm.
    Averted,
    /// Cannot be told.
    Void,
}

impl ForecastOutcome {
    pub const ALL: [ForecastOutcome; 4] =
        [ForecastOutcome::Happened, ForecastOutcome::DidNot, ForecastOutcome::Averted, ForecastOutcome::Void];

    pub const fn as_str(self) -> &'static str {
        match self {
            ForecastOutcome::Happened => "happened",
            ForecastOutcome::DidNot => "did_not",
            ForecastOutcome::Averted => "averted",
            ForecastOutcome::Void => "void",
        }
    }

    pub fn parse(word: &str) -> Option<ForecastOutcome> {
        ForecastOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// An outcome with what it rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    pub outcome: ForecastOutcome,
    /// An incident's or alert's number, or one of `checked`, `unverified`, `silent`, `no_data`; empty where nothing happened.
    pub why: String,
    /// Whether whoever verified had seen the risk; `None` where nobody said.
    pub saw: Option<bool>,
    /// A call of the weekly sample decided.
    pub checked: bool,
}

/// The evidence about one forecast.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ForecastEvidence {
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
pub fn decide(known: &ForecastEvidence, policy: &LedgerPolicy) -> Decision {
    let plain = |outcome, why: &str| Decision { outcome, why: why.to_string(), saw: None, checked: false };
    if !known.forecast {
        return plain(ForecastOutcome::Void, "no_data");
    }
    if let Some((why, saw)) = &known.verified {
        return Decision { saw: *saw, ..plain(ForecastOutcome::Happened, why) };
    }
    if let Some((true, saw)) = known.check {
        return Decision { saw: Some(saw), checked: true, ..plain(ForecastOutcome::Happened, "checked") };
    }
    if let Some(why) = &known.averted {
        return plain(ForecastOutcome::Averted, why);
    }
    if let Some((false, saw)) = known.check {
        return Decision { saw: Some(saw), checked: true, ..plain(ForecastOutcome::DidNot, "checked") };
    }
    match &known.unverified {
        Some(why) if policy.unverified_counts => return plain(ForecastOutcome::Happened, why),
        Some(_) => return plain(ForecastOutcome::Void, "unverified"),
        None => {}
    }
    if known.heard_ppm < policy.low_ppm {
        return plain(ForecastOutcome::Void, "silent");
    }
    plain(ForecastOutcome::DidNot, "")
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

    fn quiet() -> ForecastEvidence {
        ForecastEvidence { forecast: true, heard_ppm: 900_000, ..ForecastEvidence::default() }
    }

    #[test]
    fn each_kind_of_evidence_has_its_outcome() {
        let verified = Some(("I".to_string(), Some(true)));
        let cases = [
            (quiet(), ForecastOutcome::DidNot, ""),
            (
                ForecastEvidence { forecast: false, verified: verified.clone(), ..quiet() },
                ForecastOutcome::Void,
                "no_data",
            ),
            (
                ForecastEvidence { verified: verified.clone(), averted: Some("A".into()), ..quiet() },
                ForecastOutcome::Happened,
                "I",
            ),
            (
                ForecastEvidence { unverified: Some("U".into()), ..quiet() },
                ForecastOutcome::Void,
                "unverified",
            ),
            (ForecastEvidence { averted: Some("A".into()), ..quiet() }, ForecastOutcome::Averted, "A"),
            (ForecastEvidence { heard_ppm: 400_000, ..quiet() }, ForecastOutcome::Void, "silent"),
            (
                ForecastEvidence { heard_ppm: 0, check: Some((false, false)), ..quiet() },
                ForecastOutcome::DidNot,
                "checked",
            ),
            (
                ForecastEvidence { check: Some((true, false)), ..quiet() },
                ForecastOutcome::Happened,
                "checked",
            ),
        ];
        for (known, outcome, why) in cases {
            let said = decide(&known, &policy());
            assert_eq!((said.outcome, said.why.as_str()), (outcome, why), "{known:?}");
            assert_eq!(said.checked, why == "checked");
        }
        let counts = LedgerPolicy { unverified_counts: true, ..policy() };
        let told = ForecastEvidence { unverified: Some("U".into()), ..quiet() };
        assert_eq!(decide(&told, &counts).outcome, ForecastOutcome::Happened);
    }

    #[test]
    fn whether_the_verifier_had_seen_the_risk_is_kept() {
        let known = ForecastEvidence { verified: Some(("I".into(), Some(true))), ..quiet() };
        assert_eq!(decide(&known, &policy()).saw, Some(true));
        let known = ForecastEvidence { check: Some((false, false)), ..quiet() };
        assert_eq!(decide(&known, &policy()).saw, Some(false));
        assert_eq!(decide(&quiet(), &policy()).saw, None);
    }
}
