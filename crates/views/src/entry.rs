//! What the entry form offers: the viewer's districts with their villages, and the categories of each kind.

use crate::context::Context;
use domain::kind::{Category, Kind};
use domain::place::{Code, Place, UnitId};

#[derive(Clone, Debug, Default)]
pub struct EntryChoices {
    pub districts: Vec<DistrictChoice>,
    pub categories: Vec<CategoryChoice>,
}

#[derive(Clone, Debug)]
pub struct DistrictChoice {
    pub code: Code,
    pub name: String,
    /// Full code and name of each village.
    pub villages: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct CategoryChoice {
    pub code: Category,
    pub kind: Kind,
    pub label: String,
}

/// The choices of a regency's form.
pub fn load(context: &Context, regency: UnitId) -> EntryChoices {
    let places = &context.sources.places;
    let district = |unit: UnitId| {
        let (code, own) = (places.code(unit), places.unit(unit));
        let village =
            |number: u16, name: &str| (Place { code, village: number }.to_string(), name.to_string());
        let villages = own.villages.iter().map(|own| village(own.number, &own.name)).collect();
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
    }
}
