//! Files of several makers, with made-up places.

use super::*;
use crate::decode::oracle::fuzz::{Dice, seed};
use serde_json::json;

fn square(code: &str, west: f64) -> String {
    let east = west + 0.01;
    let ring = format!("[[{west},0],[{east},0],[{east},0.01],[{west},0.01],[{west},0]]");
    feature(&format!(r#""kode":"{code}""#), &format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#))
}

fn feature(properties: &str, geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
}

fn area(properties: &str, east: &str) -> String {
    let ring = format!("[[100,0],[{east},0],[{east},1],[100,1],[100,0]]");
    feature(properties, &format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#))
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn parsed(features: &[String]) -> Boundaries {
    Boundaries::parse(collection(features).as_bytes()).unwrap()
}

fn refused(text: &str) -> String {
    Boundaries::parse(text.as_bytes()).unwrap_err().to_string()
}

fn codes(boundaries: &Boundaries) -> Vec<&str> {
    boundaries.places().map(|(code, _)| code).collect()
}

fn squares() -> Boundaries {
    parsed(&[square("16.13.01", 100.0), square("161302", 100.01027), square("16.13.03", 100.025)])
}

#[test]
fn neighbours_touch_across_a_gap_of_metres_and_both_ways() {
    let codes = || ["16.13.01", "16.13.02", "16.13.03"].into_iter();
    let boundaries = squares();
    assert_eq!(boundaries.neighbours("16.13.01", codes()), ["16.13.02"]);
    assert_eq!(boundaries.neighbours("16.13.02", codes()), ["16.13.01"]);
    assert!(boundaries.neighbours("16.13.03", codes()).is_empty());
}

#[test]
fn the_centre_of_a_square_is_its_middle() {
    let (lat, lon) = squares().get("16.13.01").unwrap().centre;
    assert!((lat - 0.005).abs() < 1e-9 && (lon - 100.005).abs() < 1e-9, "{lat} {lon}");
}

#[test]
fn a_centre_the_file_states_is_taken_and_an_open_ring_is_closed() {
    let text = r#"{"id":"16.13.01","properties":{"lat":-2.5,"lng":102.5},"geometry":{"type":"MultiPolygon",
        "coordinates":[[[[102,-3],[103,-3],[103,-2]],[[102.4,-2.9],[102.5,-2.9],[102.5,-2.8],[102.4,-2.9]]]]}}"#;
    let boundaries = Boundaries::parse(text.as_bytes()).unwrap();
    let place = boundaries.get("16.13.01").unwrap();
    assert_eq!(place.centre, (-2.5, 102.5));
    let lengths: Vec<usize> = place.polygons[0].iter().map(Vec::len).collect();
    assert_eq!((lengths, place.polygons[0][0][3]), (vec![4, 4], (102.0, -3.0)));
}

#[test]
fn a_centre_far_outside_its_shape_is_computed_and_named() {
    let boundaries = parsed(&[area(r#""kode":"16.97.01","lat":100.5,"lng":0.5"#, "101")]);
    assert_eq!(boundaries.get("16.97.01").unwrap().centre, (0.5, 100.5));
    assert_eq!(boundaries.far_centres, ["16.97.01"]);
}

#[test]
fn the_centre_of_a_horseshoe_and_of_a_ring_lies_in_it() {
    let horseshoe = "[[[0,0],[3,0],[3,3],[2,3],[2,1],[1,1],[1,3],[0,3],[0,0]]]";
    let ring = "[[[0,0],[3,0],[3,3],[0,3],[0,0]],[[1,1],[2,1],[2,2],[1,2],[1,1]]]";
    for coordinates in [horseshoe, ring] {
        let geometry = format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#);
        let (lat, lon) =
            parsed(&[feature(r#""kode":"16.97.01""#, &geometry)]).get("16.97.01").unwrap().centre;
        assert!((0.0..1.0).contains(&lon) || (2.0..3.0).contains(&lon), "{coordinates}: {lat} {lon}");
    }
}

#[test]
fn the_code_is_found_by_what_a_property_holds() {
    for (first, second, third) in [
        (r#""kode":169701"#, r#""kode":169702"#, r#""kode":169703.0"#),
        (r#""KDCPUM":"16.97.01""#, r#""KDCPUM":"16.97.02""#, r#""KDCPUM":"16.97.03""#),
        (r#""ADM3_PCODE":"ID169701""#, r#""ADM3_PCODE":"ID169702""#, r#""ADM3_PCODE":"ID169703""#),
        (
            r#""OBJECTID":1101,"KDPKAB":"16.97","KDCPUM":"16.97.01","KDCBPS":"1697010","JIWA":160112"#,
            r#""OBJECTID":1102,"KDPKAB":"16.97","KDCPUM":"16.97.02","KDCBPS":"1697020","JIWA":170113"#,
            r#""OBJECTID":1103,"KDPKAB":"16.97","KDCPUM":"16.97.03","KDCBPS":"1697030","JIWA":180114"#,
        ),
        (
            r#""id":1,"wilayah":"16.97.01""#,
            r#""id":2,"wilayah":"16.97.02""#,
            r#""id":3,"wilayah":"16.97. 03""#,
        ),
    ] {
        let boundaries = parsed(&[area(first, "101"), area(second, "102"), area(third, "103")]);
        assert_eq!(codes(&boundaries), ["16.97.01", "16.97.02", "16.97.03"], "{first}");
    }
    let bps = refused(&collection(&[area(r#""KDCBPS":"1697010","NAMOBJ":"Mulia""#, "101")]));
    assert!(bps.contains("KDCBPS") && bps.contains("BPS"), "{bps}");
    let none = refused(&collection(&[area(r#""NAMOBJ":"Mulia","JIWA":160112"#, "101")]));
    assert!(none.contains("no feature carries") && none.contains("JIWA, NAMOBJ"), "{none}");
}

#[test]
fn several_features_of_a_code_are_one_place() {
    let island = area(r#""kode":"16.97.01""#, "100.5");
    let boundaries = parsed(&[area(r#""kode":"16.97.01""#, "102"), island.clone(), island]);
    assert_eq!(boundaries.get("16.97.01").unwrap().polygons.len(), 2);
    assert_eq!(boundaries.get("16.97.01").unwrap().centre.1, 101.0, "the middle of the largest");
    assert_eq!(boundaries.repeated, ["16.97.01"]);
}

#[test]
fn what_has_no_area_is_passed_over_and_listed() {
    let empty = r#"{"type":"MultiPolygon","coordinates":[[[[100,0],[101,0],[101,1],[100,0]]],[],[[]]]}"#;
    let mixed = r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[100,0]},
        {"type":"Polygon","coordinates":[[[100,0],[101,0],[101,1],[100,0]]]}]}"#;
    let point = r#"{"type":"Point","coordinates":[100,0]}"#;
    let boundaries = parsed(&[
        area(r#""kode":"16.97.01""#, "101"),
        area(r#""nama":"tanpa kode""#, "101"),
        area(r#""kode":"16.97.02""#, "100"),
        area(r#""kode":"16.97.03""#, "\"x\""),
        feature(r#""kode":"16.97.04""#, "null"),
        feature(r#""kode":"16.97.05""#, empty),
        feature(r#""kode":"16.97.01""#, point),
        feature(r#""kode":"16.97.06""#, point),
        feature(r#""kode":"16.97.07""#, mixed),
        feature(r#""kode":"16.97.08""#, r#"{"type":"Polygon","coordinates":[]}"#),
    ]);
    assert_eq!(codes(&boundaries), ["16.97.01", "16.97.05", "16.97.07"]);
    assert_eq!((&boundaries.without_code, &boundaries.flat), (&vec![2], &vec!["16.97.02".to_owned()]));
    assert!(boundaries.repeated.is_empty());
    let listed = |list: &[UnreadableFeature]| -> Vec<(usize, String)> {
        list.iter().map(|feature| (feature.number, feature.why.clone())).collect()
    };
    assert_eq!(listed(&boundaries.beside), [(7, "a Point; a Polygon or MultiPolygon is needed".to_owned())]);
    let unreadable = listed(&boundaries.unreadable);
    assert_eq!(unreadable.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [4, 5, 8, 10]);
    assert!(
        unreadable[1].1.contains("no geometry") && unreadable[3].1.contains("empty Polygon"),
        "{unreadable:?}"
    );
}

#[test]
fn coordinates_that_are_not_longitude_and_latitude_refuse_the_file() {
    let ring = |point: &str| {
        let geometry = format!(r#"{{"type":"Polygon","coordinates":[[{point},[101,0],[101,1],{point}]]}}"#);
        collection(&[area(r#""kode":"16.97.01""#, "101"), feature(r#""kode":"16.97.02""#, &geometry)])
    };
    for (point, word) in
        [("[-2.5,102.5]", "swapped"), ("[301362.7,9043195.2]", "metres"), ("[190,0]", "degrees")]
    {
        let error = refused(&ring(point));
        assert!(error.contains("feature 2, code 16.97.02") && error.contains(word), "{error}");
    }
    let with_system = |name: &str| {
        let system = format!(r#"{{"crs":{{"type":"name","properties":{{"name":"{name}"}}}},"#);
        collection(&[area(r#""kode":"16.97.01""#, "101")]).replacen('{', &system, 1)
    };
    assert!(refused(&with_system("urn:ogc:def:crs:EPSG::32748")).contains("EPSG::32748"));
    assert!(Boundaries::parse(with_system("urn:ogc:def:crs:OGC:1.3:CRS84").as_bytes()).is_ok());
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let text = format!("\u{feff}{}", collection(&[area(r#""kode":"16.97.01""#, "101")]));
    assert_eq!(codes(&Boundaries::parse(text.as_bytes()).unwrap()), ["16.97.01"]);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    assert!(refused("{").contains("not JSON"));
    assert!(refused("{}").contains("FeatureCollection"));
    assert!(refused(r#"{"features":[{"properties":{"nama":"x"}}]}"#).contains("no feature carries"));
}

#[test]
fn a_code_beside_the_name_of_another_place_is_not_believed() {
    let named = |code: &str, name: &str, west: f64| {
        square(code, west)
            .replace(r#""properties":{"#, &format!(r#""properties":{{"NAMOBJ":"{name}","WADMKK":"Hulu","#))
    };
    let list =
        [("16.13.01", "Hulu"), ("16.13.02", "Hilir"), ("16.13.03", "Sei. Besar"), ("16.14.01", "Tengah")];
    let misnamed = |features: &[String]| {
        let mut boundaries = parsed(features);
        boundaries.take_misnamed(list.into_iter());
        let found = |own: &MisnamedBoundary| format!("{} {}", own.code, own.named);
        let found: Vec<String> = boundaries.misnamed.iter().map(found).collect();
        assert_eq!(codes(&boundaries).len() + found.len(), features.len());
        found
    };
    let good = [
        named("16.13.01", "HULU", 100.0),
        named("16.13.02", "Hilir", 101.0),
        named("16.13.03", "Sungai Besar", 102.0),
    ];
    assert_eq!(misnamed(&good), Vec::<String>::new());
    let swapped = [named("16.13.02", "Sungai Besar", 101.0), named("16.13.03", "Hilir", 102.0)];
    assert_eq!(misnamed(&swapped), ["16.13.02 16.13.03", "16.13.03 16.13.02"]);
    let spelled = [named("16.13.02", "Hilirr", 101.0), named("16.13.03", "Sungai Besar", 102.0)];
    assert_eq!(misnamed(&spelled), Vec::<String>::new(), "the regency's own name stands beside each");
    let twice = |code: &str, name: &str, west: f64| {
        square(code, west).replace(r#""properties":{"#, &format!(r#""properties":{{"NAMOBJ":"{name}","#))
    };
    let mut doubled = parsed(&[
        twice("16.13.01", "Hulu", 100.0),
        twice("16.13.01", "Hilir", 101.0),
        twice("16.13.02", "Hilir", 101.0),
        twice("16.13.03", "Sungai Besar", 102.0),
        twice("16.13.03", "Sungai Besar", 103.0),
    ]);
    doubled.take_misnamed(list.into_iter());
    assert_eq!(codes(&doubled), ["16.13.02", "16.13.03"], "one code under two names is neither");
    assert_eq!(
        (doubled.misnamed[0].code.as_str(), doubled.misnamed[0].named.as_str()),
        ("16.13.01", "16.13.02")
    );
    // A name of no listed place beside that of the place is put together with it, and reported.
    let mut renamed = parsed(&[
        twice("16.13.02", "Hilir", 101.0),
        twice("16.13.02", "RASAU JAYA", 101.2),
        twice("16.13.03", "Sungai Besar", 102.0),
        twice("16.13.03", "SUNGAI BESAR", 102.2),
    ]);
    renamed.take_misnamed(list.into_iter());
    assert_eq!(codes(&renamed), ["16.13.02", "16.13.03"]);
    let [RenamedFeature { code, name }] = renamed.renamed.as_slice() else { panic!("{:?}", renamed.renamed) };
    assert_eq!((code.as_str(), name.as_str()), ("16.13.02", "rasaujaya"));
    let elsewhere = [named("16.13.02", "Tengah", 101.0), named("16.13.03", "Sungai Besar", 102.0)];
    assert_eq!(misnamed(&elsewhere), Vec::<String>::new(), "a name of another regency is another spelling");
}

#[test]
fn a_position_of_one_number_is_no_shape_and_the_others_of_its_file_are_read() {
    let with = |position: &str| {
        let ring = format!("[[{position},[101,0],[101,1],{position}]]");
        let broken =
            feature(r#""kode":"16.97.02""#, &format!(r#"{{"type":"Polygon","coordinates":{ring}}}"#));
        parsed(&[area(r#""kode":"16.97.01""#, "101"), broken])
    };
    for (position, word) in [("[]", ""), ("[100]", "1 number, longitude and latitude"), ("[\"x\"]", "")] {
        let boundaries = with(position);
        assert_eq!(codes(&boundaries), ["16.97.01"], "{position}");
        let why = &boundaries.unreadable[0].why;
        assert!(why.contains(word), "{position}: {why}");
    }
    assert!(with("[100,0,12.5,7]").unreadable.is_empty(), "heights are passed over");
}

/// What stands at a random place of a value.
fn any_node<'a>(dice: &mut Dice, value: &'a mut Value) -> &'a mut Value {
    let inner = match value {
        Value::Array(list) if !list.is_empty() => dice.below(list.len() + 1).checked_sub(1),
        Value::Object(map) if !map.is_empty() => dice.below(map.len() + 1).checked_sub(1),
        _ => None,
    };
    match (value, inner) {
        (Value::Array(list), Some(at)) => any_node(dice, &mut list[at]),
        (Value::Object(map), Some(at)) => any_node(dice, map.values_mut().nth(at).expect("a member")),
        (value, _) => value,
    }
}

/// Whatever stands in the place of whatever part of a file, the file is refused or what is read of it can be drawn.
#[test]
fn no_file_stops_the_program_and_whatever_is_read_can_be_drawn() {
    let whole: Value = serde_json::from_str(&collection(&[
        square("16.13.01", 100.0),
        square("16.13.02", 100.01),
        feature(
            r#""kode":"16.13.03","lat":0.5,"lng":100.5"#,
            r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[100,0]},
                {"type":"MultiPolygon","coordinates":[[[[100,0],[101,0],[101,1],[100,0]]]]}]}"#,
        ),
    ]))
    .unwrap();
    let odd = [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!("16.13.02"),
        json!(-1),
        json!(1e300),
        json!([1]),
        json!([[1]]),
        json!([[[]]]),
        json!([100, 0]),
        json!([100, 0, 5]),
        json!(["x", 0]),
        json!("Point"),
        json!("Polygon"),
        json!({"type": "Polygon", "coordinates": [[[100], [101], [102], [100]]]}),
    ];
    let seed = seed();
    let mut dice = Dice(seed);
    let mut read = 0;
    for round in 0..5_000 {
        let mut file = whole.clone();
        for _ in 0..=dice.below(3) {
            *any_node(&mut dice, &mut file) = odd[dice.below(odd.len())].clone();
        }
        let Ok(boundaries) = Boundaries::parse(file.to_string().as_bytes()) else { continue };
        let all = codes(&boundaries);
        for (code, place) in boundaries.places() {
            read += 1;
            let rings = place.polygons.iter().flatten();
            let is_drawable = rings.clone().all(|ring| ring.len() >= 4 && ring.first() == ring.last());
            let (lat, lon) = place.centre;
            assert!(
                is_drawable && lat.abs() <= 90.0 && lon.abs() <= 180.0,
                "seed {seed}, round {round}: {file}"
            );
            boundaries.neighbours(code, all.iter().copied());
        }
    }
    assert!(read > 1_000, "too little was read: {read}");
}

/// Where the two halves of a ring that crosses itself cancel, no centre of gravity is to be had.
#[test]
fn the_middle_of_a_ring_that_crosses_itself_lies_within_its_extent() {
    let ring = json!([[[100.01, 0], [100, 0], [100.02, 0.01], [100.01, 0.01], [100.01, 0]]]);
    let geometry = json!({"type": "Polygon", "coordinates": ring});
    let file = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"kode": "16.13.02"}, "geometry": geometry},
    ]});
    let boundaries = Boundaries::parse(file.to_string().as_bytes()).expect("a file");
    for (_, place) in boundaries.places() {
        let (lat, lon) = place.centre;
        assert!((0.0..=0.01).contains(&lat) && (100.0..=100.02).contains(&lon), "{lat} {lon}");
    }
}
