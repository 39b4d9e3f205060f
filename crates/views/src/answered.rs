//! Levels that a place shows only by what somebody answered when they ended the alert there.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::words::Lang;
use domain::kind::{Kind, Level};
use domain::place::{Code, Zone};
use domain::time::Time;
use std::fmt::Display;
use store::{AnsweredCondition, ConditionRow, CountedDistrict};

/// A level shown without an alert as high: the alert was ended, and nothing since says more.
#[derive(Clone, PartialEq, Debug)]
pub struct AnsweredLevel {
    pub code: Code,
    /// Where the alert was: in the place itself, or in a district that its regency counts.
    pub place: String,
    pub kind: Kind,
    pub level: Level,
    /// The number of the alert that was ended.
    pub alert: String,
    pub ended_at: Time,
}

impl AnsweredLevel {
    fn of(context: &Context, own: AnsweredCondition) -> AnsweredLevel {
        AnsweredLevel {
            code: own.code,
            place: context.name(own.ended.code),
            kind: own.kind,
            level: own.level,
            alert: own.ended.id,
            ended_at: own.ended.changed_at,
        }
    }

    /// True where it is the level shown, and not that of the risk.
    pub fn is_shown(&self, of_risk: Level) -> bool {
        of_risk < self.level
    }

    /// "Peringatan 16.13-2026-0007 (warga–warga di Karang Dapo) diakhiri …", for the map and the matrix.
    pub fn on_the_map(&self, lang: Lang) -> String {
        let (kind, level) = (lang.word("kind", self.kind), lang.word("level", self.level));
        let time = format::long(self.ended_at, Zone::of(self.code), lang);
        let values: [(&str, &dyn Display); 5] = [
            ("alert", &self.alert),
            ("kind", &kind),
            ("place", &self.place),
            ("time", &time),
            ("level", &level),
        ];
        lang.fill("answered.on_the_map", &values)
    }

    /// The sentence's key for the page of the place, beside the level: a regency's counts what was ended in a district.
    pub fn key_here(&self) -> &'static str {
        if self.code.is_regency() { "answered.here_regency" } else { "answered.here" }
    }

    /// The same for the page of the place, beside the level.
    pub fn here(&self, lang: Lang) -> String {
        let level = lang.word("level", self.level);
        let time = format::long(self.ended_at, Zone::of(self.code), lang);
        let values: [(&str, &dyn Display); 4] =
            [("alert", &self.alert), ("place", &self.place), ("time", &time), ("level", &level)];
        lang.fill(self.key_here(), &values)
    }
}

/// Of the conditions that stand those that do so only by what was answered.
pub async fn load(context: &Context, standing: &[ConditionRow]) -> Result<Vec<AnsweredLevel>, ViewError> {
    let answered = context.sources.store.answered_conditions(standing).await?;
    Ok(answered.into_iter().map(|own| AnsweredLevel::of(context, own)).collect())
}

/// Most districts that are named.
const NAMED: usize = 6;

/// "3 kecamatan sekaligus berada pada siaga atau awas: Karang Dapo, Nibung, Rupit.", as far as the reader sees them; `None` where none
/// counts by now.
pub fn counted_words(
    counted: &[CountedDistrict],
    sees: impl Fn(Code) -> bool,
    name: impl Fn(Code) -> String,
    lang: Lang,
) -> Option<String> {
    let own = |district: &CountedDistrict| name(district.code);
    if counted.is_empty() {
        return None;
    }
    let mut names: Vec<String> = counted.iter().filter(|one| sees(one.code)).take(NAMED).map(own).collect();
    let n: &dyn Display = &counted.len();
    if names.is_empty() {
        return Some(lang.fill("rules.districts", &[("n", n)]));
    }
    if let rest @ 1.. = counted.len() - names.len() {
        names.push(lang.count("answered.others", rest));
    }
    Some(lang.fill("answered.districts", &[("n", n), ("names", &names.join(", "))]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_districts_that_a_regency_counts_are_named_as_far_as_the_reader_sees_them() {
        let counted: Vec<CountedDistrict> = (161_301..=161_303)
            .map(|code| CountedDistrict { code: Code(code), level: Level::Siaga })
            .collect();
        let words = |sees: fn(Code) -> bool| {
            counted_words(&counted, sees, |code| format!("K{}", code.0 % 10), Lang::Id).unwrap()
        };
        assert_eq!(words(|_| true), "**3 kecamatan** sekaligus berada pada siaga atau awas: K1, K2, K3.");
        assert_eq!(
            words(|code| code.0 == 161_302),
            "**3 kecamatan** sekaligus berada pada siaga atau awas: K2, 2 kecamatan lain."
        );
        assert_eq!(words(|_| false), "**3 kecamatan** sekaligus berada pada siaga atau awas.");
        assert_eq!(counted_words(&[], |_| true, |_| String::new(), Lang::Id), None);
    }
}
