//! boto3 against the proxy: what this project did not write understands it.

use crate::bench::Bench;
use deathstar_aws_proxy::Settings;

#[tokio::test(flavor = "multi_thread")]
async fn boto3_pages_waits_and_reads_codes() {
    let Some(bench) = Bench::new(Settings::default().page(3).pending(1).deleting(1)).await else { return };
    let python = std::env::var_os("DEATHSTAR_PYTHON").expect("it is set beside `DEATHSTAR_MOTO`");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/moto_proxy/boto.py");
    let mut command = std::process::Command::new(python);
    command.args([script, bench.proxy.url(), &bench.account]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim() == "ok", "{said}\n{failed}");
    let calls = bench.proxy.calls().filter(|call| call.is_of(&bench.account));
    let pages: Vec<_> = calls.of("iam", "ListRoles").iter().map(|call| call.page).collect();
    assert_eq!(pages, [1, 2, 3, 1]);
    assert_eq!(calls.of("route53", "CreateHostedZone").len(), 2);
    let standing = bench.proxy.standing(&calls).await;
    let groups: Vec<_> = standing.iter().filter(|id| id.starts_with("log-group")).collect();
    assert_eq!(groups.len(), 6, "seven are made, and one is deleted: {standing:?}");
    for action in
        ["ec2:CreateNatGateway", "logs:CreateLogGroup", "kms:CreateKey", "route53:ChangeResourceRecordSets"]
    {
        assert!(calls.permissions().contains(action), "{action}");
    }
}
