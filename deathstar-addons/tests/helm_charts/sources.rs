//! Where a chart comes from, and what is remembered of it.

use crate::bench::{TestChart, VERSION, chart, empty, engine, programs, stack};
use deathstar_addons::chart::{Chart, ChartSource, Helm, Locking};
use std::{fs, path::PathBuf, process::Command};

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {helm: {{ .Capabilities.HelmVersion.Version }}}\n";

#[tokio::test]
async fn a_chart_that_has_changed_is_refused_until_that_is_accepted() {
    for program in programs() {
        let web = chart(&[("templates/a.yaml", CONFIG)]);
        let (first, _) = stack(web.with(&program));
        engine().plan(&first).await.unwrap();
        let text = fs::read_to_string(web.lock()).unwrap();
        assert!(text.contains("sha256:") && text.contains(&*web.directory().to_string_lossy()), "{text}");
        web.write("templates/a.yaml", &format!("# changed\n{CONFIG}"));
        for finding in web.findings(|chart| chart).await {
            assert!(
                finding.contains("1 finding")
                    && finding.contains("chart.lock")
                    && finding.contains("Locking::Update"),
                "{finding}"
            );
        }
        let helm = Helm::at(&program, web.lock()).locking(Locking::Update);
        let (accepted, _) = stack(Chart::new(&helm, VERSION, "shop", web.source()));
        engine().plan(&accepted).await.unwrap();
        let (again, _) = stack(web.with(&program));
        engine().plan(&again).await.unwrap();
    }
}

#[tokio::test]
async fn an_archive_is_a_chart_too() {
    for program in programs() {
        let web = chart(&[("templates/a.yaml", CONFIG), ("values.yaml", "a: 1\n")]);
        let into = web.directory().parent().unwrap().to_owned();
        let packed = Command::new(&program)
            .arg("package")
            .arg(web.directory())
            .arg("-d")
            .arg(&into)
            .env("HOME", &into)
            .output()
            .unwrap();
        assert!(packed.status.success(), "{packed:?}");
        let helm = Helm::at(&program, web.lock());
        let source = ChartSource::archive(into.join("web-1.0.0.tgz"));
        let (_, refs) = stack(Chart::new(&helm, VERSION, "shop", source).within("shop"));
        assert!(refs.get("ConfigMap/shop/config").is_some());
        assert!(fs::read_to_string(web.lock()).unwrap().contains("web-1.0.0.tgz"));
    }
}

/// A repository in a directory would need a server: a file system has no `index.yaml` over HTTP. What is shown here is that a
/// registry that does not answer is told.
#[tokio::test]
async fn a_registry_that_does_not_answer_is_told() {
    for program in programs() {
        let web = chart(&[]);
        let helm = Helm::at(&program, web.lock());
        for source in [
            ChartSource::oci("oci://127.0.0.1:1/charts/web", "1.0.0"),
            ChartSource::repository("http://127.0.0.1:1", "web", "1.0.0"),
        ] {
            let (mut stack, cluster) = empty();
            stack.add(&cluster, "web", Chart::new(&helm, VERSION, "shop", source));
            let finding = engine().plan(&stack).await.unwrap_err().to_string();
            assert!(
                finding.contains("chart.source") && finding.contains("1.0.0 cannot be fetched"),
                "{finding}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_chart_is_told() {
    for program in programs() {
        let web = chart(&[]);
        let helm = Helm::at(&program, web.lock());
        let library =
            chart(&[("Chart.yaml", "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n")]);
        let missing = chart(&[(
            "Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: db, version: 1.0.0, repository: \"https://charts.example.com\"}]\n",
        )]);
        let parent = web.directory().parent().unwrap().to_owned();
        for (source, part) in [
            (ChartSource::directory("/nowhere/web"), "cannot be read"),
            (ChartSource::directory(&parent), "no `Chart.yaml`"),
            (ChartSource::archive(web.directory().join("Chart.yaml")), "cannot be read"),
            (library.source(), "is a library"),
            (missing.source(), "helm dependency build"),
        ] {
            let (stack, _) = stack(Chart::new(&helm, VERSION, "shop", source));
            let finding = engine().plan(&stack).await.unwrap_err().to_string();
            assert!(finding.contains("1 finding") && finding.contains(part), "{part}: {finding}");
        }
    }
}

/// A program that writes its environment into a file each time it runs, and then is Helm.
#[cfg(unix)]
fn watched(program: &std::path::Path, web: &TestChart) -> (PathBuf, PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = web.directory().parent().unwrap().to_owned();
    let (wrapper, seen) = (parent.join("helm"), parent.join("seen"));
    let script =
        format!("#!/bin/sh\n/usr/bin/env >> {}\nexec {} \"$@\"\n", seen.display(), program.display());
    fs::write(&wrapper, script).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    (wrapper, seen)
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_of_the_callers_helm_leaks_in() {
    for program in programs() {
        let web = chart(&[("templates/a.yaml", CONFIG)]);
        let (wrapper, seen) = watched(&program, &web);
        let home = web.directory().with_extension("home");
        let helm = Helm::at(&wrapper, web.lock()).home(&home).env("HTTPS_PROXY", "http://proxy");
        let (_, refs) = stack(Chart::new(&helm, VERSION, "shop", web.source()));
        assert_eq!(refs.len(), 1);
        let environment = fs::read_to_string(seen).unwrap();
        let given = ["HTTPS_PROXY=", "PWD=", "OLDPWD=", "SHLVL=", "_="];
        for line in environment.lines().filter(|line| !given.iter().any(|name| line.starts_with(name))) {
            assert!(line.contains(&*home.to_string_lossy()), "{line}");
        }
        assert!(environment.contains("KUBECONFIG=") && environment.contains("HTTPS_PROXY=http://proxy"));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn equal_renderings_are_made_once() {
    for program in programs() {
        let web = chart(&[("templates/a.yaml", CONFIG)]);
        let (wrapper, seen) = watched(&program, &web);
        let helm = Helm::at(&wrapper, web.lock());
        let runs = || fs::read_to_string(&seen).unwrap().matches("KUBECONFIG=").count();
        let declare =
            |color: &str| stack(Chart::new(&helm, VERSION, "shop", web.source()).set("color", color)).1.len();
        assert_eq!((declare("red"), runs()), (1, 3), "its version, and the chart twice");
        assert_eq!((declare("red"), runs()), (1, 3));
        assert_eq!((declare("blue"), runs()), (1, 5));
    }
}
