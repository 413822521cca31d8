//! What is shown of objects that are new, pending or on their way out, and of those that filters ask for.

use super::{Case, pages::Start};
use crate::{
    rules::{kinds::Kind, looks::Look},
    wire::{Document, Element, Refusal},
};

impl Case<'_> {
    /// Lets the emulator show objects of all states, since it does not know their states as they are shown; answers what was asked for.
    pub(super) fn open_state_filter(&mut self, kind: &Kind) -> Vec<String> {
        if !matches!(kind.prefix, "vpc" | "subnet" | "nat" | "vpce") {
            return vec![];
        }
        let filters =
            self.request.parameters.numbers("Filter").into_iter().map(|number| format!("Filter.{number}"));
        let named =
            |filter: &String| matches!(self.get(&format!("{filter}.Name")), "state" | "vpc-endpoint-state");
        let Some(filter) = filters.rev().find(named) else { return vec![] };
        let asked: Vec<String> =
            self.request.parameters.list(&format!("{filter}.Value")).into_iter().map(str::to_owned).collect();
        let all = ["available", "deleted", "deleting", "failed", "pending"];
        self.request.edit(|parameters| {
            for (index, state) in all.iter().enumerate() {
                parameters.0.insert(format!("{filter}.Value.{}", index + 1), (*state).to_owned());
            }
        });
        asked
    }

    /// Shows objects as they are: hidden, pending, failed, deleting; and says which of those asked for are not there.
    pub(super) fn show(
        &self,
        kind: &Kind,
        document: &mut Document,
        start: Start,
        states: &[String],
    ) -> Result<(), Refusal> {
        let Some(set) = document.xml_mut().and_then(|root| root.child_mut(kind.set)) else { return Ok(()) };
        let mut known = self.shared.known();
        set.children.retain_mut(|item| {
            let Some(id) = item.text_at(kind.id).map(str::to_owned) else { return true };
            let look = known.looks.peek(self.place, &id);
            if look.hidden > 0 {
                if start.page == 1 {
                    known.looks.look(self.place, &id);
                }
                return false;
            }
            tell_state(kind, item, &look) && self.is_asked_for(kind, item)
        });
        drop(known);
        set.children.iter_mut().for_each(|item| self.hide_parts(kind, item));
        let asked = self.request.parameters.list(kind.ids);
        for id in asked {
            if !set.children.iter().any(|item| item.text_at(kind.id) == Some(id)) && self.on().codes {
                return Err(kind.not_found(id));
            }
        }
        if !states.is_empty() {
            let of = |item: &Element| item.text_at("state").map(str::to_ascii_lowercase).unwrap_or_default();
            set.children.retain(|item| states.iter().any(|state| state.eq_ignore_ascii_case(&of(item))));
        }
        Ok(())
    }

    /// Whether an object has the id and the tags that filters ask for: the emulator does not look at those of every kind.
    pub(super) fn is_asked_for(&self, kind: &Kind, item: &Element) -> bool {
        if !self.on().codes {
            return true;
        }
        let tags = item.items("tagSet");
        let parameters = &self.request.parameters;
        parameters.numbers("Filter").into_iter().all(|number| {
            let name = self.get(&format!("Filter.{number}.Name"));
            let values = parameters.list(&format!("Filter.{number}.Value"));
            let fits = |text: &str| values.iter().any(|value| like(value, text));
            if let Some(key) = name.strip_prefix("tag:") {
                let of = |tag: &&Element| tag.text_at("key") == Some(key);
                return tags.iter().filter(of).any(|tag| fits(tag.text_at("value").unwrap_or_default()));
            }
            if name == kind.filter() {
                return fits(item.text_at(kind.id).unwrap_or_default());
            }
            name != "tag-key" || tags.iter().any(|tag| fits(tag.text_at("key").unwrap_or_default()))
        })
    }

    /// Counts a look at each object of the page.
    pub(super) fn look_at(&self, kind: &Kind, document: &Document) {
        let Some(root) = document.xml() else { return };
        let mut known = self.shared.known();
        for item in root.items(kind.set) {
            if let Some(id) = item.text_at(kind.id) {
                known.looks.look(self.place, id);
            }
        }
    }
}

/// Tells an object's state; answers whether it is shown at all.
fn tell_state(kind: &Kind, item: &mut Element, look: &Look) -> bool {
    let gone = matches!(item.text_at("state"), Some("deleted"));
    if let Some((code, message)) = look.failed.as_ref().filter(|_| !gone) {
        item.set("state", if look.pending > 0 { "pending" } else { "failed" });
        if look.pending == 0 {
            item.set("failureCode", code);
            item.set("failureMessage", message);
        }
    } else if look.pending > 0 && !gone {
        item.set("state", "pending");
    } else if look.deleting > 0 {
        item.set("state", "deleting");
    } else if gone && kind.prefix == "vpce" {
        return false;
    }
    true
}

/// Whether a text fits a filter's value, in which `*` stands for any text and `?` for one character.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let mut fits = vec![false; text.len() + 1];
    fits[0] = true;
    for wanted in pattern {
        let mut next = vec![false; text.len() + 1];
        if wanted == '*' {
            let mut any = false;
            for (index, fit) in fits.iter().enumerate() {
                any |= fit;
                next[index] = any;
            }
        } else {
            for (index, given) in text.iter().enumerate() {
                next[index + 1] = fits[index] && (wanted == '?' || wanted == *given);
            }
        }
        fits = next;
    }
    fits[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_have_wildcards() {
        for (pattern, text, fits) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b*", "abc", true),
            ("a?c", "abc", true),
            ("a?", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} {text}");
        }
    }
}
