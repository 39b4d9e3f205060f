//! The longest run of times in order, and what stands out of it.

use super::Stray;
use domain::time::Time;

/// The times that stand out of a list which is in order but for them, from the first to the last or the other way round. `None`
/// where half of it or more would: then it is in no order.
pub fn out_of_order(times: &[Time]) -> Option<Vec<Stray>> {
    let back: Vec<Time> = times.iter().map(|time| Time(-time.0)).collect();
    let (forward, backward) = (tightest(times), tightest(&back));
    let run = if backward.len() > forward.len() { backward } else { forward };
    if (times.len() - run.len()) * 2 >= times.len() && times.len() > 1 {
        return None;
    }
    let mut strays = Vec::new();
    let mut next = 0;
    for (at, time) in times.iter().enumerate() {
        if run.get(next) == Some(&at) {
            next += 1;
            continue;
        }
        let around = [next.checked_sub(1).map(|before| run[before]), run.get(next).copied()];
        let around = around.into_iter().flatten().map(|at| times[at]);
        let (Some(low), Some(high)) = (around.clone().min(), around.max()) else { continue };
        let from = (*time).clamp(low, high);
        strays.push(Stray { at, time: *time, from, is_alone: false });
    }
    Some(strays)
}

/// Positions of the longest run that never falls; of several, one that begins as high and ends as low as they come together: what
/// lies far before or after the others stands out, not what is beside it.
fn tightest(times: &[Time]) -> Vec<usize> {
    let low = longest(times);
    let turned: Vec<Time> = times.iter().rev().map(|time| Time(-time.0)).collect();
    let high: Vec<usize> = longest(&turned).into_iter().rev().map(|at| times.len() - 1 - at).collect();
    match (0..low.len()).find(|at| low[*at] == high[*at]) {
        Some(at) => high[..at].iter().chain(&low[at..]).copied().collect(),
        None => {
            let span = |run: &[usize]| times[run[run.len() - 1]].since(times[run[0]]);
            if !low.is_empty() && span(&high) < span(&low) { high } else { low }
        }
    }
}

/// Positions of the longest run that never falls; of several, the one that ends lowest. (Patience sorting: the lowest end of a
/// run of each length is kept, with the position before each.)
fn longest(times: &[Time]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(times.len());
    for (at, time) in times.iter().enumerate() {
        let length = ends.partition_point(|end| times[*end] <= *time);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run: Vec<usize> = std::iter::successors(ends.last().copied(), |at| before[*at]).collect();
    run.reverse();
    run
}
