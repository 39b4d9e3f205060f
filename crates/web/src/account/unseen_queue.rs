//! Who waits for the answer to a login that is looked at unseen ([`super::login_brake`]): each holds a connection, so that few may.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;

/// Tries of one address that wait at once, …
const OF_ADDRESS: usize = 120;
/// … and all together: fewer than the connections that the service takes, with room for everybody else.
const OF_ALL: usize = 360;

/// Over its bounds, who has waited longest is answered at once, and the newest is looked at all the same.
#[derive(Default)]
pub struct UnseenQueue(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    /// Oldest first.
    tries: Vec<WaitingTry>,
    next: u64,
}

struct WaitingTry {
    number: u64,
    address: String,
    /// Dropped where the place is needed for another.
    _place: oneshot::Sender<()>,
}

/// A try's place, which ends when dropped.
pub struct UnseenPlace {
    queue: Arc<Mutex<Waiting>>,
    number: u64,
    needed: oneshot::Receiver<()>,
    earliest: Instant,
    until: Instant,
}

impl UnseenQueue {
    /// A place for a try that is answered at the first of these instants where its password is right, and else at the second;
    /// another may lose its place for it.
    pub fn enter(&self, address: &str, [earliest, until]: [Instant; 2]) -> UnseenPlace {
        let (place, needed) = oneshot::channel();
        let mut waiting = lock(&self.0);
        let of_address = waiting.tries.iter().filter(|tried| tried.address == address).count();
        if of_address >= OF_ADDRESS {
            let oldest = waiting.tries.iter().position(|tried| tried.address == address);
            oldest.map(|oldest| waiting.tries.remove(oldest));
        } else if waiting.tries.len() >= OF_ALL {
            waiting.tries.remove(0);
        }
        let number = waiting.next;
        waiting.next += 1;
        waiting.tries.push(WaitingTry { number, address: address.to_owned(), _place: place });
        drop(waiting);
        UnseenPlace { queue: self.0.clone(), number, needed, earliest, until }
    }
}

impl UnseenPlace {
    /// Before when a right password is not answered.
    pub const fn earliest(&self) -> Instant {
        self.earliest
    }

    /// Ends when the try is to be answered: at its instant, or before that where its place is needed. Nothing of the try
    /// itself has a part in it.
    pub async fn answered(&mut self) {
        let until = tokio::time::Instant::from_std(self.until);
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            _ = &mut self.needed => {}
        }
    }
}

impl Drop for UnseenPlace {
    fn drop(&mut self) {
        lock(&self.queue).tries.retain(|tried| tried.number != self.number);
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn waiting(queue: &UnseenQueue, address: &str, tries: usize) -> Vec<UnseenPlace> {
        let until = Instant::now() + Duration::from_hours(1);
        (0..tries).map(|_| queue.enter(address, [until; 2])).collect()
    }

    async fn answered(places: &mut [UnseenPlace]) -> usize {
        let mut answered = 0;
        for place in places {
            answered += usize::from(futures::poll!(Box::pin(place.answered())).is_ready());
        }
        answered
    }

    #[tokio::test]
    async fn few_of_an_address_wait_at_once_and_the_oldest_is_answered_first() {
        let queue = UnseenQueue::default();
        let mut other = waiting(&queue, "10.1.2.3", 1);
        let mut guesser = waiting(&queue, "36.66.1.2", OF_ADDRESS + 5);
        assert_eq!(answered(&mut other).await, 0, "nobody behind another address");
        assert_eq!(answered(&mut guesser[..5]).await, 5);
        assert_eq!(answered(&mut guesser[5..]).await, 0);
        drop(guesser);
        let mut next = waiting(&queue, "36.66.1.2", OF_ADDRESS);
        assert_eq!(answered(&mut next).await, 0, "who has gone makes room");
        assert_eq!(lock(&queue.0).tries.len(), OF_ADDRESS + 1);
    }

    #[tokio::test]
    async fn few_of_all_addresses_wait_at_once() {
        let queue = UnseenQueue::default();
        let mut places = Vec::new();
        for number in 0..OF_ALL + 7 {
            places.extend(waiting(&queue, &format!("10.0.{}.{}", number / 250, number % 250), 1));
        }
        assert_eq!(answered(&mut places).await, 7);
        assert_eq!(lock(&queue.0).tries.len(), OF_ALL);
    }
}
