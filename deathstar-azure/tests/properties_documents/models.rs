//! Documents of networks beside Microsoft's models in Rust, which were made from other descriptions than those that [`fits`](crate::fits)
//! reads: `OpenAPI`, of the version 2024-03-01.

use crate::specs;
use azure_mgmt_network::package_2024_03::models;
use deathstar_azure::networking::*;
use deathstar_core::Resource as _;
use proptest::prelude::*;

/// What the models have no place for: it is newer than they are.
const NEWER: [&str; 2] = ["/properties/publicIpAddressesV6", "/properties/publicIpPrefixesV6"];

macro_rules! round_trips {
    ($($test:ident($kind:ident, $strategy:ident);)*) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(64))]
            #[test]
            fn $test(spec in specs::$strategy()) {
                match models::$kind::try_from(&spec) {
                    Ok(model) => {
                        let back = spec.managed($kind::try_from(&model).unwrap());
                        for field in $kind::FIELDS {
                            let want = (field.get)(&spec);
                            // The models do not tell an empty list from none.
                            if !want.is_null() && want != serde_json::json!([]) {
                                prop_assert_eq!((field.get)(&back), want, "{}", field.name);
                            }
                        }
                    }
                    Err(error) => {
                        let told = error.message();
                        prop_assert!(NEWER.iter().any(|newer| told.contains(newer)), "{}", error);
                    }
                }
            }
        }
    )*};
}

round_trips! {
    application_security_groups(ApplicationSecurityGroup, application_security_group);
    flow_logs(FlowLog, flow_log);
    nat_gateways(NatGateway, nat_gateway);
    network_security_groups(NetworkSecurityGroup, network_security_group);
    network_watchers(NetworkWatcher, network_watcher);
    private_dns_zone_groups(PrivateDnsZoneGroup, private_dns_zone_group);
    private_endpoints(PrivateEndpoint, private_endpoint);
    public_ip_addresses(PublicIpAddress, public_ip_address);
    public_ip_prefixes(PublicIpPrefix, public_ip_prefix);
    routes(Route, route);
    route_tables(RouteTable, route_table);
    security_rules(SecurityRule, security_rule);
    subnets(Subnet, subnet);
    virtual_networks(VirtualNetwork, virtual_network);
}
