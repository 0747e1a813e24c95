//! Agents and channels in one spelling: rules N1 to N3 of `metrics.md` 1.7.

use std::borrow::Cow;

use crate::event::Text;
use crate::input::queue_log::line::Options;
use crate::input::queue_log::params::Span;

/// N1 and N2 as the options say.
pub(super) fn agent<'a>(field: Span<'a>, options: &Options) -> Text<'a> {
    let stripped = channel(field, options);
    if options.rewrite_local_channels {
        let bytes = stripped.bytes();
        if bytes.get(..6).is_some_and(|tech| tech.eq_ignore_ascii_case(b"Local/"))
            && let Some(at) = bytes.iter().position(|&byte| byte == b'@')
        {
            return Cow::Owned(format!("Agent/{}", stripped.slice(6, at).text()));
        }
    }
    stripped.text()
}

/// N1 alone: `PJSIP/101-0000002a` is `PJSIP/101`.
pub(super) fn channel<'a>(field: Span<'a>, options: &Options) -> Span<'a> {
    if options.strip_channel_names
        && let Some(end) = instance(field.bytes())
    {
        return field.to(end);
    }
    field
}

/// N3: pool agents log in with a bare number since Asterisk 12.
pub(super) fn pool_agent(agent: Text<'_>) -> Text<'_> {
    if !agent.is_empty() && agent.bytes().all(|byte| byte.is_ascii_digit()) {
        Cow::Owned(format!("Agent/{agent}"))
    } else {
        agent
    }
}

/// Where the instance `-hex` begins in `Tech/…-hex`, with at least four
/// digits; the halves of a Local channel have `;1` or `;2` behind it.
fn instance(name: &[u8]) -> Option<usize> {
    let slash = name.iter().position(|&byte| byte == b'/')?;
    let technology = &name[..slash];
    if technology.is_empty() || !technology.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let body = match name {
        [body @ .., b';', b'1' | b'2'] => body,
        body => body,
    };
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let dash = body.len().checked_sub(digits + 1)?;
    (digits >= 4 && body[dash] == b'-' && dash > slash + 1).then_some(dash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, plain: &str, rewritten: &str) {
        let mut options = Options::default();
        assert_eq!(agent(Span::Text(written), &options), plain);
        options.rewrite_local_channels = true;
        assert_eq!(agent(Span::Text(written), &options), rewritten);
        options = Options { strip_channel_names: false, rewrite_local_channels: false };
        assert_eq!(agent(Span::Text(written), &options), written);
    }

    #[test]
    fn channels_lose_their_instance_and_names_keep_their_dashes() {
        check("PJSIP/101-0000002a", "PJSIP/101", "PJSIP/101");
        check("SIP/123-abcd", "SIP/123", "SIP/123");
        check("SIP/123", "SIP/123", "SIP/123");
        check("PJSIP/trunk-a", "PJSIP/trunk-a", "PJSIP/trunk-a");
        check("PJSIP/trunk-a-00000001", "PJSIP/trunk-a", "PJSIP/trunk-a");
        check("Ann-Bea", "Ann-Bea", "Ann-Bea");
        check("Ann-Beadea", "Ann-Beadea", "Ann-Beadea");
        check("Sales team/x-abcd", "Sales team/x-abcd", "Sales team/x-abcd");
        check("SIP/-abcd", "SIP/-abcd", "SIP/-abcd");
        check("DAHDI/1-1", "DAHDI/1-1", "DAHDI/1-1");
        check("/x-abcd", "/x-abcd", "/x-abcd");
        check("", "", "");
    }

    #[test]
    fn local_channels_become_agents_only_when_asked() {
        check("Local/101@from-queue/n", "Local/101@from-queue/n", "Agent/101");
        check("Local/204@from-queue-00000012;2", "Local/204@from-queue", "Agent/204");
        check("local/7@x", "local/7@x", "Agent/7");
        check("Local/7", "Local/7", "Local/7");
    }

    #[test]
    fn only_bare_numbers_are_pool_agents() {
        assert_eq!(pool_agent("3001".into()), "Agent/3001");
        assert_eq!(pool_agent("Agent/3001".into()), "Agent/3001");
        assert_eq!(pool_agent("30o1".into()), "30o1");
        assert_eq!(pool_agent("".into()), "");
    }
}
