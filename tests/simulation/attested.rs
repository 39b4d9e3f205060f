//! What the reports of one incident claim, attest and count for, worked out from all pairs of all of them: slow and plain.

use domain::author::Author;
use domain::desk_feed;
use domain::effect::Verdict;
use domain::evidence::attestation::{Attested, Extent};
use domain::evidence::second_person::DeskRequest;
use domain::evidence::speaker::{AccountId, OrganisationId, Speaker, Word};
use domain::kind::{Category, CheckReason, FeedClass, Kind, Parties, Party};
use domain::report::{Body, FeedId, Report, Statement};
use domain::time::{DAY, HOUR, Time};

/// What an incident comes to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Summary {
    pub claimed: Extent,
    pub attested: Attested,
    pub counted_severity: u8,
    pub speakers: u8,
    pub check: Option<CheckReason>,
    /// By which verification one person asks for awas, and when.
    pub awas_request: Option<DeskRequest>,
    /// By which record one person takes some of it back that stands, and when.
    pub take_back_request: Option<DeskRequest>,
}

/// What persons of the desk say of one report.
#[derive(Clone, Copy, Default)]
pub struct DeskSays {
    /// Two persons confirmed it within a day.
    pub by_two: bool,
    /// The latest confirmation of one person, where no two did.
    pub asked: Option<DeskRequest>,
    /// The last verdict.
    pub verdict: Verdict,
    /// Two persons rejected it, and one alone confirmed it since.
    pub restored: bool,
    /// The latest rejection that waits for a second person.
    pub take_back: Option<DeskRequest>,
}

/// A verdict: when and by which record, by whom where that is known, and whether it confirms.
pub type GivenVerdict = (DeskRequest, Option<Author>, bool);

/// What these verdicts come to, all of them in force; `all` are those on the report whether in force or not. What counts came
/// after the last rejection, and nobody stands behind what they themselves contradicted since.
pub fn desk_says(verdicts: &[GivenVerdict], all: &[GivenVerdict]) -> DeskSays {
    let rejected = verdicts.iter().filter(|(.., confirms)| !confirms).map(|(request, ..)| *request).max();
    let counts = |(request, ..): &&GivenVerdict| Some(*request) > rejected;
    let persons: Vec<(DeskRequest, Author)> = verdicts
        .iter()
        .filter(counts)
        .filter_map(|(request, person, _)| Some((*request, (*person)?)))
        .collect();
    let contradicted = |(one, own): &(DeskRequest, Author), until: Option<DeskRequest>| {
        all.iter().any(|(request, person, confirms)| {
            let between = request > one && until.is_none_or(|until| *request < until);
            !confirms && between && person.is_some_and(|person| !may_be_colleagues(own, &person))
        })
    };
    let second = |first: &(DeskRequest, Author)| {
        persons.iter().any(|(other, person)| {
            let within = (0..DAY).contains(&other.at.since(first.0.at)) && first.0 < *other;
            within && are_persons(&first.1, person) && !contradicted(first, Some(*other))
        })
    };
    let by_two = persons.iter().any(second);
    let verdict = match verdicts.iter().max_by_key(|(request, ..)| *request) {
        None => Verdict::Unverified,
        Some((.., true)) => Verdict::Confirmed,
        Some((.., false)) => Verdict::Rejected,
    };
    let standing = persons.iter().filter(|confirmation| !contradicted(confirmation, None));
    let asked = standing.map(|(request, _)| *request).max().filter(|_| !by_two);
    DeskSays { by_two, asked, verdict, ..DeskSays::default() }
}

/// The person of the desk who typed a record, where that was written down.
pub fn desk_person(report: &Report) -> Option<Author> {
    let author = report.author.filter(|_| desk_feed::is_desk_feed(report.feed))?;
    is_named(&author).then_some(author)
}

fn is_named(author: &Author) -> bool {
    author.account != author.login && author.account.0 != FeedId::of("desk").0
}

/// Both are written down, and neither the account nor the person it is registered for is the same.
pub fn are_persons(one: &Author, other: &Author) -> bool {
    is_named(one) && is_named(other) && one.account != other.account && one.login != other.login
}

/// True where nobody wrote down that one person typed both.
pub fn may_be_colleagues(one: &Author, other: &Author) -> bool {
    one.login != other.login && !(is_named(one) && one.account == other.account)
}

/// A report with what it states, and the desk's last verdict on it.
pub type Member<'a> = (&'a Report, &'a Statement, Verdict);

/// Works out an incident of a kind; `desk` is what persons say of each member, `verdict` the desk's on the whole.
pub fn summary(kind: Kind, members: &[Member<'_>], desk: &[DeskSays], verdict: Verdict) -> Summary {
    let highest = |highest: Extent, member: &Member<'_>| highest.highest(extent(member.1));
    let claimed = members.iter().fold(Extent::default(), highest);
    let confirmed = members.iter().filter(|member| member.2 == Verdict::Confirmed);
    let confirmed = confirmed.fold(Extent::default(), highest);
    let mut attested = Attested::default();
    for (at, one) in members.iter().enumerate() {
        for (further, other) in members[at + 1..].iter().enumerate() {
            if is_rated_low(one.1) || is_rated_low(other.1) || !are_two(one.0, other.0) {
                continue;
            }
            if may_be_copied(members, one, other) || may_be_copied(members, other, one) {
                continue;
            }
            let named = Parties(one.1.parties.0 | other.1.parties.0);
            let both = extent(one.1).lowest(extent(other.1));
            attested.extent = attested.extent.highest(both);
            let restored = desk[at].restored || desk[at + 1 + further].restored;
            if !restored && (!is_involved(kind, one.0, named) || !is_involved(kind, other.0, named)) {
                attested.awas = attested.awas.max(both.severity);
            }
        }
    }
    let usable = || members.iter().zip(desk).filter(|(member, _)| !is_rated_low(member.1));
    for (member, _) in usable().filter(|(_, says)| says.by_two) {
        let own = extent(member.1);
        attested = Attested { extent: attested.extent.highest(own), awas: attested.awas.max(own.severity) };
    }
    let asked = usable().filter_map(|(member, says)| Some((member.1.severity, says.asked?))).max();
    // Only conflicts with a company have rules of awas in this world.
    let may_be_awas = kind == Kind::ResidentCompany && verdict != Verdict::Rejected && attested.awas < 4;
    let awas_request =
        asked.filter(|(severity, _)| may_be_awas && *severity >= 4).map(|(_, request)| request);
    let counted_severity = counted(kind, members, attested.extent).severity;
    let judged = verdict == Verdict::Rejected || verdict == Verdict::Confirmed && confirmed == claimed;
    let verified = attested.extent.highest(confirmed);
    let mut check = check(kind, members, judged, verified);
    let settled = judged || verified.severity >= claimed.severity || is_grave(verified) || verified.dead > 0;
    let echoed =
        members.iter().any(|one| members.iter().any(|other| is_echo_of_another(members, one, other)));
    let matters = claimed.severity >= 3 || claimed.harmed() > 0;
    if check.is_none() && echoed && matters && !settled {
        check = Some(CheckReason::Echo);
    }
    let speakers = most(&voices(members), &[]);
    let take_back_request = None;
    let attested = Attested { extent: verified, ..attested };
    Summary { claimed, attested, counted_severity, speakers, check, awas_request, take_back_request }
}

/// What counts of what is attested, confirmed, and said by each alone.
fn counted(kind: Kind, members: &[Member<'_>], attested: Extent) -> Extent {
    let alone = |(report, statement, verdict): &Member<'_>| {
        let village = report.class == FeedClass::Village && !author(report).party;
        let counts =
            kind == Kind::ResidentResident && village || !is_involved(kind, report, statement.parties);
        let confirmed = *verdict == Verdict::Confirmed;
        match extent(statement) {
            full if confirmed || counts && !is_rated_low(statement) => full,
            Extent { severity, .. } => Extent { severity: severity.min(2), ..Extent::default() },
        }
    };
    members.iter().map(alone).fold(attested, Extent::highest)
}

/// True where an incident stands at siaga or above in this world, by itself: verified or by a single voice.
pub fn stands(
    (kind, category): (Kind, Category),
    members: &[Member<'_>],
    summary: &Summary,
    verdict: Verdict,
) -> bool {
    let disaster = kind == Kind::Disaster;
    let confirmed = members.iter().filter(|member| member.2 == Verdict::Confirmed);
    let verified = confirmed.fold(summary.attested.extent, |all, member| all.highest(extent(member.1)));
    let threatens = disaster && category == Category::parse("WA-01").expect("a category");
    let opens = |(report, own, _): &Member<'_>| {
        let has = |mark: u8| own.reliability == mark || own.credibility == mark;
        let judged = !has(5) && (disaster || !has(6));
        let village = kind == Kind::ResidentResident && report.class == FeedClass::Village;
        let nearest = village && !author(report).party;
        let one_party = is_involved(kind, report, own.parties) && !nearest;
        let grave = is_grave(extent(own));
        report.class != FeedClass::Community
            && (own.dead > 0 || threatens && grave || !one_party && grave && judged)
    };
    let carries = summary.attested.awas >= if disaster { 5 } else { 4 };
    // The world's rule of one incident.
    let counted = counted(kind, members, summary.attested.extent);
    let hurt = kind == Kind::ResidentCompany && counted.severity >= 3 && counted.harmed() > 0;
    verdict != Verdict::Rejected
        && (carries || hurt || is_grave(verified) || verified.dead > 0 || members.iter().any(opens))
}

/// True for what could stand if others affirmed it, or said the rest of what the world's rule of one incident asks for.
pub fn could_stand(report: &Report) -> bool {
    let Body::Statement(own) = &report.body else { return false };
    let part = own.kind == Kind::ResidentCompany && (own.severity >= 3 || extent(own).harmed() > 0);
    report.class != FeedClass::Sensor && (own.dead > 0 || is_grave(extent(own)) || part)
}

/// True where two persons of the desk typed these records, the second within a day of the first.
pub fn are_of_two(one: &Report, other: &Report) -> bool {
    match (desk_person(one), desk_person(other)) {
        (Some(first), Some(second)) => {
            are_persons(&first, &second) && one.reported_at.since(other.reported_at).abs() < DAY
        }
        _ => false,
    }
}

/// True where one report says word for word what two speakers say, and the speaker of the other is among those who say it.
fn may_be_copied(members: &[Member<'_>], one: &Member<'_>, other: &Member<'_>) -> bool {
    let same: Vec<&Member<'_>> = members.iter().filter(|other| is_echo(members, one, other)).collect();
    let shared = same.iter().any(|one| same.iter().any(|other| are_two(one.0, other.0)));
    shared && same.iter().any(|sayer| !are_two(sayer.0, other.0))
}

/// True where two usable reports that nobody judged say the same word for word; in few words of one place and category, and so
/// that no six hours lie between one that says so and the next.
fn is_echo(members: &[Member<'_>], one: &Member<'_>, other: &Member<'_>) -> bool {
    let Some(wording) = one.1.wording else { return false };
    let counts = |member: &Member<'_>| !is_rated_low(member.1) && member.2 == Verdict::Unverified;
    let of = |member: &Member<'_>| (member.1.wording, member.0.place, member.1.category);
    if !counts(one) || !counts(other) || !wording.is_short() {
        return counts(one) && counts(other) && one.1.wording == other.1.wording;
    }
    let same = members.iter().filter(|member| counts(member) && of(member) == of(one));
    let (first, last) =
        (one.1.occurred_at.min(other.1.occurred_at), one.1.occurred_at.max(other.1.occurred_at));
    let mut times: Vec<Time> = same.map(|member| member.1.occurred_at).collect();
    times.retain(|at| (first..=last).contains(at));
    times.sort();
    of(one) == of(other) && times.windows(2).all(|pair| pair[1].since(pair[0]) <= 6 * HOUR)
}

fn is_echo_of_another(members: &[Member<'_>], one: &Member<'_>, other: &Member<'_>) -> bool {
    is_echo(members, one, other) && are_two(one.0, other.0)
}

/// The usable reports, of those that echo each other only the first speaker's.
fn voices<'a>(members: &[Member<'a>]) -> Vec<&'a Report> {
    let speaks = |one: &&Member<'a>| {
        let mut same = members.iter().filter(|other| is_echo(members, one, other));
        let group: Vec<&Member<'a>> = same.by_ref().collect();
        let echoed = group.iter().any(|one| group.iter().any(|other| are_two(one.0, other.0)));
        !echoed || group.iter().all(|other| speaker(one.0) <= speaker(other.0))
    };
    let usable = members.iter().filter(|member| !is_rated_low(member.1));
    usable.filter(speaks).map(|member| member.0).collect()
}

fn speaker(report: &Report) -> Speaker {
    author(report).speaker(report.feed, report.class)
}

fn is_grave(extent: Extent) -> bool {
    extent.severity >= 4 || extent.injured >= 3 || extent.displaced >= 100
}

/// Why a person must look into it.
fn check(kind: Kind, members: &[Member<'_>], judged: bool, verified: Extent) -> Option<CheckReason> {
    let grave = is_grave;
    let disaster = kind == Kind::Disaster;
    if judged || grave(verified) || verified.dead > 0 {
        return None;
    }
    let rated =
        |statement: &Statement, mark: u8| statement.reliability == mark || statement.credibility == mark;
    let claimed = members.iter().map(|member| member.1.severity).max().unwrap_or_default();
    let unjudged = |member: &Member<'_>| {
        let open = grave(extent(member.1)) || verified.severity < claimed;
        open && rated(member.1, 6) && !rated(member.1, 5)
    };
    if !disaster && members.iter().any(unjudged) {
        return Some(CheckReason::Unjudged);
    }
    let threatens = disaster && members[0].1.category == Category::parse("WA-01").expect("a category");
    let opens = |(report, own, _): &&Member<'_>| {
        let judged = !rated(own, 5) && (disaster || !rated(own, 6));
        let serious = disaster
            && own.severity >= 3
            && judged
            && !is_involved(kind, report, own.parties)
            && report.class != FeedClass::Community;
        own.dead > 0 || grave(extent(own)) && (threatens || judged) || serious
    };
    let (community, others): (Vec<&Member<'_>>, Vec<&Member<'_>>) =
        members.iter().filter(opens).partition(|(report, ..)| report.class == FeedClass::Community);
    let alone = !community.is_empty() && others.is_empty() && !(disaster && verified.severity >= 3);
    alone.then_some(CheckReason::Community)
}

fn extent(statement: &Statement) -> Extent {
    let Statement { severity, dead, injured, displaced, .. } = *statement;
    Extent { severity, dead, injured, displaced }
}

fn is_rated_low(statement: &Statement) -> bool {
    statement.reliability > 4 || statement.credibility > 4
}

/// Who stands behind a report: what is stamped, else its feed; the desk's feeds are one account, and what they write down may
/// be the word of any of its class.
pub fn author(report: &Report) -> Author {
    let feed = report.feed.0;
    let (account, word) = match desk_feed::is_desk_feed(report.feed) {
        true => (AccountId(FeedId::of("desk").0), Word::Unnamed(report.class)),
        false => (AccountId(feed), Word::Of(OrganisationId(feed))),
    };
    report.author.unwrap_or(Author { account, login: account, word, party: false })
}

/// Two accounts give the words of two.
fn are_two(one: &Report, other: &Report) -> bool {
    let (first, second) = (author(one), author(other));
    let same_word = match (first.word, second.word) {
        (Word::Of(one), Word::Of(other)) => one == other,
        (Word::Unnamed(one), Word::Unnamed(other)) => one == other,
        _ => one.class == other.class,
    };
    // Nobody knows who of the desk it was: it may be any of those that are named.
    let nobody = |author: &Author| author.account.0 == FeedId::of("desk").0;
    let one_person =
        nobody(&first) && desk_person(other).is_some() || nobody(&second) && desk_person(one).is_some();
    first.account != second.account && first.login != second.login && !same_word && !one_person
}

fn is_involved(kind: Kind, report: &Report, named: Parties) -> bool {
    let conflict = kind != Kind::Disaster;
    match report.class {
        _ if author(report).party => true,
        FeedClass::Village | FeedClass::Community => conflict,
        FeedClass::Company => kind == Kind::ResidentCompany || named.has(Party::Company),
        FeedClass::Police => named.has(Party::Police),
        FeedClass::Military => named.has(Party::Military),
        FeedClass::Agency | FeedClass::Desk => named.has(Party::Government),
        FeedClass::Sensor => true,
    }
}

/// The most reports of which every two are of two speakers, with those already chosen.
fn most(left: &[&Report], chosen: &[&Report]) -> u8 {
    let Some((first, rest)) = left.split_first() else { return chosen.len() as u8 };
    let same = |other: &&&Report| (author(other), other.class) == (author(first), first.class);
    let rest: Vec<&Report> = rest.iter().copied().filter(|other| !same(&other)).collect();
    let without = most(&rest, chosen);
    if chosen.iter().all(|other| are_two(first, other)) {
        without.max(most(&rest, &[chosen, &[first]].concat()))
    } else {
        without
    }
}
