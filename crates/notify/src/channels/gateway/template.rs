//! Templates of calls: what is filled in, escaped for where it stands.

use serde_json::Value;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TemplateField {
    To,
    Subject,
    Text,
    Short,
    Delivery,
    Secret,
    /// By which the provider calls a message.
    Id,
}

/// How a value is written where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Escape {
    Percent,
    Json,
    Nothing,
}

#[derive(Clone, PartialEq, Debug)]
enum Part {
    Text(String),
    Field(TemplateField),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Template {
    parts: Vec<Part>,
    pub escape: Escape,
}

impl TemplateField {
    /// What a message is sent with.
    pub const OF_MESSAGE: [TemplateField; 6] = [
        TemplateField::To,
        TemplateField::Subject,
        TemplateField::Text,
        TemplateField::Short,
        TemplateField::Delivery,
        TemplateField::Secret,
    ];
    /// What its receipt is asked for with.
    pub const OF_RECEIPT: [TemplateField; 4] =
        [TemplateField::Id, TemplateField::To, TemplateField::Delivery, TemplateField::Secret];

    pub const fn as_str(self) -> &'static str {
        match self {
            TemplateField::To => "to",
            TemplateField::Subject => "subject",
            TemplateField::Text => "text",
            TemplateField::Short => "short",
            TemplateField::Delivery => "delivery",
            TemplateField::Secret => "secret",
            TemplateField::Id => "id",
        }
    }

    /// True for what the receiver of the message reads.
    pub const fn is_message(self) -> bool {
        matches!(self, TemplateField::Subject | TemplateField::Text | TemplateField::Short)
    }
}

impl Template {
    /// Reads a text in which these fields may stand.
    pub fn parse(text: &str, escape: Escape, known: &[TemplateField]) -> Result<Template, String> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find('{') {
            let (before, open) = rest.split_at(at);
            plain.push_str(before);
            let word = open[1..].split('}').next().unwrap_or_default();
            let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if !is_word || !open[1 + word.len()..].starts_with('}') {
                plain.push('{');
                rest = &open[1..];
                continue;
            }
            let field = known.iter().find(|field| field.as_str() == word).copied();
            let field = field.ok_or_else(|| {
                let known: Vec<String> =
                    known.iter().map(|field| format!("{{{}}}", field.as_str())).collect();
                format!("'{{{word}}}' is no field; there are {}", known.join(", "))
            })?;
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(Part::Field(field));
            rest = &open[word.len() + 2..];
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        Ok(Template { parts, escape })
    }

    pub fn fields(&self) -> impl Iterator<Item = TemplateField> {
        self.parts.iter().filter_map(|part| if let Part::Field(field) = part { Some(*field) } else { None })
    }

    pub fn fill(&self, value: impl Fn(TemplateField) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(field) => self.escape.of(&value(*field)),
        };
        self.parts.iter().map(part).collect()
    }

    /// With a mark in place of each value, to see where they would stand; the number of a delivery may stand without quotes.
    pub fn marked(&self) -> String {
        self.fill(|field| match field {
            TemplateField::Delivery => String::from("0"),
            other => format!("<{}>", other.as_str()),
        })
    }
}

impl Escape {
    pub fn of(self, text: &str) -> String {
        match self {
            Escape::Nothing => text.to_owned(),
            Escape::Json => {
                let quoted = Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Escape::Percent => {
                let byte = |byte: u8| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        char::from(byte).to_string()
                    }
                    other => format!("%{other:02X}"),
                };
                text.bytes().map(byte).collect()
            }
        }
    }
}
