//! Nine nights at one desk, played through the service with the roster it is shipped with: what was shown and who heard what
//! after each step, compared with a reviewed text.

mod night;

use jiff::SignedDuration;
use night::Night;

const RUPIT: &str = "16.13.01";
const NIBUNG: &str = "16.13.03";
const RAWAS_ILIR: &str = "16.13.04";
const COMPANY: &str = "resident_company";
const RESIDENTS: &str = "resident_resident";
const DISASTER: &str = "disaster";

/// A clash between two villages, with this many injured.
const CLASH: (&str, &str) = (RESIDENTS, "WW-01");
/// A road closed by residents.
const BLOCKADE: (&str, &str) = (COMPANY, "WP-05");
const FLOOD: (&str, &str) = (DISASTER, "WA-01");

#[test]
fn only_one_officer_is_on_shift() {
    let mut night = Night::new("one_officer");
    night.feed("desa-beringin", "village", RUPIT, &[]);
    night.officer("piket", "p-01");
    night.officer("piket-hp", "p-01");
    let clash = night.report("desa-beringin", (RUPIT, CLASH), 5, &[("injured", 4)]);
    night.shown("Desa Beringin reports a clash of severity 5, four injured", &[(RUPIT, RESIDENTS)]);
    let asked = night.verify("piket", &clash, "confirm", "dicek ke kades dan camat");
    night.shown(&format!("The officer on duty confirms it: {asked}"), &[(RUPIT, RESIDENTS)]);
    for account in ["piket", "piket-hp"] {
        let again = night.verify(account, &clash, "confirm", "yakin");
        night.shown(&format!("The same person once more, as '{account}': {again}"), &[(RUPIT, RESIDENTS)]);
    }
    let link = night.one_time_link("bagops");
    let fetched = night.fetched(&link);
    night.shown(&format!("A mail scanner fetches Kabag Ops's link twice: {fetched}"), &[(RUPIT, RESIDENTS)]);
    let browser = night.opened(&link);
    let forwarded = night.pressed(&link, "", "agreed");
    night.shown(
        &format!("Kabag Ops opens it and passes it on; the other browser: {forwarded}"),
        &[(RUPIT, RESIDENTS)],
    );
    let agreed = night.pressed(&link, &browser, "agreed");
    night.shown(&format!("Kabag Ops agrees by the link: {agreed}"), &[(RUPIT, RESIDENTS)]);
    let again = night.pressed(&link, &browser, "agreed");
    night.shown(&format!("Kabag Ops presses once more: {again}"), &[(RUPIT, RESIDENTS)]);
    night.officer("pagi", "p-02");
    let third = night.verify("pagi", &clash, "confirm", "dicek ke RSUD Rupit");
    night.shown(&format!("The morning's officer confirms it too: {third}"), &[(RUPIT, RESIDENTS)]);
    night.ends();
}

#[test]
fn a_village_reports_once_more_after_an_awas_was_ended() {
    let mut night = Night::new("after_an_end");
    night.feed("desa-beringin", "village", RUPIT, &[]);
    night.feed("polsek-rupit", "police", RUPIT, &[]);
    night.officer("piket", "p-01");
    night.officer("pagi", "p-02");
    for feed in ["desa-beringin", "polsek-rupit"] {
        night.report(feed, (RUPIT, CLASH), 4, &[]);
        night.shown(&format!("{feed} reports a clash of severity 4"), &[(RUPIT, RESIDENTS)]);
    }
    for officer in ["piket", "pagi"] {
        night.withdraw(officer, (RUPIT, RESIDENTS), "sudah didamaikan");
        night.shown(&format!("'{officer}' takes the alert back"), &[(RUPIT, RESIDENTS)]);
    }
    let attack = (RESIDENTS, "WW-02");
    night.report("desa-beringin", (RUPIT, attack), 4, &[]);
    night.shown("Desa Beringin alone reports an attack of severity 4", &[(RUPIT, RESIDENTS)]);
    night.report("polsek-rupit", (RUPIT, attack), 4, &[]);
    night.shown("The police report it too", &[(RUPIT, RESIDENTS)]);
    night.ends();
}

#[test]
fn the_same_clash_is_worse_after_its_awas_was_ended() {
    let mut night = Night::new("worse_after_an_end");
    for (feed, class) in
        [("desa-beringin", "village"), ("polsek-rupit", "police"), ("koramil-rupit", "military")]
    {
        night.feed(feed, class, RUPIT, &[]);
    }
    night.officer("piket", "p-01");
    night.officer("pagi", "p-02");
    for feed in ["desa-beringin", "polsek-rupit"] {
        night.report(feed, (RUPIT, CLASH), 4, &[("injured", 4)]);
        night.shown(&format!("{feed} reports a clash, four injured"), &[(RUPIT, RESIDENTS)]);
    }
    for officer in ["piket", "pagi"] {
        night.withdraw(officer, (RUPIT, RESIDENTS), "sudah didamaikan");
        night.shown(&format!("'{officer}' takes the alert back"), &[(RUPIT, RESIDENTS)]);
    }
    night.report("polsek-rupit", (RUPIT, CLASH), 4, &[("injured", 4)]);
    night.shown("The police report the same once more", &[(RUPIT, RESIDENTS)]);
    night.report("koramil-rupit", (RUPIT, CLASH), 5, &[("injured", 20), ("dead", 6)]);
    night.shown("The army alone reports six dead in it", &[(RUPIT, RESIDENTS)]);
    night.report("polsek-rupit", (RUPIT, CLASH), 5, &[("injured", 20), ("dead", 6)]);
    night.shown("The police report six dead too", &[(RUPIT, RESIDENTS)]);
    night.ends();
}

#[test]
fn only_the_desk_types_from_chats() {
    let mut night = Night::new("desk_types");
    night.officer("piket", "p-01");
    for source in ["village", "police"] {
        let typed = night.typed("piket", (RUPIT, CLASH), 5, source);
        let words = format!("The officer types a clash of severity 5, according to {source}: {typed}");
        night.shown(&words, &[(RUPIT, RESIDENTS)]);
    }
    night.officer("teman", "p-02");
    let typed = night.typed("teman", (RUPIT, CLASH), 5, "police");
    let words = format!("A colleague types it too, according to police: {typed}");
    night.shown(&words, &[(RUPIT, RESIDENTS)]);
    night.ends();
}

#[test]
fn there_is_only_one_village_feed() {
    let mut night = Night::new("one_village");
    night.feed("desa-beringin", "village", RAWAS_ILIR, &[]);
    night.report("desa-beringin", (RAWAS_ILIR, BLOCKADE), 4, &[]);
    night.shown("The village reports a blockade of severity 4", &[(RAWAS_ILIR, COMPANY)]);
    night.report("desa-beringin", (RAWAS_ILIR, BLOCKADE), 5, &[("dead", 1)]);
    night.shown("The village reports one dead there", &[(RAWAS_ILIR, COMPANY)]);
    night.report("desa-beringin", (RAWAS_ILIR, CLASH), 5, &[("dead", 2)]);
    night.shown("The village reports a clash, two dead", &[(RAWAS_ILIR, RESIDENTS)]);
    night.ends();
}

#[test]
fn the_police_are_a_party() {
    let mut night = Night::new("police_party");
    night.feed("desa-beringin", "village", RAWAS_ILIR, &[]);
    night.feed("polsek-ilir", "police", RAWAS_ILIR, &[]);
    night.feed("koramil-ilir", "military", RAWAS_ILIR, &[]);
    night.say("desa-beringin", (RAWAS_ILIR, BLOCKADE), 5, |report| {
        report["parties"] = serde_json::json!(["resident", "police"]);
        report["injured"] = 5.into();
    });
    night.shown("The village: police beat five at the blockade, severity 5", &[(RAWAS_ILIR, COMPANY)]);
    night.report("polsek-ilir", (RAWAS_ILIR, BLOCKADE), 5, &[("injured", 5)]);
    night.shown("The police affirm severity 5 and leave themselves out", &[(RAWAS_ILIR, COMPANY)]);
    night.report("koramil-ilir", (RAWAS_ILIR, BLOCKADE), 5, &[("injured", 3)]);
    night.shown("The army affirms severity 5", &[(RAWAS_ILIR, COMPANY)]);
    night.ends();
}

#[test]
fn a_company_posts_into_everything() {
    let mut night = Night::new("company");
    night.feed("pt-sawit", "company", "16.13", &[]);
    for district in [RUPIT, NIBUNG, RAWAS_ILIR] {
        night.nothing_happened("pt-sawit", district);
    }
    let everywhere = [(RUPIT, COMPANY), (NIBUNG, RESIDENTS), (RAWAS_ILIR, DISASTER)];
    night.shown("The company says nihil of three kecamatan", &everywhere);
    night.report("pt-sawit", (RUPIT, BLOCKADE), 5, &[("injured", 9)]);
    night.report("pt-sawit", (NIBUNG, CLASH), 5, &[]);
    night.report("pt-sawit", (RAWAS_ILIR, FLOOD), 3, &[("displaced", 40)]);
    night.shown("It claims a blockade, a clash and a flood", &everywhere);
    night.say("pt-sawit", (RUPIT, BLOCKADE), 5, |report| report["stance"] = "denies".into());
    night.shown("It denies what it claimed", &everywhere);
    night.ends();
}

#[test]
fn a_village_is_back_after_eight_days_without_signal() {
    let mut night = Night::new("no_signal");
    night.feed("desa-hulu", "village", NIBUNG, &[]);
    let cells = [(NIBUNG, RESIDENTS), (NIBUNG, DISASTER)];
    night.shown("The village has never been heard", &cells);
    night.sent_after("desa-hulu", (NIBUNG, CLASH), 4, 8 * 24);
    night.sent_after("desa-hulu", (NIBUNG, FLOOD), 4, 6 * 24);
    night.shown("What its phone kept goes out: a clash of eight days ago, a flood of six days ago", &cells);
    night.sent_after("desa-hulu", (NIBUNG, FLOOD), 4, 20);
    night.shown("The flood of last night, twenty hours late", &cells);
    night.ends();
}

#[test]
fn the_machines_clock_is_wrong_for_a_minute() {
    let mut night = Night::new("clock");
    night.feed("desa-hulu", "village", NIBUNG, &[]);
    night.report("desa-hulu", (NIBUNG, FLOOD), 3, &[("displaced", 12)]);
    night.shown("A flood of severity 3", &[(NIBUNG, DISASTER), (RUPIT, RESIDENTS)]);
    // Less than the three days that this flood keeps its alert open: whether the hour turns before them is no matter.
    night.clock_was_ahead(SignedDuration::from_hours(24 * 2));
    let cells = [(NIBUNG, DISASTER), (NIBUNG, RESIDENTS)];
    night.shown(
        "The clock was two days ahead while the police reported a worse flood, and is right again",
        &cells,
    );
    night.report("desa-hulu", (NIBUNG, CLASH), 5, &[("dead", 1)]);
    night.shown("A deadly clash, minutes ago", &cells);
    night.ends();
}
