//! A request's body that counts what it holds of the memory for bodies, and ends where its sender is too slow.

use super::EntranceRefusal;
use super::shares::{OverShare, TakenShare};
use crate::submit::lock;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// From then on a body must have come at this pace on the whole: a phone on 2G is five times as fast.
const PATIENCE: Duration = Duration::from_secs(30);
const BYTES_A_SECOND: u64 = 500;

/// What a request holds until it is answered, and why its body was not read to the end.
pub(super) struct BodyMeter {
    share: Mutex<TakenShare<IpAddr>>,
    refusal: OnceLock<EntranceRefusal>,
}

impl BodyMeter {
    pub fn new(share: TakenShare<IpAddr>) -> Arc<BodyMeter> {
        Arc::new(BodyMeter { share: Mutex::new(share), refusal: OnceLock::new() })
    }

    pub fn refusal(&self) -> Option<EntranceRefusal> {
        self.refusal.get().copied()
    }

    fn refuse(&self, refusal: EntranceRefusal) -> BodyRefused {
        BodyRefused(*self.refusal.get_or_init(|| refusal))
    }
}

/// The body was not read to its end.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body was refused: {}", .0.as_str())]
pub(super) struct BodyRefused(EntranceRefusal);

pub(super) struct MeteredBody {
    inner: Body,
    meter: Arc<BodyMeter>,
    /// How long the sender may pause.
    pause: Duration,
    until: Pin<Box<Sleep>>,
    began: Instant,
    read: u64,
}

impl MeteredBody {
    pub fn new(inner: Body, meter: Arc<BodyMeter>, pause: Duration) -> MeteredBody {
        let until = Box::pin(tokio::time::sleep(pause));
        MeteredBody { inner, meter, pause, until, began: Instant::now(), read: 0 }
    }

    fn take(&mut self, bytes: usize) -> Result<(), BodyRefused> {
        let now = Instant::now();
        self.until.as_mut().reset(now + self.pause);
        self.read += bytes as u64;
        let lasted = now - self.began;
        if lasted > PATIENCE && self.read < lasted.as_secs() * BYTES_A_SECOND {
            return Err(self.meter.refuse(EntranceRefusal::SlowBody));
        }
        lock(&self.meter.share).grow(bytes).map_err(|over| {
            self.meter.refuse(match over {
                OverShare::All => EntranceRefusal::Bytes,
                OverShare::Own => EntranceRefusal::AddressBytes,
            })
        })
    }
}

impl HttpBody for MeteredBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let taken = this.take(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(taken.map(|()| frame).map_err(Into::into)))
            }
            Poll::Ready(other) => Poll::Ready(other.map(|read| read.map_err(Into::into))),
            Poll::Pending => match this.until.as_mut().poll(context) {
                Poll::Ready(()) => {
                    let refused = this.meter.refuse(EntranceRefusal::SlowBody);
                    Poll::Ready(Some(Err(refused.into())))
                }
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
