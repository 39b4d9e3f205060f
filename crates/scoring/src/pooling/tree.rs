//! Normal effects in a tree: each node strays from its parent by a normal effect, and some nodes are observed through
//! forecasts that came true or not.
//!
//! The posterior is Laplace's: at the joint mode each observed node is replaced by a normal observation of the same slope
//! and curvature (Newton's step), and the normal tree is solved exactly by passing precisions up and down. The
//! log posterior is concave, so the mode is the only one.

use crate::logistic::sigmoid;

/// A normal distribution.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Normal {
    pub mean: f64,
    pub sd: f64,
}

/// Precision, and precision times mean.
#[derive(Clone, Copy, Default)]
struct Message {
    precision: f64,
    weighted: f64,
}

impl Message {
    fn and(self, other: Message) -> Message {
        Message { precision: self.precision + other.precision, weighted: self.weighted + other.weighted }
    }

    fn without(self, other: Message) -> Message {
        Message { precision: self.precision - other.precision, weighted: self.weighted - other.weighted }
    }

    /// Seen through an effect of this variance.
    fn through(self, variance: f64) -> Message {
        let kept = 1.0 / (1.0 + self.precision * variance);
        Message { precision: self.precision * kept, weighted: self.weighted * kept }
    }

    fn normal(self) -> Normal {
        let precision = self.precision.max(f64::MIN_POSITIVE);
        Normal { mean: self.weighted / precision, sd: 1.0 / libm::sqrt(precision) }
    }
}

struct Node {
    parent: Option<usize>,
    variance: f64,
    /// Logits of forecasts, and whether each came true.
    forecasts: Vec<(f64, bool)>,
}

/// The tree; a parent is added before its children.
pub struct EffectTree {
    nodes: Vec<Node>,
    /// So many forecasts say as much as one that shares nothing with others.
    dispersion: f64,
}

/// Newton's steps at most, the longest one, and the change from which it has settled.
const STEPS: usize = 200;
const LONGEST: f64 = 1.5;
const SETTLED: f64 = 1e-10;

impl EffectTree {
    /// `sd` is the root's own.
    pub fn new(sd: f64, dispersion: f64) -> EffectTree {
        let root = Node { parent: None, variance: sd * sd, forecasts: Vec::new() };
        EffectTree { nodes: vec![root], dispersion: dispersion.max(1.0) }
    }

    /// Adds a node that strays from its parent by this standard deviation; returns its number.
    pub fn add(&mut self, parent: usize, sd: f64) -> usize {
        self.nodes.push(Node { parent: Some(parent), variance: sd * sd, forecasts: Vec::new() });
        self.nodes.len() - 1
    }

    /// Adds forecasts of a node.
    pub fn observe(&mut self, node: usize, forecasts: impl IntoIterator<Item = (f64, bool)>) {
        self.nodes[node].forecasts.extend(forecasts);
    }

    /// Where each node lies, by all that was observed.
    pub fn posterior(&self) -> Vec<Normal> {
        let mut at = vec![0.0; self.nodes.len()];
        let mut solved = self.solve(&at);
        for _ in 0..STEPS {
            let mut furthest: f64 = 0.0;
            for (at, to) in at.iter_mut().zip(&solved) {
                let step = (to.mean - *at).clamp(-LONGEST, LONGEST);
                furthest = furthest.max(step.abs());
                *at += step;
            }
            solved = self.solve(&at);
            if furthest < SETTLED {
                break;
            }
        }
        solved
    }

    /// What a node's forecasts say of it, as a normal observation at `at`.
    fn observed(&self, node: &Node, at: f64) -> Message {
        let (mut slope, mut curvature) = (0.0, 0.0);
        for (logit, happened) in &node.forecasts {
            let risk = sigmoid(logit + at);
            slope += f64::from(u8::from(*happened)) - risk;
            curvature += risk * (1.0 - risk);
        }
        let precision = curvature / self.dispersion;
        Message { precision, weighted: precision * at + slope / self.dispersion }
    }

    fn solve(&self, at: &[f64]) -> Vec<Normal> {
        let mut up: Vec<Message> =
            self.nodes.iter().zip(at).map(|(node, at)| self.observed(node, *at)).collect();
        for (index, node) in self.nodes.iter().enumerate().rev() {
            if let Some(parent) = node.parent {
                up[parent] = up[parent].and(up[index].through(node.variance));
            }
        }
        let mut all: Vec<Message> = Vec::with_capacity(self.nodes.len());
        for (node, up) in self.nodes.iter().zip(&up) {
            let prior = match node.parent {
                None => Message { precision: 1.0 / node.variance.max(f64::MIN_POSITIVE), weighted: 0.0 },
                Some(parent) => all[parent].without(up.through(node.variance)).through(node.variance),
            };
            all.push(prior.and(*up));
        }
        all.into_iter().map(Message::normal).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The joint mode by plain small steps uphill, and the curvature by a dense inverse.
    #[test]
    fn the_tree_agrees_with_plain_steps_uphill() {
        let mut tree = EffectTree::new(0.8, 1.0);
        let regency = tree.add(0, 0.5);
        let places = [tree.add(regency, 0.4), tree.add(regency, 0.4), tree.add(0, 0.3)];
        let data: [Vec<(f64, bool)>; 3] = [
            (0..60).map(|i| (-3.0, i % 10 == 0)).collect(),
            (0..60).map(|_| (-2.0, false)).collect(),
            (0..40).map(|i| (-1.0, i % 3 == 0)).collect(),
        ];
        for (place, data) in places.iter().zip(&data) {
            tree.observe(*place, data.iter().copied());
        }
        let found = tree.posterior();
        // Effects: root, regency, three places; totals are sums of effects.
        let totals = |e: &[f64; 5]| [e[0] + e[1] + e[2], e[0] + e[1] + e[3], e[0] + e[4]];
        let variances = [0.64, 0.25, 0.16, 0.16, 0.09];
        let mut effects = [0.0; 5];
        for _ in 0..200_000 {
            let totals = totals(&effects);
            let slopes: Vec<f64> = data
                .iter()
                .zip(totals)
                .map(|(rows, at)| {
                    rows.iter().map(|(z, y)| f64::from(u8::from(*y)) - sigmoid(z + at)).sum::<f64>()
                })
                .collect();
            let pull = [slopes.iter().sum::<f64>(), slopes[0] + slopes[1], slopes[0], slopes[1], slopes[2]];
            for (at, effect) in effects.iter_mut().enumerate() {
                *effect += 1e-3 * (pull[at] - *effect / variances[at]);
            }
        }
        let totals = totals(&effects);
        for (place, total) in places.iter().zip(totals) {
            assert!((found[*place].mean - total).abs() < 1e-6, "{found:?} {totals:?}");
        }
        assert!((found[0].mean - effects[0]).abs() < 1e-6);
        assert!(found[places[0]].sd < libm::sqrt(0.64 + 0.25 + 0.16) && found[places[0]].sd > 0.2);
    }

    #[test]
    fn what_nobody_observed_stays_as_it_was_believed() {
        let mut tree = EffectTree::new(0.8, 1.0);
        let place = tree.add(0, 0.6);
        let found = tree.posterior();
        assert!((found[place].sd - 1.0).abs() < 1e-12 && found[place].mean == 0.0, "{found:?}");
    }
}
