//! What the entry form offers: the viewer's districts with their villages, and the categories of each kind.

use crate::context::Context;
use crate::json;
use domain::kind::{Category, Kind};
use domain::place::{Code, Place, UnitId};
use serde::Serialize;

#[derive(Clone, Debug, Default, Serialize)]
pub struct EntryChoices {
    pub districts: Vec<DistrictChoice>,
    pub categories: Vec<CategoryChoice>,
    pub examples: Vec<SeverityExample>,
}

/// What one severity of one kind looks like, in the viewer's language.
#[derive(Clone, Debug, Serialize)]
pub struct SeverityExample {
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    pub severity: u8,
    pub text: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct DistrictChoice {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub name: String,
    pub villages: Vec<VillageChoice>,
}

/// A village by its full code.
#[derive(Clone, Debug, Serialize)]
pub struct VillageChoice {
    pub code: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct CategoryChoice {
    #[serde(serialize_with = "json::text")]
    pub code: Category,
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    pub label: String,
}

/// The choices of a regency's form.
pub fn load(context: &Context, regency: UnitId) -> EntryChoices {
    let places = &context.sources.places;
    let district = |unit: UnitId| {
        let (code, own) = (places.code(unit), places.unit(unit));
        let villages = own.villages.iter().map(|village| VillageChoice {
            code: Place { code, village: village.number }.to_string(),
            name: village.name.clone(),
        });
        let villages = villages.collect();
        DistrictChoice { code, name: places.name(unit), villages }
    };
    let language = context.lang.as_str();
    let categories = Kind::ALL.iter().flat_map(|kind| {
        context.sources.taxonomy.of_kind(*kind).map(|entry| CategoryChoice {
            code: entry.code,
            kind: *kind,
            label: entry.label(language).to_string(),
        })
    });
    EntryChoices {
        districts: context.districts(regency).into_iter().map(district).collect(),
        categories: categories.collect(),
        examples: severity_examples(context),
    }
}

/// What severity 1 to 5 of each kind looks like, as the taxonomy says; by kind, then from 1.
pub fn severity_examples(context: &Context) -> Vec<SeverityExample> {
    let language = context.lang.as_str();
    let of_kind = |kind: Kind| {
        (1..=5).filter_map(move |severity| {
            let text = context.sources.taxonomy.example(kind, severity, language)?;
            Some(SeverityExample { kind, severity, text: text.to_string() })
        })
    };
    Kind::ALL.iter().flat_map(|kind| of_kind(*kind)).collect()
}
