//! One connection to Asterisk, kept up. An edge: a thread, a socket, a pipe.
//!
//! The thread reads, hands the bytes to the [`Session`] and what it tells to
//! the [`Listener`], sends what the session wants sent, and connects again
//! after a pause when the connection ends. It waits in `poll` and wakes for
//! nothing but bytes, commands and the session's own times. The link is
//! anything that reads and writes; how it comes about is a [`Dial`]'s business.

use std::io::{ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use zeroize::Zeroize;

use crate::base::error::io;
use crate::base::{Error, Kind, Result, UnixMicro, time};
use crate::input::ami::action::Action;
use crate::input::ami::down::{Backoff, Down};
use crate::input::ami::session::{Answer, Login, Moment, Out, Session};

/// Actions on their way to the thread; more are refused as busy.
const COMMANDS: usize = 64;
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long Asterisk may leave what we send unread.
const WRITE: Duration = Duration::from_secs(10);
/// Bytes read at once; a busy PBX sends some 400 per event.
const READ: usize = 64 * 1024;
/// Reads before actions and times have their turn.
const READS: usize = 16;

/// Who hears what the session tells. Called on the client's thread.
pub trait Listener: Send {
    fn hear(&mut self, now: Moment, out: Out<'_>);
    /// When [`Listener::due`] wants to be called, by the wall clock.
    fn next(&self) -> Option<UnixMicro> {
        None
    }
    /// Its time has come.
    fn due(&mut self, _now: Moment) {}
    /// So many bytes were read; what they tell is told next.
    fn bytes(&mut self, _count: usize) {}
    /// The next action it wants sent, with a ticket of its own that comes
    /// back in [`Out::Answer`] and [`Out::Listed`]: at least [`OWN`]. Asked
    /// after each telling while there is a connection, until `None`.
    fn say(&mut self) -> Option<(u64, Action)> {
        None
    }
}

/// Tickets from here on are the listener's, those below the handle's.
pub const OWN: u64 = 1 << 63;

/// A connection.
pub trait Link: Read + Write + AsFd + Send {}
impl<T: Read + Write + AsFd + Send> Link for T {}

/// Makes connections; reads of a link never block.
pub trait Dial: Send {
    fn dial(&mut self) -> Result<Box<dyn Link>, Down>;
}

impl Dial for Box<dyn Dial> {
    fn dial(&mut self) -> Result<Box<dyn Link>, Down> {
        (**self).dial()
    }
}

/// Plain TCP.
#[derive(Clone, Debug)]
pub struct Tcp {
    pub host: String,
    pub port: u16,
}

impl Dial for Tcp {
    fn dial(&mut self) -> Result<Box<dyn Link>, Down> {
        Ok(Box::new(self.connect()?))
    }
}

impl Tcp {
    /// The bare connection; its reads do not block.
    pub(super) fn connect(&self) -> Result<TcpStream, Down> {
        let unreachable = |error: std::io::Error| match error.kind() {
            ErrorKind::ConnectionRefused => Down::NobodyThere,
            _ => Down::Unreachable(error.to_string()),
        };
        let addresses = (self.host.as_str(), self.port).to_socket_addrs().map_err(unreachable)?;
        let mut last = Down::Unreachable("the name has no address".to_owned());
        for address in addresses {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(stream) => {
                    stream
                        .set_nodelay(true)
                        .and_then(|()| stream.set_write_timeout(Some(WRITE)))
                        .and_then(|()| stream.set_nonblocking(true))
                        .map_err(unreachable)?;
                    return Ok(stream);
                }
                Err(error) => last = unreachable(error),
            }
        }
        Err(last)
    }
}

/// What is called with the outcome of an action, on the client's thread.
pub type Reply = Box<dyn FnOnce(Answer) + Send>;

struct Command {
    action: Action,
    reply: Reply,
}

/// Sends actions to the client from any thread.
#[derive(Clone)]
pub struct Handle {
    commands: SyncSender<Command>,
    bell: Arc<Bell>,
}

/// Wakes the thread out of `poll`.
struct Bell {
    pipe: PipeWriter,
    stop: AtomicBool,
    /// Set while a byte lies in the pipe, so that it never fills up.
    rung: AtomicBool,
}

impl Bell {
    fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            // The pipe is empty and its reader lives as long as the thread.
            let _ = (&self.pipe).write(&[1]);
        }
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Handle")
    }
}

impl Handle {
    /// Asks Asterisk for something; `reply` is called once with the outcome.
    pub fn act(&self, action: Action, reply: impl FnOnce(Answer) + Send + 'static) {
        match self.commands.try_send(Command { action, reply: Box::new(reply) }) {
            Ok(()) => self.bell.ring(),
            Err(TrySendError::Full(command)) => (command.reply)(Answer::Busy),
            Err(TrySendError::Disconnected(command)) => (command.reply)(Answer::NotConnected),
        }
    }
}

/// The running client; dropping it stops it and waits for its thread.
#[derive(Debug)]
pub struct Client {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Client {
    /// Starts the thread.
    ///
    /// Errors: when the system gives no pipe or no thread.
    pub fn start(
        login: Login,
        dial: impl Dial + 'static,
        listener: impl Listener + 'static,
    ) -> Result<Client> {
        let (reader, writer) = std::io::pipe().map_err(|error| io("can't make a pipe", error))?;
        let (commands, receiver) = sync_channel(COMMANDS);
        let bell = Arc::new(Bell {
            pipe: writer,
            stop: AtomicBool::new(false),
            rung: AtomicBool::new(false),
        });
        let handle = Handle { commands, bell: Arc::clone(&bell) };
        let worker = Worker {
            session: Session::new(login),
            dial: Box::new(dial),
            listener: Box::new(listener),
            commands: receiver,
            replies: Replies::default(),
            bell,
            pipe: reader,
            start: Instant::now(),
            more: false,
        };
        let thread = std::thread::Builder::new()
            .name("ami".to_owned())
            .spawn(|| worker.run())
            .map_err(|error| Error::caused(Kind::Exhausted, "can't start a thread", error))?;
        Ok(Client { handle, thread: Some(thread) })
    }

    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Ends the connection and the thread.
    pub fn stop(self) {}
}

impl Drop for Client {
    fn drop(&mut self) {
        self.handle.bell.stop.store(true, Ordering::Release);
        self.handle.bell.ring();
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported by its own thread.
            let _ = thread.join();
        }
    }
}

/// Replies waiting for their tickets' answers.
#[derive(Default)]
struct Replies {
    last: u64,
    waiting: rustc_hash::FxHashMap<u64, Reply>,
}

struct Worker {
    session: Session,
    dial: Box<dyn Dial>,
    listener: Box<dyn Listener>,
    commands: Receiver<Command>,
    replies: Replies,
    bell: Arc<Bell>,
    pipe: PipeReader,
    start: Instant,
    /// The link had not given all when it was left.
    more: bool,
}

impl Worker {
    fn run(mut self) {
        let mut backoff = Backoff::default();
        let mut told: Option<Down> = None;
        while !self.stopping() {
            let reason = match self.dial.dial() {
                Ok(mut link) => {
                    let (reason, lived) = self.serve(&mut *link);
                    if lived {
                        backoff.reset();
                        told = None;
                    }
                    reason
                }
                Err(reason) => reason,
            };
            let pause = backoff.after(&reason);
            // A fault that repeats is told once.
            if told.as_ref() != Some(&reason) && reason != Down::Stopped {
                tracing::warn!(reason = %reason, "no connection to Asterisk");
                let now = self.now();
                self.listener.hear(now, Out::Down(&reason));
                self.listener.hear(now, Out::Rest);
                told = Some(reason);
            }
            self.pause(pause);
        }
    }

    fn now(&self) -> Moment {
        Moment { mono: self.start.elapsed(), wall: time::now_micro() }
    }

    fn stopping(&self) -> bool {
        self.bell.stop.load(Ordering::Acquire)
    }

    /// One connection, from greeting to end; whether events flowed.
    fn serve(&mut self, link: &mut dyn Link) -> (Down, bool) {
        self.session.connected(self.now());
        let mut chunk = vec![0; READ];
        let mut lived = false;
        let reason = loop {
            if let Err(reason) = self.turn(link, &mut chunk) {
                break reason;
            }
            lived |= self.session.is_live();
        };
        let now = self.now();
        let (listener, replies) = (&mut *self.listener, &mut self.replies);
        self.session.disconnected(reason.clone(), &mut |out| match replies.take(out) {
            // `run` tells why, and once only.
            None | Some(Out::Down(_) | Out::Rest) => {}
            Some(out) => listener.hear(now, out),
        });
        (reason, lived)
    }

    /// Sends, waits, reads; an error ends the connection.
    fn turn(&mut self, link: &mut dyn Link, chunk: &mut [u8]) -> Result<(), Down> {
        if let Some(reason) = self.session.fault() {
            return Err(reason);
        }
        send(link, self.session.to_send())?;
        let at_once = std::mem::take(&mut self.more).then_some(Duration::ZERO);
        let readable = self.wait(Some(link), at_once.or(self.session.due())) || at_once.is_some();
        if self.stopping() {
            return Err(Down::Stopped);
        }
        if readable {
            self.read(link, chunk)?;
        }
        let now = self.now();
        self.run_commands(now);
        self.tell(now, |session, out| session.tick(now, out));
        self.call_listener(now);
        while let Some((ticket, action)) = self.listener.say() {
            self.tell(now, |session, out| session.act(now, ticket | OWN, &action, out));
        }
        Ok(())
    }

    /// Reads until nothing is there.
    fn read(&mut self, link: &mut dyn Link, chunk: &mut [u8]) -> Result<(), Down> {
        // A link that filled the chunk may hold more, of which `poll` knows
        // nothing.
        for _ in 0..READS {
            match link.read(chunk) {
                Ok(0) => return Err(Down::Closed),
                Ok(length) => {
                    let now = self.now();
                    let bytes = &chunk[..length];
                    self.listener.bytes(length);
                    self.tell(now, |session, out| session.received(now, bytes, out));
                    if length < chunk.len() {
                        return Ok(());
                    }
                }
                Err(error) if is_nothing_yet(&error) => return Ok(()),
                Err(error) => return Err(broken(&error)),
            }
        }
        self.more = true;
        Ok(())
    }

    fn run_commands(&mut self, now: Moment) {
        loop {
            match self.commands.try_recv() {
                Ok(Command { action, reply }) => {
                    let ticket = self.replies.keep(reply);
                    self.tell(now, |session, out| session.act(now, ticket, &action, out));
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn tell(&mut self, now: Moment, run: impl FnOnce(&mut Session, &mut dyn FnMut(Out<'_>))) {
        let (listener, replies) = (&mut *self.listener, &mut self.replies);
        run(&mut self.session, &mut |out| {
            if let Some(out) = replies.take(out) {
                listener.hear(now, out);
            }
        });
    }

    fn call_listener(&mut self, now: Moment) {
        if self.listener.next().is_some_and(|next| next <= now.wall) {
            self.listener.due(now);
        }
    }

    /// Waits until the link can be read, the bell rings or a time has come;
    /// whether the link can be read.
    fn wait(&mut self, link: Option<&mut dyn Link>, until: Option<Duration>) -> bool {
        let now = self.now();
        let session = until.map(|until| until.saturating_sub(now.mono));
        let listener = self.listener.next().map(|next| {
            Duration::from_micros(u64::try_from(next.saturating_sub(now.wall)).unwrap_or_default())
        });
        let shortest = [session, listener].into_iter().flatten().min();
        // A millisecond more, so that it is not too early by the rounding.
        let timeout = shortest.map_or(PollTimeout::NONE, |time| {
            let ms = time.as_millis().saturating_add(1).min(3_600_000);
            PollTimeout::try_from(ms).unwrap_or(PollTimeout::MAX)
        });
        let mut fds = vec![PollFd::new(self.pipe.as_fd(), PollFlags::POLLIN)];
        if let Some(link) = &link {
            fds.push(PollFd::new(link.as_fd(), PollFlags::POLLIN));
        }
        // A signal ends the wait early, which does no harm.
        let _ = poll(&mut fds, timeout);
        let rung = fds.first().and_then(PollFd::any).unwrap_or_default();
        let readable = fds.get(1).and_then(PollFd::any).unwrap_or_default();
        if rung {
            let _ = self.pipe.read(&mut [0; 8]);
            self.bell.rung.store(false, Ordering::Release);
        }
        readable
    }

    /// Between two connections: commands are answered, the listener is called.
    fn pause(&mut self, pause: Duration) {
        let until = self.now().mono + pause;
        while !self.stopping() && self.now().mono < until {
            self.wait(None, Some(until));
            let now = self.now();
            self.run_commands(now);
            self.call_listener(now);
        }
    }
}

impl Replies {
    fn keep(&mut self, reply: Reply) -> u64 {
        self.last += 1;
        self.waiting.insert(self.last, reply);
        self.last
    }

    /// Hands an answer to the one who asked; everything else is passed on.
    fn take<'a>(&mut self, out: Out<'a>) -> Option<Out<'a>> {
        if let Out::Answer { ticket, answer } = &out
            && let Some(reply) = self.waiting.remove(ticket)
        {
            reply(answer.clone());
            return None;
        }
        Some(out)
    }
}

/// Writes all of it, waiting where the socket is full, and wipes it.
pub(super) fn send(link: &mut dyn Link, bytes: &mut Vec<u8>) -> Result<(), Down> {
    let mut sent = 0;
    while sent < bytes.len() {
        match link.write(&bytes[sent..]) {
            Ok(0) => return Err(Down::Closed),
            Ok(length) => sent += length,
            Err(error) => until_writable(link, &error)?,
        }
    }
    bytes.zeroize();
    // What a link took it may still have to send.
    while let Err(error) = link.flush() {
        until_writable(link, &error)?;
    }
    Ok(())
}

/// Waits after a write that could not be done now.
fn until_writable(link: &dyn Link, error: &std::io::Error) -> Result<(), Down> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        ErrorKind::WouldBlock => {
            let mut fds = [PollFd::new(link.as_fd(), PollFlags::POLLOUT)];
            let timeout = PollTimeout::try_from(WRITE).unwrap_or(PollTimeout::MAX);
            if poll(&mut fds, timeout) == Ok(0) { Err(Down::Silent(WRITE)) } else { Ok(()) }
        }
        _ => Err(broken(error)),
    }
}

pub(super) fn is_nothing_yet(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

pub(super) fn broken(error: &std::io::Error) -> Down {
    match error.kind() {
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
            Down::Closed
        }
        _ => Down::Unreachable(error.to_string()),
    }
}
