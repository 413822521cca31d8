//! Reading models from disk.

use super::{
    ModelError, Models, SERVICES, Service, pages,
    shape::{PagesText, ServiceText},
};
use crate::wire::Protocol;
use flate2::read::GzDecoder;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Reads the models beside a program: `ENVIRONMENT/bin/PROGRAM` and `ENVIRONMENT/lib/python3.N/site-packages/botocore/data`.
pub(super) fn beside(program: &Path) -> Result<Models, ModelError> {
    let environment = program.parent().and_then(Path::parent).unwrap_or(program);
    let data = data(environment).map_err(|error| ModelError::new(environment, error))?;
    let mut services = BTreeMap::new();
    for name in SERVICES {
        let directory = newest(&data.join(name)).map_err(|error| ModelError::new(&data.join(name), error))?;
        let read = |file: &str| text(&directory, file).map_err(|error| ModelError::new(&directory, error));
        let (model, pages) = (read("service-2.json")?, read("paginators-1.json")?);
        let service =
            service(protocol(name), &model, &pages).map_err(|error| ModelError::new(&directory, error))?;
        services.insert(name, service);
    }
    Ok(Models { services })
}

fn protocol(service: &str) -> Protocol {
    match service {
        "ec2" => Protocol::Ec2,
        "kms" | "logs" => Protocol::Json,
        "route53" => Protocol::RestXml,
        _ => Protocol::Query,
    }
}

pub(super) fn service(protocol: Protocol, model: &str, paginators: &str) -> serde_json::Result<Service> {
    let ServiceText { operations, mut shapes } = serde_json::from_str(model)?;
    for member in shapes.values_mut().flat_map(|shape| shape.members.iter_mut()) {
        if !member.0.starts_with("Filter") {
            member.1.documentation = None;
        }
    }
    let mut service = Service { protocol, operations, shapes, pages: [].into() };
    let PagesText { pagination } = serde_json::from_str(paginators)?;
    service.pages = pagination
        .iter()
        .filter_map(|(action, paginator)| Some((action.clone(), pages::of(&service, action, paginator)?)))
        .collect();
    Ok(service)
}

fn data(environment: &Path) -> io::Result<PathBuf> {
    for entry in fs::read_dir(environment.join("lib"))? {
        let data = entry?.path().join("site-packages").join("botocore").join("data");
        if data.is_dir() {
            return Ok(data);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "there is no botocore"))
}

/// Versions are dates, so that the last one in the order of their names is the newest.
fn newest(directory: &Path) -> io::Result<PathBuf> {
    let mut versions =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    versions.sort();
    versions.pop().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no version"))
}

/// A file, which may be compressed.
fn text(directory: &Path, file: &str) -> io::Result<String> {
    let packed = directory.join(format!("{file}.gz"));
    if packed.exists() {
        let mut text = String::new();
        GzDecoder::new(File::open(packed)?).read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(directory.join(file))
}
