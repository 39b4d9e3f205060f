//! What a message says of an assignment, to whom it is assigned and to whom it was before.

use super::{AlsoNews, Notice};
use domain::alert::notice::AlertChangeKind;
use views::Lang;

impl Notice {
    /// True where it is about an assignment to somebody else than its reader, whose it was.
    pub(super) fn is_assigned_elsewhere(&self) -> bool {
        self.change == AlertChangeKind::Assigned && self.reader_is_assigned_no_more
    }

    /// The line that says whose the alert is by now, besides what a message is about.
    pub(super) fn assigned_words(&self, one: &AlsoNews, lang: Lang) -> String {
        match &one.assigned_elsewhere {
            _ if self.change.is_end() => lang.text("message.also_was_assigned").to_owned(),
            Some(to) => lang.fill("message.also_assigned_elsewhere", &[("to", to)]),
            None => lang.text("message.also_assigned").to_owned(),
        }
    }
}
