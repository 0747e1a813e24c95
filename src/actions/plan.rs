//! One wish to its plan.

use crate::actions::own::{self, LogOn};
use crate::actions::{Dialplan, No, Plan, Who, Wish, supervise};
use crate::live::office::Office;

/// What to order for a wish.
///
/// Errors: a [`No`] when this person may not do this to that, or it can't be
/// done now. Nothing has been done then.
pub fn plan(wish: &Wish, who: &Who, office: &Office, dialplan: &Dialplan) -> Result<Plan, No> {
    let plan = match wish {
        Wish::Call { agent, number, campaign } => {
            let campaign = campaign.as_deref();
            supervise::call(who, office, dialplan, agent.as_deref(), number, campaign)
        }
        Wish::Redirect { call, to } => supervise::redirect(who, office, dialplan, call, to),
        Wish::Transfer { call, to, attended } => {
            supervise::transfer(who, office, dialplan, call.as_deref(), to, *attended)
        }
        Wish::CancelTransfer { call } => supervise::cancel_transfer(who, office, call.as_deref()),
        Wish::Park { call } => supervise::park(who, office, dialplan, call.as_deref()),
        Wish::HangUp { call } => supervise::hang_up(who, office, call.as_deref()),
        Wish::Pick { call, agent } => {
            supervise::pick(who, office, dialplan, call, agent.as_deref())
        }
        Wish::Priority { call, priority } => supervise::priority(who, office, call, *priority),
        Wish::LogOn { agent, queues, phone, penalty, paused } => {
            let wish = LogOn {
                agent: agent.as_deref(),
                queues,
                phone: phone.as_deref(),
                penalty: *penalty,
                paused: paused.as_deref(),
            };
            own::log_on(who, office, dialplan, wish)
        }
        Wish::LogOff { agent, queues } => {
            own::log_off(who, office, dialplan, agent.as_deref(), queues)
        }
        Wish::Pause { agent, queues, reason } => {
            own::pause(who, office, dialplan, agent.as_deref(), queues, Some(reason))
        }
        Wish::Unpause { agent, queues } => {
            own::pause(who, office, dialplan, agent.as_deref(), queues, None)
        }
        Wish::Penalty { agent, queue, penalty } => {
            supervise::penalty(who, office, agent, queue, *penalty)
        }
        Wish::Listen { agent, ear } => supervise::listen(who, office, dialplan, agent, *ear),
        Wish::StopListening => supervise::stop_listening(who, office),
        Wish::Record { call, tape } => {
            supervise::record(who, office, dialplan, call.as_deref(), *tape)
        }
        Wish::Outcome { call, code } => {
            own::mark(who, office, call, "CALLSTATUS", code.clone(), "call.outcome")
        }
        Wish::Tag { call, tag, remove } => {
            let message = format!("{}|{tag}", if *remove { "NOTAG" } else { "TAG" });
            own::mark(who, office, call, "INFO", message, "call.tag")
        }
        Wish::Feature { call, code, remove } => {
            let message = format!("{}|{code}", if *remove { "NOFTR" } else { "FTR" });
            own::mark(who, office, call, "INFO", message, "call.feature")
        }
        Wish::Text { agent, text } => supervise::text(who, office, agent, text),
    }?;
    harmless(&plan)?;
    Ok(plan)
}

/// No field may hold a line's end or another control character: with one, a
/// second header or a whole action could be slipped in.
fn harmless(plan: &Plan) -> Result<(), No> {
    let fields = plan.orders.iter().flat_map(|order| &order.fields);
    for (name, text) in fields {
        if text.chars().any(char::is_control) {
            return Err(No::Unsafe(name));
        }
    }
    Ok(())
}
