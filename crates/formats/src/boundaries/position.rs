//! Where a place may lie: in Indonesia, within its province, and not far from the others of its regency. A sign that is lost, a zero
//! that stands for nothing and a code on another place's shape move a centre where maps, neighbours and coordinates of reports
//! follow it. The boxes of the provinces are rough, and codes of new regencies are not known here: that alone is remarked.

use super::{Boundaries, Boundary};
use std::collections::BTreeMap;

/// Latitudes and longitudes of a province, from and to.
type Extent = [f64; 4];
/// A code and its centre, latitude first.
type Centre<'a> = (&'a str, (f64, f64));

/// All of Indonesia, for a province that is not listed.
const INDONESIA: Extent = [-11.2, 6.2, 94.8, 141.1];
/// Rough extents of the provinces with their outer islands, by the first two digits of the Kemendagri code; Papua and West
/// Papua as before 2022 too.
const PROVINCES: [(u32, Extent); 38] = [
    (11, [1.9, 6.2, 94.8, 98.4]),
    (12, [-0.8, 4.4, 96.9, 100.6]),
    (13, [-3.6, 1.0, 98.4, 102.0]),
    (14, [-1.2, 2.9, 99.9, 104.0]),
    (15, [-2.9, -0.7, 101.0, 104.7]),
    (16, [-5.0, -1.5, 101.9, 106.4]),
    (17, [-5.6, -2.2, 101.0, 104.0]),
    (18, [-6.2, -3.6, 103.4, 106.3]),
    (19, [-3.7, -0.9, 104.8, 109.4]),
    (21, [-1.4, 5.0, 103.0, 109.4]),
    (31, [-6.5, -5.0, 106.2, 107.1]),
    (32, [-7.9, -5.7, 106.2, 109.0]),
    (33, [-8.3, -5.6, 108.4, 111.8]),
    (34, [-8.3, -7.4, 109.9, 110.9]),
    (35, [-8.9, -4.9, 110.8, 116.8]),
    (36, [-7.2, -5.7, 104.9, 106.9]),
    (51, [-9.0, -7.9, 114.3, 115.9]),
    (52, [-9.3, -7.9, 115.6, 119.5]),
    (53, [-11.2, -7.8, 118.7, 125.4]),
    (61, [-3.2, 2.2, 108.2, 114.4]),
    (62, [-3.7, 0.9, 110.6, 116.0]),
    (63, [-5.3, -1.2, 114.2, 118.0]),
    (64, [-2.6, 2.7, 113.6, 119.4]),
    (65, [1.0, 4.6, 114.4, 118.4]),
    (71, [0.1, 5.8, 122.9, 127.4]),
    (72, [-3.9, 1.6, 119.2, 124.6]),
    (73, [-8.0, -1.8, 116.9, 122.6]),
    (74, [-6.4, -2.6, 120.7, 125.0]),
    (75, [0.1, 1.3, 121.0, 123.7]),
    (76, [-3.8, -0.7, 116.8, 120.0]),
    (81, [-8.8, -2.5, 125.4, 135.2]),
    (82, [-2.7, 3.2, 124.0, 130.1]),
    (91, [-9.3, 1.2, 134.0, 141.1]),
    (92, [-4.6, 1.3, 128.8, 135.5]),
    (93, [-9.3, -4.3, 137.2, 141.1]),
    (94, [-5.3, -1.9, 134.7, 138.4]),
    (95, [-5.5, -2.9, 137.2, 141.1]),
    (96, [-2.8, 1.3, 128.8, 133.5]),
];
/// Room around an extent; degrees.
const MARGIN: f64 = 0.5;

/// No kecamatan is further from all others of its regency (Tambelan of Bintan is 320 km off); kilometres.
const APART: f64 = 400.0;
const KM_PER_DEGREE: f64 = 111.195;

fn is_within([south, north, west, east]: Extent, (lat, lon): (f64, f64)) -> bool {
    (south - MARGIN..=north + MARGIN).contains(&lat) && (west - MARGIN..=east + MARGIN).contains(&lon)
}

fn kilometres(one: (f64, f64), other: (f64, f64)) -> f64 {
    let narrow = ((one.0 + other.0) / 2.0).to_radians().cos();
    (one.0 - other.0).hypot((one.1 - other.1) * narrow) * KM_PER_DEGREE
}

/// A place that seems not to lie where it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionDoubt {
    /// Where it lies, and why that seems wrong.
    pub words: String,
    /// It cannot lie there; else it is only to be remarked.
    pub is_impossible: bool,
}

impl PositionDoubt {
    fn impossible(words: String) -> PositionDoubt {
        PositionDoubt { words, is_impossible: true }
    }
}

/// What would put a centre into this extent, if it is not there.
fn slip(extent: Extent, (lat, lon): (f64, f64)) -> Option<&'static str> {
    let slips = [
        ((-lat, lon), "the sign of its latitude is lost or wrong"),
        ((lat, -lon), "the sign of its longitude is wrong"),
        ((-lat, -lon), "the signs of both are wrong"),
        ((lon, lat), "latitude and longitude are swapped"),
    ];
    slips.iter().find(|(meant, _)| is_within(extent, *meant)).map(|(_, words)| *words)
}

/// Why a centre, latitude first, seems not to be the one of a place with this code; `None` where it may be.
fn misplaced(code: &str, (lat, lon): (f64, f64)) -> Option<PositionDoubt> {
    let province: u32 = code.get(..2)?.parse().ok()?;
    let extent = PROVINCES.iter().find(|(number, _)| *number == province).map(|(_, extent)| *extent);
    let own = extent.unwrap_or(INDONESIA);
    if is_within(own, (lat, lon)) {
        return None;
    }
    let is_outside = !is_within(INDONESIA, (lat, lon));
    let whose = if is_outside { "Indonesia".to_owned() } else { format!("province {province:02}") };
    let unknown = (lat == 0.0 && lon == 0.0).then_some("0, 0 stands for a position that is not known");
    let found = unknown.or_else(|| slip(own, (lat, lon)));
    let found = found.or_else(|| slip(INDONESIA, (lat, lon)).filter(|_| is_outside));
    let hint = found.map(|found| format!("; {found}")).unwrap_or_default();
    let words = format!("{code} lies at lat {lat:.2}, lon {lon:.2}, outside {whose}{hint}");
    Some(PositionDoubt { words, is_impossible: is_outside || found.is_some() })
}

/// The places whose centres, latitude first, seem wrong, with the reason.
pub fn doubts<'a>(places: impl IntoIterator<Item = Centre<'a>>) -> Vec<PositionDoubt> {
    let mut of_regency: BTreeMap<(&str, usize), Vec<Centre<'_>>> = BTreeMap::new();
    let mut found = Vec::new();
    for (code, centre) in places {
        let doubt = misplaced(code, centre);
        if doubt.as_ref().is_none_or(|doubt| !doubt.is_impossible) {
            let regency = (code.get(..5).unwrap_or(code), code.len());
            of_regency.entry(regency).or_default().push((code, centre));
        }
        found.extend(doubt);
    }
    for places in of_regency.values().filter(|places| places.len() > 2) {
        for (code, centre) in places {
            let others = places.iter().filter(|(other, _)| other != code);
            let nearest = others.map(|(_, other)| kilometres(*centre, *other)).min_by(f64::total_cmp);
            if let Some(far) = nearest.filter(|far| *far > APART) {
                let (lat, lon) = centre;
                found.push(PositionDoubt::impossible(format!(
                    "{code} lies at lat {lat:.2}, lon {lon:.2}, {far:.0} km from the nearest other place of its regency"
                )));
            }
        }
    }
    found
}

impl Boundary {
    /// How far the farthest corner of the place is from its centre; kilometres.
    fn reach(&self) -> f64 {
        let corners = self.polygons.iter().filter_map(|polygon| polygon.first()).flatten();
        corners.map(|(lon, lat)| kilometres(self.centre, (*lat, *lon))).fold(0.0, f64::max)
    }

    /// How far a centre that a list gives, latitude first, is from all corners of the shape, where that is so far that one of the
    /// two is another place's; kilometres.
    fn off(&self, (lat, lon): (f64, f64)) -> Option<f64> {
        /// A centre may be off by as much as the place is wide, and the office that stands for it by this; kilometres.
        const OFFICE: f64 = 30.0;
        let far = kilometres(self.centre, (lat, lon));
        (far > OFFICE.max(2.0 * self.reach())).then_some(far)
    }
}

impl Boundaries {
    /// The places among `wanted` whose shapes seem not to lie where they should, with the reason: by their province, the others of their
    /// regency, their own parts, and the centre that a list gives (latitude first).
    pub fn position_doubts<'a>(
        &self,
        wanted: impl IntoIterator<Item = (&'a str, Option<(f64, f64)>)>,
    ) -> Vec<PositionDoubt> {
        let own: Vec<_> =
            wanted.into_iter().filter_map(|(code, listed)| Some((code, self.get(code)?, listed))).collect();
        let mut found = doubts(own.iter().map(|(code, place, _)| (*code, place.centre)));
        for (code, place, listed) in own {
            if place.reach() > APART {
                let far = place.reach();
                found.push(PositionDoubt::impossible(format!(
                    "{code} has a part {far:.0} km from its centre"
                )));
            } else if let Some(off) = listed.and_then(|listed| place.off(listed)) {
                found.push(PositionDoubt::impossible(format!(
                    "{code} has its shape {off:.0} km from the centre that the list of places gives"
                )));
            }
        }
        found
    }
}
