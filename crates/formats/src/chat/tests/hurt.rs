//! People hurt, as the words of messages have them.

use crate::chat::hurt::*;
use crate::chat::token::tokens;

fn counts(text: &str) -> [Option<u32>; 3] {
    let found = people_hurt(text, &tokens(text, 0..text.len()));
    [found.dead, found.injured, found.displaced].map(|slot| slot.map(|found| found.value))
}

#[test]
fn counts_stand_before_or_behind_what_became_of_people() {
    for (text, dead, injured, displaced) in [
        ("2 orang luka", None, Some(2), None),
        ("dua warga luka-luka, satu orang meninggal dunia", Some(1), Some(2), None),
        ("MD 1 org, LB 2 org", Some(1), Some(2), None),
        ("korban: luka2 3 orang", None, Some(3), None),
        ("tidak ada korban jiwa", Some(0), None, None),
        ("korban nihil", Some(0), Some(0), None),
        ("belum ada korban", Some(0), Some(0), None),
        ("120 jiwa mengungsi ke balai desa", None, None, Some(120)),
        ("30 KK mengungsi", None, None, None),
        ("warga terluka kena parang", None, None, None),
        ("ikan mati di sungai", None, None, None),
        ("jam 3 orang ramai", None, None, None),
        ("1 korban jiwa", Some(1), None, None),
        ("korban jiwa: -", Some(0), None, None),
        ("korban jiwa: 0", Some(0), None, None),
        ("korban jiwa tidak ada", Some(0), None, None),
        ("korban jiwa : nihil", Some(0), None, None),
        ("Budi (45) luka", None, None, None),
        ("dua puluh lima orang mengungsi", None, None, Some(25)),
        ("luka 2 org, 1 MD", Some(1), Some(2), None),
        ("korban luka 2 (dua) orang", None, Some(2), None),
        ("50 ekor ayam milik warga mati", None, None, None),
        ("2 kerbau warga hanyut", None, None, None),
        ("warga luka diserang beruang", None, None, None),
        ("polisi belum datang, warga luka", None, None, None),
        ("korban: -", Some(0), Some(0), None),
        ("tidak ada korban luka", None, Some(0), None),
        ("nihil korban jiwa, luka 2 org", Some(0), Some(2), None),
        ("korban jiwa -", Some(0), None, None),
        ("korban MD - LB 1", Some(0), Some(1), None),
        ("hampir meninggal 1 orang", None, None, None),
        ("satu dari 3 korban meninggal", Some(1), None, None),
        ("korban luka - dibawa ke RS", None, None, None),
        ("3 ekor sapi luka", None, None, None),
        ("1.200 jiwa mengungsi", None, None, Some(1200)),
        ("banjir 0.5 m, 30 jiwa mengungsi", None, None, Some(30)),
        ("jam 20.15 orang luka", None, None, None),
    ] {
        assert_eq!(counts(text), [dead, injured, displaced], "{text}");
    }
    let hurt = |text: &str| people_hurt(text, &tokens(text, 0..text.len()));
    assert!(hurt("2 warga hilang terseret arus").missing.is_some());
    let both = hurt("1 orang MD dan 2 orang hilang");
    assert!(both.dead.as_ref().map(|found| found.value) == Some(1) && both.missing.is_some());
    assert!(hurt("30 KK mengungsi").households.is_some());
    assert!(hurt("motor hilang di Pauh").missing.is_none());
    for things in
        ["5 rumah hanyut, 6 KK ngungsi ke surau", "motor warga hilang", "2 rumah hanyut, warga selamat"]
    {
        assert!(hurt(things).missing.is_none(), "{things}");
    }
    for people in ["warga terseret arus, hilang", "1 org hanyut blm ketemu", "perahu terbalik, 1 hilang"] {
        assert!(hurt(people).missing.is_some(), "{people}");
    }
    // Where nobody says how many, a person is asked.
    for text in
        ["warga terluka", "beberapa warga luka", "Budi (45) luka", "pelaku MD", "puluhan jiwa mengungsi"]
    {
        assert_eq!(hurt(text).look_at().len(), 1, "{text}");
    }
    assert!(hurt("2 kerbau warga hanyut").look_at().is_empty());
    assert!(hurt("LB 2, LB 3").further.injured.is_some());
}

/// Words, dead, injured, displaced as they are counted; `?` where a person looks.
const HARM: [(&str, &str); 97] = [
    ("korban jiwa nihil, luka 4 org", "0,4,-"),
    ("korban jiwa nihil luka 4 org", "0,4,-"),
    ("korban meninggal nihil, luka berat 2 orang, luka ringan nihil", "0,2,-"),
    ("MD nihil, LB nihil, LR 3", "0,3,-"),
    ("MD: nihil; LB: 1 orang", "0,1,-"),
    ("tidak ada korban jiwa, 2 orang luka", "0,2,-"),
    ("2 orang luka, tidak ada yang meninggal", "0,2,-"),
    ("2 orang luka, tidak ada korban jiwa", "0,2,-"),
    ("luka 2 org, meninggal 1 org", "1,2,-"),
    ("luka tembak 2 org, meninggal dunia 1 org", "1,2,-"),
    ("luka bacok 2 org, 1 org meninggal", "1,2,-"),
    ("luka berat 3 orang, tewas 2 orang, mengungsi 40 jiwa", "2,3,40"),
    ("jumlah korban meninggal belum diketahui", "-,-,-?"),
    ("korban jiwa belum diketahui", "-,-,-?"),
    ("korban luka masih didata", "-,-,-?"),
    ("korban jiwa masih dalam pendataan", "-,-,-?"),
    ("korban meninggal belum dapat dipastikan", "-,-,-?"),
    ("2 orang luka, korban jiwa belum diketahui", "-,2,-?"),
    ("belum ada laporan korban jiwa", "0,-,-"),
    ("tidak ada informasi korban luka", "-,0,-"),
    ("korban sempat dikabarkan meninggal, ternyata hanya luka", "-,-,-?"),
    ("isu 2 warga meninggal tidak benar, 1 luka", "-,1,-?"),
    ("diduga 3 orang tewas", "-,-,-?"),
    ("saat pemakaman warga yang meninggal kemarin karena sakit", "-,-,-?"),
    ("dipicu meninggalnya seorang warga bulan lalu", "-,-,-?"),
    ("menewaskan 2 warga", "2,-,-"),
    ("menewaskan dua warga dan melukai 5 orang", "2,5,-"),
    ("merenggut nyawa 3 orang", "3,-,-"),
    ("menelan korban jiwa 2 orang", "2,-,-"),
    ("korban jiwa 2 orang tenggelam", "2,-,-"),
    ("korban jiwa: 1 orang terseret arus", "1,-,-"),
    ("korban jiwa 1 orang hilang", "-,-,-?"),
    ("1 meninggal dunia, 2 kritis", "1,2,-"),
    ("1 MD 2 kritis", "1,2,-"),
    ("lahan 2 kritis", "-,-,-"),
    ("perahu karam, 2 selamat 1 hilang", "-,-,-?"),
    ("1 org ditusuk meninggal", "1,-,-"),
    ("2 warga dibacok hingga tewas", "2,-,-"),
    ("1 org ditusuk, 1 meninggal", "1,1,-"),
    ("Pengungsi : 14 KK / 52 jiwa", "-,-,52"),
    ("mengungsi 14 KK (52 jiwa)", "-,-,52"),
    ("pengungsi banjir Terap 52 jiwa", "-,-,52"),
    ("pengungsi jadi 30 jiwa", "-,-,30"),
    ("pengungsi 12 KK sdh pulang", "-,-,-?"),
    ("warga mengungsi, 20 jiwa terdampak", "-,-,-?"),
    ("warga mengungsi ke masjid 3 orang luka", "-,3,-?"),
    ("warga mengungsi ke SD 2 jiwa meninggal", "2,-,-?"),
    ("update: yg kritis 1 org meninggal tadi subuh", "1,-,-"),
    ("2 kritis 1 meninggal", "1,2,-"),
    ("*Korban* : nihil", "0,0,-"),
    ("*Korban* : 1 MD", "1,-,-"),
    ("korban MD bertambah jadi 2 org", "2,-,-"),
    ("korban luka 5 bukan 2", "-,5,-"),
    ("3 security luka", "-,3,-"),
    ("2 polisi luka kena batu", "-,2,-"),
    ("mengakibatkan matinya 1 orang", "1,-,-"),
    ("korban tidak tertolong", "-,-,-?"),
    ("1 orang tidak terselamatkan", "1,-,-"),
    ("maling dihajar massa sampai mati", "-,-,-?"),
    ("pelaku ditembak mati", "-,-,-?"),
    ("listrik warga mati", "-,-,-"),
    ("lampu jalan mati, warga resah", "-,-,-"),
    ("ditemukan mayat di sungai", "-,-,-?"),
    ("1 orang kritis", "-,1,-"),
    ("lahan kritis seluas 2 ha", "-,-,-"),
    ("3 korban dirawat di RS", "-,3,-"),
    ("MD 0, LB 2, LR 3", "0,5,-"),
    ("dua luka berat dan tiga luka ringan", "-,5,-"),
    ("korban MD bertambah dari 2 menjadi 4 orang", "-,-,-?"),
    ("semula 2 luka kini 5 luka", "-,2,-?"),
    ("puluhan warga luka", "-,-,-?"),
    ("2 orang luka, puluhan luka ringan", "-,2,-?"),
    ("ratusan jiwa mengungsi", "-,-,-?"),
    ("1,200 jiwa mengungsi", "-,-,-?"),
    ("1.200 jiwa mengungsi", "-,-,1200"),
    ("2-3 orang luka", "-,-,-?"),
    ("2 - 3 orang luka", "-,-,-?"),
    ("2 s/d 3 orang luka", "-,-,-?"),
    ("dua atau tiga orang luka", "-,-,-?"),
    ("dua tiga orang luka", "-,-,-?"),
    ("tidak terdapat korban jiwa maupun luka", "0,0,-"),
    ("nihil korban jiwa dan luka-luka", "0,0,-"),
    ("nihil korban jiwa dan 2 luka", "0,2,-"),
    ("tanpa korban jiwa, luka 1", "0,1,-"),
    ("1 org MD (bukan 3 MD)", "1,-,-"),
    ("3 korban luka, satu di antaranya meninggal", "1,3,-"),
    ("dari 5 korban, 2 meninggal dan 3 luka", "2,3,-"),
    ("12 orang meninggalkan rumah", "-,-,-"),
    ("Korban MD - / LB 1 / LR 2", "0,3,-"),
    ("1 MD 2 LB 3 LR", "1,5,-"),
    ("MD 1 LB 2 LR 3", "1,5,-"),
    ("luka 2 meninggal 1 mengungsi 30", "1,2,30"),
    ("luka 2 meninggal", "2,-,-?"),
    ("luka berat 2 orang, luka berat 3 orang", "-,2,-?"),
    ("5 orang luka, 2 di antaranya luka berat", "-,5,-?"),
    ("satu warga tewas dan seorang lagi luka bacok", "1,1,-"),
    ("2 (dua) orang MD, 1 (satu) orang LB", "2,1,-"),
];

#[test]
fn what_words_leave_open_of_people_hurt_is_looked_at_and_never_counted() {
    let read = |text: &str| {
        let found = people_hurt(text, &tokens(text, 0..text.len()));
        let count = |slot: &Option<crate::chat::Finding<u32>>| {
            slot.as_ref().map_or_else(|| "-".to_owned(), |found| found.value.to_string())
        };
        let counts = [&found.dead, &found.injured, &found.displaced].map(count).join(",");
        counts + if found.look_at().is_empty() { "" } else { "?" }
    };
    let shown = |(text, right): &(&str, &str)| {
        (read(text) != *right).then(|| format!("{text}: {} and not {right}", read(text)))
    };
    let wrong: Vec<String> = HARM.iter().filter_map(shown).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), HARM.len());
}
