//! `asterisk-ami-bench FILE TIMES`: the crate's client on a loopback
//! connection that sends the stream so many times. Prints events and seconds
//! of CPU, the sender's included.
//!
//! Nobody listens for events, which is the crate's fastest way: it still reads
//! each into its packet of keys and values, and then drops it.

use std::io::Write;

use asterisk_ami::AmiConnection;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

fn cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("a process may ask for its own usage");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&arguments[1]).expect("the first argument is the stream");
    let times: usize = arguments[2].parse().expect("the second argument is a number");
    let text = String::from_utf8_lossy(&bytes);
    let events = text.lines().filter(|line| line.starts_with("Event: ")).count() * times;
    let greeting = text.find('\n').map_or(0, |at| at + 1);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let body = bytes[greeting..].to_vec();
    let head = bytes[..greeting].to_vec();
    let begun = cpu();
    let sender = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the client connects");
        stream.write_all(&head).expect("the client reads");
        for _ in 0..times {
            stream.write_all(&body).expect("the client reads");
        }
    });
    let connection = AmiConnection::connect(address).await.expect("it connects");
    // The answers in the stream are taken for answers to these; the end of the
    // stream is an empty one or none.
    let ping = || vec![asterisk_ami::Tag::from("Action", "Ping")];
    while connection.send(ping()).await.is_some_and(|answer| !answer.is_empty()) {}
    sender.join().expect("the sender ends");
    println!("{events} {}", cpu() - begun);
}
