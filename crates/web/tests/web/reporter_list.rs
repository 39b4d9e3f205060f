//! A list of reporters on a page: who may, what becomes of each row, passwords that are shown once.

use crate::world::{World, get, post, read};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::kind::FeedClass;
use domain::place::Areas;
use std::sync::{Arc, Mutex};
use store::{FeedRow, Role, User};
use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const PATH: &str = "/pelapor";
const LIST: &str = "Daftar pelapor;;;\nNama;Sumber;Tempat;Kelas\n\
    kades.belani;desa-belani;16.13.04.2003;desa\n\
    camat.rupit;kec-rupit;Rupit;kecamatan\n\
    sari;kec-nibung;16.13.03;dinas\n\
    kades.x;desa-x;Rupitt;desa\n\
    lurah.jauh;kel-jauh;63.72.02;desa\n\
    pak.y;desa-y;16.13.04.2003;wartawan\n";

/// The administrator of one regency.
async fn administrator(world: &World) -> String {
    let store = &world.state.sources.store;
    let sari = store.user("sari").await.unwrap().unwrap();
    let user = User { name: "admin".into(), role: Role::Administrator, person: "admin".into(), ..sari };
    store.put_user(&user).await.unwrap();
    world.login("admin").await
}

fn upload(cookie: &str, list: &[u8]) -> Request<Body> {
    crate::multipart::upload(PATH, cookie, ("list", "daftar.csv"), list)
}

/// What the second form carries.
fn carried(page: &str) -> String {
    let field = |name: &str| {
        let value = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
        value.and_then(|rest| rest.split('"').next()).expect("a field").to_owned()
    };
    format!("list={}&number={}", field("list"), field("number"))
}

fn passwords(page: &str) -> Vec<&str> {
    page.split("<code>").skip(1).filter_map(|part| part.split('<').next()).collect()
}

#[tokio::test]
async fn each_row_says_what_becomes_of_it_and_nothing_is_added_before_it_is_said() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let (status, page) = read(world.ask(upload(&cookie, LIST.as_bytes())).await).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    for words in [
        "2 dari 6 baris dapat ditambahkan. Belum ada yang ditambahkan.",
        "Tambahkan 2 akun",
        "Belani",
        "sumber baru",
        "Akun &#39;sari&#39; sudah ada",
        "Tempat &#39;Rupitt&#39; tidak dikenal. Maksudnya: ",
        "Sumber &#39;kel-jauh&#39; di luar wilayah Anda",
        "Kelas &#39;wartawan&#39; tidak dikenal",
    ] {
        let plain = page.replace("'", "&#39;");
        assert!(plain.contains(words), "{words}: {page}");
    }
    let store = &world.state.sources.store;
    assert!(store.user("kades.belani").await.unwrap().is_none());
    assert!(store.feeds().await.unwrap().iter().all(|feed| feed.name != "desa-belani"));
}

#[tokio::test]
async fn what_is_added_reports_from_its_place_and_its_password_is_shown_once() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let (_, page) = read(world.ask(upload(&cookie, LIST.as_bytes())).await).await;
    let form = carried(&page);
    let answer = world.ask(post("/pelapor/tambah", &cookie, &form)).await;
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    let (status, page) = read(answer).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("2 akun ditambahkan.") && page.contains("hanya tampil sekali"), "{page}");
    let passwords = passwords(&page);
    assert_eq!(passwords.len(), 2);
    let store = &world.state.sources.store;
    let user = store.user("kades.belani").await.unwrap().unwrap();
    let village = Areas::parse("16.13.04.2003").unwrap();
    assert_eq!((user.role, user.feed.as_str(), &user.areas), (Role::Reporter, "desa-belani", &village));
    let feeds = store.feeds().await.unwrap();
    let feed = feeds.iter().find(|feed| feed.name == "desa-belani").unwrap();
    assert_eq!((feed.class, &feed.areas), (FeedClass::Village, &village));
    let login = format!("name=kades.belani&password={}", passwords[0]);
    let answer = world.ask(post("/masuk", "", &login)).await;
    assert_eq!(answer.headers()[header::LOCATION], "/lapor");
    // A second press of the button reads the same once; from then on the form adds nothing and shows no password.
    let (_, again) = read(world.ask(post("/pelapor/tambah", &cookie, &form)).await).await;
    assert_eq!(self::passwords(&again), passwords);
    let (_, page) = read(world.ask(post("/pelapor/tambah", &cookie, &form)).await).await;
    assert!(page.contains("0 akun ditambahkan.") && !page.contains("<code>"), "{page}");
    assert!(passwords.iter().all(|password| !page.contains(password)));
}

#[tokio::test]
async fn a_list_whose_sender_went_away_is_added_whole_and_the_same_form_reads_its_passwords() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let (_, page) = read(world.ask(upload(&cookie, LIST.as_bytes())).await).await;
    let form = carried(&page);
    let store = &world.state.sources.store;
    let mut first = Box::pin(world.ask(post("/pelapor/tambah", &cookie, &form)));
    while store.user("kades.belani").await.unwrap().is_none() {
        assert!(futures::poll!(&mut first).is_pending(), "the form was answered before its sender went");
    }
    drop(first);
    // Another session's form of the same name reads nothing of it.
    let other = world.login("admin").await;
    let (again, foreign) = futures::join!(
        world.ask(post("/pelapor/tambah", &cookie, &form)),
        world.ask(post("/pelapor/tambah", &other, &form))
    );
    let (_, foreign) = read(foreign).await;
    assert!(foreign.contains("0 akun ditambahkan."), "{foreign}");
    let (_, page) = read(again).await;
    assert!(page.contains("2 akun ditambahkan."), "{page}");
    let passwords = passwords(&page);
    for (name, password) in ["kades.belani", "camat.rupit"].iter().zip(passwords) {
        let answer = world.ask(post("/masuk", "", &format!("name={name}&password={password}"))).await;
        assert_eq!(answer.headers()[header::LOCATION], "/lapor", "{name}");
    }
}

/// The page as it is reviewed, without what differs from run to run.
fn reviewed_page(name: &str, page: &str) {
    let mut lines = crate::snapshots::content_of(&crate::snapshots::lines_of(page));
    let number = page.split("name=\"number\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    for hidden in passwords(page).into_iter().chain(number) {
        lines = lines.replace(hidden, "…");
    }
    crate::snapshots::reviewed(name, &lines);
}

#[tokio::test]
async fn the_pages_of_a_list_are_as_reviewed() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let (_, start) = world.page(PATH, &cookie).await;
    reviewed_page("reporter-list.html", &start);
    let (_, preview) = read(world.ask(upload(&cookie, LIST.as_bytes())).await).await;
    reviewed_page("reporter-list-preview.html", &preview);
    let (_, added) = read(world.ask(post("/pelapor/tambah", &cookie, &carried(&preview))).await).await;
    reviewed_page("reporter-list-added.html", &added);
}

#[tokio::test]
async fn of_a_feed_of_other_places_a_list_learns_neither_class_nor_place() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    world.registered("desa-jauh", "63.72.02", crate::world::NOW).await;
    let list = "nama;sumber;tempat;kelas\na.satu;desa-jauh;16.13.04;desa\n\
        a.dua;desa-jauh;63.72.02;desa\na.tiga;desa-jauh;;\na.empat;desa-jauh;;polsek\n";
    let (_, page) = read(world.ask(upload(&cookie, list.as_bytes())).await).await;
    assert_eq!(page.matches("di luar wilayah Anda").count(), 4, "{page}");
}

/// What was logged of the acts of one test, as `field=value` words.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<String>>>);

impl Subscriber for Logged {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = String::new();
        event.record(&mut |field: &Field, value: &dyn std::fmt::Debug| {
            line.push_str(&format!("{field}={value:?} "));
        });
        self.0.lock().unwrap().push(line);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// One session of an administrator cannot make both speakers of an awas out of nothing, and what it makes is written down.
#[tokio::test]
async fn a_new_feed_of_police_or_military_is_the_operators_and_each_account_is_logged_with_who_gave_it() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let polsek = FeedRow::new(
        "polsek-rupit",
        FeedClass::Police,
        Areas::parse("16.13.01").unwrap(),
        [9; 32],
        crate::world::NOW,
    );
    world.state.sources.store.put_feed(&polsek).await.unwrap();
    let list = "nama;sumber;tempat;kelas\nkapolsek.nibung;polsek-nibung;16.13.03;polsek\n\
        danramil.nibung;koramil-nibung;16.13.03;koramil\nkapolsek.rupit;polsek-rupit;;\n\
        kades.belani;desa-belani;16.13.04.2003;desa\n";
    let (_, page) = read(world.ask(upload(&cookie, list.as_bytes())).await).await;
    assert_eq!(page.matches("sumber baru kelas ini didaftarkan operator").count(), 2, "{page}");
    let logged = Logged::default();
    // Of one listener alone a line that another test's thread writes first would ask that thread's, and nobody listens there.
    let _another = tracing::Dispatch::new(Logged::default());
    let listening = tracing::subscriber::set_default(logged.clone());
    let (_, added) = read(world.ask(post("/pelapor/tambah", &cookie, &carried(&page))).await).await;
    drop(listening);
    assert!(added.contains("2 akun ditambahkan."), "{added}");
    let secrets = passwords(&added);
    assert_eq!(added.matches("sumber baru kelas ini didaftarkan operator").count(), 2, "{added}");
    let store = &world.state.sources.store;
    let feeds = store.feeds().await.unwrap();
    assert!(!feeds.iter().any(|feed| ["polsek-nibung", "koramil-nibung"].contains(&feed.name.as_str())));
    assert!(store.user("kapolsek.nibung").await.unwrap().is_none());
    let lines = logged.0.lock().unwrap();
    let rows: Vec<&String> = lines.iter().filter(|line| line.contains("a reporter was added")).collect();
    assert_eq!(rows.len(), 2, "{lines:?}");
    for (line, own) in rows.iter().zip([
        ["\"kapolsek.rupit\"", "\"polsek-rupit\"", "class=police", "16.13.01", "feed_is_new=false"],
        ["\"kades.belani\"", "\"desa-belani\"", "class=village", "16.13.04.2003", "feed_is_new=true"],
    ]) {
        assert!(line.contains("account=\"admin\" person=\"admin\""), "{line}");
        assert!(own.iter().all(|word| line.contains(word)), "{line}");
    }
    assert!(secrets.iter().all(|secret| lines.iter().all(|line| !line.contains(secret))), "{lines:?}");
}

#[tokio::test]
async fn only_the_administrator_adds_reporters_and_only_from_our_own_page() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let list = format!("list={}", hex(LIST.as_bytes()));
    for name in ["sari", "tim", "bupati", "camat"] {
        let other = world.login(name).await;
        for request in
            [get(PATH, &other), upload(&other, LIST.as_bytes()), post("/pelapor/tambah", &other, &list)]
        {
            assert_eq!(world.ask(request).await.status(), StatusCode::FORBIDDEN, "{name}");
        }
        let (_, feeds) = world.page("/umpan", &other).await;
        assert!(!feeds.contains("href=\"/pelapor\""), "{name} is offered what they may not");
    }
    for mut foreign in [upload(&cookie, LIST.as_bytes()), post("/pelapor/tambah", &cookie, &list)] {
        foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(world.ask(foreign).await.status(), StatusCode::BAD_REQUEST);
    }
    assert!(world.state.sources.store.user("kades.belani").await.unwrap().is_none());
    let (_, feeds) = world.page("/umpan", &cookie).await;
    assert!(feeds.contains("href=\"/pelapor\""), "{feeds}");
    let (status, page) = world.page(PATH, &cookie).await;
    assert!(status == StatusCode::OK && page.contains("nama;sumber;tempat;kelas"), "{page}");
    let answer = world.ask(get("/pelapor/tambah", &cookie)).await;
    assert_eq!(answer.headers()[header::LOCATION], PATH);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn what_is_no_list_and_what_is_too_large_is_refused_in_words() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let head = "nama,sumber,tempat,kelas\n";
    let many: String = (0..301).map(|n| format!("a{n},b{n},,\n")).collect();
    for (list, words) in [
        (String::new(), "Belum ada berkas yang dipilih"),
        ("tanggal,kejadian\n1,2\n".into(), "bukan daftar pelapor"),
        (head.into(), "tidak berisi satu baris pun"),
        (format!("{head}{many}"), "Daftar terlalu besar"),
        (format!("{head}{}", "x".repeat(49 << 10)), "Daftar terlalu besar"),
        (format!("{head}{}", "x".repeat(400 << 10)), "Daftar terlalu besar"),
    ] {
        let (status, page) = read(world.ask(upload(&cookie, list.as_bytes())).await).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains(words), "{words}: {status}");
    }
    let mut broken = upload(&cookie, head.as_bytes());
    *broken.body_mut() = Body::from("--b\r\ncontent-disposition: form-data; name=\"list\"\r\n\r\nnama");
    let (status, page) = read(world.ask(broken).await).await;
    assert!(status == StatusCode::BAD_REQUEST && page.contains("Isian tidak terbaca"), "{status}: {page}");
    for form in ["", "list=", "list=zz", "list=6e616d61"] {
        let (status, page) = read(world.ask(post("/pelapor/tambah", &cookie, form)).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}: {page}");
    }
}

/// The largest list that is looked over fits the form that adds it.
#[tokio::test]
async fn the_largest_list_is_carried_by_the_second_form() {
    let world = World::new().await;
    let cookie = administrator(&world).await;
    let mut list = String::from("nama,sumber,tempat,kelas\nsari,desa-belani,16.13.04.2003,desa\n");
    list.push_str(&" ".repeat((48 << 10) - list.len()));
    let (status, page) = read(world.ask(upload(&cookie, list.as_bytes())).await).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let (status, page) = read(world.ask(post("/pelapor/tambah", &cookie, &carried(&page))).await).await;
    assert!(status == StatusCode::OK && page.contains("sudah ada"), "{status}: {page}");
}
