//! The one table of routes: method, address, who may, what caches may do,
//! handler. The router, the API's document and the test of roles are made of
//! it, so a route that is not here does not exist, and one without a rule
//! does not compile.

use crate::live::{Difference, Snapshot};
use crate::people::Right as R;
use crate::portal::api::{
    accounts, actions, calls, desk, door, kiosk, live, me, office, question, recording_acts as ra,
    recording_export as re, recordings, reports, subscriptions, system, vault, views,
};
use crate::portal::route::FieldKind as K;
use crate::portal::route::Method::{Delete, Get, Patch, Post};
use crate::portal::route::{Access, Cache, Field, Gives, Handler, Method, Route, may, must};
use crate::portal::schema::{Described, free_object};
use crate::portal::stream::Beat;
use crate::portal::wire::calls as c;
use crate::portal::wire::office as o;
use crate::portal::wire::people as p;
use crate::portal::wire::recordings as w;
use crate::portal::wire::reports::Catalogue;
use crate::portal::wire::saved as k;
use crate::portal::wire::system as s;
use crate::reports::Report;
use crate::reports::calls::CallDetail;

/// Bytes of a body, unless a route says otherwise.
const BODY: usize = 64 * 1024;

const fn route(
    method: Method,
    path: &'static str,
    access: Access,
    gives: Gives,
    run: Handler,
    doc: &'static str,
) -> Route {
    Route {
        method,
        path,
        access,
        cache: Cache::Never,
        query: &[],
        body: &[],
        body_limit: BODY,
        gives,
        doc,
        run,
    }
}

impl Route {
    const fn query(mut self, fields: &'static [Field]) -> Route {
        self.query = fields;
        self
    }

    const fn body(mut self, fields: &'static [Field]) -> Route {
        self.body = fields;
        self
    }

    const fn cache(mut self, cache: Cache) -> Route {
        self.cache = cache;
        self
    }
}

const fn json<T: Described>() -> Gives {
    Gives::Json(T::shape)
}

const fn table<T: Described>() -> Gives {
    Gives::Table(T::shape)
}

/// A handler as the table holds it.
macro_rules! run {
    ($handler:path) => {
        |asked| Box::pin($handler(asked))
    };
}

const PUBLIC: Access = Access::Public;
const SELF: Access = Access::Any(&[R::SelfEdit]);
const NAMES: Access = Access::Any(&[R::NamesView]);
const LIVE: Access = Access::Any(&[R::LiveView, R::WallsView]);
const REPORTS: Access = Access::Any(&[R::ReportsView, R::ReportsOwn]);
const CALLS: Access = Access::Any(&[R::CallsView, R::CallsOwn]);
const CLOSE: Access = Access::Any(&[R::CallsClose]);
const HEALTH: Access = Access::Any(&[R::HealthView]);
const BACKUP: Access = Access::Any(&[R::BackupCreate]);
const ACCOUNTS: Access = Access::Any(&[R::AccountsManage]);
const KIOSKS: Access = Access::Any(&[R::KiosksManage]);
const SCREEN: Access = Access::Kiosk;
const AUDIT: Access = Access::Any(&[R::AuditView]);

const TOLD: Access = Access::Any(&[R::LiveView]);
/// The events that are no facet of an agent or a queue; the others are told
/// in docs/events.md.
const NEWS: Gives = Gives::Events(&[
    ("snapshot", free_object),
    ("gap", free_object),
    ("link", free_object),
    ("heartbeat", free_object),
    ("agentName", free_object),
    ("extensionStatus", free_object),
    ("queueMemberStatus", free_object),
    ("phoneNumber", free_object),
    ("queueCount", free_object),
    ("agentComplete", free_object),
    ("originateFailed", free_object),
    ("parkedCall", free_object),
    ("unParkedCall", free_object),
    ("parkedCallTimeOut", free_object),
    ("parkedCallGiveUp", free_object),
]);
const OFFICE: Access = Access::Any(&[R::OfficeView]);
const ACT: Access = Access::Any(&[R::AgentSelf, R::CallsMake, R::CallsListen]);
const MAKE: Access = Access::Any(&[R::CallsMake]);
const MOVE: Access = Access::Any(&[R::AgentSelf, R::CallsTransfer]);
const MOVE_OTHERS: Access = Access::Any(&[R::CallsTransfer]);
const HANGUP: Access = Access::Any(&[R::AgentSelf, R::CallsHangup]);
const PICK: Access = Access::Any(&[R::CallsPick]);
const MEMBERS: Access = Access::Any(&[R::AgentSelf, R::MembersManage]);
const MANAGE: Access = Access::Any(&[R::MembersManage]);
const PAUSES: Access = Access::Any(&[R::AgentSelf, R::MembersPause]);
const LISTEN: Access = Access::Any(&[R::CallsListen]);
const WHISPER: Access = Access::Any(&[R::CallsWhisper]);
const BARGE: Access = Access::Any(&[R::CallsBarge]);
const EARS: Access = Access::Any(&[R::CallsListen, R::CallsWhisper, R::CallsBarge]);
const RECORD: Access = Access::Any(&[R::AgentSelf, R::CallsRecord]);
const MARK: Access = Access::Any(&[R::AgentSelf, R::CallsMark]);
const TEXT: Access = Access::Any(&[R::TextSend]);
const HEAR: Access = Access::Any(&[R::RecordingsPlay, R::RecordingsOwn]);
const SOUND: Access = HEAR;
/// And [`R::Export`], which the handler asks for.
const TAKES: Access = Access::Any(&[R::RecordingsDownload]);
const MARKS: Access = Access::Any(&[R::MarkersAdd]);
const HOLDS: Access = Access::Any(&[R::RecordingsHold]);
const DELETES: Access = Access::Any(&[R::RecordingsDelete]);
const LISTENS: Access = Access::Any(&[R::ListensView]);
const KEYS: Access = Access::Any(&[R::RecordingsKeys]);
const ERASES: Access = Access::Any(&[R::RecordingsErase]);
const STORES: Access = Access::Any(&[R::RecordingsKeys, R::RecordingsErase]);
/// What an action's answer looks like.
const DONE: Gives = Gives::Json(o::ActionDone::shape);

const NAME: K = K::Text(100);
const LANGUAGE: Field = may("language", K::Choice(p::LANGUAGES), "Of the pages.");
const LIVE_QUEUES: &[Field] =
    &[may("queues", K::Commas, "Only these queues; all one may see when left out.")];
const CHANGED_NAME: Field = may("name", NAME, "The person's name.");
const AGENT: Field = may("agent", K::TextOrNull(100), "The agent this person is in the log.");
const QUEUES: Field = may("queues", K::TextsOrNull, "Queues this person may see; null is all.");

const CLAIM: &[Field] = &[
    must("code", K::Secret, "The code on the console."),
    must("account", K::Text(64), "What the administrator will log in with."),
    must("name", NAME, "The person's name."),
    must("password", K::Secret, "At least 10 characters."),
    LANGUAGE,
];
const LOG_IN: &[Field] = &[must("account", K::Text(200), ""), must("password", K::Secret, "")];
const LOOKS: &[Field] = &[
    CHANGED_NAME,
    LANGUAGE,
    may("theme", K::Choice(p::THEMES), ""),
    may("density", K::Choice(p::DENSITIES), ""),
    may("single_keys", K::Flag, "Whether single letters act as keys."),
];
const PASSWORD: &[Field] =
    &[must("old", K::Secret, ""), must("new", K::Secret, "At least 10 characters.")];
const NEW_ACCOUNT: &[Field] = &[
    must("account", K::Text(64), "What the person logs in with."),
    must("name", NAME, "The person's name."),
    must("role", K::Choice(p::ROLES), "What the account may do."),
    must("password", K::Secret, "At least 10 characters."),
    LANGUAGE,
    AGENT,
    QUEUES,
];
const ACCOUNT_CHANGE: &[Field] = &[
    CHANGED_NAME,
    may("role", K::Choice(p::ROLES), "What the account may do."),
    may("password", K::Secret, "A new password ends the account's sessions."),
    LANGUAGE,
    AGENT,
    QUEUES,
    may("disabled", K::Flag, "Keeps the account but nobody can log in."),
];
const NEW_VIEW: &[Field] = &[
    must("name", NAME, "One of the same name is replaced."),
    must("address", K::Text(2000), "Path and query below the portal's root."),
];
const COLUMNS: &[Field] =
    &[must("columns", K::Texts, "Ids in their order; an empty list is all columns again.")];
const NEW_KIOSK: &[Field] = &[
    must("name", NAME, "Where the screen hangs."),
    may("queues", K::TextsOrNull, "Queues to show; null is all the account may see."),
];
const SCREEN_TOKEN: &[Field] = &[must("token", K::Secret, "What follows `#k=` in the address.")];
const AUDIT_PAGE: &[Field] = &[
    may("limit", K::Number(1, 500), "Rows; 50 unless given."),
    may("marker", K::Text(100), "The `next` of the page before."),
];
const CLOSING: &[Field] =
    &[may("seconds", K::Number(0, 7 * 86_400), "Length of the conversation, if known.")];
/// A question with another limit, and where in the list.
const CALLS_PAGE: [Field; question::FIELDS.len() + 2] = calls_page();

const fn calls_page() -> [Field; question::FIELDS.len() + 2] {
    let marker = may("marker", K::Text(100), "The `next` of the page before.");
    let mut fields = [marker; question::FIELDS.len() + 2];
    let mut index = 0;
    while index < question::FIELDS.len() {
        fields[index] = question::FIELDS[index];
        index += 1;
    }
    fields[index] = may("order", K::Choice(&["newest", "oldest"]), "newest unless given");
    fields
}
const LIVE_EVENTS: Gives = Gives::Events(&[
    ("snapshot", Snapshot::shape),
    ("change", Difference::shape),
    ("beat", Beat::shape),
]);

#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    // coming in
    route(Get,    "/healthz",                   PUBLIC,   Gives::Text,             run!(system::healthz), "Whether the box does its work"),
    route(Get,    "/api/v1/openapi.json",       PUBLIC,   Gives::Json(free_object), run!(door::document), "This document").cache(Cache::Ask),
    route(Get,    "/api/v1/hello",              PUBLIC,   json::<p::Hello>(),      run!(door::hello),     "What anybody may know of this box"),
    route(Post,   "/api/v1/claim",              PUBLIC,   json::<p::Me>(),         run!(door::claim),     "Create the first administrator").body(CLAIM),
    route(Post,   "/api/v1/session",            PUBLIC,   json::<p::Me>(),         run!(door::log_in),    "Log in").body(LOG_IN),
    route(Delete, "/api/v1/session",            SELF,     Gives::Nothing,          run!(door::log_out),   "Log out"),
    // oneself
    route(Get,    "/api/v1/me",                 SELF,     json::<p::Me>(),         run!(me::show),        "Who is logged in"),
    route(Patch,  "/api/v1/me",                 SELF,     json::<p::Me>(),         run!(me::change),      "Change one's name and looks").body(LOOKS),
    route(Post,   "/api/v1/me/password",        SELF,     Gives::Nothing,          run!(me::password),    "Change one's password").body(PASSWORD),
    route(Get,    "/api/v1/me/sessions",        SELF,     json::<p::LoginSessions>(), run!(me::sessions), "One's log-ins that have not ended"),
    route(Delete, "/api/v1/me/sessions/{id}",   SELF,     Gives::Nothing,          run!(me::end_session), "End one of them"),
    route(Get,    "/api/v1/me/views",           SELF,     json::<k::SavedViews>(), run!(views::list),      "One's saved views"),
    route(Post,   "/api/v1/me/views",           SELF,     json::<k::SavedView>(),  run!(views::keep),      "Save a view").body(NEW_VIEW),
    route(Delete, "/api/v1/me/views/{name}",    SELF,     Gives::Nothing,          run!(views::drop),      "Take a saved view away"),
    route(Get,    "/api/v1/me/columns",         SELF,     json::<k::ChosenColumns>(), run!(views::columns), "The columns one has chosen, by table"),
    route(Post,   "/api/v1/me/columns/{block}", SELF,     Gives::Nothing,          run!(views::choose),    "Choose the columns of a table").body(COLUMNS),
    // names, reports, calls
    route(Get,    "/api/v1/queues",             NAMES,    json::<s::Queues>(),     run!(system::queues),    "The queues one may see"),
    route(Get,    "/api/v1/agents",             NAMES,    json::<s::Agents>(),     run!(system::agents),    "The agents one may ask about"),
    route(Get,    "/api/v1/reports",            REPORTS,  json::<Catalogue>(),     run!(reports::catalogue), "Which reports there are"),
    route(Get,    "/api/v1/reports/{block}",    REPORTS,  table::<Report>(),       run!(reports::report),   "A report").query(&question::REPORT_FIELDS),
    route(Get,    "/api/v1/calls",              CALLS,    table::<c::CallPage>(),  run!(calls::list),       "A page of calls").query(&CALLS_PAGE),
    route(Get,    "/api/v1/calls/{id}",         CALLS,    json::<CallDetail>(),    run!(calls::show),       "One call"),
    route(Post,   "/api/v1/calls/{id}/close",   CLOSE,    json::<c::Closed>(),     run!(calls::close),      "Close a call by hand that got stuck").body(CLOSING),
    // live
    route(Get,    "/api/v1/live",               LIVE,     json::<Snapshot>(),      run!(live::snapshot),  "What is happening now").query(LIVE_QUEUES),
    route(Get,    "/api/v1/live/events",        LIVE,     LIVE_EVENTS,             run!(live::events),    "A snapshot, then what changes").query(LIVE_QUEUES),
    // the call-event service
    route(Post,   "/api/v1/subscriptions",      TOLD,     json::<o::Subscribed>(), run!(subscriptions::subscribe),   "Subscribe to events of agents and queues").body(subscriptions::SUBSCRIBE),
    route(Delete, "/api/v1/subscriptions/{id}", TOLD,     Gives::Nothing,          run!(subscriptions::unsubscribe), "End a subscription"),
    route(Get,    "/api/v1/subscriptions/{id}/events", TOLD, NEWS,                 run!(subscriptions::events),      "Its events: server-sent, over a WebSocket, or with `poll` as one answer").query(subscriptions::READ),
    // the office by AMI, and actions
    route(Get,    "/api/v1/office",             OFFICE,   json::<o::OfficeNow>(),  run!(office::now),     "Calls, telephones and parking of now"),
    route(Get,    "/api/v1/desk",               SELF,     json::<o::Desk>(),       run!(office::desk),    "What one's own page needs besides the live stream"),
    route(Get,    "/api/v1/desk/recalls",       SELF,     json::<o::Recalls>(),    run!(desk::recalls),   "Callers of one's queues to ring back"),
    route(Get,    "/api/v1/desk/marks",         MARK,     json::<o::CallMarks>(),  run!(desk::marks),     "Outcome, tag and features of a call").query(desk::MARKS),
    route(Get,    "/api/v1/actions/{id}",       ACT,      DONE, run!(actions::result),          "How an accepted action ended; waits some seconds"),
    route(Post,   "/api/v1/actions/call",       MAKE,     DONE, run!(actions::make),            "Ring one's telephone, then dial").body(actions::MAKE),
    route(Post,   "/api/v1/actions/redirect",   MOVE,     DONE, run!(actions::redirect),        "Send a call elsewhere").body(actions::MOVE),
    route(Post,   "/api/v1/actions/transfer",   MOVE,     DONE, run!(actions::transfer),        "Transfer, blind or attended").body(actions::TRANSFER),
    route(Post,   "/api/v1/actions/transfer/cancel", MOVE, DONE, run!(actions::cancel_transfer), "Give an attended transfer up").body(actions::ONE_CALL),
    route(Post,   "/api/v1/actions/park",       MOVE,     DONE, run!(actions::park),            "Park the other side and announce where").body(actions::ONE_CALL),
    route(Post,   "/api/v1/actions/hangup",     HANGUP,   DONE, run!(actions::hang_up),         "End a call").body(actions::ONE_CALL),
    route(Post,   "/api/v1/actions/pick",       PICK,     DONE, run!(actions::pick),            "Take a waiting call to a telephone").body(actions::PICK),
    route(Post,   "/api/v1/actions/priority",   MOVE_OTHERS, DONE, run!(actions::priority),     "Change a waiting call's priority").body(actions::PRIORITY),
    route(Post,   "/api/v1/actions/logon",      MEMBERS,  DONE, run!(actions::log_on),          "Log on to queues").body(actions::LOG_ON),
    route(Post,   "/api/v1/actions/logoff",     MEMBERS,  DONE, run!(actions::log_off),         "Log off from queues").body(actions::MEMBERS),
    route(Post,   "/api/v1/actions/pause",      PAUSES,   DONE, run!(actions::pause),           "Pause").body(actions::PAUSE),
    route(Post,   "/api/v1/actions/unpause",    PAUSES,   DONE, run!(actions::unpause),         "End a pause").body(actions::MEMBERS),
    route(Post,   "/api/v1/actions/penalty",    MANAGE,   DONE, run!(actions::penalty),         "Change a member's penalty").body(actions::SET_PENALTY),
    route(Post,   "/api/v1/actions/listen",     LISTEN,   DONE, run!(actions::listen),          "Listen to an agent's conversation").body(actions::ONE_AGENT),
    route(Post,   "/api/v1/actions/whisper",    WHISPER,  DONE, run!(actions::whisper),         "Speak to the agent alone").body(actions::ONE_AGENT),
    route(Post,   "/api/v1/actions/barge",      BARGE,    DONE, run!(actions::barge),           "Speak to both").body(actions::ONE_AGENT),
    route(Post,   "/api/v1/actions/listen/stop", EARS,    DONE, run!(actions::stop_listening),  "Stop listening"),
    route(Post,   "/api/v1/actions/record",     RECORD,   DONE, run!(actions::record),          "Record from now on").body(actions::ONE_CALL),
    route(Post,   "/api/v1/actions/record/stop", RECORD,  DONE, run!(actions::record_stop),     "Stop recording").body(actions::ONE_CALL),
    route(Post,   "/api/v1/actions/record/mute", RECORD,  DONE, run!(actions::record_mute),     "Record silence instead").body(actions::ONE_CALL),
    route(Post,   "/api/v1/actions/record/unmute", RECORD, DONE, run!(actions::record_unmute),  "Record again what is said").body(actions::ONE_CALL),
    route(Post,   "/api/v1/actions/outcome",    MARK,     DONE, run!(actions::outcome),         "Set a call's outcome").body(actions::OUTCOME),
    route(Post,   "/api/v1/actions/tag",        MARK,     DONE, run!(actions::tag),             "Tag a call").body(actions::TAG),
    route(Post,   "/api/v1/actions/feature",    MARK,     DONE, run!(actions::feature),         "Set a call's feature").body(actions::FEATURE),
    route(Post,   "/api/v1/actions/text",       TEXT,     DONE, run!(actions::text),            "Send a text to an agent's telephone").body(actions::TEXT),
    // recordings
    route(Get,    "/api/v1/calls/{id}/recordings", HEAR,  json::<w::CallRecordings>(), run!(recordings::of_call), "The recordings of a call"),
    route(Get,    "/api/v1/recordings",         HEAR,     json::<w::RecordingPage>(), run!(recordings::list), "A page of recordings, newest first").query(recordings::LIST),
    route(Get,    "/api/v1/recordings/keys",    KEYS,     json::<w::SealKeys>(),   run!(vault::keys),      "The keys recordings are sealed to"),
    route(Post,   "/api/v1/recordings/keys",    KEYS,     json::<w::SealKey>(),    run!(vault::make_key),  "Make the box's key").body(vault::MAKE_KEY),
    route(Post,   "/api/v1/recordings/keys/unlock", KEYS, Gives::Nothing,          run!(vault::unlock),    "Open the key by its passphrase").body(vault::UNLOCK),
    route(Post,   "/api/v1/recordings/keys/lock", KEYS,   Gives::Nothing,          run!(vault::lock),      "Forget the opened key"),
    route(Post,   "/api/v1/recordings/keys/rotate", KEYS, json::<w::Rotation>(),   run!(vault::rotate),    "Change to a new key").body(vault::MAKE_KEY),
    route(Post,   "/api/v1/recordings/keys/{fingerprint}/export", KEYS, json::<w::KeyText>(), run!(vault::export_key), "Give a key's secret out, once"),
    route(Get,    "/api/v1/recordings/storage", STORES,   json::<w::RecordingStorage>(), run!(vault::storage), "Room, age and proof of the recordings"),
    route(Post,   "/api/v1/recordings/erase",   ERASES,   json::<w::ErasureDone>(), run!(vault::erase),    "Erase a person, or say what that would erase").body(vault::ERASE),
    route(Get,    "/api/v1/recordings/erasures", ERASES,  json::<w::Erasures>(),   run!(vault::erasures),  "Erasures of before"),
    route(Get,    "/api/v1/recordings/export",  TAKES,    Gives::Bytes("application/zip"), run!(re::export), "A selection as one archive: an index, the sound, sums").query(re::EXPORT),
    route(Get,    "/api/v1/recordings/{id}",    HEAR,     json::<w::Recording>(),  run!(recordings::one),  "One recording"),
    route(Delete, "/api/v1/recordings/{id}",    DELETES,  Gives::Nothing,          run!(ra::delete),       "Delete a recording"),
    route(Get,    "/api/v1/recordings/{id}/wave", HEAR,   json::<w::WaveForm>(),   run!(recordings::wave), "Its picture"),
    route(Post,   "/api/v1/recordings/{id}/link", HEAR,   json::<w::SoundLink>(),  run!(recordings::link), "A link to its sound, for this session").body(recordings::LINK),
    route(Get,    "/api/v1/media/{link}/{name}", SOUND,   Gives::Bytes("audio/*"), run!(recordings::media), "The sound behind a link"),
    route(Get,    "/api/v1/recordings/{id}/markers", HEAR, json::<w::Markers>(),   run!(ra::markers),      "Its markers in order of time"),
    route(Post,   "/api/v1/recordings/{id}/markers", MARKS, json::<w::Marker>(),   run!(ra::add_marker),   "Add a marker").body(ra::MARK),
    route(Patch,  "/api/v1/recordings/{id}/markers/{marker}", MARKS, json::<w::Marker>(), run!(ra::change_marker), "Change a marker").body(ra::MARK),
    route(Delete, "/api/v1/recordings/{id}/markers/{marker}", MARKS, Gives::Nothing, run!(ra::delete_marker), "Delete a marker"),
    route(Get,    "/api/v1/recordings/{id}/listens", LISTENS, json::<w::Listens>(), run!(ra::listens),     "Who listened, newest first"),
    route(Post,   "/api/v1/recordings/{id}/listened", HEAR, Gives::Nothing,        run!(ra::listened),     "Tell what was heard").body(ra::HEARD),
    route(Post,   "/api/v1/recordings/{id}/hold", HOLDS,  Gives::Nothing,          run!(ra::hold),         "Keep it from being deleted").body(ra::HOLD),
    route(Delete, "/api/v1/recordings/{id}/hold", HOLDS,  Gives::Nothing,          run!(ra::release),      "End the hold on it"),
    // wallboards without a log-in
    route(Get,    "/api/v1/kiosks",             KIOSKS,   json::<k::Kiosks>(),     run!(kiosk::list),     "The kiosks one may manage"),
    route(Post,   "/api/v1/kiosks",             KIOSKS,   json::<k::KioskMade>(),  run!(kiosk::create),   "Make a kiosk").body(NEW_KIOSK),
    route(Delete, "/api/v1/kiosks/{id}",        KIOSKS,   Gives::Nothing,          run!(kiosk::revoke),   "Take a kiosk away"),
    route(Post,   "/api/v1/kiosk",              PUBLIC,   json::<k::Screen>(),     run!(kiosk::open),     "Open the address of a kiosk").body(SCREEN_TOKEN),
    route(Get,    "/api/v1/kiosk",              SCREEN,   json::<k::Screen>(),     run!(kiosk::show),     "What the screen shows"),
    route(Get,    "/api/v1/kiosk/events",       SCREEN,   LIVE_EVENTS,             run!(kiosk::events),   "A snapshot, then what changes"),
    route(Get,    "/api/v1/kiosk/hours",        SCREEN,   json::<Report>(),        run!(kiosk::hours),    "The hours of today"),
    // the box
    route(Get,    "/api/v1/health",             HEALTH,   json::<s::Health>(),     run!(system::health),  "How the box does"),
    route(Get,    "/api/v1/backups",            BACKUP,   json::<s::Backups>(),    run!(system::backups), "The backups on the box"),
    route(Post,   "/api/v1/backups",            BACKUP,   json::<s::Backup>(),     run!(system::back_up), "Make a backup now"),
    // persons
    route(Get,    "/api/v1/accounts",           ACCOUNTS, json::<p::Accounts>(),   run!(accounts::list),   "All accounts"),
    route(Post,   "/api/v1/accounts",           ACCOUNTS, json::<p::Account>(),    run!(accounts::create), "Add an account").body(NEW_ACCOUNT),
    route(Patch,  "/api/v1/accounts/{account}", ACCOUNTS, json::<p::Account>(),    run!(accounts::change), "Change an account").body(ACCOUNT_CHANGE),
    route(Delete, "/api/v1/accounts/{account}", ACCOUNTS, Gives::Nothing,          run!(accounts::remove), "Remove an account"),
    route(Get,    "/api/v1/audit",              AUDIT,    json::<p::AuditPage>(),  run!(accounts::audit),  "Who did what").query(AUDIT_PAGE),
];
