//! Pictures.

use super::Picture;
use layout::{
    backends::svg::SVGWriter,
    core::{base::Orientation, geometry::Point, style::StyleAttr},
    std_shapes::shapes::{Arrow, Element, ShapeKind},
    topo::layout::VisualGraph,
};

/// The width of a character and the height of a line, in pixels.
const CHARACTER: f64 = 8.5;
const LINE: f64 = 22.0;
const FONT: usize = 14;

/// Draws a picture as SVG.
pub(super) fn draw(picture: &Picture<'_>) -> String {
    let mut graph = VisualGraph::new(Orientation::TopToBottom);
    let mut style = StyleAttr::simple();
    style.font_size = FONT;
    style.rounded = 6;
    style.line_width = 1;
    let mut handles = Vec::with_capacity(picture.nodes.len());
    for node in &picture.nodes {
        let (address, kind) = (plain(node.address.as_str()), plain(node.kind));
        let widest = address.chars().count().max(kind.chars().count());
        #[expect(clippy::cast_precision_loss, reason = "a width in pixels")]
        let size = Point::new((widest as f64).mul_add(CHARACTER, 24.0), 2.0f64.mul_add(LINE, 8.0));
        let shape = ShapeKind::new_box(&format!("{address}\n{kind}"));
        handles.push(graph.add_node(Element::create(shape, style.clone(), Orientation::TopToBottom, size)));
    }
    for (from, to) in &picture.arrows {
        if let (Some(from), Some(to)) = (handles.get(*from), handles.get(*to)) {
            graph.add_edge(Arrow::simple(""), *from, *to);
        }
    }
    let mut writer = SVGWriter::new();
    if !handles.is_empty() {
        graph.do_it(false, false, false, &mut writer);
    }
    writer.finalize()
}

/// A text on one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
