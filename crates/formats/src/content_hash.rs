//! The hash of a report's content as records and forms write it: 32 hexadecimal digits in lower case.

/// As it is written.
pub fn write(hash: u128) -> String {
    format!("{hash:032x}")
}

/// What is written; `None` for anything else.
pub fn read(text: &str) -> Option<u128> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_hash = text.len() == 32 && text.bytes().all(is_digit);
    if is_hash { u128::from_str_radix(text, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        for hash in [0, 1, u128::MAX, 0x00F1_E2D3_C4B5_A697_8879_6A5B_4C3D_2E1F] {
            assert_eq!(read(&write(hash)), Some(hash));
        }
        for broken in ["", "0", "+0000000000000000000000000000001", "0000000000000000000000000000000F"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
