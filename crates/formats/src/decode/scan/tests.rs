//! The scanner against `serde_json`, and its byte tricks against the obvious.

use super::*;

fn scan(text: &str) -> Result<bool, Broken> {
    let mut scanner = Scanner::new(text, 0);
    scanner.begins_object();
    scanner.value()?;
    scanner.end()?;
    Ok(scanner.nul)
}

#[test]
fn accepts_what_serde_json_accepts_and_nothing_else() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let long = format!("1{}", "0".repeat(400));
    for text in [
        "{}",
        " {\"a\" : [1, -0.5e+3, true,false,null,{\"b\":{}}] } ",
        "\"\\ud83d\\ude00\"",
        "[]",
        "-0",
        "1e308",
        "",
        " ",
        "{",
        "{\"a\":1,}",
        "[1,]",
        "01",
        "1.",
        ".5",
        "-",
        "1e",
        "+1",
        "nul",
        "\"\\x\"",
        "\"\t\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\\u00g0\"",
        "\"abc",
        "{\"a\" 1}",
        "{a:1}",
        "{}{}",
        "1e309",
        "-1e999",
        "[1 2]",
        "\"é\"",
        "\"\\u12\"",
        "{\"a\":1 \"b\":2}",
        "\u{feff}{}",
        "tru",
        "{\"\":0}",
        "\"\u{0}\"",
        &deep(127),
        &deep(128),
        &long,
    ] {
        let oracle = serde_json::from_str::<serde_json::Value>(text).is_ok();
        assert_eq!(scan(text).is_ok(), oracle, "{text}");
    }
}

#[test]
fn a_plain_run_ends_at_the_right_byte_wherever_it_stands() {
    for stop in [b'"', b'\\', 0x1f, 0, b'\n'] {
        for at in 0..40 {
            let mut bytes = vec![b'a'; 40];
            bytes[at] = stop;
            bytes[(at + 3) % 40..].iter_mut().for_each(|byte| *byte = byte.max(&mut 0x20).to_owned() | 0x80);
            bytes[at] = stop;
            assert_eq!(plain_length(&bytes), at);
        }
    }
    assert_eq!(plain_length("aé\u{80}~ !#[]".repeat(9).as_bytes()), "aé\u{80}~ !#[]".len() * 9);
}

#[test]
fn a_nul_is_seen_in_keys_and_values_but_not_in_an_escaped_backslash() {
    for (text, nul) in
        [(r#"{"a":"x\u0000"}"#, true), (r#"{"b":{"\u0000":1}}"#, true), (r#"{"a":"\\u0000"}"#, false)]
    {
        assert_eq!(scan(text), Ok(nul), "{text}");
    }
}
