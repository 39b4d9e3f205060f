//! Listening, and one connection from its beginning to its end.

use super::metered_body::{BodyMeter, MeteredBody};
use super::shares::OverShare;
use super::{Entrance, EntranceRefusal};
use crate::problem::Problem;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// What a connection's buffer grows to, and so how long a request's head may be: bytes.
const BUFFER: usize = 64 << 10;
/// How long answers under way may take once the service stops.
const LAST_ANSWERS: Duration = Duration::from_secs(3);
/// After how long it is tried again to accept, where the system gives no more sockets.
const NO_SOCKETS: Duration = Duration::from_millis(200);

impl Entrance {
    /// Answers requests until `stop` is true; what is under way then has a moment to end.
    pub async fn serve(&self, listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
        let (open, mut closed) = mpsc::channel::<()>(1);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((stream, peer)) => self.begin(stream, peer, &router, (&stop, &open)),
                Err(error) => {
                    tracing::warn!(%error, "accepting a connection failed");
                    tokio::time::sleep(NO_SOCKETS).await;
                }
            }
        }
        drop(open);
        // Live pages hold their connections open; they get a moment, then the service goes.
        drop(tokio::time::timeout(LAST_ANSWERS, closed.recv()).await);
    }

    /// Serves a connection on a task of its own, or turns it away.
    fn begin(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        router: &Router,
        (stop, open): (&watch::Receiver<bool>, &mpsc::Sender<()>),
    ) {
        let address = super::ClientAddress(peer.ip()).counted();
        // A proxy speaks for many: only the whole number holds for it.
        let counted = (!self.0.proxies.trust(peer.ip())).then_some(address);
        let share = match self.0.connections.take(counted, 1) {
            Ok(share) => share,
            Err(over) => {
                return self.turn_away(
                    stream,
                    match over {
                        OverShare::All => EntranceRefusal::Connections,
                        OverShare::Own => EntranceRefusal::AddressConnections,
                    },
                );
            }
        };
        let (entrance, router, mut stop, open) = (self.clone(), router.clone(), stop.clone(), open.clone());
        tokio::spawn(async move {
            let (_share, _open) = (share, open);
            drop(stream.set_nodelay(true));
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(entrance.0.body));
            let service = service_fn(|request: hyper::Request<Incoming>| {
                let (entrance, router) = (entrance.clone(), router.clone());
                async move { Ok::<_, Infallible>(entrance.answer(request, peer.ip(), router).await) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(entrance.0.header).max_buf_size(BUFFER);
            let mut serving = pin!(http.serve_connection(TokioIo::new(Box::pin(stream)), service));
            // What breaks off is the client's matter.
            tokio::select! {
                ended = serving.as_mut() => return drop(ended),
                _ = stop.wait_for(|stop| *stop) => serving.as_mut().graceful_shutdown(),
            }
            drop(serving.await);
        });
    }

    /// Hands a request on with its client's address and a body that is counted.
    async fn answer(&self, request: hyper::Request<Incoming>, peer: IpAddr, router: Router) -> Response {
        let client = self.0.proxies.client(peer, request.headers());
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(client);
        if request.body().is_end_stream() {
            return answered(router, request).await;
        }
        let share = match self.0.bodies.take(Some(client.counted()), 0) {
            Ok(share) => share,
            Err(_) => return self.refused(EntranceRefusal::Bytes),
        };
        let meter = BodyMeter::new(share);
        let metered = |body| Body::new(MeteredBody::new(body, meter.clone(), self.0.body));
        let response = answered(router, request.map(metered)).await;
        match meter.refusal() {
            Some(refusal) if !response.status().is_success() => self.refused(refusal),
            _ => response,
        }
    }

    /// The answer to a request whose body was not read, after which the connection ends.
    fn refused(&self, refusal: EntranceRefusal) -> Response {
        self.0.counts.count(refusal);
        let mut response = problem(refusal).into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    /// Says why a connection is not served, as far as that goes without waiting for anybody.
    fn turn_away(&self, stream: TcpStream, refusal: EntranceRefusal) {
        self.0.counts.count(refusal);
        let Problem { status, title, detail, retry_after, .. } = problem(refusal);
        let body = format!("{title}. {detail}\n");
        let text = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            retry_after.unwrap_or(1),
            body.len()
        );
        if let Ok(mut stream) = stream.into_std() {
            drop(stream.write(text.as_bytes()));
            drop(stream.shutdown(std::net::Shutdown::Write));
        }
    }
}

async fn answered(router: Router, request: Request) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What who is sent away can do about it.
fn problem(refusal: EntranceRefusal) -> Problem {
    let busy =
        |title, detail: &str| Problem::new(StatusCode::SERVICE_UNAVAILABLE, title, detail).retry_after(5);
    let yours =
        |title, detail: &str| Problem::new(StatusCode::TOO_MANY_REQUESTS, title, detail).retry_after(5);
    match refusal {
        EntranceRefusal::Connections => {
            busy("Layanan penuh", "Terlalu banyak sambungan terbuka. Coba lagi sebentar lagi.")
        }
        EntranceRefusal::AddressConnections => yours(
            "Terlalu banyak sambungan",
            "Dari alamat ini sudah terlalu banyak sambungan terbuka. Tutup yang tidak dipakai, lalu coba lagi. Di belakang proxy: \
             pengelola menyebut proxy itu di entrance.trusted_proxies.",
        ),
        EntranceRefusal::AddressBytes => yours(
            "Terlalu banyak sekaligus",
            "Dari alamat ini terlalu banyak kiriman sedang berjalan. Kirim satu per satu, dalam bagian yang lebih kecil.",
        ),
        EntranceRefusal::SlowBody => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "Kiriman terlalu lambat",
            "Isi kiriman tidak sampai dalam waktunya. Periksa sinyal, lalu kirim lagi; kiriman kecil lebih cepat sampai.",
        ),
        _ => busy("Layanan sibuk", "Terlalu banyak kiriman sedang berjalan. Kirim lagi sebentar lagi."),
    }
}
