//! What is wrong with a rendering, for people.

use super::{
    compare::{Difference, How},
    document::Document,
    rendering::Inputs,
    stand_in::{Unknown, named},
};
use deathstar_core::Diagnostic;

/// A text of Helm's as it may be shown: names in the place of stand-ins, and nothing that is not to be shown.
pub(super) fn shown(text: &str, inputs: &Inputs) -> String {
    let mut text = named(text, &inputs.unknowns);
    for (place, value) in &inputs.secrets {
        if let Some(value) = value.as_str().filter(|value| !value.is_empty()) {
            text = text.replace(value, &format!("<{place}>"));
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
pub(super) fn unstable(one: &Difference, documents: &[Document]) -> Diagnostic {
    let template = documents.iter().find(|document| document.id == one.id).map(|document| &document.template);
    let from = template.map(|template| format!(" (`{template}`)")).unwrap_or_default();
    if one.how == How::Object {
        let why = format!("the rendering is not stable: `{}`{from} has another name each time", one.id);
        let fix = "set the value that decides its name, or leave the object out with `Chart::leave_out` and declare your own";
        return Diagnostic::new("chart.unstable", why).fix(fix);
    }
    let why = format!(
        "the rendering is not stable: `{}` of `{}`{from} comes out anew each time",
        one.pointer, one.id
    );
    let fix = format!(
        "set the value that it is made from; or pin it with `Chart::pin(\"{id}\", \"{at}\", ..)`, or `Chart::pin_sensitive`; \
         or leave it as it was first made with `Chart::ignore(\"{id}\", \"{at}\")`",
        id = one.id,
        at = one.pointer
    );
    Diagnostic::new("chart.unstable", why).at(one.pointer.clone()).fix(fix)
}

/// A finding about a value that is not known, and decides about more than a value.
pub(super) fn structural(unknown: &Unknown, one: &Difference, name: impl Fn(&str) -> String) -> Diagnostic {
    let what = match one.how {
        How::Object => format!("which objects there are: `{}`", name(&one.id.to_string())),
        _ => format!("the structure of `{}` at `{}`", name(&one.id.to_string()), name(&one.pointer)),
    };
    let why =
        format!("{} decides {what}; it is known only later, and the plan has to show it now", unknown.name());
    let fix = "set it to what is known while declaring, such as a name that is chosen and not told";
    Diagnostic::new("chart.structure", why).fix(fix)
}

/// A finding about a value that is not to be shown, in a place where it cannot be hidden.
pub(super) fn of_secret(one: &Difference) -> Diagnostic {
    let why = if one.how.is_structural() {
        format!("a value that is not to be shown decides the structure of `{}` at `{}`", one.id, one.pointer)
    } else {
        format!(
            "`{}` of `{}` is made of a value that is not to be shown, and of one that is known only later",
            one.pointer, one.id
        )
    };
    let fix = "put it into an object of its own, such as a `Secret` that the chart takes by name";
    Diagnostic::new("chart.secret", why).at(one.pointer.clone()).fix(fix)
}
