//! A file as a browser sends it with a form.

use axum::body::Body;
use axum::http::{Request, header};

/// The form at `path` with one file in its field `field`.
pub fn upload(path: &str, cookie: &str, (field, file_name): (&str, &str), bytes: &[u8]) -> Request<Body> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file_name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .expect("a request")
}
