//! The commands.

mod apply;
mod drift;
mod output;
mod permissions;
mod plan;
mod state;
mod take_over;

use super::{Format, Problem, arguments, console::Console, graph, operations::Operations};
use crate::{Stack, plan::RenderOptions};

/// A command at work: an engine, and somebody to tell.
pub(super) struct Work<'w> {
    pub(super) engine: &'w dyn Operations,
    pub(super) console: &'w mut Console,
    pub(super) progress: Format,
}

impl Work<'_> {
    /// How to show what goes to standard output, or what is said.
    fn options(&self, data: bool, full: bool) -> RenderOptions {
        let colour = if data { self.console.colour.data } else { self.console.colour.talk };
        RenderOptions { colour, full, width: self.console.width }
    }
}

/// Draws a stack.
///
/// # Errors
/// When it cannot be written.
pub(super) fn draw(
    stack: &Stack,
    arguments: arguments::GraphArguments,
    console: &mut Console,
) -> Result<u8, Problem> {
    console.data(&graph::draw(stack, arguments.format))?;
    Ok(0)
}
