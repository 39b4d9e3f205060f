//! What the look at free text found, in words for whoever is about to save it.

use crate::words::Lang;
use formats::screen::Finding;

pub const fn words(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Identity => {
            lang.pick("Ada 16 angka seperti NIK atau nomor KK.", "Sixteen digits, like an identity number.")
        }
        Finding::Phone => lang.pick("Ada angka seperti nomor telepon.", "Digits like a phone number."),
        Finding::Plate => {
            lang.pick("Ada tulisan seperti pelat nomor kendaraan.", "Something like a number plate.")
        }
        Finding::Group => lang.pick(
            "Ada sebutan suku, agama, atau golongan. Tulis apa yang terjadi dan di mana, bukan siapa mereka menurut asal atau keyakinan.",
            "A group is named by descent or belief. Write what happened and where, not who they are by origin or faith.",
        ),
    }
}
