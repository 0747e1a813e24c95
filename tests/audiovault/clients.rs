//! Clients of Python's standard library, as others write them.

use std::process::Command;

use crate::house::{CALL, House, TOKEN, wav};

/// Runs a script with the service's address, token and call; its last words
/// are shown when it fails.
fn python(house: &House, script: &str) {
    let done = Command::new("python3")
        .arg("-c")
        .arg(script)
        .args([&format!("http://{}", house.address), TOKEN, CALL])
        .output();
    let done = match done {
        Ok(done) => done,
        Err(error) => panic!("python3 can't be run ({error}); install it to try other clients"),
    };
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}

#[test]
fn a_json_listener_of_python_finds_and_hears() {
    let house = House::new();
    house.put("q-400-1700000000.12.wav", &wav(1, 1000));
    python(
        &house,
        r#"
import json, sys, urllib.request, urllib.parse, wave, io
base, token, call = sys.argv[1:]
body = json.dumps({"token": token, "callid": call, "user_name": "demo"}).encode()
ask = urllib.request.Request(base + "/search/", body, {"Content-Type": "application/json"})
answer = json.load(urllib.request.urlopen(ask))
assert answer["found"] and len(answer["files"]) == 1, answer
url = answer["files"][0]["url"]
sound = wave.open(io.BytesIO(urllib.request.urlopen(url).read()))
assert (sound.getnframes(), sound.getframerate(), sound.getnchannels()) == (8000, 8000, 1)
part = urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=0-3"}))
assert part.status == 206 and part.read() == b"RIFF"
form = urllib.parse.urlencode({"searchtoken": token, "asteriskid": call}).encode()
assert json.load(urllib.request.urlopen(base + "/search/", form))["found"]
try:
    urllib.request.urlopen(url.replace("/m/", "/m/A", 1))
    raise SystemExit("an altered link was served")
except urllib.error.HTTPError as refused:
    assert refused.code == 404, refused.code
"#,
    );
}

#[test]
fn an_xmlrpc_client_of_python_finds_and_hears() {
    let house = House::new();
    house.put("q-400-1700000000.12.wav", &wav(1, 1000));
    house.put("old/1700000000.13.wav", &wav(2, 1000));
    house.put("old/1700000000.13-second.wav", &wav(1, 1000));
    house.put_growing("1700000000.14.wav", &wav(1, 1));
    python(
        &house,
        r#"
import sys, urllib.request, xmlrpc.client
base, token, call = sys.argv[1:]
vault = xmlrpc.client.ServerProxy(base + "/xmlrpc", headers=[("Authorization", "Bearer " + token)])
found, url, length, encoding, duration = vault.QMAudio.findStoredFile("1", call, "32", "demo")
assert found is True and length == "16044" and encoding == "pcm_s16le" and duration == "1.0"
assert urllib.request.urlopen(url).read(4) == b"RIFF"
assert vault.QMAudio.findStoredFile("1", call, "32", "32", "demo")[0] is True
assert vault.QMAudio.findStoredFile("1", "1700000000.99", "32", "demo")[0] is False
found, urls, length, encoding, duration = vault.QMAudio.findStoredFile("1", "1700000000.13", "32", "demo")
assert urls.startswith("MULTI:") and len(urls[6:].split(" ")) == 2, urls
assert len(length.split(" ")) == len(encoding.split(" ")) == len(duration.split(" ")) == 2
live = vault.QMAudio.listenOngoingCall("1", "1700000000.14", "Agent/101", "32", "demo")
assert live[0] is True and live[2] > 0 and live[3] > 0, live
assert urllib.request.urlopen(live[1]).read(4) == b"RIFF"
assert vault.QMAudio.listenOngoingCallOutbound("1", call, "Agent/101", "32", "demo")[0] is False
open_door = xmlrpc.client.ServerProxy(base + "/xmlrpc")
files = open_door.QM.findAudio("demo", token, "1", call, xmlrpc.client.DateTime("20231114T22:13:20"), "", "")
assert files[0]["url"].startswith("http"), files
try:
    vault.system.listMethods()
    raise SystemExit("an unknown method was answered")
except xmlrpc.client.Fault as fault:
    assert fault.faultCode == 1
try:
    open_door.QMAudio.findStoredFile("1", call, "32", "demo")
    raise SystemExit("no token was asked for")
except xmlrpc.client.ProtocolError as refused:
    assert refused.errcode == 401
"#,
    );
}
