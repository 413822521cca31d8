"""AWS's own SDK for Python, which this project did not write, against the proxy: pages, waiters, codes, idempotency."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

url, account = sys.argv[1:]
once = Config(retries={"max_attempts": 0, "mode": "standard"})
known = {"endpoint_url": url, "region_name": "eu-west-1", "config": once}
base = boto3.client("sts", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", **known)
keys = base.assume_role(RoleArn=f"arn:aws:iam::{account}:role/test", RoleSessionName="boto")["Credentials"]
session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def client(service):
    return session.client(service, **known)


def refused(call, code):
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (code, error.response)
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] >= 400
        return
    raise AssertionError(f"{code} was expected")


ec2 = client("ec2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
assert vpc["State"] == "pending", vpc
ec2.get_waiter("vpc_available").wait(VpcIds=[vpc["VpcId"]], WaiterConfig={"Delay": 0, "MaxAttempts": 5})
subnets = [ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"] for n in range(7)]
pages = list(ec2.get_paginator("describe_subnets").paginate(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]))
assert [len(page["Subnets"]) for page in pages] == [3, 3, 1], pages
assert sorted(s["SubnetId"] for page in pages for s in page["Subnets"]) == sorted(subnets)
refused(lambda: ec2.describe_subnets(NextToken="abc"), "InvalidNextToken")
refused(lambda: ec2.delete_vpc(VpcId=vpc["VpcId"]), "DependencyViolation")

gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
address = ec2.allocate_address()["AllocationId"]
make = {"SubnetId": subnets[0], "AllocationId": address, "ClientToken": "one"}
nat = ec2.create_nat_gateway(**make)["NatGateway"]["NatGatewayId"]
assert ec2.create_nat_gateway(**make)["NatGateway"]["NatGatewayId"] == nat
refused(lambda: ec2.create_nat_gateway(**{**make, "SubnetId": subnets[1]}), "IdempotentParameterMismatch")
quickly = {"Delay": 0, "MaxAttempts": 5}
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig=quickly)
refused(lambda: ec2.release_address(AllocationId=address), "InvalidIPAddress.InUse")
ec2.delete_nat_gateway(NatGatewayId=nat)
ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[nat], WaiterConfig=quickly)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
again = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
try:
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[again], WaiterConfig=quickly)
    raise AssertionError("a gateway without a way out became available")
except WaiterError as error:
    assert error.last_response["NatGateways"][0]["FailureCode"] == "Gateway.NotAttached"

iam = client("iam")
for n in range(7):
    iam.create_role(RoleName=f"role-{n}", AssumeRolePolicyDocument="{}")
pages = list(iam.get_paginator("list_roles").paginate())
assert sum(len(page["Roles"]) for page in pages) == 7 and len(pages) == 3, pages
policy = iam.create_policy(PolicyName="p", PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}')
policy = policy["Policy"]["Arn"]
iam.attach_role_policy(RoleName="role-0", PolicyArn=policy)
refused(lambda: iam.delete_policy(PolicyArn=policy), "DeleteConflict")
refused(lambda: iam.list_roles(Marker="abc"), "ValidationError")

logs = client("logs")
for n in range(7):
    logs.create_log_group(logGroupName=f"/group/{n}")
pages = list(logs.get_paginator("describe_log_groups").paginate())
assert sum(len(page["logGroups"]) for page in pages) == 7 and len(pages) == 3, pages
logs.delete_log_group(logGroupName="/group/0")
refused(lambda: logs.put_retention_policy(logGroupName="/group/1", retentionInDays=31), "InvalidParameterException")

kms = client("kms")
ids = [kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(4)]
pages = list(kms.get_paginator("list_keys").paginate())
assert sorted(key["KeyId"] for page in pages for key in page["Keys"]) == sorted(ids) and len(pages) == 2, pages
kms.create_alias(AliasName="alias/a", TargetKeyId=ids[0])
refused(lambda: kms.schedule_key_deletion(KeyId=ids[0], PendingWindowInDays=3), "ValidationException")
kms.schedule_key_deletion(KeyId=ids[0], PendingWindowInDays=7)
refused(lambda: kms.schedule_key_deletion(KeyId=ids[0], PendingWindowInDays=7), "KMSInvalidStateException")

dns = client("route53")
zone = dns.create_hosted_zone(Name="a.internal.", CallerReference="one")
assert zone["ChangeInfo"]["Status"] == "PENDING"
dns.get_waiter("resource_record_sets_changed").wait(Id=zone["ChangeInfo"]["Id"], WaiterConfig=quickly)
refused(lambda: dns.create_hosted_zone(Name="b.internal.", CallerReference="one"), "HostedZoneAlreadyExists")
zone = zone["HostedZone"]["Id"]


def change(action, name, value):
    record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value}]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    return dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


for n in range(6):
    change("CREATE", f"h{n}.a.internal.", "10.0.0.1")
change("DELETE", "h0.a.internal.", "10.0.0.1")
change("CREATE", "h0.a.internal.", "10.0.0.1")
refused(lambda: change("CREATE", "h1.a.internal.", "10.0.0.2"), "InvalidChangeBatch")
refused(lambda: change("DELETE", "h1.a.internal.", "10.0.0.2"), "InvalidChangeBatch")
refused(lambda: dns.delete_hosted_zone(Id=zone), "HostedZoneNotEmpty")
pages = list(dns.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone))
names = [record["Name"] for page in pages for record in page["ResourceRecordSets"]]
assert len(names) == len(set(zip(names, range(len(names))))) == 8 and len(pages) == 3, (len(pages), names)
print("ok")
