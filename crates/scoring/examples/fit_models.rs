//! Fits the models that ship, from the public lists named in their cards. The lists themselves are not shipped:
//! `cargo run --release -p scoring --example fit_models -- FOLDER_OF_LISTS MODELS_FOLDER DATE`

use domain::kind::Kind;
use domain::policy::Policy;
use scoring::events::{EventSource, read};
use scoring::period::{Day, typed_day};
use scoring::train::card::{About, Indonesian};
use scoring::train::serving::TrainingUnit;
use scoring::train::{Believed, DISTRICTS_A_REGENCY, TrainOptions, train};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, lists, models, date] = &arguments[..] else {
        return Err("give the folder of lists, the folder of models and the date for their names".into());
    };
    let (lists, models) = (Path::new(lists), Path::new(models));
    for options in
        [floods(lists)?, clashes(lists, Kind::ResidentResident)?, clashes(lists, Kind::ResidentCompany)?]
    {
        let options = TrainOptions { folder: models.to_path_buf(), date: date.clone(), ..options };
        for artefact in train(&options)? {
            let fitted = &artefact.fitted_on;
            println!(
                "{}: {} rows, {} positives, base rate {:.5}, ridge {}, slope {:.2}",
                artefact.name, fitted.rows, fitted.positives, fitted.base_rate, fitted.ridge, fitted.slope
            );
            for coefficient in &artefact.coefficients {
                println!("    {:14} {:+.4}", coefficient.feature, coefficient.value);
            }
        }
    }
    Ok(())
}

fn day(text: &str) -> Day {
    typed_day(text).unwrap()
}

fn floods_id() -> Indonesian {
    Indonesian {
        intended_use: "perkiraan awal kemungkinan tercatatnya banjir dalam 7 atau 30 hari, dibaca tim terpadu bersama laporannya. Untuk membandingkan tempat; tidak memberi peringatan sendirian.".into(),
        limits: vec![
            "Hanya banjir: longsor, kebakaran, dan bencana lain tidak ada dalam daftarnya dan memakai angka banjir.".into(),
            "Tanggal kejadian, bukan tanggal kabar sampai: dalam penyusunannya setiap catatan dianggap diketahui pada harinya.".into(),
            "Dua tahun, satu setengah untuk penyusunan: musim baru terlihat sekali; El Niño atau La Niña kuat tidak terlihat.".into(),
            "Kerajinan mencatat berbeda antarkabupaten; model ikut mempelajari kerajinan itu.".into(),
            "Disusun pada tingkat kabupaten; di kecamatan model ini pindahan dan ditampilkan tanpa persentase.".into(),
        ],
        harm: vec![
            "Tempat yang jarang mencatat tampak aman dan bisa terlewat: baca kelengkapannya dulu.".into(),
            "Angka rendah bukan izin untuk berhenti mengawasi sungai.".into(),
        ],
    }
}

fn clashes_id(company: bool) -> Indonesian {
    let mut limits: Vec<String> = vec![
        "Pengganti: hanya bentrokan mematikan antarkelompok yang terorganisasi, hampir semuanya sebelum 2005 (Maluku, Poso, Kalimantan). Bentrokan desa tanpa korban jiwa tidak ada di dalamnya.".into(),
        "Disusun bertahun-tahun kemudian dari berita; dalam penyusunannya setiap kejadian dianggap diketahui pada harinya.".into(),
        "Kejadiannya sedikit: setiap koefisien sangat tidak pasti.".into(),
        "Angka dasar di tempat pemakaian diperkirakan dari sumber lain, tidak diukur.".into(),
        "Disusun pada kabupaten tahun 1998–2005; di kecamatan sekarang model ini pindahan dan ditampilkan tanpa persentase.".into(),
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

fn floods(lists: &Path) -> Result<TrainOptions, Box<dyn std::error::Error>> {
    let events = read(&EventSource {
        path: lists.join("bnpb_floods_2020_2021/BNPB.csv.gz"),
        unit: "ID Kabupaten".into(),
        time: "Tanggal Kejadian".into(),
        parent: Some("Provinsi".into()),
        ..EventSource::default()
    })?;
    events.notes.iter().for_each(|note| println!("note: {note}"));
    let hit = events.rows.iter().map(|event| &event.unit).collect::<std::collections::BTreeSet<_>>().len();
    // Places never hit in the two years: they have no province here, and need none.
    let units = (hit..514).map(|number| format!("never-{number}")).collect();
    let about = About {
        source: "Flood records of BNPB (DIBI), all Indonesia, 1 January 2020 to 31 December 2021: 2,968 floods in 422 of 514 kabupaten and kota.".into(),
        source_id: "Catatan banjir BNPB (DIBI), seluruh Indonesia, 1 Januari 2020 sampai 31 Desember 2021: 2.968 banjir di 422 dari 514 kabupaten dan kota.".into(),
        licence: "Public record of BNPB, attribution asked. The list is not shipped; the coefficients are facts measured on it.".into(),
        intended_use: "A prior for the chance of a flood record in the next 7 or 30 days, shown to a tim terpadu beside the reports themselves. It ranks; it does not warn alone.".into(),
        limits: vec![
            "Floods only: landslides, fires and other disasters are not in the list and take the floods' numbers.".into(),
            "Dates of occurrence, not of arrival: in the fit every record counts as known on its day.".into(),
            "Two years, one and a half in the fit: the season was seen once; a strong El Niño or La Niña was not.".into(),
            "How diligently a kabupaten records differs; the model learns recording as well as water.".into(),
            "Fitted on kabupaten; on a kecamatan it is transferred and shown without a percentage.".into(),
        ],
        harm: vec![
            "Places that record little look safe and may be passed over: read completeness first.".into(),
            "A low number is not permission to stop watching the river.".into(),
        ],
        indonesian: floods_id(),
    };
    Ok(TrainOptions {
        kind: Kind::Disaster,
        events: events.rows,
        units,
        unit: TrainingUnit::Regency,
        from: day("2020-01-01"),
        to: day("2021-12-31"),
        folder: "".into(),
        date: String::new(),
        about,
        regency_rate: None,
        district_rate: Some(Believed {
            a_week: 2968.0 / 514.0 / 104.4 / DISTRICTS_A_REGENCY,
            why: "the fitted rate a regency-week, shared over 14.2 kecamatan, the national average".into(),
        }),
        prior: false,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
        parents: Default::default(),
        neighbours: None,
    })
}

/// Collective violence a regency and week: 1,221 incidents in 2021 (CSIS) over 514 regencies.
const CLASHES_A_WEEK: f64 = 1221.0 / 514.0 / 52.18;

fn clashes(lists: &Path, kind: Kind) -> Result<TrainOptions, Box<dyn std::error::Error>> {
    let source = EventSource {
        path: lists.join("ucdp_ged_indonesia/conflict_data_idn.csv.gz"),
        unit: "adm_2".into(),
        time: "date_start".into(),
        parent: Some("adm_1".into()),
        ..EventSource::default()
    };
    let all = read(&source)?;
    let only = vec![
        ("type_of_violence".to_string(), vec!["2".to_string()]),
        ("date_prec".to_string(), vec!["1".to_string(), "2".to_string()]),
    ];
    let events = read(&EventSource { only, ..source })?;
    events.notes.iter().for_each(|note| println!("note: {note}"));
    let units: std::collections::BTreeSet<String> = all.rows.into_iter().map(|event| event.unit).collect();
    let why = |share: &str| {
        format!(
            "1,221 incidents of collective violence in 2021 (CSIS, public report) over 514 regencies{share}"
        )
    };
    let mut limits = vec![
        "A stand-in: only lethal clashes between organised groups, nearly all before 2005 (Maluku, Poso, Kalimantan). Village clashes without deaths are not in it.".into(),
        "Coded years later from news; in the fit every event counts as known on its day.".into(),
        "Few positives: the intervals of every coefficient are wide, and the ridge is strong.".into(),
        "The base rate where it is used is believed from another source, not measured.".into(),
        "Fitted on kabupaten of 1998–2005; on today's kecamatan it is transferred and shown without a percentage.".into(),
    ];
    let company = kind == Kind::ResidentCompany;
    if company {
        limits.insert(0, "No open list of resident–company conflict was at hand: every number is borrowed from resident–resident, base rate included, until a regency has its own data.".into());
    }
    let about = About {
        source: "Non-state events (type 2) dated to within six days of the UCDP Georeferenced Event Dataset, Indonesia, 1998–2005 (Sundberg and Melander 2013).".into(),
        source_id: "Kejadian antarkelompok tanpa negara (tipe 2), tanggal pasti sampai enam hari, dari UCDP Georeferenced Event Dataset, Indonesia 1998–2005 (Sundberg dan Melander 2013).".into(),
        licence: "CC BY 4.0 (UCDP). The list is not shipped; the coefficients are facts measured on it.".into(),
        intended_use: "A declared prior for how risk follows recent incidents nearby, until a regency has enough verified incidents of its own. Shown to the tim terpadu only, as a level with reasons.".into(),
        limits,
        harm: vec![
            "It can mark a community as dangerous because of where it lives or what was reported about it: never show it publicly, never by group.".into(),
            "More patrols find more incidents: patrol-found incidents are kept out of the counts for this reason.".into(),
            "A quiet number in a place whose people do not report is not peace.".into(),
        ],
        indonesian: clashes_id(company),
    };
    Ok(TrainOptions {
        kind,
        events: events.rows,
        units: units.into_iter().collect(),
        unit: TrainingUnit::Regency,
        from: day("1998-01-01"),
        to: day("2005-12-31"),
        folder: "".into(),
        date: String::new(),
        about,
        regency_rate: Some(Believed { a_week: CLASHES_A_WEEK, why: why("") }),
        district_rate: Some(Believed {
            a_week: CLASHES_A_WEEK / DISTRICTS_A_REGENCY,
            why: why(", shared over 14.2 kecamatan"),
        }),
        prior: company,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
        parents: Default::default(),
        neighbours: None,
    })
}
