//! How a control plane speaks of binaries that are none: scripts stand for the programs.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use deathstar_core::testing::{Assets, ControlPlane, Program};

fn script(directory: &Path, program: Program, text: &str) {
    let path = directory.join(program.name());
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn a_program_that_ends_is_named_with_what_it_said() {
    let directory = tempfile::tempdir().unwrap();
    script(directory.path(), Program::Etcd, "echo no space left >&2; exit 3");
    script(directory.path(), Program::ApiServer, "exec cat /dev/zero >/dev/null");
    let options = ControlPlane::options().assets(Assets::at(directory.path()));
    let error = options.start().await.expect_err("etcd ends");
    assert_eq!(error.message(), "`etcd` ended with exit status: 3: no space left");
}

#[tokio::test]
async fn a_binary_that_is_missing_is_named() {
    let directory = tempfile::tempdir().unwrap();
    script(directory.path(), Program::Etcd, "exec sleep 60");
    let options = ControlPlane::options().assets(Assets::at(directory.path()));
    let error = options.start().await.expect_err("there is no API server");
    assert!(error.message().ends_with("has no `kube-apiserver`"), "{error}");
    assert!(error.advice().is_some_and(|advice| advice.contains("KUBEBUILDER_ASSETS")));
}
