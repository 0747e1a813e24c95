//! A scripted Asterisk: logs anybody in, gives empty lists, then says what it
//! is told to say.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

pub struct Peer {
    listener: TcpListener,
}

impl Peer {
    pub fn new() -> Self {
        Peer { listener: TcpListener::bind("127.0.0.1:0").expect("a free port") }
    }

    /// `[ami]` of a configuration that connects here.
    pub fn settings(&self) -> String {
        let port = self.listener.local_addr().expect("a bound socket has an address").port();
        format!("[ami]\nport = {port}\nuser = \"bench\"\n")
    }

    /// The daemon's connection, logged in and past its lists. Whatever it asks later is answered
    /// by a thread.
    pub fn connected(&self) -> TcpStream {
        let (mut stream, _) = self.listener.accept().expect("the daemon connects");
        stream.set_nodelay(true).expect("a socket takes the option");
        let mut reader = BufReader::new(stream.try_clone().expect("a socket can be shared"));
        stream.write_all(b"Asterisk Call Manager/11.0.0\r\n").expect("the daemon reads");
        loop {
            let asked = action(&mut reader).expect("the daemon goes on");
            stream.write_all(answer(&asked).as_bytes()).expect("the daemon reads");
            if asked.get("Action").is_some_and(|name| name == "PJSIPShowContacts") {
                break;
            }
        }
        let mut answers = stream.try_clone().expect("a socket can be shared");
        std::thread::spawn(move || {
            while let Some(asked) = action(&mut reader) {
                if answers.write_all(answer(&asked).as_bytes()).is_err() {
                    return;
                }
            }
        });
        stream
    }
}

fn action(reader: &mut impl BufRead) -> Option<HashMap<String, String>> {
    let mut fields = HashMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((key, value)) => fields.insert(key.to_owned(), value.to_owned()),
            None => return Some(fields),
        };
    }
}

fn answer(asked: &HashMap<String, String>) -> String {
    let of = |key: &str| asked.get(key).map(String::as_str).unwrap_or_default();
    let (name, id) = (of("Action"), of("ActionID"));
    let head = format!("Response: Success\r\nActionID: {id}\r\n");
    match name {
        "Challenge" => format!("{head}Challenge: 135\r\n\r\n"),
        "Login" => format!("{head}\r\nEvent: FullyBooted\r\n\r\n"),
        "CoreSettings" => format!("{head}AsteriskVersion: 22.10.1\r\n\r\n"),
        "CoreStatus" | "Filter" | "Ping" => format!("{head}\r\n"),
        _ => format!(
            "{head}EventList: start\r\n\r\n\
             Event: ListComplete\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n"
        ),
    }
}
