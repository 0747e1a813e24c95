//! TLS to a scripted Asterisk: whom the client trusts, and what it says of
//! whom it does not.
#![cfg(feature = "tls")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};
use switchroom_core::base::Secret;
use switchroom_core::input::ami::client::{Client, Listener};
use switchroom_core::input::ami::session::Login;
use switchroom_core::input::ami::target::Target;
use switchroom_core::input::ami::{Fingerprint, Moment, Out, Trust, dialler};

/// Reaching it is a failure, not a measurement.
const NEVER: Duration = Duration::from_secs(60);

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file(name)).unwrap()
}

fn target(listener: &TcpListener) -> Target {
    let port = listener.local_addr().unwrap().port();
    Target {
        tls: true,
        host: "localhost".to_owned(),
        port,
        user: "portal".to_owned(),
        secret: None,
    }
}

fn listener() -> TcpListener {
    // The name resolves to either address first; only this one is listened on.
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn shake_hands(stream: TcpStream, name: &str) -> StreamOwned<ServerConnection, TcpStream> {
    stream.set_read_timeout(Some(NEVER)).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate(name)], key)
        .unwrap();
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream)
}

fn by_ca(name: &str) -> Trust {
    Trust { ca: Some(file(name)), fingerprint: None }
}

fn by_fingerprint(name: &str) -> Trust {
    Trust { ca: None, fingerprint: Some(Fingerprint(Sha256::digest(certificate(name)).into())) }
}

/// What the client says of a server with this certificate; `Ok` when the
/// greeting arrives.
fn dial(name: &'static str, trust: &Trust) -> Result<(), String> {
    let listener = listener();
    let mut dial = dialler(&target(&listener), trust).unwrap();
    let server = std::thread::spawn(move || {
        let mut link = shake_hands(listener.accept().unwrap().0, name);
        // A client that does not trust breaks off.
        let _ = link.write_all(b"Asterisk Call Manager/11.0.0\r\n").and_then(|()| link.flush());
        let _ = link.read(&mut [0; 8]);
    });
    let result = dial.dial().map(drop).map_err(|down| down.to_string());
    drop(dial);
    server.join().unwrap();
    result
}

#[test]
fn an_authority_a_fingerprint_or_the_certificate_itself_is_trusted() {
    assert_eq!(dial("good.pem", &by_ca("ca.pem")), Ok(()));
    assert_eq!(dial("good.pem", &by_fingerprint("good.pem")), Ok(()));
    assert_eq!(dial("self-signed.pem", &by_ca("self-signed.pem")), Ok(()));
    assert_eq!(dial("self-signed.pem", &by_fingerprint("self-signed.pem")), Ok(()));
    assert_eq!(dial("elsewhere.pem", &by_fingerprint("elsewhere.pem")), Ok(()));
}

#[test]
fn whom_it_does_not_trust_it_tells_with_what_to_do() {
    let print = Fingerprint(Sha256::digest(certificate("good.pem")).into()).to_string();
    for (name, trust, words) in [
        ("good.pem", by_ca("other-ca.pem"), vec!["no authority that is trusted", "ami.ca", &print]),
        ("good.pem", by_fingerprint("self-signed.pem"), vec!["ami.fingerprint", &print]),
        ("expired.pem", by_ca("ca.pem"), vec!["expired"]),
        ("elsewhere.pem", by_ca("ca.pem"), vec!["pbx.example", "localhost"]),
        ("self-signed.pem", by_ca("ca.pem"), vec!["ami.fingerprint"]),
    ] {
        let told = dial(name, &trust).unwrap_err();
        for word in words {
            assert!(told.contains(word), "{name} {trust:?}: {told}");
        }
    }
}

#[test]
fn a_port_without_tls_is_told_as_that() {
    let listener = listener();
    let mut dial = dialler(&target(&listener), &by_ca("ca.pem")).unwrap();
    let server = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.write_all(b"Asterisk Call Manager/11.0.0\r\n").unwrap();
        let _ = stream.read(&mut [0; 8]);
    });
    let told = dial.dial().map(drop).unwrap_err().to_string();
    assert!(told.contains("does not speak TLS") && told.contains("tlsenable"), "{told}");
    drop(dial);
    server.join().unwrap();
}

#[test]
fn a_file_without_certificates_is_refused_before_connecting() {
    let listener = listener();
    for name in ["server.key", "no such file"] {
        let error = dialler(&target(&listener), &by_ca(name)).map(drop).unwrap_err();
        assert!(error.message().contains(name), "{}", error.message());
    }
}

struct Told(std::sync::mpsc::SyncSender<String>);

impl Listener for Told {
    fn hear(&mut self, _: Moment, out: Out<'_>) {
        if let Out::Down(down) = out {
            // The test may have ended.
            let _ = self.0.send(down.to_string());
        }
    }
}

#[test]
fn the_client_logs_in_through_tls_whatever_the_size_of_its_records() {
    let listener = listener();
    let dial = dialler(&target(&listener), &by_ca("ca.pem")).unwrap();
    let (sender, told) = std::sync::mpsc::sync_channel(8);
    let login = Login::new("portal", Secret::new("s3cret".to_owned()));
    let client = Client::start(login, dial, Told(sender)).unwrap();
    let mut link = shake_hands(listener.accept().unwrap().0, "good.pem");
    link.write_all(b"Asterisk Call Manager/11.0.0\r\n").unwrap();
    let asked = action(&mut link);
    assert!(asked.starts_with("Action: Challenge"), "{asked}");
    let id = asked.lines().find_map(|line| line.strip_prefix("ActionID: ")).unwrap().to_owned();
    // Many blocks in one go, more than a record holds, and the answer at
    // their end: nothing of it may be left lying in the client.
    let mut flood = "Event: Noise\r\nText: 0123456789\r\n\r\n".repeat(10_000);
    flood.push_str(&format!("Response: Success\r\nActionID: {id}\r\nChallenge: 1\r\n\r\n"));
    link.write_all(flood.as_bytes()).unwrap();
    link.flush().unwrap();
    let login = action(&mut link);
    assert!(login.contains("Action: Login") && !login.contains("s3cret"), "{login}");
    drop(link);
    assert!(told.recv_timeout(NEVER).unwrap().contains("closed"));
    client.stop();
}

fn action(link: &mut impl Read) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        link.read_exact(&mut byte).unwrap();
        text.push(byte[0]);
    }
    String::from_utf8(text).unwrap()
}
