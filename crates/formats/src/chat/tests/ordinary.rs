//! What police and camats write on ordinary days: nothing of it is more than it says. All of it is made up.

use super::wording::last;
use super::*;

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
