//! Accounts: who may log in, as what, and how they like their pages.

use crate::base::order::Ordered as _;
use crate::base::{Error, Kind, Result, UnixSec};
use crate::people::password::Hashed;
use crate::people::right::Role;

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    /// The name one logs in with; lower case.
    pub account: String,
    /// The person's name, for people.
    pub name: String,
    pub role: Role,
    pub language: Language,
    pub theme: Theme,
    pub density: Density,
    /// Whether single letters act as keys.
    pub single_keys: bool,
    /// The agent this person is in the log.
    pub agent: Option<String>,
    /// The queues this person may see; `None` is all.
    pub queues: Option<Vec<String>>,
    pub disabled: bool,
    pub last_login: Option<UnixSec>,
}

/// A small choice that is stored as a number and named in the API.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        /// Numbers are stored, never reuse one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $($variant = $code),+ }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The name used in the API.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The value of a name.
            pub fn named(name: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }

            /// The value of a stored number.
            pub fn from_code(code: u8) -> Option<$name> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }

            /// The number that is stored.
            pub fn code(self) -> u8 {
                self as u8
            }
        }
    };
}

choice! {
    /// The language of the pages.
    Language { English = 1 "en", French = 2 "fr" }
}
choice! {
    /// Light or dark.
    Theme { Auto = 1 "auto", Light = 2 "light", Dark = 3 "dark" }
}
choice! {
    /// How much fits on a page.
    Density { Compact = 1 "compact", Normal = 2 "normal", Comfortable = 3 "comfortable" }
}

/// A new account, before its password is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    pub account: String,
    pub name: String,
    pub role: Role,
    pub language: Language,
    pub agent: Option<String>,
    pub queues: Option<Vec<String>>,
}

impl NewAccount {
    /// Checks the texts and brings the account's name to lower case.
    ///
    /// Errors: [`Kind::Invalid`] with the field's name first, then a colon.
    pub fn checked(mut self) -> Result<Self> {
        self.account = account_name(&self.account)?;
        self.name = person_name(&self.name)?;
        self.agent = self.agent.map(|agent| short_text("agent", &agent)).transpose()?;
        self.queues = self.queues.map(queue_list).transpose()?;
        Ok(self)
    }
}

/// What shall change of an account; `None` leaves a part as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub language: Option<Language>,
    pub theme: Option<Theme>,
    pub density: Option<Density>,
    pub single_keys: Option<bool>,
    pub agent: Option<Option<String>>,
    pub queues: Option<Option<Vec<String>>>,
    pub disabled: Option<bool>,
}

impl AccountChange {
    /// The account with the change made. Pure; errors as
    /// [`NewAccount::checked`].
    pub fn apply(self, mut account: Account) -> Result<Account> {
        if let Some(name) = self.name {
            account.name = person_name(&name)?;
        }
        if let Some(agent) = self.agent {
            account.agent = agent.map(|agent| short_text("agent", &agent)).transpose()?;
        }
        if let Some(queues) = self.queues {
            account.queues = queues.map(queue_list).transpose()?;
        }
        account.role = self.role.unwrap_or(account.role);
        account.language = self.language.unwrap_or(account.language);
        account.theme = self.theme.unwrap_or(account.theme);
        account.density = self.density.unwrap_or(account.density);
        account.single_keys = self.single_keys.unwrap_or(account.single_keys);
        account.disabled = self.disabled.unwrap_or(account.disabled);
        Ok(account)
    }
}

/// An account with what is needed to check its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAccount {
    pub account: Account,
    pub password: Hashed,
}

/// Most queues one account may list.
const MOST_QUEUES: usize = 500;

/// The name as it is stored and compared: trimmed, lower case.
pub fn folded(account: &str) -> String {
    account.trim().to_lowercase()
}

fn account_name(text: &str) -> Result<String> {
    let name = folded(text);
    let good = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | '@');
    if name.is_empty() || name.len() > 64 || !name.chars().all(good) {
        return Err(Error::new(
            Kind::Invalid,
            "account: take 1 to 64 letters a-z, digits, dots, dashes, underscores or @",
        )
        .coded("account.form", []));
    }
    Ok(name)
}

fn person_name(text: &str) -> Result<String> {
    short_text("name", text)
}

/// A text of a field, trimmed: 1 to 100 characters, none of them a control.
pub fn short_text(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let bad = text.is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control);
    if bad {
        return Err(Error::new(Kind::Invalid, format!("{field}: take 1 to 100 characters"))
            .coded("text.form", []));
    }
    Ok(text.to_owned())
}

/// Names of queues in order, each once.
pub fn queue_list(queues: Vec<String>) -> Result<Vec<String>> {
    if queues.len() > MOST_QUEUES {
        return Err(Error::new(
            Kind::Invalid,
            format!("queues: list at most {MOST_QUEUES}, or give null for all"),
        )
        .coded("list.most", [("n", MOST_QUEUES.to_string())]));
    }
    let mut queues =
        queues.iter().map(|queue| short_text("queues", queue)).collect::<Result<Vec<_>>>()?;
    queues.order();
    queues.dedup();
    Ok(queues)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(account: &str, name: &str) -> NewAccount {
        NewAccount {
            account: account.to_owned(),
            name: name.to_owned(),
            role: Role::Agent,
            language: Language::English,
            agent: None,
            queues: None,
        }
    }

    #[test]
    fn names_are_trimmed_and_accounts_are_lower_case() {
        let account = new(" Ann.Lee ", "  Ann Lee ").checked().unwrap();
        assert_eq!((account.account.as_str(), account.name.as_str()), ("ann.lee", "Ann Lee"));
    }

    #[test]
    fn a_bad_text_is_refused_with_its_field() {
        for (account, field) in [
            (new("", "Ann"), "account:"),
            (new("ann lee", "Ann"), "account:"),
            (new(&"a".repeat(65), "Ann"), "account:"),
            (new("ann", " "), "name:"),
            (new("ann", "a\nb"), "name:"),
            (NewAccount { agent: Some(String::new()), ..new("ann", "Ann") }, "agent:"),
            (NewAccount { queues: Some(vec!["q".into(); 501]), ..new("ann", "Ann") }, "queues:"),
        ] {
            let error = account.checked().unwrap_err();
            assert!(error.message().starts_with(field), "{}", error.message());
        }
    }

    #[test]
    fn queues_are_listed_once_and_in_order() {
        let queues = Some(vec!["sales".to_owned(), "care".to_owned(), "sales".to_owned()]);
        let account = NewAccount { queues, ..new("ann", "Ann") }.checked().unwrap();
        assert_eq!(account.queues.unwrap(), ["care", "sales"]);
    }
}
