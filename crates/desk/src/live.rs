//! GET /v1/live: what changed, as server-sent events. A slow reader misses some and is told to look again.

use crate::context::Context;
use crate::fault::Fault;
use crate::permit::Viewer;
use crate::state::Live;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

pub async fn stream(context: Context) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    let viewer = context.viewer()?.clone();
    let receiver = context.state.live.subscribe();
    let end = tokio::time::Instant::now() + LONGEST;
    let events = stream::unfold((receiver, viewer), move |(mut receiver, viewer)| async move {
        loop {
            let Ok(received) = tokio::time::timeout_at(end, receiver.recv()).await else { return None };
            match received {
                Ok(live) => {
                    if let Some(event) = event(&viewer, &live) {
                        return Some((Ok(event), (receiver, viewer)));
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    return Some((Ok(Event::default().event("missed").data("{}")), (receiver, viewer)));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))))
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
