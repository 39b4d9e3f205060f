//! The words of messages, in Indonesian and English.

use crate::team::Language;
use domain::kind::Level;

pub(super) struct Words {
    levels: [&'static str; 5],
    pub subject_opened: &'static str,
    pub subject_risen: &'static str,
    pub subject_lowered: &'static str,
    pub subject_withdrawn: &'static str,
    pub scenario: &'static str,
    pub opened: &'static str,
    pub risen: &'static str,
    pub lowered: &'static str,
    pub withdrawn: &'static str,
    pub unverified: &'static str,
    pub district: &'static str,
    pub regency: &'static str,
    pub event: &'static str,
    pub disaster: &'static str,
    pub baseline: &'static str,
    baselines: [&'static str; 5],
    pub number: &'static str,
    pub link: &'static str,
    pub told: &'static str,
    pub internal: &'static str,
    pub not_bmkg: &'static str,
    pub automatic: &'static str,
}

impl Words {
    pub fn level(&self, level: Level) -> &'static str {
        self.levels[level.index()]
    }

    /// A simple forecast by the name people use.
    pub fn baseline_name(&self, name: &str) -> &'static str {
        let known = ["base_rate", "persistence", "climatology", "decayed", "analyst"];
        known.iter().position(|own| *own == name).map_or("–", |at| self.baselines[at])
    }
}

pub(super) fn of(language: Language) -> Words {
    match language {
        Language::Indonesian => INDONESIAN,
        Language::English => ENGLISH,
    }
}

const INDONESIAN: Words = Words {
    levels: ["tidak ada data", "rendah", "waspada", "siaga", "awas"],
    subject_opened: "Peringatan {level}",
    subject_risen: "Naik ke {level}",
    subject_lowered: "Turun ke {level}",
    subject_withdrawn: "Ditarik",
    scenario: "[SKENARIO] Latihan dengan data buatan, bukan kejadian nyata.",
    opened: "Peringatan baru, level {level}.",
    risen: "Level peringatan naik ke {level}.",
    lowered: "Level peringatan turun menjadi {level}.",
    withdrawn: "Peringatan ini ditarik dan tidak berlaku lagi. Level terakhirnya {level}.",
    unverified: "belum terverifikasi",
    district: "Kecamatan",
    regency: "Kabupaten/kota",
    event: "Bencana",
    disaster: "belum dirinci",
    baseline: "Pembanding dipakai (model belum terbukti lebih baik)",
    baselines: [
        "angka dasar",
        "kegigihan",
        "kebiasaan setempat",
        "hitungan kejadian yang memudar",
        "hitungan kejadian 30 hari terakhir",
    ],
    number: "Nomor",
    link: "Tautan",
    told: "Pesan sebelumnya sudah dikirim kepada {n} penerima; semuanya dikabari lewat pesan ini.",
    internal: "Level ini untuk keperluan internal tim terpadu.",
    not_bmkg: "Bukan peringatan resmi BMKG atau PVMBG.",
    automatic: "Pesan otomatis, jangan dibalas. Rincian hanya di meja piket, setelah masuk dengan akun.",
};

const ENGLISH: Words = Words {
    levels: ["no data", "low", "waspada", "siaga", "awas"],
    subject_opened: "Alert {level}",
    subject_risen: "Risen to {level}",
    subject_lowered: "Down to {level}",
    subject_withdrawn: "Withdrawn",
    scenario: "[SKENARIO] An exercise with made-up data; nothing of this happened.",
    opened: "New alert, level {level}.",
    risen: "The alert's level has risen to {level}.",
    lowered: "The alert's level has come down to {level}.",
    withdrawn: "This alert is withdrawn and no longer stands. Its last level was {level}.",
    unverified: "not yet verified",
    district: "District",
    regency: "Regency",
    event: "Disaster",
    disaster: "not specified yet",
    baseline: "Baseline in use (the model was not shown to be better)",
    baselines: [
        "base rate",
        "persistence",
        "local climatology",
        "decayed count of incidents",
        "count of incidents of the last 30 days",
    ],
    number: "Number",
    link: "Link",
    told: "Earlier messages went to {n} receivers; all of them are told by this one.",
    internal: "This level is internal to the integrated team.",
    not_bmkg: "It is no official warning of BMKG or PVMBG.",
    automatic: "Automatic message, please do not reply. Details are on the desk only, after login.",
};
