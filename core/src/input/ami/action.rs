//! Actions: typed values → bytes for Asterisk.
//!
//! A line end inside a field would begin a field of its own, or an action of
//! its own: [`Action::print`] refuses every control character and names the
//! field. Classes (of `write` in manager.conf) are said at each action.

use std::fmt;

use crate::base::Secret;
use crate::input::ami::lines::Lines;

/// What can be asked of Asterisk. Optional texts are left out when empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Asks for the challenge of an MD5 login.
    Challenge,
    /// Logs in with the secret in clear. `events`: classes wanted.
    Login {
        user: String,
        secret: Secret,
        events: String,
    },
    /// Logs in with the MD5 of challenge and secret.
    LoginMd5 {
        user: String,
        key: String,
        events: String,
    },
    Logoff,
    Ping,
    CoreSettings,
    /// Class system or reporting.
    CoreStatus,
    /// Which actions this user may use.
    ListCommands,
    /// Leaves out the events called so. `advanced`: the form that matches
    /// names, of 22 and late 18 and 20; else the regular expression of all.
    /// Class system.
    FilterOut {
        event: String,
        advanced: bool,
    },

    /// Class system or reporting.
    CoreShowChannels,
    BridgeList,
    QueueStatus,
    /// Class call.
    Parkinglots,
    /// Class call.
    ParkedCalls,
    /// Class call or reporting.
    DeviceStateList,
    /// Class call or reporting.
    ExtensionStateList,
    /// Class system.
    PjsipShowContacts,

    /// Class agent.
    QueueAdd {
        queue: String,
        interface: String,
        penalty: u32,
        paused: bool,
        name: String,
        state_interface: String,
        /// 22 and later.
        reason: String,
    },
    /// Class agent.
    QueueRemove {
        queue: String,
        interface: String,
    },
    /// An empty queue stands for all. Class agent.
    QueuePause {
        queue: String,
        interface: String,
        paused: bool,
        reason: String,
    },
    /// An empty queue stands for all. Class agent.
    QueuePenalty {
        queue: String,
        interface: String,
        penalty: u32,
    },
    /// A record of our own. An empty interface is written as `NONE`. Class agent.
    QueueLog {
        queue: String,
        uniqueid: String,
        interface: String,
        event: String,
        message: String,
    },
    /// The caller leaves the queue for the dialplan. 16.25, 18.11 and later.
    QueueWithdrawCaller {
        queue: String,
        channel: String,
        info: String,
    },
    QueueChangePriority {
        queue: String,
        channel: String,
        priority: i32,
    },
    /// Class agent.
    AgentLogoff {
        agent: String,
        soft: bool,
    },

    /// Class originate.
    Originate(Originate),
    /// Class system or call.
    Hangup {
        channel: String,
        cause: Option<u16>,
    },
    /// Class call.
    Redirect {
        channel: String,
        context: String,
        exten: String,
        priority: u32,
    },
    /// Class call.
    BlindTransfer {
        channel: String,
        context: String,
        exten: String,
    },
    /// Class call.
    AttendedTransfer {
        channel: String,
        context: String,
        exten: String,
    },
    /// Class call.
    CancelAttendedTransfer {
        channel: String,
    },
    /// Class call.
    PlayDtmf {
        channel: String,
        digit: char,
    },
    /// Parks a channel; it comes back to `announce` when time is up. Class call.
    Park {
        channel: String,
        announce: String,
        timeout_ms: Option<u32>,
        lot: String,
    },

    /// Class system.
    MixMonitor {
        channel: String,
        file: String,
        options: String,
    },
    /// Class system or call.
    StopMixMonitor {
        channel: String,
        id: String,
    },
    /// Class system or call.
    MixMonitorMute {
        channel: String,
        direction: Direction,
        muted: bool,
    },

    /// Text to a telephone, `pjsip:201`. Lines may end in LF. Class message.
    MessageSend {
        to: String,
        from: String,
        body: String,
    },
    /// Class user.
    UserEvent {
        name: String,
        fields: Vec<(String, String)>,
    },
    /// Of a channel; of the PBX when `channel` is empty. Class call.
    SetVariable {
        channel: String,
        name: String,
        value: String,
    },
    /// Class call or reporting.
    GetVariable {
        channel: String,
        name: String,
    },
}

/// Which side of a recording is muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// What the channel says.
    Read,
    /// What it hears.
    Write,
    Both,
}

/// A call that Asterisk begins; its outcome comes as OriginateResponse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Originate {
    /// Called first: `PJSIP/101`.
    pub channel: String,
    /// What the one who answers meets.
    pub then: Then,
    /// `"name" <number>` shown to the first.
    pub caller_id: String,
    pub account: String,
    /// How long it rings.
    pub timeout_ms: u32,
    pub variables: Vec<(String, String)>,
    /// Unique id of the new channel, ours to choose.
    pub channel_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    Dialplan { context: String, exten: String, priority: u32 },
    Application { name: String, data: String },
}

/// How a supervisor joins a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spy {
    Listen,
    /// The agent hears him.
    Whisper,
    /// Both hear him.
    Barge,
}

impl Originate {
    /// Calls the supervisor's phone and puts it on the agent's channel.
    pub fn spy(supervisor: &str, agent_channel: &str, how: Spy) -> Originate {
        let options = match how {
            Spy::Listen => "qES",
            Spy::Whisper => "qESw",
            Spy::Barge => "qESB",
        };
        Originate {
            channel: supervisor.to_owned(),
            then: Then::Application {
                name: "ChanSpy".to_owned(),
                data: format!("{agent_channel},{options}"),
            },
            caller_id: String::new(),
            account: String::new(),
            timeout_ms: 30_000,
            variables: Vec::new(),
            channel_id: String::new(),
        }
    }
}

/// Why an action was not printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub field: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A line end or another control character.
    Control,
    /// Asterisk drops lines past 1 024 bytes.
    TooLong,
    /// Asterisk takes no empty one.
    Empty,
    /// A comma in data of an application or a `=` in a variable's name.
    Separator,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        match self.why {
            Why::Control => write!(out, "{field} holds a line end or another control character"),
            Why::TooLong => write!(out, "{field} is too long for Asterisk, which takes 1000 bytes"),
            Why::Empty => write!(out, "{field} is missing"),
            Why::Separator => write!(out, "{field} holds a character that would split it"),
        }
    }
}

impl std::error::Error for Refused {}

impl Action {
    /// Appends the action with its id. On an error nothing is appended.
    pub fn print(&self, id: &str, out: &mut Vec<u8>) -> Result<(), Refused> {
        let before = out.len();
        let mut lines = Lines::of(out);
        let printed = self
            .lines(&mut lines)
            .and_then(|()| lines.required("ActionID", id))
            .map(|()| lines.end());
        if printed.is_err() {
            out.truncate(before);
        }
        printed
    }

    fn lines(&self, l: &mut Lines<'_>) -> Result<(), Refused> {
        match self {
            Action::Challenge => {
                l.action("Challenge");
                l.required("AuthType", "MD5")
            }
            Action::Login { user, secret, events } => {
                l.action("Login");
                l.required("Username", user)?;
                l.required("Secret", secret.reveal())?;
                l.optional("Events", events)
            }
            Action::LoginMd5 { user, key, events } => {
                l.action("Login");
                l.required("AuthType", "MD5")?;
                l.required("Username", user)?;
                l.required("Key", key)?;
                l.optional("Events", events)
            }
            Action::FilterOut { event, advanced } => {
                l.action("Filter");
                l.required("Operation", "Add")?;
                if *advanced {
                    l.required("MatchCriteria", &format!("action(exclude),name({event})"))
                } else {
                    l.required("Filter", &format!("!Event: {event}$"))
                }
            }
            Action::QueueAdd {
                queue,
                interface,
                penalty,
                paused,
                name,
                state_interface,
                reason,
            } => {
                l.action("QueueAdd");
                l.required("Queue", queue)?;
                l.required("Interface", interface)?;
                l.required("Penalty", &penalty.to_string())?;
                l.flag("Paused", *paused);
                l.optional("MemberName", name)?;
                l.optional("StateInterface", state_interface)?;
                l.optional("Reason", reason)
            }
            Action::QueueRemove { queue, interface } => {
                l.action("QueueRemove");
                l.required("Queue", queue)?;
                l.required("Interface", interface)
            }
            Action::QueuePause { queue, interface, paused, reason } => {
                l.action("QueuePause");
                l.optional("Queue", queue)?;
                l.required("Interface", interface)?;
                l.flag("Paused", *paused);
                l.optional("Reason", reason)
            }
            Action::QueuePenalty { queue, interface, penalty } => {
                l.action("QueuePenalty");
                l.optional("Queue", queue)?;
                l.required("Interface", interface)?;
                l.required("Penalty", &penalty.to_string())
            }
            Action::QueueLog { queue, uniqueid, interface, event, message } => {
                l.action("QueueLog");
                l.required("Queue", queue)?;
                l.optional("Uniqueid", uniqueid)?;
                l.required("Interface", if interface.is_empty() { "NONE" } else { interface })?;
                l.required("Event", event)?;
                l.optional("Message", message)
            }
            Action::QueueWithdrawCaller { queue, channel, info } => {
                l.action("QueueWithdrawCaller");
                l.required("Queue", queue)?;
                l.required("Caller", channel)?;
                l.optional("WithdrawInfo", info)
            }
            Action::QueueChangePriority { queue, channel, priority } => {
                l.action("QueueChangePriorityCaller");
                l.required("Queue", queue)?;
                l.required("Caller", channel)?;
                l.required("Priority", &priority.to_string())?;
                // 18.20, 20.5 and later: the caller moves at once. Others ignore it.
                l.flag("Immediate", true);
                Ok(())
            }
            Action::AgentLogoff { agent, soft } => {
                l.action("AgentLogoff");
                l.required("Agent", agent)?;
                l.flag("Soft", *soft);
                Ok(())
            }
            Action::MessageSend { to, from, body } => {
                l.action("MessageSend");
                // Up to 16 it is To, from 18 on Destination; each takes To as well.
                l.required("To", to)?;
                l.optional("From", from)?;
                l.body(body)
            }
            Action::UserEvent { name, fields } => {
                l.action("UserEvent");
                l.required("UserEvent", name)?;
                fields.iter().try_for_each(|(key, value)| l.named(key, value))
            }
            Action::SetVariable { channel, name, value } => {
                l.action("Setvar");
                l.optional("Channel", channel)?;
                l.required("Variable", name)?;
                l.optional("Value", value)
            }
            Action::GetVariable { channel, name } => {
                l.action("Getvar");
                l.optional("Channel", channel)?;
                l.required("Variable", name)
            }
            _ => self.on_calls(l),
        }
    }

    fn on_calls(&self, l: &mut Lines<'_>) -> Result<(), Refused> {
        match self {
            Action::Originate(originate) => originate.lines(l),
            Action::Hangup { channel, cause } => {
                l.action("Hangup");
                l.exact_channel(channel)?;
                l.optional("Cause", &cause.map(|cause| cause.to_string()).unwrap_or_default())
            }
            Action::Redirect { channel, context, exten, priority } => {
                l.action("Redirect");
                l.exact_channel(channel)?;
                l.required("Context", context)?;
                l.required("Exten", exten)?;
                l.required("Priority", &priority.to_string())
            }
            Action::BlindTransfer { channel, context, exten } => {
                l.action("BlindTransfer");
                l.exact_channel(channel)?;
                l.optional("Context", context)?;
                l.required("Exten", exten)
            }
            Action::AttendedTransfer { channel, context, exten } => {
                l.action("Atxfer");
                l.exact_channel(channel)?;
                l.optional("Context", context)?;
                l.required("Exten", exten)
            }
            Action::CancelAttendedTransfer { channel } => {
                l.action("CancelAtxfer");
                l.exact_channel(channel)
            }
            Action::PlayDtmf { channel, digit } => {
                l.action("PlayDTMF");
                l.exact_channel(channel)?;
                l.required("Digit", digit.encode_utf8(&mut [0; 4]))
            }
            Action::Park { channel, announce, timeout_ms, lot } => {
                l.action("Park");
                l.exact_channel(channel)?;
                l.optional("AnnounceChannel", announce)?;
                let timeout = timeout_ms.map(|ms| ms.to_string()).unwrap_or_default();
                l.optional("Timeout", &timeout)?;
                l.optional("Parkinglot", lot)
            }
            Action::MixMonitor { channel, file, options } => {
                l.action("MixMonitor");
                l.exact_channel(channel)?;
                l.required("File", file)?;
                l.optional("Options", options)
            }
            Action::StopMixMonitor { channel, id } => {
                l.action("StopMixMonitor");
                l.exact_channel(channel)?;
                l.optional("MixMonitorID", id)
            }
            Action::MixMonitorMute { channel, direction, muted } => {
                l.action("MixMonitorMute");
                l.exact_channel(channel)?;
                let direction = match direction {
                    Direction::Read => "read",
                    Direction::Write => "write",
                    Direction::Both => "both",
                };
                l.required("Direction", direction)?;
                l.required("State", if *muted { "1" } else { "0" })
            }
            plain => {
                l.action(plain.bare_name());
                Ok(())
            }
        }
    }

    /// The name of an action without fields.
    fn bare_name(&self) -> &'static str {
        match self {
            Action::Logoff => "Logoff",
            Action::CoreSettings => "CoreSettings",
            Action::CoreStatus => "CoreStatus",
            Action::ListCommands => "ListCommands",
            Action::CoreShowChannels => "CoreShowChannels",
            Action::BridgeList => "BridgeList",
            Action::QueueStatus => "QueueStatus",
            Action::Parkinglots => "Parkinglots",
            Action::ParkedCalls => "ParkedCalls",
            Action::DeviceStateList => "DeviceStateList",
            Action::ExtensionStateList => "ExtensionStateList",
            Action::PjsipShowContacts => "PJSIPShowContacts",
            _ => "Ping",
        }
    }
}

impl Originate {
    fn lines(&self, l: &mut Lines<'_>) -> Result<(), Refused> {
        l.action("Originate");
        l.required("Channel", &self.channel)?;
        match &self.then {
            Then::Dialplan { context, exten, priority } => {
                l.required("Context", context)?;
                l.required("Exten", exten)?;
                l.required("Priority", &priority.to_string())?;
            }
            Then::Application { name, data } => {
                l.required("Application", name)?;
                l.optional("Data", data)?;
            }
        }
        l.optional("CallerID", &self.caller_id)?;
        l.optional("Account", &self.account)?;
        l.required("Timeout", &self.timeout_ms.to_string())?;
        l.optional("ChannelId", &self.channel_id)?;
        l.flag("Async", true);
        self.variables.iter().try_for_each(|(name, value)| l.variable(name, value))
    }
}

#[cfg(test)]
mod tests;
