//! Who may see and do what. One table; every page and every call asks it.

use domain::alert::PersonAct;
use domain::kind::Handling;
use domain::place::{Areas, Code};
pub use store::Role;
use store::User;

/// What a role may do beyond looking at levels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Right {
    /// The pages of levels, alerts, places and feeds.
    Look,
    /// To report for the account's own feed, and to see what that feed reported.
    ReportForFeed,
    /// Lists of reports and incidents, villages, report text, names of feeds.
    SeeReports,
    EnterReport,
    Verify,
    /// The acts of who answers an alert: [`right_for`].
    Answer,
    /// The acts of who directs the work on it: [`right_for`].
    Direct,
    /// To give others accounts with which they report.
    AddReporters,
}

/// Desk and administrator do everything of their areas, but accounts are the administrator's; the team answers alerts; leaders see aggregates only; a reporter has
/// the reporter's page and nothing else.
pub const fn may(role: Role, right: Right) -> bool {
    match role {
        Role::Administrator => !matches!(right, Right::ReportForFeed),
        Role::Desk => !matches!(right, Right::ReportForFeed | Right::AddReporters),
        Role::Team => matches!(right, Right::Look | Right::SeeReports | Right::Answer),
        Role::Leader => matches!(right, Right::Look),
        Role::Reporter => matches!(right, Right::ReportForFeed),
    }
}

/// The right that a person needs for an act on an alert; pages offer it and every way to do it asks for it.
pub const fn right_for(act: PersonAct) -> Right {
    match act {
        PersonAct::Acknowledge | PersonAct::Respond => Right::Answer,
        PersonAct::Assign
        | PersonAct::Resolve
        | PersonAct::Withdraw
        | PersonAct::CancelRequest
        | PersonAct::SendAgain => Right::Direct,
    }
}

/// Whether a role may read a report of this handling; a restricted category is confidential whatever it says.
pub const fn reads(role: Role, handling: Handling, restricted: bool) -> bool {
    match role {
        Role::Desk | Role::Administrator => true,
        Role::Team => !restricted && !matches!(handling, Handling::Confidential),
        Role::Leader | Role::Reporter => false,
    }
}

/// A person who is logged in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Viewer {
    pub name: String,
    pub role: Role,
    /// Regencies and districts.
    pub areas: Areas,
    /// The identifier of the person whose account it is; empty where nobody wrote it down.
    pub person: String,
    /// The feed that a reporter's account reports for; empty for every other role.
    pub feed: String,
}

impl Viewer {
    /// Somebody who sees everything of every place.
    pub fn administrator(name: &str) -> Viewer {
        let (role, areas) = (Role::Administrator, Areas::everywhere());
        Viewer { name: name.to_owned(), role, areas, person: String::new(), feed: String::new() }
    }

    /// The person of an account. Villages have no pages of their own, so they count for nothing.
    pub fn of_account(user: User) -> Viewer {
        let areas = user.areas.without_villages();
        Viewer { areas, name: user.name, role: user.role, person: user.person, feed: user.feed }
    }

    /// Whether a unit is this person's business. A regency is seen by all who have a district of it.
    pub fn covers(&self, code: Code) -> bool {
        self.areas.touches(code)
    }

    pub fn may(&self, right: Right) -> bool {
        may(self.role, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::place::Area;

    fn viewer(areas: &[u32]) -> Viewer {
        Viewer {
            name: "sari".into(),
            role: Role::Desk,
            areas: Areas::of(areas.iter().map(|code| Area::of(Code(*code)))),
            person: String::new(),
            feed: String::new(),
        }
    }

    #[test]
    fn a_reporter_has_the_reporters_page_and_nothing_else() {
        use Right::{AddReporters, Answer, Direct, EnterReport, Look, ReportForFeed, SeeReports, Verify};
        for right in [Look, SeeReports, EnterReport, Verify, Answer, Direct, AddReporters] {
            assert!(!may(Role::Reporter, right), "{right:?}");
        }
        assert!(may(Role::Reporter, ReportForFeed));
        let others = Role::ALL.into_iter().filter(|role| *role != Role::Reporter);
        for role in others {
            assert!(may(role, Look) && !may(role, ReportForFeed), "{role:?} has no feed");
        }
        assert!(Handling::ALL.iter().all(|handling| !reads(Role::Reporter, *handling, false)));
    }

    #[test]
    fn accounts_are_given_by_the_administrator_alone() {
        let may_give = Role::ALL.into_iter().filter(|role| may(*role, Right::AddReporters));
        assert_eq!(may_give.collect::<Vec<_>>(), [Role::Administrator]);
    }

    #[test]
    fn a_leader_reads_no_report_and_does_nothing() {
        for handling in Handling::ALL {
            assert!(!reads(Role::Leader, *handling, false));
        }
        for right in [Right::SeeReports, Right::EnterReport, Right::Verify, Right::Answer, Right::Direct] {
            assert!(!may(Role::Leader, right));
            assert!(may(Role::Desk, right));
        }
    }

    #[test]
    fn the_team_reads_no_confidential_or_restricted_report() {
        assert!(reads(Role::Team, Handling::Limited, false));
        assert!(!reads(Role::Team, Handling::Limited, true));
        assert!(!reads(Role::Team, Handling::Confidential, false));
        assert!(!may(Role::Team, Right::Verify));
    }

    #[test]
    fn areas_bound_what_is_seen() {
        let district = viewer(&[161304]);
        assert!(district.covers(Code(161304)) && district.covers(Code(161300)));
        assert!(!district.covers(Code(161301)) && !district.covers(Code(350800)));
        let regency = viewer(&[161300]);
        assert!(regency.covers(Code(161301)) && !regency.covers(Code(610201)));
        assert!(Viewer { areas: Areas::everywhere(), ..viewer(&[]) }.covers(Code(610201)));
    }

    #[test]
    fn an_account_for_nowhere_sees_nothing() {
        let viewer = Viewer { areas: Areas::nowhere(), ..viewer(&[161300]) };
        assert!(!viewer.covers(Code(161304)) && !viewer.covers(Code(161300)));
    }
}
