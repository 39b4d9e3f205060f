//! The closed lists of the field: kinds, categories, stages, feed classes, levels.

use core::fmt;

/// Declares a closed list with its contract names and its size.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            pub const COUNT: usize = Self::ALL.len();

            /// The word the contract uses.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            pub fn parse(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }

            pub const fn index(self) -> usize { self as usize }

            pub fn from_index(index: usize) -> Option<$name> { Self::ALL.get(index).copied() }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

words! {
    /// The conflict kind (*jenis*).
    Kind { ResidentCompany = "resident_company", ResidentResident = "resident_resident", Disaster = "disaster" }
}
words! {
    /// The stage (*tahap*) an incident has reached.
    Stage { Potential = "potential", Emerging = "emerging", Occurring = "occurring" }
}
words! {
    /// The class of a feed: who speaks through it.
    FeedClass {
        Village = "village", Community = "community", Police = "police", Military = "military",
        Company = "company", Agency = "agency", Desk = "desk", Sensor = "sensor",
    }
}
words! {
    /// Who may see a report (*klasifikasi*).
    Handling { Open = "open", Limited = "limited", Confidential = "confidential" }
}
words! {
    /// How the source learnt of it; patrol-found incidents never feed the models.
    FoundBy { Report = "report", Patrol = "patrol" }
}
words! {
    /// A party to an incident by role, never by ethnicity or religion.
    Party {
        Resident = "resident", Company = "company", Police = "police", Military = "military",
        Government = "government", Other = "other",
    }
}
words! {
    /// Days ahead a risk speaks of.
    Horizon { Week = "7d", Month = "30d" }
}
words! {
    /// The level of a risk or a condition. `NoData` is grey: silence is not safety.
    Level { NoData = "no_data", Low = "low", Waspada = "waspada", Siaga = "siaga", Awas = "awas" }
}

impl Level {
    /// The levels that warn: at which a condition stands, an alert opens and people are notified; the lowest first.
    pub const WARNINGS: [Level; 3] = [Level::Waspada, Level::Siaga, Level::Awas];

    /// True for a level that warns; the others are quiet.
    pub fn is_warning(self) -> bool {
        self >= Level::Waspada
    }
}
words! {
    /// What a report says of an incident: that it happens, that it did not happen, that it goes on, that it ended.
    Stance { Affirms = "affirms", Denies = "denies", Continues = "continues", Ends = "ends" }
}
words! {
    /// How sure a sensor is of what it saw (*tingkat kepercayaan*).
    Confidence { Low = "low", Nominal = "nominal", High = "high" }
}
words! {
    /// How a record ended; every record ends as exactly one (or as a dead letter). A statement denies or ends an incident.
    Outcome {
        Incident = "incident", Merged = "merged", Duplicate = "duplicate", Superseded = "superseded",
        Retracted = "retracted", Signal = "signal", ZeroReport = "zero_report", Verification = "verification",
        Statement = "statement",
    }
}
words! {
    /// Why a record could not become a report, in the order the reasons are looked for.
    Refused {
        TooLarge = "too_large", Json = "json", Schema = "schema", Kind = "kind", Category = "category",
        District = "district", Severity = "severity", Time = "time", Future = "future", Forbidden = "forbidden",
    }
}
words! {
    /// Whose word opens a level, the surest first: what two speakers affirm or the desk confirmed, one who is not involved
    /// (or a village in a dispute between residents), one party to the dispute, the community.
    OpeningVoice {
        Verified = "verified", Uninvolved = "uninvolved", OneParty = "one_party", Community = "community",
    }
}
words! {
    /// What a report tells of that opens a level, the gravest first: somebody died; a disaster threatens lives; severity 4 or
    /// more, or three injured or a hundred displaced or more; a disaster of severity 3.
    OpeningGround { Death = "death", LifeThreatening = "life_threatening", Grave = "grave", Serious = "serious" }
}
words! {
    /// Why a person must look into what is reported: it cannot be judged (F or 6), only the community says it, two sources say it
    /// in the same words, or one person of the desk asks for awas, or to take something back, and a second must do the same; or the
    /// desk judged a report in whose place its source has sent something else since.
    CheckReason {
        Unjudged = "unjudged", Community = "community", Echo = "echo", Second = "second", TakeBack = "take_back",
        Changed = "changed",
    }
}

impl Horizon {
    pub const fn days(self) -> u32 {
        match self {
            Horizon::Week => 7,
            Horizon::Month => 30,
        }
    }
}

/// A category (*kategori*): a family and a number, for example WP-05.
/// Which ones exist is `config/taxonomy.toml`'s business; this is only the code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Category(u8);

impl Category {
    /// Distinct codes this type can hold.
    pub const COUNT: usize = 128;
    pub const OTHER: Category = Category(0x60);

    /// Parses `WP-05`, `WW-01`, `WA-14` or `X-00`; anything else is `None`.
    pub fn parse(code: &str) -> Option<Category> {
        let (family, digits) = code.split_once('-')?;
        let &[tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = digits.as_bytes() else { return None };
        let number = (tens - b'0') * 10 + (ones - b'0');
        let family = match family {
            "WP" => 0,
            "WW" => 1,
            "WA" => 2,
            "X" if number == 0 => 3,
            _ => return None,
        };
        (number < 32 && (family == 3 || number > 0)).then_some(Category(family << 5 | number))
    }

    /// The kind the family belongs to; `X-00` fits every kind.
    pub fn kind(self) -> Option<Kind> {
        Kind::from_index(usize::from(self.0 >> 5))
    }

    pub fn fits(self, kind: Kind) -> bool {
        self.kind().is_none_or(|own| own == kind)
    }

    pub const fn index(self) -> usize {
        self.0 as usize
    }

    pub fn from_index(index: usize) -> Option<Category> {
        let code = u8::try_from(index).ok()?;
        (code < 0x60 && code & 31 != 0 || code == 0x60).then_some(Category(code))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = ["WP", "WW", "WA", "X"][usize::from(self.0 >> 5)];
        write!(f, "{family}-{:02}", self.0 & 31)
    }
}

/// A set of [`Category`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CategorySet(u128);

impl CategorySet {
    pub fn has(self, category: Category) -> bool {
        self.0 & 1 << category.index() != 0
    }
}

impl FromIterator<Category> for CategorySet {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> CategorySet {
        CategorySet(categories.into_iter().fold(0, |set, category| set | 1 << category.index()))
    }
}

/// A set of [`Party`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Parties(pub u8);

impl Parties {
    pub fn add(&mut self, party: Party) {
        self.0 |= 1 << party.index();
    }
    pub fn has(self, party: Party) -> bool {
        self.0 & 1 << party.index() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn category_codes_survive_the_round_trip() {
        for index in 0..256 {
            let Some(category) = Category::from_index(index) else { continue };
            assert_eq!(Category::parse(&category.to_string()), Some(category));
        }
        for wrong in ["WP-00", "WP-5", "WP-32", "XX-01", "X-01", "WP-0A", "WP", ""] {
            assert_eq!(Category::parse(wrong), None, "{wrong}");
        }
        assert!(Category::OTHER.fits(Kind::Disaster) && Category::OTHER.to_string() == "X-00");
    }
}
