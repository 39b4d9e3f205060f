//! A list of reporters, as a regency's office keeps it in a table: account, feed, place and class of the feed, one a row.

use crate::archive::ArchiveError;
use crate::archive::table::{CellRow, Table};
use std::io::Read;

/// A row of the list, as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedReporter {
    /// In the file, counted from 1.
    pub line: u64,
    pub name: String,
    pub feed: String,
    /// Codes of the feed's places, or the name of one (`named_area`), of one column or of a village's and a district's; empty where the
    /// feed is registered already.
    pub place: String,
    /// The class of the feed; empty where it is registered already.
    pub class: String,
}

/// Why a file is no list of reporters.
#[derive(Debug, thiserror::Error)]
pub enum ReporterListError {
    #[error("reading '{file}': no line names the columns; begin with a line `name,feed,place,class`")]
    Header { file: String },
    #[error(transparent)]
    Table(#[from] ArchiveError),
}

/// What each column may be called.
const COLUMNS: [[&str; 2]; 4] =
    [["name", "nama"], ["feed", "sumber"], ["place", "tempat"], ["class", "kelas"]];
/// The columns of a place where it stands in two.
const VILLAGE: [&str; 6] =
    ["village", "desa", "kelurahan", "desa/kelurahan", "desa / kelurahan", "nama desa"];
const DISTRICT: [&str; 4] = ["district", "kecamatan", "distrik", "nama kecamatan"];

/// The rows of a list.
///
/// # Errors
/// Where the file cannot be read, is no table or names no columns `name` and `feed`.
pub fn read(file: &str, source: impl Read) -> Result<Vec<ListedReporter>, ReporterListError> {
    let is_header = |cells: &[String]| COLUMNS[..2].iter().all(|names| column(cells, names).is_some());
    let table = Table::read(file, source, is_header)?;
    let Table { header, rows } = table.ok_or_else(|| ReporterListError::Header { file: file.to_owned() })?;
    let [name, feed, place, class] = COLUMNS.map(|names| column(&header, &names));
    let (village, district) = (column(&header, &VILLAGE), column(&header, &DISTRICT));
    let listed = |row: CellRow| ListedReporter {
        line: row.line,
        name: row.cell(name).to_owned(),
        feed: row.cell(feed).to_owned(),
        place: match row.cell(place) {
            "" => place_of(row.cell(village), row.cell(district)),
            words => words.to_owned(),
        },
        class: class_word(&row.cell(class).to_lowercase()).to_owned(),
    };
    Ok(rows.map(listed).collect())
}

/// The place that a village and a district name: codes as they are, names with what each is the name of. What contradicts itself
/// then names no place.
fn place_of(village: &str, district: &str) -> String {
    let is_code = |cell: &str| cell.starts_with(|first: char| first.is_ascii_digit());
    let named = [("Desa", village), ("Kec.", district)].into_iter().filter(|(_, name)| !name.is_empty());
    match named.clone().collect::<Vec<_>>().as_slice() {
        [(_, code)] if is_code(code) => (*code).to_owned(),
        _ => named.map(|(rank, name)| format!("{rank} {name}")).collect::<Vec<_>>().join(", "),
    }
}

/// The word of a class as the program knows it, where a list has it as the pages say it or in a usual word.
fn class_word(word: &str) -> &str {
    match word {
        "desa" | "kelurahan" | "desa dan kelurahan" | "desa/kelurahan" | "pemerintah desa" | "kades"
        | "kepala desa" | "lurah" | "nagari" => "village",
        "warga" | "masyarakat" | "masyarakat (fkdm, ormas, tokoh)" | "fkdm" | "ormas" | "tokoh" => {
            "community"
        }
        "polisi" | "polri" | "polres" | "polsek" | "kapolsek" | "bhabinkamtibmas" | "kepolisian" => "police",
        "tni" | "babinsa" | "koramil" | "danramil" | "kodim" => "military",
        "perusahaan" => "company",
        "dinas" | "badan" | "dinas dan badan" | "dinas/badan" | "instansi" | "opd" | "kecamatan"
        | "camat" | "bpbd" | "satpol pp" => "agency",
        "kesbangpol" | "meja" | "piket kesbangpol" | "kesbangpol duty officer" => "desk",
        "sensor" | "alat" => "sensor",
        other => other,
    }
}

fn column(cells: &[String], names: &[&str]) -> Option<usize> {
    cells.iter().position(|cell| names.contains(&cell.trim().to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_people_save_it() {
        let text = "\u{feff}Daftar pelapor;;;\nNama;Sumber;Tempat;Kelas\ncamat-rupit;kec-rupit;16.13.01;Agency\n;;;\nkades-pauh; desa-pauh ;16.13.04.2003\n";
        let rows = read("daftar.csv", text.as_bytes()).unwrap();
        let lines: Vec<(u64, &str, &str)> =
            rows.iter().map(|row| (row.line, row.name.as_str(), row.feed.as_str())).collect();
        assert_eq!(lines, [(3, "camat-rupit", "kec-rupit"), (5, "kades-pauh", "desa-pauh")]);
        assert_eq!((rows[0].class.as_str(), rows[1].class.as_str()), ("agency", ""), "a short row");
        for (word, class) in [
            ("Desa", "village"),
            ("Kecamatan", "agency"),
            ("Polsek", "police"),
            ("TNI", "military"),
            ("Kades", "village"),
            ("Camat", "agency"),
            ("BPBD", "agency"),
            ("FKDM", "community"),
            ("x", "x"),
        ] {
            let list = format!("nama,sumber,tempat,kelas\na,b,16.13.01,{word}\n");
            assert_eq!(read("x.csv", list.as_bytes()).unwrap()[0].class, class, "{word}");
        }
        let places = |list: &str| -> Vec<String> {
            read("x.csv", list.as_bytes()).unwrap().into_iter().map(|row| row.place).collect()
        };
        let two = "Nama;Sumber;Desa;Kecamatan;Kelas\na;b;Pangkalan;Rawas Ulu;Kades\nc;d;Ds. Baung;;desa\ne;f;;Nibung;camat\ng;h;16.13.04.2003;Rawas Ilir;desa\ni;j;;;\nk;l;Belani;16.13.04;desa\n";
        assert_eq!(
            places(two),
            [
                "Desa Pangkalan, Kec. Rawas Ulu",
                "Desa Ds. Baung",
                "Kec. Nibung",
                "Desa 16.13.04.2003, Kec. Rawas Ilir",
                "",
                "Desa Belani, Kec. 16.13.04"
            ]
        );
        assert_eq!(
            places("nama,sumber,tempat,desa\na,b,16.13.04,Belani\n"),
            ["16.13.04"],
            "the place says it all"
        );
        // Every word of the pages.
        for pages in
            [include_str!("../../../config/locales/id.toml"), include_str!("../../../config/locales/en.toml")]
        {
            let pages: toml::Table = pages.parse().unwrap();
            let classes = pages["class"].as_table().unwrap();
            assert_eq!(classes.len(), 8);
            for (class, word) in classes {
                assert_eq!(class_word(&word.as_str().unwrap().to_lowercase()), class);
            }
        }
        assert!(matches!(
            read("x.csv", "a,b\n1,2\n".as_bytes()),
            Err(ReporterListError::Header { file }) if file == "x.csv"
        ));
    }
}
