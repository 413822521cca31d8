//! Where a chart comes from, and what is remembered of it.

use crate::bench::{TestChart, VERSION, chart, empty, engine, programs, stack};
use crate::registry::Registry;
use deathstar_addons::chart::{Chart, ChartSource, Helm, Locking};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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

/// The archive that `helm package` makes of a chart.
fn package(program: &Path, web: &TestChart) -> PathBuf {
    let into = web.directory().parent().unwrap().to_owned();
    let mut helm = Command::new(program);
    let packed = helm.arg("package").arg(web.directory()).arg("-d").arg(&into).env("HOME", &into).output();
    assert!(packed.is_ok_and(|output| output.status.success()));
    into.join("web-1.0.0.tgz")
}

#[tokio::test]
async fn an_archive_is_a_chart_too() {
    for program in programs() {
        let web = chart(&[("templates/a.yaml", CONFIG), ("values.yaml", "a: 1\n")]);
        let source = ChartSource::archive(package(&program, &web));
        let helm = Helm::at(&program, web.lock());
        let (_, refs) = stack(Chart::new(&helm, VERSION, "shop", source).within("shop"));
        assert!(refs.get("ConfigMap/shop/config").is_some());
        assert!(fs::read_to_string(web.lock()).unwrap().contains("web-1.0.0.tgz"));
    }
}

#[tokio::test]
async fn a_chart_is_fetched_once_and_the_lock_file_knows_it() {
    for program in programs() {
        let web = chart(&[("templates/a.yaml", CONFIG)]);
        let archive = fs::read(package(&program, &web)).unwrap();
        let registry = Registry::start();
        registry.put("1.0.0", &archive);
        let helm = |name: &str| {
            let home = web.directory().with_extension(name);
            Helm::at(&program, web.lock()).home(home).plain_http()
        };
        let sources = [
            ChartSource::oci(registry.reference(), "1.0.0"),
            ChartSource::repository(registry.url(), "web", "1.0.0"),
        ];
        let plan = async |name: &str, source: &ChartSource| {
            let (stack, refs) = stack(Chart::new(&helm(name), VERSION, "shop", source.clone()));
            engine().plan(&stack).await.map(|_| refs.len()).map_err(|error| error.to_string())
        };
        for source in &sources {
            assert_eq!(plan("home", source).await, Ok(1), "{source:?}");
        }
        let lock = fs::read_to_string(web.lock()).unwrap();
        assert!(lock.contains(&registry.reference()) && lock.contains("version = \"1.0.0\""), "{lock}");
        // Somebody has replaced the version.
        web.write("templates/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: evil}\n");
        registry.put("1.0.0", &fs::read(package(&program, &web)).unwrap());
        for source in &sources {
            let refused = plan("elsewhere", source).await.unwrap_err();
            assert!(refused.contains("chart.lock") && refused.contains("has changed"), "{refused}");
        }
        // What was fetched is at hand, and is what the lock file names.
        drop(registry);
        for source in &sources {
            assert_eq!(plan("home", source).await, Ok(1), "{source:?}");
        }
    }
}

#[tokio::test]
async fn a_version_has_to_be_exact() {
    for program in programs() {
        let web = chart(&[("templates/a.yaml", CONFIG)]);
        let registry = Registry::start();
        registry.put("1.0.0", &fs::read(package(&program, &web)).unwrap());
        let helm = Helm::at(&program, web.lock()).plain_http();
        for source in [
            ChartSource::oci(registry.reference(), "^1.0.0"),
            ChartSource::repository(registry.url(), "web", ">0.1.0"),
        ] {
            let (stack, _) = stack(Chart::new(&helm, VERSION, "shop", source));
            let refused = engine().plan(&stack).await.unwrap_err().to_string();
            assert!(refused.contains("no exact version") && refused.contains("write `1.0.0`"), "{refused}");
        }
    }
}

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
fn watched(program: &Path, web: &TestChart) -> (PathBuf, PathBuf) {
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
