//! Time zones: which one the law puts a province in.

use super::Code;
use crate::time::{DAY, MINUTE, Time};

/// A time zone of Indonesia; none has summer time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Zone {
    #[default]
    Wib,
    Wita,
    Wit,
}

impl Zone {
    pub const ALL: [Zone; 3] = [Zone::Wib, Zone::Wita, Zone::Wit];

    /// The zone of a province (the first two digits of a Kemendagri code) by Keputusan Presiden 41/1987: western time for
    /// Sumatra, Java, West and Central Kalimantan; central time for Bali, Nusa Tenggara, the rest of Kalimantan and Sulawesi;
    /// eastern time for Maluku and Papua. `None` where no province has this number.
    pub const fn of_province(province: u32) -> Option<Zone> {
        Some(match province {
            11..=19 | 21 | 31..=36 | 61 | 62 => Zone::Wib,
            51..=53 | 63..=65 | 71..=76 => Zone::Wita,
            81 | 82 | 91..=97 => Zone::Wit,
            _ => return None,
        })
    }

    /// The zone of a place: that of its province, and western time where no province has its number. No file sets
    /// another: counts by local day, pages and messages must mean the same day.
    pub fn of(code: Code) -> Zone {
        Zone::of_province(code.province()).unwrap_or(Zone::Wib)
    }

    /// Parses the label that people write or the zone's IANA name.
    pub fn parse(word: &str) -> Option<Zone> {
        Some(match word {
            "WIB" | "Asia/Jakarta" | "Asia/Pontianak" => Zone::Wib,
            "WITA" | "Asia/Makassar" | "Asia/Ujung_Pandang" => Zone::Wita,
            "WIT" | "Asia/Jayapura" => Zone::Wit,
            _ => return None,
        })
    }

    /// Minutes east of UTC.
    pub const fn minutes(self) -> i64 {
        match self {
            Zone::Wib => 420,
            Zone::Wita => 480,
            Zone::Wit => 540,
        }
    }

    /// The local day an instant lies in, in days since 1970.
    pub fn day(self, at: Time) -> i64 {
        at.plus(self.minutes() * MINUTE).0.div_euclid(DAY)
    }

    /// The local midnight with which a day begins.
    pub fn midnight(self, day: i64) -> Time {
        Time(day.saturating_mul(DAY)).plus(-self.minutes() * MINUTE)
    }

    /// The label that people write.
    pub const fn label(self) -> &'static str {
        match self {
            Zone::Wib => "WIB",
            Zone::Wita => "WITA",
            Zone::Wit => "WIT",
        }
    }

    /// The IANA name for a place of this zone in a province: Kalimantan's western time has a name of its own.
    pub const fn iana(self, province: u32) -> &'static str {
        match self {
            Zone::Wib if province / 10 == 6 => "Asia/Pontianak",
            Zone::Wib => "Asia/Jakarta",
            Zone::Wita => "Asia/Makassar",
            Zone::Wit => "Asia/Jayapura",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_has_the_zone_of_the_law() {
        let zones = [11, 21, 36, 51, 61, 62, 63, 65, 76, 81, 91, 96].map(Zone::of_province);
        let [wib, wita, wit] = Zone::ALL.map(Some);
        assert_eq!(zones, [wib, wib, wib, wita, wib, wib, wita, wita, wita, wit, wit, wit]);
        assert_eq!([0, 20, 54, 77, 98].map(Zone::of_province), [None; 5]);
        assert_eq!(Zone::of(Code(970_101)), Zone::Wit);
    }

    #[test]
    fn a_day_lasts_from_one_local_midnight_to_the_next() {
        for zone in Zone::ALL {
            for day in [-1, 0, 20_000] {
                let midnight = zone.midnight(day);
                assert_eq!(
                    [-1, 0, DAY - 1, DAY].map(|after| zone.day(midnight.plus(after)) - day),
                    [-1, 0, 0, 1]
                );
            }
        }
        assert_eq!(Zone::Wit.midnight(1), Time(15 * 60 * MINUTE));
    }

    #[test]
    fn labels_and_iana_names_are_read_back() {
        for zone in Zone::ALL {
            assert_eq!((Zone::parse(zone.label()), Zone::parse(zone.iana(61))), (Some(zone), Some(zone)));
        }
        assert_eq!(Zone::parse("GMT"), None);
    }
}
