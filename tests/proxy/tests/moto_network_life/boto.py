"""What others do behind our back, with AWS's own SDK for Python: a call for each line of JSON, answered with a line of JSON."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

session = boto3.Session(region_name="eu-west-1")
once = Config(retries={"max_attempts": 0, "mode": "standard"})
clients = {}


def client(url, account, service):
    at = (url, account, service)
    if at not in clients:
        known = {"endpoint_url": url, "config": once}
        base = session.client("sts", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", **known)
        role = f"arn:aws:iam::{account}:role/test"
        keys = base.assume_role(RoleArn=role, RoleSessionName="outside")["Credentials"]
        clients[at] = session.client(
            service,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            **known,
        )
    return clients[at]


for line in sys.stdin:
    call = json.loads(line)
    try:
        made = getattr(client(call["url"], call["account"], call["service"]), call["name"])(**call["with"])
        made.pop("ResponseMetadata", None)
        answer = {"made": made}
    except ClientError as error:
        answer = {"error": error.response["Error"]["Code"], "message": str(error)}
    print(json.dumps(answer, default=str), flush=True)
