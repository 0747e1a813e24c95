//! Rights are verbs; roles are named sets of rights (`metrics.md` 5.3).

/// One thing a person may do. Names are part of the HTTP API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Right {
    /// Change one's own name, language, password and sessions.
    SelfEdit = 0,
    /// See the names of the queues and agents within one's scope.
    NamesView = 1,
    /// The real-time page.
    LiveView = 2,
    /// Full-screen wallboards.
    WallsView = 3,
    /// See numbers and names of callers; without it they are left empty.
    CallersView = 4,
    /// Reports over everybody within one's queues.
    ReportsView = 5,
    /// Reports over oneself as an agent.
    ReportsOwn = 6,
    /// Calls of everybody within one's queues.
    CallsView = 7,
    /// Calls one took as an agent.
    CallsOwn = 8,
    /// Take lists and reports away as files.
    Export = 9,
    /// Close a call that got stuck (CLOSECALLS).
    CallsClose = 10,
    /// The health page: log, database, memory.
    HealthView = 11,
    /// Make and list backups.
    BackupCreate = 12,
    /// Read the audit rows.
    AuditView = 13,
    /// Create, change and remove accounts (USRADMIN).
    AccountsManage = 14,
    /// Make wallboards that open without a log-in, for one's own queues.
    KiosksManage = 15,
    /// Act as the agent one is: log on and off, pause, mark and steer one's own
    /// calls (AGENT).
    AgentSelf = 16,
    /// Call out from the page.
    CallsMake = 17,
    /// Take a waiting call out of its line.
    CallsPick = 18,
    /// Transfer, redirect and park calls of others, and change their place.
    CallsTransfer = 19,
    /// End calls of others.
    CallsHangup = 20,
    /// Record calls of others, or stop that.
    CallsRecord = 21,
    /// Set outcome, tags and features of calls of others.
    CallsMark = 22,
    /// Listen to a conversation (MON_AUDIO).
    CallsListen = 23,
    /// Speak to the agent alone (MON_WHISPER).
    CallsWhisper = 24,
    /// Speak to both (MON_BARGE).
    CallsBarge = 25,
    /// Add and remove members of queues, change their penalty.
    MembersManage = 26,
    /// Pause and unpause others.
    MembersPause = 27,
    /// Send a text to a telephone.
    TextSend = 28,
    /// Open an agent's screen (MON_VNC).
    ScreensView = 29,
    /// See all calls of the office, not only those in queues.
    OfficeView = 30,
}

impl Right {
    pub const ALL: [Right; 31] = [
        Right::SelfEdit,
        Right::NamesView,
        Right::LiveView,
        Right::WallsView,
        Right::CallersView,
        Right::ReportsView,
        Right::ReportsOwn,
        Right::CallsView,
        Right::CallsOwn,
        Right::Export,
        Right::CallsClose,
        Right::HealthView,
        Right::BackupCreate,
        Right::AuditView,
        Right::AccountsManage,
        Right::KiosksManage,
        Right::AgentSelf,
        Right::CallsMake,
        Right::CallsPick,
        Right::CallsTransfer,
        Right::CallsHangup,
        Right::CallsRecord,
        Right::CallsMark,
        Right::CallsListen,
        Right::CallsWhisper,
        Right::CallsBarge,
        Right::MembersManage,
        Right::MembersPause,
        Right::TextSend,
        Right::ScreensView,
        Right::OfficeView,
    ];

    /// The name used in the API: `object.verb`.
    pub fn name(self) -> &'static str {
        match self {
            Right::SelfEdit => "self.edit",
            Right::NamesView => "names.view",
            Right::LiveView => "live.view",
            Right::WallsView => "walls.view",
            Right::CallersView => "callers.view",
            Right::ReportsView => "reports.view",
            Right::ReportsOwn => "reports.own",
            Right::CallsView => "calls.view",
            Right::CallsOwn => "calls.own",
            Right::Export => "calls.export",
            Right::CallsClose => "calls.close",
            Right::HealthView => "health.view",
            Right::BackupCreate => "backup.create",
            Right::AuditView => "audit.view",
            Right::AccountsManage => "accounts.manage",
            Right::KiosksManage => "kiosks.manage",
            Right::AgentSelf => "agent.self",
            Right::CallsMake => "calls.make",
            Right::CallsPick => "calls.pick",
            Right::CallsTransfer => "calls.transfer",
            Right::CallsHangup => "calls.hangup",
            Right::CallsRecord => "calls.record",
            Right::CallsMark => "calls.mark",
            Right::CallsListen => "calls.listen",
            Right::CallsWhisper => "calls.whisper",
            Right::CallsBarge => "calls.barge",
            Right::MembersManage => "members.manage",
            Right::MembersPause => "members.pause",
            Right::TextSend => "text.send",
            Right::ScreensView => "screens.view",
            Right::OfficeView => "office.view",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u32);

impl Rights {
    /// The set of the given rights.
    pub fn of(rights: &[Right]) -> Self {
        Rights(rights.iter().fold(0, |bits, right| bits | right.bit()))
    }

    pub fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// The rights in the order of [`Right::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

/// What somebody is to the office. Numbers are stored, never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// Everything.
    Administrator = 1,
    /// Everything about calls within the queues of the account.
    Supervisor = 2,
    /// The real-time page and what one did oneself.
    Agent = 3,
    /// An account of the office without a part in the queues: walls only.
    User = 4,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Administrator, Role::Supervisor, Role::Agent, Role::User];

    /// The name used in the API and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Supervisor => "supervisor",
            Role::Agent => "agent",
            Role::User => "user",
        }
    }

    /// The role of a name.
    pub fn named(name: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The role of a stored number.
    pub fn from_code(code: u8) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The number that is stored.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What the role may do.
    pub fn rights(self) -> Rights {
        match self {
            Role::Administrator => Rights::of(&Right::ALL),
            Role::Supervisor => Rights::of(&[
                Right::SelfEdit,
                Right::NamesView,
                Right::LiveView,
                Right::WallsView,
                Right::CallersView,
                Right::ReportsView,
                Right::ReportsOwn,
                Right::CallsView,
                Right::CallsOwn,
                Right::Export,
                Right::CallsClose,
                Right::HealthView,
                Right::KiosksManage,
                Right::AgentSelf,
                Right::CallsMake,
                Right::CallsPick,
                Right::CallsTransfer,
                Right::CallsHangup,
                Right::CallsRecord,
                Right::CallsMark,
                Right::CallsListen,
                Right::CallsWhisper,
                Right::CallsBarge,
                Right::MembersManage,
                Right::MembersPause,
                Right::TextSend,
                Right::ScreensView,
                Right::OfficeView,
            ]),
            Role::Agent => Rights::of(&[
                Right::SelfEdit,
                Right::NamesView,
                Right::LiveView,
                Right::WallsView,
                Right::CallersView,
                Right::ReportsOwn,
                Right::CallsOwn,
                Right::AgentSelf,
                Right::CallsMake,
                Right::CallsPick,
            ]),
            Role::User => Rights::of(&[Right::SelfEdit, Right::NamesView, Right::WallsView]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_of_rights_and_roles_are_all_different() {
        for (index, right) in Right::ALL.into_iter().enumerate() {
            assert_eq!(right as usize, index);
            assert_eq!(Right::ALL.iter().filter(|other| other.name() == right.name()).count(), 1);
        }
        for role in Role::ALL {
            assert_eq!(Role::named(role.name()), Some(role));
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::named("root"), None);
        assert_eq!(Role::from_code(0), None);
    }

    #[test]
    fn only_administrators_manage_accounts_and_read_the_audit() {
        for role in Role::ALL {
            let administrator = role == Role::Administrator;
            assert_eq!(role.rights().has(Right::AccountsManage), administrator);
            assert_eq!(role.rights().has(Right::AuditView), administrator);
            assert_eq!(role.rights().has(Right::BackupCreate), administrator);
        }
    }
}
