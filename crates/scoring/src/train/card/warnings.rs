//! The part of a card that says from where on the model warns, and what that would have found.

use crate::artefact::{AlertBars, Artefact};
use domain::scorer::BarMeasure;
use serde_json::Value;

/// The bar, its rehearsal and, beside simple forecasts with as many alarms, the held-out weeks.
pub fn english(artefact: &Artefact, evaluation: &Value) -> String {
    let mut text = String::from("## When it warns\n\n");
    let Some(bars) = &artefact.alert_bars else {
        text += "Too little happened before the fit to rehearse a bar: waspada opens at the policy's multiple of what is usual.\n\n";
        return text;
    };
    let rehearsed = &bars.rehearsed;
    text += &format!(
        "Where it is not calibrated it opens waspada at {}, the lowest bar that would have cost at most {:.3} false alarms a place and quarter on looks before the fit's end, each forecast from what was known then. There it stood before {:.0} of {} hit cells ({:.3}) at {:.3} false alarms; {:.3} of its alarms came true.\n\n",
        bar(bars, "times what was usual there 90 days before", "a risk of", "cleared below"),
        bars.budget,
        rehearsed.detected,
        rehearsed.hit,
        rehearsed.detection,
        rehearsed.false_a_quarter,
        rehearsed.precision
    );
    text += &places(artefact);
    text += &measured(&evaluation["alerts"]["chosen"]);
    text
}

/// The bar where it is used, as far as it moves with the intercept.
fn places(artefact: &Artefact) -> String {
    let Some(bars) = artefact.alert_bars.as_ref().filter(|bars| bars.fitted().of == BarMeasure::Risk) else {
        return String::new();
    };
    let at = |place| f64::from(bars.used_on(place).raise_ppm) / 1e6;
    let used = &artefact.used_on;
    format!(
        "At the base rates believed there that is {:.5} in a kabupaten/kota and {:.5} in a kecamatan.\n\n",
        at(&used.regency),
        at(&used.district)
    )
}

fn measured(chosen: &Value) -> String {
    if chosen["model"].is_null() {
        return String::new();
    }
    let mut text = String::from(
        "On the held-out weeks, with a bar rehearsed before them:\n\n| forecast, with as many alarms | alerted before | false a place and quarter | precision |\n|---|---|---|---|\n",
    );
    for name in ["model", "analyst", "climatology"] {
        let cells = ["detection", "false_a_quarter", "precision"].map(|figure| {
            chosen[name][figure].as_f64().map_or("–".to_owned(), |value| format!("{value:.3}"))
        });
        text += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    text + "\n"
}

/// The same in a sentence for those who read the models page.
pub fn indonesian(artefact: &Artefact) -> String {
    let Some(bars) = &artefact.alert_bars else { return String::new() };
    let rehearsed = &bars.rehearsed;
    format!(
        "\nKapan memperingatkan: bila belum terkalibrasi, model membuka waspada mulai {}. Pada data sebelum penyusunannya, waspada sudah berdiri sebelum {:.0} dari {} kejadian, dengan {:.2} peringatan keliru per tempat dan triwulan; {:.0} dari 100 peringatannya benar.\n",
        bar(bars, "kali keadaan biasanya 90 hari sebelumnya", "risiko", "turun di bawah"),
        rehearsed.detected,
        rehearsed.hit,
        rehearsed.false_a_quarter,
        rehearsed.precision * 100.0
    )
}

fn bar(bars: &AlertBars, times: &str, risk: &str, below: &str) -> String {
    let [raise, clear] = [bars.raise_ppm, bars.clear_ppm].map(|ppm| f64::from(ppm) / 1e6);
    match bars.fitted().of {
        BarMeasure::Risk => format!("{risk} {raise:.4} ({below} {clear:.4})"),
        BarMeasure::TimesUsual => format!("{raise:.2} {times} ({below} {clear:.2})"),
    }
}
