//! The rules that stand in a cloud, read by AWS's own SDK.

use super::World;

/// Reads all that stands in an account with one VPC.
pub async fn world(_client: &aws_sdk_ec2::Client) -> World {
    World::default()
}
