//! The certificates of one control plane: an authority of its own, which signs for the servers and for their callers.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use crate::{Error, Meaning, Result};

/// The group whose members may do everything.
pub(super) const ADMINISTRATORS: &str = "system:masters";

/// A certificate and its key, as files.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// The two halves of a key, as files.
#[derive(Clone, Debug)]
pub(super) struct TokenKeys {
    pub(super) private: PathBuf,
    pub(super) public: PathBuf,
}

/// The authority of one control plane, and the directory of what it signs.
#[derive(Debug)]
pub(super) struct Authority {
    directory: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    /// The authority's own certificate and key.
    pub(super) identity: Identity,
}

impl Authority {
    /// Makes an authority, whose files stand in this directory.
    pub(super) fn new(directory: &Path) -> Result<Self> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "deathstar-testing");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = parameters.self_signed(&key).map_err(failed)?;
        let identity = write(directory, "authority", &certificate.pem(), &key)?;
        Ok(Self { directory: directory.to_owned(), issuer: Issuer::new(parameters, key), identity })
    }

    /// The identity of all servers on the loopback interface.
    pub(super) fn server(&self) -> Result<Identity> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "localhost");
        parameters.subject_alt_names = vec![
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::DnsName(Ia5String::try_from("localhost").map_err(failed)?),
        ];
        self.sign(parameters, "server", ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// The identity of a caller: a user, in a group.
    pub(super) fn caller(&self, user: &str, group: &str) -> Result<Identity> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, user);
        parameters.distinguished_name.push(DnType::OrganizationName, group);
        self.sign(parameters, &user.replace(':', "-"), ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// The key with which the API server signs the tokens of service accounts, and the one by which it knows them again.
    pub(super) fn token_keys(&self) -> Result<TokenKeys> {
        let key = KeyPair::generate().map_err(failed)?;
        let keys = TokenKeys {
            private: self.directory.join("service-accounts.key"),
            public: self.directory.join("service-accounts.pub"),
        };
        write_private(&keys.private, &key.serialize_pem())?;
        write_private(&keys.public, &key.public_key_pem())?;
        Ok(keys)
    }

    fn sign(
        &self,
        mut parameters: CertificateParams,
        name: &str,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<Identity> {
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![usage];
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = parameters.signed_by(&key, &self.issuer).map_err(failed)?;
        write(&self.directory, name, &certificate.pem(), &key)
    }
}

fn write(directory: &Path, name: &str, certificate: &str, key: &KeyPair) -> Result<Identity> {
    let identity = Identity {
        certificate: directory.join(format!("{name}.crt")),
        key: directory.join(format!("{name}.key")),
    };
    write_private(&identity.certificate, certificate)?;
    write_private(&identity.key, &key.serialize_pem())?;
    Ok(identity)
}

/// The directory is its owner's alone; so are the files in it.
fn write_private(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| {
        Error::new(Meaning::Transient, format!("`{}` cannot be written", path.display())).because(error)
    })
}

fn failed(error: rcgen::Error) -> Error {
    Error::internal("a certificate of the control plane cannot be made").because(error)
}
