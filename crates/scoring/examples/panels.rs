//! Runs the backtest on the public panels: `cargo run --release -p scoring --example panels -- FOLDER_OF_LISTS [NAME]`

use scoring::BacktestOptions;
use scoring::events::Source;
use scoring::panel::Window;
use scoring::period::{Day, Order, Period, parse};
use std::io::Write;
use std::path::Path;

fn day(text: &str) -> Day {
    parse(text, Order::DayFirst).map_or(0, |written| written.first)
}

fn window(period: Period, from: &str, to: &str, test_from: &str) -> Window {
    Window { period, from: day(from), to: day(to), test_from: day(test_from) }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let lists = Path::new(arguments.get(1).ok_or("give the folder of lists")?);
    let flood = |parent: &str| Source {
        path: lists.join("bnpb_floods_2020_2021/BNPB.csv.gz"),
        unit: "ID Kabupaten".into(),
        time: "Tanggal Kejadian".into(),
        parent: Some(parent.into()),
        ..Source::default()
    };
    let precisions = |upto: u32| vec![("date_prec".to_string(), (1..=upto).map(|n| n.to_string()).collect())];
    let clash = |unit: &str, parent: Option<&str>, precision: u32| Source {
        path: lists.join("ucdp_ged_indonesia/conflict_data_idn.csv.gz"),
        unit: unit.into(),
        time: "date_start".into(),
        parent: parent.map(str::to_string),
        only: precisions(precision),
        ..Source::default()
    };
    let mut padded = tempfile::NamedTempFile::new()?;
    let listed = scoring::events::read(&flood("Provinsi"))?;
    let units: std::collections::BTreeSet<String> = listed.rows.into_iter().map(|event| event.unit).collect();
    let never = (0..514 - units.len()).map(|number| format!("never{number}"));
    units.iter().cloned().chain(never).try_for_each(|unit| writeln!(padded, "{unit}"))?;
    let year = window(Period::Week, "2019-12-30", "2021-12-26", "2021-08-02");
    let panels = [
        ("bnpb_flood_kab_week_all_kab", flood("Provinsi"), year, true),
        ("bnpb_flood_kab_week_seen_kab", flood("Provinsi"), year, false),
        (
            "ucdp_idn_adm1_month_1989_2019",
            clash("adm_1", None, 4),
            window(Period::Month, "1989-01-01", "2019-12-31", "2013-11-01"),
            false,
        ),
        (
            "ucdp_idn_adm2_month_1998_2005",
            clash("adm_2", Some("adm_1"), 4),
            window(Period::Month, "1998-01-01", "2005-12-31", "2004-06-01"),
            false,
        ),
        (
            "ucdp_idn_adm2_week_1998_2005",
            clash("adm_2", Some("adm_1"), 2),
            window(Period::Week, "1998-01-05", "2005-12-25", "2004-05-24"),
            false,
        ),
    ];
    for (name, events, window, all) in panels {
        if arguments.get(2).is_some_and(|only| only != name) {
            continue;
        }
        let units = all.then(|| padded.path().to_path_buf());
        let options = BacktestOptions { events, units, window, kind: None, seed: BacktestOptions::SEED };
        let result = scoring::backtest(&options)?;
        println!("{name}\n{}", result.json());
        let experts: Vec<String> = result
            .detail
            .experts
            .iter()
            .map(|one| format!("{} {} {:.4}", one.name, one.ridge, one.rolling_log_loss))
            .collect();
        println!(
            "  best {} · slope {:.3} · experts {}\n",
            result.detail.best,
            result.detail.slope,
            experts.join(", ")
        );
    }
    Ok(())
}
