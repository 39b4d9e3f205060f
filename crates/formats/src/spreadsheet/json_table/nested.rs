//! An answer that is nested deeper than headings are made of, as the JSON it is. It is written as it is read, so that a long one
//! costs no more than its text.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::fmt::{self, Write as _};

/// Puts a value behind a text.
pub struct NestedJson<'a>(pub &'a mut String);

impl NestedJson<'_> {
    fn put(self, value: impl fmt::Display) {
        let _ = write!(self.0, "{value}"); // writing to a String cannot fail
    }

    fn put_text(&mut self, text: &str) {
        self.0.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}

impl<'de> DeserializeSeed<'de> for NestedJson<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NestedJson<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put("null");
        Ok(())
    }

    fn visit_bool<E>(self, is: bool) -> Result<(), E> {
        self.put(is);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.put(number);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.put(number);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        if let Some(number) = Number::from_f64(number) {
            self.put(number);
        }
        Ok(())
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.put_text(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.push('[');
        let from = self.0.len();
        while items.next_element_seed(NestedJson(&mut *self.0))?.is_some() {
            self.0.push(',');
        }
        self.0.truncate(self.0.len().saturating_sub(1).max(from));
        self.0.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        self.0.push('{');
        let from = self.0.len();
        while let Some(key) = entries.next_key::<String>()? {
            self.put_text(&key);
            self.0.push(':');
            entries.next_value_seed(NestedJson(&mut *self.0))?;
            self.0.push(',');
        }
        self.0.truncate(self.0.len().saturating_sub(1).max(from));
        self.0.push('}');
        Ok(())
    }
}
