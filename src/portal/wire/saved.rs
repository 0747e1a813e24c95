//! Saved views, chosen columns and kiosks on the wire.

use std::collections::BTreeMap;

use crate::people::{self, Language};
use crate::portal::schema::wire;
use crate::portal::wire::people::Named;

wire! {
    /// A named address of the portal.
    pub struct SavedView {
        name: String,
        /// Path and query below the portal's root.
        address: String,
    }

    pub struct SavedViews {
        views: Vec<SavedView>,
    }

    pub struct ChosenColumns {
        /// Ids of columns in their order, by block; `calls` is the list of calls.
        columns: BTreeMap<String, Vec<String>>,
    }

    /// A wallboard that opens without a log-in.
    pub struct Kiosk {
        id: i64,
        /// Where the screen hangs.
        name: String,
        /// The account it hangs on: it shows no more than that one may see.
        account: String,
        /// Queues it shows; null is all the account may see.
        queues: Option<Vec<String>>,
        created: i64,
        /// Within five minutes; null is never.
        last_used: Option<i64>,
    }

    pub struct Kiosks {
        kiosks: Vec<Kiosk>,
    }

    pub struct KioskMade {
        kiosk: Kiosk,
        /// Path and fragment below the portal's root; told only now.
        address: String,
    }

    /// What a screen is told when it opens the address of a kiosk.
    pub struct Screen {
        name: String,
        language: Named<Language>,
        office: String,
        /// IANA name of the office's time zone.
        zone: String,
        /// Whether the figures come from the demonstration.
        demo: bool,
        now: i64,
    }
}

impl From<people::View> for SavedView {
    fn from(view: people::View) -> Self {
        SavedView { name: view.name, address: view.address }
    }
}

impl From<people::Kiosk> for Kiosk {
    fn from(kiosk: people::Kiosk) -> Self {
        Kiosk {
            id: kiosk.id,
            name: kiosk.name,
            account: kiosk.account,
            queues: kiosk.queues,
            created: kiosk.created,
            last_used: kiosk.last_used,
        }
    }
}
