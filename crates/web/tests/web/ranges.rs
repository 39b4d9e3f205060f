//! The range of a risk: on the pages from the first day, in both languages, with what it rests on.

use crate::world::World;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::Time;
use scoring::pooling::range::{ForecastSource, RecordedForecast, RiskRanges};
use std::path::Path;
use std::sync::Arc;
use views::Sources;

/// The world's model, as one that ships; it was right as often as it said in so many weeks of an archive.
fn ranges(weeks: i64) -> RiskRanges {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let models = scoring::Models::load(&folder).expect("the models load").artefacts;
    let kind = |model: &&scoring::Artefact| {
        (model.kind(), model.horizon()) == (Some(Kind::ResidentCompany), Some(Horizon::Week))
    };
    let mut model = models.iter().find(kind).expect("a model").clone();
    model.name = "contoh-7d".into();
    model.served = scoring::artefact::Served::Model;
    let one = |week: i64| RecordedForecast {
        source: ForecastSource::Hindcast,
        code: Code(161_304),
        day: 20_458 + 7 * week,
        risk_ppm: 340_000,
        model: "contoh-7d",
        happened: week % 3 == 0,
    };
    let mut ranges = RiskRanges::default();
    ranges.add(&model, Code(161_300), false, &(0..weeks).map(one).collect::<Vec<_>>());
    ranges.made_at(Some(Time(1_795_910_400_000_000)));
    ranges
}

async fn world(weeks: i64) -> World {
    let ranges = Arc::new(ranges(weeks));
    World::new().await.with_sources(|sources| Sources {
        ranges: Arc::new(move |_| {
            let ranges = ranges.clone();
            Box::pin(async move { Ok(ranges) })
        }),
        ..sources
    })
}

#[tokio::test]
async fn a_district_shows_a_range_from_the_first_day_and_what_narrows_it() {
    let range = " dari 20 minggu seperti ini";
    let mut widths = Vec::new();
    for (weeks, basis) in
        [(0, "belum ada catatan dari sini"), (400, "arsip kejadian: 400 minggu, dihitung ulang")]
    {
        let world = world(weeks).await;
        let cookie = world.login("sari").await;
        let (_, text) = world.page("/kecamatan/16.13.04", &cookie).await;
        assert!(text.contains(range) && text.contains(basis), "{text}");
        // "antara 1 dan 4 dari 20", or "paling banyak 4 dari 20".
        let words: Vec<&str> =
            text.split(range).next().expect("a range").split_whitespace().rev().take(3).collect();
        let number = |word: &str| word.parse::<u32>().unwrap_or_else(|_| panic!("a number: {words:?}"));
        let low = if words[1] == "dan" { number(words[2]) } else { 0 };
        widths.push(number(words[0]) - low);
        assert!(!text.contains("34\u{a0}%"), "no percentage of a model from elsewhere");
        let alert = world.page("/peringatan/16.13-2026-0001", &cookie).await.1;
        assert!(alert.contains(range) && alert.contains(basis), "{alert}");
        let english = world.page("/kecamatan/16.13.04?lang=en", &cookie).await.1;
        assert!(english.contains("of 20 weeks like this one"), "{english}");
    }
    assert!(widths[1] < widths[0], "an archive of 400 weeks narrows it: {widths:?}");
}
