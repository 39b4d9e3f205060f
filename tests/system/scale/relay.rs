//! Between everybody and the broker, which gives out this address as its own. Debian's kcat is built on a library
//! that stumbles over the tagged fields in this broker's answer to ApiVersions; informed that the version is not
//! supported, it asks with version 0, whose answer has none. Everything else passes as it is.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

const API_VERSIONS: [u8; 2] = [0, 18];
/// The version of the library that stumbles, as it names itself.
const STUMBLES: &[u8] = b"2.0.";
const UNSUPPORTED_VERSION: [u8; 2] = [0, 35];

/// Listens on a free port, passes everything on to `broker`, and gives its own address.
#[must_use]
pub fn start(broker: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the free port").to_string();
    let broker = broker.to_owned();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let broker = broker.clone();
            // A connection that breaks on either side is over; its client sees that.
            thread::spawn(move || pass(client, &broker).ok());
        }
    });
    address
}

fn pass(mut client: TcpStream, broker: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(broker)?;
    let (mut answers, mut back) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        // Over on one side is over on the other: a killed broker must look killed.
        let _ = io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Both);
    });
    loop {
        let mut size = [0; 4];
        client.read_exact(&mut size)?;
        let mut request = vec![0; u32::from_be_bytes(size) as usize];
        client.read_exact(&mut request)?;
        let stumbles = request.windows(STUMBLES.len()).any(|words| words == STUMBLES);
        if request[..2] == API_VERSIONS && request[2..4] > [0, 2][..] && stumbles {
            let correlation = &request[4..8];
            client.write_all(&[&[0, 0, 0, 10], correlation, &UNSUPPORTED_VERSION, &[0; 4]].concat())?;
        } else {
            server.write_all(&size)?;
            server.write_all(&request)?;
        }
    }
}
