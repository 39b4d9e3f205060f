//! The labelled messages: of how many place, category, stance, time and people hurt are read right; of the third of them that
//! is kept from those who change the parser apart. And what holds of all of them.

use super::*;

/// Days back and time, with ! where it is asked; and people hurt, with ? where a number is asked.
fn details(passage: &ChatPassage) -> [String; 2] {
    let PassageFate::Proposed(proposal) = &passage.fate else { return ["-".to_owned(), "-".to_owned()] };
    let zone = 7 * 60;
    let minutes = |time: Time| time.0.div_euclid(MINUTE) + zone;
    let when = proposal.occurred.as_ref().map_or_else(String::new, |found| {
        let (own, written) = (minutes(found.value), minutes(now()));
        let (day, minute) = (own.div_euclid(1440) - written.div_euclid(1440), own.rem_euclid(1440));
        let asked =
            if passage.asks(&Question::FarTime) || passage.asks(&Question::AmbiguousTime) { "!" } else { "" };
        format!("{day} {:02}.{:02}{asked}", minute / 60, minute % 60)
    });
    let count = |slot: &Option<Finding<u32>>| {
        slot.as_ref().map_or_else(|| "-".to_owned(), |found| found.value.to_string())
    };
    let asked = if proposal.look_at.is_empty() { "" } else { "?" };
    let hurt = [&proposal.dead, &proposal.injured, &proposal.displaced].map(count).join(",");
    [when, hurt + asked]
}

const NAMES: [&str; 6] = ["kecamatan", "village", "category", "stance", "time", "people hurt"];

/// How many cells of each column are labelled and how many are right.
#[derive(Default)]
struct Shares {
    all: [usize; 6],
    right: [usize; 6],
    wrong: String,
}

impl Shares {
    fn count(&mut self, words: &Words, line: &str) {
        let cells: Vec<&str> = line.splitn(8, '|').collect();
        let [regency, expected @ .., text] = cells.as_slice() else { panic!("{line}") };
        let text = text.replace("\\n", "\n");
        let reading = words.reader(regency).read(&text, ChatOccasion { now: now(), order: None });
        check(&text, &reading);
        // What stands before the points of a list is a part that says nothing.
        let alone = reading.passages.len() == 1;
        let says = |part: &&ChatPassage| alone || matches!(part.fate, PassageFate::Proposed(_));
        let found = reading.passages.iter().filter(says).map(|part| {
            let ([a, b, c, d], [e, f]) = (shape(words, part), details(part));
            [a, b, c, d, e, f]
        });
        let found: Vec<[String; 6]> = found.collect();
        for (index, expected) in expected.iter().enumerate().filter(|(_, expected)| !expected.is_empty()) {
            let column: Vec<&str> = found.iter().map(|part| part[index].as_str()).collect();
            let labels: Vec<&str> = expected.split('+').collect();
            let fits =
                |(one, other): (&&str, &&str)| one.is_empty() || one.split('~').any(|one| one == *other);
            let is_right = labels.len() == column.len() && labels.iter().zip(&column).all(fits);
            self.all[index] += 1;
            self.right[index] += usize::from(is_right);
            if !is_right {
                self.wrong +=
                    &format!("{} {} and not {expected}: {text:?}\n", NAMES[index], column.join("+"));
            }
        }
    }
}

/// The lines of the set that everybody sees, and those that are kept apart.
fn lines() -> (Vec<&'static str>, Vec<&'static str>) {
    let text = include_str!("../labelled.psv");
    let (older, newer) = text.split_once("# Below,").unwrap();
    let rows = |text: &'static str| {
        text.lines().filter(|line| line.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    let (apart, seen): (Vec<_>, Vec<_>) = rows(newer).enumerate().partition(|(index, _)| index % 3 == 2);
    let plain = |lines: Vec<(usize, &'static str)>| lines.into_iter().map(|(_, line)| line);
    (rows(older).chain(plain(seen)).collect(), plain(apart).collect())
}

#[test]
fn of_the_labelled_messages_as_many_are_placed_and_categorised_right_as_before() {
    let words = Words::new();
    let (seen, apart) = lines();
    let [seen, apart] = [seen, apart].map(|lines| {
        let mut shares = Shares::default();
        lines.iter().for_each(|line| shares.count(&words, line));
        shares
    });
    println!("columns: {NAMES:?}");
    println!("seen, right of {:?}: {:?}\n{}", seen.all, seen.right, seen.wrong);
    println!("apart, right of {:?}: {:?}", apart.all, apart.right);
    // What is wrong of those apart is not printed, so that nobody mends inputs.
    let seen = (&seen, seen.wrong.as_str(), [98, 98, 95, 95, 98, 98]);
    let apart = (&apart, "", [98, 90, 90, 90, 95, 95]);
    for (shares, wrong, least) in [seen, apart] {
        for (index, least) in least.into_iter().enumerate() {
            let (right, all) = (shares.right[index], shares.all[index]);
            assert!(right * 100 >= all * least, "{}: {right} of {all}\n{wrong}", NAMES[index]);
        }
    }
}

/// The largest number that stands in a text, in digits or in words: counted from the text itself, not from the parser's words.
fn largest_number(text: &str) -> u64 {
    let lower = text.to_lowercase();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
    let (mut largest, mut whole, mut last) = (0_u64, 0_u64, 0_u64);
    for word in lower.split(|letter: char| !is_part(letter)).map(|word| word.trim_matches('.')) {
        let ones = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
        let one = ones.iter().position(|one| *one == word).map(|at| at as u64 + 1);
        let digits =
            word.split('.').map(|group| group.bytes().filter(u8::is_ascii_digit).map(char::from).collect());
        let digits: Vec<String> = digits.collect();
        let is_grouped = digits[1..].iter().all(|group| group.len() == 3);
        let joined = if is_grouped { vec![digits.concat()] } else { digits };
        match word {
            _ if one.is_some() => (whole, last) = (whole + last, one.unwrap_or(0)),
            "seorang" | "sebuah" | "seekor" => (whole, last) = (0, 1),
            "sepuluh" => whole += 10,
            "sebelas" => whole += 11,
            "seratus" => whole += 100,
            "seribu" => whole += 1000,
            "belas" => last += 10,
            "puluh" => last *= 10,
            "ratus" => last *= 100,
            "ribu" => (whole, last) = ((whole + last) * 1000, 0),
            _ => {
                let number = joined.iter().filter_map(|digits| digits.parse::<u64>().ok()).max();
                (whole, last) = (0, number.unwrap_or(0));
            }
        }
        largest = largest.max(whole + last);
    }
    largest
}

/// Nobody is counted whom the message does not count.
fn check_harm(text: &str, reading: &ChatReading) {
    for passage in &reading.passages {
        let PassageFate::Proposed(proposal) = &passage.fate else { continue };
        // Who is hurt badly and who slightly are two numbers, counted together.
        let own = &text[passage.text.clone()];
        let is_summed = own.contains("LR") || own.contains("ringan");
        let largest = largest_number(own) * if is_summed { 2 } else { 1 };
        for count in [&proposal.dead, &proposal.injured, &proposal.displaced].into_iter().flatten() {
            assert!(u64::from(count.value) <= largest, "{} is not in {text:?}", count.value);
        }
    }
}

#[test]
fn no_message_yields_more_people_hurt_than_any_number_in_it() {
    let words = Words::new();
    let mut reader = words.reader("16.13");
    let (seen, apart) = lines();
    for line in seen.iter().chain(&apart) {
        let text = line.rsplit('|').next().unwrap().replace("\\n", "\n");
        check_harm(&text, &reader.read(&text, ChatOccasion { now: now(), order: None }));
    }
    let pieces = [
        "2 ",
        "12 ",
        "1.200 ",
        "(45) ",
        "dua ",
        "puluh ",
        "belas ",
        "seratus ",
        "ribu ",
        "ratus ",
        "seorang ",
        "orang ",
        "warga ",
        "jiwa ",
        "KK ",
        "luka ",
        "luka berat ",
        "MD ",
        "meninggal ",
        "korban ",
        "korban jiwa: ",
        "mengungsi ",
        "ekor sapi ",
        "mati ",
        "tidak ada ",
        "nihil ",
        "- ",
        ", ",
        ". ",
        ": ",
        "jam ",
        "tgl ",
        "banjir di Ds Noman ",
        "dan ",
        "bentrok ",
        "beberapa ",
        "puluhan ",
        "\n",
        "RT 03 ",
        "0,5 ",
        "/",
        "usia 17 th ",
        "LB ",
        "LR ",
        "luka ringan ",
        "hilang ",
    ];
    let mut seed = 11_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    for _ in 0..4000 {
        let text: String = (0..2 + next(14)).map(|_| pieces[next(pieces.len())]).collect();
        let reading = reader.read(&text, ChatOccasion { now: now(), order: None });
        check(&text, &reading);
        check_harm(&text, &reading);
    }
}
