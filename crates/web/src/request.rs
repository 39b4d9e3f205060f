//! A request as handlers see it: the person, the language, the regency asked for, and the frame of the page.

use crate::asset;
use crate::fault::Fault;
use crate::guard::{Person, cookie};
use crate::pages::shell::Frame;
use crate::state::WebState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::place::{Code, UnitId};
use domain::time::Time;
use views::{Lang, Viewer, status};

/// Made from any request; routes that need a login have a person.
#[derive(Clone)]
pub struct PageRequest {
    pub state: WebState,
    pub person: Option<Person>,
    pub lang: Lang,
    /// The regency asked for by query or cookie.
    pub asked: Option<Code>,
    /// Path and query without the language.
    pub path: String,
    /// The change notifier's position before anything was read for this request.
    pub change_position: String,
}

impl FromRequestParts<WebState> for PageRequest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<PageRequest, Self::Rejection> {
        let query = parts.uri.query().unwrap_or("");
        let from_query = |key: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(own, _)| *own == key)
                .map(|(_, value)| value.to_string())
        };
        let asked = |key: &str| from_query(key).or_else(|| cookie(&parts.headers, key));
        Ok(PageRequest {
            state: state.clone(),
            person: parts.extensions.get::<Person>().cloned(),
            lang: asked("lang").and_then(|word| Lang::parse(&word)).unwrap_or_default(),
            asked: asked("wilayah").and_then(|code| Code::parse(&code)),
            path: own_path(parts.uri.path(), query),
            change_position: state.changes.position(),
        })
    }
}

fn own_path(path: &str, query: &str) -> String {
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    if kept.is_empty() { path.to_string() } else { format!("{path}?{}", kept.join("&")) }
}

impl PageRequest {
    pub fn viewer(&self) -> Result<&Viewer, Fault> {
        self.person.as_ref().map(|person| &person.viewer).ok_or(Fault::Login { next: "/".into() })
    }

    pub fn now(&self) -> Time {
        (self.state.clock)()
    }

    /// What views are loaded with: the service's sources and this person.
    pub fn context(&self) -> Result<views::Context, Fault> {
        Ok(views::Context {
            sources: self.state.sources.clone(),
            viewer: self.viewer()?.clone(),
            lang: self.lang,
            now: self.now(),
        })
    }

    /// The frame of a page about `regency`.
    pub async fn frame(&self, context: &views::Context, regency: UnitId) -> Result<Frame, Fault> {
        let head = status::load(context, regency).await?;
        Ok(Frame { head: Some(head), ..self.outside() })
    }

    /// The frame of a page about no regency.
    pub fn outside(&self) -> Frame {
        Frame {
            lang: self.lang,
            viewer: self.person.as_ref().map(|person| person.viewer.clone()),
            head: None,
            scenario: self.state.scenario,
            path: self.path.clone(),
            release: asset::release(),
            change_position: self.change_position.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_language_switch_does_not_pile_up() {
        assert_eq!(own_path("/laporan", "lang=en&jenis=disaster&lang=id"), "/laporan?jenis=disaster");
        assert_eq!(own_path("/", "lang=en"), "/");
    }
}
