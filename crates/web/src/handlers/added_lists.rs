//! Lists of reporters under way and just added: each on a task of its own, and its answer for the same form once more.

use crate::fault::Fault;
use crate::pages::reporter_list::ListedFate;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};

/// Lists that wait, are added or may be answered once more.
const KEPT: usize = 16;
/// How long an answer with its passwords is kept for who did not receive it.
const KEPT_FOR: Duration = Duration::from_mins(10);
/// How often an answer is given: to the form, and once more where its first answer was lost on the way.
const GIVEN: u32 = 2;

static OF_PROCESS: AddedLists =
    AddedLists { lists: Mutex::new(BTreeMap::new()), turn: Semaphore::const_new(1) };

/// Shared by all requests of a process.
pub struct AddedLists {
    lists: Mutex<BTreeMap<SentList, AddedList>>,
    /// Lists are added one at a time, so that no more passwords are hashed at once.
    turn: Semaphore,
}

/// The form that a list came with, sent in one session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentList {
    pub session: [u8; 32],
    pub form: [u8; 32],
}

/// What became of each row, and whether the service failed before the last.
#[derive(Clone)]
pub struct ListFates {
    pub rows: Vec<ListedFate>,
    pub broke_off: bool,
}

type Answer = Option<Result<ListFates, Fault>>;

struct AddedList {
    answer: watch::Receiver<Answer>,
    given: u32,
    began: Instant,
}

impl AddedLists {
    pub fn of_process() -> &'static AddedLists {
        &OF_PROCESS
    }

    /// What the work came to that was begun for this form, now or by the same form before. It goes on where nobody waits.
    ///
    /// # Errors
    /// As the work, or where too many lists are under way.
    pub async fn answer(
        &'static self,
        sent: SentList,
        adding: impl Future<Output = Result<ListFates, Fault>> + Send + 'static,
    ) -> Result<ListFates, Fault> {
        let mut receiver = self.begin(sent, adding)?;
        let answer = receiver.wait_for(Option::is_some).await.map(|answer| answer.clone());
        self.give(sent);
        match answer {
            Ok(Some(answer)) => answer,
            Ok(None) | Err(_) => Err(Fault::Internal("adding a list of reporters broke off".into())),
        }
    }

    fn begin(
        &'static self,
        sent: SentList,
        adding: impl Future<Output = Result<ListFates, Fault>> + Send + 'static,
    ) -> Result<watch::Receiver<Answer>, Fault> {
        let mut lists = self.lock();
        forget_old(&mut lists);
        if let Some(list) = lists.get(&sent) {
            return Ok(list.answer.clone());
        }
        if lists.len() >= KEPT {
            let ended = lists.iter().filter(|(_, list)| !list.is_under_way());
            let oldest = ended.min_by_key(|(_, list)| list.began).map(|(sent, _)| *sent);
            lists.remove(&oldest.ok_or(Fault::Busy)?);
        }
        let (sender, receiver) = watch::channel(None);
        lists.insert(sent, AddedList { answer: receiver.clone(), given: 0, began: Instant::now() });
        drop(lists);
        tokio::spawn(async move {
            let turn = self.turn.acquire().await;
            let answer = adding.await;
            drop(turn);
            sender.send_replace(Some(answer));
            // The passwords do not stay in memory, also where nobody comes for them.
            tokio::time::sleep(KEPT_FOR).await;
            forget_old(&mut self.lock());
        });
        Ok(receiver)
    }

    fn give(&self, sent: SentList) {
        let mut lists = self.lock();
        let Some(list) = lists.get_mut(&sent) else { return };
        list.given += 1;
        if list.given >= GIVEN || !list.is_good() {
            lists.remove(&sent);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SentList, AddedList>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_old(lists: &mut BTreeMap<SentList, AddedList>) {
    lists.retain(|_, list| list.is_under_way() || list.began.elapsed() < KEPT_FOR);
}

impl AddedList {
    fn is_under_way(&self) -> bool {
        self.answer.borrow().is_none() && self.answer.has_changed().is_ok()
    }

    /// False where the same form is to try again.
    fn is_good(&self) -> bool {
        matches!(&*self.answer.borrow(), Some(Ok(_)))
    }
}
