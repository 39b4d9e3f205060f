//! Whether a point may lie in the place that is named beside it.

use crate::boundaries::apart;
use domain::place::{Places, UnitId};

/// A point so far from the kecamatan it names, beside what that kecamatan may measure itself, is of another one, metres.
const FAR: f64 = 20_000.0;
/// What a kecamatan measures at most of which nobody wrote it down, square kilometres.
const LARGE: f64 = 5_000.0;
/// So often the side of a square of its area, and so often the way to its farthest neighbour, a kecamatan may reach.
const STRETCHED: f64 = 2.0;

/// True where a point, longitude first, lies far from a kecamatan, or from every kecamatan of a regency; false where nobody
/// wrote down where these lie.
pub fn is_far(places: &Places, unit: UnitId, point: (f64, f64)) -> bool {
    if !places.code(unit).is_regency() {
        return is_far_from_district(places, unit, point).unwrap_or(false);
    }
    let mut known =
        places.districts(unit).filter_map(|own| is_far_from_district(places, own, point)).peekable();
    known.peek().is_some() && known.all(|is_far| is_far)
}

fn is_far_from_district(places: &Places, unit: UnitId, point: (f64, f64)) -> Option<bool> {
    let record = places.unit(unit);
    let (lat, lon) = record.centre?;
    let side = |area: f64| 1_000.0 * area.max(0.0).sqrt();
    let size = record.area_km2.map(side).unwrap_or_else(|| {
        let centres = record.neighbours.iter().filter_map(|code| places.unit(places.find(*code)?).centre);
        let farthest = centres.map(|(other_lat, other_lon)| apart((lon, lat), (other_lon, other_lat)));
        farthest.reduce(f64::max).map_or(side(LARGE), |way| way.min(side(LARGE)))
    });
    Some(apart(point, (lon, lat)) > FAR + STRETCHED * size)
}
