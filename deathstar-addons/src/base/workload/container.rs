//! What is asked of each container.

use super::check::{Check, Finding};
use k8s_openapi::api::core::v1::{Container, PodSecurityContext, PodSpec, SecurityContext};

/// Where the specification of pods stands in a workload.
pub(super) const PODS: &str = "/spec/template/spec";
/// The capability that the restricted level lets containers add.
const LISTEN: &str = "NET_BIND_SERVICE";

/// What the checks find in the containers of pods.
pub(super) fn check(pods: &PodSpec, found: &mut Vec<Finding>) {
    let default = PodSecurityContext::default();
    let of_pods = pods.security_context.as_ref().unwrap_or(&default);
    let own = pods.containers.iter().enumerate().map(|(index, one)| (one, "containers", index, true));
    let before = pods.init_containers.iter().flatten().enumerate();
    // What goes on beside the others from the start is asked what they are asked, but for requests from outside.
    let before = before.map(|(index, one)| (one, "initContainers", index, false));
    for (container, list, index, serves) in own.chain(before) {
        let mut one = One { container, at: format!("{PODS}/{list}/{index}"), found };
        if serves {
            one.probes();
        }
        one.resources();
        one.image();
        one.security(of_pods);
    }
}

struct One<'a> {
    container: &'a Container,
    at: String,
    found: &'a mut Vec<Finding>,
}

impl One<'_> {
    fn push(&mut self, check: Check, field: &str, why: &str) {
        let why = format!("container `{}` {why}", self.container.name);
        self.found.push(Finding::new(check, format!("{}{field}", self.at), why));
    }

    fn probes(&mut self) {
        if self.container.readiness_probe.is_none() {
            let why = "does not say when it can take requests, and gets them as soon as it starts";
            self.push(Check::ReadinessProbe, "/readinessProbe", why);
        }
        if self.container.liveness_probe.is_none() {
            let why = "does not say when it is stuck, and is not started again";
            self.push(Check::LivenessProbe, "/livenessProbe", why);
        }
    }

    fn resources(&mut self) {
        let resources = self.container.resources.clone().unwrap_or_default();
        let requests = resources.requests.unwrap_or_default();
        let missing: Vec<_> =
            ["cpu", "memory"].into_iter().filter(|one| !requests.contains_key(*one)).collect();
        if !missing.is_empty() {
            let why = format!(
                "requests no {}: it is scheduled where there is no room, and ended first",
                missing.join(" and no ")
            );
            self.push(Check::Requests, "/resources/requests", &why);
        }
        if !resources.limits.unwrap_or_default().contains_key("memory") {
            let why = "may take all memory of its node";
            self.push(Check::Limits, "/resources/limits", why);
        }
    }

    fn image(&mut self) {
        let image = self.container.image.clone().unwrap_or_default();
        if let Some(what) = moves(&image) {
            let why = format!(
                "runs `{image}`, which {what}: nobody knows what runs, and nothing can be rolled back"
            );
            self.push(Check::Image, "/image", &why);
        }
    }

    fn security(&mut self, pods: &PodSecurityContext) {
        let own = self.container.security_context.clone().unwrap_or_default();
        let SecurityContext { run_as_non_root, run_as_user, seccomp_profile, .. } = &own;
        let user = run_as_user.or(pods.run_as_user);
        if run_as_non_root.or(pods.run_as_non_root) != Some(true) || user == Some(0) {
            self.push(Check::NonRoot, "/securityContext/runAsNonRoot", "may run as root");
        }
        if own.read_only_root_filesystem != Some(true) {
            let why = "can write into its image: what breaks in can stay";
            self.push(Check::ReadOnlyRoot, "/securityContext/readOnlyRootFilesystem", why);
        }
        let capabilities = own.capabilities.clone().unwrap_or_default();
        let drops_all = capabilities.drop.iter().flatten().any(|one| one == "ALL");
        let added: Vec<_> = capabilities.add.into_iter().flatten().filter(|one| one != LISTEN).collect();
        if !drops_all || !added.is_empty() {
            let why = match added.as_slice() {
                [] => "keeps the capabilities that its runtime gives to everybody".to_owned(),
                added => format!("has the capabilities {}", added.join(", ")),
            };
            self.push(Check::Capabilities, "/securityContext/capabilities", &why);
        }
        if own.privileged == Some(true) {
            let why = "is privileged: it is root of its node";
            self.push(Check::Privileges, "/securityContext/privileged", why);
        } else if own.allow_privilege_escalation != Some(false) {
            let why = "may gain more privileges than it starts with";
            self.push(Check::Privileges, "/securityContext/allowPrivilegeEscalation", why);
        }
        let profile = seccomp_profile.as_ref().or(pods.seccomp_profile.as_ref());
        if !profile.is_some_and(|profile| matches!(&*profile.type_, "RuntimeDefault" | "Localhost")) {
            let why = "may make any system call";
            self.push(Check::Seccomp, "/securityContext/seccompProfile", why);
        }
    }
}

/// What moves under an image's name; nothing when it is of one release.
fn moves(image: &str) -> Option<&'static str> {
    if image.contains("@sha256:") {
        return None;
    }
    // A port of the registry is no tag.
    let name = image.rsplit('/').next().unwrap_or_default();
    match name.split_once(':') {
        _ if name.is_empty() => Some("is no image"),
        None => Some("has no tag, and so is `latest`"),
        Some((_, "latest")) => Some("moves with each release"),
        Some((_, "")) => Some("has an empty tag"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::moves;

    #[test]
    fn an_image_is_of_one_release_by_tag_or_digest() {
        let digest = format!("shop@sha256:{}", "0".repeat(64));
        for pinned in ["shop:1", "registry.example.com:5000/team/shop:1.2", &digest, "shop:latest-1"] {
            assert_eq!(moves(pinned), None, "{pinned}");
        }
        for moving in ["", "shop", "shop:latest", "registry.example.com:5000/shop", "shop:"] {
            assert!(moves(moving).is_some(), "{moving}");
        }
    }
}
