//! Bantuan: the words, the levels, what this does and does not do.

use super::shell::{Frame, Place, document};
use crate::pages::level;
use domain::kind::Level;
use maud::{Markup, html};
use views::Lang;

pub fn page(frame: &Frame) -> Markup {
    let content = html! {
        section.note.emergency {
            p { strong { (frame.say("Keadaan darurat? ", "An emergency? ")) } (frame.say("Ini bukan saluran darurat. Telepon ", "This is not an emergency line. Call "))
                a href="tel:110" { "110" } (frame.say(" (polisi) atau ", " (police) or ")) a href="tel:112" { "112" } (frame.say(" (darurat).", " (emergency).")) }
        }
        section.block { h2 { (frame.say("Tingkat", "Levels")) }
            dl.facts { @for level in Level::ALL { dt { (level::chip(*level, frame.lang)) } dd { (meaning(frame.lang, *level)) } } }
            p.hint { (frame.say("Tingkat ini internal dan selalu disebut begitu. BMKG dan PVMBG punya tingkatnya sendiri.", "These levels are internal and always labelled so. BMKG and PVMBG have their own.")) }
        }
        section.block { h2 { (frame.say("Kata-kata", "Words")) }
            dl.facts { @for (word, meaning) in words(frame.lang) { dt { (word) } dd { (meaning) } } }
        }
        section.block { h2 { (frame.say("Yang tidak dilakukan Kentongan", "What Kentongan does not do")) }
            ul { @for line in limits(frame.lang) { li { (line) } } }
        }
        section.block { h2 { (frame.say("Yang dilakukan petugas piket", "What the duty officer does")) }
            ol { @for line in duty(frame.lang) { li { (line) } } }
        }
    };
    document(frame, Place::Help, frame.say("Bantuan", "Help"), content)
}

fn meaning(lang: Lang, level: Level) -> &'static str {
    match level {
        Level::NoData => lang.pick("Tidak ada kabar yang cukup. Bukan aman: tanyakan ke lapangan.", "Not enough word. Not the same as safe: ask the field."),
        Level::Low => lang.pick("Ada kabar, dan tidak ada tanda yang menonjol.", "There is word, and nothing stands out."),
        Level::Waspada => lang.pick("Perlu diperhatikan; periksa laporan dan hubungi camat.", "Needs watching; look at the reports and call the camat."),
        Level::Siaga => lang.pick("Perlu tindakan hari ini; tim terpadu diberi tahu.", "Needs action today; the tim terpadu is told."),
        Level::Awas => lang.pick("Perlu tindakan sekarang. Selalu bersandar pada dua pihak yang terpisah atau verifikasi meja piket.", "Needs action now. Always rests on two independent sides or the desk's verification."),
    }
}

fn words(lang: Lang) -> Vec<(&'static str, &'static str)> {
    match lang {
        Lang::Id => vec![
            ("Laporan", "pernyataan satu sumber bahwa sesuatu terjadi"),
            ("Nihil", "pernyataan satu sumber bahwa tidak terjadi apa-apa dalam suatu masa"),
            ("Kejadian", "yang terjadi; satu atau beberapa laporan yang digabung"),
            ("Risiko", "peluang kejadian berat dalam 7 atau 30 hari"),
            (
                "Belum terkalibrasi",
                "model dipindahkan dari tempat lain; tingkatnya boleh dibaca, persentasenya belum",
            ),
            ("Kelengkapan", "bagian dari umpan yang biasa melapor dan masih terdengar"),
            ("Umpan", "sumber bernama yang melapor: desa, polsek, koramil, perusahaan, dinas"),
            ("Belum terverifikasi", "bersandar pada satu pihak saja dan belum diperiksa meja piket"),
            ("Diredam", "ancamannya nyata, lalu dapat dicegah; bukan alarm palsu"),
        ],
        Lang::En => vec![
            ("Report (laporan)", "one source's statement that something happened"),
            ("Zero-report (nihil)", "one source's statement that nothing happened in a period"),
            ("Incident (kejadian)", "what happened; one or more reports fused"),
            ("Risk (risiko)", "probability of a serious incident within 7 or 30 days"),
            ("Not calibrated", "the model was transferred; read its level, not yet a percentage"),
            ("Completeness", "share of the usual feeds that are still heard"),
            ("Feed (umpan)", "a named source that reports: village, police post, army post, company, agency"),
            ("Unverified", "rests on one side alone and was not verified by the desk"),
            ("Averted (diredam)", "the threat was real and was prevented; not a false alarm"),
        ],
    }
}

fn limits(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Id => [
            "Tidak menetapkan status keadaan konflik; itu wewenang bupati atau wali kota menurut undang-undang.",
            "Tidak meramal orang dan tidak menyarankan penangkapan.",
            "Tidak mencatat suku, agama, atau data kependudukan.",
            "Tidak menganggap unjuk rasa yang sah sebagai ancaman.",
            "Tidak menyebut daerah tanpa kabar sebagai aman.",
            "Tidak menggantikan 110, 112, BMKG, PVMBG, atau SP4N-LAPOR!.",
        ],
        Lang::En => [
            "It does not declare a legal status of conflict; by law that is the regent's or mayor's.",
            "It predicts no individual and suggests no arrest.",
            "It records no ethnicity, religion or population register.",
            "It does not treat lawful protest as a threat.",
            "It never calls a place without word safe.",
            "It does not replace 110, 112, BMKG, PVMBG or SP4N-LAPOR!.",
        ],
    }
}

fn duty(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::Id => [
            "Buka peringatan teratas, baca sebabnya, lalu tekan “Saya sudah tahu”.",
            "Periksa laporan di baliknya; benarkan atau nyatakan tidak terbukti.",
            "Tugaskan, lalu catat penanganannya.",
            "Selesaikan dengan hasilnya: terbukti, diredam, alarm palsu, atau tidak dapat dipastikan.",
        ],
        Lang::En => [
            "Open the top alert, read why, and acknowledge it.",
            "Look at the reports behind it; confirm them or say they were not borne out.",
            "Assign it, and record the handling.",
            "Resolve it with its outcome: confirmed, averted, false alarm, or unverified.",
        ],
    }
}
