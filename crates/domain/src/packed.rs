//! Numbers in as few bytes as they need, and back: what a snapshot is written in.

use crate::time::Time;
use alloc::vec::Vec;

/// Bytes that grow by numbers.
#[derive(Default)]
pub(crate) struct PackedBytes(pub Vec<u8>);

impl PackedBytes {
    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    pub fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest >= 0x80 {
            self.0.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.0.push(rest as u8);
    }

    /// A number of either sign: small ones in few bytes.
    pub fn signed(&mut self, number: impl Into<i64>) {
        let number = number.into();
        self.number((number << 1 ^ number >> 63) as u64);
    }

    pub fn time(&mut self, time: Time) {
        self.signed(time.0);
    }
}

/// What is left to read of packed bytes. Each of its methods gives `None` where the bytes end or are no such number.
pub(crate) struct PackedReader<'a>(pub &'a [u8]);

impl PackedReader<'_> {
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7f);
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return (number >> shift == bits).then_some(number);
            }
        }
        None
    }

    /// A number of this type; `None` where it is too large for it.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    /// How many items follow, of which each takes a byte at least.
    pub fn count(&mut self) -> Option<usize> {
        self.small().filter(|count| *count <= self.0.len())
    }

    pub fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub fn time(&mut self) -> Option<Time> {
        self.signed().map(Time)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_cut_bytes_do_not() {
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), i64::MAX as u64, u64::MAX];
        for number in numbers {
            let mut out = PackedBytes::default();
            out.number(number);
            out.signed(number as i64);
            let mut from = PackedReader(&out.0);
            assert_eq!((from.number(), from.signed()), (Some(number), Some(number as i64)));
            assert!(from.is_empty());
            let mut cut = PackedReader(&out.0[..out.0.len() - 1]);
            assert_eq!((cut.number(), cut.signed()), (Some(number), None));
        }
        let mut out = PackedBytes::default();
        out.number(300_u64);
        assert_eq!(out.0.len(), 2);
        assert_eq!(PackedReader(&out.0).small::<u8>(), None);
        assert_eq!(PackedReader(&[0xff; 12]).number(), None);
        assert_eq!(PackedReader(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]).number(), None);
        assert_eq!(PackedReader(&[2, 1]).count(), None, "fewer bytes than items");
    }
}
