//! Forecasts in the ledger: what became of one, decided from the evidence by a pure function.

use crate::effect::Verdict;
use crate::evidence::attestation::Attested;
use crate::policy::LedgerPolicy;
use alloc::string::{String, ToString};

/// True where an incident of this severity is known for certain: two speakers affirm it, or the desk confirmed it.
pub fn is_verified(attested: Attested, verdict: Verdict, min_severity: u8) -> bool {
    attested.extent.severity >= min_severity.max(1) || verdict == Verdict::Confirmed
}

/// What became of a forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ForecastOutcome {
    /// A verified serious incident happened within the horizon.
    Happened,
    DidNot,
    /// It was about to happen and people acted (*diredam*): neither a hit nor a false alarm.
    Averted,
    /// One speaker alone says that it happened, and nobody verified it.
    SingleSource,
    /// Nobody can tell: silent feeds, withdrawn evidence.
    Void,
}

impl ForecastOutcome {
    pub const ALL: [ForecastOutcome; 5] = [
        ForecastOutcome::Happened,
        ForecastOutcome::DidNot,
        ForecastOutcome::Averted,
        ForecastOutcome::SingleSource,
        ForecastOutcome::Void,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            ForecastOutcome::Happened => "happened",
            ForecastOutcome::DidNot => "did_not",
            ForecastOutcome::Averted => "averted",
            ForecastOutcome::SingleSource => "single_source",
            ForecastOutcome::Void => "void",
        }
    }

    pub fn parse(word: &str) -> Option<ForecastOutcome> {
        ForecastOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// An outcome with what it rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForecastDecision {
    pub outcome: ForecastOutcome,
    /// An incident's or alert's number, or one of `checked`, `silent`, `no_data`; empty where nothing happened.
    pub why: String,
    /// Whether the verifier had seen the risk; `None` where nobody verified.
    pub verifier_saw: Option<bool>,
    /// True where a call of the weekly sample decided.
    pub checked: bool,
}

/// The evidence about one forecast.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ForecastEvidence {
    /// False where the service had no data and so made no forecast.
    pub forecast: bool,
    /// A serious incident that the desk confirmed or two speakers affirm.
    pub verified: Option<VerifiedIncident>,
    /// The number of a serious incident that one speaker reported and nobody verified.
    pub unverified: Option<String>,
    /// The number of an alert of the horizon that a person ended as averted.
    pub averted: Option<String>,
    /// The answer of the weekly call.
    pub call: Option<CallAnswer>,
    /// Mean share of speaking feeds over the horizon, parts per million.
    pub heard_ppm: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedIncident {
    /// The incident's number.
    pub incident: String,
    /// Whether its verifier had seen the risk; `None` where two speakers affirm it and nobody verified.
    pub verifier_saw: Option<bool>,
}

/// The answer of a weekly call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallAnswer {
    pub happened: bool,
    /// Whether the caller had seen the risk.
    pub caller_saw: bool,
}

/// Decides what became of a forecast. What is known for certain comes first; silence comes last.
pub fn decide_forecast(known: &ForecastEvidence, policy: &LedgerPolicy) -> ForecastDecision {
    let plain = |outcome, why: &str| ForecastDecision {
        outcome,
        why: why.to_string(),
        verifier_saw: None,
        checked: false,
    };
    if !known.forecast {
        return plain(ForecastOutcome::Void, "no_data");
    }
    if let Some(VerifiedIncident { incident, verifier_saw }) = &known.verified {
        let verifier_saw = *verifier_saw;
        return ForecastDecision { verifier_saw, ..plain(ForecastOutcome::Happened, incident) };
    }
    let called = |answer: CallAnswer, outcome| ForecastDecision {
        verifier_saw: Some(answer.caller_saw),
        checked: true,
        ..plain(outcome, "checked")
    };
    match (known.call, &known.averted) {
        (Some(answer), _) if answer.happened => return called(answer, ForecastOutcome::Happened),
        (_, Some(alert)) => return plain(ForecastOutcome::Averted, alert),
        (Some(answer), None) => return called(answer, ForecastOutcome::DidNot),
        (None, None) => {}
    }
    match &known.unverified {
        Some(incident) if policy.unverified_counts => return plain(ForecastOutcome::Happened, incident),
        Some(incident) => return plain(ForecastOutcome::SingleSource, incident),
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

    fn verified(verifier_saw: Option<bool>) -> Option<VerifiedIncident> {
        Some(VerifiedIncident { incident: "I".into(), verifier_saw })
    }

    fn call(happened: bool, caller_saw: bool) -> Option<CallAnswer> {
        Some(CallAnswer { happened, caller_saw })
    }

    #[test]
    fn each_kind_of_evidence_has_its_outcome() {
        use ForecastOutcome::{Averted, DidNot, Happened, SingleSource, Void};
        let averted = || Some(String::from("A"));
        let no_forecast = ForecastEvidence { forecast: false, verified: verified(Some(true)), ..quiet() };
        let cases = [
            (quiet(), DidNot, ""),
            (no_forecast, Void, "no_data"),
            (ForecastEvidence { verified: verified(None), averted: averted(), ..quiet() }, Happened, "I"),
            (ForecastEvidence { unverified: Some("U".into()), ..quiet() }, SingleSource, "U"),
            (ForecastEvidence { averted: averted(), ..quiet() }, Averted, "A"),
            (ForecastEvidence { averted: averted(), call: call(false, true), ..quiet() }, Averted, "A"),
            (ForecastEvidence { averted: averted(), call: call(true, true), ..quiet() }, Happened, "checked"),
            (ForecastEvidence { heard_ppm: 400_000, ..quiet() }, Void, "silent"),
            (ForecastEvidence { heard_ppm: 0, call: call(false, false), ..quiet() }, DidNot, "checked"),
            (ForecastEvidence { call: call(true, false), ..quiet() }, Happened, "checked"),
        ];
        for (known, outcome, why) in cases {
            let decision = decide_forecast(&known, &policy());
            assert_eq!((decision.outcome, decision.why.as_str()), (outcome, why), "{known:?}");
            assert_eq!(decision.checked, why == "checked");
        }
        let counts = LedgerPolicy { unverified_counts: true, ..policy() };
        let unverified = ForecastEvidence { unverified: Some("U".into()), ..quiet() };
        assert_eq!(decide_forecast(&unverified, &counts).outcome, Happened);
    }

    #[test]
    fn whether_the_verifier_had_seen_the_risk_is_kept() {
        let saw = |known: ForecastEvidence| decide_forecast(&known, &policy()).verifier_saw;
        assert_eq!(saw(ForecastEvidence { verified: verified(Some(true)), ..quiet() }), Some(true));
        assert_eq!(saw(ForecastEvidence { call: call(false, false), ..quiet() }), Some(false));
        assert_eq!(saw(quiet()), None);
    }
}
