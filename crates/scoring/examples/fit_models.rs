//! Fits the models of floods that ship, from the public list named in their cards (`fit_prior` fits the others). The list itself is not shipped:
//! `cargo run --release -p scoring --example fit_models -- FOLDER_OF_LISTS MODELS_FOLDER DATE`

use domain::kind::Kind;
use domain::policy::AlarmBudget;
use scoring::events::{Event, EventSource, read, read_text};
use scoring::period::{Day, typed_day};
use scoring::train::card::{About, Indonesian};
use scoring::train::districts::DistrictList;
use scoring::train::serving::TrainingUnit;
use scoring::train::{Believed, DISTRICTS_A_REGENCY, TrainOptions, train};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, lists, models, date] = &arguments[..] else {
        return Err("give the folder of lists, the folder of models and the date for their names".into());
    };
    let (lists, models) = (Path::new(lists), Path::new(models));
    let options = TrainOptions { folder: models.to_path_buf(), date: date.clone(), ..floods(lists)? };
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
            "Disusun pada tingkat kabupaten; di kecamatan model ini pindahan, digeser menurut kecamatan yang disebut catatan yang sama (banyak catatan tidak menyebutnya), dan ditampilkan tanpa persentase.".into(),
        ],
        harm: vec![
            "Tempat yang jarang mencatat tampak aman dan bisa terlewat: baca kelengkapannya dulu.".into(),
            "Angka rendah bukan izin untuk berhenti mengawasi sungai.".into(),
        ],
    }
}

fn floods(lists: &Path) -> Result<TrainOptions, Box<dyn std::error::Error>> {
    let path = lists.join("bnpb_floods_2020_2021/BNPB.csv.gz");
    let events = read(&EventSource {
        path: path.clone(),
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
            "Fitted on kabupaten; on a kecamatan it is transferred, with a shift measured on the kecamatan that the same records name (many name none), and shown without a percentage.".into(),
        ],
        harm: vec![
            "Places that record little look safe and may be passed over: read completeness first.".into(),
            "A low number is not permission to stop watching the river.".into(),
        ],
        indonesian: floods_id(),
    };
    let districts = districts(&path)?;
    Ok(TrainOptions {
        districts: Some(districts),
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
            why: "the fitted rate a regency-week, shared over 14.2 kecamatan, the national average (beside the measured one)".into(),
        }),
        prior: false,
        false_alarms_ppm: AlarmBudget::USUAL.models_ppm(),
        parents: Default::default(),
        neighbours: None,
    })
}

/// The kecamatan that the records name ("Kec. NAME"), and as many more in each kabupaten as there are on average.
fn districts(path: &Path) -> Result<DistrictList, Box<dyn std::error::Error>> {
    let text = read_text(path)?;
    let rows = text.lines().skip(2).map(|line| line.split(';').collect::<Vec<&str>>());
    let (mut events, mut named) = (Vec::new(), BTreeMap::<String, BTreeSet<String>>::new());
    for row in rows.filter(|row| row.len() > 5) {
        let Ok(day) = typed_day_first(row[2]) else { continue };
        let own = named.entry(row[1].to_owned()).or_default();
        for unit in districts_in(row[4]).map(|name| format!("{}/{name}", row[1])) {
            own.insert(unit.clone());
            let parent = Some(row[1].to_owned());
            events.push(Event { unit, parent, day, received: day, gone: None, severity: None });
        }
    }
    for number in named.len()..514 {
        named.insert(format!("never-{number}"), BTreeSet::new());
    }
    let mut parents = BTreeMap::new();
    for (regency, own) in named {
        let more =
            (own.len()..DISTRICTS_A_REGENCY as usize).map(|number| format!("{regency}/other {number}"));
        for unit in more.chain(own.iter().cloned()) {
            parents.insert(unit, regency.clone());
        }
    }
    let source = "the kecamatan that the same flood records name, and as many never named as the national average asks for";
    Ok(DistrictList { events, units: parents.keys().cloned().collect(), parents, source: source.to_owned() })
}

/// The list writes the day first.
fn typed_day_first(text: &str) -> Result<Day, Box<dyn std::error::Error>> {
    let parts: Vec<&str> = text.split('/').collect();
    let [day, month, year] = parts[..] else { return Err("no date".into()) };
    Ok(typed_day(&format!("{year}-{month}-{day}"))?)
}

/// Up to three words behind each "Kec." that are no abbreviation and no word for a village.
fn districts_in(place: &str) -> impl Iterator<Item = String> {
    let of = |rest: &str| -> String {
        let is_name = |word: &&str| {
            let starts = word.chars().next().is_some_and(char::is_uppercase);
            starts
                && !word.contains('.')
                && !["Gampong", "Desa", "Kelurahan", "Nagari", "Kel", "Ds"].contains(word)
        };
        let words: Vec<&str> = rest.split_whitespace().take_while(is_name).take(3).collect();
        words.join(" ").to_lowercase().trim_end_matches(',').to_owned()
    };
    place.split("Kec.").skip(1).map(of).filter(|name| !name.is_empty())
}
