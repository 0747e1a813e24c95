//! HTTPS of one's own.
#![cfg(feature = "tls")]

use std::path::PathBuf;
use std::process::Command;

use switchroom::audiovault::{Certificate, Options};
use switchroom::base::{Kind, Secret};

use crate::house::{CALL, House, TOKEN, put, wav};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("core/tests/tls").join(name)
}

#[test]
fn searches_and_links_are_https_with_a_certificate() {
    let certificate = Certificate::read(&file("good.pem"), &file("server.key")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("rec/1700000000.12.wav"), &wav(1, 1));
    let paths = [format!("file:{}/rec", dir.path().display())];
    let token = Some(Secret::new(TOKEN.to_owned()));
    let house = House::of(dir, &paths, token, Vec::new(), Options::default(), Some(certificate));
    // Plain HTTP is no handshake: closed without a word.
    assert_eq!(house.get("/health", "").status, 0);
    let script = r#"
import json, ssl, sys, urllib.request
port, ca, token, call = sys.argv[1:]
trust = ssl.create_default_context(cafile=ca)
trust.verify_flags &= ~ssl.VERIFY_X509_STRICT
body = json.dumps({"callid": call}).encode()
headers = {"Content-Type": "application/json", "Authorization": "Bearer " + token}
ask = urllib.request.Request("https://localhost:" + port + "/search/", body, headers)
url = json.load(urllib.request.urlopen(ask, context=trust))["files"][0]["url"]
assert url.startswith("https://localhost:" + port + "/m/"), url
assert urllib.request.urlopen(url, context=trust).read(4) == b"RIFF"
"#;
    let done = Command::new("python3")
        .args(["-c", script, &house.address.port().to_string()])
        .arg(file("ca.pem"))
        .args([TOKEN, CALL])
        .output()
        .expect("python3 is needed to try other clients");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_certificate_and_key_that_do_not_fit_are_told_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let kind = |certificate: &PathBuf, key: &PathBuf| {
        Certificate::read(certificate, key).unwrap_err().kind()
    };
    assert_eq!(kind(&file("good.pem"), &empty), Kind::Invalid);
    assert_eq!(kind(&empty, &file("server.key")), Kind::Invalid);
    assert_eq!(kind(&file("missing.pem"), &file("server.key")), Kind::NotFound);
}
