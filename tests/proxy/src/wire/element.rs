//! A tree of XML that can be changed and written again.

/// An element: its name, and either text or children. AWS's answers have no mixed content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) text: String,
    pub(crate) children: Vec<Self>,
}

impl Element {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub(crate) fn with_text(name: &str, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::new(name) }
    }

    /// With another child.
    pub(crate) fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// With another child that holds text.
    pub(crate) fn and(self, name: &str, text: impl Into<String>) -> Self {
        self.with(Self::with_text(name, text))
    }

    /// Reads a document; none when it is not well-formed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        fn take(node: roxmltree::Node<'_, '_>, outer: Option<&str>) -> Element {
            let namespace = node.tag_name().namespace();
            let children: Vec<Element> = node
                .children()
                .filter(roxmltree::Node::is_element)
                .map(|child| take(child, namespace))
                .collect();
            let text =
                if children.is_empty() { node.text().unwrap_or_default().to_owned() } else { String::new() };
            Element {
                name: node.tag_name().name().to_owned(),
                namespace: namespace.filter(|own| Some(*own) != outer).map(str::to_owned),
                text,
                children,
            }
        }
        let document = roxmltree::Document::parse(text).ok()?;
        Some(take(document.root_element(), None))
    }

    pub(crate) fn write(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write_into(&mut out);
        out
    }

    fn write_into(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        if let Some(namespace) = &self.namespace {
            out.push_str(" xmlns=\"");
            escape(namespace, out);
            out.push('"');
        }
        if self.children.is_empty() && self.text.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        escape(&self.text, out);
        for child in &self.children {
            child.write_into(out);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn child_mut(&mut self, name: &str) -> Option<&mut Self> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// The element at a path: `vpc/vpcId`.
    pub(crate) fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |element, name| element.child(name))
    }

    pub(crate) fn at_mut(&mut self, path: &str) -> Option<&mut Self> {
        path.split('/').try_fold(self, |element, name| element.child_mut(name))
    }

    /// The text at a path, where there is one.
    pub(crate) fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path).map(|element| element.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The entries of a list at a path.
    pub(crate) fn items(&self, path: &str) -> &[Self] {
        self.at(path).map(|list| list.children.as_slice()).unwrap_or_default()
    }

    /// Sets the text of a child, which is made if it is not there.
    pub(crate) fn set(&mut self, name: &str, text: &str) {
        if let Some(child) = self.child_mut(name) {
            text.clone_into(&mut child.text);
            child.children.clear();
        } else {
            self.children.push(Self::with_text(name, text));
        }
    }

    /// All texts below, with the names of their elements.
    pub(crate) fn texts<'e>(&'e self, all: &mut Vec<(&'e str, &'e str)>) {
        if self.children.is_empty() && !self.text.is_empty() {
            all.push((&self.name, &self.text));
        }
        for child in &self.children {
            child.texts(all);
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_read_changed_and_written() {
        let text = r#"<R xmlns="urn:x"><s><item><id>1</id></item><item><id>2</id></item></s><e/></R>"#;
        let mut root = Element::parse(text).unwrap();
        assert_eq!(
            root.items("s").iter().filter_map(|item| item.text_at("id")).collect::<Vec<_>>(),
            ["1", "2"]
        );
        root.at_mut("s").unwrap().children.pop();
        root.set("token", "<&>");
        let written = root.write();
        assert!(
            written.ends_with(
                r#"<R xmlns="urn:x"><s><item><id>1</id></item></s><e/><token>&lt;&amp;&gt;</token></R>"#
            ),
            "{written}"
        );
        assert_eq!(Element::parse(&written).unwrap(), root);
        assert_eq!(Element::parse("<html>"), None);
    }

    proptest! {
        #[test]
        fn text_reads_back(text in "[^\\p{C}]{0,40}") {
            let root = Element::new("R").and("a", text.clone());
            prop_assert_eq!(Element::parse(&root.write()), Some(root));
        }
    }
}
