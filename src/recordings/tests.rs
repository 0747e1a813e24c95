//! Recordings with a real database and real files.

use super::*;
use crate::store::Settings;

const NOW: UnixSec = 1_795_132_812;

struct House {
    recordings: Recordings,
    folder: tempfile::TempDir,
}

impl std::ops::Deref for House {
    type Target = Recordings;

    fn deref(&self) -> &Recordings {
        &self.recordings
    }
}

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), Settings::default()).unwrap();
    let folders =
        Folders { spool: folder.path().join("spool"), vault: folder.path().join("vault") };
    std::fs::create_dir_all(&folders.spool).unwrap();
    House { recordings: Recordings::new(store, folders), folder }
}

fn begun(call: &str, started: UnixSec) -> Begun {
    Begun {
        started,
        call: call.to_owned(),
        linkedid: Some(call.to_owned()),
        channel: Some("PJSIP/ann-1".to_owned()),
        queue: Some("sales".to_owned()),
        agent: Some("Ann".to_owned()),
        number: Some("0612345678".to_owned()),
        direction: Direction::Inbound,
        place: Place::Spool,
        path: format!("sales-{call}.wav"),
        leg: Leg::Mix,
        occasion: Occasion::Queue,
        asked: None,
    }
}

impl House {
    fn begin(&self, begun: &Begun) -> i64 {
        self.store.write(|db| sql::recordings::insert(db, begun)).unwrap()
    }

    /// One that is done with and lies plain in the spool, a minute long.
    fn plain(&self, call: &str, started: UnixSec) -> i64 {
        let begun = begun(call, started);
        let id = self.begin(&begun);
        std::fs::write(self.folder.path().join("spool").join(&begun.path), b"sound").unwrap();
        let sound =
            Sound { codec: "pcm_s16le".to_owned(), rate: 8000, channels: 1, duration_ms: 60_000 };
        let finished = sql::recordings::Finished {
            place: Place::Spool,
            path: &begun.path,
            sound: Some(&sound),
            size: 5,
            sha256: [7; 32],
            sealed: None,
        };
        self.store
            .write(|db| {
                assert!(sql::recordings::close(db, id, started + 60)?);
                assert!(sql::recordings::finish(db, id, &finished)?);
                Ok(())
            })
            .unwrap();
        id
    }
}

fn mark(at_ms: u32, text: &str) -> Mark {
    Mark { at_ms, length_ms: 0, text: text.to_owned(), colour: Colour::Green }
}

#[test]
fn a_recording_goes_from_growing_to_its_place_and_keeps_what_was_known() {
    let house = house();
    let id = house.begin(&begun("1795132810.5", NOW));
    let growing = house.one(id, NOW).unwrap();
    assert_eq!((growing.state, growing.duration_ms()), (State::Growing, None));
    assert_eq!(growing.channel.as_deref(), Some("PJSIP/ann-1"));
    assert_eq!(growing.linkedid, None, "the same id is stored once");

    let sealed = Sealed { size: 900, sha256: [9; 32], keys: "aa bb".to_owned() };
    let finished = sql::recordings::Finished {
        place: Place::Vault,
        path: "2026/11/20/1.wav.age",
        sound: None,
        size: 800,
        sha256: [8; 32],
        sealed: Some(&sealed),
    };
    house
        .store
        .write(|db| {
            assert!(!sql::recordings::finish(db, id, &finished)?, "it still grows");
            assert!(sql::recordings::close(db, id, NOW + 61)?);
            assert!(!sql::recordings::close(db, id, NOW + 99)?, "once is enough");
            sql::recordings::put_stretches(db, id, &[(10, 20)], &[(30, 40)])?;
            assert!(sql::recordings::finish(db, id, &finished)?);
            Ok(())
        })
        .unwrap();
    let done = house.one(id, NOW).unwrap();
    assert_eq!((done.state, done.duration_ms()), (State::Sealed, Some(61_000)));
    assert_eq!((done.muted, done.on_hold), (vec![(10, 20)], vec![(30, 40)]));
    assert_eq!(done.sealed.as_ref(), Some(&sealed));
    assert_eq!(done.channel, None);
    let done = house.one(id, NOW).unwrap();
    assert_eq!(done.lock(|key| key == "bb"), Lock::Open);
    assert_eq!(done.lock(|key| key == "cc"), Lock::Locked);
}

#[test]
fn recordings_of_one_second_have_ids_of_their_own() {
    let house = house();
    let ids: Vec<i64> = (0..3).map(|_| house.begin(&begun("1.1", NOW))).collect();
    assert_eq!(ids, [first_id(NOW), first_id(NOW) + 1, first_id(NOW) + 2]);
}

#[test]
fn a_call_finds_its_recordings_by_its_own_id_and_by_the_conversations() {
    let house = house();
    let own = house.begin(&begun("10.1", NOW));
    let other = house.begin(&Begun { linkedid: Some("10.1".to_owned()), ..begun("10.2", NOW + 5) });
    house.begin(&begun("10.10", NOW + 6));
    let ids = |call: &str| -> Vec<i64> {
        house.of_call(call, NOW).unwrap().iter().map(|one| one.id).collect()
    };
    assert_eq!(ids("10.1"), [own, other]);
    assert_eq!(ids(":10.1"), [own, other], "with our colon");
    assert_eq!(ids("10.2"), [other]);
    assert!(ids("10.3").is_empty());
}

#[test]
fn pages_go_back_in_time_without_gap_or_repetition() {
    let house = house();
    let mut all: Vec<i64> =
        (0..7).map(|n| house.begin(&begun(&format!("{n}.1"), NOW + n / 2))).collect();
    all.reverse();
    let (mut seen, mut filter) = (Vec::new(), Filter::default());
    loop {
        let page = house.list(&filter, 3, NOW).unwrap();
        seen.extend(page.rows.iter().map(|row| row.id));
        match page.next {
            Some(next) => filter.below = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[test]
fn filters_narrow_by_time_queue_agent_number_state_and_hold() {
    let house = house();
    let one = house.plain("1.1", NOW);
    let two = house.begin(&Begun {
        queue: None,
        agent: Some("Bob".to_owned()),
        number: Some("+33 1%".to_owned()),
        ..begun("2.1", NOW + 100)
    });
    let ids = |filter: Filter| -> Vec<i64> {
        house.list(&filter, 10, NOW).unwrap().rows.iter().map(|row| row.id).collect()
    };
    let all = Filter::default();
    assert_eq!(ids(all.clone()), [two, one]);
    assert_eq!(ids(Filter { from: Some(NOW + 1), ..all.clone() }), [two]);
    assert_eq!(ids(Filter { to: Some(NOW + 100), ..all.clone() }), [one]);
    let queues = |list: &[&str]| Some(list.iter().map(|&name| name.to_owned()).collect());
    assert_eq!(ids(Filter { queues: queues(&["sales", "x"]), ..all.clone() }), [one]);
    assert!(ids(Filter { queues: queues(&[]), ..all.clone() }).is_empty());
    assert_eq!(ids(Filter { agents: queues(&["Bob"]), ..all.clone() }), [two]);
    let number = |text: &str| ids(Filter { number: Some(text.to_owned()), ..Filter::default() });
    assert_eq!(number("06*"), [one]);
    assert_eq!(number("*5678"), [one]);
    assert_eq!(number("+33 1%"), [two], "a percent sign is itself");
    assert!(number("%").is_empty());
    assert_eq!(ids(Filter { states: Some(vec![State::Growing]), ..all.clone() }), [two]);
    assert!(ids(Filter { held: true, ..all.clone() }).is_empty());
    let of = Held { agent: Some("Bob".to_owned()), ..Held::default() };
    house.hold(of, "claim", None, "root", NOW).unwrap();
    assert_eq!(ids(Filter { held: true, ..all }), [two]);
}

#[test]
fn a_marker_needs_a_note_and_a_time_within_the_recording() {
    let house = house();
    let id = house.plain("1.1", NOW);
    let add = |mark| house.add_marker(id, mark, "root", NOW);
    for bad in [
        mark(1000, "  "),
        mark(60_001, "late"),
        Mark { length_ms: 1, ..mark(60_000, "late") },
        Mark { length_ms: u32::MAX, ..mark(1, "very late") },
        mark(1, &"x".repeat(2001)),
    ] {
        assert_eq!(add(bad).unwrap_err().kind(), Kind::Invalid);
    }
    let late = add(mark(60_000, "end")).unwrap();
    let early = add(mark(5_000, " greeting ")).unwrap();
    let texts = |markers: Vec<Marker>| -> Vec<String> {
        markers.into_iter().map(|marker| marker.mark.text).collect()
    };
    assert_eq!(texts(house.markers(id).unwrap()), ["greeting", "end"]);
    assert_eq!(house.one(id, NOW).unwrap().markers, 2);
    let (old, new) = house.change_marker(id, early.id, mark(6_000, "hello"), NOW + 9).unwrap();
    assert_eq!((old.mark.at_ms, new.mark.at_ms, new.created), (5_000, 6_000, NOW));
    assert_eq!(house.delete_marker(id, late.id).unwrap(), late);
    assert_eq!(texts(house.markers(id).unwrap()), ["hello"]);
    assert_eq!(house.delete_marker(id + 1, early.id).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn what_is_heard_in_one_sitting_is_one_row() {
    let house = house();
    let id = house.plain("1.1", NOW);
    let ann = Listener { account: "ann", address: "192.0.2.1", purpose: Purpose::Play };
    for (part, at) in [((0, 0), 0), ((0, 5000), 5), ((4000, 9000), 9), ((50_000, 99_000), 60)] {
        house.listened(id, ann, part, NOW + at).unwrap();
    }
    house.listened(id, ann, (0, 1000), NOW + 7200).unwrap();
    let listens = house.listens(id).unwrap();
    let heard: Vec<_> = listens.iter().map(|listen| (listen.at, listen.heard.clone())).collect();
    let first = vec![(0, 9000), (50_000, 60_000)];
    assert_eq!(heard, [(NOW + 7200, vec![(0, 1000)]), (NOW, first)]);
    assert_eq!(house.one(id, NOW).unwrap().listened, 2);
    assert_eq!(house.listened(1, ann, (0, 1), NOW).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn what_is_held_is_not_deleted_until_the_hold_ends() {
    let house = house();
    let id = house.plain("1.1", NOW);
    let by_number = Held { number: Some("0612345678".to_owned()), ..Held::default() };
    let alone = Held { recording: Some(id), ..Held::default() };
    let elsewhere =
        Held { number: Some("0612345678".to_owned()), since: Some(NOW + 1), ..Held::default() };
    house.hold(elsewhere, "another day", None, "root", NOW).unwrap();
    assert!(!house.one(id, NOW).unwrap().held, "all conditions of a hold must be met");
    let hold = house.hold(by_number, "claim", Some(NOW + 50), "root", NOW).unwrap();
    house.hold(alone, "claim", None, "root", NOW).unwrap();
    let refused = |now| house.delete(id, "root", "", now).unwrap_err().kind();
    assert_eq!(refused(NOW), Kind::Conflict);
    house.release_recording(id, "root", NOW).unwrap();
    assert_eq!(house.release_recording(id, "root", NOW).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(refused(NOW), Kind::Conflict, "the hold on the number is in force");
    assert!(!house.one(id, NOW + 50).unwrap().held, "a hold ends by itself");
    house.release(hold.id, "root", NOW).unwrap();
    assert_eq!(house.release(hold.id, "root", NOW).unwrap_err().kind(), Kind::NotFound);
    house.delete(id, "root", "asked for", NOW).unwrap();
}

#[test]
fn a_deleted_recording_leaves_a_row_that_says_who_did_it() {
    let house = house();
    let id = house.plain("1.1", NOW);
    house.add_marker(id, mark(1, "x"), "root", NOW).unwrap();
    let file = house.folder.path().join("spool/sales-1.1.wav");
    assert!(file.exists());
    house.delete(id, "root", "asked for", NOW).unwrap();
    assert!(!file.exists());
    let gone = house.one(id, NOW).unwrap();
    assert_eq!((gone.state, gone.path, gone.markers), (State::Deleted, None, 0));
    assert_eq!(gone.note.as_deref(), Some("root: asked for"));
    assert_eq!(house.delete(id, "root", "", NOW).unwrap_err().kind(), Kind::Conflict);
    let growing = house.begin(&begun("2.1", NOW));
    assert_eq!(house.delete(growing, "root", "", NOW).unwrap_err().kind(), Kind::Conflict);
}

#[test]
fn a_hold_needs_a_reason_a_thing_and_an_end_to_come() {
    let house = house();
    let of = || Held { agent: Some("Ann".to_owned()), ..Held::default() };
    let kind = |of, reason, until| house.hold(of, reason, until, "root", NOW).unwrap_err().kind();
    assert_eq!(kind(of(), " ", None), Kind::Invalid);
    assert_eq!(kind(Held::default(), "claim", None), Kind::Invalid);
    assert_eq!(kind(of(), "claim", Some(NOW)), Kind::Invalid);
    let unknown = Held { recording: Some(1), ..Held::default() };
    assert_eq!(kind(unknown, "claim", None), Kind::NotFound);
    assert!(house.holds().unwrap().is_empty());
}

#[test]
fn counts_tell_the_states_and_the_oldest() {
    let house = house();
    house.plain("1.1", NOW);
    house.begin(&begun("2.1", NOW + 5));
    let counts = house.counts().unwrap();
    assert_eq!(counts.states, [(State::Growing, 1, 0), (State::Plain, 1, 5)]);
    assert_eq!(counts.oldest, Some(NOW));
}

#[test]
fn a_person_is_erased_and_the_proof_names_nobody() {
    let house = house();
    let mine = house.plain("1.1", NOW);
    let held = house.plain("2.1", NOW + 5);
    let other = house.begin(&Begun { number: Some("0600".to_owned()), ..begun("3.1", NOW + 6) });
    house.add_marker(mine, mark(1, "he said"), "root", NOW).unwrap();
    let of = Held { recording: Some(held), ..Held::default() };
    house.hold(of, "claim", None, "root", NOW).unwrap();
    let erase = Erase { person: Person::Number("0612345678".to_owned()), from: None, to: None };
    let ids = |rows: &[Recording]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let would = house.affected(&erase, NOW).unwrap();
    assert_eq!((ids(&would.taken), ids(&would.kept)), (vec![mine], vec![held]));
    assert_eq!(house.erase(&erase, " ", "root", NOW).unwrap_err().kind(), Kind::Invalid);
    let nobody = Erase { person: Person::Number("*".to_owned()), ..erase.clone() };
    assert_eq!(house.affected(&nobody, NOW).unwrap_err().kind(), Kind::Invalid);

    let (proof, _) = house.erase(&erase, "request 17", "root", NOW).unwrap();
    assert_eq!((proof.recordings, proof.markers, proof.failed), (1, 1, 0));
    assert_eq!(proof.erased, [(mine, Some([7; 32]))]);
    assert!(!house.folder.path().join("spool/sales-1.1.wav").exists());
    assert!(house.folder.path().join("spool/sales-2.1.wav").exists());
    let gone = house.one(mine, NOW).unwrap();
    assert_eq!((gone.state, gone.number), (State::Deleted, None));
    assert_eq!(house.one(other, NOW).unwrap().number.as_deref(), Some("0600"));
    assert_eq!(house.erasures().unwrap(), std::slice::from_ref(&proof));
    let file = std::fs::read_to_string(house.folder.path().join("vault/erasures.jsonl")).unwrap();
    assert!(file.contains(&proof.id) && !file.contains("0612345678"), "{file}");
    assert_eq!(house.erase_again(NOW).unwrap(), 0, "it is known");
}

#[test]
fn a_restored_database_erases_again_what_it_brought_back() {
    let house = house();
    let id = house.plain("1.1", NOW);
    let backup = house.folder.path().join("before.db");
    house.store.backup(&backup).unwrap();
    let erase = Erase { person: Person::Agent("Ann".to_owned()), from: None, to: None };
    house.erase(&erase, "request 17", "root", NOW).unwrap();
    let House { recordings, folder } = house;
    drop(recordings);
    Store::restore(folder.path(), &backup, NOW).unwrap();
    let (store, _) = Store::open(folder.path(), Settings::default()).unwrap();
    let folders =
        Folders { spool: folder.path().join("spool"), vault: folder.path().join("vault") };
    let again = Recordings::new(store, folders);
    assert_eq!(again.one(id, NOW).unwrap().state, State::Plain, "the backup knew it");
    assert_eq!(again.erase_again(NOW).unwrap(), 1);
    assert_eq!(again.one(id, NOW).unwrap().state, State::Deleted);
    assert_eq!(again.erase_again(NOW).unwrap(), 0);
}

#[test]
fn what_is_due_by_its_queues_rule_is_swept_and_what_is_held_is_not() {
    let house = house();
    let old = house.plain("1.1", NOW - 10 * 86_400);
    let held = house.plain("2.1", NOW - 9 * 86_400);
    let young = house.plain("3.1", NOW - 86_400);
    let of = Held { recording: Some(held), ..Held::default() };
    house.hold(of, "claim", None, "root", NOW).unwrap();
    let rules = Rules { days: 0, queues: [("sales".to_owned(), 7)].into() };
    let due = house.due(&rules, 10, NOW).unwrap();
    assert_eq!(due.iter().map(|row| row.id).collect::<Vec<_>>(), [old]);
    let swept = house.sweep(&rules, 0, NOW).unwrap();
    assert_eq!((swept.deleted, swept.bytes, swept.next), (1, 5, None));
    let state = |id| house.one(id, NOW).unwrap().state;
    assert_eq!(
        (state(old), state(held), state(young)),
        (State::Deleted, State::Plain, State::Plain)
    );
    assert_eq!(house.one(old, NOW).unwrap().note.as_deref(), Some("retention"));
    let for_ever = Rules { days: 1, queues: [("sales".to_owned(), 0)].into() };
    assert!(house.due(&for_ever, 10, NOW).unwrap().is_empty());
    // Room is made of the oldest that may go.
    let room = house.make_room(1, NOW).unwrap();
    assert_eq!((room.deleted, state(young), state(held)), (1, State::Deleted, State::Plain));
    assert_eq!(house.make_room(1, NOW).unwrap().deleted, 0, "the rest is held");
    assert_eq!(house.tidy(NOW - 5 * 86_400, NOW).unwrap(), 0);
    assert_eq!(house.one(old, NOW).unwrap_err().kind(), Kind::NotFound);
    assert_eq!(state(young), State::Deleted, "it is remembered a while");
}
