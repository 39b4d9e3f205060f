//! Attestation: what the reports of one incident claim, what two speakers affirm, and what counts.
//!
//! A claim is what one speaker says, naming certain parties: the highest values of those reports. Two claims of two speakers
//! are a pair and attest what both of them reach. A report that is rated too low makes no claim of a pair.

mod counting;

pub use counting::count_speakers;

use super::NONE;
use super::opening::{Openers, is_grave};
use super::report_entry::Rating;
use super::report_table::{Index, ReportTable};
use super::speaker::{AccountId, Speaker, Word};
use crate::effect::Verdict;
use crate::kind::{FeedClass, Kind, Parties};
use crate::time::Time;
use crate::wording::Wording;
use alloc::vec::Vec;

/// How grave an incident is, as somebody says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Extent {
    /// 1 (slight) to 5 (grave); 0 where nobody says.
    pub severity: u8,
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
}

impl Extent {
    fn each(self, other: Extent, pick: impl Fn(u32, u32) -> u32) -> Extent {
        let small = |one: u16, another: u16| pick(u32::from(one), u32::from(another)) as u16;
        Extent {
            severity: pick(u32::from(self.severity), u32::from(other.severity)) as u8,
            dead: small(self.dead, other.dead),
            injured: small(self.injured, other.injured),
            displaced: pick(self.displaced, other.displaced),
        }
    }

    /// What either says. Several sources count the same people: the highest number stands, never the sum.
    pub fn highest(self, other: Extent) -> Extent {
        self.each(other, u32::max)
    }

    /// What both say.
    pub fn lowest(self, other: Extent) -> Extent {
        self.each(other, u32::min)
    }

    /// Dead, injured and displaced people together.
    pub fn harmed(self) -> u32 {
        u32::from(self.dead).saturating_add(u32::from(self.injured)).saturating_add(self.displaced)
    }
}

/// How much of what is claimed two speakers or the desk affirm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Affirmation {
    Nothing,
    /// That it happened, but not all that somebody claims.
    Part,
    All,
}

impl Affirmation {
    pub const fn as_str(self) -> &'static str {
        match self {
            Affirmation::Nothing => "nothing",
            Affirmation::Part => "part",
            Affirmation::All => "all",
        }
    }
}

/// What one speaker says of an incident in reports that name the same parties; echoes of another speaker apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claim {
    pub speaker: Speaker,
    pub named: Parties,
    /// The wording of those reports, where another speaker of the incident says the same word for word.
    pub echo: Option<Wording>,
    /// True for what two persons of the desk rejected and one alone confirmed since.
    pub restored: bool,
    /// The highest values of those reports.
    pub extent: Extent,
    /// The latest time at which one of those reports says that something happened of which somebody is notified.
    pub latest: Time,
}

/// A single involved speaker's word counts up to this severity.
const INVOLVED_COUNTS: u8 = 2;

impl Claim {
    fn same_source(&self, other: &Claim) -> bool {
        let source = |claim: &Claim| (claim.speaker, claim.named, claim.echo, claim.restored);
        source(self) == source(other)
    }

    /// True where the speaker has a part in it, by what its own reports name.
    pub fn is_involved(&self, kind: Kind) -> bool {
        self.speaker.is_involved(kind, self.named)
    }

    /// True for a village that tells of a dispute between its residents: involved, but nearest to know.
    pub fn is_village_between_residents(&self, kind: Kind) -> bool {
        kind == Kind::ResidentResident && self.speaker.class == FeedClass::Village && !self.speaker.party
    }

    /// What it counts for where nobody else affirms it: everything from one who is not involved and from a village in a
    /// dispute between residents; of all others little of the severity and none of the harm.
    pub fn counts_alone(&self, kind: Kind, rating: Rating) -> Extent {
        if rating.may_attest() && (self.is_village_between_residents(kind) || !self.is_involved(kind)) {
            return self.extent;
        }
        Extent { severity: self.extent.severity.min(INVOLVED_COUNTS), ..Extent::default() }
    }
}

/// From this severity on it is news that something happens again.
const NEWS_SEVERITY: u8 = 3;

/// True for what is news where it happens again in an incident of before.
pub const fn is_news(extent: Extent) -> bool {
    extent.severity >= NEWS_SEVERITY || extent.dead > 0 || is_grave(extent)
}

/// The latest times at which something happened in an incident that is news by itself, as its reports say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReportedUntil {
    /// By any of them.
    pub latest: Time,
    /// By two speakers of whom one is not involved, each of the same time or later.
    pub by_two: Time,
}

/// What pairs of speakers affirm of an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attested {
    /// Each value the highest that some pair affirms.
    pub extent: Extent,
    /// The highest severity that a pair affirms of which one is not involved; 0 where there is no such pair. Nothing
    /// else carries awas.
    pub awas: u8,
}

impl Attested {
    pub(super) fn highest(self, other: Attested) -> Attested {
        Attested { extent: self.extent.highest(other.extent), awas: self.awas.max(other.awas) }
    }
}

/// Who says which echoed wording, sorted.
struct Sayers(Vec<(Wording, Speaker)>);

impl Sayers {
    fn of<'a>(claims: impl Iterator<Item = &'a Claim>) -> Sayers {
        let mut all: Vec<_> = claims.filter_map(|claim| Some((claim.echo?, claim.speaker))).collect();
        all.sort_unstable();
        all.dedup();
        Sayers(all)
    }

    fn of_wording(&self, wording: Wording) -> &[(Wording, Speaker)] {
        let from = self.0.partition_point(|(other, _)| *other < wording);
        let rest = &self.0[from..];
        &rest[..rest.partition_point(|(other, _)| *other == wording)]
    }

    /// True where a claim repeats word for word what a speaker says, in whatever claim of it: it may have been copied.
    fn is_copied(&self, claim: &Claim, from: &Speaker) -> bool {
        let says = |wording| self.of_wording(wording).iter().any(|(_, speaker)| !speaker.is_another(from));
        claim.echo.is_some_and(says)
    }

    /// True for a claim that is no echo, or the first speaker's of those that echo each other.
    fn is_voice(&self, claim: &Claim) -> bool {
        let first =
            |wording| self.of_wording(wording).first().is_none_or(|(_, first)| *first == claim.speaker);
        claim.echo.is_none_or(first)
    }
}

/// What two claims attest together; `None` where one speaker made both, or one may have been copied from what the other's
/// speaker says. Who is involved follows from what the two name: no other report of the incident changes it.
fn attested_by(kind: Kind, one: &Claim, other: &Claim, sayers: &Sayers) -> Option<PairWord> {
    if !one.speaker.is_another(&other.speaker)
        || sayers.is_copied(one, &other.speaker)
        || sayers.is_copied(other, &one.speaker)
    {
        return None;
    }
    let named = Parties(one.named.0 | other.named.0);
    let extent = one.extent.lowest(other.extent);
    let involved = one.speaker.is_involved(kind, named) && other.speaker.is_involved(kind, named);
    let carries = !involved && !one.restored && !other.restored;
    let attested = Attested { extent, awas: if carries { extent.severity } else { 0 } };
    let until = if carries { one.latest.min(other.latest) } else { Time::MIN };
    Some(PairWord { attested, until })
}

/// What pairs of claims come to.
#[derive(Clone, Copy, Default)]
struct PairWord {
    attested: Attested,
    /// [`ReportedUntil::by_two`].
    until: Time,
}

impl PairWord {
    fn highest(self, other: PairWord) -> PairWord {
        PairWord { attested: self.attested.highest(other.attested), until: self.until.max(other.until) }
    }
}

/// The claims of incidents that have several, in chains; what an incident lets go is used again.
pub struct ClaimPool {
    links: Vec<ClaimLink>,
    free: u32,
}

struct ClaimLink {
    claim: Claim,
    next: u32,
}

impl Default for ClaimPool {
    fn default() -> ClaimPool {
        ClaimPool { links: Vec::new(), free: NONE }
    }
}

impl ClaimPool {
    /// Puts a claim before the chain that begins at `first`; returns the chain's new beginning.
    fn put(&mut self, first: u32, claim: Claim) -> u32 {
        let link = ClaimLink { claim, next: first };
        if self.free == NONE {
            self.links.push(link);
            return self.links.len() as u32 - 1;
        }
        let at = self.free;
        self.free = core::mem::replace(&mut self.links[at as usize], link).next;
        at
    }

    /// Lets a chain go.
    pub fn release(&mut self, first: u32) {
        let mut last = first;
        while last != NONE {
            let next = self.links[last as usize].next;
            if next == NONE {
                self.links[last as usize].next = core::mem::replace(&mut self.free, first);
                return;
            }
            last = next;
        }
    }

    pub fn chain(&self, first: u32) -> impl Iterator<Item = &Claim> + Clone {
        let mut next = first;
        core::iter::from_fn(move || {
            let link = self.links.get(next as usize)?;
            next = link.next;
            Some(&link.claim)
        })
    }

    /// Takes a claim into a chain; returns the chain's beginning, the claim as it stands there now, and whether it is one that
    /// was not there.
    fn take(&mut self, first: u32, claim: Claim) -> (u32, Claim, bool) {
        let mut at = first;
        while at != NONE {
            let link = &mut self.links[at as usize];
            if link.claim.same_source(&claim) {
                link.claim.extent = link.claim.extent.highest(claim.extent);
                link.claim.latest = link.claim.latest.max(claim.latest);
                return (first, link.claim, false);
            }
            at = link.next;
        }
        (self.put(first, claim), claim, true)
    }
}

/// A report whose claim an incident takes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClaimReport {
    pub index: Index,
    /// Its wording, where another speaker of the incident says the same.
    pub echo: Option<Wording>,
    /// True for what two persons of the desk rejected and one alone confirmed since ([`Claim::restored`]).
    pub restored: bool,
}

impl ClaimReport {
    /// One that echoes nobody and that the desk did not restore.
    pub fn plain(index: Index) -> ClaimReport {
        ClaimReport { index, echo: None, restored: false }
    }
}

/// What the claims of one incident come to.
#[derive(Clone, Copy, Debug)]
pub struct ClaimSummary {
    /// The highest that any report says.
    pub claimed: Extent,
    pub attested: Attested,
    /// The highest that counts: attested, or said by one whose word counts alone.
    pub counted: Extent,
    /// The highest of the reports that the desk confirmed; what others claim afterwards is none of its word.
    pub confirmed: Extent,
    pub until: ReportedUntil,
    /// Whose words open what.
    pub openers: Openers,
    /// How many speakers there are.
    pub speakers: u8,
    /// True where two of them say the same word for word.
    pub echoed: bool,
    /// A report that makes the only claim, as long as all make the same; else where the chain of them begins. An incident of
    /// one claim, as most are, keeps no chain.
    only: Index,
    only_restored: bool,
    chain: u32,
    is_any: bool,
}

impl Default for ClaimSummary {
    fn default() -> ClaimSummary {
        ClaimSummary {
            claimed: Extent::default(),
            attested: Attested::default(),
            counted: Extent::default(),
            confirmed: Extent::default(),
            until: ReportedUntil::default(),
            openers: Openers::default(),
            speakers: 0,
            echoed: false,
            only: NONE,
            only_restored: false,
            chain: NONE,
            is_any: false,
        }
    }
}

impl PartialEq for ClaimSummary {
    /// Where the claims are kept makes no difference.
    fn eq(&self, other: &ClaimSummary) -> bool {
        let shown = |one: &ClaimSummary| {
            let counts = (one.claimed, one.attested, one.counted, one.confirmed, one.until);
            (counts, one.openers, one.speakers, one.echoed)
        };
        shown(self) == shown(other)
    }
}

impl Eq for ClaimSummary {}

impl ClaimSummary {
    /// Takes in what one more report claims of an incident of this kind, with the desk's verdict on it, and what it attests with
    /// the others. What was attested before stays so: a report that makes an echo of what was none asks for a new summary.
    pub fn absorb(
        &mut self,
        table: &ReportTable,
        pool: &mut ClaimPool,
        kind: Kind,
        report: (ClaimReport, Verdict),
    ) {
        let Some((merged, new)) = self.put(table, pool, kind, report) else { return };
        let claims = pool.chain(self.chain);
        let sayers = Sayers::of(claims.clone());
        let pairs = claims.clone().filter_map(|other| attested_by(kind, &merged, other, &sayers));
        self.attest(pairs.fold(PairWord::default(), PairWord::highest));
        if new {
            self.count_speakers(claims, &sayers);
        }
    }

    /// The summary of an incident of this kind, from its reports.
    pub fn of(
        table: &ReportTable,
        pool: &mut ClaimPool,
        kind: Kind,
        reports: impl Iterator<Item = (ClaimReport, Verdict)>,
    ) -> ClaimSummary {
        let mut summary = ClaimSummary::default();
        for report in reports {
            summary.put(table, pool, kind, report);
        }
        if summary.chain != NONE {
            let claims = pool.chain(summary.chain);
            let sayers = Sayers::of(claims.clone());
            let mut attested = PairWord::default();
            for (place, one) in claims.clone().enumerate() {
                let others = claims.clone().skip(place + 1);
                let pairs = others.filter_map(|other| attested_by(kind, one, other, &sayers));
                attested = pairs.fold(attested, PairWord::highest);
            }
            summary.attest(attested);
            summary.count_speakers(claims, &sayers);
        }
        summary
    }

    fn attest(&mut self, PairWord { attested, until }: PairWord) {
        self.until.by_two = self.until.by_two.max(until);
        self.attested = self.attested.highest(attested);
        self.counted = self.counted.highest(attested.extent);
    }

    fn count_speakers<'a>(&mut self, claims: impl Iterator<Item = &'a Claim>, sayers: &Sayers) {
        let voices = claims.filter(|claim| sayers.is_voice(claim));
        self.speakers = count_speakers(voices.map(|claim| &claim.speaker));
    }

    /// Takes in what one more report says by itself. Returns its claim as it stands in the chain now, and whether it is one that
    /// was not there; `None` where nothing is in a chain, or it may attest nothing.
    fn put(
        &mut self,
        table: &ReportTable,
        pool: &mut ClaimPool,
        kind: Kind,
        (report, verdict): (ClaimReport, Verdict),
    ) -> Option<(Claim, bool)> {
        let ClaimReport { index, echo, restored } = report;
        let rating = table.all[index as usize].marks.rating();
        let claim = Claim { echo, restored, ..table.claim(index) };
        let first = !core::mem::replace(&mut self.is_any, true);
        self.echoed |= echo.is_some();
        self.counted = self.counted.highest(claim.counts_alone(kind, rating));
        self.openers = self.openers.join(Openers::of(kind, &claim, rating));
        if verdict == Verdict::Confirmed {
            self.confirmed = self.confirmed.highest(claim.extent);
        }
        let (before, latest) = (self.claimed, self.until.latest);
        self.claimed = before.highest(claim.extent);
        if rating.may_attest() {
            self.until.latest = latest.max(claim.latest);
        }
        if first && rating.may_attest() && echo.is_none() {
            (self.only, self.only_restored, self.speakers) = (index, restored, 1);
            return None;
        }
        if self.only != NONE {
            let (extent, restored) = (before, self.only_restored);
            let only = Claim { extent, restored, latest, ..table.claim(self.only) };
            if rating.may_attest() && only.same_source(&claim) {
                return None;
            }
            self.only = NONE;
            self.chain = pool.put(NONE, only);
        }
        if !rating.may_attest() {
            return None;
        }
        let (chain, merged, new) = pool.take(self.chain, claim);
        self.chain = chain;
        Some((merged, new))
    }

    /// Two persons of the desk confirm a report of this extent: that counts as what an uninvolved speaker affirms beside it.
    pub fn confirm(&mut self, extent: Extent) {
        self.attested = self.attested.highest(Attested { extent, awas: extent.severity });
        self.counted = self.counted.highest(extent);
    }

    /// Lets the claims go that were kept; what they came to stays to be read.
    pub fn release(&mut self, pool: &mut ClaimPool) {
        pool.release(core::mem::replace(&mut self.chain, NONE));
    }
}
