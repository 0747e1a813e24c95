//! What the board takes from the office.

use rustc_hash::FxHashMap;

use crate::base::CallId;
use crate::base::order::Ordered as _;
use crate::live::office::Office;
use crate::live::phones::{Phone, Phones, Place, Ring, Seat};

impl Office {
    /// Members, telephones, rings and places for [`crate::live::look()`].
    pub fn sight(&self) -> Phones {
        let mut phones = Phones { seats: Some(Vec::new()), ..Phones::default() };
        let mut aliases: FxHashMap<&str, Option<&str>> = FxHashMap::default();
        for (name, queue) in self.queues.named() {
            for seat in queue.seats.values() {
                self.seat(name, seat, &mut phones);
                for alias in [&*seat.interface, &*seat.watched] {
                    if *alias != *seat.name {
                        let known = aliases.entry(alias).or_insert(Some(&*seat.name));
                        if *known != Some(&*seat.name) {
                            *known = None;
                        }
                    }
                }
            }
            for (place, caller) in (1..).zip(&queue.waiting) {
                let told = Place {
                    position: place,
                    number: caller.number.clone(),
                    name: caller.name.clone(),
                    priority: caller.priority,
                };
                phones.places.insert(CallId::parse(&caller.uniqueid), told);
            }
        }
        phones.aliases = aliases
            .into_iter()
            .filter_map(|(alias, name)| Some((alias.into(), name?.into())))
            .collect();
        for ring in self.queues.rings() {
            phones.rings.push(Ring {
                agent: ring.name.clone(),
                call: Some(CallId::parse(&ring.caller)),
                since: ring.since,
            });
        }
        let mut also: Vec<Ring> = phones
            .devices
            .iter()
            .filter(|(agent, phone)| {
                phone.rings() && !phones.rings.iter().any(|ring| ring.agent == **agent)
            })
            .map(|(agent, phone)| Ring { agent: agent.clone(), call: None, since: phone.since })
            .collect();
        also.order_by(|a, b| a.agent.cmp(&b.agent));
        phones.rings.append(&mut also);
        phones
    }

    fn seat(&self, queue: &str, seat: &crate::live::office::Seat, phones: &mut Phones) {
        if let Some(seats) = &mut phones.seats {
            seats.push(Seat {
                agent: seat.name.clone(),
                queue: queue.into(),
                interface: seat.interface.clone(),
                dynamic: *seat.membership == *"dynamic",
                penalty: seat.penalty,
                calls_taken: seat.calls_taken,
                logged_on: seat.logged_on,
                paused_since: seat.paused_since,
                pause_reason: seat.pause_reason.clone(),
            });
        }
        // What is watched decides, also when it is no telephone
        // (`Agent:3001`): then the queue's own word counts.
        let device = self.book.device_of_member(&seat.interface, &seat.watched);
        let told = device.and_then(|device| self.phones.device(device));
        let phone = Phone {
            device: device.unwrap_or(&seat.interface).into(),
            extension: device.and_then(|device| self.book.extension(device)).map(Into::into),
            state: told.map_or(seat.status, |device| device.state),
            since: told.map_or(0, |device| device.since),
        };
        phones.devices.insert(seat.name.clone(), phone);
    }
}
