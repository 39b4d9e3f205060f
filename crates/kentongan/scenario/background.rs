//! What happens anyway: small incidents, zero-reports, hotspots, late and repeated reports.

use crate::places::{self, Feed};
use crate::record::{Content, DAY, Dice, HOUR, MINUTE, Record, Seconds, quoted};
use crate::story::{nothing, statement};

const DAYS: i64 = 90;

/// District, and how many small incidents a hundred days bring: company, neighbours, nature.
const RATES: [(&str, [i64; 3]); 7] = [
    ("16.13.01", [2, 8, 5]),
    ("16.13.02", [4, 6, 4]),
    ("16.13.03", [4, 6, 5]),
    ("16.13.04", [2, 6, 4]),
    ("16.13.05", [3, 5, 4]),
    ("16.13.06", [4, 6, 5]),
    ("16.13.07", [1, 4, 5]),
];

/// Category, severity, text: three lists, by kind.
const SMALL: [&[(&str, &str, &str)]; 3] = [
    &[
        ("WP-11", "1", "jalan desa berlubang dilewati truk perusahaan"),
        ("WP-11", "1", "debu truk dikeluhkan warga"),
        ("WP-12", "1", "warga menanyakan lowongan tenaga lokal"),
        ("WP-12", "1", "upah harian terlambat dibayar"),
        ("WP-13", "1", "janji perbaikan jalan dari perusahaan belum terlaksana"),
        ("WP-10", "1", "bau dari kolam limbah dikeluhkan"),
        ("WP-02", "1", "warga menanyakan batas izin dengan kebun miliknya"),
        ("WP-09", "1", "beberapa tandan buah sawit hilang dari kebun"),
    ],
    &[
        ("WW-02", "1", "cekcok pemuda saat orgen tunggal, dilerai perangkat desa"),
        ("WW-02", "2", "perkelahian pemuda, dua orang lecet"),
        ("WW-05", "1", "beda pendapat batas kebun, dimusyawarahkan"),
        ("WW-05", "1", "rebutan giliran air sawah"),
        ("WW-05", "1", "sengketa waris dibawa ke balai desa"),
        ("WW-12", "1", "kambing hilang dari kandang"),
        ("WW-12", "1", "getah karet hilang dari kebun"),
        ("WW-09", "1", "warga menanyakan daftar penerima bantuan"),
        ("WW-08", "1", "warga memprotes jadwal kerja bakti"),
        ("WW-15", "1", "beda pendapat tempat memasang jaring di sungai"),
    ],
    &[
        ("WA-08", "1", "pohon tumbang menutup jalan, sudah dibersihkan"),
        ("WA-08", "2", "atap tiga rumah rusak terkena angin"),
        ("WA-02", "1", "parit tersumbat, air menggenang sebentar"),
        ("WA-03", "1", "semak terbakar di tepi jalan, padam"),
        ("WA-11", "1", "beruang masuk kebun, dihalau warga"),
        ("WA-12", "2", "dapur satu rumah terbakar, padam dalam setengah jam"),
        ("WA-09", "1", "sumur mulai kering, warga mengambil air sungai"),
        ("WA-13", "1", "papan jembatan lepas, sudah diberi tanda"),
    ],
];

pub fn incidents() -> Vec<Record> {
    let mut records = Vec::new();
    for (district, rates) in RATES {
        for (list, rate) in SMALL.iter().zip(rates) {
            let mut dice = Dice::new(&format!("{district} {}", list[0].0));
            for day in 0..DAYS {
                if dice.percent(rate) {
                    incident(&mut records, &mut dice, district, list, day);
                }
            }
        }
    }
    records
}

/// One small incident, reported by the village and now and then by a second source.
fn incident(out: &mut Vec<Record>, dice: &mut Dice, district: &str, list: &[(&str, &str, &str)], day: i64) {
    let (category, severity, text) = *dice.pick(list);
    let (village, centre) = *dice.pick(&places::villages(district));
    let occurred = day * DAY + dice.between(5 * 60, 22 * 60) * MINUTE;
    let sources: Vec<Feed> = places::feeds().filter(|feed| tells(feed, district, category)).collect();
    let second = dice.percent(30).then(|| sources[dice.between(1, sources.len() as i64) as usize]);
    for feed in [Some(sources[0]), second].into_iter().flatten() {
        let reported = occurred + dice.between(20, 600) * MINUTE;
        let name = format!("{} {village} {day} {category}", feed.name);
        let mut record = blank(name, feed, occurred, reported, reported + delay(dice, district));
        let summary = if dice.percent(12) { "" } else { text };
        statement(&mut record, village, category, severity, summary);
        if feed.class != "village" {
            record.set("reliability", quoted(if feed.class == "company" { "C" } else { "A" }));
            position(&mut record, dice, centre);
        }
        if feed.class == "police" && dice.percent(25) {
            record.set("found_by", quoted("patrol"));
        }
        if dice.percent(5) {
            let mut copy = record.clone();
            copy.received += dice.between(3, 240) * MINUTE;
            out.push(copy);
        }
        out.push(record);
    }
}

/// The village first, then who else may speak of it.
fn tells(feed: &Feed, district: &str, category: &str) -> bool {
    match feed.class {
        "village" => feed.place == district,
        "police" => feed.place == district || feed.place.len() == 5,
        "community" => category.starts_with("WW"),
        "company" => category.starts_with("WP") && (feed.place == district || feed.place.len() == 5),
        "agency" => category.starts_with("WA") == feed.name.starts_with("bpbd"),
        _ => false,
    }
}

/// Mostly minutes, sometimes hours, seldom days or weeks; longer where signal is poor.
fn delay(dice: &mut Dice, district: &str) -> Seconds {
    let poor = if district == "16.13.07" { 20 } else { 0 };
    match dice.between(0, 100) - poor {
        ..1 => dice.between(24 * 60, 5 * 24 * 60) * MINUTE,
        1..3 => dice.between(8, 21) * DAY,
        3..11 => dice.between(2, 20) * HOUR,
        _ => dice.between(1, 15) * MINUTE,
    }
}

/// Zero-reports: villages on Monday and Thursday, the others once a week; each begins after what its feed last reported.
pub fn zero_reports(reports: &[Record]) -> Vec<Record> {
    let mut records = Vec::new();
    for feed in places::feeds().filter(|feed| !matches!(feed.class, "sensor" | "desk" | "agency")) {
        let mut dice = Dice::new(&format!("nihil {}", feed.name));
        let mut from = 0;
        for day in 1..DAYS {
            let due = day % 7 == 0 || feed.class == "village" && day % 7 == 3;
            if !due || dice.percent(4) {
                continue;
            }
            let reported = day * DAY + 7 * HOUR + dice.between(0, 150) * MINUTE;
            let own = reports.iter().filter(|record| record.feed == feed.name && record.occurred < reported);
            let start = own.map(|record| record.occurred + HOUR).max().unwrap_or(0).max(from);
            if reported - start >= 12 * HOUR {
                let received = reported + delay(&mut dice, feed.place);
                let mut record = blank(format!("nihil {} {day}", feed.name), feed, start, reported, received);
                nothing(&mut record, zero_place(feed), start);
                records.push(record);
            }
            from = reported;
        }
    }
    records
}

/// What a feed can vouch for: the two posts of the army only the district they stand in.
fn zero_place(feed: Feed) -> &'static str {
    match feed.name {
        "koramil-rawas-ilir" => "16.13.04",
        "koramil-rawas-ulu" => "16.13.02",
        "pt-contoh-tambang" => "16.13.03",
        _ => feed.place,
    }
}

/// Satellite hotspots: many in the dry weeks, few once the rain has come. Signals, not incidents.
pub fn hotspots() -> Vec<Record> {
    let mut records = Vec::new();
    let mut dice = Dice::new("hotspots");
    let feed = places::feed("sensor-titik-panas");
    let districts: Vec<&str> = places::districts().collect();
    for day in 0..DAYS {
        let most = if day < 45 { 5 } else { 2 };
        for pass in 0..dice.between(0, most) {
            let district = *dice.pick(&districts);
            let (_, centre) = *dice.pick(&places::villages(district));
            let occurred =
                day * DAY + if pass % 2 == 0 { 13 * HOUR } else { 2 * HOUR } + dice.between(0, 50) * MINUTE;
            let reported = occurred + dice.between(60, 180) * MINUTE;
            let mut record =
                blank(format!("hotspot {day} {pass}"), feed, occurred, reported, reported + 5 * MINUTE);
            let confidence = dice.between(30, 95);
            statement(
                &mut record,
                district,
                "WA-04",
                "1",
                &format!("titik panas, tingkat kepercayaan {confidence}"),
            );
            position(&mut record, &mut dice, centre);
            records.push(record);
        }
    }
    records
}

fn blank(name: String, feed: Feed, occurred: Seconds, reported: Seconds, received: Seconds) -> Record {
    Record {
        name,
        feed: feed.name.to_owned(),
        occurred,
        reported,
        received,
        moment: None,
        content: Content::Fields(Vec::new()),
    }
}

/// Somewhere within about a kilometre of the village's centre.
fn position(record: &mut Record, dice: &mut Dice, (lat, lon): (f64, f64)) {
    let mut near = |degrees: f64| format!("{:.4}", degrees + dice.between(-90, 91) as f64 / 10_000.0);
    let (lat, lon) = (near(lat), near(lon));
    record.set("lat", lat);
    record.set("lon", lon);
}
