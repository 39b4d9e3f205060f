//! Every route of the desk with who may pass. A test walks this list without a session.

use crate::guard::{self, Access};
use crate::handlers::{
    alerts, correction, entry, ledger, login, messages, pages, paste, reporter, reporter_list, reports,
    second_link, upload,
};
use crate::state::WebState;
use crate::{api, asset};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use domain::alert::PersonAct;
use tower_http::compression::CompressionLayer;
use views::Right;
use views::permit::right_for;

/// Every path that answers without a login, over the whole service, but for one-time links. The first three are the desk's own; the others
/// belong to the binary, to providers of messages and to the feeds, which authenticate by token.
pub const OPEN: &[&str] = &[
    "/masuk",
    "/aset/{name}",
    "/favicon.ico",
    "/healthz",
    "/readyz",
    "/metrics",
    "/receipts/{gateway}",
    "/openapi.json",
    "/schema/report-v1.json",
    "/v1/reports",
];

/// Pages, and the calls of the API with the addresses their descriptions give.
fn table() -> Vec<(String, Access, MethodRouter<WebState>)> {
    let pages = pages().into_iter().map(|(path, access, methods)| (path.to_string(), access, methods));
    let calls = api::calls().into_iter().flat_map(|(access, (_, paths, methods))| {
        paths.paths.into_keys().map(move |path| (path, access, methods.clone()))
    });
    pages.chain(calls).collect()
}

fn pages() -> Vec<(&'static str, Access, MethodRouter<WebState>)> {
    use Access::{Account, Link, Open, Person, With};
    use Right::{AddReporters, Answer, Direct, EnterReport, ReportForFeed, SeeReports, Verify};
    vec![
        ("/masuk", Open, get(login::show).post(login::submit)),
        ("/aset/{name}", Open, get(asset::serve)),
        ("/favicon.ico", Open, get(asset::icon)),
        ("/orang-kedua/{token}", Link, get(second_link::show).post(second_link::open)),
        ("/orang-kedua/{token}/permintaan", Link, get(second_link::ask).post(second_link::answer)),
        ("/keluar", Account, post(login::logout)),
        ("/lapor", With(ReportForFeed), get(reporter::show)),
        ("/lapor/tautan/{token}", Link, get(reporter::link::show).post(reporter::link::open)),
        ("/lapor/nihil", With(ReportForFeed), get(reporter::back).post(reporter::nothing)),
        ("/lapor/kejadian", With(ReportForFeed), get(reporter::back).post(reporter::incident)),
        ("/lapor/lanjutan", With(ReportForFeed), get(reporter::back).post(reporter::news)),
        ("/", Person, get(pages::overview)),
        ("/peringatan", Person, get(alerts::queue)),
        ("/peringatan/{id}", Person, get(alerts::one)),
        ("/peringatan/{id}/kirim-lagi", With(right_for(PersonAct::SendAgain)), post(alerts::send_again)),
        ("/peringatan/{id}/{act}", With(Answer), post(alerts::submit)),
        ("/kecamatan", Person, get(pages::districts)),
        ("/kecamatan/{code}", Person, get(pages::district)),
        ("/laporan", With(SeeReports), get(reports::list)),
        ("/laporan/baru", With(EnterReport), get(entry::show).post(entry::submit)),
        (
            "/laporan/tempel",
            With(EnterReport),
            get(paste::show).post(paste::submit).layer(DefaultBodyLimit::max(paste::LARGEST_PASTE)),
        ),
        (
            "/laporan/tabel",
            With(EnterReport),
            get(upload::show).post(upload::receive).layer(DefaultBodyLimit::max(upload::LARGEST_UPLOAD)),
        ),
        ("/laporan/tabel/contoh", With(EnterReport), get(upload::form)),
        ("/laporan/tabel/{id}", With(EnterReport), get(upload::one).post(upload::submit)),
        ("/laporan/tabel/{id}/tertolak", With(EnterReport), get(upload::left_out)),
        ("/laporan/{id}", With(SeeReports), get(reports::one)),
        ("/laporan/{id}/verifikasi", With(Verify), post(reports::verify)),
        ("/laporan/{id}/koreksi", With(Verify), get(correction::show).post(correction::submit)),
        ("/laporan/{id}/tarik", With(Verify), post(correction::withdraw)),
        ("/umpan", Person, get(pages::feeds)),
        (
            "/pelapor",
            With(AddReporters),
            get(reporter_list::show)
                .post(reporter_list::preview)
                .layer(DefaultBodyLimit::max(reporter_list::LARGEST_UPLOAD)),
        ),
        ("/pelapor/tambah", With(AddReporters), get(reporter_list::back).post(reporter_list::add)),
        ("/pesan", With(Direct), get(messages::list)),
        ("/model", Person, get(pages::model)),
        ("/anggaran", With(Verify), get(ledger::budget)),
        ("/ledger", Person, get(ledger::show)),
        ("/panggilan", With(Verify), get(ledger::calls).post(ledger::answer)),
        ("/bantuan", Person, get(pages::help)),
    ]
}

/// The paths of the desk and who may pass, for tests and for documents.
pub fn paths() -> Vec<(String, Access)> {
    table().into_iter().map(|(path, access, _)| (path, access)).collect()
}

/// The whole desk. Each route names its own access rule, so none can be added without saying who may pass.
pub fn router(state: WebState) -> Router {
    let mut router = Router::new();
    for (path, access, methods) in table() {
        let access = from_fn_with_state((state.clone(), access), guard::require_access);
        router = router.route(&path, methods.layer(access));
    }
    router
        .fallback(api::missing)
        .layer(DefaultBodyLimit::max(guard::LARGEST_FORM))
        .layer(from_fn_with_state(state.clone(), guard::finish_response))
        .layer(CompressionLayer::new())
        .with_state(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_on_the_list_and_nothing_else() {
        for (path, access) in paths() {
            assert_eq!(access == Access::Open, OPEN.contains(&path.as_str()), "{path}");
        }
    }
}
