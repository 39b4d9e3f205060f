//! The style sheet's colours leave enough contrast in light and in dark.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../asset/desk.css");

/// `--name: #rrggbb` of the light and of the dark root.
fn colours(dark: bool) -> BTreeMap<String, [f64; 3]> {
    let roots: Vec<&str> =
        STYLE.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    assert_eq!(roots.len(), 2, "one light root, one dark");
    let mut colours = BTreeMap::new();
    for root in &roots[..if dark { 2 } else { 1 }] {
        for (name, value) in root.split(';').filter_map(|line| line.trim().split_once(':')) {
            let Some(hex) = value.trim().strip_prefix('#').filter(|hex| hex.len() == 6) else { continue };
            let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            colours.insert(name.trim().trim_start_matches("--").to_string(), [part(0), part(2), part(4)]);
        }
    }
    colours
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_is_readable_on_every_ground_in_both_modes() {
    let mut pairs: Vec<(String, String)> = ["nodata", "low", "waspada", "siaga", "awas"]
        .iter()
        .map(|level| (format!("on-{level}"), level.to_string()))
        .collect();
    for ground in ["paper", "card", "note-paper"] {
        for ink in ["ink", "ink-soft", "accent"] {
            pairs.push((ink.into(), ground.into()));
        }
    }
    for (ink, ground) in [
        ("on-accent", "accent"),
        ("bad", "bad-paper"),
        ("bad", "paper"),
        ("good", "good-paper"),
        ("good", "card"),
        ("ink", "bad-paper"),
    ] {
        pairs.push((ink.into(), ground.into()));
    }
    for dark in [false, true] {
        let colours = colours(dark);
        for (ink, ground) in &pairs {
            let ratio = contrast(colours[ink], colours[ground]);
            assert!(ratio >= 4.5, "{ink} on {ground}, dark {dark}: {ratio:.2}");
        }
    }
}

#[test]
fn levels_have_the_hues_people_were_promised() {
    let (light, dark) = (colours(false), colours(true));
    let hex = |colour: [f64; 3]| colour.map(|part| (part * 255.0).round() as u8);
    assert_eq!(hex(light["awas"]), [0xb3, 0x00, 0x00]);
    assert_eq!(hex(light["nodata"]), [0xe3, 0xe3, 0xe0]);
    assert_eq!(hex(dark["siaga"]), [0xc4, 0x57, 0x1c]);
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    let script = include_str!("../../asset/desk.js");
    for text in [STYLE, script] {
        assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("@import"));
    }
    assert!(!script.contains("innerHTML = ") && !script.contains("eval("));
}

#[test]
fn a_tag_that_holds_a_sentence_wraps_on_a_phone() {
    let tag = STYLE.lines().find(|line| line.starts_with(".tag {")).unwrap();
    assert!(!tag.contains("nowrap") && tag.contains("max-width: 100%"), "{tag}");
}
