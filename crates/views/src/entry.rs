//! What the entry form offers: the viewer's districts with their villages, and the categories of each kind.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::organisations::OrganisationNames;
use crate::reports::place_name;
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use domain::kind::{Category, FeedClass, Kind};
use domain::place::{Areas, Code, Place, UnitId, Village};
use formats::decode::RefusalSentence;
use serde::Serialize;
use store::FeedRow;

#[derive(Clone, Debug, Default, Serialize)]
pub struct EntryChoices {
    pub districts: Vec<DistrictChoice>,
    pub categories: Vec<CategoryChoice>,
    pub examples: Vec<SeverityExample>,
    /// Registered sources of the regency, whose word a report may give.
    pub sources: Vec<SourceChoice>,
}

/// A registered source of a place.
#[derive(Clone, Debug, Serialize)]
pub struct SourceChoice {
    pub name: String,
    #[serde(serialize_with = "json::word")]
    pub class: FeedClass,
    /// The identifier of the organisation whose word it gives.
    pub organisation: String,
    /// True where it speaks for a party to the disputes of its place.
    pub party: bool,
    /// What its feeds report for, together.
    #[serde(serialize_with = "json::text")]
    pub areas: Areas,
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

impl SourceChoice {
    /// What a form sends for it: an organisation may speak as several classes.
    pub fn value(&self) -> String {
        SourceChoice::value_of(self.class, &self.organisation)
    }

    /// The same of a class and the identifier of an organisation.
    pub fn value_of(class: FeedClass, organisation: &str) -> String {
        format!("{class} {organisation}")
    }
}

impl EntryChoices {
    /// The class of what a form's field for the source names.
    pub fn class_of(&self, source: &str) -> Option<FeedClass> {
        let named = self.sources.iter().find(|own| own.value() == source);
        named.map(|own| own.class).or_else(|| FeedClass::parse(source))
    }

    /// Of what places the source speaks that a form's field for it names; `None` of a class.
    pub fn areas_of(&self, source: &str) -> Option<Areas> {
        self.sources.iter().find(|own| own.value() == source).map(|own| own.areas.clone())
    }

    /// Why a report of a place may not give the word of what a form's field for the source names: nobody writes in a source's
    /// name of a place that its own feeds may not report for.
    pub fn outside(&self, context: &Context, source: &str, place: Place) -> Option<RefusalSentence> {
        let named = self.sources.iter().find(|own| own.value() == source)?;
        (!named.areas.contains(place)).then(|| RefusalSentence {
            key: "entry.source_outside",
            values: vec![
                ("source", named.name.clone().into()),
                ("place", place_name(context, place).into()),
                ("areas", area_names(context, &named.areas).into()),
            ],
        })
    }
}

/// The names of areas; of many the first.
fn area_names(context: &Context, areas: &Areas) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> =
        areas.iter().take(SHOWN).map(|area| context.sources.places.area_name(area)).collect();
    if areas.iter().count() > SHOWN {
        names.push("…".to_owned());
    }
    names.join(", ")
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
#[boxed]
pub async fn load(context: &Context, regency: UnitId) -> Result<EntryChoices, ViewError> {
    let feeds = context.sources.store.feeds().await?;
    let sources = sources(&feeds, context.sources.places.code(regency));
    let places = &context.sources.places;
    let district = |unit: UnitId| {
        let code = places.code(unit);
        DistrictChoice { code, name: places.name(unit), villages: villages(context, unit) }
    };
    let language = context.lang.as_str();
    let categories = Kind::ALL.iter().flat_map(|kind| {
        context.sources.taxonomy.of_kind(*kind).map(|entry| CategoryChoice {
            code: entry.code,
            kind: *kind,
            label: entry.label(language).to_string(),
        })
    });
    Ok(EntryChoices {
        districts: context.districts(regency).into_iter().map(district).collect(),
        categories: categories.collect(),
        examples: severity_examples(context),
        sources,
    })
}

/// The villages of a district.
pub(crate) fn villages(context: &Context, district: UnitId) -> Vec<VillageChoice> {
    let places = &context.sources.places;
    let code = places.code(district);
    let village = |village: &Village| VillageChoice {
        code: Place { code, village: village.number }.to_string(),
        name: village.name.clone(),
    };
    places.unit(district).villages.iter().map(village).collect()
}

/// The registered sources that speak of a regency: of several of one organisation and class the first by name. Sensors say
/// nothing that a person would write down, and what the desk says itself needs no name.
fn sources(feeds: &[FeedRow], regency: Code) -> Vec<SourceChoice> {
    let speaks = |feed: &&FeedRow| {
        feed.enabled
            && !matches!(feed.class, FeedClass::Sensor | FeedClass::Desk)
            && feed.areas.report_on(regency)
    };
    let names = OrganisationNames::of(feeds);
    let mut sources: Vec<SourceChoice> = Vec::new();
    for feed in feeds.iter().filter(speaks) {
        let organisation = match feed.organisation.as_str() {
            "" => StampedAuthor::own_organisation(&feed.name),
            organisation => organisation.to_owned(),
        };
        let (name, class, party) = (names.name_of(&organisation).to_owned(), feed.class, feed.party);
        let is_same =
            |other: &&mut SourceChoice| (&other.organisation, other.class) == (&organisation, class);
        match sources.iter_mut().find(is_same) {
            Some(other) => other.areas = Areas::of(other.areas.iter().chain(feed.areas.iter())),
            None => {
                let areas = feed.areas.clone();
                sources.push(SourceChoice { name, class, organisation, party, areas });
            }
        }
    }
    sources
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
