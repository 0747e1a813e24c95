//! `switchroom user`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use crate::base::{Result, time};
use crate::cli::{Place, out, password, table};
use crate::people::{AccountChange, Actor, Language, Lifetime, NewAccount, People, Role};
use crate::store::Store;

/// Manage the accounts of the portal
///
/// Works while the daemon runs. Passwords are asked for, or read from
/// standard input or from SWITCHROOM_PASSWORD. Every change is an audit row.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom user add ann --role supervisor --name \"Ann Berg\" --queue sales --queue support\n  \
    switchroom user add bob --role agent --agent PJSIP/101\n  \
    echo \"$NEW\" | switchroom user password ann\n  \
    switchroom user list --data /var/lib/switchroom")]
pub struct User {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show all accounts
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Make an account
    Add {
        #[command(flatten)]
        place: Place,
        /// The name to log in with
        account: String,
        /// What the account may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// The person's name [default: the account's]
        #[arg(long)]
        name: Option<String>,
        /// Language of the pages
        #[arg(long, value_enum, default_value = "en")]
        language: LanguageName,
        /// The agent this person is in the log
        #[arg(long)]
        agent: Option<String>,
        /// A queue the account may see; without any it sees all
        #[arg(long = "queue", value_name = "QUEUE")]
        queues: Vec<String>,
    },
    /// Give an account a new password; its sessions end
    Password {
        #[command(flatten)]
        place: Place,
        account: String,
    },
    /// Keep an account from logging in; its sessions end
    Disable {
        #[command(flatten)]
        place: Place,
        account: String,
    },
    /// Let an account log in again
    Enable {
        #[command(flatten)]
        place: Place,
        account: String,
    },
    /// Remove an account
    Remove {
        #[command(flatten)]
        place: Place,
        account: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
    Administrator,
    Supervisor,
    Agent,
    User,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LanguageName {
    En,
    Fr,
}

impl User {
    pub fn act(self) -> Result<ExitCode> {
        let by = Actor::console();
        let now = time::now();
        let said = match self.verb {
            Verb::List { place } => return list(&place),
            Verb::Add { place, account, role, name, language, agent, queues } => {
                let new = NewAccount {
                    name: name.unwrap_or_else(|| account.clone()),
                    account,
                    role: role.role(),
                    language: language.language(),
                    agent,
                    queues: (!queues.is_empty()).then_some(queues),
                };
                let people = people(&place)?;
                let made = people.create(&by, new, &password::ask()?, now)?;
                format!("{} may log in", made.account)
            }
            Verb::Password { place, account } => {
                let people = people(&place)?;
                let password = password::ask()?;
                let change = AccountChange::default();
                people.change(&by, &account, change, Some(&password), now)?;
                format!("{account} has a new password")
            }
            Verb::Disable { place, account } => {
                let change = AccountChange { disabled: Some(true), ..AccountChange::default() };
                people(&place)?.change(&by, &account, change, None, now)?;
                format!("{account} can't log in any more")
            }
            Verb::Enable { place, account } => {
                let change = AccountChange { disabled: Some(false), ..AccountChange::default() };
                people(&place)?.change(&by, &account, change, None, now)?;
                format!("{account} may log in again")
            }
            Verb::Remove { place, account } => {
                people(&place)?.remove(&by, &account, now)?;
                format!("{account} is removed")
            }
        };
        writeln!(std::io::stdout(), "{said}").map_err(out)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn people(place: &Place) -> Result<People> {
    let config = place.config()?;
    let settings = config.store.settings(&config.office.zone());
    People::open(Store::open_beside(&config.store.data, settings)?, Lifetime::default())
}

fn list(place: &Place) -> Result<ExitCode> {
    let head = ["account", "name", "role", "agent", "queues", "state"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = people(place)?
        .accounts()?
        .into_iter()
        .map(|one| {
            vec![
                one.account,
                one.name,
                one.role.name().to_owned(),
                one.agent.unwrap_or_else(|| "-".to_owned()),
                one.queues.map_or_else(|| "all".to_owned(), |queues| queues.join(", ")),
                if one.disabled { "disabled" } else { "active" }.to_owned(),
            ]
        })
        .collect();
    let text = table::plain(&head, &rows, &[]);
    std::io::stdout().write_all(text.as_bytes()).map_err(out)?;
    Ok(ExitCode::SUCCESS)
}

impl RoleName {
    fn role(self) -> Role {
        match self {
            RoleName::Administrator => Role::Administrator,
            RoleName::Supervisor => Role::Supervisor,
            RoleName::Agent => Role::Agent,
            RoleName::User => Role::User,
        }
    }
}

impl LanguageName {
    fn language(self) -> Language {
        match self {
            LanguageName::En => Language::English,
            LanguageName::Fr => Language::French,
        }
    }
}
