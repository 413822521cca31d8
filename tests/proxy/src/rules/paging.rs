//! Reading: lists in pages, and what is shown of objects that are new, pending or on their way out.

use super::{
    Case,
    kinds::{self, Kind},
    looks::Look,
};
use crate::{
    model::Pages,
    wire::{Answer, Document, Element, Item, Protocol, Refusal, Request},
};
use hyper::header;
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most pages of the emulator's own that are read for one list.
const MOST: usize = 1_000;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Start {
    page: usize,
    offset: usize,
}

impl Case<'_> {
    /// Reads, and shows what AWS would show.
    pub(super) async fn read(&mut self) -> Result<Answer, Refusal> {
        if self.request.service() != "ec2" {
            self.judge_other().await?;
        }
        let pages = self.pages();
        let kind = kinds::shown_by(&self.request.action).filter(|_| self.request.service() == "ec2");
        let of = pages.as_ref().map(|pages| self.fingerprint(pages)).unwrap_or_default();
        let start = self.start(pages.as_ref(), of)?;
        self.shared.amend(self.serial, |call| call.page = start.page);
        let states = kind.map(|kind| self.open_state_filter(kind)).unwrap_or_default();
        let answer = self.forward_each(kind, pages.as_ref()).await;
        if !answer.is_success() {
            return Ok(self.translated(answer));
        }
        let Some(mut document) = Document::read(&answer) else { return Ok(answer) };
        let before = document.clone();
        if let Some(kind) = kind {
            self.show(kind, &mut document, start, &states)?;
        } else {
            self.hide_things(&mut document, start.page == 1);
            self.hide_other_parts(&mut document);
        }
        self.put_right(&mut document);
        if let Some(pages) = &pages {
            self.cut(pages, &mut document, start, of)?;
        }
        if let Some(kind) = kind {
            self.look_at(kind, &document);
        }
        Ok(if document == before { answer } else { answer.with(&document) })
    }

    /// How this call is paged, if it is. Most lists of EC2 are not when ids are asked for.
    fn pages(&self) -> Option<Pages> {
        let models = self.on().models.as_ref().filter(|_| self.on().page.is_some())?;
        let pages = models.pages(self.request.service(), &self.request.action)?;
        let ids = kinds::shown_by(&self.request.action).map(|kind| format!("{}.1", kind.ids));
        let by_ids = ids.is_some_and(|ids| self.request.get(&ids).is_some());
        (!by_ids).then(|| pages.clone())
    }

    /// What a token is about: the call without what changes from page to page.
    fn fingerprint(&self, pages: &Pages) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.request.name(), self.place).hash(&mut hasher);
        for (name, value) in self.request.parameters.iter() {
            if !pages.token_in.iter().chain(&pages.limit).any(|own| own == name) {
                (name, value).hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// Where the page begins that is asked for.
    fn start(&self, pages: Option<&Pages>, fingerprint: u64) -> Result<Start, Refusal> {
        let first = Start { page: 1, offset: 0 };
        let Some(pages) = pages.filter(|pages| pages.by_value.is_empty()) else { return Ok(first) };
        let Some(token) = pages.token_in.first().and_then(|name| self.request.get(name)) else {
            return Ok(first);
        };
        let mut parts = token.strip_prefix("page-").into_iter().flat_map(|rest| rest.split('-'));
        let mut number = |radix| parts.next().and_then(|part| u64::from_str_radix(part, radix).ok());
        let (page, offset, of) = (number(10), number(10), number(16));
        match (page, offset, of) {
            (Some(page), Some(offset), Some(of)) if of == fingerprint => {
                let fits = |number| usize::try_from(number).unwrap_or(usize::MAX);
                Ok(Start { page: fits(page), offset: fits(offset) })
            }
            _ => Err(self.unknown_token(token)),
        }
    }

    /// Sources: the API References of the services, in the actions that list.
    fn unknown_token(&self, token: &str) -> Refusal {
        let code = match self.request.service() {
            "ec2" => "InvalidNextToken",
            "kms" => "InvalidMarkerException",
            "logs" => "InvalidParameterException",
            "route53" => "InvalidInput",
            _ => "ValidationError",
        };
        Refusal::new(code, format!("The token '{token}' is invalid"))
    }

    /// Asks once for each value of a filter that is about a part of an object, such as `association.subnet-id`: with several values
    /// the emulator wants all of them, and EC2 any.
    async fn forward_each(&mut self, kind: Option<&Kind>, pages: Option<&Pages>) -> Answer {
        let parameters = &self.request.parameters;
        let filters = parameters.numbers("Filter").into_iter().map(|number| format!("Filter.{number}"));
        let several = filters.filter(|filter| {
            self.get(&format!("{filter}.Name")).contains('.')
                && parameters.list(&format!("{filter}.Value")).len() > 1
        });
        let (Some(kind), Some(filter)) = (kind.filter(|_| self.on().codes), several.last()) else {
            return self.forward_whole(pages).await;
        };
        let original = self.request.clone();
        let mut merged: Option<(Answer, Document, Vec<Item>)> = None;
        for value in original.parameters.list(&format!("{filter}.Value")) {
            self.request.edit(|parameters| {
                parameters.0.retain(|name, _| !name.starts_with(&format!("{filter}.Value.")));
                parameters.0.insert(format!("{filter}.Value.1"), value.to_owned());
            });
            let answer = self.forward_whole(pages).await;
            self.request = original.clone();
            let Some(mut document) = Document::read(&answer).filter(|_| answer.is_success()) else {
                return answer;
            };
            let items = document.take(kind.set);
            let (answer, document, mut all) = merged.take().unwrap_or((answer, document, vec![]));
            for item in items {
                if !all.iter().any(|other: &Item| other.text(kind.id) == item.text(kind.id)) {
                    all.push(item);
                }
            }
            merged = Some((answer, document, all));
        }
        let Some((answer, mut document, all)) = merged else { return self.forward_whole(pages).await };
        document.put(kind.set, all);
        answer.with(&document)
    }

    async fn forward_whole(&mut self, pages: Option<&Pages>) -> Answer {
        match pages {
            Some(pages) => self.forward_all(pages).await,
            None => self.forward().await,
        }
    }

    /// Reads the emulator's own pages, all of them.
    async fn forward_all(&mut self, pages: &Pages) -> Answer {
        let original = self.request.clone();
        let mut whole: Option<(Answer, Document, Vec<Item>)> = None;
        let mut token: Vec<Option<String>> = pages.token_in.iter().map(|_| None).collect();
        for _ in 0..MOST {
            self.request = original.clone();
            self.ask_for(pages, &token);
            let answer = self.forward().await;
            self.request = original.clone();
            let Some(mut document) = Document::read(&answer).filter(|_| answer.is_success()) else {
                return answer;
            };
            let items = document.take(&pages.list);
            token = pages.token_out.iter().map(|path| document.text(path)).collect();
            let (answer, document, mut all) = whole.take().unwrap_or((answer, document, vec![]));
            all.extend(items);
            whole = Some((answer, document, all));
            if token.iter().all(Option::is_none) {
                break;
            }
        }
        let Some((answer, mut document, all)) = whole else { return self.violation("it has too many pages") };
        document.put(&pages.list, all);
        for path in &pages.token_out {
            document.set(path, None);
        }
        answer.with(&document)
    }

    /// Asks for a page of the emulator's own.
    fn ask_for(&mut self, pages: &Pages, token: &[Option<String>]) {
        let tokens = pages.token_in.iter().cloned().zip(token.iter().cloned());
        let limit = pages.limit.iter().map(|limit| {
            // EC2's pages are not the emulator's; elsewhere the most that is taken saves calls.
            let most = match self.request.service() {
                "ec2" => None,
                "logs" => Some("50"),
                _ => Some("100"),
            };
            (limit.clone(), most.map(str::to_owned))
        });
        let all: Vec<(String, Option<String>)> = tokens.chain(limit).collect();
        let changes = all.iter().any(|(name, value)| self.request.get(name) != value.as_deref());
        if changes {
            rewrite(&mut self.request, &all, self.shared.settings.models.as_deref());
        }
    }

    /// Lets the emulator show objects of all states, since it does not know their states as they are shown; answers what was asked for.
    fn open_state_filter(&mut self, kind: &Kind) -> Vec<String> {
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
    fn show(
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
    fn is_asked_for(&self, kind: &Kind, item: &Element) -> bool {
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
    fn look_at(&self, kind: &Kind, document: &Document) {
        let Some(root) = document.xml() else { return };
        let mut known = self.shared.known();
        for item in root.items(kind.set) {
            if let Some(id) = item.text_at(kind.id) {
                known.looks.look(self.place, id);
            }
        }
    }

    /// Cuts the page out of the list.
    fn cut(&self, pages: &Pages, document: &mut Document, start: Start, of: u64) -> Result<(), Refusal> {
        let Some(most) = self.on().page else { return Ok(()) };
        let asked =
            pages.limit.as_ref().and_then(|limit| self.request.get(limit)).and_then(|text| text.parse().ok());
        let size = asked.map_or(most, |asked: usize| asked.min(most)).max(1);
        let items = document.take(&pages.list);
        let offset =
            if pages.by_value.is_empty() { start.offset } else { self.offset_by_value(pages, &items) };
        let end = items.len().min(offset + size);
        if offset > items.len() {
            return Err(self.unknown_token("of what is gone"));
        }
        let next: Vec<Option<String>> = if end < items.len() {
            if pages.by_value.is_empty() {
                vec![Some(format!("page-{}-{end}-{of:x}", start.page + 1))]
            } else {
                pages.by_value.iter().map(|name| items[end].text(name).map(str::to_owned)).collect()
            }
        } else {
            vec![None]
        };
        let more = end < items.len();
        document.put(&pages.list, items.into_iter().skip(offset).take(size).collect());
        for (index, path) in pages.token_out.iter().enumerate() {
            document.set(path, next.get(index).and_then(Option::as_deref));
        }
        if let Some(path) = &pages.more {
            document.switch(path, more);
        }
        Ok(())
    }

    /// Where a list goes on that says so by the name of its next entry.
    fn offset_by_value(&self, pages: &Pages, items: &[Item]) -> usize {
        let Some(name) = pages.token_in.first().and_then(|name| self.request.get(name)) else { return 0 };
        let kind = pages.token_in.get(1).and_then(|name| self.request.get(name));
        let dotted = format!("{}.", name.trim_end_matches('.'));
        let fits = |item: &Item| {
            item.text("Name").is_some_and(|own| format!("{}.", own.trim_end_matches('.')) == dotted)
                && kind.is_none_or(|kind| item.text("Type") == Some(kind))
        };
        items.iter().position(fits).unwrap_or(0)
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

/// Sets or removes parameters of a reading call, in its own protocol.
fn rewrite(request: &mut Request, changes: &[(String, Option<String>)], models: Option<&crate::Models>) {
    match request.protocol {
        Protocol::Ec2 | Protocol::Query => request.edit(|parameters| {
            for (name, value) in changes {
                match value {
                    Some(value) => parameters.0.insert(name.clone(), value.clone()),
                    None => parameters.0.remove(name),
                };
            }
        }),
        Protocol::Json => {
            let Ok(Value::Object(mut members)) = serde_json::from_slice(&request.body) else { return };
            for (name, value) in changes {
                match value {
                    // Limits are numbers, and tokens are not.
                    Some(value) => {
                        let value =
                            value.parse::<u32>().map_or_else(|_| Value::from(value.clone()), Value::from);
                        members.insert(name.clone(), value)
                    }
                    None => members.remove(name),
                };
            }
            request.body = Value::Object(members).to_string().into();
            request.headers.remove(header::CONTENT_LENGTH);
        }
        Protocol::RestXml => {
            let Some(models) = models else { return };
            let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
            let mut pairs: Vec<(String, String)> =
                form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            for (name, value) in changes {
                let Some(there) = models.query_name(&request.scope.service, &request.action, name) else {
                    continue;
                };
                pairs.retain(|(own, _)| *own != there);
                pairs.extend(value.as_ref().map(|value| (there, value.clone())));
            }
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            request.target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        }
    }
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
