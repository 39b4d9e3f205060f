//! Area under the receiver's curve by ranks, ties counted half.

/// None where one of the two classes is missing.
pub fn auroc(cells: &[(f64, bool)]) -> Option<f64> {
    let mut sorted: Vec<&(f64, bool)> = cells.iter().collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positives = cells.iter().filter(|cell| cell.1).count();
    let negatives = cells.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let (mut rank_sum, mut begin) = (0.0, 0);
    while begin < sorted.len() {
        let mut end = begin + 1;
        while end < sorted.len() && sorted[end].0 == sorted[begin].0 {
            end += 1;
        }
        let rank = (begin + 1 + end) as f64 / 2.0;
        rank_sum += rank * sorted[begin..end].iter().filter(|cell| cell.1).count() as f64;
        begin = end;
    }
    let p = positives as f64;
    Some((rank_sum - p * (p + 1.0) / 2.0) / (p * negatives as f64))
}

#[cfg(test)]
mod tests {
    use super::auroc;

    #[test]
    fn right_wrong_tied_and_empty() {
        assert_eq!(auroc(&[(1.0, false), (2.0, true)]), Some(1.0));
        assert_eq!(auroc(&[(2.0, false), (1.0, true)]), Some(0.0));
        assert_eq!(auroc(&[(1.0, false), (1.0, true)]), Some(0.5));
        assert_eq!(auroc(&[(1.0, true)]), None);
    }
}
