//! The closed lists of the domain in JSON: written and read by their contract names, listed in the document.

use domain::alert::reopening::ReopeningCause;
use domain::alert::{AlertOutcome as Outcome, State};
use domain::effect;
use domain::kind;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A JSON word for a closed list: what is no word of it is refused with all that are.
macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident as $shown:literal = $own:ty, $all:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $name(pub $own);

        impl $name {
            fn words() -> impl Iterator<Item = &'static str> {
                $all.iter().map(|own| own.as_str())
            }
        }

        impl From<$own> for $name {
            fn from(own: $own) -> $name {
                $name(own)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let word = Cow::<str>::deserialize(deserializer)?;
                let own = $all.iter().find(|own| own.as_str() == word);
                own.map(|own| $name(*own)).ok_or_else(|| {
                    let all = $name::words().collect::<Vec<_>>().join(", ");
                    D::Error::custom(format!("yang boleh: {all}"))
                })
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let description = [$($doc.trim()),+].join(" ");
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some($name::words()))
                    .description(Some(description))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                $shown.into()
            }
        }
    )+};
}

words! {
    /// The kind of conflict (*jenis*).
    KindWord as "Kind" = kind::Kind, kind::Kind::ALL;
    /// The days ahead that a risk speaks of.
    HorizonWord as "Horizon" = kind::Horizon, kind::Horizon::ALL;
    /// A level. `no_data` is not low: silence is not safety.
    LevelWord as "Level" = kind::Level, kind::Level::ALL;
    /// The class of a feed.
    FeedClassWord as "FeedClass" = kind::FeedClass, kind::FeedClass::ALL;
    /// How far an incident has come.
    StageWord as "Stage" = kind::Stage, kind::Stage::ALL;
    /// Why somebody must look into an incident: it cannot be judged, or only the community says it.
    CheckReasonWord as "CheckReason" = kind::CheckReason, kind::CheckReason::ALL;
    /// Whose word opens a level.
    OpeningVoiceWord as "OpeningVoice" = kind::OpeningVoice, kind::OpeningVoice::ALL;
    /// What a report tells of that opens a level.
    OpeningGroundWord as "OpeningGround" = kind::OpeningGround, kind::OpeningGround::ALL;
    /// What the desk found of an incident.
    VerdictWord as "Verdict" = effect::Verdict, VERDICTS;
    /// The latest change of a condition that stands.
    ChangeWord as "Change" = effect::ConditionChange, CHANGES;
    /// The state of an alert.
    AlertStateWord as "AlertState" = State, State::ALL;
    /// What a person found when the alert ended.
    AlertOutcomeWord as "AlertOutcome" = Outcome, Outcome::ALL;
    /// By what an alert opened again after an end; `left`: what it stands on since some of that was taken back.
    ReopeningCauseWord as "ReopeningCause" = ReopeningCause, ReopeningCause::ALL;
    /// What a person may say an alert came to.
    ResolutionWord as "Resolution" = Outcome, RESOLUTIONS;
}

const RESOLUTIONS: [Outcome; 4] =
    [Outcome::Confirmed, Outcome::Averted, Outcome::FalseAlarm, Outcome::Unverified];
const VERDICTS: [effect::Verdict; 3] =
    [effect::Verdict::Unverified, effect::Verdict::Confirmed, effect::Verdict::Rejected];
const CHANGES: [effect::ConditionChange; 5] = [
    effect::ConditionChange::Raised,
    effect::ConditionChange::Changed,
    effect::ConditionChange::Stale,
    effect::ConditionChange::Cleared,
    effect::ConditionChange::Withdrawn,
];
