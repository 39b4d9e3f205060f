//! `/openapi.json`: OpenAPI 3.1, put together from the handlers' descriptions and from who may pass.

use super::calls;
use crate::guard::{Access, COOKIE};
use formats::json_schema;
use formats::taxonomy::Taxonomy;
use intake::IntakeLimits;
use intake::problem::{PROBLEM, ProblemDocument};
use serde_json::Value;
use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem, Paths};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, Content, InfoBuilder, License, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
    ResponseBuilder, Schema, Tag,
};
use views::Role;
use views::permit::may;

/// What the macro `routes!` gives of a call besides its handler.
pub type Description = (Vec<(String, RefOr<Schema>)>, Paths);

/// Names of the ways to show who asks.
const SESSION: &str = "session";
const FEED: &str = "feed";
const METRICS: &str = "metrics";

/// The document of the whole service: the API's calls, the intake's, and `own`, those of the process itself.
pub fn document(limits: IntakeLimits, taxonomy: &Taxonomy, own: Vec<Description>) -> Value {
    let mut document = head();
    for (access, (mut schemas, mut paths, _)) in calls() {
        paths.paths.values_mut().for_each(|item| behind(item, access));
        add(&mut document, &mut schemas, paths);
    }
    for (mut schemas, paths) in intake::http::descriptions(limits).into_iter().chain(own) {
        add(&mut document, &mut schemas, paths);
    }
    let mut document = serde_json::to_value(document).unwrap_or_default();
    report_schema(&mut document, json_schema::report_v1(taxonomy));
    document
}

fn head() -> OpenApi {
    let mut components = Components::new();
    components.schemas.insert("Problem".into(), ProblemDocument::schema());
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
        COOKIE,
        "A person's session, from the login page (`POST /masuk`)",
    ));
    components.security_schemes.insert(SESSION.into(), SecurityScheme::ApiKey(cookie).into());
    for (name, description) in [
        (FEED, "A feed's token, shown once by `kentongan feed add`"),
        (METRICS, "The token of `metrics.token_file`, or of the file `metrics.token` in the data folder"),
    ] {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
        components.security_schemes.insert(name.into(), SecurityScheme::Http(bearer).into());
    }
    let info = InfoBuilder::new()
        .title("Kentongan")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Peringatan dini konflik: laporan masuk, risiko per kecamatan, peringatan. \
             Early warning of conflict: reports in, risk by district, alerts.\n\n\
             Risks and shares are parts per million. Times are RFC 3339 in the place's own zone. \
             Errors are RFC 9457 `application/problem+json`; `detail` says in Indonesian what to do.",
        ))
        .license(Some(License::new("Apache-2.0")))
        .build();
    let tag = |name: &str, description: &str| {
        let mut tag = Tag::new(name);
        tag.description = Some(description.into());
        tag
    };
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .tags(Some([
            tag("intake", "For feeds: reports in"),
            tag("picture", "For people and their programs: what stands"),
            tag("alerts", "The queue, and people's acts"),
            tag("machine", "For probes and monitoring"),
        ]))
        .build()
}

fn add(document: &mut OpenApi, schemas: &mut Vec<(String, RefOr<Schema>)>, paths: Paths) {
    document.paths.merge(paths);
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.extend(schemas.drain(..));
}

/// Writes into each operation what follows from who may pass, and the problems every such call may answer with.
fn behind(item: &mut PathItem, access: Access) {
    for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
        operation.security = Some(match access {
            Access::Open | Access::Link => Vec::new(),
            Access::Account | Access::Person | Access::With(_) => {
                vec![SecurityRequirement::new(SESSION, [""; 0])]
            }
        });
        if let Access::With(right) = access {
            let roles = Role::ALL.iter().filter(|role| may(**role, right)).map(|role| role.as_str());
            let roles = format!("Roles: {}.", roles.collect::<Vec<_>>().join(", "));
            let text = operation.description.take().unwrap_or_default();
            operation.description = Some(format!("{text}\n\n{roles}").trim().to_string());
        }
        problems(operation, access);
    }
}

fn problems(operation: &mut Operation, access: Access) {
    let parameters = operation.parameters.iter().flatten();
    let named = parameters.clone().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Path || parameter.name == "district",
        RefOr::Ref(_) => false,
    });
    let given = parameters.count() > 0 || operation.request_body.is_some();
    let all = [
        ("400", "The call cannot be right; `detail` says what would be", given),
        ("401", "No session, or one that ended", access != Access::Open),
        ("403", "Not for this account's role or area", access != Access::Open),
        ("404", "There is no such thing, or no longer", named),
        ("413", "The body is too large", operation.request_body.is_some()),
        ("503", "The data cannot be read now; try again shortly", true),
    ];
    for (status, description, applies) in all {
        if applies {
            operation.responses.responses.entry(status.into()).or_insert_with(|| problem(description).into());
        }
    }
}

/// A response that is a problem document.
fn problem(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content(PROBLEM, content).build()
}

/// Puts the report format among the schemas; what it defines for itself gets names of its own there.
fn report_schema(document: &mut Value, mut schema: Value) {
    let schemas = &mut document["components"]["schemas"];
    if let Some(own) = schema["$defs"].as_object_mut().map(std::mem::take) {
        for (name, mut definition) in own {
            refer(&mut definition);
            schemas[defined(&name)] = definition;
        }
    }
    if let Some(schema) = schema.as_object_mut() {
        ["$schema", "$id", "$defs"].iter().for_each(|key| drop(schema.remove(*key)));
    }
    refer(&mut schema);
    schemas["Report"] = schema;
}

/// `#/$defs/id` → `#/components/schemas/ReportId`.
fn refer(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get_mut("$ref")
                && let Some(name) = to.strip_prefix("#/$defs/")
            {
                *to = format!("#/components/schemas/{}", defined(name));
            }
            fields.values_mut().for_each(refer);
        }
        Value::Array(items) => items.iter_mut().for_each(refer),
        _ => {}
    }
}

fn defined(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    format!("Report{}{}", first.into_iter().collect::<String>(), characters.as_str())
}
