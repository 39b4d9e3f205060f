//! A request as handlers see it: the person, the language, the regency chosen, and the frame of the page.

use crate::asset;
use crate::fault::Fault;
use crate::guard::{Person, cookie};
use crate::load::feeds;
use crate::page::shell::{Frame, Head};
use crate::permit::Viewer;
use crate::state::DeskState;
use crate::words::Lang;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::kind::{Horizon, Kind, Level};
use domain::place::{Code, UnitId, Zone};
use domain::time::Time;

/// Made from any request; routes behind the door have a person.
pub struct Context {
    pub state: DeskState,
    pub person: Option<Person>,
    pub lang: Lang,
    /// What was asked for by query or cookie.
    pub asked: Option<Code>,
    /// Path and query without the language.
    pub path: String,
    /// The change notifier's position before anything was read for this request.
    pub told: String,
}

impl FromRequestParts<DeskState> for Context {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &DeskState) -> Result<Context, Self::Rejection> {
        let query = parts.uri.query().unwrap_or("");
        let from_query = |key: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(own, _)| *own == key)
                .map(|(_, value)| value.to_string())
        };
        let asked = |key: &str| from_query(key).or_else(|| cookie(&parts.headers, key));
        Ok(Context {
            state: state.clone(),
            person: parts.extensions.get::<Person>().cloned(),
            lang: asked("lang").and_then(|word| Lang::parse(&word)).unwrap_or_default(),
            asked: asked("wilayah").and_then(|code| Code::parse(&code)),
            path: own_path(parts.uri.path(), query),
            told: state.changes.position(),
        })
    }
}

fn own_path(path: &str, query: &str) -> String {
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    if kept.is_empty() { path.to_string() } else { format!("{path}?{}", kept.join("&")) }
}

impl Context {
    pub fn viewer(&self) -> Result<&Viewer, Fault> {
        self.person.as_ref().map(|person| &person.viewer).ok_or(Fault::Login { next: "/".into() })
    }

    pub fn now(&self) -> Time {
        (self.state.clock)()
    }

    /// The regency of this page: the one asked for, else the first this person has.
    pub fn regency(&self) -> Result<UnitId, Fault> {
        let viewer = self.viewer()?;
        let places = &self.state.places;
        let allowed = |unit: &UnitId| viewer.covers(places.code(*unit));
        let asked = self.asked.map(Code::regency).and_then(|code| places.find(code)).filter(allowed);
        asked.or_else(|| places.regency_ids().find(allowed)).ok_or(Fault::Forbidden)
    }

    /// The codes to ask the store for: the whole regency, or only this person's districts of it.
    pub fn scope(&self, regency: UnitId) -> Result<Vec<Code>, Fault> {
        let viewer = self.viewer()?;
        let code = self.state.places.code(regency);
        if viewer.areas.is_empty() || viewer.areas.contains(&code) {
            return Ok(vec![code]);
        }
        let own: Vec<Code> = viewer.areas.iter().copied().filter(|area| area.regency() == code).collect();
        if own.is_empty() { Err(Fault::Forbidden) } else { Ok(own) }
    }

    /// The districts of the regency this person has.
    pub fn districts(&self, regency: UnitId) -> Result<Vec<UnitId>, Fault> {
        let viewer = self.viewer()?;
        let places = &self.state.places;
        Ok(places.districts(regency).filter(|unit| viewer.covers(places.code(*unit))).collect())
    }

    /// The frame of a page about `regency`.
    pub async fn frame(&self, regency: UnitId) -> Result<Frame, Fault> {
        let head = self.head(regency).await?;
        Ok(Frame { head: Some(head), ..self.outside() })
    }

    /// The frame of a page about no regency.
    pub fn outside(&self) -> Frame {
        Frame {
            lang: self.lang,
            viewer: self.person.as_ref().map(|person| person.viewer.clone()),
            head: None,
            scenario: self.state.scenario.clone(),
            path: self.path.clone(),
            release: asset::release(),
            told: self.told.clone(),
        }
    }

    /// When the pipeline last spoke.
    pub async fn as_of(&self) -> Result<Option<Time>, Fault> {
        Ok(self.state.store.judged_until().await?)
    }

    async fn head(&self, regency: UnitId) -> Result<Head, Fault> {
        let places = &self.state.places;
        let viewer = self.viewer()?;
        let districts = self.districts(regency)?;
        let own = [places.code(regency)];
        let rows = self.state.store.assessments(Kind::Disaster, Horizon::Week, &own, None).await?;
        let of = |unit: &UnitId| rows.iter().find(|row| row.code == places.code(*unit));
        let shares: Vec<u64> =
            districts.iter().map(|unit| of(unit).map_or(0, |row| u64::from(row.completeness_ppm))).collect();
        let no_data =
            districts.iter().filter(|unit| of(unit).is_none_or(|row| row.level == Level::NoData)).count();
        let count = shares.len() as u64;
        let completeness_ppm = shares.iter().sum::<u64>().checked_div(count).map(|ppm| ppm as u32);
        let others =
            places.regency_ids().filter(|unit| *unit != regency && viewer.covers(places.code(*unit)));
        Ok(Head {
            code: places.code(regency),
            regency: places.name(regency),
            zone: places.unit(regency).zone,
            as_of: self.as_of().await?,
            now: self.now(),
            completeness_ppm,
            no_data,
            districts: districts.len(),
            silent_feeds: feeds::quiet(self, own[0]).await?.silent.len(),
            waiting: (self.state.waiting)(),
            others: others.map(|unit| (places.code(unit), places.name(unit))).collect(),
        })
    }

    pub fn zone(&self, code: Code) -> Zone {
        self.state.places.find(code).map_or(Zone::Wib, |unit| self.state.places.unit(unit).zone)
    }

    /// The unit of a code in a path, where this person may see it.
    pub fn unit(&self, text: &str) -> Result<UnitId, Fault> {
        let code = Code::parse(text).ok_or(Fault::NotFound)?;
        let unit = self.state.places.find(code).ok_or(Fault::NotFound)?;
        if self.viewer()?.covers(code) { Ok(unit) } else { Err(Fault::Forbidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_language_switch_does_not_pile_up() {
        assert_eq!(own_path("/laporan", "lang=en&jenis=disaster&lang=id"), "/laporan?jenis=disaster");
        assert_eq!(own_path("/", "lang=en"), "/");
    }
}
