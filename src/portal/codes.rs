//! Every code a refusal may carry, with the values its sentence names: the
//! contract for pages that say it in another language than English.
//!
//! A code is never renamed and never means something else later.

/// Code, and the names of its values.
pub const CODES: &[(&str, &[&str])] = &[
    // the request
    ("login", &[]),
    ("wait", &["n"]),
    ("right.none", &[]),
    ("token.none", &[]),
    ("address.unknown", &[]),
    ("method.other", &[]),
    ("request.unreadable", &[]),
    ("body.form", &[]),
    ("body.large", &[]),
    ("time.over", &[]),
    ("marker.other", &[]),
    ("streams.most", &[]),
    // a field
    ("field.needed", &[]),
    ("field.unknown", &[]),
    ("field.once", &[]),
    ("field.flag", &[]),
    ("field.text", &[]),
    ("field.list", &[]),
    ("field.long", &["n"]),
    ("field.number", &["least", "most"]),
    ("field.choice", &["words"]),
    ("list.most", &["n"]),
    ("text.form", &[]),
    // a question to the reports
    ("question.date", &["field"]),
    ("question.zone", &["field"]),
    ("question.value", &["field"]),
    ("report.unknown", &["block"]),
    ("report.list", &[]),
    // what one may see
    ("sight.no_agent", &[]),
    ("sight.no_queue", &[]),
    ("sight.own", &[]),
    ("queue.hidden", &["queue"]),
    ("export.denied", &[]),
    // calls
    ("call.unknown", &[]),
    ("call.ended", &[]),
    // persons
    ("claim.done", &[]),
    ("claim.wrong", &[]),
    ("login.wrong", &[]),
    ("login.crowd", &[]),
    ("password.short", &["n"]),
    ("password.long", &["n"]),
    ("password.wrong", &[]),
    ("session.ended", &[]),
    ("account.form", &[]),
    ("account.taken", &["account"]),
    ("account.unknown", &["account"]),
    ("account.last", &[]),
    // views, columns, kiosks
    ("view.most", &["n"]),
    ("view.unknown", &[]),
    ("view.address", &[]),
    ("columns.form", &[]),
    ("columns.most", &[]),
    ("kiosk.most", &["n"]),
    ("kiosk.unknown", &[]),
    ("kiosk.closed", &[]),
    ("queues.none", &[]),
    // actions on calls and members
    ("action.right", &[]),
    ("action.not_yours", &[]),
    ("action.no_agent", &[]),
    ("action.no_phone", &[]),
    ("action.no_call", &[]),
    ("action.no_member", &[]),
    ("action.no_queue", &["queue"]),
    ("action.unknown_phone", &["phone"]),
    ("action.phone_taken", &["agent"]),
    ("action.paused", &[]),
    ("action.reason", &[]),
    ("action.features", &["features"]),
    ("action.not_now", &["why"]),
    ("action.unsafe", &["field"]),
    ("action.refused", &["answer"]),
    ("action.unknown", &[]),
    ("subscription.none", &[]),
    // recordings
    ("recordings.many", &["n"]),
    ("recordings.large", &["n"]),
    ("recordings.off", &[]),
    ("recordings.agents", &[]),
    ("recording.unknown", &[]),
    ("recording.held", &[]),
    ("recording.growing", &[]),
    ("recording.deleted", &[]),
    ("recording.restricted", &[]),
    ("recording.foreign", &[]),
    ("recording.locked", &[]),
    ("recording.no_download", &[]),
    ("recording.link", &[]),
    ("marker.unknown", &[]),
    ("marker.other_author", &[]),
    ("marker.text", &["n"]),
    ("marker.time", &[]),
    ("marker.most", &["n"]),
    ("hold.reason", &["n"]),
    ("hold.of", &[]),
    ("hold.until", &[]),
    ("hold.unknown", &[]),
    ("hold.none", &[]),
    ("key.exists", &[]),
    ("key.exported", &[]),
    ("key.in_use", &[]),
    ("key.locked", &[]),
    ("key.no_passphrase", &[]),
    ("key.none", &[]),
    ("key.passphrase_needed", &[]),
    ("key.passphrase_short", &["least"]),
    ("erase.who", &[]),
    ("erase.nobody", &[]),
    ("erase.reason", &["n"]),
    ("ami.off", &[]),
    ("ami.down", &[]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// What follows `mark` up to the next quote, wherever it stands in the
    /// sources below a folder.
    fn quoted(folder: &Path, marks: &[&str], found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                quoted(&path, marks, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                // Tests may name codes that nobody sends.
                let text = text.split("#[cfg(test)]").next().unwrap_or_default();
                for mark in marks {
                    let after = text.split(mark).skip(1).map(str::trim_start);
                    let codes = after.filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
                    found.extend(codes.map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_code_that_is_sent_is_listed_and_every_listed_one_is_sent() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut sent = BTreeSet::new();
        for folder in ["src", "core/src"] {
            quoted(&root.join(folder), &[".coded("], &mut sent);
        }
        quoted(&root.join("src/portal"), &["wrong("], &mut sent);
        quoted(&root.join("src/recordings"), &["refuse("], &mut sent);
        // Chosen by the field, not written as the first argument.
        sent.extend(["question.date", "question.zone", "question.value"].map(str::to_owned));
        let listed: BTreeSet<_> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
        assert_eq!(sent, listed);
        assert_eq!(listed.len(), CODES.len(), "a code is listed twice");
    }
}
