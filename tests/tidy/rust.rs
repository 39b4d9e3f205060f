//! Reading Rust source as text: identifiers outside strings and comments, and the public types a file declares.

/// Identifiers with their line (from 1), outside strings, characters and comments.
pub fn identifiers(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => to_newline(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => after(text, at + 2, "*/"),
            b'"' => after_string(bytes, at + 1),
            b'\'' => after_character(bytes, at),
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let end = after_word(bytes, at);
                match (&text[at..end], bytes.get(end)) {
                    ("r" | "br", Some(b'"' | b'#')) => after_raw_string(text, end),
                    ("b", Some(b'"')) => after_string(bytes, end + 1),
                    (word, _) => {
                        found.push((line, word));
                        end
                    }
                }
            }
            byte if byte.is_ascii_digit() => after_word(bytes, at),
            _ => at + 1,
        };
        line += bytes[at..end].iter().filter(|byte| **byte == b'\n').count();
        at = end;
    }
    found
}

/// The lines of a source up to the module of its tests, without what stands behind `#[cfg(test)]` alone: an item, or
/// `mod tests;` of a file of its own.
fn product(text: &str) -> impl Iterator<Item = &str> {
    let lines = || text.lines();
    let before = std::iter::once("").chain(lines()).map(|line| line.trim() == "#[cfg(test)]");
    let marked = lines().zip(before);
    let product = marked.take_while(|(line, tests)| !(*tests && line.trim_end().ends_with('{')));
    product.filter(|(_, tests)| !tests).map(|(line, _)| line)
}

/// Names of the types a source declares as `pub` or `pub(…)`, its test module left out.
pub fn public_types(text: &str) -> Vec<&str> {
    let declared = product(text).filter_map(|line| {
        let rest = line.trim_start().strip_prefix("pub")?;
        let rest = match rest.strip_prefix('(') {
            Some(scope) => scope.split_once(')')?.1,
            None => rest,
        };
        let (word, rest) = rest.trim_start().split_once(' ')?;
        let declares = ["struct", "enum", "trait", "type", "union"].contains(&word);
        let name = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
        (declares && !name.is_empty()).then_some(name) // a macro's `$name` is none
    });
    declared.collect()
}

fn to_newline(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn after(text: &str, at: usize, end: &str) -> usize {
    text[at..].find(end).map_or(text.len(), |length| at + length + end.len())
}

fn after_word(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at..].iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
    length.map_or(bytes.len(), |length| at + length)
}

fn after_string(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A raw string from its hashes or its quote; a raw identifier (`r#type`) is passed over like one.
fn after_raw_string(text: &str, at: usize) -> usize {
    let hashes = text[at..].bytes().take_while(|byte| *byte == b'#').count();
    if text.as_bytes().get(at + hashes) != Some(&b'"') {
        return at + hashes;
    }
    after(text, at + hashes + 1, &format!("\"{}", "#".repeat(hashes)))
}

/// A character, or a lifetime: `'a'`, `'\n'`, `'a`.
fn after_character(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        let close = bytes[(at + 3).min(bytes.len())..].iter().position(|byte| *byte == b'\'');
        return close.map_or(bytes.len(), |length| at + 3 + length + 1);
    }
    // One character, of up to four bytes, then a quote; else it is a lifetime.
    let close = (at + 2..bytes.len().min(at + 6)).find(|end| bytes[*end] == b'\'');
    match close {
        Some(end) if bytes[at + 1..end].iter().filter(|byte| **byte & 0xC0 != 0x80).count() == 1 => end + 1,
        _ => at + 1,
    }
}

#[test]
fn strings_characters_and_comments_hold_no_identifier() {
    let text =
        "fn a<'b>(c: &'b str) { '\"'; '\\''; 'é'; \"d\\\"e\"; r#\"f\"g\"#; b\"h\"; /* i */ j; 1u8; } // k";
    let words: Vec<&str> = identifiers(text).into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, ["fn", "a", "b", "c", "b", "str", "j"]);
    let text = "pub struct A<T>(T);\n  pub(super) enum B {\nstruct C;\npub type D = u8;\n#[cfg(test)]\npub struct E;";
    assert_eq!(public_types(text), ["A", "B", "D"]);
}
