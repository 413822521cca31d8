//! What a chart consists of: its files, and what they say.

use deathstar_core::kube::read_yaml;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, fs, io, io::Read as _, path::Path};

/// The files of a chart by their paths inside of it, with `/` between the parts.
#[derive(Clone, Debug, Default)]
pub(super) struct ChartFiles(BTreeMap<String, Vec<u8>>);

/// What `Chart.yaml` says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: String,
    #[serde(default, rename = "type")]
    pub(super) sort: String,
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

/// A chart that another one brings along.
#[derive(Clone, Debug, Deserialize)]
struct Dependency {
    name: String,
    #[serde(default)]
    alias: Option<String>,
    /// Paths of values that switch it on, with commas between them.
    #[serde(default)]
    condition: Option<String>,
}

impl Dependency {
    /// Under which key of the values its own stand.
    fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

/// The largest chart that is read, unpacked, in bytes: Helm's own limit.
const LARGEST: u64 = 100 * 1024 * 1024;

/// The digest of a content, as registries write it.
pub(super) fn digest(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    hash.iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

impl ChartFiles {
    /// Reads a directory.
    pub(super) fn of_directory(directory: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        collect(directory, "", &mut files)?;
        Ok(Self(files))
    }

    /// Reads an archive: its one directory is the chart.
    pub(super) fn of_archive(archive: &[u8]) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let unpacked = flate2::read::MultiGzDecoder::new(archive).take(LARGEST);
        for entry in tar::Archive::new(unpacked).entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path()?.to_string_lossy().replace('\\', "/");
            let Some((_, inner)) = path.trim_start_matches("./").split_once('/') else { continue };
            let mut content = vec![];
            entry.read_to_end(&mut content)?;
            files.insert(inner.to_owned(), content);
        }
        Ok(Self(files))
    }

    /// The digest of the content: of all paths in order, each with the digest of its file.
    pub(super) fn digest(&self) -> String {
        let lines = self.0.iter().map(|(path, content)| format!("{}  {path}\n", digest(content)));
        digest(lines.collect::<String>().as_bytes())
    }

    fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(path)?).ok()
    }

    /// What `Chart.yaml` says; none without that file.
    pub(super) fn metadata(&self) -> Option<Metadata> {
        serde_json::from_value(first_document(self.text("Chart.yaml")?)).ok()
    }

    /// All values that the chart knows: its own, those of its parts under their keys, and the conditions of its parts.
    pub(super) fn defaults(&self) -> Value {
        let own = self.text("values.yaml").map(first_document).filter(Value::is_object);
        let mut all = own.unwrap_or_else(|| Value::Object(Map::new()));
        let dependencies = self.metadata().map(|metadata| metadata.dependencies).unwrap_or_default();
        for (key, part) in self.parts() {
            let mut of_part = part.defaults();
            if let Some(over) = all.get(&key) {
                super::values::lay_over(&mut of_part, over.clone());
            }
            if let Some(map) = all.as_object_mut() {
                map.insert(key, of_part);
            }
        }
        for condition in dependencies.iter().filter_map(|one| one.condition.as_deref()) {
            for path in condition.split(',') {
                let inner = path.trim().split('.').rev();
                let known = inner
                    .fold(Value::Null, |inner, key| Value::Object(Map::from_iter([(key.to_owned(), inner)])));
                let over = std::mem::replace(&mut all, known);
                super::values::lay_over(&mut all, over);
            }
        }
        all
    }

    /// The charts that it brings along, each with the key of its values.
    pub(super) fn parts(&self) -> Vec<(String, Self)> {
        let mut directories: BTreeMap<String, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
        let mut parts = vec![];
        for (path, content) in &self.0 {
            let Some(inner) = path.strip_prefix("charts/") else { continue };
            match inner.split_once('/') {
                Some((directory, file)) => {
                    directories.entry(directory.into()).or_default().insert(file.into(), content.clone());
                }
                None if Path::new(inner).extension().is_some_and(|end| end == "tgz") => {
                    parts.extend(Self::of_archive(content));
                }
                None => {}
            }
        }
        parts.extend(directories.into_values().map(Self));
        let dependencies = self.metadata().map(|metadata| metadata.dependencies).unwrap_or_default();
        let named = |part: Self| {
            let name = part.metadata().map(|metadata| metadata.name).unwrap_or_default();
            let mut keys: Vec<String> =
                dependencies.iter().filter(|one| one.name == name).map(|one| one.key().to_owned()).collect();
            if keys.is_empty() {
                keys.push(name);
            }
            keys.into_iter().map(move |key| (key, part.clone()))
        };
        parts.into_iter().flat_map(named).collect()
    }

    /// The objects in `crds/`, of the chart and of its parts.
    pub(super) fn definitions(&self) -> Vec<Value> {
        let own = self.0.keys().filter(|path| path.starts_with("crds/"));
        let own = own.filter_map(|path| read_yaml(self.text(path)?, path).ok()).flatten();
        let of_parts = self.parts().into_iter().flat_map(|(_, part)| part.definitions());
        own.chain(of_parts).filter(Value::is_object).collect()
    }

    /// The texts of its templates with their paths, those of its parts included.
    pub(super) fn templates(&self) -> Vec<(String, String)> {
        let own = self.0.keys().filter(|path| path.starts_with("templates/"));
        let own = own.filter_map(|path| Some((path.clone(), self.text(path)?.to_owned())));
        let of_parts = self.parts().into_iter().flat_map(|(key, part)| {
            let templates = part.templates().into_iter();
            templates.map(move |(path, text)| (format!("charts/{key}/{path}"), text))
        });
        own.chain(of_parts).collect()
    }

    /// The texts of `values.yaml`, those of its parts included.
    pub(super) fn values_texts(&self) -> Vec<String> {
        let own = self.text("values.yaml").map(str::to_owned);
        own.into_iter().chain(self.parts().into_iter().flat_map(|(_, part)| part.values_texts())).collect()
    }
}

fn first_document(text: &str) -> Value {
    read_yaml(text, "a file of the chart").ok().and_then(|all| all.into_iter().next()).unwrap_or_default()
}

fn collect(directory: &Path, inner: &str, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inner.is_empty() { name.clone() } else { format!("{inner}/{name}") };
        // What stands behind a link counts as a part of the chart, as it does for Helm.
        let about = fs::metadata(entry.path())?;
        if about.is_dir() {
            if name != ".git" {
                collect(&entry.path(), &path, files)?;
            }
        } else {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chart(files: &[(&str, &str)]) -> ChartFiles {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().to_vec());
        ChartFiles(files.iter().map(owned).collect())
    }

    #[test]
    fn the_digest_is_of_paths_and_contents_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("templates/a.yaml", "a");
        write("Chart.yaml", "name: web");
        write(".git/HEAD", "1");
        let digest = || ChartFiles::of_directory(directory.path()).unwrap().digest();
        let first = digest();
        assert_eq!(first, chart(&[("Chart.yaml", "name: web"), ("templates/a.yaml", "a")]).digest());
        write(".git/HEAD", "2");
        assert_eq!(digest(), first);
        write("templates/a.yaml", "b");
        assert_ne!(digest(), first);
        assert_ne!(chart(&[("ab", "c")]).digest(), chart(&[("a", "bc")]).digest());
    }

    #[test]
    fn an_archive_is_read_as_its_directory() {
        let mut archive =
            tar::Builder::new(flate2::write::GzEncoder::new(vec![], flate2::Compression::fast()));
        let mut add = |path: &str, text: &str| {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, path, text.as_bytes()).unwrap();
        };
        add("web/Chart.yaml", "name: web\nversion: 1.2.3\n");
        add("web/templates/a.yaml", "x");
        let bytes = archive.into_inner().unwrap().finish().unwrap();
        let files = ChartFiles::of_archive(&bytes).unwrap();
        let metadata = files.metadata().unwrap();
        assert_eq!((metadata.name.as_str(), metadata.version.as_str()), ("web", "1.2.3"));
        assert_eq!(files.templates(), [("templates/a.yaml".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn values_of_parts_stand_under_their_keys() {
        let files = chart(&[
            (
                "Chart.yaml",
                "name: web\ndependencies: [{name: db, alias: store, condition: store.enabled}, {name: log}]",
            ),
            ("values.yaml", "store: {size: 2}\n"),
            ("charts/db/Chart.yaml", "name: db"),
            ("charts/db/values.yaml", "size: 1\nuser: x\n"),
            (
                "charts/db/crds/a.yaml",
                "kind: CustomResourceDefinition\n---\nkind: CustomResourceDefinition\n",
            ),
            ("charts/log/Chart.yaml", "name: log"),
        ]);
        let expected = json!({"store": {"size": 2, "user": "x", "enabled": null}, "log": {}});
        assert_eq!(files.defaults(), expected);
        assert_eq!(files.definitions().len(), 2);
    }
}
