//! Geometry of boundaries: the middle of a place and whether two places touch.

use super::{Boundary, Point, Polygon, Ring};

/// Simplified polygons of one border gap or overlap by metres; this close counts as touching.
const TOUCHING_METRES: f64 = 50.0;
const METRES_PER_DEGREE: f64 = 111_195.0;

fn outer_rings(polygons: &[Polygon]) -> impl Iterator<Item = &Ring> {
    polygons.iter().filter_map(|polygon| polygon.first())
}

/// Centre of gravity of the largest outer ring, latitude first; `None` where none encloses anything.
pub fn centroid(polygons: &[Polygon]) -> Option<(f64, f64)> {
    let sums = outer_rings(polygons).map(|ring| {
        let (lon0, lat0) = ring[0];
        let (area, x, y) = ring.windows(2).fold((0.0, 0.0, 0.0), |(area, x, y), pair| {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            let (ax, ay, bx, by) = (ax - lon0, ay - lat0, bx - lon0, by - lat0);
            let cross = ax * by - bx * ay;
            (area + cross, x + (ax + bx) * cross, y + (ay + by) * cross)
        });
        (area, lat0 + y / (3.0 * area), lon0 + x / (3.0 * area))
    });
    let (area, lat, lon) = sums.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
    (area != 0.0).then_some((lat, lon))
}

/// True where a corner of one lies at an edge of the other.
pub fn touch(a: &Boundary, b: &Boundary) -> bool {
    let corners_near = |from: &Boundary, to: &Boundary| {
        let mut corners = outer_rings(&from.polygons).flatten();
        corners.any(|corner| outer_rings(&to.polygons).any(|ring| near(*corner, ring)))
    };
    corners_near(a, b) || corners_near(b, a)
}

fn near(point: Point, ring: &Ring) -> bool {
    ring.windows(2).any(|edge| metres(point, edge[0], edge[1]) <= TOUCHING_METRES)
}

/// Distance from a point to an edge, on a plane that is good enough over a few kilometres.
fn metres(point: Point, from: Point, to: Point) -> f64 {
    let narrow = point.1.to_radians().cos();
    let flat = |other: Point| ((other.0 - point.0) * narrow, other.1 - point.1);
    let ((ax, ay), (bx, by)) = (flat(from), flat(to));
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length == 0.0 { 0.0 } else { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) };
    (ax + along * dx).hypot(ay + along * dy) * METRES_PER_DEGREE
}
