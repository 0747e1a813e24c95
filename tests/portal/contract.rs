//! The API's document: checked in, true of every route, true of the answers.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use switchroom::people::Role;
use switchroom::portal::openapi;
use switchroom::portal::route::Gives;
use switchroom::portal::routes::ROUTES;

use crate::house::House;
use crate::roles::{address, method};
use crate::schema::fault;

#[test]
fn the_checked_in_document_is_the_one_the_routes_make() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let made = serde_json::to_string_pretty(&openapi::document()).unwrap() + "\n";
    if std::env::var_os("SWITCHROOM_REWRITE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/openapi.json differs from the routes; look at the difference with \
         SWITCHROOM_REWRITE=1 cargo test --test portal, then git diff"
    );
}

#[tokio::test]
async fn every_route_is_in_the_document_and_every_documented_one_is_served() {
    let document = openapi::document();
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for name in operations.as_object().unwrap().keys() {
            documented.insert((name.to_uppercase(), path.clone()));
        }
    }
    let table: BTreeSet<_> =
        ROUTES.iter().map(|route| (method(route), route.path.to_owned())).collect();
    assert_eq!(documented, table);
    assert_eq!(table.len(), ROUTES.len(), "a route stands in the table twice");
    let house = House::build().await;
    for (method, path) in documented {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        if path.ends_with("/events") {
            assert_eq!(house.visitor().events(&path, None).await.status, 401);
            continue;
        }
        let answer = house.visitor().send(&method, &path, &[], None).await;
        assert!(![404, 405].contains(&answer.status), "{method} {path}: {}", answer.status);
    }
    let ids: BTreeSet<_> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), ROUTES.len(), "two operations have one name");
}

/// The schema of a good answer.
fn schema_of<'a>(document: &'a Value, path: &str, method: &str) -> &'a Value {
    &document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
}

#[tokio::test]
async fn answers_look_as_the_document_says() {
    let house = House::build().await;
    let client = house.inside(Role::Administrator).await;
    let document = client.get("/api/v1/openapi.json").await.json();
    assert_eq!(document, openapi::document());
    let mut checked = 0;
    for route in ROUTES {
        if route.changes() || !matches!(route.gives, Gives::Json(_) | Gives::Table(_)) {
            continue;
        }
        let answer = client.get(&address(route)).await;
        if answer.status != 200 {
            let error = &document["components"]["schemas"]["Error"];
            assert_eq!(fault(&document, error, &answer.json(), route.path), None);
            continue;
        }
        let schema = schema_of(&document, route.path, "get");
        assert_eq!(fault(&document, schema, &answer.json(), route.path), None);
        checked += 1;
    }
    assert!(checked > 8, "only {checked} answers were good");
    let made = client.post("/api/v1/backups", json!({})).await;
    let schema = schema_of(&document, "/api/v1/backups", "post");
    assert_eq!(fault(&document, schema, &made.json(), "backup"), None);
}
