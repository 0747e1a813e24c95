//! What a search asks, from JSON, a form or an address: names and aliases.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::layout::Call;

/// A field's text past this is none.
const LONGEST: usize = 1024;
const MOST_FIELDS: usize = 64;

/// The fields and what else they are called: by QueueMetrics' older services,
/// by what its links carry, by Asterisk.
const NAMES: &[(&str, &[&str])] = &[
    ("token", &["searchtoken", "search_token", "secret"]),
    ("tenant", &[]),
    ("server", &["serverid"]),
    ("callid", &["asteriskid", "uniqueid", "uid", "asterisk_id", "call_id"]),
    ("start", &["calldate", "timestamp", "date"]),
    ("end", &[]),
    ("queue", &["queuename"]),
    ("agent", &["agentcode"]),
    ("caller", &["callerid"]),
    ("dnis", &[]),
    ("extension", &[]),
    ("linkedid", &[]),
    ("user_id", &["qmuserid", "userid"]),
    ("user_name", &["qmusername", "username"]),
    ("purpose", &[]),
    ("max", &[]),
    ("loose", &[]),
    ("link", &[]),
];

/// Fields whose text is never logged.
const SECRETS: [&str; 2] = ["token", "link"];

/// Fields by their own names, first come, first kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// Why a request makes no sense; for the one who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear(pub String);

fn unclear<T>(what: impl Into<String>) -> Result<T, Unclear> {
    Err(Unclear(what.into()))
}

impl Fields {
    /// An object of texts, numbers and truths; null is left out.
    pub fn of_json(bytes: &[u8]) -> Result<Fields, Unclear> {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes)
            .map_err(|_| Unclear("the body is no JSON object".into()))?;
        let mut fields = Fields::default();
        for (name, value) in object {
            let text = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text,
                serde_json::Value::Number(number) => number.to_string(),
                serde_json::Value::Bool(truth) => truth.to_string(),
                serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                    return unclear(format!("{name:.40} is neither text nor number"));
                }
            };
            fields.add(&name, text)?;
        }
        Ok(fields)
    }

    /// `a=b&c=d` of a form or an address.
    pub fn of_form(text: &str) -> Result<Fields, Unclear> {
        let mut fields = Fields::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = (decoded(name), decoded(value));
            let (Some(name), Some(value)) = decoded else {
                return unclear("the form is not encoded as forms are");
            };
            fields.add(&name, value)?;
        }
        Ok(fields)
    }

    fn add(&mut self, name: &str, text: String) -> Result<(), Unclear> {
        if self.0.len() >= MOST_FIELDS || text.len() > LONGEST || name.len() > 64 {
            return unclear("there are too many fields, or one is too long");
        }
        let small = name.to_ascii_lowercase();
        let known =
            NAMES.iter().find(|(own, aliases)| *own == small || aliases.contains(&small.as_str()));
        let name = known.map_or(small.clone(), |(own, _)| (*own).to_owned());
        if !self.0.iter().any(|(there, _)| *there == name) {
            self.0.push((name, text));
        }
        Ok(())
    }

    /// Those of an address beside those of a body, which count first.
    pub fn or(mut self, others: Fields) -> Fields {
        for (name, text) in others.0 {
            if !self.0.iter().any(|(there, _)| *there == name) {
                self.0.push((name, text));
            }
        }
        self
    }

    pub fn without(mut self, name: &str) -> Fields {
        self.0.retain(|(there, _)| there != name);
        self
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(there, _)| there == name);
        found.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }

    /// For the log: names and texts, the secrets left out.
    pub fn redacted(&self) -> String {
        let shown = self.0.iter().map(|(name, text)| {
            let secret = SECRETS.contains(&name.as_str())
                || name.contains("token")
                || name.contains("secret")
                || name.contains("pass");
            if secret { format!("{name}=…") } else { format!("{name}={text:?}") }
        });
        shown.collect::<Vec<_>>().join(" ")
    }
}

/// A search.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub call: Call,
    pub server: Option<String>,
    /// The listener, as the asking system names them: for the audit.
    pub user: String,
    /// `export` and `legal` give links to save, others links to play.
    pub to_keep: bool,
    pub max: Option<usize>,
    pub loose: bool,
}

impl Asked {
    pub fn of(fields: &Fields, zone: &TimeZone) -> Result<Asked, Unclear> {
        let own = |name: &str| fields.text(name).map(str::to_owned);
        let Some(id) = fields.text("callid") else {
            return unclear("callid is missing");
        };
        if crate::layout::Id::new(id).is_none() {
            return unclear("callid is no id of a call");
        }
        let moment = |name: &str| match fields.text(name) {
            None => Ok(None),
            Some(text) => match moment(text, zone) {
                Some(moment) => Ok(Some(moment)),
                None => unclear(format!("{name} is neither seconds since 1970 nor an ISO time")),
            },
        };
        let to_keep = match fields.text("purpose") {
            None | Some("play" | "qa") => false,
            Some("export" | "legal") => true,
            Some(_) => return unclear("purpose is play, qa, export or legal"),
        };
        let max = match fields.text("max") {
            None => None,
            Some(text) => match text.parse::<usize>() {
                Ok(max) if max > 0 => Some(max),
                _ => return unclear("max is a number of results"),
            },
        };
        let call = Call {
            ids: vec![id.to_owned()],
            started: moment("start")?,
            ended: moment("end")?,
            queue: own("queue"),
            agent: own("agent"),
            extension: own("extension"),
            caller: own("caller"),
            tenant: own("tenant"),
            linkedid: own("linkedid"),
        };
        let user = own("user_name").or_else(|| own("user_id")).unwrap_or_default();
        let loose = matches!(fields.text("loose"), Some("yes" | "true" | "1"));
        Ok(Asked { call, server: own("server"), user, to_keep, max, loose })
    }
}

/// Seconds, milliseconds, or an ISO time; one without a zone is the recorder's.
pub fn moment(text: &str, zone: &TimeZone) -> Option<i64> {
    let whole =
        text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = whole.map_or(text, |(whole, _)| whole);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = digits.parse().ok()?;
        return match digits.len() {
            ..=11 => Some(number),
            13 => Some(number / 1000),
            _ => None,
        };
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_second());
    }
    let local: DateTime = text.parse().ok()?;
    Some(local.to_zoned(zone.clone()).ok()?.timestamp().as_second())
}

/// A form's text: `+` is a blank, `%41` a byte; what comes out is UTF-8.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = std::str::from_utf8(rest.get(..2)?).ok()?;
                if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return None;
                }
                bytes.push(u8::from_str_radix(hex, 16).ok()?);
                rest = &rest[2..];
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Any bytes as a body of each kind.
pub fn fuzz(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for fields in [Fields::of_json(bytes), Fields::of_form(&text)].into_iter().flatten() {
        let _ = Asked::of(&fields, &TimeZone::UTC);
        assert!(fields.text("token").is_none_or(|token| {
            token.len() < 8
                || fields.0.iter().any(|(name, text)| name != "token" && text.contains(token))
                || !fields.redacted().contains(token)
        }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(text: &str) -> Result<Asked, Unclear> {
        Asked::of(&Fields::of_json(text.as_bytes())?, &TimeZone::UTC)
    }

    #[test]
    fn a_search_is_the_same_as_json_and_as_a_form() {
        let object = r#"{"AsteriskID":"1700000000.12","calldate":1700000000,"QMUserID":32,
            "queuename":"400","agentcode":"Agent/101","callerid":"+41","max":5,"purpose":"export"}"#;
        let form = "uniqueid=1700000000.12&start=1700000000&user_id=32&queue=400&agent=Agent%2F101\
            &caller=%2B41&max=5&purpose=export";
        let one = json(object).unwrap();
        let other = Asked::of(&Fields::of_form(form).unwrap(), &TimeZone::UTC).unwrap();
        for asked in [one, other] {
            assert_eq!(asked.call.ids, ["1700000000.12"]);
            assert_eq!(asked.call.started, Some(1_700_000_000));
            assert_eq!(asked.call.agent.as_deref(), Some("Agent/101"));
            assert_eq!(asked.call.caller.as_deref(), Some("+41"));
            assert_eq!((asked.user.as_str(), asked.max, asked.to_keep), ("32", Some(5), true));
        }
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for wrong in [
            "",
            "[]",
            "{",
            "{}",
            r#"{"callid":""}"#,
            r#"{"callid":"abc"}"#,
            r#"{"callid":"../1"}"#,
            r#"{"callid":["1.2"]}"#,
            r#"{"callid":"1.2","start":"yesterday"}"#,
            r#"{"callid":"1.2","max":0}"#,
            r#"{"callid":"1.2","purpose":"fun"}"#,
        ] {
            assert!(json(wrong).is_err(), "{wrong}");
        }
        assert!(Fields::of_form("callid=%zz").is_err());
        assert!(Fields::of_form("callid=%ff").is_err());
        assert!(Fields::of_form(&"a=b&".repeat(65)).is_ok(), "the same field once");
        let many: String = (0..70).map(|number| format!("f{number}=1&")).collect();
        assert!(Fields::of_form(&many).is_err());
        assert!(Fields::of_form(&format!("callid={}", "1".repeat(2000))).is_err());
    }

    #[test]
    fn moments_are_seconds_or_iso() {
        let zone = TimeZone::get("Europe/Zurich").unwrap();
        let read = |text: &str| moment(text, &zone);
        assert_eq!(read("1700000000"), Some(1_700_000_000));
        assert_eq!(read("1700000000.5"), Some(1_700_000_000));
        assert_eq!(read("1700000000123"), Some(1_700_000_000));
        assert_eq!(read("2023-11-14T22:13:20Z"), Some(1_700_000_000));
        assert_eq!(read("2023-11-14 23:13:20"), Some(1_700_000_000));
        assert_eq!(read("soon"), None);
        assert_eq!(read("99999999999999999999"), None);
    }

    #[test]
    fn no_secret_is_logged() {
        let text = "searchtoken=verysecret&callid=1.2&password=hidden&api_token=deep&link=abc";
        let shown = Fields::of_form(text).unwrap().redacted();
        for secret in ["verysecret", "hidden", "deep", "abc"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("1.2"));
    }

    proptest! {
        #[test]
        fn any_body_is_harmless(text in "[ -~]{0,80}") {
            fuzz(text.as_bytes());
        }
    }
}
