//! Lists in pages, in all the ways in which services cut them.

use super::{Case, rewrite::rewrite};
use crate::{
    model::Pages,
    rules::kinds,
    wire::{Answer, Document, Item, Refusal},
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most pages of the emulator's own that are read for one list.
const MOST: usize = 1_000;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) page: usize,
    offset: usize,
}

impl Case<'_> {
    /// How this call is paged, if it is. Most lists of EC2 are not when ids are asked for.
    pub(super) fn pages(&self) -> Option<Pages> {
        let models = self.on().models.as_ref().filter(|_| self.on().page.is_some())?;
        let pages = models.pages(self.request.service(), &self.request.action)?;
        let ids = kinds::shown_by(&self.request.action).map(|kind| format!("{}.1", kind.ids));
        let by_ids = ids.is_some_and(|ids| self.request.get(&ids).is_some());
        (!by_ids).then(|| pages.clone())
    }

    /// What a token is about: the call without what changes from page to page.
    pub(super) fn fingerprint(&self, pages: &Pages) -> u64 {
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
    pub(super) fn start(&self, pages: Option<&Pages>, fingerprint: u64) -> Result<Start, Refusal> {
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
    pub(super) fn unknown_token(&self, token: &str) -> Refusal {
        let code = match self.request.service() {
            "ec2" => "InvalidNextToken",
            "kms" => "InvalidMarkerException",
            "logs" => "InvalidParameterException",
            "route53" => "InvalidInput",
            _ => "ValidationError",
        };
        Refusal::new(code, format!("The token '{token}' is invalid"))
    }

    /// Reads the emulator's own pages, all of them.
    pub(super) async fn forward_all(&mut self, pages: &Pages) -> Answer {
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
    pub(super) fn ask_for(&mut self, pages: &Pages, token: &[Option<String>]) {
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

    /// Cuts the page out of the list.
    pub(super) fn cut(
        &self,
        pages: &Pages,
        document: &mut Document,
        start: Start,
        of: u64,
    ) -> Result<(), Refusal> {
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
    pub(super) fn offset_by_value(&self, pages: &Pages, items: &[Item]) -> usize {
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
