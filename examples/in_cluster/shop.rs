//! The shop itself: what a team brings to a platform.

use crate::platform::Day;
use deathstar_addons::base::{Check, Disruption, NamespaceRefs, Priority, Workload};
use deathstar_core::kube::Object;
use k8s_openapi::{
    api::{
        apps::v1::{Deployment, DeploymentSpec},
        core::v1::{
            Capabilities, Container, HTTPGetAction, PodSecurityContext, PodSpec, PodTemplateSpec, Probe,
            ResourceRequirements, SeccompProfile, SecurityContext, Service, ServicePort, ServiceSpec,
            TopologySpreadConstraint,
        },
    },
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{LabelSelector, ObjectMeta},
        util::intstr::IntOrString,
    },
};
use std::collections::BTreeMap;

/// How carefully the shop was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// As it ran on somebody's machine.
    None,
    /// As it is asked for in production.
    All,
}

/// The web server, in the namespace of its team.
pub(crate) fn web(namespace: &NamespaceRefs, day: Day) -> Workload {
    match day.care {
        Care::None => Workload::new(namespace, deployment(careless())),
        Care::All => {
            let web = Workload::new(namespace, deployment(careful(day.release)))
                .budget(Disruption::ONE)
                .waive(Check::LivenessProbe, "it ends by itself when it is stuck");
            if day.take_back { web.take_over() } else { web }
        }
    }
}

/// What finds the web server.
pub(crate) fn service(namespace: &str) -> Object {
    let port = ServicePort { port: 80, target_port: Some(IntOrString::Int(8080)), ..ServicePort::default() };
    Object::of(Service {
        metadata: named("web"),
        spec: Some(ServiceSpec {
            selector: Some(labels()),
            ports: Some(vec![port]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    })
    .within(namespace)
}

fn labels() -> BTreeMap<String, String> {
    [("app".to_owned(), "web".to_owned())].into()
}

fn selector() -> LabelSelector {
    LabelSelector { match_labels: Some(labels()), ..LabelSelector::default() }
}

fn named(name: &str) -> ObjectMeta {
    ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() }
}

fn deployment(pods: PodSpec) -> Deployment {
    let metadata = ObjectMeta { labels: Some(labels()), ..ObjectMeta::default() };
    Deployment {
        metadata: named("web"),
        spec: Some(DeploymentSpec {
            replicas: Some(if pods.priority_class_name.is_some() { 3 } else { 1 }),
            selector: selector(),
            template: PodTemplateSpec { metadata: Some(metadata), spec: Some(pods) },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn careless() -> PodSpec {
    let container = Container {
        name: "web".into(),
        image: Some("registry.example.com/shop/web:latest".into()),
        ..Container::default()
    };
    PodSpec { containers: vec![container], ..PodSpec::default() }
}

fn careful(release: &str) -> PodSpec {
    let amounts = |cpu: Option<&str>, memory: &str| {
        let cpu = cpu.map(|cpu| ("cpu".to_owned(), Quantity(cpu.to_owned())));
        let all = cpu.into_iter().chain([("memory".to_owned(), Quantity(memory.to_owned()))]);
        Some(all.collect())
    };
    let ready = HTTPGetAction {
        path: Some("/ready".into()),
        port: IntOrString::Int(8080),
        ..HTTPGetAction::default()
    };
    let container = Container {
        name: "web".into(),
        image: Some(format!("registry.example.com/shop/web:{release}")),
        readiness_probe: Some(Probe { http_get: Some(ready), ..Probe::default() }),
        resources: Some(ResourceRequirements {
            requests: amounts(Some("250m"), "256Mi"),
            limits: amounts(None, "512Mi"),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".into()]), ..Capabilities::default() }),
            ..SecurityContext::default()
        }),
        ..Container::default()
    };
    PodSpec {
        containers: vec![container],
        service_account_name: Some("web".into()),
        automount_service_account_token: Some(false),
        priority_class_name: Some(Priority::Critical.class().into()),
        termination_grace_period_seconds: Some(30),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".into(),
                ..SeccompProfile::default()
            }),
            ..PodSecurityContext::default()
        }),
        topology_spread_constraints: Some(vec![TopologySpreadConstraint {
            max_skew: 1,
            topology_key: "kubernetes.io/hostname".into(),
            when_unsatisfiable: "ScheduleAnyway".into(),
            label_selector: Some(selector()),
            ..TopologySpreadConstraint::default()
        }]),
        ..PodSpec::default()
    }
}
