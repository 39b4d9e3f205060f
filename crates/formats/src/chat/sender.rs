//! Whose word a sender may give, by what somebody called them in their telephone: "Pak Kades Belani", "Babinsa Pauh".

use super::place::PlaceFinding;
use super::token::{self, ChatWord};
use domain::kind::FeedClass;
use sha2::{Digest, Sha256};

/// What the name of a sender says. It is proposed and never believed: a person says whose word it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SenderHint {
    pub class: Option<FeedClass>,
    pub place: PlaceFinding,
}

const CLASSES: [(FeedClass, &[&str]); 6] = [
    (FeedClass::Military, &["babinsa", "danramil", "koramil", "kodim", "dandim", "tni", "babinpotmar"]),
    (
        FeedClass::Police,
        &[
            "bhabinkamtibmas",
            "bhabin",
            "babinkamtibmas",
            "polsek",
            "kapolsek",
            "polres",
            "kapolres",
            "kanit",
            "polisi",
            "intelkam",
        ],
    ),
    (FeedClass::Company, &["pt", "cv", "humas", "satpam", "security", "perusahaan"]),
    (
        FeedClass::Agency,
        &[
            "camat",
            "sekcam",
            "kecamatan",
            "bpbd",
            "satpol",
            "pol",
            "damkar",
            "dinas",
            "kasi",
            "trantib",
            "pusdalops",
        ],
    ),
    (
        FeedClass::Village,
        &[
            "kades",
            "sekdes",
            "kadus",
            "lurah",
            "kepala",
            "kasun",
            "rt",
            "rw",
            "bpd",
            "linmas",
            "satlinmas",
            "desa",
            "ds",
            "skd",
        ],
    ),
    (
        FeedClass::Community,
        &["fkdm", "tokoh", "ormas", "karang", "pemuda", "adat", "rapi", "orari", "relawan"],
    ),
];

/// The same for the same name wherever it stands in a chat, and another for another: so that what a person says of a sender is
/// of no other when the text is changed. Empty for what has no sender.
pub fn sender_key(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let digits = |byte: &u8| format!("{byte:02x}");
    if name.is_empty() { String::new() } else { digest[..8].iter().map(digits).collect() }
}

/// Offices whose words name one of several of a class: BPBD is no camat, and a polsek no polres.
const OFFICES: [&[&str]; 10] = [
    &["camat", "sekcam", "kecamatan", "kec"],
    &["bpbd", "pusdalops"],
    &["satpol", "trantib"],
    &["damkar"],
    &["dinas", "dinkes", "dinsos", "dlh", "pupr"],
    &["kesbangpol"],
    &["polsek", "kapolsek"],
    &["polres", "kapolres"],
    &["koramil", "danramil"],
    &["kodim", "dandim"],
];

/// True where two names, of a sender and of a source, have the words of two offices.
pub fn is_of_another_office(sender: &str, source: &str) -> bool {
    let office = |name: &str| {
        let words = token::tokens(name, 0..name.len());
        OFFICES.iter().position(|office| words.iter().any(|word| word.is(office)))
    };
    office(sender).zip(office(source)).is_some_and(|(one, other)| one != other)
}

/// True of an office of a kecamatan: what it writes of one is of the whole.
pub fn is_of_district(name: &str) -> bool {
    const OFFICES: [&str; 10] = [
        "camat",
        "sekcam",
        "kecamatan",
        "kec",
        "trantib",
        "polsek",
        "kapolsek",
        "koramil",
        "danramil",
        "danpos",
    ];
    token::tokens(name, 0..name.len()).iter().any(|word| word.is(&OFFICES))
}

/// The class that the words of a name give; the first of the list that any of them says.
pub fn class(tokens: &[ChatWord]) -> Option<FeedClass> {
    let says = |words: &[&str]| tokens.iter().any(|token| token.is(words));
    CLASSES.into_iter().find(|(_, words)| says(words)).map(|(class, _)| class)
}
