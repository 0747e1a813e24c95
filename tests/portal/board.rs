//! A switchboard without an Asterisk: a small office with one conversation
//! and one waiting call, and a book of what was ordered.

use std::sync::Mutex;

use switchroom::actions::{Dialplan, Order, Plan};
use switchroom::base::{Error, Kind, Result};
use switchroom::event::manager::{
    Attempt, Bridge, Channel, ChannelState, DeviceState, Event, Member, Told,
};
use switchroom::live::{Link, LinkState, Office};
use switchroom::portal::{DeskSettings, Later, Outcome, Switchboard};

use crate::house::NOW;

pub struct Board {
    pub office: Mutex<Office>,
    pub link: Mutex<LinkState>,
    pub orders: Mutex<Vec<Order>>,
    /// What Asterisk says to the next order.
    pub refusal: Mutex<Option<String>>,
    dialplan: Dialplan,
    desk: DeskSettings,
}

impl Board {
    pub fn new() -> Self {
        Board {
            office: Mutex::new(office()),
            link: Mutex::new(LinkState::Up),
            orders: Mutex::default(),
            refusal: Mutex::default(),
            dialplan: Dialplan {
                pause_reasons: vec!["lunch".to_owned(), "call back".to_owned()],
                ..Dialplan::default()
            },
            desk: DeskSettings {
                outcomes: vec!["SALE".to_owned()],
                screen: Some("http://vnc/${extension}".to_owned()),
                ..DeskSettings::default()
            },
        }
    }

    pub fn ordered(&self) -> Vec<Order> {
        std::mem::take(&mut self.orders.lock().unwrap())
    }
}

impl Switchboard for Board {
    fn link(&self) -> Link {
        Link { state: *self.link.lock().unwrap(), since: NOW, detail: None }
    }

    fn look(&self, at: &mut dyn FnMut(&Office)) {
        at(&self.office.lock().unwrap());
    }

    fn dialplan(&self) -> &Dialplan {
        &self.dialplan
    }

    fn desk(&self) -> &DeskSettings {
        &self.desk
    }

    fn carry_out(&self, plan: Plan) -> Later<'_, Result<Outcome>> {
        self.orders.lock().unwrap().extend(plan.orders);
        let refusal = self.refusal.lock().unwrap().take();
        Box::pin(std::future::ready(match refusal {
            Some(words) => Err(Error::new(Kind::Conflict, words)),
            None => Ok(Outcome::Done { message: "Success".to_owned(), space: None }),
        }))
    }

    fn result(&self, id: &str) -> Later<'_, Result<Option<Outcome>>> {
        let known = id == "a1";
        Box::pin(std::future::ready(match known {
            true => Ok(None),
            false => Err(Error::new(Kind::NotFound, "no such action")),
        }))
    }
}

fn channel<'a>(name: &'a str, id: &'a str) -> Channel<'a> {
    Channel {
        name: name.into(),
        uniqueid: id.into(),
        number: "0177".into(),
        caller_name: "Zoë K".into(),
        state: ChannelState::Up,
        ..Channel::default()
    }
}

/// Agent/101 talks with 1.1 of sales; 1.5 waits in care; Bob is free on care.
fn office() -> Office {
    let mut office = Office::default();
    let member = |queue: &'static str, name: &'static str, interface: &'static str| Member {
        queue: queue.into(),
        name: name.into(),
        interface: interface.into(),
        state_interface: interface.into(),
        membership: "dynamic".into(),
        status: DeviceState::NotInUse,
        ..Member::default()
    };
    let attempt = || Attempt {
        queue: "sales".into(),
        name: "Agent/101".into(),
        interface: "PJSIP/101".into(),
        caller: channel("PJSIP/trunk-1", "1.1"),
        member: channel("PJSIP/101-2", "1.2"),
    };
    let bridge =
        || Bridge { id: "b".into(), technology: "simple_bridge".into(), ..Bridge::default() };
    let events = [
        Event::QueueMember(member("sales", "Agent/101", "PJSIP/101")),
        Event::QueueMember(member("care", "Bob", "PJSIP/102")),
        Event::DeviceStateChange { device: "PJSIP/103".into(), state: DeviceState::NotInUse },
        Event::NewChannel(channel("PJSIP/trunk-1", "1.1")),
        Event::AgentCalled(attempt()),
        Event::AgentConnect { attempt: attempt(), ring: None, hold: None },
        Event::BridgeEnter {
            bridge: bridge(),
            channel: channel("PJSIP/101-2", "1.2"),
            swap: "".into(),
        },
        Event::BridgeEnter {
            bridge: bridge(),
            channel: channel("PJSIP/trunk-1", "1.1"),
            swap: "".into(),
        },
        Event::QueueCallerJoin {
            caller: channel("PJSIP/trunk-5", "1.5"),
            queue: "care".into(),
            position: Some(1),
            count: Some(1),
        },
    ];
    for event in events {
        office.apply(&Told { at: NOW * 1_000_000, event });
    }
    office
}
