//! Without a login only the listed routes answer; everything else sends to the login or asks for a token.

use kentongan_tests::service::Service;

const OPEN: [&str; 4] = ["/healthz", "/readyz", "/masuk", "/schema/report-v1.json"];
const CLOSED: [&str; 12] = [
    "/",
    "/peringatan",
    "/laporan",
    "/kecamatan",
    "/umpan",
    "/model",
    "/ledger",
    "/panggilan",
    "/v1/alerts",
    "/v1/assessments",
    "/v1/incidents",
    "/v1/live",
];

#[test]
fn only_the_listed_routes_are_open() {
    let folder = tempfile::tempdir().expect("making a folder");
    let service = Service::start("serve", &folder.path().join("data"), &[]);
    let nobody = service.client();
    for path in OPEN {
        assert_eq!(nobody.get(path).expect("asking").status, 200, "{path}");
    }
    for path in CLOSED {
        let reply = nobody.get(path).expect("asking");
        let to_login =
            reply.status == 303 && reply.header("location").is_some_and(|to| to.starts_with("/masuk"));
        assert!(to_login || reply.status == 401, "{path} answered {}", reply.status);
    }
    let posted = nobody.post("/v1/reports", "application/json", b"{}").expect("posting");
    assert_eq!(posted.status, 401, "{}", posted.text());
    let wrong = nobody.bearer("bukan-token").post("/v1/reports", "application/json", b"{}").expect("posting");
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    service.stop();
}
