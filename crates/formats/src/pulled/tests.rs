//! Warnings and hotspots become signals of the places they are of, and what contradicts itself is not believed.

use super::cap::{CapAlert, CapMessage};
use super::hotspots::Hotspots;
use super::nowcast::{EarlierSignal, Nowcast};
use super::rss::WarningIndex;
use super::{PulledDoubt, PulledError, PulledSignal};
use crate::decode::{Catalog, RecordView, decode};
use crate::taxonomy::Taxonomy;
use domain::author::StampedAuthor;
use domain::kind::{Confidence, FeedClass, Kind};
use domain::place::{Areas, Code, Places};
use domain::report::{Body, Report, Statement};
use domain::time::{HOUR, MINUTE, Time};
use std::collections::BTreeSet;

/// 2026-01-01T00:05:00+07:00, seven minutes after the sample's warning.
const NOW: Time = Time(1_767_200_700_000_000);

fn config(name: &str) -> String {
    let path = format!("{}/../../config/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {path}: {error}"))
}

fn places() -> Places {
    let files = ["16.13", "35.08"].map(|code| (code.to_owned(), config(&format!("districts/{code}.csv"))));
    crate::places::from_csv(&files).unwrap()
}

fn warning(change: impl Fn(String) -> String) -> CapAlert {
    CapAlert::parse(change(config("samples/bmkg-warning.xml")).as_bytes()).unwrap()
}

fn codes(signals: &[PulledSignal]) -> Vec<String> {
    signals.iter().map(|signal| signal.code.to_string()).collect()
}

/// The signal as the intake reads it; it must take it.
fn report(signal: &PulledSignal, places: &Places) -> Report {
    let taxonomy = Taxonomy::parse(&config("taxonomy.toml")).unwrap();
    let author = StampedAuthor::default();
    let record = RecordView {
        bytes: &signal.bytes,
        feed_name: "bmkg",
        class: Some(FeedClass::Sensor),
        areas: &Areas::everywhere(),
        received_at: NOW,
        archive: false,
        author: &author,
    };
    let decoded = decode(&record, &Catalog { places, taxonomy: &taxonomy });
    let report = decoded.unwrap_or_else(|refusal| panic!("{refusal:?}")).report;
    assert_eq!((report.id, report.place.code), (signal.id, signal.code));
    report
}

fn statement(report: &Report) -> Statement {
    let Body::Statement(statement) = &report.body else { panic!("{report:?}") };
    *statement
}

#[test]
fn a_warning_is_a_signal_of_each_kecamatan_it_names_and_draws() {
    let places = places();
    let document = warning(|text| text);
    let nowcast = Nowcast::of(&document, &places);
    assert_eq!(nowcast.doubts, []);
    let signals = nowcast.signals(&BTreeSet::new(), NOW);
    assert_eq!(codes(&signals), ["16.13.04", "16.13.06", "16.13.07"]);
    let read = report(&signals[0], &places);
    let own = statement(&read);
    assert_eq!((own.kind, own.category.to_string().as_str(), own.severity), (Kind::Disaster, "WA-08", 3));
    assert_eq!(read.reported_at, NOW.plus(-7 * MINUTE));
    assert_eq!(own.occurred_at, read.reported_at, "what it warns of begins later");
    let text = String::from_utf8(signals[0].bytes.clone()).unwrap();
    assert!(text.contains("berlaku 00.10 sampai 03.10 WIB. Sumber: BMKG."), "{text}");
    // Read again it is the same, byte for byte.
    assert_eq!(Nowcast::of(&warning(|text| text), &places).signals(&BTreeSet::new(), NOW), signals);
    assert_eq!(nowcast.signals(&BTreeSet::new(), NOW.plus(4 * HOUR)), [], "it is over");
}

#[test]
fn a_name_and_a_drawing_that_contradict_each_other_are_asked_about() {
    let places = places();
    let doubts = |change: &dyn Fn(String) -> String| {
        let document = warning(change);
        let nowcast = Nowcast::of(&document, &places);
        let doubts: Vec<String> =
            nowcast.doubts.iter().map(|own| format!("{} {}", own.word, own.name)).collect();
        (codes(&nowcast.signals(&BTreeSet::new(), NOW)), doubts)
    };
    let (taken, asked) = doubts(&|text| text.replace("RAWAS ILIR, ", ""));
    assert_eq!((taken.len(), asked), (2, vec!["unnamed Rawas Ilir".to_owned()]));
    let (taken, asked) = doubts(&|text| text.replace("102.", "105.").replace("103.", "106."));
    let far = ["far Rawas Ilir", "far Karang Jaya", "far Ulu Rawas"].map(str::to_owned);
    assert_eq!((taken, asked), (vec![], far.to_vec()), "kecamatan of those names elsewhere");
    let (taken, asked) = doubts(&|text| text.replace("RAWAS ILIR", "RWS. ILIR"));
    assert_eq!((taken.len(), asked.len()), (3, 0), "another spelling, and it lies there");
    let (taken, asked) =
        doubts(&|text| text.replace("di BTS. ULU, KARANG JAYA, RAWAS ILIR, ULU RAWAS", "di beberapa tempat"));
    assert_eq!((taken.len(), asked.len()), (0, 3), "a list that names others: {asked:?}");
    // An older wording says of which regency the kecamatan are.
    let undrawn = |text: String| {
        let (head, rest) = text.split_once("<polygon>").unwrap();
        let (_, tail) = rest.rsplit_once("</polygon>").unwrap();
        format!("{head}{tail}")
    };
    let list = "BTS. ULU, KARANG JAYA, RAWAS ILIR, ULU RAWAS";
    for older in [
        "Kabupaten Musi Rawas: BTS. ULU; Kabupaten Musi Rawas Utara: KARANG JAYA, RAWAS ILIR, ULU RAWAS; dan sekitarnya",
        "wilayah Kab. Musi Rawas Utara: Karang Jaya, Rawas Ilir dan Ulu Rawas dan sekitarnya",
    ] {
        let (taken, asked) = doubts(&|text| text.replace(list, older));
        assert_eq!((taken.len(), asked.len()), (3, 0), "{older}: {asked:?}");
        let (taken, asked) = doubts(&|text| undrawn(text.replace(list, older)));
        assert_eq!((taken.len(), asked.len()), (3, 0), "{older}: {asked:?}");
    }
    let other = "Kabupaten Ogan Ilir: Karang Jaya, Rawas Ilir, Ulu Rawas";
    let (taken, _) = doubts(&|text| undrawn(text.replace(list, other)));
    assert_eq!(taken, Vec::<String>::new(), "kecamatan of those names in another regency");
    let (taken, asked) = doubts(&|text| text.replace("khususnya di", "yaitu di"));
    assert_eq!((taken.len(), asked.len()), (3, 0), "nothing is named, the drawing says where");
    let (taken, asked) = doubts(&|text| text.replace(".17.16.001", ".17.35.001"));
    assert_eq!((taken, asked), (vec![], vec!["province Sumatera Selatan".to_owned()]));
    let (taken, _) = doubts(&|text| {
        text.replace("Sumatera Selatan</areaDesc>", "Jawa Barat</areaDesc>").replace(".17.16.", ".17.32.")
    });
    assert_eq!(taken, Vec::<String>::new(), "Karang Jaya of Tasikmalaya");
    let (taken, asked) = doubts(&|text| {
        let (head, rest) = text.split_once("<polygon>").unwrap();
        let (_, tail) = rest.rsplit_once("</polygon>").unwrap();
        format!("{head}{tail}")
    });
    assert_eq!((taken.len(), asked.len()), (3, 0), "no drawing, the names say where");
}

#[test]
fn an_update_corrects_and_a_cancellation_takes_back_what_there_is() {
    let places = places();
    let old = "2.49.0.1.360.0.2025.12.31.17.16.001";
    let first = warning(|text| text);
    let taken = Nowcast::of(&first, &places).signals(&BTreeSet::new(), NOW);
    let follows = |kind: &str| {
        let references = format!(
            "<msgType>{kind}</msgType><references>contoh@example.org,{old},2025-12-31T23:58:00+07:00</references>"
        );
        warning(|text| {
            let text = text.replace("<msgType>Alert</msgType>", &references);
            let text = text
                .replace(&format!("<identifier>{old}"), "<identifier>2.49.0.1.360.0.2025.12.31.17.16.002");
            text.replace("RAWAS ILIR, ", "").replacen("23:58:00", "23:59:00", 1)
        })
    };
    let update = follows("Update");
    assert_eq!((update.message, update.references.as_slice()), (CapMessage::Update, &[old.to_owned()][..]));
    let nowcast = Nowcast::of(&update, &places);
    let known: BTreeSet<EarlierSignal> =
        nowcast.earlier().into_iter().filter(|own| taken.iter().any(|signal| signal.id == own.id)).collect();
    assert_eq!(known.len(), 3);
    let corrected = nowcast.signals(&known, NOW);
    assert_eq!(codes(&corrected), ["16.13.06", "16.13.07", "16.13.04"]);
    let of = |code: u32| taken.iter().find(|signal| signal.code == Code(code)).unwrap().id;
    assert_eq!(statement(&report(&corrected[0], &places)).supersedes, Some(of(161_306)));
    assert_eq!(report(&corrected[2], &places).body, Body::Retraction { target: of(161_304) });
    let none_known = nowcast.signals(&BTreeSet::new(), NOW);
    assert_eq!(codes(&none_known), ["16.13.06", "16.13.07"], "nothing is taken back that nobody took");
    assert_eq!(statement(&report(&none_known[0], &places)).supersedes, None);
    let cancel = follows("Cancel");
    let cancelled = Nowcast::of(&cancel, &places).signals(&known, NOW.plus(9 * HOUR));
    assert_eq!(codes(&cancelled), ["16.13.04", "16.13.06", "16.13.07"]);
    assert!(cancelled.iter().all(|own| matches!(report(own, &places).body, Body::Retraction { .. })));
    // The danger is over, though all of the warning stands there again.
    let clear = |kind: &str| {
        let over = "<responseType>AllClear</responseType>";
        let mut document = follows(kind);
        assert!(!document.parts.iter().any(|part| part.is_all_clear));
        document = CapAlert::parse(
            config("samples/bmkg-warning.xml")
                .replace("<urgency>", &format!("{over}<urgency>"))
                .replace("<msgType>Alert</msgType>", &format!("<msgType>{kind}</msgType>"))
                .as_bytes(),
        )
        .map(|own| CapAlert { references: document.references, ..own })
        .unwrap();
        document
    };
    let ended = Nowcast::of(&clear("Update"), &places).signals(&known, NOW);
    assert_eq!(codes(&ended), ["16.13.04", "16.13.06", "16.13.07"], "each is taken back");
    assert!(ended.iter().all(|own| matches!(report(own, &places).body, Body::Retraction { .. })));
    assert_eq!(Nowcast::of(&clear("Alert"), &places).signals(&BTreeSet::new(), NOW), [], "nothing warns");
    for other in ["Exercise", "Test", "Draft"] {
        let document = warning(|text| text.replace("<status>Actual", &format!("<status>{other}")));
        assert_eq!(Nowcast::of(&document, &places).signals(&known, NOW), [], "{other}");
    }
}

#[test]
fn an_index_says_which_documents_may_be_of_us() {
    let index = WarningIndex::parse(config("samples/bmkg-index.xml").as_bytes()).unwrap();
    let ours = |provinces: &[u32]| -> Vec<bool> {
        index.items.iter().map(|item| item.may_concern(provinces)).collect()
    };
    assert_eq!(
        (ours(&[16]), ours(&[75]), ours(&[35])),
        (vec![true, false], vec![false, true], vec![false, false])
    );
    let bare = config("samples/bmkg-index.xml").replace(" di Gorontalo", "").replace(".17.75.001", "x");
    let index = WarningIndex::parse(bare.as_bytes()).unwrap();
    assert!(index.items[1].may_concern(&[16]), "what says nothing may be of anybody");
    let bare = config("samples/bmkg-index.xml")
        .replacen("<link>https", "<lnk>https", 1)
        .replacen("</link>", "</lnk>", 1);
    let index = WarningIndex::parse(bare.as_bytes()).unwrap();
    assert_eq!((index.items.len(), index.doubts.len()), (1, 1));
}

#[test]
fn what_is_no_warning_is_refused_with_the_reason() {
    let good = config("samples/bmkg-warning.xml");
    let error = |text: &str| CapAlert::parse(text.as_bytes()).unwrap_err();
    for end in [0, 200, 900, good.find("</headline>").unwrap() + 4, good.len() - 5] {
        assert_eq!(error(&good[..end]), PulledError::CutOff, "{end}");
    }
    let bomb = "<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;\">]><alert>&c;</alert>";
    assert!(matches!(error(bomb), PulledError::Unsafe(_)));
    let unused = good.replacen("<alert", "<!DOCTYPE alert [<!ENTITY c \"x\">]><alert", 1);
    assert!(matches!(error(&unused), PulledError::Unsafe(_)));
    assert!(matches!(error("<alert>&c;</alert>"), PulledError::Unsafe(_)));
    assert!(matches!(error(&"<a>".repeat(5_000)), PulledError::Unsafe(_)));
    let wide = format!("<alert>{}</alert>", "<a/>".repeat(200_000));
    assert!(matches!(error(&wide), PulledError::Unsafe(_)));
    let page = "<!DOCTYPE html><html><body>Galat</body></html>";
    assert_eq!(error(page), PulledError::OtherDocument { found: "html".into(), wanted: "xml" });
    assert!(matches!(error("Service Unavailable"), PulledError::NotXml(_)));
    assert!(matches!(error("<alert></info>"), PulledError::NotXml(_)));
    assert!(matches!(error(&good.replace("cap:1.2", "cap:9")), PulledError::OtherDocument { .. }));
    assert_eq!(error(&good.replace("<sent>2025-12-31T", "<sent>kemarin ")), PulledError::Lacks("sent"));
    assert_eq!(error(&good.replace("msgType>Alert", "msgType>Halo")), PulledError::Lacks("msgType"));
    let marked = format!("\u{feff}{good}");
    assert!(CapAlert::parse(marked.as_bytes()).is_ok(), "a byte order mark");
    assert!(matches!(WarningIndex::parse(good.as_bytes()), Err(PulledError::OtherDocument { .. })));
}

#[test]
fn a_hotspot_is_a_signal_of_the_place_it_names() {
    let places = places();
    let hotspots = Hotspots::parse(config("samples/sipongi.json").as_bytes(), &places).unwrap();
    assert_eq!(
        (codes(&hotspots.signals), hotspots.elsewhere),
        (vec!["16.13.04".into(), "16.13.03".into()], 1)
    );
    assert!(hotspots.doubts.is_empty(), "{:?}", hotspots.doubts);
    let read = report(&hotspots.signals[0], &places);
    let own = statement(&read);
    assert_eq!(
        (own.category.to_string().as_str(), own.severity, own.confidence),
        ("WA-04", 1, Some(Confidence::High))
    );
    assert!(read.place.village > 0, "the village is named");
    assert_eq!(statement(&report(&hotspots.signals[1], &places)).confidence, Some(Confidence::Nominal));
    assert_eq!(Hotspots::parse(config("samples/sipongi.json").as_bytes(), &places).unwrap(), hotspots);
}

#[test]
fn a_hotspot_that_contradicts_itself_is_asked_about() {
    let places = places();
    let of = |from: &str, to: &str| {
        let text = config("samples/sipongi.json");
        assert!(text.contains(from), "{from}");
        let hotspots = Hotspots::parse(text.replacen(from, to, 1).as_bytes(), &places).unwrap();
        let doubts: Vec<&str> = hotspots.doubts.iter().map(|doubt: &PulledDoubt| doubt.word).collect();
        (hotspots.signals, doubts)
    };
    let (signals, doubts) = of("[103.17, -2.61]", "[110.17, -7.61]");
    assert_eq!((codes(&signals), doubts), (vec!["16.13.03".into()], vec!["point_far"]));
    let text =
        config("samples/sipongi.json").replacen("\"kecamatan\": \"Nibung\"", "\"kecamatan\": \"Antah\"", 1);
    let text = text.replace("102.9", "107.9").replace("103.0", "108.0");
    let doubts = Hotspots::parse(text.as_bytes(), &places).unwrap().doubts;
    assert!(doubts.iter().any(|doubt| doubt.word == "point_far"), "far from the whole regency: {doubts:?}");
    for elsewhere in ["[-2.61, 103.17]", "[0, 0]", "[150.3, -33.9]", "[\"101.7\", \"13.7\"]"] {
        let (signals, doubts) = of("[103.17, -2.61]", elsewhere);
        assert_eq!((codes(&signals), doubts), (vec!["16.13.03".into()], vec!["point"]), "{elsewhere}");
    }
    let (signals, doubts) = of("[103.17, -2.61]", "[]");
    assert_eq!((signals.len(), doubts), (2, vec!["no_point"]), "not given: the name alone");
    let beside = |lat: &str| {
        let (signals, doubts) = of(
            "{\"date_hotspot_ori\"",
            &format!("{{\"lat\": {lat}, \"long\": \"103.17\", \"date_hotspot_ori\""),
        );
        (signals.len(), doubts)
    };
    assert_eq!(beside("-2.61"), (2, vec![]));
    assert_eq!(beside("-33.9"), (1, vec!["point"]), "one of its two points lies elsewhere");
    assert_eq!(beside("-7.61"), (1, vec!["point_far"]), "one of its two points lies far off");
    let (signals, doubts) = of("RAWAS ILIR", "ANTAH BERANTAH");
    assert_eq!(codes(&signals), ["16.13.04", "16.13.03"], "its village says where");
    assert_eq!(doubts, Vec::<&str>::new());
    let (signals, doubts) = of("\"kecamatan\": \"Nibung\"", "\"kecamatan\": \"Antah\"");
    assert_eq!((codes(&signals), doubts), (vec!["16.13.04".into(), "16.13".into()], vec!["district"]));
    let (signals, doubts) = of("2025-12-31T16:20:00.000000Z", "2025-12-31 16:20");
    assert_eq!((signals.len(), doubts), (1, vec!["time"]));
    let (signals, _) = of("\"SUMATERA SELATAN\"", "\"LAMPUNG\"");
    assert_eq!(signals.len(), 1, "another province's");
    let (signals, _) = of("\"confidence\": 90", "\"confidence\": 12");
    assert_eq!(
        statement(&report(&signals[0], &places)).confidence,
        Some(Confidence::Low),
        "the lower of the two"
    );
}

#[test]
fn what_is_no_list_of_hotspots_is_refused_with_the_reason() {
    let places = places();
    let text = config("samples/sipongi.json");
    let error = |text: &str| Hotspots::parse(text.as_bytes(), &places).unwrap_err();
    assert_eq!(error(&text[..text.len() / 2]), PulledError::CutOff);
    assert_eq!(error(""), PulledError::CutOff);
    assert!(matches!(error("<html></html>"), PulledError::NotJson(_)));
    assert_eq!(error("{\"message\": \"galat\"}"), PulledError::Lacks("features"));
    let deep = format!("{{\"features\":[{{\"properties\":{}1{}}}]}}", "[".repeat(9_000), "]".repeat(9_000));
    assert!(matches!(error(&deep), PulledError::NotJson(_)));
    assert!(Hotspots::parse(format!("\u{feff}{text}").as_bytes(), &places).is_ok(), "a byte order mark");
    let odd = text.replace("\"NASA-SNPP\"", "7").replace("\"desa\": \"\"", "\"desa\": null");
    assert_eq!(Hotspots::parse(odd.as_bytes(), &places).unwrap().signals.len(), 2);
}

/// The agency's own payloads, where they are at hand.
#[test]
fn bmkgs_own_payloads_are_read() {
    let folder = std::env::var("KENTONGAN_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
    let folder = std::path::Path::new(&folder).join("data/bmkg_feeds");
    let (Ok(index), Ok(document)) = (
        std::fs::read(folder.join("nowcast-rss-id.xml")),
        std::fs::read(folder.join("cap-id-CGT20260924002_alert.xml")),
    ) else {
        return println!("skipped: there is no data at '{}'; set KENTONGAN_SHARED", folder.display());
    };
    let index = WarningIndex::parse(&index).unwrap();
    assert_eq!((index.items.len(), index.doubts.len()), (11, 0));
    let ours: Vec<&str> =
        index.items.iter().filter(|item| item.may_concern(&[16])).map(|item| item.name.as_str()).collect();
    assert_eq!(ours, ["2.49.0.1.360.0.2026.09.24.07.16.003"]);
    let document = CapAlert::parse(&document).unwrap();
    assert_eq!((document.parts.len(), document.parts[0].polygons.len()), (1, 4));
    let list = "75.02,Kabupaten Boalemo\n75.02.08,Mananggu\n75.02.01,Paguyaman\n75.04,Kabupaten Pohuwato\n75.04.11,Dengilo\n";
    let places = crate::places::from_list("l", list).unwrap();
    let signals = Nowcast::of(&document, &places).signals(&BTreeSet::new(), document.sent);
    assert_eq!(codes(&signals), ["75.02.08", "75.04.11"]);
}
