//! The file of an in-memory cloud: an append log that many processes share.

use super::world::{Change, World};
use std::{
    fs::{File as OsFile, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

const HEADER: &str = "deathstar memory cloud 1\n";

#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    handle: OsFile,
    /// How far it was read.
    read: u64,
}

impl File {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        file.lock()?;
        let begun = (|| {
            if file.metadata()?.len() == 0 {
                return file.write_all(HEADER.as_bytes());
            }
            let mut header = vec![0; HEADER.len()];
            file.seek(SeekFrom::Start(0))?;
            match file.read_exact(&mut header) {
                Ok(()) if header == HEADER.as_bytes() => Ok(()),
                _ => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{} is not the file of an in-memory cloud of this version", path.display()),
                )),
            }
        })();
        file.unlock()?;
        begun?;
        Ok(Self { path: path.to_owned(), handle: file, read: HEADER.len() as u64 })
    }

    /// Takes over what other processes wrote.
    pub(super) fn refresh(&mut self, world: &mut World) -> io::Result<()> {
        self.handle.lock()?;
        let done = self.replay(world);
        self.handle.unlock()?;
        done
    }

    /// Keeps other processes out while a call is decided; the world is up to date then.
    pub(super) fn begin(&mut self, world: &mut World) -> io::Result<()> {
        self.handle.lock()?;
        self.replay(world).inspect_err(|_| {
            let _ = self.handle.unlock();
        })
    }

    pub(super) fn end(&mut self) -> io::Result<()> {
        self.handle.unlock()
    }

    fn replay(&mut self, world: &mut World) -> io::Result<()> {
        let length = self.handle.metadata()?.len();
        if length == self.read {
            return Ok(());
        }
        self.handle.seek(SeekFrom::Start(self.read))?;
        let mut text = String::new();
        (&self.handle).take(length - self.read).read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        for line in text[..whole].lines() {
            let change: Change = serde_json::from_str(line).map_err(|error| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", self.path.display()))
            })?;
            world.replay(change);
        }
        self.read += whole as u64;
        if whole < text.len() {
            // A process died while it wrote this line: its call was never answered.
            self.handle.set_len(self.read)?;
        }
        Ok(())
    }

    /// Appends lines, in one write.
    pub(super) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        let mut text = String::new();
        for change in changes {
            text.push_str(&serde_json::to_string(change)?);
            text.push('\n');
        }
        self.handle.write_all(text.as_bytes())?;
        self.read += text.len() as u64;
        Ok(())
    }
}
