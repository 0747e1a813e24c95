//! Stints as bytes, for the part of the state that survives a restart.

use crate::model::codec::{Damaged, Reader, Writer};
use crate::model::fact::{
    Attempt, AttemptResult, Cause, Direction, Hold, Note, NoteKind, Quality, Stint,
};

const OUTBOUND: u64 = 1;
const ANSWERED: u64 = 1 << 1;
const RARE_TEXTS: u64 = 1 << 2;
const LISTS: u64 = 1 << 3;
const FIRST_OPTION: u32 = 4;

pub(crate) fn write_stint(writer: &mut Writer, stint: &Stint) {
    let options: [Option<u32>; 9] = [
        stint.agent,
        stint.position,
        stint.exit_position,
        stint.dnis,
        stint.ivr,
        stint.detail,
        stint.transfer_to,
        stint.outcome,
        stint.tag,
    ];
    let lengths = [stint.wait, stint.talk, stint.ring, stint.ivr_secs];
    let rare_texts = stint.alias.is_some()
        || stint.member_id.is_some()
        || !stint.caller_name.is_empty()
        || !stint.url.is_empty();
    let lists = !stint.features.is_empty()
        || !stint.attempts.is_empty()
        || !stint.holds.is_empty()
        || !stint.notes.is_empty();
    let bit = |bit: u64, on: bool| if on { bit } else { 0 };
    let mut flags = bit(OUTBOUND, stint.direction == Direction::Outbound)
        | bit(ANSWERED, stint.answered)
        | bit(RARE_TEXTS, rare_texts)
        | bit(LISTS, lists);
    for (at, value) in options.iter().enumerate() {
        flags |= u64::from(value.is_some()) << (FIRST_OPTION as usize + at);
    }
    for (at, value) in lengths.iter().enumerate() {
        flags |= u64::from(value.is_some()) << (FIRST_OPTION as usize + options.len() + at);
    }
    // Nearly all fit, so the list of bytes seldom grows while it is written.
    writer.bytes.reserve(96);
    writer.unsigned(flags);
    writer.call_id(&stint.call_id);
    writer.unsigned(u64::from(stint.queue));
    writer.unsigned(u64::from(stint.entry));
    writer.signed(stint.enter);
    writer.signed(stint.end - stint.enter);
    writer.bytes.push(stint.cause.code());
    writer.unsigned(u64::from(stint.quality.0));
    for value in options.into_iter().flatten() {
        writer.unsigned(u64::from(value));
    }
    for value in lengths.into_iter().flatten() {
        writer.signed(value);
    }
    writer.text(&stint.number);
    if rare_texts {
        writer.option(stint.alias.as_ref(), Writer::call_id);
        writer.option(stint.member_id.as_ref(), Writer::call_id);
        writer.text(&stint.caller_name);
        writer.text(&stint.url);
    }
    if lists {
        writer.list(&stint.features, |writer, word| writer.unsigned(u64::from(*word)));
        writer.list(&stint.attempts, |writer, attempt| {
            writer.signed(attempt.at - stint.enter);
            writer.unsigned(u64::from(attempt.agent));
            writer.bytes.push(attempt.result as u8);
            writer.option(attempt.ring_ms, Writer::signed);
        });
        writer.list(&stint.holds, |writer, hold| {
            writer.signed(hold.start - stint.enter);
            writer.signed(hold.secs);
        });
        writer.list(&stint.notes, |writer, note| write_note(writer, note, stint.enter));
    }
}

pub(crate) fn read_stint(reader: &mut Reader<'_>) -> Result<Stint, Damaged> {
    let flags = reader.unsigned()?;
    let has = |bit: u64| flags & bit != 0;
    let call_id = reader.call_id()?;
    let queue = reader.number()?;
    let entry = reader.number()?;
    let enter = reader.seconds()?;
    let mut stint = Stint::begun(call_id, queue, enter);
    stint.entry = entry;
    stint.end = enter + reader.seconds()?;
    stint.cause = Cause::from_code(reader.byte()?).ok_or(Damaged)?;
    stint.quality = Quality(reader.number()?);
    stint.answered = has(ANSWERED);
    if has(OUTBOUND) {
        stint.direction = Direction::Outbound;
    }
    let options = [
        &mut stint.agent,
        &mut stint.position,
        &mut stint.exit_position,
        &mut stint.dnis,
        &mut stint.ivr,
        &mut stint.detail,
        &mut stint.transfer_to,
        &mut stint.outcome,
        &mut stint.tag,
    ];
    for (at, value) in (FIRST_OPTION..).zip(options) {
        if has(1 << at) {
            *value = Some(reader.number()?);
        }
    }
    let lengths = [&mut stint.wait, &mut stint.talk, &mut stint.ring, &mut stint.ivr_secs];
    for (at, value) in (FIRST_OPTION + 9..).zip(lengths) {
        if has(1 << at) {
            *value = Some(reader.seconds()?);
        }
    }
    stint.number = reader.text()?;
    if has(RARE_TEXTS) {
        stint.alias = reader.option(Reader::call_id)?;
        stint.member_id = reader.option(Reader::call_id)?;
        stint.caller_name = reader.text()?;
        stint.url = reader.text()?;
    }
    if has(LISTS) {
        stint.features = reader.list(Reader::number)?;
        stint.attempts = reader.list(|reader| {
            Ok(Attempt {
                at: enter + reader.seconds()?,
                agent: reader.number()?,
                result: attempt_result(reader.byte()?)?,
                ring_ms: reader.option(Reader::seconds)?,
            })
        })?;
        stint.holds = reader.list(|reader| {
            Ok(Hold { start: enter + reader.seconds()?, secs: reader.seconds()? })
        })?;
        stint.notes = reader.list(|reader| read_note(reader, enter))?;
    }
    Ok(stint)
}

fn attempt_result(code: u8) -> Result<AttemptResult, Damaged> {
    use AttemptResult as R;
    [R::Taken, R::NoAnswer, R::Cancelled, R::Dumped, R::Attempt]
        .into_iter()
        .find(|result| *result as u8 == code)
        .ok_or(Damaged)
}

/// A note with its time counted from `base`.
pub(crate) fn write_note(writer: &mut Writer, note: &Note, base: i64) {
    writer.signed(note.at - base);
    writer.bytes.push(note.kind as u8);
    writer.maybe(note.agent);
    writer.text(&note.text);
    writer.text(&note.more);
}

pub(crate) fn read_note(reader: &mut Reader<'_>, base: i64) -> Result<Note, Damaged> {
    Ok(Note {
        at: base + reader.seconds()?,
        kind: note_kind(reader.byte()?)?,
        agent: reader.maybe()?,
        text: reader.text()?,
        more: reader.text()?,
    })
}

fn note_kind(code: u8) -> Result<NoteKind, Damaged> {
    use NoteKind as K;
    [
        K::Outcome,
        K::Tag,
        K::NoTag,
        K::Feature,
        K::NoFeature,
        K::Variable,
        K::NoVariable,
        K::Skill,
        K::IvrStart,
        K::IvrStep,
        K::IvrGoal,
        K::IvrHangup,
        K::CallerName,
        K::CallerNumber,
        K::Other,
    ]
    .into_iter()
    .find(|kind| *kind as u8 == code)
    .ok_or(Damaged)
}
