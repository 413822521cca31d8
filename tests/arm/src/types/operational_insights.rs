//! Microsoft.OperationalInsights.

use super::{Computed, Delete, Operations, Patch, Put, Style, Type};

pub(crate) const WORKSPACE: &str = "Microsoft.OperationalInsights/workspaces";

/// Workspaces: what is made tells its state in its document alone.
///
/// Source: Log Analytics REST API, "Workspaces".
const WORKSPACES: Type = Type {
    name: WORKSPACE,
    versions: &["2025-07-01"],
    put: Put { created: 201, replaced: 200, style: Style::Body, again: Style::Body },
    delete: Delete { accepted: 202, style: Style::Both },
    operations: &Operations {
        status: "/subscriptions/{subscription}/providers/Microsoft.OperationalInsights/locations/{location}/operationStatuses/\
            {operation}",
        result: "/subscriptions/{subscription}/providers/Microsoft.OperationalInsights/locations/{location}/operationResults/\
            {operation}",
        gone: 200,
    },
    patch: Patch::Merge,
    defaults: &[
        ("/properties/sku/name", "\"PerGB2018\""),
        ("/properties/retentionInDays", "30"),
        ("/properties/publicNetworkAccessForIngestion", "\"Enabled\""),
        ("/properties/publicNetworkAccessForQuery", "\"Enabled\""),
        ("/properties/features/enableLogAccessUsingOnlyResourcePermissions", "true"),
        ("/properties/workspaceCapping/dailyQuotaGb", "-1"),
    ],
    computed: &[
        ("/properties/customerId", Computed::Guid),
        ("/properties/createdDate", Computed::Text("\"2025-01-01T00:00:00.0000000Z\"")),
        ("/properties/modifiedDate", Computed::Text("\"2025-01-01T00:00:00.0000000Z\"")),
        ("/properties/sku/lastSkuUpdate", Computed::Text("\"2025-01-01T00:00:00.0000000Z\"")),
        (
            "/properties/workspaceCapping/quotaNextResetTime",
            Computed::Text("\"2025-01-02T00:00:00.0000000Z\""),
        ),
        ("/properties/workspaceCapping/dataIngestionStatus", Computed::Text("\"RespectQuota\"")),
    ],
    actions: &[("sharedKeys", r#"{"primarySharedKey":"cHJpbWFyeQ==","secondarySharedKey":"c2Vjb25kYXJ5"}"#)],
    ..Type::BASE
};

pub(super) const TYPES: &[&Type] = &[&WORKSPACES];
