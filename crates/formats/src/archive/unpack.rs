//! An archive's bytes, packed or not.

use super::ArchiveSource;
use crate::decode::RefusalSentence;
use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, BufReader, ErrorKind, Read};

/// The bytes, unpacked where they are gzip.
pub(super) fn unpacked(source: ArchiveSource) -> std::io::Result<ArchiveSource> {
    let mut reader = BufReader::new(source);
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzip { Box::new(Unpacked(MultiGzDecoder::new(reader))) } else { Box::new(reader) })
}

/// What is packed; a file that ends in the middle or is broken is refused in words.
struct Unpacked<R>(R);

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                std::io::Error::new(error.kind(), RefusalSentence::bare("sheet.half_packed").indonesian())
            }
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    #[test]
    fn a_packed_file_that_is_cut_off_is_refused_in_words() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let text: String = (0..5_000).map(|number| format!("{number};{}\n", number * 7919 % 1000)).collect();
        packer.write_all(text.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        let read = |bytes: &[u8]| {
            let mut found = String::new();
            let source: ArchiveSource = Box::new(Cursor::new(bytes.to_vec()));
            unpacked(source).unwrap().read_to_string(&mut found).map(|_| found)
        };
        assert_eq!(read(&packed).unwrap(), text);
        let mut broken = packed.clone();
        broken[packed.len() / 2..][..64].fill(0xff);
        for bytes in [&packed[..packed.len() / 2], &packed[..packed.len() - 3], &broken[..]] {
            let error = read(bytes).unwrap_err().to_string();
            assert!(error.starts_with("Berkas .gz ini terpotong atau rusak"), "{error}");
        }
    }
}
