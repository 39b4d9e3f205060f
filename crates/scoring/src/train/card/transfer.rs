//! The part of a card that declares a transfer with its measured error: by country left out, and by the size of a place.

use serde_json::Value;

/// What was measured on districts, and the left-out countries with the sizes of places; nothing where neither was.
pub fn english(evaluation: &Value) -> String {
    let Some(countries) = evaluation["left_out"].as_array() else {
        return districts(&evaluation["districts"]);
    };
    let figures =
        |key: &str| -> Vec<f64> { countries.iter().filter_map(|country| country[key].as_f64()).collect() };
    let share = |key: &str, low: f64, high: f64| {
        figures(key).into_iter().filter(|figure| (low..=high).contains(figure)).count()
    };
    let mean = |key: &str| figures(key).iter().sum::<f64>() / figures(key).len().max(1) as f64;
    let mut text = format!(
        "## How far the transfer was off\n\nEach country was judged by a line that never saw it, on {} tests of three years. Its Brier score was within 1 % of the best simple forecast tuned on the country's own seven years before in {}, and lower in {} (mean ratio {:.3}). Observed over expected lay between {}, {} of them from 0.8 to 1.25; the calibration slope between {}, {} of them from 0.8 to 1.25; the mean AUROC of onsets after 90 quiet days was {:.3}.\n\nWith a record that begins at the test, as a new regency's does, observed over expected of the first two years lay between {}, {} of them from 0.67 to 1.5.\n\n",
        countries.len(),
        share("brier_ratio", 0.0, 1.01),
        share("brier_ratio", 0.0, 0.999_999),
        mean("brier_ratio"),
        range(figures("observed_to_expected")),
        share("observed_to_expected", 0.8, 1.25),
        range(figures("calibration_slope")),
        share("calibration_slope", 0.8, 1.25),
        mean("auroc_onset"),
        range(figures("observed_to_expected_new_record")),
        share("observed_to_expected_new_record", 0.67, 1.5),
    );
    text += "| country, years | hit cells | base rate before → in the test | Brier / best local baseline's | slope | observed / expected | AUROC of onsets |\n|---|---|---|---|---|---|---|\n";
    countries.iter().for_each(|country| text += &country_row(country));
    text + "\n" + &sizes(&evaluation["unit_sizes"])
}

fn range(figures: Vec<f64>) -> String {
    let (low, high) = figures
        .into_iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), figure| (low.min(figure), high.max(figure)));
    format!("{low:.2} and {high:.2}")
}

fn country_row(country: &Value) -> String {
    let number = |key: &str, digits: usize| {
        country[key].as_f64().map_or_else(|| "–".to_owned(), |figure| format!("{figure:.digits$}"))
    };
    format!(
        "| {}, {}–{} | {} | {} → {} | {} ({}) | {} | {} | {} |\n",
        country["country"].as_str().unwrap_or_default(),
        country["years"][0],
        country["years"][1],
        country["positives"],
        number("base_rate_before", 4),
        number("base_rate", 4),
        number("brier_ratio", 3),
        country["best_baseline"].as_str().unwrap_or_default(),
        number("calibration_slope", 2),
        number("observed_to_expected", 2),
        number("auroc_onset", 3),
    )
}

fn sizes(sizes: &Value) -> String {
    let mut text = String::from(
        "The line was fitted on cells of half a degree, about as large as a kabupaten. On places of another size it was off by so much, and the intercept is corrected by the middle country's error:\n\n| places | stand for | countries | hit cells | observed / expected | of most countries | added to the logit |\n|---|---|---|---|---|---|---|\n",
    );
    for size in sizes.as_array().into_iter().flatten() {
        text += &format!(
            "| {}° | {} | {} | {} | {:.2} | {:.2} to {:.2} | {:+.3} |\n",
            size["degrees"],
            size["stands_for"].as_str().unwrap_or_default(),
            size["countries"],
            size["positives"],
            size["observed_to_expected"].as_f64().unwrap_or_default(),
            size["range"][0].as_f64().unwrap_or_default(),
            size["range"][1].as_f64().unwrap_or_default(),
            size["correction"].as_f64().unwrap_or_default(),
        );
    }
    text + "\n"
}

/// A line fitted by regency, on districts.
fn districts(measured: &Value) -> String {
    let number =
        |key: &str| measured[key].as_f64().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    if measured.is_null() {
        return String::new();
    }
    format!(
        "## How far the transfer was off\n\nThe line was fitted by kabupaten. On the same list by kecamatan ({} places, {} hit cells in the held-out weeks) observed over expected was {} where the intercept was shifted by the base rate that was believed before, {} by the shares of hit cells, {} without any shift, and {} with the shift that is used: the one at which the mean forecast before these weeks was the share that came true. A kecamatan's own thinner history lowers the line already; a shift by the base rates counts that twice.\n\n",
        measured["units"],
        measured["positives"],
        number("observed_to_expected_as_believed"),
        number("observed_to_expected_by_shares"),
        number("observed_to_expected_unshifted"),
        number("observed_to_expected"),
    )
}
