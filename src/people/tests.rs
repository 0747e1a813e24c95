//! People with a real database: the ways in, and what an administrator does.

use super::*;

const NOW: UnixSec = 1_795_000_000;

/// People with the folder their database lies in.
struct House {
    people: People,
    _folder: tempfile::TempDir,
}

impl std::ops::Deref for House {
    type Target = People;

    fn deref(&self) -> &People {
        &self.people
    }
}

fn people() -> House {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), crate::store::Settings::default()).unwrap();
    let people = People::open(store, Lifetime { idle: 3600, absolute: 86_400 }).unwrap();
    House { people, _folder: folder }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn from(address: &str) -> Origin {
    Origin { address: address.parse().unwrap(), agent: "Browser/1".to_owned() }
}

fn new(account: &str, role: Role) -> NewAccount {
    NewAccount {
        account: account.to_owned(),
        name: account.to_uppercase(),
        role,
        language: Language::English,
        agent: None,
        queues: None,
    }
}

const GOOD: &str = "a good password";

/// People with an administrator `root` and a supervisor `sue`.
fn office() -> House {
    let people = people();
    for (account, role) in [("root", Role::Administrator), ("sue", Role::Supervisor)] {
        people.create(&Actor::console(), new(account, role), &secret(GOOD), NOW).unwrap();
    }
    people
}

fn login(people: &People, account: &str, now: UnixSec) -> LoggedIn {
    people.login(account, &secret(GOOD), &from("192.0.2.1"), now).unwrap()
}

fn actions(people: &People) -> Vec<String> {
    let rows = people.audit(None, 100).unwrap();
    rows.iter().map(|row| format!("{} {} {}", row.account, row.action, row.object)).collect()
}

#[test]
fn the_claim_code_creates_the_first_administrator_and_then_nobody() {
    let people = people();
    let code = people.claim_code().unwrap();
    assert!(!people.claimed().unwrap());
    let wrong = people.claim(
        &secret("0000-0000-0000"),
        new("ann", Role::User),
        &secret(GOOD),
        &from("192.0.2.1"),
        NOW,
    );
    assert!(matches!(wrong, Err(Refused::Wrong)));
    let inside = people
        .claim(&code, new("Ann", Role::User), &secret(GOOD), &from("192.0.2.1"), NOW)
        .unwrap();
    assert_eq!(inside.viewer.account.role, Role::Administrator);
    assert_eq!(people.viewer(&inside.token, NOW).unwrap().unwrap(), {
        let mut viewer = inside.viewer.clone();
        viewer.account.last_login = Some(NOW);
        viewer
    });
    assert!(people.claimed().unwrap());
    assert!(people.claim_code().is_none());
    let again = people.claim(&code, new("eve", Role::User), &secret(GOOD), &from("192.0.2.1"), NOW);
    assert!(matches!(again, Err(Refused::Fault(error)) if error.kind() == Kind::Conflict));
    assert_eq!(actions(&people), ["ann claim ann", " claim "]);
}

#[test]
fn a_claim_with_a_bad_password_keeps_the_code() {
    let people = people();
    let code = people.claim_code().unwrap();
    let claim = |password: &str| {
        people.claim(&code, new("ann", Role::User), &secret(password), &from("192.0.2.1"), NOW)
    };
    assert!(matches!(claim("short"), Err(Refused::Fault(error)) if error.kind() == Kind::Invalid));
    assert!(claim(GOOD).is_ok());
}

#[test]
fn guessing_the_claim_code_is_throttled_from_all_addresses_together() {
    let people = people();
    let mut waited = false;
    for n in 0..8 {
        let from = from(&format!("192.0.2.{n}"));
        let tried =
            people.claim(&secret("guess"), new("eve", Role::User), &secret(GOOD), &from, NOW);
        waited |= matches!(tried, Err(Refused::Wait(_)));
    }
    assert!(waited);
}

#[test]
fn a_box_with_accounts_has_no_claim_code() {
    let people = people();
    people.create(&Actor::console(), new("root", Role::Administrator), &secret(GOOD), NOW).unwrap();
    assert!(people.claim_code().is_none());
}

#[test]
fn a_log_in_opens_a_session_that_ends_by_idleness() {
    let people = office();
    let inside = login(&people, " SUE ", NOW);
    assert_eq!(inside.viewer.account.account, "sue");
    let viewer = |now| people.viewer(&inside.token, now).unwrap();
    assert!(viewer(NOW + 3599).is_some());
    // Used at +3599, so alive until +7198.
    assert!(viewer(NOW + 7197).is_some());
    assert!(viewer(NOW + 7197 + 3600).is_none());
    assert!(people.viewer(&Token::new().unwrap(), NOW).unwrap().is_none());
}

#[test]
fn a_session_ends_by_age_however_busy() {
    let people = office();
    let inside = login(&people, "sue", NOW);
    for hour in 1..24 {
        assert!(people.viewer(&inside.token, NOW + hour * 3599).unwrap().is_some());
    }
    assert!(people.viewer(&inside.token, NOW + 86_400).unwrap().is_none());
}

#[test]
fn wrong_passwords_and_unknown_accounts_look_alike_and_are_throttled() {
    let people = office();
    for account in ["sue", "nobody"] {
        let from = from(if account == "sue" { "192.0.2.8" } else { "192.0.2.9" });
        for _ in 0..6 {
            let tried = people.login(account, &secret("wrong wrong wrong"), &from, NOW);
            assert!(matches!(tried, Err(Refused::Wrong | Refused::Wait(_))));
        }
        let tried = people.login(account, &secret(GOOD), &from, NOW);
        assert!(matches!(tried, Err(Refused::Wait(secs)) if secs > 0), "{account}");
    }
    // After the wait the right password opens.
    assert!(people.login("sue", &secret(GOOD), &from("192.0.2.8"), NOW + 60).is_ok());
    let rows = people.audit(None, 100).unwrap();
    assert!(rows.iter().any(|row| row.action == "login.failed" && row.account == "sue"));
    assert!(rows.iter().all(|row| !row.object.contains("nobody")));
}

#[test]
fn a_disabled_account_loses_its_sessions_and_stays_out() {
    let people = office();
    let inside = login(&people, "sue", NOW);
    assert!(people.viewer(&inside.token, NOW).unwrap().is_some());
    assert!(people.viewer_known(&inside.token, NOW).is_some());
    let before = people.generation();
    let change = AccountChange { disabled: Some(true), ..AccountChange::default() };
    people.change(&Actor::console(), "sue", change, None, NOW).unwrap();
    assert_ne!(people.generation(), before);
    assert!(people.viewer_known(&inside.token, NOW).is_none());
    assert!(people.viewer(&inside.token, NOW).unwrap().is_none());
    let tried = people.login("sue", &secret(GOOD), &from("192.0.2.1"), NOW);
    assert!(matches!(tried, Err(Refused::Wrong)));
}

#[test]
fn changing_ones_password_ends_the_other_sessions() {
    let people = office();
    let here = login(&people, "sue", NOW);
    let there = login(&people, "sue", NOW);
    let change = |old: &str| {
        let from = from("192.0.2.1");
        people.change_own_password(
            &here.viewer,
            &secret(old),
            &secret("another good one"),
            &from,
            NOW,
        )
    };
    assert!(matches!(change("not the old one"), Err(Refused::Wrong)));
    change(GOOD).unwrap();
    assert!(people.viewer(&here.token, NOW).unwrap().is_some());
    assert!(people.viewer(&there.token, NOW).unwrap().is_none());
    assert!(people.login("sue", &secret(GOOD), &from("192.0.2.1"), NOW).is_err());
    assert!(people.login("sue", &secret("another good one"), &from("192.0.2.1"), NOW).is_ok());
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_and_only_ones_own() {
    let people = office();
    let here = login(&people, "sue", NOW);
    let there = login(&people, "sue", NOW);
    let root = login(&people, "root", NOW);
    assert_eq!(people.sessions(&here.viewer, NOW).unwrap().len(), 2);
    let actor = Actor::console();
    let other = root.viewer.session.handle();
    let error = people.end_session(&here.viewer, &other, &actor, NOW).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    people.end_session(&here.viewer, &there.viewer.session.handle(), &actor, NOW).unwrap();
    assert!(people.viewer(&there.token, NOW).unwrap().is_none());
    people.logout(&here.viewer, NOW).unwrap();
    assert!(people.viewer(&here.token, NOW).unwrap().is_none());
    assert!(people.viewer(&root.token, NOW).unwrap().is_some());
}

#[test]
fn the_oldest_of_too_many_sessions_goes() {
    let people = office();
    let viewer = login(&people, "sue", NOW).viewer;
    // Written directly: fifty-five real log-ins would hash fifty-five times.
    for n in 1..=55 {
        let (_, mut session) = (Token::new().unwrap(), viewer.session.clone());
        session.id_hash = Token::new().unwrap().hashed();
        session.last_seen = NOW + n;
        people.store.write(|db| sql::insert_session(db, &session)).unwrap();
    }
    login(&people, "sue", NOW + 60);
    let sessions = people.sessions(&viewer, NOW + 60).unwrap();
    assert_eq!(sessions.len(), 50);
    assert_eq!(sessions.last().unwrap().last_seen, NOW + 7);
}

#[test]
fn the_last_administrator_can_not_be_removed_disabled_or_demoted() {
    let people = office();
    let actor = Actor::console();
    let conflict = |result: Result<()>| assert_eq!(result.unwrap_err().kind(), Kind::Conflict);
    let change = |change| people.change(&actor, "root", change, None, NOW).map(|_| ());
    conflict(people.remove(&actor, "root", NOW));
    conflict(change(AccountChange { disabled: Some(true), ..AccountChange::default() }));
    conflict(change(AccountChange { role: Some(Role::Agent), ..AccountChange::default() }));
    people.create(&actor, new("second", Role::Administrator), &secret(GOOD), NOW).unwrap();
    people.remove(&actor, "root", NOW).unwrap();
    conflict(people.remove(&actor, "second", NOW));
}

#[test]
fn every_change_leaves_an_audit_row_with_what_was_and_what_is() {
    let people = office();
    let actor = Actor { account: "root".to_owned(), address: "192.0.2.5".to_owned() };
    let change = AccountChange {
        name: Some("Susan".to_owned()),
        queues: Some(Some(vec!["sales".to_owned()])),
        ..AccountChange::default()
    };
    people.change(&actor, "sue", change, Some(&secret("brand new one")), NOW).unwrap();
    people.remove(&actor, "sue", NOW).unwrap();
    let rows = people.audit(None, 100).unwrap();
    let texts: Vec<_> = rows
        .iter()
        .map(|row| (row.action.as_str(), row.old.as_deref(), row.new.as_deref()))
        .collect();
    assert_eq!(
        texts,
        [
            ("account.remove", Some("name=Susan; role=supervisor; agent=; queues=sales"), None),
            ("account.password", None, None),
            ("account.change", Some("name=SUE; queues=all"), Some("name=Susan; queues=sales")),
            ("account.create", None, Some("name=SUE; role=supervisor; agent=; queues=all")),
            ("account.create", None, Some("name=ROOT; role=administrator; agent=; queues=all")),
        ]
    );
    assert!(rows.iter().take(3).all(|row| row.address == "192.0.2.5" && row.account == "root"));
    let page = people.audit(Some(rows[1].id), 2).unwrap();
    assert_eq!(page, rows[2..4]);
}

#[test]
fn queues_of_an_account_are_what_its_viewer_may_see() {
    let people = office();
    let viewer = login(&people, "sue", NOW).viewer;
    assert!(viewer.may_see_queue("anything"));
    let change =
        AccountChange { queues: Some(Some(vec!["sales".to_owned()])), ..AccountChange::default() };
    people.change(&Actor::console(), "sue", change, None, NOW).unwrap();
    let viewer = login(&people, "sue", NOW).viewer;
    assert!(viewer.may_see_queue("sales"));
    assert!(!viewer.may_see_queue("Sales"));
}

#[test]
fn people_change_their_looks_but_not_their_role() {
    let people = office();
    let viewer = login(&people, "sue", NOW).viewer;
    let change = AccountChange {
        role: Some(Role::Administrator),
        language: Some(Language::French),
        theme: Some(Theme::Dark),
        ..AccountChange::default()
    };
    let account = people.change_own(&viewer, change, &Actor::console(), NOW).unwrap();
    assert_eq!(
        (account.role, account.language, account.theme),
        (Role::Supervisor, Language::French, Theme::Dark)
    );
}

#[test]
fn a_taken_name_is_a_conflict_and_an_unknown_one_is_not_found() {
    let people = office();
    let actor = Actor::console();
    let again = people.create(&actor, new("SUE", Role::User), &secret(GOOD), NOW);
    assert_eq!(again.unwrap_err().kind(), Kind::Conflict);
    assert_eq!(people.remove(&actor, "nobody", NOW).unwrap_err().kind(), Kind::NotFound);
    let short = people.create(&actor, new("tim", Role::User), &secret("short"), NOW).unwrap_err();
    assert!(short.message().starts_with("password:"), "{}", short.message());
}

#[test]
fn purging_removes_old_audit_rows_and_dead_sessions() {
    let people = office();
    let old = login(&people, "sue", NOW);
    let fresh = login(&people, "root", NOW + 5_000);
    let removed = people.purge(1_000, NOW + 5_500).unwrap();
    assert_eq!(removed, 3);
    assert_eq!(actions(&people), ["root login root"]);
    assert!(people.store.read(|db| sql::session(db, &old.token.hashed())).unwrap().is_none());
    assert!(people.store.read(|db| sql::session(db, &fresh.token.hashed())).unwrap().is_some());
}
