//! Rights are verbs; roles are named sets of rights (`metrics.md` 5.3).

/// Declares the rights: number, name in the HTTP API (`object.verb`), and the
/// roles that have it besides the administrator.
macro_rules! rights {
    ($( $(#[doc = $doc:literal])+ $right:ident = $code:literal, $name:literal, [$($role:ident),*]; )+) => {
        /// One thing a person may do. Names are part of the HTTP API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Right {
            $( $(#[doc = $doc])+ $right = $code, )+
        }

        impl Right {
            pub const ALL: [Right; [$($code),+].len()] = [$(Right::$right),+];

            /// The name used in the API: `object.verb`.
            pub fn name(self) -> &'static str {
                match self {
                    $( Right::$right => $name, )+
                }
            }

            /// Who has it besides the administrator.
            fn roles(self) -> &'static [Role] {
                match self {
                    $( Right::$right => &[$(Role::$role),*], )+
                }
            }
        }
    };
}

rights! {
    /// Change one's own name, language, password and sessions.
    SelfEdit = 0, "self.edit", [Supervisor, Agent, User];
    /// See the names of the queues and agents within one's scope.
    NamesView = 1, "names.view", [Supervisor, Agent, User];
    /// The real-time page.
    LiveView = 2, "live.view", [Supervisor, Agent];
    /// Full-screen wallboards.
    WallsView = 3, "walls.view", [Supervisor, Agent, User];
    /// See numbers and names of callers; without it they are left empty.
    CallersView = 4, "callers.view", [Supervisor, Agent];
    /// Reports over everybody within one's queues.
    ReportsView = 5, "reports.view", [Supervisor];
    /// Reports over oneself as an agent.
    ReportsOwn = 6, "reports.own", [Supervisor, Agent];
    /// Calls of everybody within one's queues.
    CallsView = 7, "calls.view", [Supervisor];
    /// Calls one took as an agent.
    CallsOwn = 8, "calls.own", [Supervisor, Agent];
    /// Take lists and reports away as files.
    Export = 9, "calls.export", [Supervisor];
    /// Close a call that got stuck (CLOSECALLS).
    CallsClose = 10, "calls.close", [Supervisor];
    /// The health page: log, database, memory.
    HealthView = 11, "health.view", [Supervisor];
    /// Make and list backups.
    BackupCreate = 12, "backup.create", [];
    /// Read the audit rows.
    AuditView = 13, "audit.view", [];
    /// Create, change and remove accounts (USRADMIN).
    AccountsManage = 14, "accounts.manage", [];
    /// Make wallboards that open without a log-in, for one's own queues.
    KiosksManage = 15, "kiosks.manage", [Supervisor];
    /// Act as the agent one is: log on and off, pause, mark and steer one's own
    /// calls (AGENT).
    AgentSelf = 16, "agent.self", [Supervisor, Agent];
    /// Call out from the page.
    CallsMake = 17, "calls.make", [Supervisor, Agent];
    /// Take a waiting call out of its line.
    CallsPick = 18, "calls.pick", [Supervisor, Agent];
    /// Transfer, redirect and park calls of others, and change their place.
    CallsTransfer = 19, "calls.transfer", [Supervisor];
    /// End calls of others.
    CallsHangup = 20, "calls.hangup", [Supervisor];
    /// Record calls of others, or stop that.
    CallsRecord = 21, "calls.record", [Supervisor];
    /// Set outcome, tags and features of calls of others.
    CallsMark = 22, "calls.mark", [Supervisor];
    /// Listen to a conversation (MON_AUDIO).
    CallsListen = 23, "calls.listen", [Supervisor];
    /// Speak to the agent alone (MON_WHISPER).
    CallsWhisper = 24, "calls.whisper", [Supervisor];
    /// Speak to both (MON_BARGE).
    CallsBarge = 25, "calls.barge", [Supervisor];
    /// Add and remove members of queues, change their penalty.
    MembersManage = 26, "members.manage", [Supervisor];
    /// Pause and unpause others.
    MembersPause = 27, "members.pause", [Supervisor];
    /// Send a text to a telephone.
    TextSend = 28, "text.send", [Supervisor];
    /// Open an agent's screen (MON_VNC).
    ScreensView = 29, "screens.view", [Supervisor];
    /// See all calls of the office, not only those in queues.
    OfficeView = 30, "office.view", [Supervisor];
    /// Hear recordings of everybody within one's queues.
    RecordingsPlay = 31, "recordings.play", [Supervisor];
    /// Hear recordings of one's own calls as an agent, where the office
    /// allows that at all.
    RecordingsOwn = 32, "recordings.own", [Agent];
    /// Take recordings away as files.
    RecordingsDownload = 33, "recordings.download", [];
    /// Add markers to a recording one may hear, and change one's own.
    MarkersAdd = 34, "markers.add", [Supervisor, Agent];
    /// Change and delete markers of others.
    MarkersDelete = 35, "markers.delete", [Supervisor];
    /// Keep a recording from being deleted, or end that.
    RecordingsHold = 36, "recordings.hold", [];
    /// Delete one recording.
    RecordingsDelete = 37, "recordings.delete", [];
    /// Make, unlock, lock, export and change the keys of recordings.
    RecordingsKeys = 38, "recordings.keys", [];
    /// Erase a person from the recordings, and read the proofs of that.
    RecordingsErase = 39, "recordings.erase", [];
    /// See who listened to a recording one may hear.
    ListensView = 40, "listens.view", [Supervisor];
}

impl Right {
    fn bit(self) -> u64 {
        1 << self as u8
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u64);

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
        let has = |right: &Right| self == Role::Administrator || right.roles().contains(&self);
        let all = Right::ALL.into_iter().filter(has);
        Rights(all.fold(0, |bits, right| bits | right.bit()))
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
