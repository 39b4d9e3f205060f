//! Plane geometry for the approximate map: a buffered convex hull and Voronoi cells by half-plane clipping.

use formats::boundaries::{Point, Ring};

/// The convex hull, counter-clockwise.
pub fn hull(points: &[Point]) -> Ring {
    let mut sorted: Vec<Point> =
        points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let mut chain: Ring = Vec::with_capacity(sorted.len() * 2);
    for pass in 0..2 {
        let floor = chain.len() + 1;
        let ordered: Box<dyn Iterator<Item = &Point>> =
            if pass == 0 { Box::new(sorted.iter()) } else { Box::new(sorted.iter().rev()) };
        for point in ordered {
            while chain.len() > floor.max(1)
                && turn(chain[chain.len() - 2], chain[chain.len() - 1], *point) <= 0.0
            {
                chain.pop();
            }
            chain.push(*point);
        }
        chain.pop();
    }
    chain
}

/// The hull of `points` grown by `distance` with rounded corners.
pub fn buffered_hull(points: &[Point], distance: f64) -> Ring {
    const CORNERS: usize = 16;
    let grown: Vec<Point> = points
        .iter()
        .flat_map(|(x, y)| {
            (0..CORNERS).map(move |step| {
                let angle = step as f64 * std::f64::consts::TAU / CORNERS as f64;
                (x + distance * angle.cos(), y + distance * angle.sin())
            })
        })
        .collect();
    hull(&grown)
}

/// For each centre, the part of the convex `boundary` nearer to it than to any other centre.
/// Of two centres at one spot the first takes the cell and the second is empty.
pub fn voronoi(centres: &[Point], boundary: &Ring) -> Vec<Ring> {
    let cell = |own: usize| {
        let mut ring = boundary.clone();
        for (index, other) in centres.iter().enumerate() {
            if index == own {
                continue;
            }
            if *other == centres[own] {
                if index < own {
                    return Ring::new();
                }
                continue;
            }
            ring = nearer(&ring, centres[own], *other);
        }
        ring
    };
    (0..centres.len()).map(cell).collect()
}

/// The part of a convex ring nearer to `own` than to `other` (Sutherland–Hodgman against the bisector).
fn nearer(ring: &Ring, own: Point, other: Point) -> Ring {
    let middle = ((own.0 + other.0) / 2.0, (own.1 + other.1) / 2.0);
    let normal = (other.0 - own.0, other.1 - own.1);
    let beyond = |p: Point| (p.0 - middle.0) * normal.0 + (p.1 - middle.1) * normal.1;
    let mut kept = Ring::with_capacity(ring.len() + 1);
    for (index, &from) in ring.iter().enumerate() {
        let to = ring[(index + 1) % ring.len()];
        let (a, b) = (beyond(from), beyond(to));
        if a <= 0.0 {
            kept.push(from);
        }
        if (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0) {
            let share = a / (a - b);
            kept.push((from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share));
        }
    }
    kept
}

/// Signed area; positive where the ring runs counter-clockwise.
pub fn area(ring: &[Point]) -> f64 {
    let mut doubled = 0.0;
    for (index, a) in ring.iter().enumerate() {
        let b = ring[(index + 1) % ring.len()];
        doubled += a.0 * b.1 - b.0 * a.1;
    }
    doubled / 2.0
}

/// The centre of mass, for the label; the mean of the corners where the ring has no area.
pub fn centroid(ring: &[Point]) -> Point {
    let whole = area(ring);
    let count = ring.len().max(1) as f64;
    if whole.abs() < 1e-12 {
        let sum = ring.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
        return (sum.0 / count, sum.1 / count);
    }
    let (mut x, mut y) = (0.0, 0.0);
    for (index, a) in ring.iter().enumerate() {
        let b = ring[(index + 1) % ring.len()];
        let cross = a.0 * b.1 - b.0 * a.1;
        x += (a.0 + b.0) * cross;
        y += (a.1 + b.1) * cross;
    }
    (x / (6.0 * whole), y / (6.0 * whole))
}

fn turn(a: Point, b: Point, c: Point) -> f64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Ring {
        vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
    }

    #[test]
    fn hull_keeps_corners_and_drops_the_inside() {
        let mut points = square();
        points.extend([(1.0, 1.0), (2.0, 3.0), (2.0, 0.0)]);
        let ring = hull(&points);
        assert_eq!(ring.len(), 4);
        assert!((area(&ring) - 16.0).abs() < 1e-9);
        assert_eq!(hull(&[(1.0, 1.0), (1.0, 1.0)]).len(), 1);
    }

    #[test]
    fn cells_share_the_boundary_without_gap_or_overlap() {
        let centres = [(1.0, 1.0), (3.0, 1.0), (1.0, 3.0), (3.0, 3.0), (2.0, 2.2)];
        let cells = voronoi(&centres, &square());
        let total: f64 = cells.iter().map(|cell| area(cell)).sum();
        assert!((total - 16.0).abs() < 1e-9, "{total}");
        for (cell, centre) in cells.iter().zip(centres) {
            for corner in cell {
                let own = distance(*corner, centre);
                assert!(centres.iter().all(|other| distance(*corner, *other) >= own - 1e-9));
            }
        }
    }

    #[test]
    fn two_centres_at_one_spot_do_not_break_the_map() {
        let cells = voronoi(&[(1.0, 1.0), (1.0, 1.0), (3.0, 3.0)], &square());
        assert!(cells[1].is_empty() && !cells[0].is_empty() && !cells[2].is_empty());
    }

    #[test]
    fn a_single_centre_still_has_a_round_cell() {
        let ring = buffered_hull(&[(0.0, 0.0)], 1.0);
        assert_eq!(ring.len(), 16);
        let centre = centroid(&ring);
        assert!(distance(centre, (0.0, 0.0)) < 1e-9);
    }

    fn distance(a: Point, b: Point) -> f64 {
        ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
    }
}
