//! What stood in a chat before a message: what its sender proposed last, which "ralat" corrects, and what was written word for
//! word the same, which was passed on.

use super::incident::IncidentPart;
use super::{
    ChatProposal, Finding, LeftOut, PassageFate, Question, SenderHint, Sureness, hurt, stance, token,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Fewer words may be the same by chance: "banjir di Pauh".
const FEWEST: usize = 8;

#[derive(Default)]
pub struct EarlierMessages {
    /// What the name of each sender says.
    pub hints: BTreeMap<String, SenderHint>,
    /// What each sender proposed last.
    last: BTreeMap<String, ChatProposal>,
    /// The part in which words stood first.
    texts: BTreeMap<[u8; 32], usize>,
}

impl EarlierMessages {
    /// The part that says the same; a part that nobody wrote before is remembered under its own number.
    pub fn copied(&mut self, (text, part): (&str, &IncidentPart), number: usize) -> Option<usize> {
        const PASSED_ON: [&str; 8] =
            ["diteruskan", "forwarded", "fwd", "fw", "terusan", "berkali", "many", "times"];
        let words = token::tokens(text, part.text.clone());
        let own = words.iter().skip_while(|word| word.is(&PASSED_ON));
        let mut content = Sha256::new();
        let mut count = 0;
        for word in own {
            content.update(word.text.as_bytes());
            content.update([0]);
            count += 1;
        }
        content.update(part.of_listed.map_or(0, |place| place as u64 + 1).to_be_bytes());
        if count < FEWEST {
            return None;
        }
        let first = *self.texts.entry(content.finalize().into()).or_insert(number);
        (first != number).then_some(first)
    }

    /// What became of a part, where it corrects its sender's last: that one again with the numbers of this.
    pub fn corrected(
        &mut self,
        fate: PassageFate,
        (text, part): (&str, &IncidentPart),
        sender: &str,
    ) -> PassageFate {
        let words = || token::tokens(text, part.text.clone());
        let fate = match (fate, self.last.get(sender)) {
            (PassageFate::LeftOut(LeftOut::NoIncident), Some(last)) if stance::is_correction(&words()) => {
                PassageFate::Proposed(Box::new(again(last, (text, &words()))))
            }
            // "ralat, 80 jiwa mengungsi" says of nothing but people.
            (PassageFate::Proposed(own), Some(last))
                if own.category.is_none() && stance::is_correction(&words()) =>
            {
                PassageFate::Proposed(Box::new(again(last, (text, &words()))))
            }
            (PassageFate::Proposed(mut own), Some(_)) if stance::is_correction(&words()) => {
                own.questions.push(Question::Correction);
                PassageFate::Proposed(own)
            }
            (fate, _) => fate,
        };
        if let PassageFate::Proposed(proposal) = &fate {
            self.last.insert(sender.to_owned(), (**proposal).clone());
        }
        fate
    }
}

/// An earlier proposal with the people that its correction counts.
fn again(last: &ChatProposal, (text, words): (&str, &[token::ChatWord])) -> ChatProposal {
    fn guess<T: Clone>(found: &Option<Finding<T>>) -> Option<Finding<T>> {
        let plain =
            |found: &Finding<T>| Finding { value: found.value.clone(), words: None, sure: Sureness::Guess };
        found.as_ref().map(plain)
    }
    let counted = hurt::people_hurt(text, words);
    let look_at = counted.look_at();
    let stance = Finding { value: last.stance.value, words: None, sure: Sureness::Guess };
    ChatProposal {
        district: guess(&last.district),
        village: guess(&last.village),
        category: guess(&last.category),
        others: last.others.clone(),
        occurred: guess(&last.occurred),
        severity: guess(&last.severity),
        stance,
        dead: counted.dead.or_else(|| guess(&last.dead)),
        injured: counted.injured.or_else(|| guess(&last.injured)),
        displaced: counted.displaced.or_else(|| guess(&last.displaced)),
        look_at,
        questions: vec![Question::Correction],
    }
}
