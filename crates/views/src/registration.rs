//! What a person reads who adds a feed or an account: for what it is, in words, its secret, and what to do next.

use crate::format;
use crate::permit::{Right, may};
use crate::words::Lang;
use domain::kind::FeedClass;
use domain::place::{Area, Areas, Code, Place, Places, Zone};
use domain::report::ReportId;
use domain::spelling::twins;
use domain::time::{HOUR, Time};
use serde_json::{Value, json};
use store::{FeedRow, Role, User};

/// A feed that was added just now.
pub struct AddedFeed<'a> {
    pub name: &'a str,
    pub class: FeedClass,
    pub areas: &'a Areas,
    pub token: &'a str,
    /// Of the report in the first call to try.
    pub report_id: ReportId,
    pub at: Time,
}

/// An account that was added just now.
pub struct AddedAccount<'a> {
    pub name: &'a str,
    pub role: Role,
    pub areas: &'a Areas,
    /// Where one was made for it.
    pub password: Option<&'a str>,
}

/// What a person reads of what was added, line by line. The secret stands apart: a program may want it alone.
pub struct Registration {
    /// What was added: class or role and places, in words.
    pub added: String,
    /// The token or the password, or that it was given.
    pub secret: String,
    /// What to do next.
    pub next: String,
}

/// Class and places of a feed, its token, and a first call that reports with it; `public_url`: where people reach the
/// service.
pub fn feed_added(places: &Places, public_url: &str, feed: &AddedFeed<'_>, lang: Lang) -> Registration {
    let class = lang.word("class", feed.class);
    let spoken_for = places_in_words(places, feed.areas, lang);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("name", &feed.name), ("class", &class), ("places", &spoken_for)];
    let added = lang.fill("registration.feed", &values);
    let token = lang.fill("registration.token", &[("token", &feed.token)]);
    let attempt = lang.text("registration.first_call");
    let next = format!("{attempt}\n{}", first_call(places, public_url, feed));
    Registration { added, secret: token, next }
}

/// Role and places of an account, its password where one was made, and where to log in.
pub fn account_added(
    places: &Places,
    public_url: &str,
    account: &AddedAccount<'_>,
    lang: Lang,
) -> Registration {
    let role = lang.word("role", account.role.as_str());
    let seen = places_in_words(places, account.areas, lang);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("name", &account.name), ("role", &role), ("places", &seen)];
    let added = lang.fill("registration.account", &values);
    let password = match &account.password {
        Some(password) => lang.fill("registration.password", &[("password", password)]),
        None => lang.text("registration.password_given").to_owned(),
    };
    let url = format!("{}/masuk", public_url.trim_end_matches('/'));
    Registration { added, secret: password, next: lang.fill("registration.log_in", &[("url", &url)]) }
}

/// Says which enabled accounts that may judge reports name no person; `None` where each does. Such accounts of one person
/// count as several.
pub fn nameless_accounts(users: &[User], lang: Lang) -> Option<String> {
    let nameless =
        users.iter().filter(|user| user.enabled && may(user.role, Right::Verify) && user.person.is_empty());
    let names: Vec<&str> = nameless.map(|user| user.name.as_str()).collect();
    (!names.is_empty()).then(|| lang.fill("registration.nameless", &[("names", &names.join(", "))]))
}

/// Says which names that the register and the roster have are one name in several spellings: such names of persons, of accounts, and
/// of feeds and their organisations are never two.
pub fn twin_names(register: &Register<'_>, lang: Lang) -> Option<String> {
    let Register { users, feeds, organisations, persons } = register;
    let accounts = users.iter().map(|user| user.name.as_str());
    let persons = users.iter().map(|user| user.person.as_str()).chain(persons.iter().copied());
    let own = feeds.iter().flat_map(|feed| [feed.name.as_str(), &feed.organisation, &feed.organisation_name]);
    let voices = own.chain(organisations.iter().map(|(name, _)| name.as_str()));
    let twins = [twins(accounts), twins(persons), twins(voices)].concat();
    let names: Vec<String> =
        twins.iter().map(|twins| twins.iter().copied().collect::<Vec<_>>().join(" = ")).collect();
    (!names.is_empty()).then(|| lang.fill("registration.twins", &[("names", &names.join(", "))]))
}

/// Who may report and look, as far as they have names.
pub struct Register<'a> {
    pub users: &'a [User],
    pub feeds: &'a [FeedRow],
    /// What organisations are and were called, with whose each name is.
    pub organisations: &'a [(String, String)],
    /// Of the roster's members.
    pub persons: &'a [&'a str],
}

/// "Rawas Ilir (16.13.04), Rupit (16.13.01)"
pub fn places_in_words(places: &Places, areas: &Areas, lang: Lang) -> String {
    if areas.is_everywhere() {
        return lang.text("registration.everywhere").to_owned();
    }
    let named = areas.iter().map(|area| format!("{} ({area})", places.area_name(area)));
    named.collect::<Vec<_>>().join(", ")
}

/// A line for the shell that reports, for the feed's first place, that nothing happened in the last hour.
fn first_call(places: &Places, public_url: &str, feed: &AddedFeed<'_>) -> String {
    let first = feed.areas.iter().find_map(|area| match area {
        Area::Everywhere => None,
        Area::Regency(code) | Area::District(code) => Some(Place { code, village: 0 }),
        Area::Village(place) => Some(place),
    });
    let anywhere = || places.regency_ids().next().map(|unit| Place { code: places.code(unit), village: 0 });
    let place = first.or_else(anywhere).unwrap_or(Place { code: Code(0), village: 0 });
    let zone = Zone::of(place.code);
    let mut report = json!({
        "report_id": feed.report_id.to_string(),
        "feed": feed.class.as_str(),
        "district": place.code.to_string(),
        "reported_at": format::machine(feed.at, zone),
        "nothing_happened": {
            "from": format::machine(feed.at.plus(-HOUR), zone),
            "to": format::machine(feed.at, zone),
        },
    });
    if place.village != 0 {
        report["village"] = Value::String(place.to_string());
    }
    call(public_url, feed.token, &report)
}

/// A line for the shell with which an agency reports a grave flood, half an hour old, that is made up.
pub fn flood_to_try(
    public_url: &str,
    token: &str,
    (place, id): (Code, ReportId),
    now: Time,
    lang: Lang,
) -> String {
    let zone = Zone::of(place);
    let report = json!({
        "report_id": id.to_string(),
        "feed": FeedClass::Agency.as_str(),
        "district": place.to_string(),
        "kind": "disaster",
        "category": "WA-01",
        "severity": 4,
        "displaced": 80,
        "occurred_at": format::machine(now.plus(-HOUR / 2), zone),
        "reported_at": format::machine(now, zone),
        "summary": lang.text("registration.flood_to_try"),
    });
    call(public_url, token, &report)
}

fn call(public_url: &str, token: &str, report: &Value) -> String {
    format!(
        "curl -sS {}/v1/reports -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{report}'",
        public_url.trim_end_matches('/')
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::author::StampedAuthor;
    use domain::report::Body;
    use formats::decode::{Catalog, RecordView, decode};
    use formats::taxonomy::Taxonomy;

    /// 2026-01-01T00:05:00+07:00.
    const NOW: Time = Time(1_767_200_700_000_000);

    fn places() -> Places {
        let text = include_str!("../../../config/districts/16.13.csv");
        formats::places::from_csv(&[("16.13.csv".into(), text.into())]).unwrap()
    }

    fn added(class: FeedClass, codes: &str) -> (Areas, String) {
        let areas = Areas::parse(codes).unwrap();
        let feed = AddedFeed {
            name: "polsek-rupit",
            class,
            areas: &areas,
            token: "abcdefghjkmnpqrstuvw",
            report_id: ReportId(u128::MAX),
            at: NOW,
        };
        let words = feed_added(&places(), "http://127.0.0.1:8080/", &feed, Lang::En);
        (areas, whole(&words))
    }

    fn whole(words: &Registration) -> String {
        assert_eq!(
            words.secret.lines().count(),
            1,
            "a script takes the line of the secret: {}",
            words.secret
        );
        format!("{}\n{}\n{}\n", words.added, words.secret, words.next)
    }

    #[test]
    fn names_that_are_one_in_several_spellings_are_said_together() {
        let feed = |name: &str, organisation: &str| FeedRow {
            organisation: organisation.into(),
            ..FeedRow::new(name, FeedClass::Police, Areas::everywhere(), [0; 32], Time(0))
        };
        let user = |name: &str, person: &str| User {
            name: name.into(),
            role: Role::Desk,
            areas: Areas::everywhere(),
            password_hash: String::new(),
            enabled: true,
            person: person.into(),
            feed: String::new(),
        };
        let users = [user("sari", "dewi-s"), user("sari-2", "dewi-s"), user("budi", "")];
        let feeds = [feed("polsek", "polres"), feed("intel", "polsek"), feed("desa", "")];
        let warning = |users: &[User], feeds: &[FeedRow], persons: &[&str]| {
            let organisations = &[(String::from("polres"), String::from("polres"))];
            twin_names(&Register { users, feeds, organisations, persons }, Lang::En)
        };
        assert_eq!(warning(&users, &feeds, &["dewi-s", "160503"]), None);
        let legacy = [feeds.as_slice(), &[feed("Polsek", "Pol-Res")]].concat();
        let twins = warning(&[users.as_slice(), &[user("Budi", "")]].concat(), &legacy, &["DewiS"]).unwrap();
        for names in ["Budi = budi", "DewiS = dewi-s", "Pol-Res = polres", "Polsek = polsek"] {
            assert!(twins.contains(names), "{twins}");
        }
    }

    #[test]
    fn a_feed_hears_its_class_and_places_in_words_and_its_token_once() {
        let (_, text) = added(FeedClass::Desk, "16.13.01, 16.13.04.2003");
        assert!(text.contains("Kesbangpol duty officer") && text.contains("Rupit (16.13.01)"), "{text}");
        assert!(text.contains("(16.13.04.2003)"), "{text}");
        let tokens: Vec<&str> = text.lines().filter_map(|line| line.split("shown once: ").nth(1)).collect();
        assert_eq!(tokens, ["abcdefghjkmnpqrstuvw"]);
        assert!(added(FeedClass::Police, "").1.contains("every configured place"));
    }

    #[test]
    fn a_flood_to_try_is_a_report_of_an_agency() {
        let (places, config) = (places(), include_str!("../../../config/taxonomy.toml"));
        let taxonomy = Taxonomy::parse(config).unwrap();
        let line = flood_to_try("http://127.0.0.1:1/", "kunci", (Code(161_307), ReportId(9)), NOW, Lang::Id);
        assert!(
            line.starts_with("curl -sS http://127.0.0.1:1/v1/reports -H 'Authorization: Bearer kunci' "),
            "{line}"
        );
        let (_, bytes) = line.split_once("-d '").unwrap();
        let record = RecordView {
            bytes: bytes.trim_end_matches('\'').as_bytes(),
            feed_name: "bpbd",
            class: Some(FeedClass::Agency),
            areas: &Areas::everywhere(),
            received_at: NOW,
            archive: false,
            author: &StampedAuthor::default(),
        };
        let report = decode(&record, &Catalog { places: &places, taxonomy: &taxonomy }).unwrap().report;
        let Body::Statement(flood) = report.body else { panic!("no statement") };
        assert_eq!((flood.severity, flood.displaced), (4, 80));
    }

    #[test]
    fn the_first_call_is_taken_for_every_class_and_place() {
        let (places, config) = (places(), include_str!("../../../config/taxonomy.toml"));
        let taxonomy = Taxonomy::parse(config).unwrap();
        for class in FeedClass::ALL {
            for codes in ["", "16.13", "16.13.04", "16.13.04.2003"] {
                let (areas, text) = added(*class, codes);
                let call = text.lines().find(|line| line.starts_with("curl ")).expect("a call");
                assert!(call.contains("http://127.0.0.1:8080/v1/reports "), "{call}");
                assert!(call.contains("'Authorization: Bearer abcdefghjkmnpqrstuvw'"), "{call}");
                let body = call.split("-d '").nth(1).and_then(|rest| rest.strip_suffix('\'')).unwrap();
                let view = RecordView {
                    bytes: body.as_bytes(),
                    feed_name: "polsek-rupit",
                    class: Some(*class),
                    areas: &areas,
                    received_at: NOW,
                    archive: false,
                    author: &StampedAuthor::default(),
                };
                let report = decode(&view, &Catalog { places: &places, taxonomy: &taxonomy }).unwrap().report;
                assert!(matches!(report.body, Body::Nothing { .. }), "{class} {codes}");
            }
        }
    }

    #[test]
    fn an_account_hears_its_role_its_places_and_where_to_log_in() {
        let areas = Areas::parse("16.13").unwrap();
        let account = |password| AddedAccount { name: "sari", role: Role::Leader, areas: &areas, password };
        let text =
            |password| whole(&account_added(&places(), "http://x.example/", &account(password), Lang::En));
        let made = text(Some("rahasia"));
        assert!(made.contains("leader") && made.contains("Musi Rawas Utara (16.13)"), "{made}");
        assert!(made.contains("shown once: rahasia\n") && made.contains("http://x.example/masuk"), "{made}");
        assert!(!text(None).contains("shown once"));
    }
}
