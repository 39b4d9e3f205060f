//! Seeded random numbers (splitmix64), so that every interval and every synthetic history can be made again.

use domain::splitmix;

#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub fn next_u64(&mut self) -> u64 {
        splitmix::next(&mut self.0)
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in 0..n.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next_u64()) * n as u128) >> 64) as usize
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log1p(-self.unit())
    }

    /// Poisson with the given mean, by counting exponential gaps (means here are small).
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let (mut n, mut sum) = (0, self.exponential());
        while sum < mean {
            n += 1;
            sum += self.exponential();
        }
        n
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(2.0 * std::f64::consts::PI * v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_numbers_and_plausible_means() {
        let (mut a, mut b) = (Rng::new(7), Rng::new(7));
        let draws: Vec<u32> = (0..4000).map(|_| a.poisson(1.5)).collect();
        assert!(draws.iter().all(|draw| *draw == b.poisson(1.5)));
        let mean = draws.iter().sum::<u32>() as f64 / 4000.0;
        assert!((mean - 1.5).abs() < 0.08, "{mean}");
        assert!((0..1000).all(|_| a.below(3) < 3));
    }
}
