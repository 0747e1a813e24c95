//! Actions on calls and members: one route each, one path for all.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::{Ear, No, Plan, Tape, Who, Wish, plan};
use crate::base::Kind;
use crate::live::LinkState;
use crate::people::Act;
use crate::portal::api::desk;
use crate::portal::asked::{Asked, blocking};
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::route::FieldKind as K;
use crate::portal::route::{Field, may, must};
use crate::portal::switchboard::Outcome;
use crate::portal::wire::office::ActionDone;

const ID: K = K::Text(150);
const NAME: K = K::Text(100);
const NUMBER: K = K::Text(40);
const CALL: Field = must("call", ID, "The call's id, or a channel's unique id.");
const MY_CALL: Field = may("call", ID, "The call's id; one's own when left out.");
const ME: Field = may("agent", NAME, "The agent; oneself when left out.");
const AGENT: Field = must("agent", NAME, "The agent.");
const QUEUES: Field = may("queues", K::Texts, "The queues; all when left out.");
const TO: Field = must("to", NUMBER, "The extension or number to go to.");
const PENALTY: K = K::Number(0, 1000);
const REMOVE: Field = may("remove", K::Flag, "Take it away again.");

pub const MAKE: &[Field] = &[
    must("number", NUMBER, "What to dial."),
    may("campaign", NAME, "Its account code."),
    may("agent", NAME, "Whose telephone rings first; one's own when left out."),
];
pub const MOVE: &[Field] = &[CALL, TO];
pub const TRANSFER: &[Field] =
    &[MY_CALL, TO, may("attended", K::Flag, "Speak with the other first.")];
pub const ONE_CALL: &[Field] = &[MY_CALL];
pub const PICK: &[Field] = &[CALL, ME];
pub const PRIORITY: &[Field] = &[CALL, must("priority", K::Number(0, 1000), "Higher goes first.")];
pub const LOG_ON: &[Field] = &[
    must("queues", K::Texts, "The queues."),
    ME,
    may("phone", NUMBER, "Extension of the telephone; the usual one when left out."),
    may("penalty", PENALTY, "0 unless given."),
    may("paused", NAME, "Begin with a pause of this reason."),
];
pub const MEMBERS: &[Field] = &[ME, QUEUES];
pub const PAUSE: &[Field] = &[ME, QUEUES, may("reason", NAME, "Why.")];
pub const SET_PENALTY: &[Field] = &[
    AGENT,
    must("queue", NAME, "The queue."),
    must("penalty", PENALTY, "Members of the least penalty are called first."),
];
pub const ONE_AGENT: &[Field] = &[AGENT];
pub const OUTCOME: &[Field] = &[CALL, must("code", NAME, "The outcome's code.")];
pub const TAG: &[Field] = &[CALL, must("tag", NAME, "The tag."), REMOVE];
pub const FEATURE: &[Field] = &[CALL, must("code", NAME, "The feature's code."), REMOVE];
pub const TEXT: &[Field] = &[AGENT, must("text", K::Text(500), "What to say.")];

/// Fields by name, as owned texts.
struct Given<'a>(&'a Asked);

impl Given<'_> {
    fn may(&self, name: &str) -> Option<String> {
        self.0.body.text(name).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn must(&self, name: &str) -> String {
        self.0.body.text(name).unwrap_or_default().to_owned()
    }

    fn flag(&self, name: &str) -> bool {
        self.0.body.flag(name).unwrap_or(false)
    }

    fn number(&self, name: &str) -> i64 {
        self.0.body.number(name).unwrap_or(0)
    }

    fn queues(&self) -> Vec<String> {
        self.0.body.texts("queues").to_vec()
    }
}

/// One handler per route: the wish it reads from the body.
macro_rules! wishes {
    ($( $name:ident = |$given:ident| $wish:expr; )+) => {
        $(
            pub async fn $name(asked: Asked) -> Result<Response, Refusal> {
                let wish = {
                    let $given = Given(&asked);
                    let _ = &$given;
                    $wish
                };
                act(asked, wish).await
            }
        )+
    };
}

wishes! {
    make = |given| Wish::Call {
        agent: given.may("agent"),
        number: given.must("number"),
        campaign: given.may("campaign"),
    };
    redirect = |given| Wish::Redirect { call: given.must("call"), to: given.must("to") };
    transfer = |given| Wish::Transfer {
        call: given.may("call"),
        to: given.must("to"),
        attended: given.flag("attended"),
    };
    cancel_transfer = |given| Wish::CancelTransfer { call: given.may("call") };
    park = |given| Wish::Park { call: given.may("call") };
    hang_up = |given| Wish::HangUp { call: given.may("call") };
    pick = |given| Wish::Pick { call: given.must("call"), agent: given.may("agent") };
    priority = |given| Wish::Priority {
        call: given.must("call"),
        priority: given.number("priority"),
    };
    log_on = |given| Wish::LogOn {
        agent: given.may("agent"),
        queues: given.queues(),
        phone: given.may("phone"),
        penalty: given.number("penalty"),
        paused: given.may("paused"),
    };
    log_off = |given| Wish::LogOff { agent: given.may("agent"), queues: given.queues() };
    pause = |given| Wish::Pause {
        agent: given.may("agent"),
        queues: given.queues(),
        reason: given.must("reason"),
    };
    unpause = |given| Wish::Unpause { agent: given.may("agent"), queues: given.queues() };
    penalty = |given| Wish::Penalty {
        agent: given.must("agent"),
        queue: given.must("queue"),
        penalty: given.number("penalty"),
    };
    listen = |given| Wish::Listen { agent: given.must("agent"), ear: Ear::Listen };
    whisper = |given| Wish::Listen { agent: given.must("agent"), ear: Ear::Whisper };
    barge = |given| Wish::Listen { agent: given.must("agent"), ear: Ear::Barge };
    stop_listening = |given| Wish::StopListening;
    record = |given| Wish::Record { call: given.may("call"), tape: Tape::Start };
    record_stop = |given| Wish::Record { call: given.may("call"), tape: Tape::Stop };
    record_mute = |given| Wish::Record { call: given.may("call"), tape: Tape::Mute };
    record_unmute = |given| Wish::Record { call: given.may("call"), tape: Tape::Unmute };
    tag = |given| Wish::Tag {
        call: given.must("call"),
        tag: given.must("tag"),
        remove: given.flag("remove"),
    };
    feature = |given| Wish::Feature {
        call: given.must("call"),
        code: given.must("code"),
        remove: given.flag("remove"),
    };
    text = |given| Wish::Text { agent: given.must("agent"), text: given.must("text") };
}

/// An outcome must go with the features the call bears (`metrics.md` 5.1).
pub async fn outcome(asked: Asked) -> Result<Response, Refusal> {
    let (call, code) = (Given(&asked).must("call"), Given(&asked).must("code"));
    let needs = asked.app.switchboard.desk().outcome_needs.get(&code).cloned();
    if let Some(needs) = needs {
        let marked = call.clone();
        let borne = asked.app.ask(move |reader| desk::features(reader, &marked)).await?;
        if !needs.iter().any(|feature| borne.contains(feature)) {
            let features = needs.join(", ");
            let text = format!("this outcome needs one of the features {features}; set it first");
            return Err(Refusal::new(StatusCode::CONFLICT, "conflict", &text)
                .coded("action.features", [("features", features)]));
        }
    }
    act(asked, Wish::Outcome { call, code }).await
}

/// Plans, orders, writes the audit row, and tells what came of it. The row is
/// written whatever Asterisk answers, with its answer.
async fn act(asked: Asked, wish: Wish) -> Result<Response, Refusal> {
    let who = Who::from(asked.viewer()?);
    let app = Arc::clone(&asked.app);
    let actor = asked.actor();
    let now = asked.now;
    // A browser that leaves does not leave an action half done or unwritten.
    let work = tokio::spawn(async move {
        let board = &app.switchboard;
        let link = board.link();
        if !link.is_live() {
            return Err(not_linked(link.state));
        }
        let mut planned = Err(No::NoCall);
        board.look(&mut |office| planned = plan(&wish, &who, office, board.dialplan()));
        let planned = planned.map_err(refusal)?;
        let Plan { action, object, new, .. } = planned.clone();
        let result = board.carry_out(planned).await;
        let new = match (&result, new) {
            (Ok(_), new) => new,
            (Err(error), None) => Some(format!("failed: {}", error.message())),
            (Err(error), Some(new)) => Some(format!("{new}; failed: {}", error.message())),
        };
        let people = Arc::clone(&app.people);
        blocking(move || {
            let act = Act { action, object: &object, old: None, new: new.as_deref() };
            people.note(&actor, &act, now)
        })
        .await?;
        result.map_err(|error| match error.kind() {
            Kind::Conflict => {
                let answer = error.message().to_owned();
                Refusal::from(error).coded("action.refused", [("answer", answer)])
            }
            _ => Refusal::from(error),
        })
    });
    let outcome = work.await.map_err(|_| not_linked(LinkState::Down))??;
    reply::json(&told(outcome))
}

fn told(outcome: Outcome) -> ActionDone {
    match outcome {
        Outcome::Done { message, space } => {
            ActionDone { state: "done".to_owned(), id: None, message, space }
        }
        Outcome::Accepted { id } => ActionDone {
            state: "accepted".to_owned(),
            id: Some(id),
            message: String::new(),
            space: None,
        },
    }
}

/// How an accepted action ended; waits some seconds for it.
pub async fn result(asked: Asked) -> Result<Response, Refusal> {
    let id = asked.part("id").to_owned();
    let found = asked.app.switchboard.result(&id).await.map_err(|error| match error.kind() {
        Kind::NotFound => Refusal::from(error).coded("action.unknown", []),
        Kind::Conflict => {
            let answer = error.message().to_owned();
            Refusal::from(error).coded("action.refused", [("answer", answer)])
        }
        _ => Refusal::from(error),
    })?;
    reply::json(&match found {
        Some(outcome) => told(outcome),
        None => ActionDone {
            state: "pending".to_owned(),
            id: Some(id),
            message: String::new(),
            space: None,
        },
    })
}

fn not_linked(state: LinkState) -> Refusal {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    match state {
        LinkState::Off => {
            let message = "no connection to Asterisk is configured";
            Refusal::new(status, "unavailable", message).coded("ami.off", [])
        }
        _ => {
            let message = "there is no connection to Asterisk just now; nothing was done";
            Refusal::new(status, "unavailable", message).coded("ami.down", [])
        }
    }
}

/// Why not, for the page.
fn refusal(no: No) -> Refusal {
    let message = no.to_string();
    let denied = || Refusal::denied(&message);
    let conflict = || Refusal::new(StatusCode::CONFLICT, "conflict", message.clone());
    let gone = || Refusal::not_found(&message);
    let invalid = || Refusal::new(StatusCode::BAD_REQUEST, "invalid", message.clone());
    match no {
        No::Right => denied().coded("action.right", []),
        No::NotYours => denied().coded("action.not_yours", []),
        No::NoAgent => conflict().coded("action.no_agent", []),
        No::NoPhone => conflict().coded("action.no_phone", []),
        No::NoCall => gone().coded("action.no_call", []),
        No::NoMember => gone().coded("action.no_member", []),
        No::NoQueue(queue) => gone().coded("action.no_queue", [("queue", queue)]),
        No::UnknownPhone(phone) => gone().coded("action.unknown_phone", [("phone", phone)]),
        No::PhoneTaken(agent) => conflict().coded("action.phone_taken", [("agent", agent)]),
        No::Paused => conflict().coded("action.paused", []),
        No::Reason => invalid().coded("action.reason", []),
        No::NotNow(why) => conflict().coded("action.not_now", [("why", why.to_owned())]),
        No::Unsafe(field) => invalid().coded("action.unsafe", [("field", field.to_owned())]),
    }
}
