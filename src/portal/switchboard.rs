//! What the portal needs of whoever holds the link to Asterisk: a look at the
//! office, and orders carried out.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use crate::actions::{Dialplan, Plan};
use crate::base::{Error, Kind, Result};
use crate::live;

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done {
        /// Asterisk's words, if it had any.
        message: String,
        /// Where a call was parked.
        space: Option<String>,
    },
    /// Asterisk took it and tells later: ask by this id.
    Accepted { id: String },
}

/// Lists of the office for the agent page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskSettings {
    pub outcomes: Vec<String>,
    pub tags: Vec<String>,
    pub features: Vec<String>,
    /// Outcomes that only calls with one of these features may have.
    pub outcome_needs: BTreeMap<String, Vec<String>>,
    /// What is dialled before a caller's number to ring back.
    pub outside: String,
    /// Address of the pop-up with macros such as `${callid}`.
    pub popup: Option<String>,
    /// Whether it opens by itself.
    pub popup_opens: bool,
    /// Address of an agent's screen, `${extension}` and `${agent}` inside.
    pub screen: Option<String>,
}

pub trait Switchboard: Send + Sync {
    /// How the link does.
    fn link(&self) -> live::Link;

    /// A short look at the office; nothing may wait inside.
    fn look(&self, at: &mut dyn FnMut(&live::Office));

    fn dialplan(&self) -> &Dialplan;

    fn desk(&self) -> &DeskSettings;

    /// Sends a plan's orders one after another. Each waits a few seconds at
    /// most.
    ///
    /// Errors: [`Kind::Unavailable`] without a link or an answer,
    /// [`Kind::Conflict`] with Asterisk's words when it refuses.
    fn carry_out(&self, plan: Plan) -> Later<'_, Result<Outcome>>;

    /// How an accepted one ended; waits for it some seconds. `None` while it
    /// has not.
    ///
    /// Errors: [`Kind::NotFound`] for an id nobody knows (any more),
    /// [`Kind::Conflict`] when it failed.
    fn result(&self, id: &str) -> Later<'_, Result<Option<Outcome>>>;
}

/// Where no link is configured.
#[derive(Debug, Default)]
pub struct NoSwitchboard {
    dialplan: Dialplan,
    desk: DeskSettings,
}

impl NoSwitchboard {
    fn refused<T: Send + 'static>() -> Later<'static, Result<T>> {
        Box::pin(std::future::ready(Err(Error::new(
            Kind::Unavailable,
            "no connection to Asterisk is configured",
        ))))
    }
}

impl Switchboard for NoSwitchboard {
    fn link(&self) -> live::Link {
        live::Link::default()
    }

    fn look(&self, at: &mut dyn FnMut(&live::Office)) {
        at(&live::Office::default());
    }

    fn dialplan(&self) -> &Dialplan {
        &self.dialplan
    }

    fn desk(&self) -> &DeskSettings {
        &self.desk
    }

    fn carry_out(&self, _: Plan) -> Later<'_, Result<Outcome>> {
        Self::refused()
    }

    fn result(&self, _: &str) -> Later<'_, Result<Option<Outcome>>> {
        Self::refused()
    }
}
