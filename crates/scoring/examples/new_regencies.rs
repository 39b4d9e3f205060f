//! How right the forecasts are for a regency that is new but brings an archive, simulated on the public lists:
//! `cargo run --release -p scoring --example new_regencies -- FOLDER_OF_LISTS`

use scoring::events::{EventSource, read};
use scoring::period::{Day, typed_day};
use scoring::pooling::trial::{TrialList, TrialRegency, figures, new_regencies};
use scoring::pooling::{PoolingPrior, WIDE_TRANSFER};
use std::path::Path;

fn day(text: &str) -> Day {
    typed_day(text).unwrap()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder of lists")?;
    let each = std::env::args().nth(2).is_some_and(|word| word == "each");
    let number =
        |at: usize, usual: f64| std::env::args().nth(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let usual = PoolingPrior::of_transfer(WIDE_TRANSFER);
    let prior = PoolingPrior {
        transfer: number(3, usual.transfer),
        regency: number(4, usual.regency),
        period: number(5, usual.period),
        district: number(6, usual.district),
        dispersion: number(7, usual.dispersion),
        ..usual
    };
    let folder = Path::new(&folder);
    let floods = EventSource {
        path: folder.join("bnpb_floods_2020_2021/BNPB.csv.gz"),
        unit: "ID Kabupaten".into(),
        time: "Tanggal Kejadian".into(),
        parent: Some("Provinsi".into()),
        ..EventSource::default()
    };
    let clashes = EventSource {
        path: folder.join("ucdp_ged_indonesia/conflict_data_idn.csv.gz"),
        unit: "adm_2".into(),
        time: "date_start".into(),
        parent: Some("adm_1".into()),
        only: vec![("date_prec".to_string(), vec!["1".to_string(), "2".to_string()])],
        ..EventSource::default()
    };
    // Indonesia: two years of archive. Floods: the list has two years in all, so one of each.
    let lists = [
        (
            "Indonesia 2002-04",
            &clashes,
            ["1998-01-05", "2000-05-22", "2000-05-22", "2002-05-20", "2004-05-23"],
        ),
        (
            "Indonesia 2004-05",
            &clashes,
            ["1998-01-05", "2002-05-20", "2002-05-20", "2004-05-24", "2005-12-25"],
        ),
        (
            "the same, fitted later",
            &clashes,
            ["1998-01-05", "2004-05-24", "2002-05-20", "2004-05-24", "2005-12-25"],
        ),
        ("floods 2021", &floods, ["2019-12-30", "2021-01-04", "2020-01-06", "2021-01-04", "2021-12-26"]),
    ];
    for (name, source, [from, fitted_by, archive_from, test_from, to]) in lists {
        let events = read(source)?.rows;
        let list = TrialList {
            events: &events,
            units: &[],
            from: day(from),
            fitted_by: day(fitted_by),
            archive_from: day(archive_from),
            test_from: day(test_from),
            to: day(to),
        };
        for trial_regency in [TrialRegency::Unit, TrialRegency::Parent, TrialRegency::ParentByItsOwnSize] {
            let regencies = new_regencies(&list, trial_regency, prior)?;
            println!("{name}, {trial_regency:?}: {:.2?}", figures(&regencies));
            if each {
                for one in regencies.iter().filter(|one| one.expected >= 5.0 || one.observed >= 5) {
                    println!("  {one:.2?}");
                }
            }
        }
    }
    Ok(())
}
