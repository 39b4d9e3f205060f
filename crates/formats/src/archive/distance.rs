//! How many spelling mistakes lie between two names.

/// Letters to insert, drop, change or swap with their neighbour to get from `a` to `b`;
/// `None` where it takes more than `most`.
pub fn within(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes()); // names are compared in plain letters a–z and digits
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, y) in b.iter().enumerate() {
            let change = above[j] + usize::from(x != y);
            let mut best = change.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        if row.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        before = core::mem::replace(&mut above, row);
    }
    Some(above[b.len()]).filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn slips_are_counted() {
        for (a, b, distance) in [
            ("pati", "pati", Some(0)),
            ("juana", "juwana", Some(1)),
            ("dayeukholot", "dayeuhkolot", Some(1)),
            ("kaliungu", "kaliwungu", Some(1)),
            ("waleri", "weleri", Some(1)),
            ("", "ab", Some(2)),
            ("bojosoang", "bojongsoang", Some(2)),
            ("selatan", "utara", None),
        ] {
            assert_eq!(within(a, b, 2), distance, "{a} {b}");
        }
    }
}
