//! A form that comes after its session has ended is kept over the login, and nothing acts before it is sent again.

use crate::world::{PASSWORD, VILLAGE, World, post, read};
use axum::http::{StatusCode, header};
use domain::alert::State;
use store::{Role, User};

/// The fields of the login page's form, and the person's own.
fn login_form(page: &str, name: &str, password: &str) -> String {
    let hidden = page.split("<input type=\"hidden\" name=\"").skip(1).map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        let value = rest.split_once('"').unwrap().0;
        let plain =
            value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        format!("{}={}&", encode(name), encode(&plain))
    });
    let kept: String = hidden.collect();
    format!("{kept}name={name}&password={}", encode(password))
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Sends a form without a session, then logs in on the page that comes; gives the page after that.
pub async fn sent_and_logged_in(world: &World, path: &str, form: &str, name: &str) -> (StatusCode, String) {
    let (status, login) = read(world.ask(post(path, "", form)).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    assert!(login.contains("Isian itu masih ada"), "{login}");
    let wrong = login_form(&login, name, "salah");
    let (status, again) = read(world.ask(post("/masuk", "", &wrong)).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let answer = world.ask(post("/masuk", "", &login_form(&again, name, PASSWORD))).await;
    assert!(answer.headers().contains_key(header::SET_COOKIE));
    read(answer).await
}

#[tokio::test]
async fn a_report_typed_while_the_session_ended_stands_there_again_after_the_login() {
    let world = World::new().await;
    let form = "place=16.13.04&category=resident_company+WP-05&severity=3&occurred=2026-11-21T05%3A00\
        &source=village&summary=Portal+%22dipasang%22+%3Csejak%3E+subuh%0D%0A%26+dijaga&parties=resident&parties=company";
    let (status, page) = sent_and_logged_in(&world, "/laporan/baru", form, "sari").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("belum terkirim"), "{page}");
    assert!(
        page.contains("Portal &quot;dipasang&quot; &lt;sejak&gt; subuh\n&amp; dijaga</textarea>"),
        "{page}"
    );
    for checked in ["value=\"3\" checked", "value=\"resident\" checked", "value=\"company\" checked"] {
        assert!(page.contains(checked), "{checked}: {page}");
    }
    assert!(world.sent.lock().unwrap().is_empty(), "nothing is sent by a login");
}

#[tokio::test]
async fn an_act_typed_while_the_session_ended_is_not_done_and_not_lost() {
    let world = World::new().await;
    let path = "/peringatan/16.13-2026-0001/tugaskan";
    let form = "version=1&to=Danramil&reason=mohon+dicek";
    let (status, page) = sent_and_logged_in(&world, path, form, "sari").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("belum terkirim") && page.contains("value=\"Danramil\""), "{page}");
    assert!(page.contains(">mohon dicek</textarea>"));
    let alert = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!((alert.alert.version, alert.alert.state), (1, State::Open));
}

#[tokio::test]
async fn a_verification_typed_while_the_session_ended_is_not_lost() {
    let world = World::new().await;
    let path = format!("/laporan/{VILLAGE}/verifikasi");
    let (status, page) =
        sent_and_logged_in(&world, &path, "act=reject&reason=salah+desa&blind=1", "sari").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("belum terkirim") && page.contains("value=\"salah desa\""), "{page}");
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_kept_form_gives_nobody_more_rights_and_leads_nowhere_else() {
    let world = World::new().await;
    let (status, _) = sent_and_logged_in(&world, "/laporan/baru", "summary=x", "bupati").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "who may not enter reports sees the page's own refusal");
    let elsewhere = "/peringatan/16.13-2026-0001/tugaskan";
    let (status, _) = sent_and_logged_in(&world, elsewhere, "version=1&to=x", "banjarbaru").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "nor does another regency's alert open");
    let form = format!("name=sari&password={}&unsent=%2F%2Fevil.example%2Fbaru&unsent.x=1", encode(PASSWORD));
    let answer = world.ask(post("/masuk", "", &form)).await;
    assert_eq!(answer.headers()[header::LOCATION], "/");
}

#[tokio::test]
async fn a_correction_typed_while_the_session_ended_stands_there_again() {
    let world = World::new().await;
    let path = format!("/laporan/{VILLAGE}/koreksi");
    let form = "place=16.13.04&category=resident_company+WP-05&severity=2&occurred=2026-11-21T05%3A00\
        &number=01KDTNM8M0Y02FSFQYZ0000002&why=dihitung+%22lagi%22";
    let (status, page) = sent_and_logged_in(&world, &path, form, "sari").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("belum terkirim") && page.contains("value=\"dihitung &quot;lagi&quot;\""),
        "{page}"
    );
    assert!(page.contains("name=\"number\" value=\"01KDTNM8M0Y02FSFQYZ0000002\""), "{page}");
    assert!(world.sent.lock().unwrap().is_empty(), "nothing is sent by a login");
}

#[tokio::test]
async fn corrections_of_a_pasted_chat_stand_there_again_and_ticks_are_set_again() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text = "20/11/26 19.05 - Humas PT AMR: portal dipasang warga di Ds Belani";
    let pasted = format!("act=read&text={}", encode(text));
    let (_, page) = read(world.ask(post("/laporan/tempel", &cookie, &pasted)).await).await;
    let id = page.split(".take\"").next().and_then(|before| before.rsplit('"').next()).unwrap();
    let form = format!(
        "act=take&at=1&text={}&{id}.take=yes&{id}.place=16.13.01.2002&{id}.severity=5&{id}.stance=affirms&{id}.dead=2",
        encode(text)
    );
    let (status, page) = sent_and_logged_in(&world, "/laporan/tempel", &form, "sari").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Isian dan koreksi Anda kembali"), "{page}");
    for kept in ["value=\"16.13.01.2002\" selected", "value=\"5\" selected"] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    assert!(
        page.contains(&format!("name=\"{id}.dead\" type=\"text\" inputmode=\"numeric\" value=\"2\"")),
        "{page}"
    );
    assert!(!page.contains(&format!("name=\"{id}.take\" value=\"yes\" checked")), "{page}");
    assert!(world.sent.lock().unwrap().is_empty(), "nothing is sent by a login");
}

#[tokio::test]
async fn a_list_of_reporters_confirmed_while_the_session_ended_stands_there_again_after_the_login() {
    let world = World::new().await;
    let store = &world.state.sources.store;
    let sari = store.user("sari").await.unwrap().unwrap();
    let admin = User { name: "admin".into(), role: Role::Administrator, person: "admin".into(), ..sari };
    store.put_user(&admin).await.unwrap();
    let list = "nama;sumber;tempat;kelas\nkades.belani;desa-belani;16.13.04.2003;desa\n";
    let carried: String = list.bytes().map(|byte| format!("{byte:02x}")).collect();
    let form = format!("list={carried}&number=lama");
    let (status, page) = sent_and_logged_in(&world, "/pelapor/tambah", &form, "admin").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("1 dari 1 baris dapat ditambahkan") && page.contains(&carried), "{page}");
    assert!(store.user("kades.belani").await.unwrap().is_none(), "nothing is added by a login");
}
