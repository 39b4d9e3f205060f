//! The map as SVG: one link per district, filled by level, with mark and name; no script, no tiles.

use super::geometry::{area, centroid};
use super::shapes::{Shapes, extent};
use crate::pages::level;
use domain::kind::Level;
use domain::place::Code;
use formats::boundaries::{Point, Polygon};
use maud::{Markup, html};
use std::fmt::Write;
use views::Lang;

/// One district as the map shows it.
#[derive(Clone, Debug)]
pub struct MapArea {
    pub code: Code,
    pub name: String,
    pub level: Level,
    /// What the link says to those who hear the page.
    pub label: String,
    pub href: String,
}

const WIDTH: f64 = 640.0;
const MARGIN: f64 = 10.0;
/// From so many districts on, names are small, and only marks stand on a phone.
const MANY: usize = 12;

/// Draws the areas that have a shape. `None` where none has.
pub fn map(areas: &[MapArea], shapes: &Shapes, lang: Lang) -> Option<Markup> {
    let all: Vec<Point> =
        areas.iter().flat_map(|area| shapes.of(area.code)).flatten().flatten().copied().collect();
    if all.is_empty() {
        return None;
    }
    let projection = Projection::around(&all);
    let title = lang.text("map.title");
    // Heavy outlines must not be covered by a calmer neighbour: the highest level is drawn last.
    let mut ordered: Vec<&MapArea> = areas.iter().filter(|area| !shapes.of(area.code).is_empty()).collect();
    ordered.sort_by_key(|area| area.level);
    Some(html! {
        svg.map.many[areas.len() > MANY] viewBox={ "0 0 " (WIDTH) " " (round(projection.height)) } role="group" aria-label=(title) {
            (patterns())
            @for area in &ordered { (shape(area, shapes.of(area.code), &projection)) }
            g.map-labels aria-hidden="true" {
                @for area in &ordered { (label(area, shapes.of(area.code), &projection)) }
            }
        }
    })
}

fn shape(area: &MapArea, polygons: &[Polygon], projection: &Projection) -> Markup {
    let path = projection.path(polygons);
    html! {
        a href=(area.href) aria-label=(area.label) class={ "area " (level::class(area.level)) } {
            title { (area.label) }
            path.fill d=(path) fill-rule="evenodd" {}
            @if let Some(pattern) = level::pattern(area.level) { path d=(path) fill=(pattern) fill-rule="evenodd" {} }
            path.edge d=(path) {}
        }
    }
}

fn label(area: &MapArea, polygons: &[Polygon], projection: &Projection) -> Markup {
    let outer = polygons.iter().filter_map(|polygon| polygon.first());
    let largest = outer.max_by(|a, b| self::area(a).abs().total_cmp(&self::area(b).abs()));
    let Some(ring) = largest.filter(|ring| ring.len() >= 3) else { return html! {} };
    let (x, y) = projection.at(centroid(ring));
    html! {
        text x=(round(x)) y=(round(y)) class={ "map-name " (level::class(area.level)) } {
            tspan x=(round(x)) dy="-0.3em" class="map-mark" { (views::level::mark(area.level)) }
            @for word in area.name.split(' ') { tspan.map-word x=(round(x)) dy="1.05em" { (word) } }
        }
    }
}

/// Fills over the level's hue; by attribute, as a style sheet cannot name them.
fn patterns() -> Markup {
    html! {
        defs {
            pattern #p-hatch width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect.hatch width="2" height="8" {}
            }
            pattern #p-sparse width="16" height="16" patternUnits="userSpaceOnUse" {
                circle.dot cx="4" cy="4" r="1.5" {}
                circle.dot cx="12" cy="12" r="1.5" {}
            }
            pattern #p-dense width="8" height="8" patternUnits="userSpaceOnUse" {
                circle.dot cx="2" cy="2" r="1.4" {}
                circle.dot cx="6" cy="6" r="1.4" {}
            }
        }
    }
}

/// Degrees to the drawing's units: equirectangular about the middle latitude, which is near enough over one regency.
struct Projection {
    min: Point,
    top: f64,
    scale: f64,
    squeeze: f64,
    height: f64,
}

impl Projection {
    fn around(points: &[Point]) -> Projection {
        let (min, max) = extent(points);
        let squeeze = ((min.1 + max.1) / 2.0).to_radians().cos().max(0.1);
        let across = ((max.0 - min.0) * squeeze).max(1e-6);
        let up = (max.1 - min.1).max(1e-6);
        let scale = ((WIDTH - 2.0 * MARGIN) / across).min(560.0 / up);
        Projection { min, top: max.1, scale, squeeze, height: up * scale + 2.0 * MARGIN }
    }

    fn at(&self, point: Point) -> Point {
        let x = MARGIN + (point.0 - self.min.0) * self.squeeze * self.scale;
        (x, MARGIN + (self.top - point.1) * self.scale)
    }

    /// The rings of all polygons, holes too: an even number of them round a point leaves it out.
    fn path(&self, polygons: &[Polygon]) -> String {
        let mut path = String::new();
        for ring in polygons.iter().flatten().filter(|ring| ring.len() >= 3) {
            for (index, point) in ring.iter().enumerate() {
                let (x, y) = self.at(*point);
                let letter = if index == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{letter}{x:.1} {y:.1}"); // writing to a String cannot fail
            }
            path.push('Z');
        }
        path
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_district_is_a_link_with_its_level_in_words() {
        let code = Code(161304);
        let polygons =
            BTreeMap::from([(code, vec![vec![vec![(102.0, -2.0), (103.0, -2.0), (103.0, -3.0)]]])]);
        let shapes = Shapes::new(polygons, &domain::place::Places::default());
        let areas = [MapArea {
            code,
            name: "Rawas <Ilir>".into(),
            level: Level::NoData,
            label: "Rawas Ilir: tidak ada data".into(),
            href: "/kecamatan/16.13.04".into(),
        }];
        let svg = map(&areas, &shapes, Lang::Id).unwrap().into_string();
        assert!(svg.contains("href=\"/kecamatan/16.13.04\"") && svg.contains("tidak ada data"));
        assert!(svg.contains("url(#p-hatch)") && svg.contains("&lt;Ilir&gt;"));
        assert!(map(&[], &shapes, Lang::Id).is_none());
    }
}
