//! An alias of a key.

use crate::{
    Aws,
    id::{AliasName, KeyId},
    permission::lists,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, fields,
    model::name::aws::KMS_ALIAS,
    outputs,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};

/// Another name of a key, which can be given to another key in place.
///
/// It carries no tags: it is ours by name, while it names the key that was recorded. KMS gives it to another key of the same use and
/// sort alone.
///
/// # Reads
/// `ListAliases` lists all of the region.
///
/// # Permissions
/// `kms:ListAliases`; `kms:CreateAlias`; `kms:UpdateAlias`; `kms:DeleteAlias`; each for the alias and for its keys.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KmsAlias {
    /// Its name, `alias/` included. Another one replaces it.
    pub name: String,
    /// The key that it names.
    pub key: Input<KeyId>,
}

impl KmsAlias {
    /// A name of a key: `alias/logs`.
    pub fn new(name: impl Into<String>, key: impl Into<Input<KeyId>>) -> Self {
        Self { name: name.into(), key: key.into() }
    }
}

/// What is known of an alias once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KmsAliasDetails {
    /// Its ARN.
    pub arn: String,
}

outputs! {
    /// What a declared alias tells once it is made.
    pub trait KmsAliasOutputs for KmsAlias {
        /// Its ARN.
        arn: String,
    }
}

impl Resource for KmsAlias {
    type Provider = Aws;
    type Id = AliasName;
    type Outputs = KmsAliasDetails;

    const FAMILY: &'static str = "aws.kms.alias";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: AWS KMS API Reference, `UpdateAlias`.
    const FIELDS: Fields<Self> = fields!(KmsAlias { name: Replace, key: Update });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let checked = KMS_ALIAS.check(&self.name).err();
        let finding = checked
            .map(|error| Diagnostic::new("name.form", error.to_string()).at("/name").fix(error.hint()));
        finding.into_iter().collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        /// Authorised on the alias, and on each key that it names.
        fn on<'k>(
            action: &'static str,
            name: &str,
            keys: impl IntoIterator<Item = &'k Input<KeyId>>,
        ) -> Vec<Permission> {
            let alias = Permission::new(action).on("alias", Which::One(name.into()));
            let keys = keys.into_iter().map(|key| Permission::new(action).on("key", key));
            [alias].into_iter().chain(keys).collect()
        }
        match call {
            Call::Find(Look::One(_)) => lists(["kms:ListAliases"]),
            Call::Create(spec) => on("kms:CreateAlias", &spec.name, [&spec.key]),
            Call::Change { object, to, .. } => on("kms:UpdateAlias", &to.name, [&object.spec.key, &to.key]),
            Call::Delete(object) => on("kms:DeleteAlias", &object.spec.name, [&object.spec.key]),
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (AliasName, KmsAliasDetails) {
        let arn = format!("arn:aws:kms:memory-1:123456789012:{}", self.name);
        (AliasName::new(&self.name), KmsAliasDetails { arn })
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{KmsAlias, KmsAliasDetails};
    use crate::{
        client::Client,
        error::{read, write},
        id::{AliasName, KeyId},
    };
    use aws_sdk_kms::types::AliasListEntry;
    use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};
    use std::collections::HashSet;

    impl Driver<KmsAlias> for Client {
        async fn find(&self, _: &Cx, want: &Want<AliasName>, found: &mut Found) -> Result<()> {
            // An alias carries no tags: nothing says of which stack one is.
            let Want::Ids(names) = want else { return Ok(()) };
            let names: HashSet<&AliasName> = names.iter().collect();
            let all = self.list_aliases().await?;
            all.iter()
                .filter_map(show)
                .filter(|seen| names.contains(&seen.id))
                .for_each(|seen| found.push(seen));
            Ok(())
        }

        async fn create(&self, _: &Cx, spec: &Ready<KmsAlias>) -> Result<Made<AliasName>> {
            let key = spec.key.known()?.as_str();
            let call = self.kms().create_alias().alias_name(&spec.name).target_key_id(key);
            write("kms:CreateAlias", call.send()).await?;
            Ok(AliasName::new(&spec.name).into())
        }

        async fn change(&self, _: &Cx, seen: &Seen<KmsAlias>, to: &Ready<KmsAlias>) -> Result<Option<Op>> {
            let key = to.key.known()?.as_str();
            let call = self.kms().update_alias().alias_name(seen.id.as_str()).target_key_id(key);
            write("kms:UpdateAlias", call.send()).await?;
            Ok(None)
        }

        async fn delete(&self, _: &Cx, seen: &Seen<KmsAlias>) -> Result<Option<Op>> {
            let call = self.kms().delete_alias().alias_name(seen.id.as_str());
            write("kms:DeleteAlias", call.send()).await?;
            Ok(None)
        }
    }

    impl Client {
        /// All aliases of the region, those of AWS included.
        pub(in crate::kms) async fn list_aliases(&self) -> Result<Vec<AliasListEntry>> {
            let pages = self.kms().list_aliases().into_paginator();
            read("kms:ListAliases", pages.items().send().collect::<Result<Vec<_>, _>>()).await
        }
    }

    /// An alias of a key: those that AWS keeps ready for its services have none until they are used.
    fn show(alias: &AliasListEntry) -> Option<Seen<KmsAlias>> {
        let (name, key) = (alias.alias_name()?, alias.target_key_id()?);
        Some(Seen {
            id: AliasName::new(name),
            tags: Tags::new(),
            spec: KmsAlias::new(name, KeyId::new(key)),
            outputs: KmsAliasDetails { arn: alias.alias_arn()?.into() },
            state: SeenState::Ready,
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn an_alias_without_a_key_is_none() {
            let alias = AliasListEntry::builder().alias_name("alias/aws/s3").alias_arn("arn:a");
            assert!(show(&alias.clone().build()).is_none());
            let seen = show(&alias.target_key_id("k").build()).unwrap();
            assert_eq!(seen.spec, KmsAlias::new("alias/aws/s3", KeyId::new("k")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_id_and_begins_like_one() {
        let alias = |name: &str| KmsAlias::new(name, KeyId::new("key"));
        let (id, _) = alias("alias/logs").simulate(1);
        assert_eq!(alias("alias/logs").key(), Some(Key::of(&id)));
        for (name, right) in
            [("alias/logs", true), ("logs", false), ("alias/aws/logs", false), ("alias/a b", false)]
        {
            assert_eq!(alias(name).validate().is_empty(), right, "{name}");
        }
    }

    #[test]
    fn another_key_is_named_in_place() {
        assert!(matches!(KmsAlias::FIELDS[1].class, deathstar_core::Class::Update));
    }
}
