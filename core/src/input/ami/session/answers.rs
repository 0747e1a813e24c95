//! What the answers to actions mean to a session: those of its own login and
//! snapshot, and those somebody above waits for.

use std::time::Duration;

use zeroize::Zeroize;

use super::{ANSWER, Answer, Login, Moment, Out, Session, State};
use crate::event::manager::{Event, Told};
use crate::input::ami::action::Action;
use crate::input::ami::down::Down;
use crate::input::ami::md5;
use crate::input::ami::message::{ListEnd, Outcome, Response};
use crate::input::ami::pending::Purpose;

impl Session {
    /// An event with one of our action ids.
    pub(super) fn item(
        &mut self,
        now: Moment,
        id: u64,
        end: ListEnd,
        told: Told<'_>,
        out: &mut dyn FnMut(Out<'_>),
    ) {
        let Some(pending) = self.pending.get_mut(&id) else { return };
        pending.until = now.mono + ANSWER;
        match (&pending.purpose, end) {
            (Purpose::List(_), ListEnd::No) => out(Out::Item(told)),
            (Purpose::List(_), _) => {
                self.pending.remove(&id);
                self.list_done(now, out);
            }
            (Purpose::Ours { ticket, originate: Some(_) }, _) => {
                let ticket = *ticket;
                let Event::OriginateResponse { success, reason, .. } = &told.event else { return };
                let answer = if *success {
                    Answer::Done { message: "answered".to_owned(), fields: Vec::new() }
                } else {
                    Answer::Refused(why_not_answered(*reason).to_owned())
                };
                self.pending.remove(&id);
                out(Out::Event(told));
                out(Out::Answer { ticket, answer });
            }
            (Purpose::Ours { ticket, .. }, ListEnd::No) => {
                out(Out::Listed { ticket: *ticket, event: told.event });
            }
            (Purpose::Ours { ticket, .. }, _) => {
                let ticket = *ticket;
                self.pending.remove(&id);
                let answer = Answer::Done { message: String::new(), fields: Vec::new() };
                out(Out::Answer { ticket, answer });
            }
            _ => {}
        }
    }

    pub(super) fn response(
        &mut self,
        now: Moment,
        response: &Response<'_>,
        out: &mut dyn FnMut(Out<'_>),
    ) {
        let Some(id) = self.own_id(&response.action_id) else { return };
        let Some(pending) = self.pending.get_mut(&id) else { return };
        let refused = response.outcome == Outcome::Error;
        let words = || response.message.clone().into_owned();
        // A list goes on, an originated call rings on.
        match &mut pending.purpose {
            Purpose::List(_) if !refused => {
                pending.until = now.mono + ANSWER;
                return;
            }
            Purpose::Ours { originate: None, .. } if !refused && response.list => {
                pending.until = now.mono + ANSWER;
                return;
            }
            Purpose::Ours { originate: Some(timeout_ms), .. } if !refused => {
                pending.until = now.mono + Duration::from_millis(u64::from(*timeout_ms)) + ANSWER;
                return;
            }
            _ => {}
        }
        let Some(pending) = self.pending.remove(&id) else { return };
        match pending.purpose {
            Purpose::Challenge => match response.fields.get("Challenge") {
                Some(challenge) if !refused => self.answer_challenge(now, &challenge),
                _ => self.give_up(Down::NoChallenge(words())),
            },
            Purpose::Login if refused => self.give_up(Down::WrongSecret(words())),
            Purpose::Login => {
                self.state = State::Booting;
                self.since = now.mono;
            }
            Purpose::Settings => {
                self.peer.version = field(response, "AsteriskVersion");
                self.peer.system_name = field(response, "SystemName");
                self.add_filters(now);
            }
            Purpose::Status => {
                let date = field(response, "CoreStartupDate");
                self.peer.started = format!("{date} {}", field(response, "CoreStartupTime"));
                self.peer.started.truncate(self.peer.started.trim_end().len());
                self.up(now, out);
            }
            // Older ones know no advanced form, all know the other. Filters
            // need class system; without it the events come and are ignored.
            Purpose::Filter { event, advanced: true }
                if refused && response.message != "Permission denied" =>
            {
                let plain = Action::FilterOut { event: event.clone(), advanced: false };
                self.ask(now, &plain, Purpose::Filter { event, advanced: false });
            }
            Purpose::Filter { .. } => {}
            Purpose::List(name) => {
                // "No Contacts found": an error to Asterisk, an empty list to us.
                if !response.message.starts_with("No ") {
                    self.refused.push((name, words()));
                }
                self.list_done(now, out);
            }
            Purpose::Ping { sent } => self.round_trip = Some(now.mono.saturating_sub(sent)),
            Purpose::Ours { ticket, .. } => {
                let answer = if refused {
                    Answer::Refused(words())
                } else {
                    let fields = response
                        .fields
                        .iter()
                        .filter(|(key, _)| !matches!(&**key, "Response" | "ActionID" | "Message"))
                        .map(|(key, value)| (key.into_owned(), value.into_owned()))
                        .collect();
                    Answer::Done { message: words(), fields }
                };
                out(Out::Answer { ticket, answer });
            }
        }
    }

    pub(super) fn answer_challenge(&mut self, now: Moment, challenge: &str) {
        let mut text = challenge.as_bytes().to_vec();
        text.extend_from_slice(self.login.secret.reveal().as_bytes());
        let key = md5::hex(&text);
        text.zeroize();
        let Login { user, events, .. } = self.login.clone();
        self.ask(now, &Action::LoginMd5 { user, key, events }, Purpose::Login);
    }

    pub(super) fn add_filters(&mut self, now: Moment) {
        for event in self.login.leave_out.clone() {
            let advanced = knows_advanced_filters(&self.peer.version);
            let action = Action::FilterOut { event: event.clone(), advanced };
            self.ask(now, &action, Purpose::Filter { event, advanced });
        }
    }

    pub(super) fn time_out(&mut self, now: Moment, out: &mut dyn FnMut(Out<'_>)) {
        let late: Vec<u64> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.until <= now.mono)
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            let Some(pending) = self.pending.remove(&id) else { continue };
            match pending.purpose {
                Purpose::Ours { ticket, .. } => {
                    out(Out::Answer { ticket, answer: Answer::TimedOut });
                }
                Purpose::List(name) => {
                    self.refused.push((name, "no answer".to_owned()));
                    self.list_done(now, out);
                }
                Purpose::Status => self.up(now, out),
                // Login and silence have limits of their own.
                _ => {}
            }
        }
    }
}

fn field(response: &Response<'_>, key: &str) -> String {
    response.fields.get(key).unwrap_or_default().into_owned()
}

/// Filters by name came in autumn 2024: 18.25, 20.10, 21.5, 22.0.
fn knows_advanced_filters(version: &str) -> bool {
    let mut numbers = version
        .split(|c: char| !c.is_ascii_digit())
        .map(|number| number.parse::<u32>().unwrap_or_default());
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    match major {
        18 => minor >= 25,
        20 => minor >= 10,
        21 => minor >= 5,
        _ => major >= 22,
    }
}

/// `Reason` of OriginateResponse: what the channel said last.
fn why_not_answered(reason: Option<i64>) -> &'static str {
    match reason {
        Some(0) => "there is no such telephone, or it can't be called",
        Some(3) => "nobody answered",
        Some(1) => "it was hung up",
        Some(5) => "it is busy",
        Some(8) => "the line is congested",
        _ => "it was not answered",
    }
}
