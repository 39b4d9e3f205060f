//! The map: district shapes from a boundary file, else Voronoi cells of the centres, drawn as SVG by the server.

pub mod draw;
pub mod geometry;
pub mod shapes;
