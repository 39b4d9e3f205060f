//! A plain HTTP/1.1 client: one request a connection, or a connection kept for many. Enough for a loopback test.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Who speaks to which address.
#[derive(Clone, Default)]
pub struct Client {
    pub address: String,
    /// Sent with every request, each `Name: value`.
    pub headers: Vec<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("status {}, not JSON ({error}): {}", self.status, self.text()))
    }
}

impl Client {
    pub fn new(address: &str) -> Client {
        Client { address: address.to_owned(), headers: Vec::new() }
    }

    /// The same client with one more header.
    pub fn with(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.push(format!("{name}: {value}"));
        client
    }

    /// The same client, speaking as a feed.
    pub fn bearer(&self, token: &str) -> Client {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    pub fn get(&self, path: &str) -> io::Result<Reply> {
        self.send(&Request { method: "GET", path, content_type: "", body: b"" })
    }

    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> io::Result<Reply> {
        self.send(&Request { method: "POST", path, content_type, body })
    }

    /// Posts a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> io::Result<Reply> {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let same = self.with("Origin", &format!("http://{}", self.address));
        same.post(path, "application/x-www-form-urlencoded", pairs.join("&").as_bytes())
    }

    /// Opens a stream of server-sent events and gives the lines as they come.
    pub fn events(&self, path: &str, patience: Duration) -> io::Result<impl Iterator<Item = String>> {
        let mut stream =
            self.open(&Request { method: "GET", path, content_type: "", body: b"" }, patience)?;
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if !line.contains(" 200 ") {
            return Err(io::Error::other(format!("events of '{path}': {}", line.trim_end())));
        }
        Ok(stream.lines().map_while(Result::ok))
    }

    fn send(&self, request: &Request<'_>) -> io::Result<Reply> {
        let mut stream = self.open(request, Duration::from_secs(120))?;
        reply(&mut stream)
    }

    fn open(&self, request: &Request<'_>, patience: Duration) -> io::Result<BufReader<TcpStream>> {
        let Request { method, path, content_type, body } = *request;
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(patience))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for header in &self.headers {
            head.push_str(&format!("{header}\r\n"));
        }
        if !content_type.is_empty() {
            head.push_str(&format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len()));
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        // A server that refuses a long body early may close before it is all sent; its answer still counts.
        let sent = stream.write_all(body);
        if let Err(error) = sent
            && !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
        {
            return Err(error);
        }
        Ok(BufReader::new(stream))
    }
}

/// What is asked; `content_type` is empty where there is no body.
struct Request<'a> {
    method: &'a str,
    path: &'a str,
    content_type: &'a str,
    body: &'a [u8],
}

fn reply(stream: &mut BufReader<TcpStream>) -> io::Result<Reply> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "no status line"))?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let find = |name: &str| headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let mut body = Vec::new();
    if find("transfer-encoding") == Some("chunked") {
        chunks(stream, &mut body)?;
    } else if let Some(length) = find("content-length").and_then(|length| length.parse().ok()) {
        body.resize(length, 0);
        stream.read_exact(&mut body)?;
    } else {
        stream.read_to_end(&mut body)?;
    }
    Ok(Reply { status, headers, body })
}

fn chunks(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim_end(), 16)
            .map_err(|error| io::Error::other(format!("chunk length '{}': {error}", line.trim_end())))?;
        let start = body.len();
        body.resize(start + length, 0);
        stream.read_exact(&mut body[start..])?;
        line.clear();
        stream.read_line(&mut line)?;
        if length == 0 {
            return Ok(());
        }
    }
}

/// Percent-encodes a value of a form or a query.
pub fn encode(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let bytes = value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    bytes.collect()
}
