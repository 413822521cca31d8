//! A network with every kind of EC2 in it, and what of it can be chosen: each choice is one field that changes.

use deathstar_aws::{
    Aws,
    ec2::{
        DhcpOptions, DhcpOptionsAssociation, Direction, EgressOnlyInternetGateway, IcmpMessages, NetworkAcl,
        NetworkAclAssociation, NetworkAclEntry, NoForeignNetworkInterfaces, Peer, Route, RouteTable,
        RouteTableAssociation, RuleAction, SecurityGroup, SecurityGroupRule, Subnet, Target, Traffic, Vpc,
        VpcCidrBlock, VpcCidrBlockOutputs, VpcEndpoint, VpcEndpointOutputs, ipv6_subnet,
    },
    iam::{PolicyDocument, Principal, Statement},
};
use deathstar_core::{
    Handle, On, Output, Stack,
    component::{Gate, ResourceExt},
    model::{Ipv6Cidr, ZoneName},
};

/// What is chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    pub web_traffic: Traffic,
    pub web_peer: Peer,
    pub web_description: &'static str,
    pub entry_action: RuleAction,
    pub entry_traffic: Traffic,
    pub entry_range: &'static str,
    /// Which of the two ACLs, and of the two sets of DHCP options: 0 or 1.
    pub acl: usize,
    pub dhcp: usize,
    /// Of which subnets the interface endpoint has interfaces, by number.
    pub endpoint_subnets: Vec<usize>,
    /// Of which route tables the gateway endpoint is a route, by number.
    pub endpoint_tables: Vec<usize>,
    /// In which of the groups the interface endpoint is: of endpoints, or of the web.
    pub endpoint_group: usize,
    pub endpoint_policy: Option<&'static str>,
    /// The number of the first subnet's IPv6 range.
    pub ipv6: u32,
    pub assigns_ipv6: bool,
    pub answers_a_record: bool,
    pub team: &'static str,
    /// Whether there is a subnet that has IPv6 alone.
    pub ipv6_only: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            web_traffic: Traffic::tcp(443),
            web_peer: range("0.0.0.0/0"),
            web_description: "from anywhere",
            entry_action: RuleAction::Allow,
            entry_traffic: Traffic::tcp(443),
            entry_range: "0.0.0.0/0",
            acl: 0,
            dhcp: 0,
            endpoint_subnets: vec![0],
            endpoint_tables: vec![0],
            endpoint_group: 0,
            endpoint_policy: None,
            ipv6: 0,
            assigns_ipv6: false,
            answers_a_record: false,
            team: "shop",
            ipv6_only: false,
        }
    }
}

pub fn range(text: &str) -> Peer {
    Peer::range(text.parse().unwrap())
}

/// What tests refer to.
pub struct EveryKind {
    pub vpc: Handle<Vpc>,
    pub ipv6: Output<Ipv6Cidr>,
    pub subnets: Vec<Handle<Subnet>>,
    pub tables: Vec<Handle<RouteTable>>,
    pub web: Handle<SecurityGroup>,
    pub web_rule: Handle<SecurityGroupRule>,
    pub controllers: Handle<SecurityGroup>,
    pub acls: Vec<Handle<NetworkAcl>>,
    pub gateway: Handle<EgressOnlyInternetGateway>,
    pub s3: Handle<VpcEndpoint>,
    pub ecr: Handle<VpcEndpoint>,
    pub dhcp: Vec<Handle<DhcpOptions>>,
}

/// Declares it.
pub fn declare(stack: &mut Stack, aws: &On<Aws>, choice: &Choice) -> EveryKind {
    let vpc = Vpc::new("10.30.0.0/16".parse().unwrap()).dns_support(true).dns_hostnames(true);
    let vpc = stack.add(aws, "vpc", vpc.empty_default_security_group());
    let six = stack.add(aws, "ipv6", VpcCidrBlock::amazon_ipv6(vpc.id()));
    let pods = stack.add(aws, "pods", VpcCidrBlock::ipv4(vpc.id(), "100.64.0.0/16".parse().unwrap()));
    let zone = |letter: char| ZoneName::new(format!("eu-west-1{letter}")).unwrap();

    let dual = |number: u8, ipv6: u32| {
        Subnet::new(
            vpc.id(),
            format!("10.30.{number}.0/24").parse().unwrap(),
            zone(char::from(b'a' + number)),
        )
        .ipv6_cidr_block(ipv6_subnet(&six.ipv6(), ipv6))
    };
    let first = dual(0, choice.ipv6)
        .assign_ipv6_address_on_creation(choice.assigns_ipv6)
        .resource_name_dns_a_record(choice.answers_a_record);
    let first = stack.add(aws, "subnets/first", first.tag("team", choice.team));
    let second = stack.add(aws, "subnets/second", dual(1, 1));
    let third = Subnet::new(vpc.id(), "100.64.0.0/18".parse().unwrap(), zone('a')).after(&pods);
    let third = stack.add(aws, "subnets/pods", third);
    let mut subnets = vec![first.clone(), second, third];
    if choice.ipv6_only {
        let alone = Subnet::ipv6_only(vpc.id(), ipv6_subnet(&six.ipv6(), 255), zone('b'));
        subnets.push(stack.add(aws, "subnets/ipv6-only", alone.assign_ipv6_address_on_creation(true)));
    }

    let gateway = stack.add(aws, "egress-only", EgressOnlyInternetGateway::of(vpc.id()));
    let tables = ["routes/first", "routes/second"].map(|name| stack.add(aws, name, RouteTable::of(vpc.id())));
    let out = Target::EgressOnlyInternetGateway(gateway.id().into());
    stack.add(aws, "routes/out", Route::new(tables[0].id(), "::/0".parse().unwrap(), out));
    stack.add(aws, "routes/association", RouteTableAssociation::new(first.id(), tables[0].id()));

    let tables_of = choice.endpoint_tables.iter().map(|number| tables[*number].id().into());
    let s3 = VpcEndpoint::gateway(vpc.id(), "s3", tables_of);
    let s3 = match choice.endpoint_policy {
        Some(action) => {
            let may = Statement::allow(action).on("*").by(Principal::Everyone);
            s3.policy(PolicyDocument::of([may]))
        }
        None => s3,
    };
    let s3 = stack.add(aws, "endpoints/s3", s3);

    let group = |name: &str| SecurityGroup::new(vpc.id(), name, format!("the {name} of the shop"));
    let web = stack.add(aws, "groups/web", group("web"));
    let endpoints = stack.add(aws, "groups/endpoints", group("endpoints"));
    let controllers = stack.add(aws, "groups/controllers", group("controllers").keep_undeclared_rules());
    let rule = SecurityGroupRule::ingress(web.id(), choice.web_traffic, choice.web_peer.clone());
    let web_rule = stack.add(aws, "rules/web", rule.description(choice.web_description));
    let others = [
        ("rules/web-ipv6", SecurityGroupRule::ingress(web.id(), Traffic::tcp(443), range("::/0"))),
        ("rules/ping", {
            let echo = Traffic::Icmp(IcmpMessages::Type(8));
            SecurityGroupRule::ingress(web.id(), echo, range("10.30.0.0/16")).description("echo")
        }),
        ("rules/among-web", SecurityGroupRule::ingress_from_itself(web.id(), Traffic::All)),
        ("rules/to-web", SecurityGroupRule::egress_to_itself(web.id(), Traffic::All)),
        ("rules/to-s3", {
            let list = Peer::PrefixList(s3.prefix_list().into());
            SecurityGroupRule::egress(web.id(), Traffic::tcp(443), list)
        }),
        ("rules/to-endpoints", {
            SecurityGroupRule::egress(web.id(), Traffic::tcp(443), Peer::group(endpoints.id()))
        }),
        ("rules/from-web", {
            SecurityGroupRule::ingress(endpoints.id(), Traffic::tcp(443), Peer::group(web.id()))
        }),
        // What AWS lets every new group do, on purpose.
        ("rules/anywhere", SecurityGroupRule::egress(controllers.id(), Traffic::All, range("0.0.0.0/0"))),
    ];
    for (name, rule) in others {
        stack.add(aws, name, rule);
    }

    let groups = [&endpoints, &web];
    let ecr = VpcEndpoint::interface(
        vpc.id(),
        "ecr.api",
        choice.endpoint_subnets.iter().map(|number| subnets[*number].id().into()),
        [groups[choice.endpoint_group].id().into()],
    );
    let ecr = stack.add(aws, "endpoints/ecr", ecr.private_dns(true));

    let acls = ["acls/first", "acls/second"].map(|name| stack.add(aws, name, NetworkAcl::of(vpc.id())));
    let chosen = NetworkAclEntry::allow(
        acls[0].id(),
        Direction::Ingress,
        100,
        choice.entry_traffic,
        choice.entry_range.parse::<deathstar_core::model::IpCidr>().unwrap(),
    );
    let mut chosen = chosen;
    chosen.action = choice.entry_action;
    let chosen = stack.add(aws, "entries/web", chosen);
    let answers = Traffic::tcp(1024..=65535);
    let anywhere = || "::/0".parse::<deathstar_core::model::IpCidr>().unwrap();
    let back = NetworkAclEntry::allow(acls[0].id(), Direction::Egress, 100, answers, anywhere());
    stack.add(aws, "entries/answers", back);
    let deny = NetworkAclEntry::deny(acls[0].id(), Direction::Ingress, 90, Traffic::protocol(47), anywhere());
    stack.add(aws, "entries/gre", deny);
    let association = NetworkAclAssociation::new(subnets[0].id(), acls[choice.acl].id());
    stack.add(aws, "acls/association", association.after(&chosen));

    let dhcp = [DhcpOptions::new().amazon_name_server().domain_name("shop.internal"), {
        DhcpOptions::new().name_servers(["10.30.0.2", "10.30.0.3"]).ntp_servers(["169.254.169.123"])
    }];
    let [one, other] = dhcp;
    let dhcp = vec![stack.add(aws, "dhcp/first", one), stack.add(aws, "dhcp/second", other)];
    let association = DhcpOptionsAssociation::new(vpc.id(), dhcp[choice.dhcp].id());
    stack.add(aws, "dhcp/association", association);

    let gate = Gate(NoForeignNetworkInterfaces::of(vpc.id())).on(&web).on(&endpoints).on(&controllers);
    let gate = subnets.iter().fold(gate, deathstar_core::component::Standing::on);
    stack.add(aws, "gate", gate);
    EveryKind {
        vpc,
        ipv6: six.ipv6(),
        subnets,
        tables: tables.into(),
        web,
        web_rule,
        controllers,
        acls: acls.into(),
        gateway,
        s3,
        ecr,
        dhcp,
    }
}

/// Every field that changes in place here, with what a plan says when it does.
pub fn changes() -> Vec<(Choice, &'static str)> {
    let with = |change: fn(&mut Choice)| {
        let mut choice = Choice::default();
        change(&mut choice);
        choice
    };
    vec![
        (with(|to| to.web_traffic = Traffic::tcp(8000..=8443)), "Update rules/web traffic"),
        (with(|to| to.web_peer = range("10.0.0.0/8")), "Update rules/web peer"),
        (with(|to| to.web_description = "from the office"), "Update rules/web description"),
        (with(|to| to.entry_action = RuleAction::Deny), "Update entries/web action"),
        (with(|to| to.entry_traffic = Traffic::udp(53)), "Update entries/web traffic"),
        (with(|to| to.entry_range = "2001:db8::/32"), "Update entries/web range"),
        (with(|to| to.acl = 1), "Update acls/association acl"),
        (with(|to| to.dhcp = 1), "Update dhcp/association options"),
        (with(|to| to.endpoint_subnets = vec![0, 1]), "Update endpoints/ecr subnets"),
        (with(|to| to.endpoint_group = 1), "Update endpoints/ecr security_groups"),
        (with(|to| to.endpoint_tables = vec![0, 1]), "Update endpoints/s3 route_tables"),
        (with(|to| to.endpoint_policy = Some("s3:GetObject")), "Update endpoints/s3 policy"),
        (with(|to| to.ipv6 = 7), "Update subnets/first ipv6_cidr_block"),
        (with(|to| to.assigns_ipv6 = true), "Update subnets/first assign_ipv6_address_on_creation"),
        (with(|to| to.answers_a_record = true), "Update subnets/first resource_name_dns_a_record"),
        (with(|to| to.team = "till"), "Update subnets/first tags.team"),
    ]
}
