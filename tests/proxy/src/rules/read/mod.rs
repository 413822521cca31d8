//! Reading: the whole list is asked of the emulator, shown as AWS would show it, and cut.

mod pages;
mod rewrite;
mod show;

use super::{
    Case,
    kinds::{self, Kind},
};
use crate::{
    model::Pages,
    wire::{Answer, Document, Item, Refusal},
};

impl Case<'_> {
    /// Reads, and shows what AWS would show.
    pub(in crate::rules) async fn read(&mut self) -> Result<Answer, Refusal> {
        if self.request.service() != "ec2" {
            self.judge_other().await?;
        }
        let pages = self.pages();
        let kind = kinds::shown_by(&self.request.action).filter(|_| self.request.service() == "ec2");
        let of = pages.as_ref().map(|pages| self.fingerprint(pages)).unwrap_or_default();
        let start = self.start(pages.as_ref(), of)?;
        self.shared.records.amend(self.serial, |call| call.page = start.page);
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
}
