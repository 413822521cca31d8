//! What is wrong with a rendering, for people.

use super::{
    compare::{Difference, How},
    document::Document,
    rendering::Inputs,
    stand_in::{Unknown, named},
};
use deathstar_core::Diagnostic;
use serde_json::Value;

/// A text of Helm's as it may be shown: names in the place of stand-ins, and nothing that is not to be shown.
pub(super) fn shown(text: &str, inputs: &Inputs) -> String {
    let mut text = named(text, &inputs.unknowns);
    for (place, value) in &inputs.secrets {
        let stand_in = inputs.values.pointer(place);
        for value in [Some(value), stand_in].into_iter().flatten().filter_map(Value::as_str) {
            if !value.is_empty() {
                text = text.replace(value, &format!("<{place}>"));
            }
        }
    }
    text
}

/// What Helm refuses, as findings: each value that a schema refuses is one.
pub(super) fn of_helm(finding: &Diagnostic, inputs: &Inputs) -> Vec<Diagnostic> {
    if finding.code != "chart.render" {
        return vec![finding.clone()];
    }
    let said = shown(&finding.why, inputs);
    let said = said.strip_prefix("Error: ").unwrap_or(&said);
    let said = said.split("\n\nUse --debug").next().unwrap_or(said).trim();
    // Both versions tell what a schema refuses in lines of this form; where they do not, the text is told as it is.
    let refused: Vec<_> = said.lines().filter_map(|line| line.trim().strip_prefix("- at '")).collect();
    if said.contains("schema") && !refused.is_empty() {
        let findings = refused.into_iter().filter_map(|line| {
            let (path, why) = line.split_once("': ")?;
            let finding = Diagnostic::new("chart.schema", format!("`values{path}`: {why}"));
            Some(finding.at(path).fix("the chart's `values.schema.json` says what it takes"))
        });
        return findings.collect();
    }
    let compact: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let why = format!("the chart does not render: {}", compact.join(" "));
    let stands =
        inputs.unknowns.iter().any(|one| one.paths.iter().any(|path| said.contains(&format!("<{path}>"))));
    let fix = if said.contains("missing in charts/ directory") {
        "fetch them with `helm dependency build`"
    } else if said.contains("incompatible with Kubernetes") {
        "take a version of the chart that knows this version of Kubernetes"
    } else if stands {
        "what stands in `<>` is known only later; if the chart wants a certain form, give an example of it with `Chart::stand_in`"
    } else {
        "correct the values, or the template that is named"
    };
    vec![Diagnostic::new("chart.render", why).fix(fix)]
}

/// A finding about equal values that render something else.
pub(super) fn unstable(one: &Difference, documents: &[Document], inputs: &Inputs) -> Diagnostic {
    let (id, at) = (shown(&one.id.to_string(), inputs), shown(&one.pointer, inputs));
    let template = documents.iter().find(|document| document.id == one.id).map(|document| &document.template);
    let from = template.map(|template| format!(" (`{template}`)")).unwrap_or_default();
    if one.how == How::Object {
        let why = format!("the rendering is not stable: `{id}`{from} has another name each time");
        let fix = "set the value that decides its name, or leave the object out with `Chart::leave_out` and declare your own";
        return Diagnostic::new("chart.unstable", why).fix(fix);
    }
    let why = format!("the rendering is not stable: `{at}` of `{id}`{from} comes out anew each time");
    let fix = format!(
        "set the value that it is made from; or pin it with `Chart::pin(\"{id}\", \"{at}\", ..)`, or `Chart::pin_sensitive`; \
         or leave it as it was first made with `Chart::ignore(\"{id}\", \"{at}\")`"
    );
    Diagnostic::new("chart.unstable", why).at(at).fix(fix)
}

/// A finding about a value that is not known, and decides about more than a value.
pub(super) fn structural(unknown: &Unknown, one: &Difference, inputs: &Inputs) -> Diagnostic {
    let (id, pointer) = (shown(&one.id.to_string(), inputs), shown(&one.pointer, inputs));
    let what = match one.how {
        How::Object => format!("which objects there are: `{id}`"),
        _ => format!("the structure of `{id}` at `{pointer}`"),
    };
    let why =
        format!("{} decides {what}; it is known only later, and the plan has to show it now", unknown.name());
    let fix = "set it to what is known while declaring, such as a name that is chosen and not told";
    Diagnostic::new("chart.structure", why).fix(fix)
}

/// A finding about a value that is not to be shown, in a place where it cannot be hidden.
pub(super) fn of_secret(one: &Difference, inputs: &Inputs) -> Diagnostic {
    let (id, pointer) = (shown(&one.id.to_string(), inputs), shown(&one.pointer, inputs));
    let why = match one.how {
        How::Object => format!("a value that is not to be shown decides whether there is `{id}`"),
        How::Structure => {
            format!("a value that is not to be shown decides the structure of `{id}` at `{pointer}`")
        }
        How::Scalar { .. } => {
            format!(
                "`{pointer}` of `{id}` is made of a value that is not to be shown, and of one that is known only later"
            )
        }
    };
    let fix = "put it into an object of its own, such as a `Secret` that the chart takes by name";
    Diagnostic::new("chart.secret", why).fix(fix)
}
