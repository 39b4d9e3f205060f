//! The reporter's page: one account, one feed; what is tapped becomes that feed's record; nothing else opens.

use crate::world::{COMPANY, DENIAL, NOW, PASSWORD, VILLAGE, World, get, post, read, report};
use axum::http::{StatusCode, header};
use domain::kind::{FeedClass, Handling};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, FeedId, ReportId};
use domain::time::{DAY, MINUTE, Time};
use store::{Commit, FeedRow, Role, User};
use views::Right;
use web::account;
use web::guard::Access;
use web::routes::paths;

pub const NUMBER: &str = "01KDTNM8M0Y02FSFQYZ0000002";
pub const FORM: &str = "number=01KDTNM8M0Y02FSFQYZ0000002&district=16.13.04&village=Desa+Belani\
    &category=resident_company+WP-05&severity=3&when=now&injured=2&summary=portal+dipasang";

/// Two feeds of one kecamatan, each with its reporter: `kades` of the village, `humas` of the company.
pub async fn world() -> World {
    let world = World::new().await;
    let store = &world.state.sources.store;
    for (name, feed, class, areas, party) in [
        ("kades", "village-rawas-ilir", FeedClass::Village, "16.13.04", false),
        ("humas", "company-rawas-ilir", FeedClass::Company, "16.13.04", true),
        ("polres", "polres-muratara", FeedClass::Police, "16.13", false),
        ("kadus", "desa-2003", FeedClass::Village, "16.13.04.2003", false),
    ] {
        let areas = Areas::parse(areas).unwrap();
        let row = FeedRow {
            party,
            ..FeedRow::new(
                feed,
                class,
                areas.clone(),
                [name.len() as u8 + name.as_bytes()[3]; 32],
                NOW.plus(-30 * DAY),
            )
        };
        store.put_feed(&row).await.unwrap();
        let user = User {
            name: name.into(),
            role: Role::Reporter,
            areas,
            password_hash: account::hash(PASSWORD).unwrap(),
            enabled: true,
            person: String::new(),
            feed: feed.into(),
        };
        store.put_user(&user).await.unwrap();
    }
    world
}

/// Sent by an account as its browser sends it: typed just now, by a phone whose clock is a little fast.
pub async fn sent(world: &World, who: &str, address: &str, form: &str) -> (StatusCode, String) {
    let typed_at = account::wall().plus(MINUTE).0 / 1000;
    bare(world, who, address, &format!("{form}&account={who}&typed_at={typed_at}")).await
}

/// The form as it is.
pub async fn bare(world: &World, who: &str, address: &str, form: &str) -> (StatusCode, String) {
    let cookie = world.login(who).await;
    read(world.ask(post(address, &cookie, form)).await).await
}

#[tokio::test]
async fn that_the_data_are_made_up_is_said_in_the_readers_language() {
    let world = world().await;
    for (who, path) in [("kades", "/lapor"), ("sari", "/")] {
        let cookie = world.login(who).await;
        for (lang, words) in [
            ("id", "data buatan</strong>, bukan kejadian nyata"),
            ("en", "made-up data</strong>, nothing of it happened"),
        ] {
            let (_, text) = world.page(&format!("{path}?lang={lang}"), &cookie).await;
            assert!(text.contains(words), "{path} in {lang}");
        }
    }
}

#[tokio::test]
async fn a_reporter_opens_nothing_but_the_reporters_own_page() {
    let world = world().await;
    let cookie = world.login("kades").await;
    let (mut refused, mut own) = (0, 0);
    for (path, access) in paths() {
        let address = path
            .replace("{token}", &"0".repeat(40))
            .replace("{act}", "ketahui")
            .replace("{code}", "16.13.04")
            .replace("{id}", "16.13-2026-0001");
        let answer = world.ask(get(&address, &cookie)).await;
        let status = answer.status();
        match access {
            Access::Open | Access::Link | Access::Account => {}
            Access::With(Right::ReportForFeed) => {
                own += 1;
                assert!(status == StatusCode::OK || status == StatusCode::SEE_OTHER, "{path}: {status}");
            }
            Access::Person | Access::With(_) if path == "/" => {
                assert_eq!(answer.headers()[header::LOCATION], "/lapor");
            }
            Access::Person | Access::With(_) if status == StatusCode::METHOD_NOT_ALLOWED => {}
            Access::Person | Access::With(_) => {
                refused += 1;
                assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
                let (_, text) = read(answer).await;
                assert!(text.contains("Tidak untuk akun ini") || path.starts_with("/v1/"), "{path}: {text}");
                let leaks = ["class=\"rail\"", "href=\"/peringatan\"", "id=\"status\""];
                assert!(!leaks.iter().any(|part| text.contains(part)), "{path}: {text}");
            }
        }
        if access != Access::Open
            && access != Access::Link
            && !path.starts_with("/lapor")
            && path != "/keluar"
        {
            let posted = world.ask(post(&address, &cookie, "version=1&reason=x")).await.status();
            let shut = [StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED, StatusCode::SEE_OTHER];
            assert!(shut.contains(&posted), "POST {path}: {posted}");
        }
    }
    assert!(refused > 25 && own == 4, "{refused} refused, {own} own");
    for other in ["sari", "tim", "bupati"] {
        let cookie = world.login(other).await;
        assert_eq!(world.page("/lapor", &cookie).await.0, StatusCode::FORBIDDEN, "{other}");
    }
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_login_leads_a_reporter_to_the_page_of_the_feed() {
    let world = world().await;
    let form = format!("name=kades&password={}&next=%2Fperingatan", PASSWORD.replace(' ', "+"));
    let answer = world.ask(post("/masuk", "", &form)).await;
    assert_eq!(answer.headers()[header::LOCATION], "/lapor");
    let (_, text) = world.page("/lapor", &world.login("kades").await).await;
    for part in ["Ada kejadian", "Nihil minggu ini", "Kabar lanjutan", "Laporan saya", "Rawas Ilir"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn one_tap_says_that_nothing_happened_and_for_when_and_where() {
    let world = world().await;
    let form = format!("number={NUMBER}");
    let (status, text) = sent(&world, "polres", "/lapor/nihil", &form).await;
    assert_eq!(status, StatusCode::OK);
    let says = "<strong>Nihil tercatat</strong>: tidak ada kejadian di Kabupaten Musi Rawas Utara, 14 Nov, 07.00 sampai 21 Nov, 07.00.";
    assert!(text.contains(says), "{text}");
    let (status, _) = sent(&world, "polres", "/lapor/nihil", &form).await;
    assert_eq!(status, StatusCode::OK);
    let all = world.sent.lock().unwrap().clone();
    let (feed, record) = &all[0];
    assert_eq!((feed.name(), feed.class()), ("polres-muratara", FeedClass::Police));
    assert_eq!((record["district"].as_str(), record.get("village")), (Some("16.13"), None));
    assert_eq!(record["nothing_happened"]["from"], "2026-11-14T07:00:00+07:00");
    assert_eq!(record["report_id"], all[1].1["report_id"], "tapped twice it is one report");
    assert!(!record.to_string().contains("\"polres\""), "no account's name stands in a record: {record}");
}

#[tokio::test]
async fn nothing_happened_begins_after_what_the_feed_itself_reported_and_speaks_of_its_own_place() {
    let world = world().await;
    let (_, text) = sent(&world, "kades", "/lapor/nihil", &format!("number={NUMBER}")).await;
    assert!(text.contains("di Rawas Ilir, 20 Nov, 23.00 sampai 21 Nov, 07.00"), "{text}");
    sent(&world, "kadus", "/lapor/nihil", &format!("number={NUMBER}")).await;
    let all = world.sent.lock().unwrap().clone();
    let places: Vec<(&str, Option<&str>)> =
        all.iter().map(|(feed, record)| (feed.name(), record["village"].as_str())).collect();
    assert_eq!(places, [("village-rawas-ilir", None), ("desa-2003", Some("16.13.04.2003"))]);
}

#[tokio::test]
async fn what_a_phone_reports_is_its_feeds_own_word_in_the_places_of_the_feed() {
    let world = world().await;
    let (status, text) = sent(&world, "humas", "/lapor/kejadian", FORM).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(text.contains("<strong>Laporan diterima.</strong> Nomornya L-"), "{text}");
    sent(&world, "humas", "/lapor/kejadian", &FORM.replace("dipasang", "dibuka")).await;
    let all = world.sent.lock().unwrap().clone();
    let (feed, record) = &all[0];
    assert_eq!(
        (feed.name(), feed.class(), feed.areas().to_string().as_str()),
        ("company-rawas-ilir", FeedClass::Company, "16.13.04")
    );
    let author = feed.author();
    assert_eq!((author.account.as_str(), author.party, author.organisation.as_str()), ("humas", true, ""));
    assert_eq!(record["village"], "16.13.04.2003", "the village by its name, as people write it");
    assert_eq!((record["injured"].as_u64(), record["severity"].as_u64()), (Some(2), Some(3)));
    assert_eq!(
        (record["occurred_at"].as_str(), record["feed"].as_str()),
        (Some("2026-11-21T07:00:00+07:00"), Some("company"))
    );
    assert!(record["reporter"].as_str().unwrap().starts_with("pelapor-"));
    assert_ne!(
        record["report_id"], all[1].1["report_id"],
        "another text under an old number is another report"
    );
}

#[tokio::test]
async fn what_people_say_of_the_time_becomes_an_hour() {
    let world = world().await;
    for (words, hour) in [
        ("when=morning", "2026-11-21T07:00:00+07:00"),
        ("when=yesterday", "2026-11-20T12:00:00+07:00"),
        ("when=other&occurred=2026-11-20T21%3A15", "2026-11-20T21:15:00+07:00"),
    ] {
        sent(&world, "kades", "/lapor/kejadian", &FORM.replace("when=now", words)).await;
        let all = world.sent.lock().unwrap().clone();
        assert_eq!(all.last().unwrap().1["occurred_at"], hour, "{words}");
    }
}

#[tokio::test]
async fn a_place_of_others_is_said_to_be_theirs_and_not_to_be_missing() {
    let world = world().await;
    let form = FORM.replace("16.13.04", "16.13.05").replace("Desa+Belani", "");
    let (status, text) = sent(&world, "kades", "/lapor/kejadian", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Karang Dapo di luar wilayah yang boleh Anda isi di sini"), "{text}");
    assert!(!text.contains("tidak ada di Kabupaten"), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_named_and_what_was_typed_stays_under_its_number() {
    let world = world().await;
    let form = FORM.replace("Desa+Belani", "Antah+Berantah") + "&dead=banyak";
    let (status, text) = sent(&world, "kades", "/lapor/kejadian", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "Desa Antah Berantah tidak ada di Kecamatan Rawas Ilir",
        "href=\"#f-dead\">Meninggal: isi dengan angka saja.",
        "value=\"Antah Berantah\"",
        ">portal dipasang</textarea>",
        &format!("value=\"{NUMBER}\""),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (_, text) = sent(&world, "kades", "/lapor/kejadian", &FORM.replace("Desa+Belani", "Belany")).await;
    assert!(text.contains("Maksud Anda Belani?"), "{text}");
    let (status, text) = sent(&world, "kades", "/lapor/kejadian", "district=16.13.04&dead=banyak").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["category", "severity", "occurred", "dead"] {
        assert!(
            text.contains(&format!("href=\"#f-{field}\"")) && text.contains(&format!("id=\"f-{field}\"")),
            "{field}: {text}"
        );
    }
    let called = format!("{FORM}+hubungi+0812-3456-7890");
    let (status, text) = sent(&world, "kades", "/lapor/kejadian", &called).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("seperti nomor telepon") && text.contains("name=\"keep\""), "{text}");
    assert!(world.sent.lock().unwrap().is_empty());
    let (status, _) = sent(&world, "kades", "/lapor/kejadian", &format!("{called}&keep=yes")).await;
    assert_eq!((status, world.sent.lock().unwrap().len()), (StatusCode::OK, 1));
}

#[tokio::test]
async fn an_account_neither_reports_as_another_feed_nor_sees_what_it_said() {
    let world = world().await;
    let cookie = world.login("humas").await;
    let (_, text) = world.page("/lapor", &cookie).await;
    assert!(!text.contains(&VILLAGE.to_string()) && text.contains(&COMPANY.to_string()), "{text}");
    let (_, text) = world.page(&format!("/lapor?koreksi={VILLAGE}"), &cookie).await;
    assert!(!text.contains("name=\"replaces\""), "{text}");
    let replacing = format!("{FORM}&replaces={VILLAGE}");
    let (status, _) = sent(&world, "humas", "/lapor/kejadian", &replacing).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for news in ["continues", "ends", "denies", "withdraw"] {
        let form = format!("number={NUMBER}&report={VILLAGE}&news={news}");
        let (status, text) = sent(&world, "humas", "/lapor/lanjutan", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{news}");
        assert!(text.contains("Pilih laporan Anda yang masih berlaku"), "{text}");
    }
    // Nor of a place that is not the feed's, whatever the form is made to say.
    let elsewhere = FORM.replace("16.13.04&village=Desa+Belani", "16.13.01&feed=police&source=police");
    let (status, _) = sent(&world, "humas", "/lapor/kejadian", &elsewhere).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(world.sent.lock().unwrap().is_empty());
    // A disabled feed's account reports nothing.
    let store = &world.state.sources.store;
    let feed =
        store.feeds().await.unwrap().into_iter().find(|feed| feed.name == "company-rawas-ilir").unwrap();
    store.put_feed(&FeedRow { enabled: false, ..feed }).await.unwrap();
    let (status, _) = sent(&world, "humas", "/lapor/kejadian", FORM).await;
    assert_eq!((status, world.sent.lock().unwrap().len()), (StatusCode::FORBIDDEN, 0));
    let (_, text) = world.page("/lapor", &world.login("humas").await).await;
    assert!(!text.contains("href=\"/lapor\""), "the page of a refusal does not lead to itself: {text}");
}

#[tokio::test]
async fn further_news_names_the_report_and_says_what_became_of_it() {
    let world = world().await;
    for (news, field, value) in [
        ("continues", "stance", "continues"),
        ("ends", "stance", "ends"),
        ("denies", "stance", "denies"),
        ("withdraw", "retracts", &VILLAGE.to_string()),
    ] {
        let form = format!("number={NUMBER}&report={VILLAGE}&news={news}&summary=kata+warga");
        let (status, text) = sent(&world, "kades", "/lapor/lanjutan", &form).await;
        assert_eq!(status, StatusCode::OK, "{news}: {text}");
        let (feed, record) = world.sent.lock().unwrap().last().unwrap().clone();
        assert_eq!((feed.name(), record[field].as_str()), ("village-rawas-ilir", Some(value)), "{record}");
        if field == "stance" {
            let about = &record["about"];
            assert_eq!(
                (about["feed"].as_str(), about["report_id"].as_str()),
                (Some("village-rawas-ilir"), Some(VILLAGE.to_string().as_str()))
            );
        }
    }
    let of_others = |news: &str| format!("number={NUMBER}&report=other&kind=disaster&news={news}");
    let (status, _) = sent(&world, "kadus", "/lapor/lanjutan", &of_others("denies")).await;
    assert_eq!(status, StatusCode::OK);
    let (_, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        (record["stance"].as_str(), record["village"].as_str()),
        (Some("denies"), Some("16.13.04.2003"))
    );
    let (status, text) = sent(&world, "kades", "/lapor/lanjutan", &of_others("withdraw")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("hanya dapat dikatakan bahwa itu tidak benar"), "{text}");
}

#[tokio::test]
async fn a_report_is_put_right_by_another_in_its_place() {
    let world = world().await;
    let cookie = world.login("kades").await;
    let (_, text) = world.page(&format!("/lapor?koreksi={VILLAGE}"), &cookie).await;
    let filled = format!("name=\"replaces\" value=\"{VILLAGE}\"");
    assert!(text.contains(&filled) && text.contains("value=\"resident_company WP-05\" checked"), "{text}");
    let (status, _) = sent(&world, "kades", "/lapor/kejadian", &format!("{FORM}&replaces={VILLAGE}")).await;
    assert_eq!(status, StatusCode::OK);
    let (_, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(record["supersedes"].as_str(), Some(VILLAGE.to_string().as_str()));
}

#[tokio::test]
async fn what_became_of_a_report_is_said_and_nobody_is_exposed() {
    let world = world().await;
    let cookie = world.login("kades").await;
    let (_, text) = world.page("/lapor", &cookie).await;
    assert!(text.contains("✓ diterima · masuk peringatan tingkat siaga"), "{text}");
    world.rejected(VILLAGE, "kata Budi tidak ada").await;
    let (_, text) = world.page("/lapor", &cookie).await;
    assert!(text.contains("· ✓ diperiksa"), "{text}");
    for hidden in ["Budi", "piket-", "16.13-2026-0001", "%", "company-rawas-ilir"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[tokio::test]
async fn what_is_over_is_so_beside_the_alert_that_it_is_part_of() {
    let world = world().await;
    let cookie = world.login("kades").await;
    let (_, text) = world.page("/lapor", &cookie).await;
    assert!(!text.contains("✓ selesai"), "{text}");
    world.denied(DENIAL, Some(VILLAGE)).await;
    let (_, text) = world.page("/lapor", &cookie).await;
    assert!(text.contains("masuk peringatan tingkat siaga · ✓ selesai"), "both: {text}");
}

#[tokio::test]
async fn a_form_typed_while_the_session_ended_stands_there_again_for_who_may_send_it() {
    let world = world().await;
    let (status, login) = read(world.ask(post("/lapor/kejadian", "", FORM)).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(login.contains("name=\"unsent.summary\" value=\"portal dipasang\""), "{login}");
    let kept = format!(
        "unsent=%2Flapor%2Fkejadian&unsent.account=kades&unsent.number={NUMBER}&unsent.summary=portal+dipasang&unsent.district=16.13.04"
    );
    let again = |name: &str| format!("name={name}&password={}&{kept}", PASSWORD.replace(' ', "+"));
    let (status, text) = read(world.ask(post("/masuk", "", &again("kades"))).await).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("belum terkirim") && text.contains(">portal dipasang</textarea>"), "{text}");
    assert!(text.contains(&format!("value=\"{NUMBER}\"")), "{text}");
    let (status, text) = read(world.ask(post("/masuk", "", &again("sari"))).await).await;
    assert!(status == StatusCode::SEE_OTHER && !text.contains("portal"), "{status} {text}");
    assert!(world.sent.lock().unwrap().is_empty(), "nothing is sent by a login");
}

#[tokio::test]
async fn the_page_stays_small_for_a_whole_regency_in_both_languages() {
    let world = world().await;
    for who in ["kades", "kadus", "polres"] {
        let cookie = world.login(who).await;
        for lang in ["id", "en"] {
            let (_, text) = world.page(&format!("/lapor?lang={lang}"), &cookie).await;
            assert!(text.len() <= 20 << 10, "{who} {lang}: {} bytes", text.len());
        }
    }
}

#[tokio::test]
async fn a_link_opens_the_account_once_and_opening_its_address_changes_nothing() {
    let world = world().await;
    let store = &world.state.sources.store;
    let now = account::wall();
    let link = async |name: &str, until| account::link(store, name, now, until).await;
    for name in ["sari", "nobody"] {
        assert!(link(name, now.plus(DAY)).await.unwrap_err().is_call(), "{name}");
    }
    let token = link("kades", now.plus(3 * DAY)).await.unwrap();
    let path = format!("/lapor/tautan/{token}");
    for _ in 0..2 {
        let answer = world.ask(get(&path, "")).await;
        assert_eq!(
            (answer.status(), answer.headers().contains_key(header::SET_COOKIE)),
            (StatusCode::OK, false)
        );
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
        let (_, text) = read(answer).await;
        assert!(!text.contains("kades") && !text.contains("Rawas Ilir"), "a preview learns nothing: {text}");
    }
    let as_cookie = format!("kentongan={token}");
    assert!(world.page("/lapor", &as_cookie).await.1.is_empty(), "a link's token is no session's");
    let answer = world.ask(post(&path, "", "")).await;
    assert_eq!(
        (answer.status(), answer.headers()[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/lapor")
    );
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    let age: i64 = cookie.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    assert!((3 * 86_400 - 60..=3 * 86_400).contains(&age), "as long as the link: {cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(world.page("/lapor", cookie).await.0, StatusCode::OK);
    assert_eq!(world.page("/peringatan", cookie).await.0, StatusCode::FORBIDDEN);
    for request in [post(&path, "", ""), get(&path, "")] {
        let (status, text) = read(world.ask(request).await).await;
        assert!(status == StatusCode::NOT_FOUND && text.contains("sudah dipakai"), "{status} {text}");
    }
    let lapsed = link("kadus", now.plus(-1)).await.unwrap();
    let revoked = link("kadus", now.plus(DAY)).await.unwrap();
    account::disable(store, "kadus").await.unwrap();
    for token in [lapsed, revoked] {
        let answer = world.ask(post(&format!("/lapor/tautan/{token}"), "", "")).await;
        assert_eq!(
            (answer.status(), answer.headers().contains_key(header::SET_COOKIE)),
            (StatusCode::NOT_FOUND, false)
        );
    }
    assert!(link("kadus", now.plus(DAY)).await.unwrap_err().is_call(), "a disabled account gets no link");
    account::disable(store, "kades").await.unwrap();
    assert_eq!(
        world.page("/lapor", cookie).await.0,
        StatusCode::SEE_OTHER,
        "revoking ends what the link opened"
    );
}

/// The police reported that nothing happened in the regency until then.
async fn known_nihil(world: &World, to: Time) {
    let mut row = report(ReportId(0x717 << 64), FeedClass::Police, Handling::Open, "nihil");
    row.feed_name = String::from("polres-muratara");
    (row.report.feed, row.report.reported_at) = (FeedId::of(&row.feed_name), to);
    row.report.place = Place { code: Code(161_300), village: 0 };
    row.report.body = Body::Nothing { from: to.plus(-7 * DAY), to };
    row.offset = 3;
    let commit = Commit { next_offset: 4, reports: vec![row], ..world.commit_of(NOW, Vec::new()) };
    world.state.sources.store.commit(commit).await.unwrap();
}

#[tokio::test]
async fn a_tap_less_than_ten_minutes_after_a_nihil_that_is_known_is_the_same_report() {
    let mut ids = Vec::new();
    for ago in [None, Some(MINUTE / 3), Some(9 * MINUTE), Some(11 * MINUTE)] {
        let world = world().await;
        if let Some(ago) = ago {
            known_nihil(&world, NOW.plus(-ago)).await;
        }
        sent(&world, "polres", "/lapor/nihil", &format!("number={NUMBER}")).await;
        ids.push(world.sent.lock().unwrap()[0].1["report_id"].clone());
    }
    let [first, after_seconds, after_minutes, later] = &ids[..] else { unreachable!() };
    assert_ne!(first, after_seconds, "the full ten minutes lie between the two taps");
    assert_eq!(after_seconds, after_minutes);
    assert_eq!(first, later, "that one was another report");
}
