//! The style sheet, script and icon, compiled in.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

#[derive(RustEmbed)]
#[folder = "asset"]
struct Assets;

/// Eight hexadecimal characters that change with any asset; stands in every address of one.
pub fn release() -> &'static str {
    static RELEASE: OnceLock<String> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let mut hasher = Sha256::new();
        for name in Assets::iter() {
            hasher.update(name.as_bytes());
            hasher.update(Assets::get(&name).map(|file| file.data).unwrap_or_default());
        }
        hex::encode(&hasher.finalize()[..4])
    })
}

/// One asset's bytes; for rendering pages outside a server.
pub fn read(name: &str) -> Option<Vec<u8>> {
    Assets::get(name).map(|file| file.data.into_owned())
}

pub async fn serve(Path(name): Path<String>) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match read(&name) {
        Some(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Browsers ask for it whatever a page says.
pub async fn icon() -> Response {
    serve(Path("icon.svg".to_string())).await
}
