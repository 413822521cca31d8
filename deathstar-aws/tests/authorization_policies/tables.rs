//! AWS's tables of what it authorises.

use crate::counterpart::named;
use serde_json::Value;
use std::collections::BTreeSet;

/// The tables of all services.
pub struct Tables(Value);

/// What the tables say about one action.
pub struct Action<'t> {
    about: &'t Value,
    service: &'t Value,
}

impl Tables {
    /// The tables; none where they are not installed.
    pub fn load() -> Option<Self> {
        let path = named("DEATHSTAR_AUTHORIZATION")?;
        Some(Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()))
    }

    pub fn action(&self, name: &str) -> Option<Action<'_>> {
        let (service, action) = name.split_once(':')?;
        let service = self.0.get(service)?;
        let about = service.get("privileges")?.get(action)?;
        Some(Action { about, service })
    }

    /// The forms of the ARNs on which an action is authorised.
    #[expect(clippy::unused_self, reason = "it is a question to the tables")]
    pub fn forms(&self, name: &str, action: &Action<'_>) -> Vec<String> {
        let of_type = |of: &str| {
            let form = action
                .service
                .get("resources")?
                .get(of)?
                .get("raw_arn")
                .or_else(|| action.service.get("resources")?.get(of)?.get("arn"))?;
            Some(form.as_str()?.to_owned())
        };
        let forms: Vec<_> = action.types().into_iter().filter_map(of_type).collect();
        assert_eq!(forms.len(), action.types().len(), "the tables have a form for each type of `{name}`");
        forms
    }
}

impl<'t> Action<'t> {
    fn rows(&self) -> impl Iterator<Item = (&'t str, &'t Value)> {
        let types = self.about["resource_types"].as_object().unwrap();
        types.iter().map(|(of, row)| (of.as_str(), row))
    }

    /// The types of objects on which it can be authorised.
    pub fn types(&self) -> BTreeSet<&'t str> {
        self.rows().map(|(of, _)| of).filter(|of| !of.is_empty()).collect()
    }

    /// The types of objects on which each call is authorised.
    pub fn required(&self) -> BTreeSet<&'t str> {
        self.rows().filter(|(_, row)| row["required"] == true).map(|(of, _)| of).collect()
    }

    /// What else has to be allowed.
    pub fn dependent(&self) -> BTreeSet<&'t str> {
        self.rows().flat_map(|(_, row)| texts(&row["dependent_actions"])).collect()
    }

    /// What can be asked on objects of a type: by the action, by the action on the type, and by the type.
    pub fn condition_keys(&self, of: &str) -> BTreeSet<&'t str> {
        let own = self.rows().filter(|(row, _)| *row == of || row.is_empty());
        let own = own.flat_map(|(_, row)| texts(&row["condition_keys"]));
        let of_type = self.service["resources"].get(of).map(|of| texts(&of["condition_keys"]));
        own.chain(of_type.into_iter().flatten()).collect()
    }
}

/// One text, or a list of them.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().map(|text| text.as_str().unwrap()).collect(),
        _ => vec![],
    }
}

/// Whether an ARN has a form: a variable of the form stands for any text but an empty one, within its part of the ARN.
pub fn fits(form: &str, arn: &str) -> bool {
    let parts = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (form, arn) = (parts(form), parts(arn));
    form.len() == arn.len() && form.iter().zip(&arn).all(|(form, part)| matches(form, part))
}

fn matches(form: &str, part: &str) -> bool {
    let Some((before, rest)) = form.split_once("${") else { return form == part };
    let (_, after) = rest.split_once('}').unwrap();
    let Some(rest) = part.strip_prefix(before) else { return false };
    (1..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| matches(after, &rest[at..]))
}
