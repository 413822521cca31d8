package main

import (
	"context"
	"net/http"

	authorization "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2/fake"
	msi "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi/fake"
	network "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9/fake"
	insights "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/operationalinsights/armoperationalinsights/v2/fake"
	privatedns "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/privatedns/armprivatedns/fake"
	resources "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3/fake"
	storage "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v2/fake"
)

// transport is what a package's fakes are reached by.
type transport interface {
	Do(*http.Request) (*http.Response, error)
}

// factories are the fakes of each package, of which every function notes what it is called with.
var factories = struct {
	authorization authorization.ServerFactory
	msi           msi.ServerFactory
	network       network.ServerFactory
	insights      insights.ServerFactory
	privatedns    privatedns.ServerFactory
	resources     resources.ServerFactory
	storage       storage.ServerFactory
}{}

// client is the client of the SDK that makes the calls of a type.
type client struct {
	name      string
	server    any
	transport transport
}

// clients are the clients of all types.
var clients = func() map[string]client {
	f := &factories
	var (
		roles      = authorization.NewServerFactoryTransport(&f.authorization)
		identities = msi.NewServerFactoryTransport(&f.msi)
		net        = network.NewServerFactoryTransport(&f.network)
		logs       = insights.NewServerFactoryTransport(&f.insights)
		dns        = privatedns.NewServerFactoryTransport(&f.privatedns)
		groups     = resources.NewServerFactoryTransport(&f.resources)
		accounts   = storage.NewServerFactoryTransport(&f.storage)
	)
	all := map[string]client{
		"Microsoft.Authorization/roleAssignments":                                       {"RoleAssignmentsClient", &f.authorization.RoleAssignmentsServer, roles},
		"Microsoft.ManagedIdentity/userAssignedIdentities":                              {"UserAssignedIdentitiesClient", &f.msi.UserAssignedIdentitiesServer, identities},
		"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials": {"FederatedIdentityCredentialsClient", &f.msi.FederatedIdentityCredentialsServer, identities},
		"Microsoft.Network/natGateways":                                                 {"NatGatewaysClient", &f.network.NatGatewaysServer, net},
		"Microsoft.Network/networkSecurityGroups":                                       {"SecurityGroupsClient", &f.network.SecurityGroupsServer, net},
		"Microsoft.Network/networkSecurityGroups/securityRules":                         {"SecurityRulesClient", &f.network.SecurityRulesServer, net},
		"Microsoft.Network/networkWatchers":                                             {"WatchersClient", &f.network.WatchersServer, net},
		"Microsoft.Network/networkWatchers/flowLogs":                                    {"FlowLogsClient", &f.network.FlowLogsServer, net},
		"Microsoft.Network/privateEndpoints":                                            {"PrivateEndpointsClient", &f.network.PrivateEndpointsServer, net},
		"Microsoft.Network/privateEndpoints/privateDnsZoneGroups":                       {"PrivateDNSZoneGroupsClient", &f.network.PrivateDNSZoneGroupsServer, net},
		"Microsoft.Network/publicIPAddresses":                                           {"PublicIPAddressesClient", &f.network.PublicIPAddressesServer, net},
		"Microsoft.Network/publicIPPrefixes":                                            {"PublicIPPrefixesClient", &f.network.PublicIPPrefixesServer, net},
		"Microsoft.Network/applicationSecurityGroups":                                   {"ApplicationSecurityGroupsClient", &f.network.ApplicationSecurityGroupsServer, net},
		"Microsoft.Network/routeTables":                                                 {"RouteTablesClient", &f.network.RouteTablesServer, net},
		"Microsoft.Network/routeTables/routes":                                          {"RoutesClient", &f.network.RoutesServer, net},
		"Microsoft.Network/virtualNetworks":                                             {"VirtualNetworksClient", &f.network.VirtualNetworksServer, net},
		"Microsoft.Network/virtualNetworks/subnets":                                     {"SubnetsClient", &f.network.SubnetsServer, net},
		"Microsoft.Network/privateDnsZones":                                             {"PrivateZonesClient", &f.privatedns.PrivateZonesServer, dns},
		"Microsoft.Network/privateDnsZones/virtualNetworkLinks":                         {"VirtualNetworkLinksClient", &f.privatedns.VirtualNetworkLinksServer, dns},
		"Microsoft.OperationalInsights/workspaces":                                      {"WorkspacesClient", &f.insights.WorkspacesServer, logs},
		"Microsoft.Resources/resourceGroups":                                            {"ResourceGroupsClient", &f.resources.ResourceGroupsServer, groups},
		"Microsoft.Storage/storageAccounts":                                             {"AccountsClient", &f.storage.AccountsServer, accounts},
	}
	for _, word := range []string{"A", "AAAA", "CNAME", "MX", "PTR", "SOA", "SRV", "TXT"} {
		all["Microsoft.Network/privateDnsZones/"+word] = client{"RecordSetsClient", &f.privatedns.RecordSetsServer, dns}
	}
	for _, client := range all {
		listen(client.server)
	}
	return all
}()

// operations are the names by which the SDK may know a call, the likeliest first.
func (c client) operations(call call) []string {
	if c.server == nil {
		return nil
	}
	var names []string
	switch {
	case call.Method == http.MethodPut:
		names = []string{"BeginCreateOrUpdate", "CreateOrUpdate", "BeginCreate", "Create"}
	case call.Method == http.MethodPatch:
		names = []string{"UpdateTags", "Update", "BeginUpdate"}
	case call.Method == http.MethodDelete:
		names = []string{"BeginDelete", "Delete"}
	case call.Method == http.MethodGet && call.One:
		names = []string{"Get", "GetProperties"}
	case call.Method == http.MethodGet:
		names = []string{"NewListForScopePager", "NewListByTypePager", "NewListByResourceGroupPager", "NewListPager", "NewListAllPager", "NewListBySubscriptionPager"}
	}
	return has(c.server, names)
}

// taken is what a fake was called with.
type taken struct {
	// The names in the path.
	names []string
	// The document; none where the fake takes none.
	model any
}

// heard is what the functions of fakes note.
type heard struct{}

func with(taken *taken) context.Context {
	return context.WithValue(context.Background(), heard{}, taken)
}
