//! Each rule, seen by AWS's own SDK: what is refused, what is shown, and that the same is let through where it should be.

mod codes;
mod in_use;
mod lists;
mod quotas;
mod states;

use aws_sdk_ec2::{Client, types::Filter};

pub async fn vpc(ec2: &Client, range: &str) -> String {
    let made = ec2.create_vpc().cidr_block(range).send().await.unwrap();
    made.vpc().unwrap().vpc_id().unwrap().to_owned()
}

pub async fn subnet(ec2: &Client, vpc: &str, range: &str) -> String {
    let call = ec2.create_subnet().vpc_id(vpc).cidr_block(range).availability_zone("eu-west-1a");
    call.send().await.unwrap().subnet().unwrap().subnet_id().unwrap().to_owned()
}

pub async fn gateway(ec2: &Client, vpc: Option<&str>) -> String {
    let made = ec2.create_internet_gateway().send().await.unwrap();
    let id = made.internet_gateway().unwrap().internet_gateway_id().unwrap().to_owned();
    if let Some(vpc) = vpc {
        ec2.attach_internet_gateway().internet_gateway_id(&id).vpc_id(vpc).send().await.unwrap();
    }
    id
}

pub async fn address(ec2: &Client) -> String {
    ec2.allocate_address().send().await.unwrap().allocation_id().unwrap().to_owned()
}

pub async fn nat(ec2: &Client, subnet: &str, address: &str) -> String {
    let made = ec2.create_nat_gateway().subnet_id(subnet).allocation_id(address).send().await.unwrap();
    made.nat_gateway().unwrap().nat_gateway_id().unwrap().to_owned()
}

pub async fn table(ec2: &Client, vpc: &str) -> String {
    let made = ec2.create_route_table().vpc_id(vpc).send().await.unwrap();
    made.route_table().unwrap().route_table_id().unwrap().to_owned()
}

pub async fn group(ec2: &Client, vpc: &str, name: &str) -> String {
    let call = ec2.create_security_group().vpc_id(vpc).group_name(name).description(name);
    call.send().await.unwrap().group_id().unwrap().to_owned()
}

pub fn by(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}
