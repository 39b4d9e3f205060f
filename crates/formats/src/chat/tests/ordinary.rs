//! What police and camats write on ordinary days: nothing of it is more than it says. All of it is made up.

use super::wording::{harm, last, proposal};
use super::*;

fn code(text: &str) -> Option<String> {
    proposal(&last(14, &[text])).category.as_ref().map(|found| found.value.to_string())
}

/// Who is counted in it is at work.
#[test]
fn a_nihil_that_counts_people_at_work_stays_a_nihil() {
    for text in [
        "Kapolsek Toho: Situasi aman terkendali, patroli 2 anggota Polsek Toho",
        "Kapolsek Toho: Kec. Toho nihil, dipimpin 3 personel piket",
        "Kapolsek Toho: Wil Kec. Toho nihil, 4 personel Koramil melaksanakan patroli",
        "Kapolsek Toho: nihil kejadian di Kec. Toho, apel pagi 12 anggota Polsek",
        "Kapolsek Toho: sitkam Kec. Toho kondusif, ronda malam 6 warga RT 3",
        "Kapolsek Toho: Kec. Toho aman, nihil, kunjungan Kapolda 20 personel Brimob",
        "Camat Toho: Kec. Toho nihil, rapat dengan 15 kades sekecamatan",
        "Camat Toho: situasi kondusif, musdes di Terap 40 warga desa Terap",
        "Camat Toho: Kec. Toho nihil, penyaluran sembako 40 KK",
        "Camat Toho: situasi wilayah Toho aman, 3 petugas PLN memperbaiki gardu",
        "Bhabin Toho: nihil, sambang 5 warga Terap binaan",
        "Bhabin Toho: Sitkamtibmas Terap kondusif, 2 personel Bhabinkamtibmas piket",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::Quiet(_)), "{text}: {passage:?}");
    }
    for text in [
        "Camat Toho: rapat dihadiri 50 warga desa Terap",
        "Camat Toho: penyuluhan kepada 20 petani kopi Terap",
        "Camat Toho: posyandu Terap 35 balita ditimbang",
        "Camat Toho: penyaluran sembako di Terap untuk 40 KK berjalan lancar",
        "Camat Toho: panen raya 2 ha di Terap bersama bupati",
        "Kapolsek Toho: apel gabungan di Toho 30 personel TNI Polri",
        "Kapolsek Toho: kerja bakti di Terap 60 warga RT 2",
        "Kapolsek Toho: pengajian di Terap, 4 anggota Polsek Toho",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::LeftOut(_)), "{text}: {passage:?}");
    }
    // Words that name a harm are not passed over.
    for text in [
        "Kapolsek Toho: situasi aman terkendali, 2 warga Terap keracunan",
        "Kapolsek Toho: situasi aman, 1 anggota Polsek Toho meninggal",
        "Kades Galang: 3 warga desa Galang qaxat",
        "Kades Galang: saat gotong royong 1 warga tertimpa kayu",
        "Kades Galang: 17 rumah kemasukan air, sdh koordinasi dengan BPBD",
        "Kades Galang: gagal panen 12 ha",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{text}: {passage:?}");
    }
}

#[test]
fn an_hour_is_no_blow_and_an_arrest_no_blockade() {
    for (text, category) in [
        ("Kapolsek Toho: Karyawan PT unras di depan pabrik Terap pukul 09.00 WIB", Some("WP-06")),
        ("Kapolsek Toho: karyawan PT mogok kerja di Terap, pukul 08.00 kumpul di pos satpam", Some("WP-12")),
        ("Kapolsek Toho: pukul sekitar 10.00 unras karyawan PT di Terap", Some("WP-06")),
        ("Kapolsek Toho: satpam PT berjaga pukul 21.00 di Terap, banjir", Some("WA-01")),
        ("Kapolsek Toho: satpam PT dipukul warga di Terap pukul 21.00", Some("WP-09")),
        ("Kapolsek Toho: warga pukul 2 satpam PT di Terap", Some("WP-09")),
    ] {
        assert_eq!(code(text).as_deref(), category, "{text}");
    }
    for text in [
        "Kapolsek Toho: Sopir truk sawit ditahan polisi di Terap",
        "Kapolsek Toho: tersangka kasus tambang ditahan Polres, mobil disita di Terap",
        "Kapolsek Toho: polisi menahan sopir truk batubara PT di Terap krn SIM mati",
        "Kapolsek Toho: truk sawit ditahan Satlantas di Terap krn muatan lebih",
        "Kapolsek Toho: mobil tahanan kejaksaan lewat kebun Terap",
        "Kapolsek Toho: karyawan PT rapat pukul 10.00 di kantor desa Terap",
    ] {
        let passage = last(14, &[text]);
        let found = match &passage.fate {
            PassageFate::Proposed(proposal) => {
                proposal.category.as_ref().map(|found| found.value.to_string())
            }
            _ => None,
        };
        assert_eq!(found, None, "{text}");
    }
    for text in [
        "Kades Terap: Truk batubara PT ditahan warga di Terap, polisi di lokasi",
        "Kades Terap: warga tahan truk sawit di Terap, Kapolsek mediasi",
        "Kades Terap: truk sawit PT ditahan massa di Terap",
    ] {
        assert_eq!(code(text).as_deref(), Some("WP-05"), "{text}");
    }
}

#[test]
fn a_time_zone_is_no_tree() {
    for zone in ["WIT", "WIB", "WITA", "wit"] {
        for (text, category) in [
            ("Pukul 14.00 ZONE gempa di Terap, 3 rumah roboh", "WA-15"),
            ("Jam 21.00 ZONE bentrok di Terap, 3 rumah dirobohkan massa", "WW-01"),
            ("pkl 07.15 ZONE kebakaran di Terap, rumah roboh", "WA-12"),
            ("Jam 21 ZONE banjir di Terap, pagar roboh", "WA-01"),
            ("Pukul 1430 ZONE longsor di Terap, menimpa rumah", "WA-06"),
            ("Kejadian 09.00 s/d 10.30 ZONE longsor di Terap, rumah ambruk", "WA-06"),
        ] {
            let text = format!("Kades Terap: {}", text.replace("ZONE", zone));
            assert_eq!(code(&text).as_deref(), Some(category), "{text}");
        }
    }
    for text in ["Kades Terap: 2 wit jati ambruk di Terap", "Kades Terap: Wit trembesi rubuh di Terap"] {
        assert_eq!(code(text).as_deref(), Some("WA-08"), "{text}");
    }
}

/// Pitu, Limo and Simpang Tiga are places; numbers are numbers.
#[test]
fn a_place_that_is_called_by_a_number_counts_nobody() {
    let mut words = Words::new();
    let rows = "61.09.01,Pitu,district,kecamatan,0.1,109.1,,,,Asia/Pontianak,WIB,,\n\
        61.09.01.2001,Limo,village,desa,0.1,109.1,,,,Asia/Pontianak,WIB,,\n\
        61.09.01.2002,Simpang Tiga,village,desa,0.1,109.2,,,,Asia/Pontianak,WIB,,\n\
        61.09.01.2003,Terap,village,desa,0.1,109.3,,,,Asia/Pontianak,WIB,,\n";
    let head = include_str!("../../../../../config/districts/61.02.csv").lines().next().unwrap();
    let regency = "61.09,Kabupaten Angka,regency,kabupaten,0.3,109.1,,,,Asia/Pontianak,WIB,,";
    let file = ("61.09.csv".to_owned(), format!("{head}\n{regency}\n{rows}"));
    words.places = crate::places::from_csv(&[file]).unwrap();
    let mut reader = words.reader("61.09");
    for (text, people) in [
        ("tawuran di Limo, 1 warga Pitu meninggal", [Some(1), None, None]),
        ("tawuran di Terap, 2 warga Limo luka", [None, Some(2), None]),
        ("tawuran di Terap, 4 warga Simpang Tiga luka", [None, Some(4), None]),
        ("tawuran di Terap, 4 warga simpang tiga luka", [None, Some(4), None]),
        ("tawuran di Terap, 2 warga Songo luka", [None, Some(2), None]),
        ("tawuran di Terap, 2 warga songo luka", [None, Some(2), None]),
        ("banjir di Terap, 12 warga Duo mengungsi", [None, None, Some(12)]),
        ("carok di Terap, pitu wong luka", [None, Some(7), None]),
        ("carok di Terap, wong loro mati, siji luka", [Some(2), Some(1), None]),
        ("tawuran di Limo, limo wong luka", [None, Some(5), None]),
        ("tawuran di Simpang Tiga, tiga warga luka", [None, Some(3), None]),
    ] {
        let text = format!("28/11/26 14.00 - Kapolsek: {text}\n");
        let reading = reader.read(&text, ChatOccasion { now: now(), order: None });
        assert_eq!(harm(proposal(&reading.passages[0])), people, "{text}");
    }
    // Of whom nobody says how many they are, a person says it.
    let text = "28/11/26 14.00 - Kapolsek: tawuran di Terap, warga Pitu meninggal\n";
    let reading = reader.read(text, ChatOccasion { now: now(), order: None });
    let found = proposal(&reading.passages[0]);
    assert!(found.dead.is_none() && !found.look_at.is_empty(), "{found:?}");
}

#[test]
fn a_road_that_somebody_closes_is_no_road_that_earth_covers_and_a_flood_comes_by_no_pipe() {
    for (text, category) in [
        ("Kades Terap: Keluarga pak Amat tutup jalan kebun PT pakai tanah di Terap", Some("WP-05")),
        (
            "Kades Terap: Pemilik lahan menutup jalan kebun PT dengan kayu dan material di Terap",
            Some("WP-05"),
        ),
        ("Kades Terap: ahli waris tutup jalan kebun PT di Terap, tanah belum dibayar", Some("WP-05")),
        ("Kades Terap: Air sungai masuk rumah warga di Terap, sumur tercemar", Some("WA-01")),
        ("Kades Terap: Air masuk rumah warga di Terap, ular ikut masuk", Some("WA-01")),
        ("Kades Terap: longsor tutup jalan kebun PT di Terap", Some("WA-06")),
        ("Kades Terap: jalan kebun PT tertutup longsor di Terap", Some("WA-06")),
    ] {
        assert_eq!(code(text).as_deref(), category, "{text}");
    }
    // Nothing says what covered it: a person looks.
    let passage = last(14, &["Kades Terap: tumpukan reruntuhan menutup jalan kebun PT di Terap"]);
    assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{passage:?}");
    let passage = last(14, &["Kades Terap: pipa air PDAM masuk rumah warga di Terap sudah dipasang"]);
    assert!(matches!(passage.fate, PassageFate::LeftOut(_)), "{passage:?}");
}

/// A prayer, a match, a paper, a beast in the field: no act, and no doubt about a nihil.
#[test]
fn what_people_gather_for_on_a_day_like_any_other_is_no_event_beside_a_nihil() {
    for text in [
        "Kapolsek Toho: Masyarakat Terap berkumpul di lapangan sholat Ied, situasi aman",
        "Kapolsek Toho: Warga Terap kumpul nobar bola, kondusif",
        "Kapolsek Toho: warga Terap kumpul nonton bola, situasi kondusif",
        "Kapolsek Toho: Kec. Toho nihil, warga padati masjid sholat jumatan",
        "Kapolsek Toho: situasi Terap aman, warga berkumpul di gereja ikut misa",
        "Kapolsek Toho: warga Terap konvoi pengantin, situasi aman",
        "Kapolsek Toho: warga Terap berkumpul di hajatan pak Amat, situasi aman kondusif",
        "Kapolsek Toho: warga mendatangi kantor desa Terap urus KTP, situasi aman",
        "Kapolsek Toho: Petani Terap usir hama tikus, situasi aman",
        "Kapolsek Toho: petani usir monyet di ladang Terap, situasi aman",
        "Kapolsek Toho: mobil mogok di jalan Terap, situasi aman",
        "Kapolsek Toho: warga Terap kumpul lomba voli, nihil kejadian",
    ] {
        let passage = last(14, &[text]);
        let PassageFate::Quiet(quiet) = &passage.fate else { panic!("{text}: {passage:?}") };
        assert!(!quiet.questions.contains(&Question::BesidesQuiet), "{text}: {quiet:?}");
    }
    for text in [
        "Kapolsek Toho: warga mendatangi kantor desa Terap urus KTP",
        "Kapolsek Toho: mobil mogok di jalan Terap",
        "Kapolsek Toho: warga Terap konvoi pengantin",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::LeftOut(_)), "{text}: {passage:?}");
    }
    let text = "Kapolsek Toho: warga datangi kantor desa Terap usai sholat, tuntut kades mundur";
    assert!(proposal(&last(14, &[text])).category.is_some(), "{text}");
    // Who gathers against somebody is asked about.
    for text in [
        "Kapolsek Toho: massa berkumpul di depan masjid Terap usai sholat, situasi aman",
        "Kapolsek Toho: warga Terap mendatangi kantor desa, situasi aman",
        "Kapolsek Toho: sopir mogok di Terap, situasi aman",
        "Kapolsek Toho: sopir angkot mogok di Terap, situasi aman",
        "Kapolsek Toho: warga datangi rumah dukun di Terap usai sholat, situasi aman",
        "Kapolsek Toho: warga kumpul usai jumatan di Terap, situasi aman",
        "Kapolsek Toho: warga usir kades Terap, situasi aman",
        "Kapolsek Toho: warga Terap rebutan lahan di pesta, situasi aman",
    ] {
        let passage = last(14, &[text]);
        assert!(matches!(passage.fate, PassageFate::Proposed(_)), "{text}: {passage:?}");
    }
}
