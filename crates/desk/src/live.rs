//! GET /v1/live: what changed, as server-sent events. A slow reader misses some and is told to look again; so is one
//! that comes (back) with a picture older than the last ring.

use crate::context::Context;
use crate::fault::Fault;
use crate::permit::Viewer;
use crate::state::Live;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Rung after each commit, heard by open pages. Its count says how old a picture is: a page carries the count from
/// before it was read, so that nothing falls between its reading and its listening. All clones are one bell.
#[derive(Clone, Debug)]
pub struct Bell {
    sender: broadcast::Sender<(u64, Live)>,
    rung: Arc<AtomicU64>,
    /// Tells this process's count from that of another or of its own past.
    began: u128,
}

impl Bell {
    /// `queue`: how many rings a slow reader may lag behind before it misses some.
    pub fn new(queue: usize) -> Bell {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Bell { sender: broadcast::Sender::new(queue), rung: Arc::default(), began: since.as_nanos() }
    }

    /// To be called once what it tells can be read. Counted before it is sent: who listens between the two looks once
    /// too often, never once too few.
    pub fn ring(&self, live: Live) {
        let number = self.rung.fetch_add(1, Ordering::SeqCst) + 1;
        // Nobody listening is no failure.
        let _ = self.sender.send((number, live));
    }

    /// How far it has rung; opaque.
    pub fn told(&self) -> String {
        self.name(self.rung.load(Ordering::SeqCst))
    }

    fn name(&self, number: u64) -> String {
        format!("{:x}-{number:x}", self.began)
    }
}

#[derive(serde::Deserialize)]
pub struct Since {
    since: Option<String>,
}

pub async fn stream(
    context: Context,
    Query(Since { since }): Query<Since>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    let viewer = context.viewer()?.clone();
    let bell = context.state.live;
    let receiver = bell.sender.subscribe();
    // A browser that comes back names the last event it had; the address still names the page's first.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_string);
    let had = last.or(since).filter(|had| !had.is_empty());
    let first = had.filter(|had| *had != bell.told()).map(|_| Ok(missed(&bell)));
    let end = tokio::time::Instant::now() + LONGEST;
    let events = stream::unfold((receiver, viewer, bell), move |(mut receiver, viewer, bell)| async move {
        loop {
            let Ok(received) = tokio::time::timeout_at(end, receiver.recv()).await else { return None };
            match received {
                Ok((number, live)) => {
                    if let Some(event) = event(&viewer, &live) {
                        return Some((Ok(event.id(bell.name(number))), (receiver, viewer, bell)));
                    }
                }
                Err(RecvError::Lagged(_)) => return Some((Ok(missed(&bell)), (receiver, viewer, bell))),
                Err(RecvError::Closed) => return None,
            }
        }
    });
    let events = stream::iter(first).chain(events);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))))
}

fn missed(bell: &Bell) -> Event {
    Event::default().event("missed").data("{}").id(bell.told())
}

/// A stream ends after so long; the browser comes back by itself and is looked at anew, so that an account that was
/// disabled or logged out hears no more.
const LONGEST: Duration = Duration::from_secs(600);

/// The event for this person; `None` where the place is not theirs.
fn event(viewer: &Viewer, live: &Live) -> Option<Event> {
    let (name, data) = told(viewer, live)?;
    Some(Event::default().event(name).data(data))
}

fn told(viewer: &Viewer, live: &Live) -> Option<(&'static str, String)> {
    if !viewer.covers(live.code()) {
        return None;
    }
    Some(match live {
        Live::Alert { id, code } => {
            ("alert", serde_json::json!({ "id": id, "code": code.to_string() }).to_string())
        }
        Live::Picture { regency } => {
            ("picture", serde_json::json!({ "regency": regency.to_string() }).to_string())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permit::Role;
    use domain::place::Code;

    #[test]
    fn nobody_hears_of_places_that_are_not_theirs() {
        let viewer = Viewer { name: "x".into(), role: Role::Desk, areas: vec![Code(161304)] };
        let alert = |code| Live::Alert { id: "a".into(), code: Code(code) };
        assert!(told(&viewer, &alert(161304)).is_some());
        assert!(told(&viewer, &alert(161301)).is_none());
        assert!(told(&viewer, &Live::Picture { regency: Code(350800) }).is_none());
    }
}
