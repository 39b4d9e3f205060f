//! Geometry of boundaries: the middle of a place and whether two places touch.

use super::{Boundary, Point, Polygon, Ring};

/// Simplified polygons of one border gap or overlap by metres; this close counts as touching.
const TOUCHING_METRES: f64 = 50.0;
const METRES_PER_DEGREE: f64 = 111_195.0;

fn outer_rings(polygons: &[Polygon]) -> impl Iterator<Item = &Ring> {
    polygons.iter().filter_map(|polygon| polygon.first())
}

/// A point of the largest polygon, longitude first: its centre of gravity, or where that lies outside (a horseshoe, a
/// ring), the middle of the widest stretch on the same latitude. `None` where none encloses anything.
pub fn inner_point(polygons: &[Polygon]) -> Option<Point> {
    let largest = polygons.iter().max_by(|a, b| area(a).abs().total_cmp(&area(b).abs()))?;
    let ring = largest.first()?;
    let centre = within_extent(centroid(ring)?, ring);
    if contains(largest, centre) { Some(centre) } else { widest(largest, centre.1).or(Some(centre)) }
}

/// Whether a stated centre can be meant: within the extent of the polygons, or no further outside than that is wide.
pub fn is_near((lon, lat): Point, polygons: &[Polygon]) -> bool {
    let points = || outer_rings(polygons).flatten();
    let span = |of: fn(&Point) -> f64| {
        points()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    };
    let ((west, east), (south, north)) = (span(|point| point.0), span(|point| point.1));
    let slack = (east - west).max(north - south);
    (west - slack..=east + slack).contains(&lon) && (south - slack..=north + slack).contains(&lat)
}

fn area(polygon: &Polygon) -> f64 {
    let Some(ring) = polygon.first() else { return 0.0 };
    let (lon0, lat0) = ring[0];
    let cross = |pair: &[Point]| {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        (ax - lon0) * (by - lat0) - (bx - lon0) * (ay - lat0)
    };
    ring.windows(2).map(cross).sum()
}

/// Centre of gravity of a ring.
fn centroid(ring: &Ring) -> Option<Point> {
    let (lon0, lat0) = ring[0];
    let (area, x, y) = ring.windows(2).fold((0.0, 0.0, 0.0), |(area, x, y), pair| {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let (ax, ay, bx, by) = (ax - lon0, ay - lat0, bx - lon0, by - lat0);
        let cross = ax * by - bx * ay;
        (area + cross, x + (ax + bx) * cross, y + (ay + by) * cross)
    });
    (area != 0.0).then(|| (lon0 + x / (3.0 * area), lat0 + y / (3.0 * area)))
}

/// A ring that crosses itself may have its centre of gravity far away: then the middle of its extent.
fn within_extent((lon, lat): Point, ring: &Ring) -> Point {
    let middle = |at: f64, of: fn(&Point) -> f64| {
        let ends = ring
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), own| (low.min(own), high.max(own)));
        if (ends.0..=ends.1).contains(&at) { at } else { (ends.0 + ends.1) / 2.0 }
    };
    (middle(lon, |point| point.0), middle(lat, |point| point.1))
}

/// Inside the outer ring and no hole: an odd number of edges to the east.
fn contains(polygon: &Polygon, (lon, lat): Point) -> bool {
    crossings(polygon, lat).iter().filter(|at| **at > lon).count() % 2 == 1
}

/// The middle of the longest stretch of a parallel that lies in the polygon.
fn widest(polygon: &Polygon, lat: f64) -> Option<Point> {
    let at = crossings(polygon, lat);
    let stretches = at.chunks_exact(2).map(|pair| (pair[1] - pair[0], (pair[0] + pair[1]) / 2.0));
    stretches.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, middle)| (middle, lat))
}

/// Longitudes at which edges cross a parallel, from west to east.
fn crossings(polygon: &Polygon, lat: f64) -> Vec<f64> {
    let edges = polygon.iter().flat_map(|ring| ring.windows(2));
    let mut at: Vec<f64> = edges
        .filter(|edge| (edge[0].1 > lat) != (edge[1].1 > lat))
        .map(|edge| {
            let ((ax, ay), (bx, by)) = (edge[0], edge[1]);
            ax + (lat - ay) / (by - ay) * (bx - ax)
        })
        .collect();
    at.sort_by(f64::total_cmp);
    at
}

/// True where a corner of one lies at an edge of the other.
pub fn touch(a: &Boundary, b: &Boundary) -> bool {
    let corners_near = |from: &Boundary, to: &Boundary| {
        let mut corners = outer_rings(&from.polygons).flatten();
        corners.any(|corner| outer_rings(&to.polygons).any(|ring| near(*corner, ring)))
    };
    corners_near(a, b) || corners_near(b, a)
}

/// How far a point lies outside of a polygon, metres; 0 within it.
pub fn distance(point: Point, polygon: &Polygon) -> f64 {
    if contains(polygon, point) {
        return 0.0;
    }
    let edges = polygon.iter().flat_map(|ring| ring.windows(2));
    edges.map(|edge| metres(point, edge[0], edge[1])).fold(f64::INFINITY, f64::min)
}

/// How far two points lie apart, metres.
pub fn apart(one: Point, other: Point) -> f64 {
    metres(one, other, other)
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
