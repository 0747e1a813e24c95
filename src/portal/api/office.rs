//! The office of the moment, and one's own desk in it.

use axum::response::Response;

use crate::base::order::Ordered as _;
use crate::live::office::{Call, Office, Party};
use crate::live::view::device_word;
use crate::live::{LinkState, Scope};
use crate::model::NameKind;
use crate::people::{Right, Viewer};
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::wire::office::{
    Desk, OfficeCall, OfficeContact, OfficeEnded, OfficeNow, OfficeParked, OfficeParty,
    OfficePhone, how_word, state_word, way_word,
};
use crate::portal::wire::system::Labelled;

/// What a viewer may see of the office.
struct Eyes {
    scope: Scope,
    callers: bool,
}

impl Eyes {
    fn of(asked: &Asked) -> Result<Self, Refusal> {
        let callers = asked.viewer()?.may(Right::CallersView);
        Ok(Eyes { scope: asked.scope()?, callers })
    }

    /// Calls outside queues are for those who see all queues.
    fn sees(&self, queue: Option<&str>) -> bool {
        queue.map_or(self.scope.is_all(), |queue| self.scope.sees(queue))
    }

    fn text(&self, text: &str) -> String {
        if self.callers { text.to_owned() } else { String::new() }
    }

    fn party(&self, party: &Party) -> OfficeParty {
        let ours = party.extension.is_some();
        let text = |text: &str| if ours { text.to_owned() } else { self.text(text) };
        OfficeParty {
            id: party.uniqueid.to_string(),
            channel: party.channel.to_string(),
            device: party.device.to_string(),
            extension: party.extension.as_ref().map(ToString::to_string),
            agent: party.agent.as_ref().map(ToString::to_string),
            number: text(&party.number),
            name: text(&party.name),
            ringing: party.ringing,
            talking: party.talking,
            holds_since: party.holds_since,
        }
    }

    fn call(&self, call: &Call) -> OfficeCall {
        OfficeCall {
            id: call.id.to_string(),
            state: state_word(call.state).to_owned(),
            since: call.since,
            began: call.began,
            way: way_word(call.way).to_owned(),
            queue: call.queue.as_ref().map(ToString::to_string),
            lot: call.parked.as_ref().map(|(lot, _)| lot.to_string()),
            space: call.parked.as_ref().map(|(_, space)| space.to_string()),
            recorded: call.recorded,
            variables: call
                .variables
                .iter()
                .map(|(name, value)| (name.to_string(), self.text(value)))
                .collect(),
            parties: call.parties.iter().map(|party| self.party(party)).collect(),
        }
    }

    fn office(&self, office: &Office, now: i64, ami: crate::live::Link) -> OfficeNow {
        // Ended calls have ended in any case.
        let gone = Office::default();
        let (past, office) = (office, if ami.state == LinkState::Down { &gone } else { office });
        let calls: Vec<Call> =
            office.calls().into_iter().filter(|call| self.sees(call.queue.as_deref())).collect();
        let parked = office.parked().iter().filter(|_| self.sees(None)).map(|one| OfficeParked {
            id: one.uniqueid.to_string(),
            lot: one.lot.to_string(),
            space: one.space.to_string(),
            number: self.text(&one.number),
            name: self.text(&one.name),
            parker: one.parker.to_string(),
            since: one.since,
            until: one.until,
        });
        let ended = past.ended().filter(|one| self.sees(Some(&one.queue)));
        let ended = ended.map(|one| OfficeEnded {
            at: one.at,
            id: one.uniqueid.to_string(),
            queue: one.queue.to_string(),
            agent: one.agent.to_string(),
            number: self.text(&one.number),
            name: self.text(&one.name),
            wait: one.wait,
            talk: one.talk,
            how: how_word(one.how).to_owned(),
            recording: one.recording.as_ref().map(ToString::to_string),
        });
        let stale = matches!(ami.state, LinkState::Down | LinkState::Stale);
        OfficeNow {
            now,
            ami,
            stale,
            calls: calls.iter().map(|call| self.call(call)).collect(),
            parked: parked.collect(),
            phones: self.phones(office),
            ended: ended.collect(),
        }
    }

    fn phones(&self, office: &Office) -> Vec<OfficePhone> {
        let sits = |agent: &str| {
            office
                .queues
                .named()
                .any(|(queue, one)| self.scope.sees(queue) && one.seat_of(agent).is_some())
        };
        let mut phones: Vec<OfficePhone> = office
            .phones
            .devices()
            .filter_map(|(device, state)| {
                let agent = office.agent_of_device(device);
                if !self.scope.is_all() && !agent.is_some_and(sits) {
                    return None;
                }
                let endpoint = device.split_once('/').map_or(device, |(_, name)| name);
                let contacts = office.phones.contacts().iter().filter(|one| *one.aor == *endpoint);
                Some(OfficePhone {
                    device: device.to_owned(),
                    extension: office
                        .is_ours(device)
                        .then(|| office.book.extension(device))
                        .flatten()
                        .map(str::to_owned),
                    agent: agent.map(str::to_owned),
                    state: device_word(state.state).to_owned(),
                    since: state.since,
                    contacts: contacts
                        .map(|one| OfficeContact {
                            uri: one.uri.to_string(),
                            status: one.status.to_string(),
                            user_agent: one.user_agent.to_string(),
                            round_trip_us: one.round_trip_us,
                        })
                        .collect(),
                })
            })
            .collect();
        phones.order_by(|a, b| a.device.cmp(&b.device));
        phones
    }
}

/// Everything one may see of the office.
pub async fn now(asked: Asked) -> Result<Response, Refusal> {
    let eyes = Eyes::of(&asked)?;
    let board = &asked.app.switchboard;
    let link = board.link();
    let mut office = None;
    board.look(&mut |seen| office = Some(eyes.office(seen, asked.now, link.clone())));
    reply::json(&office)
}

/// What one's own page needs.
pub async fn desk(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?.clone();
    let eyes = Eyes::of(&asked)?;
    let queues = queues(&asked, &viewer).await?;
    let board = &asked.app.switchboard;
    let (dialplan, settings) = (board.dialplan(), board.desk());
    let agent = viewer.account.agent.clone();
    let link = board.link();
    let mut mine = Mine::default();
    if let Some(agent) = &agent {
        board.look(&mut |office| mine = Mine::of(office, agent, &eyes));
    }
    if link.state == LinkState::Down {
        // Whether it still goes on nobody knows.
        mine.call = None;
    }
    reply::json(&Desk {
        ami: link,
        agent,
        device: mine.device,
        extension: mine.extension,
        locked: !mine.on.is_empty(),
        queues,
        on: mine.on,
        call: mine.call,
        pauses: dialplan.pause_reasons.clone(),
        pause_needs_reason: dialplan.pause_needs_reason,
        outcomes: settings.outcomes.clone(),
        tags: settings.tags.clone(),
        features: settings.features.clone(),
        outcome_needs: settings.outcome_needs.clone(),
        popup: settings.popup.clone(),
        popup_opens: settings.popup_opens,
        screen: settings.screen.clone().filter(|_| viewer.may(Right::ScreensView)),
    })
}

/// The viewer's queues: those of the database and those Asterisk has.
async fn queues(asked: &Asked, viewer: &Viewer) -> Result<Vec<Labelled>, Refusal> {
    let app = std::sync::Arc::clone(&asked.app);
    let names = blocking(move || app.store.query(|reader| reader.names())).await?;
    let mut known: std::collections::BTreeSet<String> =
        (1..=names.count(NameKind::Queue)).map(|id| names.queue_name(id).to_owned()).collect();
    let mut live = std::collections::BTreeSet::new();
    asked.app.switchboard.look(&mut |office| {
        live.extend(office.queues.named().map(|(name, _)| name.to_owned()));
    });
    // Where AMI tells, its queues are all that one can log on to.
    if !live.is_empty() {
        known = live;
    }
    let seen = known.into_iter().filter(|name| viewer.may_see_queue(name));
    Ok(seen.map(|name| Labelled { label: asked.app.queue_label(&name).to_owned(), name }).collect())
}

/// One's own place in the office.
#[derive(Default)]
struct Mine {
    device: Option<String>,
    extension: Option<String>,
    on: Vec<String>,
    call: Option<OfficeCall>,
}

impl Mine {
    fn of(office: &Office, agent: &str, eyes: &Eyes) -> Self {
        let device = crate::actions::phone_of(office, agent);
        let call = device.and_then(|device| {
            let legs = office.channels.of_device(device);
            legs.into_iter().rev().find_map(|leg| office.call_of(&leg.uniqueid))
        });
        Mine {
            device: device.map(str::to_owned),
            extension: device.and_then(|device| office.book.extension(device)).map(str::to_owned),
            on: crate::actions::queues_of(office, agent),
            call: call.map(|call| eyes.call(&call)),
        }
    }
}
