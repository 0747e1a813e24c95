//! Every route by every role, from the route table.

use serde_json::json;
use switchroom::people::Role;
use switchroom::portal::route::{Access, Method, Route};
use switchroom::portal::routes::ROUTES;

use crate::client::{Answer, Client};
use crate::house::House;
use crate::kiosks;

/// An address of the route, with something in its varying parts.
pub fn address(route: &Route) -> String {
    let parts = route.path.split('/');
    parts.map(|part| if part.starts_with('{') { "x1" } else { part }).collect::<Vec<_>>().join("/")
}

pub fn method(route: &Route) -> String {
    route.method.name().to_uppercase()
}

/// Asks a route, with an empty object where it wants a body.
async fn ask(client: &Client, route: &Route) -> Answer {
    if route.streams() {
        let stream = client.events(&address(route), None).await;
        return Answer { status: stream.status, headers: stream.headers, body: Vec::new() };
    }
    let body = (!route.body.is_empty()).then(|| json!({}));
    client.send(&method(route), &address(route), &[], body).await
}

#[tokio::test]
async fn every_route_lets_in_who_has_the_right_and_nobody_else() {
    let house = House::build().await;
    for role in Role::ALL {
        let mut client = house.inside(role).await;
        for route in ROUTES {
            let answer = ask(&client, route).await;
            let at = format!("{} {} as {}", method(route), route.path, role.name());
            match route.access {
                Access::Public => assert_ne!(answer.status, 403, "{at}"),
                // Being somebody opens no kiosk.
                Access::Kiosk => assert_eq!(answer.status, 401, "{at}"),
                Access::Any(rights) => {
                    let may = rights.iter().any(|right| role.rights().has(*right));
                    assert_eq!(answer.status == 403, !may, "{at}: {}", answer.status);
                    assert_ne!(answer.status, 401, "{at}");
                }
            }
            assert!(answer.status < 500, "{at}: {}", answer.status);
            if route.path == "/api/v1/session" && route.method == Method::Delete {
                client = house.inside(role).await;
            }
        }
    }
}

#[tokio::test]
async fn who_is_not_logged_in_gets_only_what_is_public() {
    let house = House::build().await;
    let mut stranger = house.visitor();
    for cookie in [None, Some("switchroom_session=nonsense"), Some(FORGED)] {
        stranger.cookie = cookie.map(str::to_owned);
        for route in ROUTES {
            let answer = ask(&stranger, route).await;
            let at = format!("{} {}", method(route), route.path);
            match route.access {
                Access::Public => assert_ne!(answer.status, 401, "{at}"),
                Access::Kiosk => {
                    assert_eq!(answer.status, 401, "{at}");
                    if !answer.body.is_empty() {
                        assert_eq!(answer.json()["error"]["code"], "kiosk.closed", "{at}");
                    }
                }
                Access::Any(_) => {
                    assert_eq!(answer.status, 401, "{at}");
                    if !answer.body.is_empty() {
                        assert_eq!(answer.json()["error"]["code"], "login", "{at}");
                    }
                }
            }
        }
    }
}

/// The form of a token, but nobody's.
const FORGED: &str =
    "switchroom_session=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_kiosk_reaches_its_own_routes_and_no_other_in_whatever_cookie_its_token_lies() {
    let house = House::build().await;
    let owner = house.inside(Role::Supervisor).await;
    let token = kiosks::made(&owner, json!({ "name": "Hall" })).await;
    for cookie in ["switchroom_kiosk", "switchroom_session"] {
        let screen = Client { cookie: Some(format!("{cookie}={token}")), ..house.visitor() };
        for route in ROUTES {
            let answer = ask(&screen, route).await;
            let at = format!("{} {} by {cookie}", method(route), route.path);
            match route.access {
                Access::Public => assert_ne!(answer.status, 401, "{at}"),
                Access::Kiosk if cookie == "switchroom_kiosk" => {
                    assert_eq!(answer.status, 200, "{at}");
                }
                Access::Kiosk | Access::Any(_) => assert_eq!(answer.status, 401, "{at}"),
            }
        }
    }
}

#[tokio::test]
async fn a_change_without_the_sessions_token_is_refused_on_every_route() {
    let house = House::build().await;
    let good = house.inside(Role::Administrator).await;
    let other = house.inside(Role::Administrator).await;
    for csrf in [None, Some(String::new()), Some("0".repeat(64)), other.csrf.clone()] {
        let forged = Client { csrf, ..good.clone() };
        for route in ROUTES.iter().filter(|route| route.changes()) {
            if !matches!(route.access, Access::Any(_)) {
                continue;
            }
            let answer = ask(&forged, route).await;
            assert_eq!(answer.status, 403, "{} {}", method(route), route.path);
        }
    }
    // And all of that left the session as it was.
    assert_eq!(good.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn what_a_foreign_page_sends_is_refused_even_before_a_log_in() {
    let house = House::build().await;
    let visitor = house.visitor();
    let body = json!({ "account": "agent", "password": crate::house::PASSWORD });
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200)] {
        let headers = [("sec-fetch-site", site)];
        let answer = visitor.send("POST", "/api/v1/session", &headers, Some(body.clone())).await;
        assert_eq!(answer.status, status, "{site}");
    }
    // A form can't send JSON.
    let form = b"POST /api/v1/session HTTP/1.1\r\nhost: box\r\nconnection: close\r\n\
        content-type: text/plain\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(visitor.raw(form).await.status, 415);
}
