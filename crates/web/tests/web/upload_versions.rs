//! Submissions of KoboToolbox that were edited: a later version corrects the report before, and the same one counts once.

use crate::multipart;
use crate::world::{NOW, World, get, post, read};
use axum::http::{StatusCode, header};
use domain::effect::Effect;
use domain::kind::Outcome;
use domain::place::Code;
use domain::report::{Body, ReportName};
use formats::decode::{Catalog, RecordView, decode};
use serde_json::Value;
use store::{Commit, ReportRow};

const PATH: &str = "/laporan/tabel";
const HEAD: &str = "_uuid;meta/deprecatedID;_submission_time;Tanggal;Kecamatan;Desa;Kejadian;Luka;Meninggal";
const FIRST: &str = "r1;;2026-11-20T01:00:00;19/11/2026;Rupit;Noman;tawuran;5;2";

impl World {
    /// Sends rows as a file; where it is looked over.
    async fn table(&self, cookie: &str, rows: &[&str]) -> String {
        let text = format!("{HEAD}\n{}\n", rows.join("\n"));
        let answer = self.ask(multipart::upload(PATH, cookie, ("file", "kobo.csv"), text.as_bytes())).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// The page of rows that were sent as a file.
    async fn looked_over(&self, cookie: &str, rows: &[&str]) -> (String, String) {
        let address = self.table(cookie, rows).await;
        let chosen = self.ask(post(&address, cookie, "source=police&act=check")).await;
        assert_eq!(chosen.status(), StatusCode::SEE_OTHER);
        let (status, page) = read(self.ask(get(&address, cookie)).await).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        (address, page)
    }

    /// Takes a file in; what went to the intake of it, which the service keeps.
    async fn taken(&self, cookie: &str, address: &str) -> Vec<Value> {
        let before = self.sent.lock().unwrap().len();
        let answer = self.ask(post(address, cookie, "source=police&act=take")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let sent = self.sent.lock().unwrap()[before..].to_vec();
        let (mut reports, mut effects, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (feed, record)) in sent.iter().enumerate() {
            let payload = record.to_string().into_bytes();
            let view = RecordView {
                bytes: &payload,
                feed_name: feed.name(),
                class: Some(feed.class()),
                areas: feed.areas(),
                received_at: NOW,
                archive: false,
                author: feed.author(),
            };
            let sources = &self.state.sources;
            let catalog = Catalog { places: &sources.places, taxonomy: &sources.taxonomy };
            let decoded = decode(&view, &catalog).unwrap();
            let (summary, lat, lon) =
                (decoded.summary.map(|text| text.read().into_owned()), decoded.lat, decoded.lon);
            let (regency, report) = (Code(161_300), decoded.report);
            let (name, outcome) = (report.name(), Outcome::Incident);
            effects.push(Effect::Outcome { regency, report: name, outcome, incident: Some(name) });
            if let Body::Statement(statement) = &report.body
                && let Some(id) = statement.supersedes
            {
                let outcome = Outcome::Superseded;
                replaced.push(Effect::Outcome {
                    regency,
                    report: ReportName { id, feed: name.feed },
                    outcome,
                    incident: None,
                });
            }
            reports.push(ReportRow {
                report,
                partition: 0,
                offset: (3 + before + number) as i64,
                feed_name: feed.name().to_owned(),
                author: feed.author().clone(),
                reporter: None,
                received_at: NOW,
                late: false,
                history: false,
                summary,
                lat,
                lon,
                payload: payload.clone(),
            });
        }
        effects.extend(replaced);
        let next_offset = (3 + before + sent.len()) as i64;
        let commit = Commit { next_offset, reports, ..self.commit_of(NOW, effects) };
        let commit = Commit { from_offset: (3 + before) as i64, ..commit };
        self.state.sources.store.commit(commit).await.unwrap();
        sent.into_iter().map(|(_, record)| record).collect()
    }
}

fn counts(page: &str) -> &str {
    let from = page.find(" baris: ").map_or(0, |at| at - 1);
    page[from..].split('<').next().unwrap_or_default()
}

#[tokio::test]
async fn an_edit_under_its_number_corrects_the_report_before_and_the_same_counts_once() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (address, page) = world.looked_over(&cookie, &[FIRST]).await;
    assert!(!page.contains("Mengoreksi laporan sebelumnya"), "{page}");
    let first = world.taken(&cookie, &address).await.remove(0);
    let id = first["report_id"].as_str().unwrap();
    for page in ["/laporan".to_owned(), format!("/laporan/{id}")] {
        let (_, page) = read(world.ask(get(&page, &cookie)).await).await;
        assert!(page.contains("19 Nov"), "{page}");
        assert!(!page.contains("00.00"), "an hour that nobody gave: {page}");
    }

    let edited = FIRST.replace(";5;2", ";1;0");
    let (address, page) = world.looked_over(&cookie, &[&edited]).await;
    assert_eq!(counts(&page), "1 baris: 1 dapat diambil, 0 sudah ada, 0 ditolak, 0 perlu dijawab.");
    assert!(page.contains("Mengoreksi laporan sebelumnya") && page.contains("meninggal 2, luka 5"), "{page}");
    let second = world.taken(&cookie, &address).await.remove(0);
    assert_eq!(second["supersedes"], first["report_id"]);
    assert_ne!(second["report_id"], first["report_id"]);

    for row in [&edited, FIRST] {
        let (_, page) = world.looked_over(&cookie, &[row]).await;
        assert!(counts(&page).contains("0 dapat diambil, 1 sudah ada"), "{row}: {}", counts(&page));
    }
    let later = FIRST.replace("T01:00", "T09:00");
    let (address, page) = world.looked_over(&cookie, &[&later]).await;
    assert!(counts(&page).contains("1 dapat diambil"), "edited back: {}", counts(&page));
    assert_eq!(world.taken(&cookie, &address).await[0]["supersedes"], second["report_id"]);
    let older = FIRST.replace("T01:00", "T05:00").replace(";5;2", ";4;2");
    let (_, page) = world.looked_over(&cookie, &[&older]).await;
    assert!(page.contains("Kiriman yang lebih baru dari laporan ini sudah diambil"), "{}", counts(&page));
}

#[tokio::test]
async fn an_edit_under_a_new_number_corrects_the_one_it_names_here_and_in_its_file() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let row = |number: &str, before: &str, dead: u32| {
        let before = if before.is_empty() { String::new() } else { format!("uuid:{before}") };
        format!("{number};{before};2026-11-20T01:00:00;19/11/2026;Rupit;Noman;tawuran;1;{dead}")
    };
    let (one, two, three, four) =
        (row("s1", "", 3), row("s2", "s1", 2), row("s3", "s2", 1), row("s4", "s3", 0));
    let (address, page) = world.looked_over(&cookie, &[&one, &two, &three]).await;
    assert_eq!(counts(&page), "3 baris: 3 dapat diambil, 0 sudah ada, 0 ditolak, 0 perlu dijawab.");
    assert_eq!(page.matches("Mengoreksi laporan sebelumnya").count(), 2, "{page}");
    let sent = world.taken(&cookie, &address).await;
    let dead = |record: &Value| record["dead"].as_u64();
    assert_eq!(sent.iter().map(dead).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)], "corrections first");
    assert_eq!(
        (&sent[0]["supersedes"], &sent[1]["supersedes"]),
        (&sent[1]["report_id"], &sent[2]["report_id"])
    );

    let (address, page) = world.looked_over(&cookie, &[&one, &two, &three, &four]).await;
    assert!(counts(&page).contains("1 dapat diambil, 3 sudah ada"), "{}", counts(&page));
    assert_eq!(world.taken(&cookie, &address).await[0]["supersedes"], sent[0]["report_id"]);
    // An edit that names the first, as KoboToolbox keeps it beside the one before, which never came here.
    let other = row("s9", "s1", 4);
    let (address, _) = world.looked_over(&cookie, &[&other]).await;
    let corrected = world.taken(&cookie, &address).await[0]["supersedes"].clone();
    assert_ne!(corrected, sent[2]["report_id"], "what stands in its place");
}

#[tokio::test]
async fn a_correction_in_the_word_of_another_source_is_asked_about() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (address, _) = world.looked_over(&cookie, &[FIRST]).await;
    world.taken(&cookie, &address).await;
    let address = world.table(&cookie, &[&FIRST.replace(";5;2", ";1;0")]).await;
    world.ask(post(&address, &cookie, "source=agency&act=check")).await;
    let (_, page) = read(world.ask(get(&address, &cookie)).await).await;
    assert!(page.contains("sudah diambil menurut sumber lain (kepolisian)"), "{page}");
    let quiet = FIRST.replace("tawuran;5;2", "nihil;;");
    let (_, page) = world.looked_over(&cookie, &[&quiet]).await;
    assert!(page.contains("Tarik dulu laporan itu di halamannya"), "{page}");
}
