//! The desk puts a report right: what is right stands beside what was wrong, with the reason; what was wrong is rejected, or
//! replaced and withdrawn where the desk wrote it.

use crate::world::{DENIAL, NOW, VILLAGE, World, get, name, post, read, report};
use axum::http::{StatusCode, header};
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::effect::Effect;
use domain::kind::{FeedClass, Handling, Outcome};
use domain::place::Code;
use domain::report::{Body, NamedReport, ReportId};
use domain::time::HOUR;
use formats::content_hash;
use serde_json::Value;
use store::{Commit, ReportRow};

/// What the village reported, with another severity and somebody hurt.
const RIGHT: &str = "place=16.13.04.2003&category=resident_company+WP-05&severity=2&occurred=2026-11-20T23%3A00\
    &reliability=B&injured=1&summary=portal+dipasang+%3Cb%3Esejak+subuh%3C%2Fb%3E";
/// What a form says that it shows of a report, as it is at the start.
fn seen(id: ReportId) -> String {
    content_hash::write(report(id, FeedClass::Village, Handling::Open, "").report.hash)
}

const ID: ReportId = ReportId(21 << 80);

fn page() -> String {
    format!("/laporan/{VILLAGE}/koreksi")
}

/// The number that a form of the page carries.
fn number(page: &str) -> &str {
    page.split("name=\"number\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap()
}

impl World {
    /// The desk wrote this report in the village's word; `change` says what else.
    async fn typed(&self, id: ReportId, change: impl FnOnce(&mut ReportRow)) {
        let mut row = report(id, FeedClass::Village, Handling::Limited, "portal dipasang sejak subuh");
        row.feed_name = desk_feed::name(FeedClass::Village);
        let (account, organisation) = ("budi".into(), StampedAuthor::own_organisation("village-rawas-ilir"));
        row.author = StampedAuthor { account, organisation, ..StampedAuthor::default() };
        row.report.feed = domain::report::FeedId::of(&row.feed_name);
        row.report.author = row.author.stated(&row.feed_name, FeedClass::Village);
        row.report.reported_at = NOW.plus(-HOUR);
        row.offset = 3;
        change(&mut row);
        let (regency, report) = (Code(161_300), row.report.name());
        let outcome = Effect::Outcome { regency, report, outcome: Outcome::Incident, incident: Some(report) };
        let commit = Commit { next_offset: 4, reports: vec![row], ..self.commit_of(NOW, vec![outcome]) };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    /// The desk corrected the village's report.
    async fn corrected(&self) {
        self.typed(ID, |row| {
            row.payload = br#"{"correction":{"why":"dihitung lagi oleh puskesmas"}}"#.to_vec();
            let Body::Statement(statement) = &mut row.report.body else { unreachable!("a statement") };
            let (feed, report) = (name(VILLAGE).feed, VILLAGE);
            statement.about = Some(NamedReport { feed, report, district: Code(161_304) });
            (statement.severity, statement.injured) = (2, 1);
        })
        .await;
    }

    fn last_sent(&self, n: usize) -> Vec<Value> {
        let sent = self.sent.lock().unwrap();
        sent[sent.len() - n..].iter().map(|(_, record)| record.clone()).collect()
    }
}

/// The correction gives the source's word, so that it says nothing of a place that the source does not report for.
#[tokio::test]
async fn a_correction_moves_no_report_out_of_the_places_of_its_source() {
    let world = World::new().await;
    world.registered("village-rawas-ilir", "16.13.04", NOW).await;
    let cookie = world.login("sari").await;
    let form = |place: &str| {
        let form = RIGHT.replace("16.13.04.2003", place);
        format!("{form}&why=salah+tempat&seen={}", seen(VILLAGE))
    };
    let (status, text) = read(world.ask(post(&page(), &cookie, &form("16.13.01"))).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let why = "village-rawas-ilir tidak melapor untuk Rupit; wilayahnya: Rawas Ilir.";
    assert!(text.contains(why) && world.sent.lock().unwrap().is_empty(), "{text}");
    let answer = world.ask(post(&page(), &cookie, &form("16.13.04"))).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_the_desk_set_aside_is_in_no_line_of_its_incident() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let page = format!("/laporan/{VILLAGE}");
    let line = "(village-rawas-ilir): keparahan";
    assert!(world.page(&page, &cookie).await.1.contains(line));
    let (regency, report) = (Code(161_300), name(VILLAGE));
    world.emitted(3, vec![Effect::SetAside { regency, report, set_aside: true }]).await;
    assert!(!world.page(&page, &cookie).await.1.contains(line));
}

#[tokio::test]
async fn a_correction_stands_in_the_word_of_its_source_and_the_original_is_rejected() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, report) = world.page(&format!("/laporan/{VILLAGE}"), &cookie).await;
    assert!(report.contains(&page()) && !report.contains("Tarik laporan ini"), "{report}");
    let (status, form) = world.page(&page(), &cookie).await;
    assert_eq!(status, StatusCode::OK);
    assert!(form.contains("portal dipasang &lt;b&gt;sejak subuh&lt;/b&gt;</textarea>"), "{form}");
    assert!(form.contains("value=\"3\" checked") && !form.contains("name=\"source\""), "{form}");
    let number = number(&form).to_owned();
    // Sent twice, as on a bad line, it is one report.
    for _ in 0..2 {
        let typed =
            format!("{RIGHT}&seen={}&number={number}&why=dihitung+lagi+oleh+puskesmas", seen(VILLAGE));
        let answer = world.ask(post(&page(), &cookie, &typed)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let to = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert_eq!(to, format!("/laporan/{VILLAGE}?tercatat=koreksi"));
        let (feed, _) = world.sent.lock().unwrap()[0].clone();
        assert_eq!((feed.class(), feed.author().account.as_str()), (FeedClass::Village, "sari"));
        assert_eq!(feed.author().organisation, "feed:village-rawas-ilir", "one speaker with the original");
        let [right, rejection] = &world.last_sent(2)[..] else { panic!("two records") };
        assert_eq!(right["report_id"], number.as_str());
        assert_eq!(right["about"]["report_id"], VILLAGE.to_string());
        assert_eq!((right["severity"].as_u64(), right["injured"].as_u64()), (Some(2), Some(1)));
        assert_eq!(right["correction"]["why"], "dihitung lagi oleh puskesmas");
        assert_eq!(rejection["verification"]["act"], "reject");
        let named = &rejection["verification"]["reports"];
        assert_eq!(named.as_array().map(Vec::len), Some(1), "the others of the incident stand");
        assert_eq!(named[0]["report_id"], VILLAGE.to_string());
        assert_eq!(rejection["summary"], "Dikoreksi: dihitung lagi oleh puskesmas");
    }
}

#[tokio::test]
async fn a_correction_without_reason_or_change_is_refused_and_keeps_what_was_typed() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (status, text) =
        read(world.ask(post(&page(), &cookie, &format!("{RIGHT}&seen={}", seen(VILLAGE)))).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        text.contains("Tulis mengapa laporan ini dikoreksi.") && text.contains("name=\"injured\""),
        "{text}"
    );
    let same = "place=16.13.04.2003&category=resident_company+WP-05&severity=3&occurred=2026-11-20T23%3A00&reliability=B\
        &summary=portal+dipasang+%3Cb%3Esejak+subuh%3C%2Fb%3E&why=sama";
    let (status, text) =
        read(world.ask(post(&page(), &cookie, &format!("{same}&seen={}", seen(VILLAGE)))).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Belum ada yang diubah."), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_correction_stands_beside_what_it_corrects_and_is_not_corrected_itself() {
    let world = World::new().await;
    world.corrected().await;
    let cookie = world.login("sari").await;
    let (_, original) = world.page(&format!("/laporan/{VILLAGE}"), &cookie).await;
    for words in [
        "<strong>Dikoreksi</strong> oleh",
        "dihitung lagi oleh puskesmas",
        "Keparahan: <del>3 sedang</del> → <ins>2 agak ringan</ins>",
        "Korban: <del>tidak disebut</del> → <ins>luka 1</ins>",
    ] {
        assert!(original.contains(words), "{words}: {original}");
    }
    let (_, correction) = world.page(&format!("/laporan/{ID}"), &cookie).await;
    assert!(
        correction.contains("<strong>Ini koreksi</strong> atas laporan") && correction.contains("puskesmas")
    );
    assert!(
        !correction.contains("Koreksi laporan ini") && correction.contains("Tarik laporan ini"),
        "{correction}"
    );
    let again = format!("/laporan/{ID}/koreksi");
    for request in
        [get(&again, &cookie), post(&again, &cookie, &format!("{RIGHT}&seen={}&why=keliru", seen(ID)))]
    {
        let (status, text) = read(world.ask(request).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("Laporan ini sendiri sebuah koreksi"), "{text}");
    }
    // The original is corrected again: the new correction replaces the one that stands.
    let third = format!("{RIGHT}&seen={}&why=dihitung+ketiga+kali", seen(VILLAGE));
    let answer = world.ask(post(&page(), &cookie, &third)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(world.last_sent(2)[0]["supersedes"], ID.to_string());
    let api = world.page(&format!("/v1/reports/{VILLAGE}"), &cookie).await.1;
    assert!(!api.contains("budi"), "who typed it is nobody's to read: {api}");
}

#[tokio::test]
async fn what_the_desk_wrote_is_replaced_or_withdrawn_and_nothing_else_is() {
    let world = World::new().await;
    world.typed(ID, |_| ()).await;
    let cookie = world.login("sari").await;
    let answer = world
        .ask(post(
            &format!("/laporan/{ID}/koreksi"),
            &cookie,
            &format!("{RIGHT}&seen={}&why=keliru", seen(ID)),
        ))
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let replacement = world.last_sent(1).remove(0);
    assert_eq!(replacement["supersedes"], ID.to_string());
    assert!(replacement.get("about").is_none() && world.sent.lock().unwrap().len() == 1);
    let withdraw =
        |id: ReportId, form: &'static str| world.ask(post(&format!("/laporan/{id}/tarik"), &cookie, form));
    let (status, text) = read(withdraw(ID, "act=withdraw").await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Tulis mengapa laporan ini ditarik."), "{text}");
    let (status, text) = read(withdraw(VILLAGE, "act=withdraw&reason=keliru").await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("bukan tulisan meja Kesbangpol"), "{text}");
    let (status, text) = read(withdraw(ID, "act=withdraw&reason=hub+081234567890").await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("nomor telepon") && text.contains(r#"name="keep""#), "{text}");
    assert_eq!(withdraw(ID, "act=withdraw&reason=salah+orang").await.status(), StatusCode::SEE_OTHER);
    let withdrawal = world.last_sent(1).remove(0);
    assert_eq!(
        (withdrawal["retracts"].as_str(), withdrawal["summary"].as_str()),
        (Some(ID.to_string().as_str()), Some("salah orang"))
    );
}

#[tokio::test]
async fn what_affirms_nothing_is_not_corrected_and_a_denial_hides_no_doubt() {
    let world = World::new().await;
    world.denied(DENIAL, Some(VILLAGE)).await;
    let cookie = world.login("sari").await;
    let (status, text) = world.page(&format!("/laporan/{DENIAL}/koreksi"), &cookie).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Laporan ini tidak dapat dikoreksi"), "{text}");
    let leader = world.login("bupati").await;
    assert_eq!(world.page(&page(), &leader).await.0, StatusCode::FORBIDDEN);
    let elsewhere = world.login("banjarbaru").await;
    assert_eq!(world.page(&page(), &elsewhere).await.0, StatusCode::NOT_FOUND);
}

/// A correction is of what its form showed: where the source sent something else meanwhile, nothing is recorded, and the form says what
/// stands there now.
#[tokio::test]
async fn a_correction_of_what_a_source_changed_meanwhile_is_not_taken() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let form = world.page(&page(), &cookie).await.1;
    assert!(form.contains(&format!("name=\"seen\" value=\"{}\"", seen(VILLAGE))), "{form}");
    let right = format!("{RIGHT}&why=dihitung+lagi");
    crate::seen::sent_in_its_place(&world).await;
    for stale in [right.clone(), format!("{right}&seen={}", seen(VILLAGE))] {
        let (status, text) = read(world.ask(post(&page(), &cookie, &stale)).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("Sekarang tertulis: ") && text.contains("pos terbakar, tiga luka"), "{text}");
        assert!(text.contains("value=\"dihitung lagi\""), "what was typed stays: {text}");
        assert!(text.contains(&content_hash::write(crate::seen::OTHER)), "{text}");
    }
    assert!(world.sent.lock().unwrap().is_empty());
    let fresh = format!("{right}&seen={}", content_hash::write(crate::seen::OTHER));
    assert_eq!(world.ask(post(&page(), &cookie, &fresh)).await.status(), StatusCode::SEE_OTHER);
    let rejection = &world.last_sent(1)[0];
    assert_eq!(rejection["verification"]["reports"][0]["content"], content_hash::write(crate::seen::OTHER));
}
