//! The three streams of a command, and what they can do.

use super::{Problem, arguments::When};
use std::io::{self, BufRead, IsTerminal, Write};

/// Where a command reads and writes. Data goes out, talk goes to the side.
pub(super) struct Console {
    input: Box<dyn BufRead>,
    out: Box<dyn Write>,
    talk: Box<dyn Write>,
    /// Whether somebody is there who reads the talk and answers.
    pub(super) interactive: bool,
    /// Whether the talk goes to a terminal.
    pub(super) live: bool,
    pub(super) colour: Colour,
    /// How wide lines should be.
    pub(super) width: usize,
}

/// Where colours are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Colour {
    pub(super) data: bool,
    pub(super) talk: bool,
}

/// How wide lines are when nobody says how wide the terminal is.
const WIDTH: usize = 100;

impl Console {
    /// The streams of this process. Colour follows the terminal, `NO_COLOR` and `CLICOLOR_FORCE`, unless `colour` says otherwise.
    pub(super) fn of_process(colour: When) -> Self {
        let (out, talk) = (io::stdout(), io::stderr());
        let coloured = |choice: anstream::ColorChoice| match colour {
            When::Always => true,
            When::Never => false,
            When::Auto => choice != anstream::ColorChoice::Never,
        };
        let width = console::Term::stderr().size_checked().map_or(WIDTH, |(_, columns)| usize::from(columns));
        Self {
            interactive: io::stdin().is_terminal() && talk.is_terminal(),
            live: talk.is_terminal(),
            colour: Colour {
                data: coloured(anstream::AutoStream::choice(&out)),
                talk: coloured(anstream::AutoStream::choice(&talk)),
            },
            width: width.max(40),
            input: Box::new(io::stdin().lock()),
            out: Box::new(out),
            talk: Box::new(talk),
        }
    }

    #[cfg(test)]
    pub(super) fn of(
        input: &'static str,
        out: impl Write + 'static,
        talk: impl Write + 'static,
        interactive: bool,
    ) -> Self {
        Self {
            input: Box::new(input.as_bytes()),
            out: Box::new(out),
            talk: Box::new(talk),
            interactive,
            live: false,
            colour: Colour::default(),
            width: WIDTH,
        }
    }

    /// Writes data. A reader that has gone away (`| head`) is no failure.
    pub(super) fn data(&mut self, text: &str) -> Result<(), Problem> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Problem::new("the result cannot be written").cause(error.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Writes a value as JSON.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Problem> {
        let mut text = serde_json::to_string_pretty(value)?;
        text.push('\n');
        self.data(&text)
    }

    /// Writes talk. Nobody listening is no failure.
    pub(super) fn say(&mut self, text: &str) {
        let _ = self.talk.write_all(text.as_bytes()).and_then(|()| self.talk.flush());
    }

    /// Tells a problem.
    pub(super) fn complain(&mut self, problem: &Problem) {
        let mut text = problem.to_string();
        text.push('\n');
        if self.colour.talk {
            for (label, code) in [("error:", "1;31"), ("  cause:", "2"), ("  hint:", "36")] {
                let coloured = format!("\n\u{1b}[{code}m{label}\u{1b}[0m");
                text = format!("\n{text}").replace(&format!("\n{label}"), &coloured);
                text.remove(0);
            }
        }
        self.say(&text);
    }

    /// Asks, and reads one line; none when the input has ended.
    pub(super) fn ask(&mut self, question: &str) -> Result<Option<String>, Problem> {
        self.say(question);
        let mut line = String::new();
        let read = self.input.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Gone(io::ErrorKind);

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is() {
        let console = |kind| Console::of("", Gone(kind), io::sink(), false);
        assert!(console(io::ErrorKind::BrokenPipe).data("x").is_ok());
        assert!(console(io::ErrorKind::StorageFull).data("x").is_err());
    }
}
