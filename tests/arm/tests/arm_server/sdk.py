"""Microsoft's own SDK for Python, which this project did not write, against the server: routes, codes, pollers, pages, models."""

import json
import sys

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.privatedns import PrivateDnsManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient

url, subscription, token, samples = sys.argv[1:]


class Bearer(SansIOHTTPPolicy):
    """The stock policy refuses to send a token without TLS."""

    def on_request(self, request):
        request.http_request.headers["Authorization"] = f"Bearer {token}"


class Credential:
    def get_token(self, *scopes, **options):
        raise AssertionError("the policy above brings the token")


def client(kind, version):
    known = {"base_url": url, "api_version": version, "authentication_policy": Bearer(), "polling_interval": 0, "retry_total": 0}
    return kind(Credential(), subscription, **known)


network = client(NetworkManagementClient, "2025-07-01")
dns = client(PrivateDnsManagementClient, "2024-06-01")
resources = client(ResourceManagementClient, "2025-04-01")
identities = client(ManagedServiceIdentityClient, "2024-11-30")
roles = client(AuthorizationManagementClient, "2022-04-01")
logs = client(LogAnalyticsManagementClient, "2025-07-01")
storage = client(StorageManagementClient, "2025-08-01")


def models_of(operations):
    """The module of models that belongs to a group of operations."""
    package = type(operations).__module__.split(".operations")[0]
    return sys.modules[f"{package}.models"]


class Kind:
    """How a type is called in the SDK."""

    def __init__(self, operations, model, put="begin_create_or_update", get="get", list="list", delete="begin_delete", names=None, list_names=None):
        self.operations, self.model = operations, getattr(models_of(operations), model)
        self.put, self.get, self.list, self.delete = (getattr(operations, verb) for verb in (put, get, list, delete))
        self.names = names or (lambda group, own: [group, *own])
        self.list_names = list_names or (lambda group, own: self.names(group, own)[:-1])

    def document(self, body):
        """A document in the SDK's own model, which knows names, types and what is read-only."""
        if hasattr(self.model, "deserialize"):
            return self.model.deserialize(body)
        return self.model(body)


def records(word):
    return Kind(
        dns.record_sets,
        "RecordSet",
        put="create_or_update",
        list="list_by_type",
        delete="delete",
        names=lambda group, own: [group, own[0], word, own[1]],
        list_names=lambda group, own: [group, own[0], word],
    )


sync = {"put": "create_or_update", "delete": "delete"}
kinds = {
    "Microsoft.Resources/resourceGroups": Kind(
        resources.resource_groups, "ResourceGroup", put="create_or_update", names=lambda group, own: [group], list_names=lambda group, own: []
    ),
    "Microsoft.Network/virtualNetworks": Kind(network.virtual_networks, "VirtualNetwork"),
    "Microsoft.Network/virtualNetworks/subnets": Kind(network.subnets, "Subnet"),
    "Microsoft.Network/networkSecurityGroups": Kind(network.network_security_groups, "NetworkSecurityGroup"),
    "Microsoft.Network/networkSecurityGroups/securityRules": Kind(network.security_rules, "SecurityRule"),
    "Microsoft.Network/applicationSecurityGroups": Kind(network.application_security_groups, "ApplicationSecurityGroup"),
    "Microsoft.Network/routeTables": Kind(network.route_tables, "RouteTable"),
    "Microsoft.Network/routeTables/routes": Kind(network.routes, "Route"),
    "Microsoft.Network/natGateways": Kind(network.nat_gateways, "NatGateway"),
    "Microsoft.Network/publicIPAddresses": Kind(network.public_ip_addresses, "PublicIPAddress"),
    "Microsoft.Network/publicIPPrefixes": Kind(network.public_ip_prefixes, "PublicIPPrefix"),
    "Microsoft.Network/privateEndpoints": Kind(network.private_endpoints, "PrivateEndpoint"),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": Kind(
        network.private_dns_zone_groups, "PrivateDnsZoneGroup", list_names=lambda group, own: [own[0], group]
    ),
    "Microsoft.Network/networkWatchers": Kind(network.network_watchers, "NetworkWatcher", put="create_or_update"),
    "Microsoft.Network/networkWatchers/flowLogs": Kind(network.flow_logs, "FlowLog"),
    "Microsoft.Network/privateDnsZones": Kind(dns.private_zones, "PrivateZone", list="list_by_resource_group"),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": Kind(dns.virtual_network_links, "VirtualNetworkLink"),
    "Microsoft.ManagedIdentity/userAssignedIdentities": Kind(
        identities.user_assigned_identities, "Identity", list="list_by_resource_group", **sync
    ),
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials": Kind(
        identities.federated_identity_credentials, "FederatedIdentityCredential", **sync
    ),
    "Microsoft.Authorization/roleAssignments": Kind(
        roles.role_assignments,
        "RoleAssignmentCreateParameters",
        put="create",
        delete="delete",
        list="list_for_scope",
        names=lambda group, own: [f"/subscriptions/{subscription}/resourceGroups/{group}", *own],
    ),
    "Microsoft.OperationalInsights/workspaces": Kind(logs.workspaces, "Workspace", list="list_by_resource_group"),
    "Microsoft.Storage/storageAccounts": Kind(
        storage.storage_accounts,
        "StorageAccountCreateParameters",
        put="begin_create",
        get="get_properties",
        list="list_by_resource_group",
        delete="delete",
    ),
}
for word in ("A", "AAAA", "CNAME", "MX", "PTR", "SRV", "TXT"):
    kinds[f"Microsoft.Network/privateDnsZones/{word}"] = records(word)


def names_of(path):
    """The group and the names of a path."""
    segments = path.split("/")
    return segments[2], segments[6::2]


def finish(answer):
    """Waits for a poller; what is over with its answer is no poller."""
    if not hasattr(answer, "result"):
        return answer
    answer.wait()
    assert answer.status() == "Succeeded", answer.status()
    return answer.result()


def unknown_members(model, where):
    """What an answer has and its model does not know."""
    known = getattr(type(model), "_attr_to_rest_field", None)
    if known is None:
        more = getattr(model, "additional_properties", None)
        return [f"{where}/{name}" for name in more or {}]
    fields = {field._rest_name: attribute for attribute, field in known.items()}
    found = []
    for name in model:
        if name not in fields:
            # Older models spread `properties` over their own attributes.
            found.append(f"{where}/{name}")
            continue
        value = getattr(model, fields[name])
        for index, entry in enumerate(value if isinstance(value, list) else [value]):
            if hasattr(type(entry), "_attr_to_rest_field"):
                found += unknown_members(entry, f"{where}/{name}/{index}")
    return found


def check(kind, path, seen):
    assert seen.id.lower().endswith(path.lower()), (path, seen.id)
    assert not unknown_members(seen, path), unknown_members(seen, path)
    state = getattr(getattr(seen, "properties", None), "provisioning_state", None) or getattr(seen, "provisioning_state", None)
    assert state in (None, "Succeeded"), (path, state)


def change(body, pointer, value):
    *way, last = [int(token) if token.isdigit() else token for token in pointer.split("/")[1:]]
    place = body
    for token in way:
        place = place[token] if isinstance(token, int) else place.setdefault(token, {})
    place[last] = value


lives = json.loads(open(samples).read())
for life in lives:
    kind = kinds[life["kind"]]
    group, own = names_of(life["path"])
    arguments = kind.names(group, own)
    check(kind, life["path"], finish(kind.put(*arguments, kind.document(life["body"]))))
    check(kind, life["path"], kind.get(*arguments))
    listed = [entry.id for entry in kind.list(*kind.list_names(group, own))]
    assert any(id.lower().endswith(life["path"].lower()) for id in listed), (life["path"], listed)
    if life["change"]:
        change(life["body"], *life["change"])
        check(kind, life["path"], finish(kind.put(*arguments, kind.document(life["body"]))))

network.virtual_networks.update_tags("g", "n", {"tags": {"by": "patch"}})
assert network.virtual_networks.get("g", "n").tags == {"by": "patch"}
assert storage.storage_accounts.list_keys("g", "samples").keys_property if hasattr(
    storage.storage_accounts.list_keys("g", "samples"), "keys_property"
) else storage.storage_accounts.list_keys("g", "samples").keys
assert len(list(dns.record_sets.list("g", "example.internal"))) == 8
assert [role.role_name for role in roles.role_definitions.list("/subscriptions/" + subscription)].count("Reader") == 1

try:
    network.network_security_groups.begin_delete("g", "sg").wait()
    raise AssertionError("a group in use was deleted")
except Exception as error:  # noqa: BLE001
    assert getattr(error, "error", None) and error.error.code == "InUseNetworkSecurityGroupCannotBeDeleted", error
try:
    network.virtual_networks.get("g", "other")
    raise AssertionError("what is not there was found")
except ResourceNotFoundError as error:
    assert error.error.code == "ResourceNotFound", error.error
try:
    resources.resource_groups.create_or_update("g", {"location": "northeurope"})
    raise AssertionError("a group moved")
except ResourceExistsError as error:
    assert error.error.code == "InvalidResourceGroupLocation", error.error

for life in reversed(lives):
    kind = kinds[life["kind"]]
    arguments = kind.names(*names_of(life["path"]))
    finish(kind.delete(*arguments))
    try:
        kind.get(*arguments)
        raise AssertionError(f"{life['path']} is still there")
    except ResourceNotFoundError:
        pass
print("ok")
