use super::{Fault, Types, Wrong, description::Element};
use serde_json::{Value, json};
use std::{io::Write as _, path::Path};

/// A description with everything that one can have, in a directory of its own.
fn described() -> Types {
    let reference = |number: usize| json!({"$ref": format!("#/{number}")});
    let member = |number: usize, flags: u8| json!({"type": reference(number), "flags": flags});
    let elements = json!([
        {"$type": "StringType"},
        {"$type": "IntegerType", "minValue": 1, "maxValue": 9},
        {"$type": "BooleanType"},
        {"$type": "StringLiteralType", "value": "Hot"},
        {"$type": "StringLiteralType", "value": "Cool"},
        {"$type": "UnionType", "elements": [reference(3), reference(4), reference(0)]},
        {"$type": "ObjectType", "name": "Part", "properties": {
            "id": member(0, 0), "state": member(0, 2), "whole": member(9, 0)}},
        {"$type": "ArrayType", "itemType": reference(6), "maxLength": 2},
        {"$type": "StringType", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
        {"$type": "ObjectType", "name": "Properties", "properties": {
            "tier": member(5, 1), "count": member(1, 0), "on": member(2, 0), "parts": member(7, 0),
            "code": member(8, 0), "provisioningState": member(0, 2), "secret": member(0, 4),
            "given": member(0, 3), "kind": member(12, 0)}},
        {"$type": "ObjectType", "name": "Tags", "additionalProperties": reference(0)},
        {"$type": "ObjectType", "name": "Body", "properties": {
            "id": member(0, 10), "name": member(0, 9), "type": member(0, 10), "apiVersion": member(0, 10),
            "location": member(0, 1), "tags": member(10, 0), "properties": member(9, 1)}},
        {"$type": "DiscriminatedObjectType", "name": "Kind", "discriminator": "of",
            "baseProperties": {"size": member(1, 0)}, "elements": {"A": reference(13)}},
        {"$type": "ObjectType", "name": "A", "properties": {
            "of": member(14, 1), "a": member(2, 1)}},
        {"$type": "StringLiteralType", "value": "A"},
        {"$type": "ResourceType", "name": "Test.Things/stores@2025-01-01", "body": reference(11)},
        {"$type": "ResourceFunctionType", "name": "listKeys"},
    ]);
    let mut types = Types { files: vec![], resources: std::collections::BTreeMap::new() };
    types.add(serde_json::from_value(elements).unwrap());
    types
}

fn good() -> Value {
    json!({
        "location": "westeurope",
        "tags": {"team": "shop"},
        "properties": {"tier": "Hot", "count": 3, "on": true, "parts": [{"id": "p"}], "code": "ab",
            "kind": {"of": "A", "size": 2, "a": true}}
    })
}

fn told(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// The good body with one place changed; `null` takes it away.
fn with(path: &str, value: Value) -> Value {
    let mut body = good();
    let (outer, name) = path.rsplit_once('/').unwrap();
    match (body.pointer_mut(outer).unwrap(), value) {
        (Value::Object(members), Value::Null) => drop(members.remove(name)),
        (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value,
        (outer, value) => outer[name] = value,
    }
    body
}

#[test]
fn each_planted_fault_is_found_and_nothing_else() {
    let types = described();
    let stores = types.of("test.THINGS/Stores", "2025-01-01").unwrap();
    assert_eq!(stores.name(), "Test.Things/stores");
    assert!(stores.check_request(&good()).is_empty());
    for (path, value, expected) in [
        ("/locaton", json!("westeurope"), "/locaton: there is no such member"),
        ("/properties/Tier", json!("Hot"), "/properties/Tier: there is no such member"),
        (
            "/properties/parts/0",
            json!({"identity": "p"}),
            "/properties/parts/0/identity: there is no such member",
        ),
        ("/properties/parts/0", json!({"state": "on"}), "/properties/parts/0/state: only answers have it"),
        (
            "/properties/provisioningState",
            json!("Succeeded"),
            "/properties/provisioningState: only answers have it",
        ),
        ("/id", json!("/subscriptions/s"), "/id: only answers have it"),
        ("/properties/tier", json!("Warm"), "/properties/tier: `Warm` is none of Hot, Cool"),
        ("/properties/tier", json!(3), "/properties/tier: it is a number, and has to be one of several"),
        ("/properties/tier", Value::Null, "/properties/tier: it has to be there"),
        ("/location", Value::Null, "/location: it has to be there"),
        ("/location", json!(["westeurope"]), "/location: it is a list, and has to be a text"),
        ("/properties/count", json!("3"), "/properties/count: it is a text, and has to be a number"),
        ("/properties/count", json!(0), "/properties/count: 0 is less than 1"),
        ("/properties/count", json!(10), "/properties/count: 10 is more than 9"),
        ("/properties/on", json!("true"), "/properties/on: it is a text, and has to be a boolean"),
        ("/properties/parts", json!({"id": "p"}), "/properties/parts: it is an object, and has to be a list"),
        ("/properties/parts", json!([{}, {}, {}]), "/properties/parts: it has 3 members, and 2 are the most"),
        ("/properties/parts", json!(["p"]), "/properties/parts/0: it is a text, and has to be an object"),
        ("/properties/code", json!("a"), "/properties/code: it has 1 characters, and 2 are the least"),
        ("/properties/code", json!("a1"), "/properties/code: `a1` does not match ^[a-z]+$"),
        ("/tags/team", json!(7), "/tags/team: it is a number, and has to be a text"),
        ("/properties/kind", json!({"of": "B"}), "/properties/kind/of: `B` is none of A"),
        ("/properties/kind", json!({"a": true}), "/properties/kind/of: it has to be there"),
        ("/properties/kind", json!({"of": "A"}), "/properties/kind/a: it has to be there"),
        ("/properties/kind/b", json!(1), "/properties/kind/b: there is no such member"),
    ] {
        let faults = stores.check_request(&with(path, value));
        assert_eq!(told(&faults), [expected]);
    }
    let named = with("/name", json!("s"));
    assert!(stores.check_request(&named).is_empty(), "a name may be repeated");
}

#[test]
fn an_answer_has_what_is_read_only_and_not_what_is_write_only() {
    let types = described();
    let stores = types.of("Test.Things/stores", "2025-01-01").unwrap();
    let mut answer = with("/properties/provisioningState", json!("Succeeded"));
    answer["id"] = json!("/subscriptions/s");
    assert_eq!(told(&stores.check_answer(&answer)), ["/properties/given: it has to be there"]);
    answer["properties"]["given"] = json!("g");
    assert!(stores.check_answer(&answer).is_empty());
    answer["properties"]["secret"] = json!("x");
    assert_eq!(stores.check_answer(&answer)[0].wrong, Wrong::WriteOnly);
}

#[test]
fn a_document_has_everything_and_is_a_good_answer() {
    let types = described();
    let stores = types.of("Test.Things/stores", "2025-01-01").unwrap();
    let mut asked = vec![];
    let document = stores.document(4, &mut |path| {
        asked.push(path.to_owned());
        (path == "/properties/code").then(|| json!("code"))
    });
    assert!(stores.check_answer(&document).is_empty(), "{document:#}");
    assert_eq!(document["properties"]["parts"], json!([{"id": "x", "state": "x"}]), "none inside of itself");
    assert_eq!(document["tags"], json!({"key": "x"}));
    assert_eq!(document["properties"]["kind"], json!({"a": true, "of": "A", "size": 1}));
    assert!(asked.contains(&"/properties/parts/0/id".to_owned()));
    let writable = stores.writable(&document);
    assert!(stores.check_request(&writable).is_empty());
    assert_eq!(writable["properties"]["parts"], json!([{"id": "x"}]));
}

#[test]
fn versions_of_a_type_are_its_own() {
    let types = described();
    assert_eq!(types.versions_of("test.things/STORES"), ["2025-01-01"]);
    assert!(types.versions_of("Test.Things/store").is_empty());
    assert!(types.of("Test.Things/stores", "2024-01-01").is_none());
}

#[test]
fn what_is_no_description_is_refused() {
    let wrong = json!([{"$type": "ArrayType", "itemType": {"$ref": "7"}}]);
    let error = serde_json::from_value::<Vec<Element>>(wrong).unwrap_err().to_string();
    assert!(error.contains("`7` names no element"), "{error}");
    assert!(Types::read(Path::new("/there/is/none")).is_err());
}

/// Every description beside the clone is read, and its documents are good answers to its own check.
#[test]
fn microsofts_descriptions_are_understood() {
    let Some(types) = Types::beside() else {
        writeln!(std::io::stderr(), "left out: there is no `../shared/specs/azure`").unwrap();
        return;
    };
    let subnet = types.of("Microsoft.Network/virtualNetworks/subnets", "2025-07-01").unwrap();
    let body = json!({"properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": "/n"}}});
    assert!(subnet.check_request(&body).is_empty());
    for (name, version) in types.resources.keys() {
        let of = types.of(name, version).unwrap();
        let document = of.document(3, &mut |_| None);
        let faults = of.check_answer(&document);
        let form = |fault: &&Fault| !matches!(fault.wrong, Wrong::Form(_) | Wrong::Missing);
        assert_eq!(faults.iter().filter(form).collect::<Vec<_>>(), Vec::<&Fault>::new(), "{name}");
    }
}
