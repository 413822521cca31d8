//! What follows from a call that was made: what is new, what is on its way out, and what the emulator forgot to do.

use super::{
    Case,
    kinds::{self, Kind},
    looks::Look,
};
use crate::wire::{Answer, Document, Element, Refusal};
use serde_json::Value;

impl Case<'_> {
    /// What the emulator has to be told before a call, so that it does not do more than AWS.
    pub(super) async fn prepare(&self) {
        if self.request.is("ec2", "DeleteVpc") && self.on().codes {
            // The emulator deletes a VPC's DHCP options with it.
            self.mend("AssociateDhcpOptions", &[("VpcId", self.get("VpcId")), ("DhcpOptionsId", "default")])
                .await;
        }
    }

    /// Takes note of what a call did, and puts its answer right.
    pub(super) async fn finish(&self, answer: Answer) -> Answer {
        // Where a service has nothing to say, it has done something all the same.
        let nothing =
            || (answer.is_success() && answer.body.is_empty()).then_some(Document::Json(Value::Null));
        let Some(mut document) = Self::document(&answer).or_else(nothing) else {
            return self.translated(answer);
        };
        let before = document.clone();
        self.part_is_born(&document);
        if self.request.service() == "ec2" {
            self.born(&mut document).await;
            self.ended(&mut document).await;
        } else {
            self.finish_other(&mut document);
        }
        if document == before { answer } else { answer.with(&document) }
    }

    /// The codes that the emulator has wrong.
    pub(super) fn translated(&self, answer: Answer) -> Answer {
        let Some((code, message)) = answer.error().filter(|_| self.on().codes) else { return answer };
        let right = match (self.request.service(), self.request.action.as_str(), code.as_str()) {
            ("ec2", _, "AccessDenied") => "UnauthorizedOperation",
            ("ec2", "DescribeNetworkAcls", "InvalidRouteTableID.NotFound") => "InvalidNetworkAclID.NotFound",
            ("ec2", _, "InvalidVpcCidrBlockAssociationIdError.NotFound") => {
                "InvalidVpcCidrBlockAssociationID.NotFound"
            }
            ("route53", "ChangeResourceRecordSets", "InvalidInput") => "InvalidChangeBatch",
            _ => return answer,
        };
        Refusal::new(right, message).status(answer.status).answer(self.request.protocol, self.serial)
    }

    /// New objects: hidden, pending, or failed.
    async fn born(&self, document: &mut Document) {
        let Some(kind) = kinds::made_by(&self.request.action) else { return };
        let Some(root) = document.xml_mut() else { return };
        let mut texts = vec![];
        root.texts(&mut texts);
        let fits = |id: &&str| kinds::of_id(id) == Some(kind) && !self.request.parameters.has_value(id);
        let mut made: Vec<String> =
            texts.iter().map(|(_, text)| *text).filter(fits).map(str::to_owned).collect();
        made.sort_unstable();
        made.dedup();
        let failed = self.failure(kind).await;
        let interface = self.get("VpcEndpointType") == "Interface";
        let stateful =
            matches!(kind.prefix, "vpc" | "subnet" | "nat") || (kind.prefix == "vpce" && interface);
        let pending = if stateful { self.on().pending } else { 0 };
        {
            let mut known = self.shared.known();
            for id in &made {
                let hidden = self.hides.unwrap_or(self.on().hidden);
                *known.looks.at(self.place, id) =
                    Look { hidden, pending, deleting: 0, failed: failed.clone() };
            }
        }
        if pending > 0 {
            // The answer shows the object as it is at that moment.
            for object in &mut root.children {
                if object.child("state").is_some() {
                    object.set("state", "pending");
                }
            }
        }
        self.shared.records.amend(self.serial, |call| call.made.clone_from(&made));
        if let ([id], "dopt", true) = (&made[..], kind.prefix, self.on().codes) {
            self.tag_forgotten(id).await;
        }
    }

    /// How a new NAT gateway fails: as a script says, or because its VPC has no internet gateway.
    ///
    /// Source: Amazon VPC User Guide, "Troubleshoot NAT gateways".
    async fn failure(&self, kind: &Kind) -> Option<(String, String)> {
        if let Some(failure) = self.shared.known().looks.failure(&self.request.name()) {
            return Some(failure);
        }
        if kind.prefix != "nat" || self.get("ConnectivityType") == "private" || !self.on().codes {
            return None;
        }
        let subnet = self.one(kinds::prefixed("subnet")?, self.get("SubnetId")).await?;
        let vpc = subnet.text_at("vpcId")?;
        let there =
            self.list("DescribeInternetGateways", "internetGatewaySet", &[("attachment.vpc-id", vpc)]).await;
        let text = format!("Network {vpc} has no Internet gateway attached");
        there.is_empty().then(|| ("Gateway.NotAttached".to_owned(), text))
    }

    /// The emulator takes no tags for some kinds when they are made.
    async fn tag_forgotten(&self, id: &str) {
        let tags = self.request.parameters.iter().filter_map(|(name, value)| {
            let rest = name.strip_prefix("TagSpecification.1.")?;
            rest.starts_with("Tag.").then_some((rest, value))
        });
        let all: Vec<(&str, &str)> = tags.chain([("ResourceId.1", id)]).collect();
        if all.len() > 1 {
            self.mend("CreateTags", &all).await;
        }
    }

    /// Objects on their way out.
    async fn ended(&self, document: &mut Document) {
        if !self.on().codes && self.on().deleting == 0 {
            return;
        }
        match self.request.action.as_str() {
            "DeleteNatGateway" => self.nat_gateway_ended(self.get("NatGatewayId")).await,
            "DeleteVpcEndpoints" => self.endpoints_ended(document).await,
            "AuthorizeSecurityGroupIngress" | "AuthorizeSecurityGroupEgress" if self.on().codes => {
                self.describe_rules(document).await;
            }
            "ModifyVpcEndpoint" if self.on().codes => self.endpoint_modified().await,
            "CreateNetworkAclEntry" | "ReplaceNetworkAclEntry" | "DeleteNetworkAclEntry" => self.note_entry(),
            "DeleteSubnet" if self.on().codes => self.subnet_ended(self.get("SubnetId")).await,
            "DeleteVpc" if self.on().codes => {
                for acl in
                    self.list("DescribeNetworkAcls", "networkAclSet", &[("vpc-id", self.get("VpcId"))]).await
                {
                    let id = acl.text_at("networkAclId").unwrap_or_default();
                    self.mend("DeleteNetworkAcl", &[("NetworkAclId", id)]).await;
                }
            }
            _ => {}
        }
    }

    /// A gateway that is gone keeps neither its address nor its network interface.
    async fn nat_gateway_ended(&self, id: &str) {
        let Some(kind) = kinds::prefixed("nat") else { return };
        let Some(gateway) = self.one(kind, id).await else { return };
        {
            let mut known = self.shared.known();
            let look = known.looks.at(self.place, id);
            if look.deleting == 0 {
                look.deleting = self.on().deleting;
            }
            look.pending = 0;
        }
        if !self.on().codes {
            return;
        }
        for address in gateway.items("natGatewayAddressSet") {
            let allocation = address.text_at("allocationId").unwrap_or_default();
            let kind = kinds::prefixed("eipalloc");
            let there = match kind.filter(|_| !allocation.is_empty()) {
                Some(kind) => self.one(kind, allocation).await,
                None => None,
            };
            let interface = address.text_at("networkInterfaceId").unwrap_or_default();
            // The address may serve another one by now.
            let still = |address: &&Element| address.text_at("networkInterfaceId") == Some(interface);
            if let Some(association) = there.as_ref().filter(still).and_then(|a| a.text_at("associationId")) {
                self.mend("DisassociateAddress", &[("AssociationId", association)]).await;
            }
            self.mend("DeleteNetworkInterface", &[("NetworkInterfaceId", interface)]).await;
        }
    }

    /// Interface endpoints end slowly, gateway endpoints at once; one that is not there is told in the answer.
    ///
    /// Source: Amazon EC2 API Reference, `DeleteVpcEndpoints`.
    async fn endpoints_ended(&self, document: &mut Document) {
        let mut missing = vec![];
        let Some(kind) = kinds::prefixed("vpce") else { return };
        for id in self.request.parameters.list("VpcEndpointId") {
            match self.one(kind, id).await {
                Some(endpoint) => {
                    let interface = endpoint.text_at("vpcEndpointType") == Some("Interface");
                    let mut known = self.shared.known();
                    let look = known.looks.at(self.place, id);
                    look.pending = 0;
                    if interface && look.deleting == 0 {
                        look.deleting = self.on().deleting;
                    }
                }
                None => missing.push(id),
            }
        }
        let Some(root) = document.xml_mut().filter(|_| self.on().codes && !missing.is_empty()) else {
            return;
        };
        let items = missing.into_iter().map(|id| {
            let error = Element::new("error")
                .and("code", "InvalidVpcEndpoint.NotFound")
                .and("message", format!("The Vpc Endpoint Id '{id}' does not exist"));
            Element::new("item").with(error).and("resourceId", id)
        });
        let items: Vec<Element> = items.collect();
        root.children.retain(|child| child.name != "unsuccessful");
        root.children.push(Element { children: items, ..Element::new("unsuccessful") });
    }

    /// With a subnet its associations end.
    async fn subnet_ended(&self, id: &str) {
        for table in self.list("DescribeRouteTables", "routeTableSet", &[]).await {
            for association in table.items("associationSet") {
                let of = association.text_at("subnetId") == Some(id);
                if let Some(own) = association.text_at("routeTableAssociationId").filter(|_| of) {
                    self.mend("DisassociateRouteTable", &[("AssociationId", own)]).await;
                }
            }
        }
        let acls = self.list("DescribeNetworkAcls", "networkAclSet", &[]).await;
        for acl in acls.iter().filter(|acl| acl.text_at("default") != Some("true")) {
            let default = acls.iter().find(|other| {
                other.text_at("default") == Some("true") && other.text_at("vpcId") == acl.text_at("vpcId")
            });
            let Some(default) = default.and_then(|acl| acl.text_at("networkAclId")) else { continue };
            for association in acl.items("associationSet") {
                let of = association.text_at("subnetId") == Some(id);
                if let Some(own) = association.text_at("networkAclAssociationId").filter(|_| of) {
                    let to = [("AssociationId", own), ("NetworkAclId", default)];
                    self.mend("ReplaceNetworkAclAssociation", &to).await;
                }
            }
        }
    }

    /// Puts right what the emulator shows in another form than AWS.
    pub(super) fn put_right(&self, document: &mut Document) {
        if !self.on().codes {
            return;
        }
        let action = self.request.action.as_str();
        if self.request.service() == "route53" {
            self.show_change(document);
        }
        let Some(root) = document.xml_mut() else { return };
        match action {
            "DescribeSubnets" => {
                for subnet in root.child_mut("subnetSet").into_iter().flat_map(|set| &mut set.children) {
                    let associations = subnet.child_mut("ipv6CidrBlockAssociationSet");
                    for association in associations.into_iter().flat_map(|set| &mut set.children) {
                        // It writes the whole structure where the word belongs.
                        if let Some(state) = association.child_mut("ipv6CidrBlockState")
                            && state.text_at("state").is_some_and(|text| text.contains("associated"))
                        {
                            state.set("state", "associated");
                        }
                    }
                }
            }
            "DescribeNetworkAcls" => self.show_entries(root),
            _ => {}
        }
    }
}
