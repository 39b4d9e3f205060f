//! Imports: what came by a file is known by the file's number, and comes back as it was kept.

use crate::fixture::{Home, commit, name, noon, outcome, report, statement};
use domain::kind::Outcome;
use domain::place::{Code, Place};
use domain::report::{Body, ReportId};
use store::{ImportRow, ImportedReport};

fn new(file: &str) -> ImportRow {
    ImportRow {
        number: 0,
        began_at: noon(1),
        account: "sari".into(),
        feed: "polres-muratara".into(),
        file_name: file.into(),
        file_hash: format!("{:064x}", u128::MAX),
        records: 0,
        reports: 0,
        ended_at: None,
        taken_back_at: None,
        taken_back_by: String::new(),
        reason: String::new(),
    }
}

pub async fn what_came_by_an_import_is_known_by_its_number(home: &Home) {
    let store = home.open().await;
    assert_eq!(store.imports(None).await.unwrap(), []);
    let numbers = [
        store.add_import(&new("lama.csv")).await.unwrap(),
        store.add_import(&new("baru.csv")).await.unwrap(),
    ];
    assert_eq!(numbers, [1, 2]);
    let part = |from: u128| -> Vec<ImportedReport> {
        let place = |number: u128| Place { code: Code(947_199), village: u16::MAX - number as u16 };
        (from..from + 3)
            .map(|number| ImportedReport { id: ReportId(u128::MAX - number), place: place(number) })
            .collect()
    };
    store.put_imported_part(2, 0, &part(0)).await.unwrap();
    store.put_imported_part(2, 1, &part(9)).await.unwrap();
    store.put_imported_part(2, 1, &part(5)).await.unwrap();
    let kept = async |import, number| store.imported_part(import, number).await.unwrap();
    assert_eq!(
        [kept(2, 0).await, kept(2, 1).await, kept(2, 2).await, kept(1, 0).await],
        [Some(part(0)), Some(part(5)), None, None]
    );

    let [old, recent] =
        [1, 2].map(|number| ImportRow { number, ..new(if number == 1 { "lama.csv" } else { "baru.csv" }) });
    assert_eq!(store.imports(None).await.unwrap(), [recent.clone(), old.clone()]);
    let back = ImportRow {
        records: 7,
        reports: 6,
        ended_at: Some(noon(2)),
        taken_back_at: Some(noon(3)),
        taken_back_by: "budi".into(),
        reason: "salah berkas".into(),
        ..recent
    };
    store.put_import(&back).await.unwrap();
    assert_eq!(store.import(2).await.unwrap(), Some(back.clone()));
    assert_eq!(store.import(3).await.unwrap(), None);
    assert_eq!(store.imports_taken_back("polres-muratara").await.unwrap(), std::slice::from_ref(&back));
    assert_eq!(store.imports_taken_back("bpbd").await.unwrap(), []);
    assert_eq!(store.imports(Some(&back.file_hash)).await.unwrap(), [back, old]);
    assert_eq!(store.imports(Some("00")).await.unwrap(), []);
    let mut tables = Vec::new();
    let kept = |line: &serde_json::Value| {
        tables.extend(line[0].as_str().filter(|table| table.starts_with("import")).map(str::to_owned));
        Ok(())
    };
    store.backup(kept).await.unwrap();
    tables.sort_unstable();
    assert_eq!(tables, ["imported_parts", "imported_parts", "imports", "imports"]);
}

pub async fn what_reports_ended_as_is_found_by_their_names(home: &Home) {
    let store = home.open().await;
    let mut commit = commit(0, 2);
    commit.reports = [1, 2].map(|id| report(id, Body::Statement(statement()))).into();
    commit.effects = vec![outcome(2, Outcome::Retracted, None)];
    store.commit(&commit).await.unwrap();
    let found = store.outcomes(&[name(1), name(2), name(3)]).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|(key, outcome)| (key.id, outcome)).collect();
    assert_eq!(found, [(name(1), None), (name(2), Some(Outcome::Retracted))]);
}
