//! Recordings: the list, those of one call, one, its picture, and the sound
//! by a link that works in one session.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;

use crate::audio;
use crate::base::{CallId, Zone};
use crate::media::Media;
use crate::people::{Act, Right};
use crate::portal::api::question;
use crate::portal::asked::{Asked, blocking};
use crate::portal::hearing::{Hearing, secs, stretches, tell_hold};
use crate::portal::listing;
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::route::{Field, FieldKind as K, may, must};
use crate::portal::sight::Sight;
use crate::portal::state::App;
use crate::portal::wire::calls::CallsHeader;
use crate::portal::wire::recordings as w;
use crate::recordings::links::{Grant, Moment, Target, Usage};
use crate::recordings::{Filter, Listener, Purpose, Recording, Recordings};
use crate::store::Reader;

/// Rows of a page unless asked otherwise.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;
/// Shorter silences belong to speech.
const LEAST_SILENCE_MS: u64 = 1000;

pub const LIST: &[Field] = &[
    must("from", K::Text(40), "start, a local date 2026-11-20 or date-time 2026-11-20T08:00"),
    must("to", K::Text(40), "end, not included"),
    may("zone", K::Text(64), "time zone such as Europe/Paris; default: the office's"),
    may("queue", K::Texts, "queue name, may be given several times"),
    may("agent", K::Texts, "agent name, may be given several times"),
    may("number", K::Text(40), "number; * at its start or end stands for anything"),
    may("held", K::Choice(&["yes", "no"]), "only those an order forbids to delete"),
    may("limit", K::Number(1, MOST_ROWS), "rows; 50 unless given"),
    may("marker", K::Text(100), "the `next` of the page before"),
];
pub const LINK: &[Field] =
    &[must("use", K::Choice(&["play", "download"]), "To be heard here, or taken away as a file.")];

/// The recordings of the box.
///
/// Errors: refused where recording is not set up.
pub fn recordings(app: &App) -> Result<Recordings, Refusal> {
    app.archive.recordings().cloned().ok_or_else(|| {
        let text = "recording is not set up on this box";
        Refusal::new(axum::http::StatusCode::CONFLICT, "conflict", text).coded("recordings.off", [])
    })
}

pub async fn list(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (filter, header) = filter(&asked, &hearing.sight)?;
    let limit = asked.query.number("limit").unwrap_or(ROWS);
    let (app, now) = (Arc::clone(&asked.app), asked.now);
    let page = blocking(move || {
        let page = recordings.list(&filter, u32::try_from(limit).unwrap_or(1), now)?;
        let rows = page.rows.into_iter().filter(|row| hearing.hears(row)).collect();
        let rows = shown(&app, rows, &hearing)?;
        Ok::<_, Refusal>(w::RecordingPage { header, rows, next: page.next.map(marker) })
    });
    reply::json(&page.await?)
}

/// What the question asks for, narrowed to what the viewer may hear.
pub fn filter(asked: &Asked, sight: &Sight) -> Result<(Filter, CallsHeader), Refusal> {
    let mut query = question::of_recordings(asked)?;
    sight.narrow(&mut query)?;
    let number = asked.query.text("number").filter(|text| !text.is_empty());
    if number.is_some() && !sight.callers {
        return Err(Refusal::denied("your account may not do this").coded("right.none", []));
    }
    let below = asked.query.text("marker").map(after).transpose()?;
    let given = |list: Vec<String>| if list.is_empty() { None } else { Some(list) };
    let header = CallsHeader {
        from: query.from,
        to: query.to,
        zone: query.zone.name().to_owned(),
        generated_at: asked.now,
    };
    let filter = Filter {
        from: Some(query.from),
        to: Some(query.to),
        queues: given(query.queues),
        agents: given(query.agents),
        number: number.map(str::to_owned),
        states: None,
        held: asked.query.text("held") == Some("yes"),
        below,
    };
    Ok((filter, header))
}

fn marker(id: i64) -> String {
    format!("1.{id}")
}

fn after(marker: &str) -> Result<i64, Refusal> {
    marker.strip_prefix("1.").and_then(|id| id.parse().ok()).ok_or_else(|| {
        let text = "this marker is not one of ours; begin at the first page";
        Refusal::new(axum::http::StatusCode::BAD_REQUEST, "invalid", text).coded("marker.other", [])
    })
}

pub fn hearing(asked: &Asked) -> Result<Hearing, Refusal> {
    Hearing::of(asked.viewer()?, &*asked.app.archive)
}

/// Rows with the pages of their calls.
fn shown(
    app: &App,
    found: Vec<Recording>,
    hearing: &Hearing,
) -> Result<Vec<w::Recording>, Refusal> {
    let pages = app.store.query(|reader| {
        found.iter().map(|one| page_of(reader, one, &hearing.sight)).collect::<Result<Vec<_>, _>>()
    })?;
    let rows = found.into_iter().zip(pages);
    Ok(rows.map(|(one, page)| hearing.row(one, page, &*app.archive)).collect())
}

/// The page of the call a recording belongs to: of its stints the one in the
/// recording's queue that had begun, else the first.
fn page_of(
    reader: &Reader<'_>,
    of: &Recording,
    sight: &Sight,
) -> crate::base::Result<Option<String>> {
    let names = reader.names()?;
    for id in [of.call.clone(), format!(":{}", of.call)] {
        let stints = reader.stints_of_call(&CallId::parse(&id))?;
        let seen: Vec<_> = stints.iter().filter(|(_, stint)| sight.sees(stint, &names)).collect();
        let fits = seen.iter().rev().find(|(_, stint)| {
            of.queue.as_deref().is_none_or(|queue| queue == names.queue_name(stint.queue))
                && stint.enter <= of.started() + 1
        });
        if let Some((id, _)) = fits.or(seen.first()) {
            return Ok(Some(id.to_string()));
        }
    }
    Ok(None)
}

/// The recordings of a call's page.
pub async fn of_call(asked: Asked) -> Result<Response, Refusal> {
    let (app, now) = (Arc::clone(&asked.app), asked.now);
    // A box that records nothing has calls without recordings.
    let Ok(recordings) = recordings(&app) else {
        return reply::json(&w::CallRecordings { rows: Vec::new() });
    };
    let (hearing, id) = (hearing(&asked)?, asked.part("id").to_owned());
    let calls = Sight::of(asked.viewer()?, Right::CallsView)?;
    let rows = blocking(move || {
        let detail = app.store.query(|reader| listing::detail(reader, &id, &calls, now))?;
        let Some(detail) = detail else {
            return Err(Refusal::not_found("there is no such call").coded("call.unknown", []));
        };
        let mut found = recordings.of_call(&detail.row.call_id, now)?;
        found.retain(|one| hearing.hears(one));
        let holds = if found.iter().any(|one| one.held) { recordings.holds()? } else { Vec::new() };
        let rows = found.into_iter().map(|one| {
            let mut row = hearing.row(one, Some(id.clone()), &*app.archive);
            tell_hold(&mut row, &holds, now);
            row
        });
        Ok(rows.collect())
    });
    reply::json(&w::CallRecordings { rows: rows.await? })
}

pub async fn one(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (app, now, id) = (Arc::clone(&asked.app), asked.now, asked.part("id").to_owned());
    let row = blocking(move || {
        let found = hearing.one(&recordings, &id, now)?;
        let holds = if found.held { recordings.holds()? } else { Vec::new() };
        let mut rows = shown(&app, vec![found], &hearing)?;
        rows.iter_mut().for_each(|row| tell_hold(row, &holds, now));
        rows.pop().ok_or_else(|| {
            Refusal::not_found("there is no such recording").coded("recording.unknown", [])
        })
    });
    reply::json(&row.await?)
}

pub async fn wave(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (now, id) = (asked.now, asked.part("id").to_owned());
    let form = blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let packed = if of.restricted { None } else { recordings.wave(of.id)? };
        let drawn = packed.and_then(|bytes| audio::Wave::unpack(&bytes));
        Ok::<_, Refusal>(picture(&of, drawn.as_ref()))
    });
    reply::json(&form.await?)
}

fn picture(of: &Recording, drawn: Option<&audio::Wave>) -> w::WaveForm {
    let bytes = |points: &Vec<(i8, i8)>| -> Vec<u8> {
        points.iter().flat_map(|&(low, high)| [low.cast_unsigned(), high.cast_unsigned()]).collect()
    };
    let channels = drawn.map(|wave| &*wave.points).unwrap_or_default();
    let silent = drawn.map(|wave| wave.silent(LEAST_SILENCE_MS)).unwrap_or_default();
    let place = |ms: u64| secs(u32::try_from(ms).unwrap_or(u32::MAX));
    let by_wave = drawn.map(|wave| place(wave.duration_ms()));
    w::WaveForm {
        duration: of.duration_ms().map(secs).or(by_wave).unwrap_or(0.0),
        points: channels.first().map_or(0, Vec::len),
        channels: channels.iter().map(|points| reply::base64(&bytes(points))).collect(),
        silent: silent.into_iter().map(|(from, to)| w::Stretch(place(from), place(to))).collect(),
        muted: stretches(&of.muted),
        hold: stretches(&of.on_hold),
    }
}

/// A link to the sound. It works in this session only, and its first byte
/// must be asked for before it ends.
pub async fn link(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (app, actor, now) = (Arc::clone(&asked.app), asked.actor(), asked.now);
    let (id, session) = (asked.part("id").to_owned(), asked.viewer()?.session.id_hash);
    let download = asked.body.text("use") == Some("download");
    let link = blocking(move || {
        let of = hearing.one(&recordings, &id, now)?;
        let row = hearing.row(of.clone(), None, &*app.archive);
        allowed(&row, download)?;
        // Opened once here, so that a key that is locked, or a file that is
        // damaged, is said in words and not by a player that stays silent.
        let sound = app.archive.sound(&of)?;
        let grant = Grant {
            target: Target::Recording(of.id),
            usage: if download { Usage::Download } else { Usage::Play },
            bound: session.to_vec(),
            tenant: String::new(),
            user: actor.account.clone(),
            call: of.call.clone(),
        };
        let made = app.links.issue(&grant, app.archive.link_ttl(), moment(&app))?;
        let action = if download { "recording.download" } else { "recording.listen" };
        let object = format!("{} {}", of.id, of.call);
        app.people.note(&actor, &Act { action, object: &object, old: None, new: None }, now)?;
        let purpose = if download { Purpose::Export } else { Purpose::Play };
        let listener = Listener { account: &actor.account, address: &actor.address, purpose };
        recordings.listened(of.id, listener, (0, 0), now)?;
        Ok::<_, Refusal>(w::SoundLink {
            url: format!("/api/v1/media/{}/{}.{}", made.text, of.id, sound.ending),
            expires: made.expires,
            wave: format!("/api/v1/recordings/{}/wave", of.id),
        })
    });
    reply::json(&link.await?)
}

/// Whether a row's sound may be had.
///
/// Errors: refused with the reason.
pub fn allowed(row: &w::Recording, download: bool) -> Result<(), Refusal> {
    if row.restricted {
        return Err(Refusal::denied("this recording is kept, but played to nobody")
            .coded("recording.restricted", []));
    }
    if row.state == "deleted" {
        return Err(Refusal::not_found("this recording was deleted").coded("recording.deleted", []));
    }
    if row.lock == "locked" {
        let text = "the key of this recording is locked; unlock it first";
        return Err(Refusal::new(axum::http::StatusCode::CONFLICT, "conflict", text)
            .coded("recording.locked", []));
    }
    if download && !row.may.download {
        return Err(Refusal::denied("your account may not take recordings away")
            .coded("recording.no_download", []));
    }
    Ok(())
}

fn moment(app: &App) -> Moment {
    Moment { wall: app.now(), steady: app.begun.elapsed() }
}

/// The bytes behind a link: whole or a range, for who got the link.
pub async fn media(asked: Asked) -> Result<Response, Refusal> {
    let (recordings, hearing) = (recordings(&asked.app)?, hearing(&asked)?);
    let (app, now) = (Arc::clone(&asked.app), asked.now);
    let session = asked.viewer()?.session.id_hash;
    let gone = |text: String| Refusal::not_found(&text).coded("recording.link", []);
    let opened = app
        .links
        .open(asked.part("link"), &session, moment(&app))
        .map_err(|refused| gone(refused.to_string()))?;
    let Target::Recording(id) = opened.grant.target else {
        return Err(gone("there is no such link".to_owned()));
    };
    let (links, zone) = (Arc::clone(&app), app.settings.zone.clone());
    let open = move || {
        let of = hearing.one(&recordings, &id.to_string(), now)?;
        let download = opened.grant.usage == Usage::Download;
        allowed(&hearing.row(of.clone(), None, &*links.archive), download)?;
        let sound = links.archive.sound(&of)?;
        let length = Duration::from_millis(of.duration_ms().unwrap_or(0).into());
        links.links.begin(&opened, length, moment(&links));
        Ok::<_, Refusal>(Media {
            name: file_name(&of, &sound.ending, &zone),
            source: sound.source,
            kind: sound.kind,
            tag: sound.tag,
            download,
            ended: None,
        })
    };
    app.deliveries.answer(&asked.method, &asked.headers, open).await
}

/// `2026-11-20_14-15-07_1795180367.2114.wav`, of our own letters only.
pub fn file_name(of: &Recording, ending: &str, zone: &Zone) -> String {
    let local = zone.local(of.started());
    let moment = local.strftime("%Y-%m-%d_%H-%M-%S").to_string();
    let call: String = of
        .call
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-'))
        .collect();
    format!("{moment}_{call}.{ending}")
}
