//! Fits the prior of the two conflict kinds that ships, from UCDP's Georeferenced Event Dataset of all countries (Uppsala Conflict
//! Data Program, CC BY 4.0; columns year, month, day, country, latitude, longitude). The list itself is not shipped:
//! `cargo run --release -p scoring --example fit_prior -- LIST.csv.gz MODELS_FOLDER DATE`

use domain::kind::Kind;
use domain::policy::AlarmBudget;
use scoring::prior::deadly_events::read_deadly_events;
use scoring::prior::{FittedPrior, PriorOptions, PriorUse, fit_prior};
use scoring::train::card::{About, Indonesian};
use scoring::train::{Believed, DISTRICTS_A_REGENCY};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, list, models, date] = &arguments[..] else {
        return Err("give the list of events, the folder of models and the date for their names".into());
    };
    let options = PriorOptions {
        events: read_deadly_events(Path::new(list))?,
        kinds: [Kind::ResidentResident, Kind::ResidentCompany].map(clashes).to_vec(),
        folder: models.into(),
        date: date.clone(),
        false_alarms_ppm: AlarmBudget::USUAL.models_ppm(),
    };
    for fitted in fit_prior(&options)? {
        show(&fitted);
    }
    Ok(())
}

/// The line, and a row of a table for each country left out.
fn show(fitted: &FittedPrior) {
    let line = &fitted.line;
    println!(
        "{}: {} countries, {} rows, {} positives",
        fitted.horizon, fitted.countries, line.rows, line.positives
    );
    for (name, value) in domain::feature::NAMES.iter().zip(&line.fit.coefficients).filter(|own| *own.1 != 0.0)
    {
        println!("    {name:16} {value:+.4}");
    }
    println!("    {:16} {:+.4}", "of the base rate", line.of_base_rate);
    for own in &fitted.left_out {
        let number =
            |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.2}"));
        println!(
            "| {}, {}–{} | {} | {:.4} → {:.4} | {:.3} ({}) | {} | {:.2} | {:.2} | {} |",
            own.country,
            own.years.0,
            own.years.1,
            own.positives,
            own.base_rate_before,
            own.base_rate,
            own.brier_ratio,
            own.best_baseline,
            number(own.calibration_slope),
            own.observed_to_expected,
            own.observed_to_expected_new_record,
            number(own.auroc_onset),
        );
    }
}

/// Collective violence a regency and week: 1,221 incidents in 2021 (CSIS) over 514 regencies.
const CLASHES_A_WEEK: f64 = 1221.0 / 514.0 / 52.18;

fn clashes(kind: Kind) -> PriorUse {
    let why = |share: &str| {
        format!(
            "1,221 incidents of collective violence in 2021 (CSIS, public report) over 514 regencies{share}"
        )
    };
    let mut limits = vec![
        "A stand-in: deadly violence in 42 countries, wars among it. Village clashes without deaths are not in it.".into(),
        "What is below a death cannot be learnt from that list. The rule: a deadly event of the list counts as an incident of severity 3 does here, and severities 1, 2, 4 and 5 count 0.1, 0.3, 1.5 and 2 times as much.".into(),
        "Season, completeness, agreements and the sum of severities have no weight: lists of many countries cannot teach them.".into(),
        "Coded years later from news; in the fit every event counts as known on its day.".into(),
        "With a record that only begins, forecasts tend to be too high for two years (see the errors above).".into(),
        "The base rate where it is used is believed from another source, not measured.".into(),
        "Fitted on cells of half a degree; on a kecamatan it is transferred and shown without a percentage.".into(),
    ];
    let company = kind == Kind::ResidentCompany;
    if company {
        limits.insert(0, "No open list of resident–company conflict was at hand: every number is borrowed, base rate included, until a regency has its own data.".into());
    }
    let about = About {
        source: "Events of all types, by day and point, of the UCDP Georeferenced Event Dataset, 42 countries, 1991–2020 (Uppsala Conflict Data Program; Sundberg and Melander 2013), as lists by grid cells.".into(),
        source_id: "Kejadian semua tipe menurut hari dan titik dari UCDP Georeferenced Event Dataset, 42 negara, 1991–2020 (Uppsala Conflict Data Program; Sundberg dan Melander 2013), sebagai daftar menurut kotak kisi.".into(),
        licence: "CC BY 4.0 (UCDP). The list is not shipped; the coefficients are facts measured on it.".into(),
        intended_use: "A declared prior for how risk follows recent incidents in a place and around it, until a regency has enough verified incidents of its own. Shown to the tim terpadu only, as a level with reasons.".into(),
        limits,
        harm: vec![
            "It can mark a community as dangerous because of where it lives or what was reported about it: never show it publicly, never by group.".into(),
            "More patrols find more incidents: patrol-found incidents are kept out of the counts for this reason.".into(),
            "A quiet number in a place whose people do not report is not peace.".into(),
        ],
        indonesian: clashes_id(company),
    };
    PriorUse {
        kind,
        about,
        regency_rate: Believed { a_week: CLASHES_A_WEEK, why: why("") },
        district_rate: Believed {
            a_week: CLASHES_A_WEEK / DISTRICTS_A_REGENCY,
            why: why(", shared over 14.2 kecamatan"),
        },
    }
}

fn clashes_id(company: bool) -> Indonesian {
    let mut limits: Vec<String> = vec![
        "Pengganti: kekerasan yang mematikan di 42 negara, perang termasuk. Bentrokan desa tanpa korban jiwa tidak ada di dalamnya.".into(),
        "Tanda yang lebih ringan dari kematian tidak dapat dipelajari dari daftar itu. Aturannya: satu kejadian mematikan di daftar dihitung seperti satu kejadian keparahan 3 di sini, dan keparahan 1, 2, 4, 5 dihitung 0,1; 0,3; 1,5; 2 kali itu.".into(),
        "Disusun bertahun-tahun kemudian dari berita; dalam penyusunannya setiap kejadian dianggap diketahui pada harinya.".into(),
        "Pada catatan yang baru mulai, perkiraannya cenderung terlalu tinggi dalam dua tahun pertama.".into(),
        "Angka dasar di tempat pemakaian diperkirakan dari sumber lain, tidak diukur.".into(),
        "Disusun pada kotak setengah derajat; di kecamatan model ini pindahan dan ditampilkan tanpa persentase.".into(),
    ];
    if company {
        limits.insert(0, "Tidak ada daftar terbuka konflik warga–perusahaan: semua angka dipinjam dari warga–warga, termasuk angka dasarnya, sampai kabupaten punya data sendiri.".into());
    }
    Indonesian {
        intended_use: "perkiraan awal bagaimana risiko mengikuti kejadian yang baru lalu di sekitar, sampai kabupaten punya cukup kejadian terverifikasi sendiri. Hanya untuk tim terpadu, sebagai tingkat dengan sebabnya.".into(),
        limits,
        harm: vec![
            "Bisa menandai suatu masyarakat sebagai berbahaya karena tempat tinggalnya atau karena apa yang dilaporkan tentang mereka: jangan ditampilkan kepada umum, jangan menurut golongan.".into(),
            "Makin sering patroli, makin banyak yang ditemukan: karena itu temuan patroli tidak ikut dihitung.".into(),
            "Angka tenang di tempat yang warganya tidak melapor bukan berarti damai.".into(),
        ],
    }
}
