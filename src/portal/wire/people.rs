//! Persons on the wire.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::people;
use crate::people::{Density, Language, Role, Theme};
use crate::portal::schema::{Components, Described, wire, words};

/// The words of the choices, for fields that take them.
pub const ROLES: &[&str] = &["administrator", "supervisor", "agent", "user"];
pub const LANGUAGES: &[&str] = &["en", "fr"];
pub const THEMES: &[&str] = &["auto", "light", "dark"];
pub const DENSITIES: &[&str] = &["compact", "normal", "comfortable"];

/// A choice of the people room by its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named<T>(pub T);

macro_rules! named {
    ($($type:ty => $words:expr),+ $(,)?) => {
        $(
            impl Serialize for Named<$type> {
                fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                    to.serialize_str(self.0.name())
                }
            }

            impl Described for Named<$type> {
                fn shape(_: &mut Components) -> Value {
                    words($words)
                }
            }
        )+
    };
}

named! {
    Role => ROLES,
    Language => LANGUAGES,
    Theme => THEMES,
    Density => DENSITIES,
}

wire! {
    /// What anybody may know of this box.
    pub struct Hello {
        /// False until the first administrator has been created.
        claimed: bool,
        version: String,
        /// Name of the office.
        office: String,
        /// IANA name of the office's time zone.
        zone: String,
        language: Named<Language>,
        /// Whether the figures come from the demonstration.
        demo: bool,
        now: i64,
    }

    /// Who is logged in.
    pub struct Me {
        account: String,
        name: String,
        role: Named<Role>,
        language: Named<Language>,
        theme: Named<Theme>,
        density: Named<Density>,
        single_keys: bool,
        /// The agent this person is in the log.
        agent: Option<String>,
        /// Queues this person may see; null is all.
        queues: Option<Vec<String>>,
        rights: Vec<&'static str>,
        /// To be sent as X-CSRF-Token with each change.
        csrf: String,
        /// When the session ends unless it is used.
        session_expires: i64,
        office: String,
        zone: String,
        demo: bool,
    }

    /// One log-in that has not ended.
    pub struct LoginSession {
        id: String,
        created: i64,
        last_seen: i64,
        address: String,
        /// The browser's name for itself.
        agent: String,
        /// Whether it is the one that asks.
        current: bool,
    }

    pub struct LoginSessions {
        sessions: Vec<LoginSession>,
    }

    pub struct Account {
        account: String,
        name: String,
        role: Named<Role>,
        language: Named<Language>,
        agent: Option<String>,
        /// Queues this person may see; null is all.
        queues: Option<Vec<String>>,
        disabled: bool,
        last_login: Option<i64>,
    }

    pub struct Accounts {
        accounts: Vec<Account>,
    }

    pub struct AuditRow {
        id: i64,
        at: i64,
        /// Empty for a log-in to an account that does not exist; `console`
        /// for the command line.
        account: String,
        address: String,
        action: String,
        object: String,
        old: Option<String>,
        new: Option<String>,
    }

    pub struct AuditPage {
        rows: Vec<AuditRow>,
        /// Marker of the next page.
        next: Option<String>,
    }
}

impl From<people::Account> for Account {
    fn from(account: people::Account) -> Self {
        Account {
            account: account.account,
            name: account.name,
            role: Named(account.role),
            language: Named(account.language),
            agent: account.agent,
            queues: account.queues,
            disabled: account.disabled,
            last_login: account.last_login,
        }
    }
}

impl From<people::AuditRow> for AuditRow {
    fn from(row: people::AuditRow) -> Self {
        AuditRow {
            id: row.id,
            at: row.at,
            account: row.account,
            address: row.address,
            action: row.action,
            object: row.object,
            old: row.old,
            new: row.new,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_fields_are_the_names_of_the_choices() {
        assert!(ROLES.iter().copied().eq(Role::ALL.iter().map(|role| role.name())));
        assert!(LANGUAGES.iter().copied().eq(Language::ALL.iter().map(|value| value.name())));
        assert!(THEMES.iter().copied().eq(Theme::ALL.iter().map(|value| value.name())));
        assert!(DENSITIES.iter().copied().eq(Density::ALL.iter().map(|value| value.name())));
    }
}
