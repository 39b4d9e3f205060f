//! Runs the backtest on the public panels: `cargo run --release -p scoring --example panels -- FOLDER_OF_LISTS [NAME] [ALARMS]`;
//! the last is how many false alarms a place and quarter the alerts may cost, 0.25 where it is left out.

use domain::policy::Policy;
use scoring::BacktestOptions;
use scoring::backtest::{judge_with_risk, truth};
use scoring::evaluate::{noise_floor, oracle};
use scoring::events::{EventSource, read, read_units};
use scoring::panel::{Panel, Window};
use scoring::period::{Day, Period, typed_day};
use scoring::train::serving::TrainingUnit;
use std::io::Write;
use std::path::Path;

fn day(text: &str) -> Day {
    typed_day(text).unwrap()
}

fn window(period: Period, from: &str, to: &str, test_from: &str) -> Window {
    Window { period, from: day(from), to: day(to), test_from: day(test_from) }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let lists = Path::new(arguments.get(1).ok_or("give the folder of lists")?);
    let flood = |parent: &str| EventSource {
        path: lists.join("bnpb_floods_2020_2021/BNPB.csv.gz"),
        unit: "ID Kabupaten".into(),
        time: "Tanggal Kejadian".into(),
        parent: Some(parent.into()),
        ..EventSource::default()
    };
    let precisions = |upto: u32| vec![("date_prec".to_string(), (1..=upto).map(|n| n.to_string()).collect())];
    let clash = |unit: &str, parent: Option<&str>, precision: u32| EventSource {
        path: lists.join("ucdp_ged_indonesia/conflict_data_idn.csv.gz"),
        unit: unit.into(),
        time: "date_start".into(),
        parent: parent.map(str::to_string),
        only: precisions(precision),
        ..EventSource::default()
    };
    let mut padded = tempfile::NamedTempFile::new()?;
    let listed = read(&flood("Provinsi"))?;
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
    let false_alarms_ppm = match arguments.get(3) {
        Some(text) => (text.parse::<f64>()? * 1e6) as u32,
        None => Policy::FALSE_ALARMS_PPM,
    };
    for (name, events, window, all) in panels {
        if arguments.get(2).is_some_and(|only| only != name) {
            continue;
        }
        let units = all.then(|| read_units(padded.path())).transpose()?.map(|listed| listed.names);
        println!("{name}");
        for share in SHARES {
            one(
                &events,
                earlier(window, share),
                units.clone(),
                AskedOfPanel { own: share == 100, false_alarms_ppm },
            )?;
        }
        println!();
    }
    Ok(())
}

/// The panel's own window, and shorter ones with tests that lie wholly in its training: time splits of their own.
const SHARES: [i32; 5] = [100, 90, 80, 70, 60];

fn earlier(window: Window, share: i32) -> Window {
    let cut = |day: Day| window.from + (day - window.from) * share / 100;
    Window { to: cut(window.to), test_from: cut(window.test_from), ..window }
}

/// What is asked of a window.
struct AskedOfPanel {
    /// The panel's own, of which everything is printed.
    own: bool,
    false_alarms_ppm: u32,
}

/// Prints the record's line for the panel's own window, and for every window how well it is calibrated beside what
/// chance alone and what an oracle, bent to the very cells it is judged on, would show.
fn one(
    events: &EventSource,
    window: Window,
    units: Option<Vec<String>>,
    asked: AskedOfPanel,
) -> Result<(), Box<dyn std::error::Error>> {
    let panel = Panel::new(read(events)?, window, units)?;
    let options = BacktestOptions {
        events: events.clone(),
        units: None,
        level: TrainingUnit::Regency,
        window,
        kind: None,
        seed: BacktestOptions::SEED,
        false_alarms_ppm: asked.false_alarms_ppm,
    };
    let (result, risk) = judge_with_risk(&panel, &options)?;
    let (model, detail) = (&result.model, &result.detail);
    if asked.own {
        println!("{}", result.json());
        println!(
            "  best {} · ridge {} · slope {:.3} · {}",
            detail.best,
            detail.ridge,
            detail.slope,
            result.mix()
        );
        println!(
            "  {:<23} {:>4} {:>15} {:>6}/{:<6} {:>6} {:>15} {:>5} {:>11} {:>22} {:>9}",
            "test",
            "hit",
            "rate, then",
            "Brier",
            "best",
            "error",
            "a right one's",
            "slope",
            "a right one's",
            "oracle: level, slope",
            "stretched"
        );
    }
    let (truth, best) = (truth(&panel)?, result.baselines.0.iter().map(|(_, m)| m.brier).fold(1.0, f64::min));
    let noise_floor = noise_floor(&truth, &risk, 1);
    let slopes =
        noise_floor.slope.map_or("–".to_string(), |slope| format!("{:.2} to {:.2}", slope.low, slope.high));
    let oracle = oracle(&truth, &risk).map_or("–".to_string(), |oracle| {
        format!("{:+.2} error {:.4}, {:.2}", oracle.level.shift, oracle.level.ece, oracle.both.slope)
    });
    println!(
        "  {}–{} {:>5} {:.4} > {:.4} {:.4}/{:.4} {:.4} {:.4} to {:.4} {:>5.2} {slopes} {oracle} {:.2} {}",
        detail.window.1,
        detail.window.2,
        detail.positives.1,
        detail.base_rate_train,
        result.base_rate,
        model.measures.brier,
        best,
        model.measures.ece,
        noise_floor.ece.low,
        noise_floor.ece.high,
        model.calibration_slope.unwrap_or(f64::NAN),
        detail.slope,
        result.served
    );
    for (which, beside) in [("chosen", &result.alerts.chosen), ("hindsight", &result.alerts.in_hindsight)] {
        let Some(beside) = beside else { continue };
        let row = beside.rows().map(|(name, own)| {
            format!("{name} {:.3} at {:.3} ({:.2})", own.detection, own.false_a_quarter, own.precision)
        });
        println!("      alerts before the event, {which}: {}", row.join(", "));
    }
    Ok(())
}
