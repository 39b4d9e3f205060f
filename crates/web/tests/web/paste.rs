//! A pasted chat: proposals beside the text, nothing in before it is ticked, nothing lost, nothing twice.

use crate::world::{COMPANY, NOW, SECRET, VILLAGE, World, name, post, read};
use axum::http::StatusCode;
use domain::effect::Effect;
use domain::kind::{FeedClass, Outcome};
use domain::place::Code;
use domain::report::ReportId;
use intake::IntakeError;
use std::collections::BTreeMap;
use std::sync::Arc;
use web::WebState;

const PATH: &str = "/laporan/tempel";
type Changed<'a> = &'a [(&'a str, &'a str)];

/// Ten reports and what stands between them, in the wording of the field; made for this test.
pub const TEN: &str = "20/11/26 19.00 - Pesan dan panggilan dienkripsi secara end-to-end.\n\
20/11/26 19.05 - Pak Kades Belani: Mohon izin melaporkan, pkl 18.30 WIB di Ds Belani Kec Rawas Ilir telah terjadi pemortalan jalan PT AMR. Korban nihil\n\
20/11/26 19.06 - Pak Kades Belani: <Media tidak disertakan>\n\
20/11/26 19.07 - Babinsa Rawas Ulu: siap ndan\n\
20/11/26 19.10 - Babinsa Rawas Ulu: lapor, jalan diblokir warga di ds sungai baung kec rawas ulu tadi sore\n\
20/11/26 19.12 - Kapolsek Ulu Rawas: Telah terjadi bentrok antar kampung di Ds Jangkat Kec Ulu Rawas, 2 org luka\n\
20/11/26 19.30 - Sekdes Noman: Banjir di Ds Noman Kec Rupit, 30 rumah terendam, 120 jiwa mengungsi\n\
20/11/26 19.31 - BPBD: karhutla di ds pauh kec rawas ilir lk 2 ha\n\
20/11/26 19.40 - BPBD: longsor di ds muara tiku kec karang jaya, jalan terputus\n\
20/11/26 19.45 - Kades Terusan: curnak lagi di ds terusan kec karang jaya, 3 sapi hilang\n\
20/11/26 19.50 - Babinsa Rawas Ulu: kebakaran rumah di kel pasar surulangun kec rawas ulu, korban jiwa nihil\n\
20/11/26 20.00 - Kades Setia Marga: kantor desa Setia Marga disegel warga, kec karang dapo\n\
20/11/26 20.10 - Sekcam Nibung: perkelahian pemuda di ds tebing tinggi kec nibung, 1 org luka\n\
20/11/26 20.11 - Sekcam Nibung: apakah portal Belani masih dipasang?\n\
20/11/26 20.12 - Camat Karang Jaya: situasi aman terkendali\n";

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub async fn pasted(world: &World, cookie: &str, text: &str) -> (StatusCode, String) {
    read(world.ask(post(PATH, cookie, &form(&[("text", text), ("act", "read")]))).await).await
}

/// The controls of the review's form in their order, with what each holds; a tick that is not set holds nothing.
fn controls(page: &str) -> Vec<(String, String)> {
    let start = page.find("class=\"entry paste\"").expect("a form");
    let mut found = Vec::new();
    let tags = page[start..].split('<').skip(1);
    let attribute = |tag: &str, name: &str| {
        let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(unescaped(&tag[from..from + tag[from..].find('"')?]))
    };
    for tag in tags {
        let name = attribute(tag, "name").unwrap_or_default();
        let value = attribute(tag, "value").unwrap_or_default();
        let head = tag.split([' ', '>']).next().unwrap_or("");
        match head {
            "/form" => break,
            "input" if tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"") => {
                found.push((name, if tag.contains(" checked") { value } else { String::new() }));
            }
            "input" => found.push((name, value)),
            "select" => found.push((name, String::new())),
            "option" if tag.contains(" selected") => found.last_mut().unwrap().1 = value,
            "textarea" => found.push((name, unescaped(tag.split_once('>').unwrap().1))),
            _ => {}
        }
    }
    // A select without a choice made holds its first option.
    found
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Ticks every proposal and sends the form, with some fields changed.
pub async fn taken(world: &World, cookie: &str, page: &str, changed: Changed<'_>) -> (StatusCode, String) {
    let mut fields: Vec<(String, String)> = controls(page);
    fields.iter_mut().filter(|(name, _)| name.ends_with(".take")).for_each(|field| field.1 = "yes".into());
    sent_with(world, cookie, fields, ("take", changed)).await
}

/// Sends the form as it stands by one of its buttons, with some fields changed.
async fn sent(
    world: &World,
    cookie: &str,
    page: &str,
    (act, changed): (&str, &[(&str, &str)]),
) -> (StatusCode, String) {
    sent_with(world, cookie, controls(page), (act, changed)).await
}

async fn sent_with(
    world: &World,
    cookie: &str,
    mut fields: Vec<(String, String)>,
    (act, changed): (&str, &[(&str, &str)]),
) -> (StatusCode, String) {
    for (name, value) in changed {
        let field =
            fields.iter_mut().find(|(own, _)| own == name).unwrap_or_else(|| panic!("no field {name}"));
        field.1 = (*value).to_owned();
    }
    let optional = |name: &str| {
        name.ends_with(".take") || name.ends_with(".keep") || name.ends_with(".long_ago") || name == "order"
    };
    fields.retain(|(name, value)| !(optional(name) && value.is_empty()));
    fields.push(("act".into(), act.into()));
    let pairs: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    read(world.ask(post(PATH, cookie, &form(&pairs))).await).await
}

/// The field of the n-th proposal on the page.
fn field(page: &str, nth: usize, name: &str) -> String {
    let ids: Vec<String> = controls(page)
        .into_iter()
        .filter_map(|(own, _)| Some(own.strip_suffix(".take")?.to_owned()))
        .collect();
    format!("{}.{name}", ids[nth])
}

/// The field that says whose word a sender gives.
fn sender(page: &str, name: &str) -> String {
    let label = page.find(&format!(">{name}</label>")).expect("a label");
    let from = page[..label].rfind("for=\"f-").unwrap() + "for=\"f-".len();
    page[from..from + page[from..].find('"').unwrap()].to_owned()
}

#[tokio::test]
async fn ten_reports_of_one_chat_are_taken_by_a_mark_for_each() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (status, page) = pasted(&world, &cookie, TEN).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("15 pesan, 15 bagian: 10 usulan, 1 perlu dijawab, 4 dilewati."), "{page}");
    assert!(world.sent.lock().unwrap().is_empty(), "nothing is taken in before the officer says so");
    let all = controls(&page);
    let ticked = all.iter().filter(|(name, value)| name.ends_with(".take") && value == "yes").count();
    let unsourced: Vec<&String> = all
        .iter()
        .filter(|(name, value)| name.starts_with("sender-") && value.is_empty())
        .map(|(name, _)| name)
        .collect();
    assert_eq!((ticked, unsourced.len()), (0, 0), "{unsourced:?}");
    // Paste, read, a mark for each, take. Without a mouse it is a tab for each control up to the last tick, and two to the button.
    let ticks: Vec<usize> = (0..all.len()).filter(|at| all[*at].0.ends_with(".take")).collect();
    let (marks, tabs) = (3 + ticks.len(), ticks[ticks.len() - 1] + 2);
    assert!(marks <= 20 && marks + tabs <= 150, "{marks} marks, {tabs} tabs");
    let (_, page) = sent(&world, &cookie, &page, ("take", &[])).await;
    assert!(world.sent.lock().unwrap().is_empty(), "the button alone takes nothing");
    let (status, page) = taken(&world, &cookie, &page, &[]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("11 laporan diterima"), "{page}");
    let mut sent = world.sent.lock().unwrap().clone();
    let (_, quiet) = sent.pop().unwrap();
    assert_eq!(
        (&quiet["district"], &quiet["nothing_happened"]["to"]),
        (&"16.13.06".into(), &"2026-11-20T20:12:00+07:00".into())
    );
    let shape: Vec<(FeedClass, &str, &str, u64)> = sent
        .iter()
        .map(|(feed, record)| {
            let text = |name: &str| record[name].as_str().unwrap_or("-");
            (feed.class(), text("village"), text("category"), record["severity"].as_u64().unwrap())
        })
        .collect();
    use FeedClass::{Agency, Military, Police, Village};
    assert_eq!(
        shape,
        [
            (Village, "16.13.04.2003", "WP-05", 3),
            (Military, "16.13.02.2006", "WP-05", 3),
            (Police, "16.13.07.2001", "WW-01", 4),
            (Village, "16.13.01.2002", "WA-01", 4),
            (Agency, "16.13.04.2001", "WA-03", 2),
            (Agency, "16.13.06.2010", "WA-06", 3),
            (Village, "16.13.06.2008", "WW-12", 1),
            (Military, "16.13.02.1005", "WA-12", 2),
            (Village, "16.13.05.2008", "WW-08", 3),
            (Agency, "16.13.03.2001", "WW-02", 4),
        ]
    );
    let (feed, first) = &sent[0];
    assert_eq!(
        (feed.author().account.as_str(), first["occurred_at"].as_str()),
        ("sari", Some("2026-11-20T18:30:00+07:00"))
    );
    assert_eq!(first["reported_at"], "2026-11-20T19:05:00+07:00", "as it was sent");
    for (_, record) in &sent {
        assert!(!record.to_string().contains("Kades") && !record.to_string().contains("Babinsa"), "{record}");
    }
}

/// Enter in a field presses the first button of the form.
#[tokio::test]
async fn enter_takes_nothing_and_keeps_what_was_typed() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, page) = pasted(&world, &cookie, TEN).await;
    let form = &page[page.find("class=\"entry paste\"").unwrap()..];
    let first = &form[form.find("<button").unwrap()..];
    assert!(first[..first.find('>').unwrap()].contains("value=\"check\""), "{}", &first[..200]);
    let (tick, severity) = (field(&page, 1, "take"), field(&page, 1, "severity"));
    let changed = [(tick.as_str(), "yes"), (severity.as_str(), "5")];
    let (status, page) = sent(&world, &cookie, &page, ("check", &changed)).await;
    assert_eq!((status, world.sent.lock().unwrap().len()), (StatusCode::OK, 0));
    let held: BTreeMap<String, String> = controls(&page).into_iter().collect();
    assert_eq!((held[&tick].as_str(), held[&severity].as_str()), ("yes", "5"));
}

#[tokio::test]
async fn what_is_not_taken_is_put_aside_for_what_comes_next_and_shown_again() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text: String = (0..25)
        .map(|n| format!("20/11/26 19.05 - Kades Noman: banjir di Ds Noman, rumah nomor {n}\n"))
        .collect();
    let (_, page) = pasted(&world, &cookie, &text).await;
    assert!(page.contains("5 usulan lagi"), "{page}");
    let tick = field(&page, 3, "take");
    let (_, page) = sent(&world, &cookie, &page, ("next", &[(&tick, "yes")])).await;
    let ticks = |page: &str| controls(page).iter().filter(|(name, _)| name.ends_with(".take")).count();
    // The one that is ticked stays.
    assert!(page.contains("19 usulan dikesampingkan") && ticks(&page) == 6, "{page}");
    assert_eq!(field(&page, 0, "take"), tick);
    let (_, page) = sent(&world, &cookie, &page, ("back", &[])).await;
    assert!(ticks(&page) == 20 && !page.contains("usulan dikesampingkan"), "{page}");
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn how_grave_it_is_is_asked_with_the_category_or_follows_the_harm() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text = "20/11/26 19.05 - ~ Kades Noman: lapor, ada keributan di Ds Noman\n\
                20/11/26 19.06 - ~ Kades Noman: lapor, 2 org meninggal di Ds Noman\n";
    let (_, page) = pasted(&world, &cookie, text).await;
    let held: BTreeMap<String, String> = controls(&page).into_iter().collect();
    let severity = |nth| held[&field(&page, nth, "severity")].clone();
    assert_eq!((severity(0), severity(1)), (String::new(), "5".to_owned()));
    assert_eq!(held[&sender(&page, "~ Kades Noman")], "", "a name that the sender chose is no source");
}

#[tokio::test]
async fn a_chat_pasted_twice_makes_each_report_once() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, page) = pasted(&world, &cookie, TEN).await;
    let tick = field(&page, 0, "take");
    let (_, after) = taken(&world, &cookie, &page, &[]).await;
    assert!(after.contains("11 usulan sudah ada sebagai laporan"), "{after}");
    let ids = |world: &World| -> Vec<String> {
        world
            .sent
            .lock()
            .unwrap()
            .iter()
            .map(|(_, record)| record["report_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = ids(&world);
    // By another phone, before the first has become reports: the same ids.
    let iphone = TEN
        .replace("20/11/26 ", "[20/11/26, ")
        .replace(" - ", ":07] \u{200e}")
        .replace("[20/11/26, 19.00:07] ", "[20/11/26, 19.00.07] ");
    let (_, page) = pasted(&world, &cookie, &iphone).await;
    assert!(page.contains("10 usulan, 1 perlu dijawab"), "{page}");
    assert_eq!(field(&page, 0, "take"), tick);
    taken(&world, &cookie, &page, &[(&tick, "yes")]).await;
    let all = ids(&world);
    assert_eq!((all.len(), &all[11..]), (22, &first[..]));
}

/// A proposal is known where the desk has sent it; another feed's equal id is another report.
#[tokio::test]
async fn another_feeds_equal_id_keeps_no_proposal_out() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, page) = pasted(&world, &cookie, TEN).await;
    let id = field(&page, 0, "");
    let id = id.rsplit('.').find(|part| ReportId::parse(part).is_some()).expect("the proposal's id");
    world.shares_its_id(ReportId::parse(id).unwrap(), "dari perusahaan").await;
    let (_, page) = pasted(&world, &cookie, TEN).await;
    assert!(page.contains("10 usulan, 1 perlu dijawab"), "{page}");
}

#[tokio::test]
async fn what_is_not_sure_is_corrected_on_the_page_and_what_is_wrong_stops_no_other() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text = "20/11/26 19.05 - Sari: banjir di kec rupit, hubungi 0812-3456-7890\n\
                20/11/26 19.06 - Sekdes: portal dipasang lagi\n\
                20/11/26 19.07 - Kades Noman: banjir di Ds Noman\n";
    let (_, page) = pasted(&world, &cookie, text).await;
    assert!(page.contains("2 usulan, 1 perlu dijawab") && page.contains("Tempat tidak disebut"), "{page}");
    let names = |nth, name: &str| field(&page, nth, name);
    let (first, second) = (names(0, "take"), names(1, "take"));
    let (status, page) = taken(&world, &cookie, &page, &[(&second, "yes")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("1 laporan diterima") && page.contains("2 usulan belum diambil"), "{page}");
    assert!(
        page.contains("Pilih menurut siapa") && page.contains("Pilih salah satu dari 7 kecamatan"),
        "{page}"
    );
    let (keep, place) = (first.replace(".take", ".keep"), second.replace(".take", ".place"));
    let sender = sender(&page, "Sari");
    // The text asks only once it is known whose word it is.
    let (_, page) = taken(&world, &cookie, &page, &[(&sender, "community"), (&place, "16.13.01.2002")]).await;
    assert!(page.contains("seperti nomor telepon"), "{page}");
    let (status, page) = taken(&world, &cookie, &page, &[(&keep, "yes")]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_eq!(world.sent.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn an_order_of_day_and_month_is_asked_and_nothing_is_taken_before() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text = "05/11/26 19.05 - Kades Noman: banjir di Ds Noman\n";
    // 11 May lies further back than 5 November; both lie in the past.
    let (_, page) = pasted(&world, &cookie, text).await;
    assert!(
        page.contains("Tanggal 5/11/2026 dapat dibaca dua cara") && page.contains("1 perlu dijawab"),
        "{page}"
    );
    let (_, answered) = read(
        world.ask(post(PATH, &cookie, &form(&[("text", text), ("act", "read"), ("order", "dmy")]))).await,
    )
    .await;
    assert!(answered.contains("1 usulan, 0 perlu dijawab"), "{answered}");
    let (status, _) = taken(&world, &cookie, &answered, &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.sent.lock().unwrap()[0].1["occurred_at"], "2026-11-05T19:05:00+07:00");
    let tick = field(&page, 0, "take");
    let (status, _) = taken(&world, &cookie, &page, &[(&tick, "yes")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "without an order there is no time");
    assert_eq!(world.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_report_known_from_elsewhere_is_shown_and_the_proposal_waits_for_a_tick() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text = "20/11/26 22.05 - Kades Belani: portal dipasang warga di Ds Belani\n";
    let (_, page) = pasted(&world, &cookie, text).await;
    assert!(page.contains("Laporan mirip sudah ada"), "{page}");
    assert!(!page.contains(".take\" value=\"yes\" checked"), "{page}");

    // What was taken back is here no more.
    let gone = [VILLAGE, SECRET, COMPANY].map(|id| Effect::Outcome {
        regency: Code(161_300),
        report: name(id),
        outcome: Outcome::Retracted,
        incident: None,
    });
    let mut commit = world.commit_of(NOW, gone.into());
    (commit.next_offset, commit.registry_records) = (4, 1);
    world.state.sources.store.commit(commit).await.unwrap();
    let (_, page) = pasted(&world, &cookie, text).await;
    assert!(!page.contains("Laporan mirip sudah ada"), "{page}");
}

#[tokio::test]
async fn a_megabyte_is_read_by_pages_and_more_is_refused_with_the_text_kept() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let line = "20/11/26 19.05 - Kades Noman: banjir di Ds Noman, ";
    let mut text: String = (0..30).map(|n| format!("{line}rumah nomor {n}\n")).collect();
    let filler = "20/11/26 19.06 - Warga: siap, terima kasih banyak atas infonya bapak ibu semua\n";
    text += &filler.repeat((1_000_000 - text.len()) / filler.len());
    let (status, page) = pasted(&world, &cookie, &text).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("30 usulan") && page.contains("10 usulan lagi"), "{}", &page[..6000]);
    let (_, page) = taken(&world, &cookie, &page, &[]).await;
    assert!(page.contains("20 laporan diterima"), "{}", &page[..6000]);
    let (_, page) = taken(&world, &cookie, &page, &[]).await;
    assert!(
        page.contains("10 laporan diterima") && page.contains("30 usulan sudah ada"),
        "{}",
        &page[..6000]
    );
    let (status, page) = pasted(&world, &cookie, &"banjir di Rupit. ".repeat(70_000)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Teks lebih dari 1 MB") && page.len() > 1_000_000);
}

#[tokio::test]
async fn a_full_service_keeps_what_was_pasted_and_typed() {
    let world = World::new().await;
    let full: web::SubmitReport = Arc::new(|_, _| Box::pin(async { Err(IntakeError::Busy) }));
    let world = world.with(|state| WebState { intake: full, ..state });
    let cookie = world.login("sari").await;
    let (_, page) = pasted(&world, &cookie, TEN).await;
    let severity = field(&page, 0, "severity");
    let (status, page) = taken(&world, &cookie, &page, &[(&severity, "5")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let held: BTreeMap<String, String> = controls(&page).into_iter().collect();
    assert_eq!((held[&severity].as_str(), held["text"].lines().count()), ("5", 15));
    assert!(page.contains("belum tersimpan"), "{page}");
}

#[tokio::test]
async fn a_note_without_a_head_is_of_now_and_of_a_senders_without_a_name() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, page) =
        pasted(&world, &cookie, "HT pos Belani: barusan portal dipasang di Ds Lawang Agung kec Rupit").await;
    assert!(page.contains("Tanpa nama pengirim"), "{page}");
    let (status, page) =
        taken(&world, &cookie, &page, &[(&sender(&page, "Tanpa nama pengirim"), "community")]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let record = world.sent.lock().unwrap()[0].1.clone();
    let at = views::format::machine(NOW, domain::place::Zone::Wib);
    assert_eq!(
        (record["occurred_at"].as_str(), record["reported_at"].as_str()),
        (Some(at.as_str()), Some(at.as_str()))
    );
}

/// The text stands in the same form as the corrections: both may be changed at once.
#[tokio::test]
async fn a_changed_text_gives_no_report_the_source_of_another_sender() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let first = "20/11/26 19.05 - Humas PT AMR: portal dipasang warga di Ds Belani\n";
    let second = "20/11/26 19.06 - Sari: banjir di Ds Noman\n";
    let (_, page) = pasted(&world, &cookie, &format!("{first}{second}")).await;
    let (company, citizen) = (sender(&page, "Humas PT AMR"), sender(&page, "Sari"));
    assert_eq!(controls(&page).into_iter().find(|(name, _)| *name == company).unwrap().1, "company");
    // The first message is taken out of the text: what was chosen for its sender is nobody else's.
    let tick = field(&page, 1, "take");
    let changed = [("text", second), (tick.as_str(), "yes"), (citizen.as_str(), "community")];
    let (status, answer) = sent(&world, &cookie, &page, ("take", &changed)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let shape = |world: &World| -> Vec<(FeedClass, String)> {
        let sent = world.sent.lock().unwrap();
        sent.iter()
            .map(|(feed, record)| (feed.class(), record["category"].as_str().unwrap().to_owned()))
            .collect()
    };
    assert_eq!(shape(&world), [(FeedClass::Community, "WA-01".to_owned())]);
    // The same words under another name: whose they are is asked again.
    let renamed = first.replace("Humas PT AMR", "Sari");
    let tick = field(&page, 0, "take");
    let changed = [("text", renamed.as_str()), (tick.as_str(), "yes"), (citizen.as_str(), "community")];
    let (status, answer) = sent(&world, &cookie, &page, ("take", &changed)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert!(answer.contains("Pilih menurut siapa") && shape(&world).len() == 1, "{answer}");
    let (status, answer) = taken(&world, &cookie, &answer, &[]).await;
    assert_eq!((status, shape(&world).len()), (StatusCode::OK, 2), "{answer}");
}

#[tokio::test]
async fn that_nothing_happened_is_taken_for_its_place_and_period_and_the_keyboard_begins_at_the_first_proposal()
 {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let text = "20/11/26 19.05 - Babinsa Rupit: Lap sit tgl 13 s/d 19 Nov wil kec Rupit nihil kejadian\n\
                20/11/26 19.06 - Kades Noman: nihil\n";
    let (_, page) = pasted(&world, &cookie, text).await;
    assert!(
        page.contains("1 usulan, 1 perlu dijawab, 0 dilewati") && page.contains("Ambil sebagai nihil"),
        "{page}"
    );
    let form = &page[page.find("class=\"entry paste\"").unwrap()..];
    assert_eq!(form.matches(" autofocus").count(), 1);
    assert!(
        form[form.find(" autofocus").unwrap() - 200..]
            .contains(&format!("name=\"{}\"", field(&page, 0, "take")))
    );
    let (from, second) = (field(&page, 0, "quiet_from"), field(&page, 1, "quiet_to"));
    // What is wrong with the period stops no other.
    let (status, page) = taken(&world, &cookie, &page, &[(&from, "2026-11-20T23:00")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Masa nihil harus mulai sebelum berakhir") && !page.contains(&second), "{page}");
    let (status, page) = taken(&world, &cookie, &page, &[(&from, "2026-11-14T00:00")]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let sent = world.sent.lock().unwrap().clone();
    let shape: Vec<(FeedClass, Option<&str>, &str, &str)> = sent
        .iter()
        .map(|(feed, record)| {
            let period = &record["nothing_happened"];
            let at = |name: &str| period[name].as_str().unwrap();
            (feed.class(), record["village"].as_str(), at("from"), at("to"))
        })
        .collect();
    assert_eq!(
        shape,
        [
            (
                FeedClass::Village,
                Some("16.13.01.2002"),
                "2026-11-19T19:06:00+07:00",
                "2026-11-20T19:06:00+07:00"
            ),
            (FeedClass::Military, None, "2026-11-14T00:00:00+07:00", "2026-11-20T00:00:00+07:00"),
        ]
    );
}
