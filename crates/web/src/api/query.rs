//! Query parameters: typed by what a call takes; anything else is refused with what is taken.

use super::dto::{HorizonWord, KindWord};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::place::Code;
use domain::time::Time;
use intake::problem::Problem;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// What a list of assessments is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AssessmentsQuery {
    /// Only this kind; all without.
    #[param(inline)]
    pub kind: Option<KindWord>,
    /// 7 days without.
    #[param(inline)]
    pub horizon: Option<HorizonWord>,
    /// As it stood at this instant of receipt; now without.
    #[param(inline)]
    pub as_of: Option<Instant>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IncidentsQuery {
    /// Only this kecamatan or regency; everything the account may see without.
    #[param(inline)]
    pub district: Option<PlaceCode>,
    /// Only this kind; all without.
    #[param(inline)]
    pub kind: Option<KindWord>,
    /// `next` of the answer before.
    #[param(inline)]
    pub cursor: Option<Cursor>,
    /// Most lines of this answer; 50 without.
    #[param(inline)]
    pub limit: Option<Limit>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AlertsQuery {
    /// A state, or `live` for all that are still someone's work; every alert without.
    #[param(inline)]
    pub state: Option<StateFilter>,
    /// Only this kecamatan or regency; everything the account may see without.
    #[param(inline)]
    pub district: Option<PlaceCode>,
    /// `next` of the answer before.
    #[param(inline)]
    pub cursor: Option<Cursor>,
    /// Most lines of this answer; 50 without.
    #[param(inline)]
    pub limit: Option<Limit>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedsQuery {
    /// The regency whose clock the times follow; the account's first without.
    #[param(inline)]
    pub wilayah: Option<PlaceCode>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LiveQuery {
    /// How far the page had heard; what moved since is announced at once.
    pub since: Option<String>,
}

/// A call's query, read strictly: an unknown or doubled name is a mistake, never silently passed over.
pub struct StrictQuery<T>(pub T);

impl<S: Sync, T: DeserializeOwned + IntoParams> FromRequestParts<S> for StrictQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<StrictQuery<T>, Problem> {
        read(parts.uri.query().unwrap_or("")).map(StrictQuery)
    }
}

/// Reads a query string; the refusal says the remedy.
fn read<T: DeserializeOwned + IntoParams>(query: &str) -> Result<T, Problem> {
    let known: Vec<String> = T::into_params(|| None).into_iter().map(|parameter| parameter.name).collect();
    let mut seen = Vec::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        if !known.contains(&name.clone().into_owned()) {
            let taken = known.join(", ");
            return Err(bad(format!("Parameter '{name}' tidak dikenal di sini; yang ada: {taken}.")));
        }
        if seen.contains(&name) {
            return Err(bad(format!("Parameter '{name}' ditulis dua kali; tulis sekali saja.")));
        }
        seen.push(name);
    }
    let fields = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(fields))
        .map_err(|error| bad(format!("Nilai '{}' tidak dikenal; {}.", error.path(), error.inner())))
}

/// Reads a JSON body, which may be empty; the refusal shows what one looks like.
pub fn body<T: DeserializeOwned + Default>(bytes: &[u8], example: &str) -> Result<T, Problem> {
    if bytes.is_empty() {
        return Ok(T::default());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader);
    let read = read.map_err(|error| (error.path().to_string(), error.into_inner()));
    let whole = read.and_then(|value| reader.end().map(|()| value).map_err(|error| (".".into(), error)));
    whole.map_err(|(path, error)| {
        bad(format!("Isi permintaan keliru pada '{path}': {error}. Kirim JSON seperti {example}."))
    })
}

/// A call that cannot be right, and what would be.
pub fn bad(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "Permintaan keliru", detail)
}

/// Declares a parameter that is written as text; the refusal says how it should look.
macro_rules! parameters {
    ($($(#[doc = $doc:literal])+ $name:ident($own:ty) = $parse:expr, $remedy:expr, $schema:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub struct $name(pub $own);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                let parse: fn(&str) -> Option<$own> = $parse;
                parse(&text).map($name).ok_or_else(|| D::Error::custom(format!("yang boleh: {}", $remedy)))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

parameters! {
    /// An instant with its offset; a `+` that arrived as a space is read as meant.
    Instant(Time) = instant, "RFC 3339, misalnya 2026-11-22T07:40:00+07:00",
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    /// The code of a regency or kecamatan.
    PlaceCode(Code) = Code::parse, "kode seperti 16.13 atau 16.13.04",
        ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{2}\\.[0-9]{2}(\\.(0[1-9]|[1-9][0-9]))?$"));
    /// Where a list goes on.
    Cursor(String) = cursor, "isi 'next' dari jawaban sebelumnya, apa adanya",
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(CURSOR));
    /// How many lines an answer may have.
    Limit(u32) = limit, format!("1 sampai {}", store::MOST),
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(f64::from(store::MOST)));
    /// Which alerts: one state, or all live ones.
    StateFilter(Option<domain::alert::State>) = state,
        format!("live, {}", states().collect::<Vec<_>>().join(", ")),
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(std::iter::once("live").chain(states())));
}

const CURSOR: &str = "^-?[0-9]{1,18}\\.[0-9A-Za-z.-]+$";

fn instant(text: &str) -> Option<Time> {
    let at: jiff::Timestamp = text.replace(' ', "+").parse().ok()?;
    Some(Time(at.as_microsecond()))
}

fn cursor(text: &str) -> Option<String> {
    let (at, id) = text.split_once('.')?;
    let known = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let plain = !id.is_empty() && id.chars().all(known);
    (plain && at.parse::<i64>().is_ok()).then(|| text.to_string())
}

fn limit(text: &str) -> Option<u32> {
    text.parse().ok().filter(|limit| (1..=store::MOST).contains(limit))
}

fn state(text: &str) -> Option<Option<domain::alert::State>> {
    if text == "live" { Some(None) } else { domain::alert::State::parse(text).map(Some) }
}

fn states() -> impl Iterator<Item = &'static str> {
    domain::alert::State::ALL.iter().map(|state| state.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: DeserializeOwned + IntoParams>(query: &str) -> String {
        read::<T>(query).err().map(|problem| problem.detail).unwrap_or_default()
    }

    #[test]
    fn a_query_that_cannot_be_right_is_refused_with_what_would_be() {
        for (query, says) in [
            ("kind=war", "'kind' tidak dikenal; yang boleh: resident_company"),
            ("knd=disaster", "yang ada: kind, horizon, as_of"),
            ("kind=disaster&kind=disaster", "dua kali"),
            ("horizon=8d", "7d, 30d"),
            ("as_of=kemarin", "RFC 3339, misalnya"),
        ] {
            let detail = refused::<AssessmentsQuery>(query);
            assert!(detail.contains(says), "{query}: {detail}");
        }
        for (query, says) in [
            ("limit=0", "1 sampai 500"),
            ("limit=many", "1 sampai 500"),
            ("cursor=x", "apa adanya"),
            ("state=shut", "live, open"),
            ("district=16", "16.13.04"),
        ] {
            let detail = refused::<AlertsQuery>(query);
            assert!(detail.contains(says), "{query}: {detail}");
        }
    }

    #[test]
    fn a_query_is_read_into_what_it_means() {
        let asked: AlertsQuery =
            read("state=live&district=16.13&limit=500&cursor=1795219200000000.16.13-2026-0001")
                .map_err(|problem| problem.detail)
                .unwrap();
        assert_eq!(asked.state, Some(StateFilter(None)));
        assert_eq!(asked.district, Some(PlaceCode(Code(161_300))));
        assert_eq!(asked.limit, Some(Limit(500)));
        let asked: AssessmentsQuery = read("as_of=2026-11-22T07:40:00+07:00").map_err(|p| p.detail).unwrap();
        assert_eq!(asked.as_of, Some(Instant(Time(1_795_308_000_000_000))));
        assert!(asked.kind.is_none() && asked.horizon.is_none());
    }
}
