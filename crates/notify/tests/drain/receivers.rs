//! A mail relay and a webhook receiver, each over a real socket, that answer as each test asks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What to do with the next message; when nothing is left to do, messages are taken.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Answer {
    Take,
    /// 451, or 503.
    Refuse,
    /// 550, or 410.
    RefuseForGood,
    /// 421, or 429 with a `Retry-After` of so many seconds.
    After(u32),
    /// Receives all of it and never answers.
    Hang,
    /// Receives all of it and ends the connection.
    Close,
    /// Refuses it and says what it was given: 451 with the link; or this status, with the body as a field of JSON.
    Echo(u16),
}

type Script = Arc<Mutex<VecDeque<Answer>>>;

#[derive(Debug)]
pub struct Mail {
    pub to: String,
    pub id: String,
    /// The body, decoded.
    pub text: String,
    pub raw: String,
}

pub struct Smtp {
    pub port: u16,
    script: Script,
    mails: UnboundedReceiver<Mail>,
}

impl Smtp {
    pub async fn start() -> Smtp {
        let (port, script, mails) = serve(|stream, script, out| async move {
            let _ = smtp(stream, script, out).await;
        })
        .await;
        Smtp { port, script, mails }
    }
    pub fn answer(&mut self, answers: impl IntoIterator<Item = Answer>) {
        self.script.lock().unwrap().extend(answers);
    }
    /// The same from now on, whatever was to come.
    pub fn back(&mut self) {
        self.script.lock().unwrap().clear();
    }
    /// What came and was not looked at.
    pub fn rest(&mut self) -> Vec<Mail> {
        std::iter::from_fn(|| self.mails.try_recv().ok()).collect()
    }
    pub async fn mail(&mut self) -> Mail {
        self.mails.recv().await.expect("the receiver runs as long as the test")
    }
}

pub struct Call {
    pub head: String,
    pub body: String,
}

impl Call {
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        line.map_or("", |line| line[name.len() + 1..].trim())
    }
}

pub struct Http {
    pub port: u16,
    script: Script,
    calls: UnboundedReceiver<Call>,
}

impl Http {
    pub async fn start() -> Http {
        let (port, script, calls) = serve(|stream, script, out| async move {
            let _ = http(stream, script, out).await;
        })
        .await;
        Http { port, script, calls }
    }
    pub fn answer(&mut self, answers: impl IntoIterator<Item = Answer>) {
        self.script.lock().unwrap().extend(answers);
    }
    /// The same from now on, whatever was to come.
    pub fn back(&mut self) {
        self.script.lock().unwrap().clear();
    }
    /// What came and was not looked at.
    pub fn rest(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.calls.try_recv().ok()).collect()
    }
    pub async fn call(&mut self) -> Call {
        self.calls.recv().await.expect("the receiver runs as long as the test")
    }
}

async fn serve<T, F>(
    handle: impl Fn(TcpStream, Script, UnboundedSender<T>) -> F + Send + 'static,
) -> (u16, Script, UnboundedReceiver<T>)
where
    T: Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = Script::default();
    let (out, inbox) = unbounded_channel();
    let answers = Arc::clone(&script);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream, Arc::clone(&answers), out.clone()));
        }
    });
    (port, script, inbox)
}

fn next(script: &Script) -> Answer {
    script.lock().unwrap().pop_front().unwrap_or(Answer::Take)
}

async fn smtp(stream: TcpStream, script: Script, out: UnboundedSender<Mail>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await?;
    let (mut line, mut to) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let reply: &[u8] = match line.get(..4).unwrap_or_default() {
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_string();
                b"250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mail = data(&mut stream, &to).await?;
                let answer = next(&script);
                let echo = mail.text.split_whitespace().filter(|word| word.starts_with("https://"));
                let echo = format!("451 {} is on a list\r\n", echo.collect::<Vec<_>>().join(" "));
                let _ = out.send(mail);
                match answer {
                    Answer::Take => b"250 taken\r\n",
                    Answer::Refuse => b"451 try later\r\n",
                    Answer::RefuseForGood => b"550 no such mailbox\r\n",
                    Answer::After(_) => b"421 busy\r\n",
                    Answer::Hang => return std::future::pending().await,
                    Answer::Close => return Ok(()),
                    Answer::Echo(_) => {
                        stream.write_all(echo.as_bytes()).await?;
                        continue;
                    }
                }
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => b"250 ok\r\n",
        };
        stream.write_all(reply).await?;
    }
}

async fn data(stream: &mut BufReader<TcpStream>, to: &str) -> std::io::Result<Mail> {
    let mut raw = String::new();
    let mut line = String::new();
    while line != ".\r\n" {
        raw.push_str(&line);
        line.clear();
        stream.read_line(&mut line).await?;
    }
    let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((&raw, ""));
    let id = head.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_string();
    let quoted = head.contains("quoted-printable");
    let text = if quoted { unquote(body) } else { body.to_string() };
    Ok(Mail { to: to.to_string(), id, text, raw })
}

fn unquote(body: &str) -> String {
    let body = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = (*first == b'=').then(|| tail.get(..2)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).expect("mail is UTF-8")
}

async fn http(stream: TcpStream, script: Script, out: UnboundedSender<Call>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let mut call = Call { head, body: String::new() };
        let mut body = vec![0; call.header("content-length").parse().unwrap_or(0)];
        stream.read_exact(&mut body).await?;
        call.body = String::from_utf8(body).expect("the body is UTF-8");
        let echo = serde_json::json!({ "status": "false", "reason": call.body }).to_string();
        let answer = next(&script);
        let _ = out.send(call);
        let status = match answer {
            Answer::Take => String::from("204 No Content"),
            Answer::Refuse => String::from("503 Service Unavailable"),
            Answer::RefuseForGood => String::from("410 Gone"),
            Answer::After(seconds) => format!("429 Too Many Requests\r\nretry-after: {seconds}"),
            Answer::Hang => return std::future::pending().await,
            Answer::Close => return Ok(()),
            Answer::Echo(status) => {
                let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n\r\n", echo.len());
                stream.write_all((head + &echo).as_bytes()).await?;
                continue;
            }
        };
        stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
    }
}
