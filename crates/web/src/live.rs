//! GET /v1/live: what changed, as server-sent events. A slow reader misses some and is asked to look again; so is one
//! that comes (back) with a page older than the last change.

use crate::api::ApiError;
use crate::api::dto::{LiveAlertDto, LivePictureDto};
use crate::api::query::{LiveQuery, StrictQuery};
use crate::request::PageRequest;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt};
use intake::entrance::EntranceRefusal;
use intake::problem::{PROBLEM, Problem, ProblemDocument};
use std::convert::Infallible;
use std::time::Duration;
use store::{Change, ChangeNotifier};
use tokio::sync::broadcast::error::RecvError;
use views::Viewer;

/// What changes, as it changes
///
/// Server-sent events: `alert` (an alert was opened, moved or ended), `picture` (risks, conditions or reports of a regency
/// changed), `missed` (look at everything again), `alive` (every 15 seconds in which nothing else is sent) and `renew`: the
/// stream ends after ten minutes; come back with `Last-Event-ID`.
#[utoipa::path(
    get, path = "/v1/live", operation_id = "live", tag = "picture",
    params(LiveQuery, ("Last-Event-ID" = Option<String>, Header, description = "The last event that was read")),
    responses((
        status = 200, description = "Events; `data` is JSON: `{\"id\", \"code\"}` of an alert, `{\"regency\"}` of a picture",
        body = String, content_type = "text/event-stream",
    ),
    (status = 429, description = "Too many streams of this account", body = ProblemDocument, content_type = PROBLEM,
        headers(("Retry-After" = u64, description = "Seconds")))),
)]
pub async fn stream(
    request: PageRequest,
    StrictQuery(LiveQuery { since }): StrictQuery<LiveQuery>,
    headers: HeaderMap,
) -> Result<LiveResponse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let viewer = request.viewer()?.clone();
    let share = request.state.streams.take(Some(viewer.name.clone()), 1).map_err(|_| {
        request.state.refusals.count(EntranceRefusal::Streams);
        let detail = "Akun ini sudah mengikuti perubahan di terlalu banyak halaman sekaligus. Tutup halaman yang tidak dipakai.";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "Terlalu banyak halaman", detail).retry_after(30)
    })?;
    let changes = request.state.changes;
    let receiver = changes.subscribe();
    // A browser that comes back names the last event it had; the address still names the page's first.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_string);
    let had = last.or(since).filter(|had| !had.is_empty());
    let first = had.filter(|had| *had != changes.position()).map(|_| Ok(missed(&changes)));
    let end = tokio::time::Instant::now() + LONGEST;
    let events = stream::unfold(
        (receiver, viewer, changes, share),
        move |(mut receiver, viewer, changes, share)| async move {
            loop {
                let Ok(received) = tokio::time::timeout_at(end, receiver.recv()).await else { return None };
                match received {
                    Ok((number, change)) => {
                        if let Some(event) = event(&viewer, &change) {
                            return Some((
                                Ok(event.id(changes.position_of(number))),
                                (receiver, viewer, changes, share),
                            ));
                        }
                    }
                    Err(RecvError::Lagged(_)) => {
                        return Some((Ok(missed(&changes)), (receiver, viewer, changes, share)));
                    }
                    Err(RecvError::Closed) => return None,
                }
            }
        },
    );
    let last = stream::once(async { Ok(empty("renew")) });
    let events = stream::iter(first).chain(events).chain(last);
    let alive = KeepAlive::new().interval(KEEP_ALIVE).event(empty("alive"));
    Ok((UNBUFFERED, Sse::new(events).keep_alive(alive)))
}

type LiveResponse<S> = ([(&'static str, &'static str); 1], Sse<S>);

/// A proxy (nginx with its defaults) would hold events back until its buffer is full.
const UNBUFFERED: [(&str, &str); 1] = [("x-accel-buffering", "no")];
/// Often enough that a page knows soon when nobody is there any more, also where the connection does not say so. An event
/// and no comment: a browser's script hears only events.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

fn missed(changes: &ChangeNotifier) -> Event {
    empty("missed").id(changes.position())
}

/// An event that says all by its name. It has data, as a browser passes over one that has none.
fn empty(name: &str) -> Event {
    Event::default().event(name).data("{}")
}

/// A stream ends after so long; the browser comes back by itself and is checked again, so that an account that was
/// disabled or logged out hears no more.
const LONGEST: Duration = Duration::from_secs(600);

/// The event for this person; `None` where the place is not theirs.
fn event(viewer: &Viewer, change: &Change) -> Option<Event> {
    let (name, data) = event_data(viewer, change)?;
    Some(Event::default().event(name).data(data))
}

fn event_data(viewer: &Viewer, change: &Change) -> Option<(&'static str, String)> {
    if !viewer.covers(change.code()) {
        return None;
    }
    let (name, data) = match change {
        Change::Alert { id, code } => {
            ("alert", serde_json::to_string(&LiveAlertDto { id: id.clone(), code: code.to_string() }))
        }
        Change::Picture { regency } => {
            ("picture", serde_json::to_string(&LivePictureDto { regency: regency.to_string() }))
        }
    };
    Some((name, data.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::place::{Area, Areas, Code};
    use views::Role;

    #[test]
    fn nobody_hears_of_places_that_are_not_theirs() {
        let viewer = Viewer {
            name: "x".into(),
            role: Role::Desk,
            areas: Areas::of([Area::District(Code(161304))]),
            person: String::new(),
            feed: String::new(),
        };
        let alert = |code| Change::Alert { id: "a".into(), code: Code(code) };
        assert!(event_data(&viewer, &alert(161304)).is_some());
        assert!(event_data(&viewer, &alert(161301)).is_none());
        assert!(event_data(&viewer, &Change::Picture { regency: Code(350800) }).is_none());
    }
}
