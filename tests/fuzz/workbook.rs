//! Packs the XML of one sheet into a workbook that spreadsheet programs would open, without compressing it.

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Lembar1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const SHEETS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// The second format of cells is a date.
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

/// The file whose only sheet is `sheet`.
pub fn packed(sheet: &[u8]) -> Vec<u8> {
    let parts: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", SHEETS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let (mut file, mut index) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let mut shared = Vec::new();
        // Version, flags, method (stored), time, date.
        [20_u16, 0, 0, 0, 33].iter().for_each(|field| shared.extend(field.to_le_bytes()));
        let size = bytes.len() as u32;
        [crc.sum(), size, size].iter().for_each(|field| shared.extend(field.to_le_bytes()));
        [name.len() as u16, 0].iter().for_each(|field| shared.extend(field.to_le_bytes()));
        index.extend(b"PK\x01\x02\x14\0");
        index.extend(&shared);
        // Comment, disk, attributes within and without, where the part begins.
        index.extend([0; 10]);
        index.extend((file.len() as u32).to_le_bytes());
        index.extend(name.as_bytes());
        file.extend(b"PK\x03\x04");
        file.extend(&shared);
        file.extend(name.as_bytes());
        file.extend(bytes);
    }
    let (begins, length, count) = (file.len() as u32, index.len() as u32, parts.len() as u16);
    file.extend(index);
    file.extend(b"PK\x05\x06\0\0\0\0");
    [count, count].iter().for_each(|field| file.extend(field.to_le_bytes()));
    [length, begins].iter().for_each(|field| file.extend(field.to_le_bytes()));
    file.extend([0; 2]);
    file
}

#[test]
fn a_packed_sheet_is_a_workbook() {
    let sheet = crate::corpus::kept("xlsx").remove(0);
    let sheets = formats::spreadsheet::read(&packed(&sheet)).expect("a workbook");
    assert!(sheets[0].len() > 2, "{sheets:?}");
}
