//! A file of tables: every row shown with its fate, nothing in before a person says so, nothing twice, all of it taken back.

use crate::world::{NOW, World, get, post, read};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::report::ReportId;
use sha2::{Digest, Sha256};
use store::FeedRow;

const PATH: &str = "/laporan/tabel";

/// A police sheet in the wording of the field; made for this test. The world's day is 20 November 2026.
const SHEET: &str = "LAPORAN HARIAN GANGGUAN KAMTIBMAS;;;;;\nNO;TANGGAL;JAM;TKP;JENIS GANGGUAN;URAIAN\n\
1;18/11/2026;18.30;Ds. Belani Kec. Rawas Ilir;Pemblokiran jalan;warga memortal jalan PT\n\
2;19/11/2026;;Ds. Noman Kec. Rupit;Banjir;air naik\n\
3;19/11/2026;;Kec. Rupit;CURANMOR;x\n\
4;19/11/2026;;Kec. Antah;Banjir;x\n\
5;;;Kec. Rupit;Banjir;x\n";

fn upload(cookie: &str, name: &str, bytes: &[u8]) -> Request<Body> {
    crate::multipart::upload(PATH, cookie, ("file", name), bytes)
}

/// Sends a file; where it is looked over.
async fn sent(world: &World, cookie: &str, bytes: &[u8]) -> String {
    let answer = world.ask(upload(cookie, "lhgk.csv", bytes)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

async fn shown(world: &World, cookie: &str, address: &str) -> String {
    let (status, page) = read(world.ask(get(address, cookie)).await).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

async fn acts(world: &World, cookie: &str, address: &str, form: &str) -> StatusCode {
    world.ask(post(address, cookie, form)).await.status()
}

#[tokio::test]
async fn rows_are_taken_when_a_person_says_so_once_and_taken_back_as_one() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let address = sent(&world, &cookie, SHEET.as_bytes()).await;
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("5 baris: 2 dapat diambil, 0 sudah ada, 2 ditolak, 1 perlu dijawab."), "{page}");
    assert!(world.sent.lock().unwrap().is_empty(), "nothing is taken in before the officer says so");
    let unsourced = acts(&world, &cookie, &address, "source=&act=take").await;
    assert_eq!((unsourced, world.sent.lock().unwrap().len()), (StatusCode::UNPROCESSABLE_ENTITY, 0));

    assert_eq!(acts(&world, &cookie, &address, "source=police&act=take").await, StatusCode::SEE_OTHER);
    let taken = world.sent.lock().unwrap().clone();
    let mut shape: Vec<(FeedClass, &str, &str, &str)> = taken
        .iter()
        .map(|(feed, record)| {
            let text = |name: &str| record[name].as_str().unwrap();
            (feed.class(), text("village"), text("category"), text("occurred_at"))
        })
        .collect();
    shape.sort_unstable_by_key(|row| row.1.to_owned());
    assert_eq!(
        shape,
        [
            (FeedClass::Police, "16.13.01.2002", "WA-01", "2026-11-19T00:00:00+07:00"),
            (FeedClass::Police, "16.13.04.2003", "WP-05", "2026-11-18T18:30:00+07:00"),
        ]
    );

    let again = sent(&world, &cookie, SHEET.as_bytes()).await;
    let page = shown(&world, &cookie, &again).await;
    assert!(page.contains("0 dapat diambil, 2 sudah ada"), "two uploads of one file: {page}");

    assert!(page.contains("Berkas yang sama sudah Anda unggah"), "{page}");
    assert!(page.contains(&format!("{address}#tarik")), "where it is taken back: {page}");

    let refused = async |form: &str| read(world.ask(post(&address, &cookie, form)).await).await;
    let (status, page) = refused("act=withdraw&reason=+").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Tulis dulu alasannya"), "{page}");
    assert_eq!(world.sent.lock().unwrap().len(), 2, "nothing is taken back without a reason");
    let (status, page) = refused("act=withdraw&reason=hub+0812-3456-7890").await;
    assert_eq!((status, world.sent.lock().unwrap().len()), (StatusCode::UNPROCESSABLE_ENTITY, 2));
    assert!(page.contains("nomor telepon") && page.contains(r#"value="hub 0812-3456-7890""#), "{page}");
    assert!(page.contains(r#"name="keep""#), "{page}");
    let form = "act=withdraw&reason=salah+berkas";
    assert_eq!(acts(&world, &cookie, &address, form).await, StatusCode::SEE_OTHER);
    let (status, page) = refused(form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Tidak ada yang ditarik dua kali."), "{page}");
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("2 penarikan belum dibaca layanan"), "nobody reads the log here: {page}");
    let all = world.sent.lock().unwrap().clone();
    assert_eq!(all.len(), 4, "once");
    let whys: Vec<String> = all[2..].iter().map(|(_, record)| record["summary"].to_string()).collect();
    assert_eq!(whys, ["\"salah berkas (ditarik bersama: tabel lhgk.csv)\""; 2]);
    let ids = |records: &[(intake::FeedIdentity, serde_json::Value)], name: &str| {
        let mut ids: Vec<String> =
            records.iter().map(|(_, record)| record[name].as_str().unwrap().to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&all[2..], "retracts"), ids(&taken, "report_id"));
    let third = sent(&world, &cookie, SHEET.as_bytes()).await;
    assert!(shown(&world, &cookie, &third).await.contains("2 dapat diambil, 0 sudah ada"));
    assert_eq!(acts(&world, &cookie, &third, "source=police&act=take").await, StatusCode::SEE_OTHER);
    let all = world.sent.lock().unwrap().clone();
    let once_more = ids(&all[4..], "report_id");
    assert_eq!(once_more.len(), 2);
    assert!(once_more.iter().all(|id| !ids(&taken, "report_id").contains(id)), "what was withdrawn stays so");
}

/// A row is known where the desk has sent it; another feed's equal id is another report.
#[tokio::test]
async fn another_feeds_equal_id_keeps_no_row_out() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    const ID: &str = "92eb7237-89d6-4a15-aa71-09ec99279bbb";
    world.shares_its_id(ReportId::parse(ID).unwrap(), "dari perusahaan").await;
    let sheet = format!("tanggal;kecamatan;desa;kejadian;_uuid\n19/11/2026;Rupit;Noman;banjir;{ID}\n");
    let address = sent(&world, &cookie, sheet.as_bytes()).await;
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("1 dapat diambil, 0 sudah ada"), "{page}");
    assert_eq!(acts(&world, &cookie, &address, "source=police&act=take").await, StatusCode::SEE_OTHER);
    let taken = ReportId::parse(world.sent.lock().unwrap()[0].1["report_id"].as_str().unwrap());
    assert_eq!(taken, ReportId::parse(ID));
}

#[tokio::test]
async fn what_a_person_corrects_counts_at_once_and_for_the_next_table_of_the_source() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let address = sent(&world, &cookie, SHEET.as_bytes()).await;
    let form = "source=police&j.curanmor=WW-12&act=take";
    assert_eq!(acts(&world, &cookie, &address, form).await, StatusCode::SEE_OTHER);
    let categories: Vec<String> =
        world.sent.lock().unwrap().iter().map(|(_, record)| record["category"].to_string()).collect();
    assert!(categories.contains(&"\"WW-12\"".to_owned()), "{categories:?}");
    let next = SHEET.replace("19/11", "17/11");
    let page = shown(&world, &cookie, &sent(&world, &cookie, next.as_bytes()).await).await;
    assert!(page.contains("2 dapat diambil, 1 sudah ada"), "{page}");
}

#[tokio::test]
async fn a_file_is_its_senders_own_and_one_that_cannot_be_read_says_why() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let address = sent(&world, &cookie, SHEET.as_bytes()).await;
    let other = world.login("banjarbaru").await;
    let status = world.ask(get(&address, &other)).await.status();
    assert!(status == StatusCode::NOT_FOUND || status == StatusCode::FORBIDDEN, "{status}");
    let broken = sent(&world, &cookie, b"PK\x03\x04xxxx").await;
    let (status, page) = read(world.ask(get(&broken, &cookie)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Berkas rusak atau terpotong."), "{page}");
    let answer = world.ask(upload(&cookie, "x.csv", b"")).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let alone = Request::post(PATH).header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    let answer = world.ask(alone.body(Body::from("--b--")).unwrap()).await;
    assert!(answer.status().is_redirection() || answer.status() == StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_was_not_taken_and_an_empty_form_are_spreadsheets() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let address = sent(&world, &cookie, SHEET.as_bytes()).await;
    for path in [format!("{address}/tertolak"), format!("{PATH}/contoh")] {
        let answer = world.ask(get(&path, &cookie)).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let sheets = formats::spreadsheet::read(&bytes).unwrap();
        let rows = if path.ends_with("tertolak") { 4 } else { 2 };
        assert!(sheets[0].len() >= rows, "{path}: {}", sheets[0].len());
    }
}

/// What leaves open whether it happened is answered on the page, row by row; the answers stand until they are changed.
#[tokio::test]
async fn a_row_that_leaves_open_whether_it_happened_is_answered_on_the_page() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let sheet = "Tanggal;Kecamatan;Jenis;Uraian\n19/11/2026;Rupit;Bentrok;kabar burung\n\
        18/11/2026;Rupit;Banjir;nihil\n17/11/2026;Rupit;Pemblokiran jalan;rencana pemblokiran jalan besok\n";
    let address = sent(&world, &cookie, sheet.as_bytes()).await;
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("3 baris: 0 dapat diambil, 0 sudah ada, 0 ditolak, 3 perlu dijawab."), "{page}");
    let keys: Vec<&str> = page
        .split("name=\"b.")
        .skip(1)
        .step_by(3)
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect();
    assert_eq!(keys.len(), 3, "three answers a row: {page}");
    assert_eq!(page.matches("type=\"radio\" form=\"f-tabel\"").count(), 9, "{page}");

    let answers = format!("b.{}=happened&b.{}=denied&b.{}=left_out", keys[0], keys[1], keys[2]);
    let form = format!("source=police&{answers}&act=check");
    assert_eq!(acts(&world, &cookie, &address, &form).await, StatusCode::SEE_OTHER);
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("3 baris: 2 dapat diambil, 0 sudah ada, 1 ditolak, 0 perlu dijawab."), "{page}");
    assert_eq!(page.matches(" checked>").count(), 3, "each answer stands: {page}");
    assert!(world.sent.lock().unwrap().is_empty(), "an answer takes nothing in");

    assert_eq!(acts(&world, &cookie, &address, "source=police&act=take").await, StatusCode::SEE_OTHER);
    let mut taken: Vec<(String, String)> = world
        .sent
        .lock()
        .unwrap()
        .iter()
        .map(|(_, record)| (record["category"].to_string(), record["stance"].to_string()))
        .collect();
    taken.sort_unstable();
    let of = |category: &str, stance: &str| (category.to_owned(), stance.to_owned());
    assert_eq!(taken, [of("\"WA-01\"", "\"denies\""), of("\"WW-01\"", "null")]);
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("0 dapat diambil, 2 sudah ada, 1 ditolak"), "{page}");
    let wrong = format!("source=police&b.zz=happened&b.{}=perhaps&act=check", keys[2]);
    assert_eq!(acts(&world, &cookie, &address, &wrong).await, StatusCode::SEE_OTHER);
    let page = shown(&world, &cookie, &address).await;
    assert!(
        page.contains("0 ditolak, 1 perlu dijawab"),
        "an answer that is none takes the last one back: {page}"
    );
}

/// What the operator put in by command is listed where its source speaks, with who takes it back; a file that came so is known.
#[tokio::test]
async fn what_was_imported_by_command_is_shown_to_who_may_upload() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let areas = Areas::parse("16.13.04").unwrap();
    store.put_feed(&FeedRow::new("bpbd", FeedClass::Agency, areas, [9; 32], NOW)).await.unwrap();
    let hash: String = Sha256::digest(SHEET.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let import = store::ImportRow {
        number: 0,
        began_at: NOW,
        account: "root".into(),
        feed: "bpbd".into(),
        file_name: "rekap <2025>.csv".into(),
        file_hash: hash,
        records: 1_300,
        reports: 1_200,
        ended_at: None,
        taken_back_at: None,
        taken_back_by: String::new(),
        reason: String::new(),
    };
    let number = store.add_import(&import).await.unwrap();
    store
        .add_import(&store::ImportRow { feed: "tidak-ada".into(), file_name: "lain.csv".into(), ..import })
        .await
        .unwrap();
    let cookie = world.login("sari").await;
    let page = shown(&world, &cookie, PATH).await;
    for part in [
        "rekap &lt;2025&gt;.csv",
        "1.200 laporan diambil. Berkasnya terputus",
        "kentongan imports take-back NOMOR",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("lain.csv"), "of no source here: {page}");
    let address = sent(&world, &cookie, SHEET.as_bytes()).await;
    let page = shown(&world, &cookie, &address).await;
    let words = format!("Berkas yang sama sudah dimasukkan dengan perintah: nomor {number}, sumber bpbd,");
    assert!(page.contains(&words) && page.contains("/laporan/tabel#impor"), "{page}");
    let leader = world.ask(get(PATH, &world.login("bupati").await)).await.status();
    assert_eq!(leader, StatusCode::FORBIDDEN);
}

/// What is no incident and what has no point is said before it is taken; what nobody can correct is not sent back.
#[tokio::test]
async fn signs_and_plus_codes_are_said_and_a_sum_is_not_sent_back() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let warnings = "Nama,Lokasi,Kecamatan,Koordinat,Tanggal Lapor,Latar Belakang,Ancaman,Hambatan,Tantangan,Status\n\
        Sengketa lahan kebun,Ds. Noman,Rupit,6P5G8V22+F4,2026-11-19,sengketa lahan warga dan PT,unjuk rasa,-,-,Disetujui\n\
        JUMLAH,1,,,,,,,,\n";
    let address = sent(&world, &cookie, warnings.as_bytes()).await;
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("1 baris menyebut yang mungkin terjadi"), "{page}");
    assert!(page.contains("1 baris memuat kode plus"), "{page}");
    assert!(!page.contains("/tertolak"), "a sum alone was not taken: {page}");
    let plain = sent(&world, &cookie, SHEET.as_bytes()).await;
    let page = shown(&world, &cookie, &plain).await;
    assert!(
        !page.contains("mungkin terjadi") && !page.contains("kode plus") && page.contains("/tertolak"),
        "{page}"
    );
}

/// Families are no number of people; before it is taken a row says that they go into its words.
#[tokio::test]
async fn families_are_shown_before_they_are_taken() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let sheet = "Tanggal;Kecamatan;Jenis Kejadian;KK\n19/11/2026;Rupit;Banjir;17\n";
    let address = sent(&world, &cookie, sheet.as_bytes()).await;
    assert_eq!(acts(&world, &cookie, &address, "source=police&k.kk=households").await, StatusCode::SEE_OTHER);
    let page = shown(&world, &cookie, &address).await;
    assert!(page.contains("1 dapat diambil") && page.contains(" · KK: 17"), "{page}");
}
