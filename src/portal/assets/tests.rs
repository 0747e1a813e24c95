use super::*;

/// gzip of "let a = 1;\n" would be longer than it, so the bytes are made here.
fn zipped(text: &str) -> &'static [u8] {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap().leak()
}

fn assets() -> Vec<Asset> {
    let zip = |path, tag, text: &str| Asset {
        path,
        tag,
        plain_len: text.len(),
        gzipped: true,
        bytes: zipped(text),
    };
    vec![
        zip("/index.html", "i1", "<p>index"),
        zip("/wall.html", "w1", "<p>wall"),
        zip("/assets/app-Ab12.js", "a1", "let a = 1"),
        Asset { path: "/icon.png", tag: "p1", plain_len: 3, gzipped: false, bytes: b"png" },
    ]
}

fn get(path: &str, headers: &[(&'static str, &str)]) -> Response {
    let headers = headers
        .iter()
        .map(|(name, text)| (name.parse::<header::HeaderName>().unwrap(), text.parse().unwrap()))
        .collect();
    answer_from(&assets(), &Method::GET, path, &headers)
}

fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn body(response: Response) -> Vec<u8> {
    use http_body_util::BodyExt;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(response.into_body().collect()).unwrap().to_bytes().to_vec()
}

#[test]
fn addresses_of_the_web_app_show_its_page_and_walls_show_theirs() {
    for (path, tag) in [
        ("/", "i1"),
        ("/calls/17", "i1"),
        ("/login", "i1"),
        ("/wallet", "i1"),
        ("/wall", "w1"),
        ("/wall/sales", "w1"),
        ("/wall.html", "w1"),
    ] {
        let response = get(path, &[]);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header_of(&response, "etag"), format!("\"{tag}\""), "{path}");
        assert_eq!(header_of(&response, "cache-control"), "no-cache");
        assert_eq!(header_of(&response, "content-type"), "text/html; charset=utf-8");
    }
}

#[test]
fn what_is_not_there_is_not_a_page() {
    for path in ["/api", "/api/v1/nothing", "/assets/old-1234.js"] {
        assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
    }
    let posted = answer_from(&assets(), &Method::POST, "/", &HeaderMap::new());
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn who_takes_gzip_gets_it_and_the_others_get_the_same_plain() {
    let zipped = get("/assets/app-Ab12.js", &[("accept-encoding", "br, gzip;q=0.5")]);
    assert_eq!(header_of(&zipped, "content-encoding"), "gzip");
    assert_eq!(header_of(&zipped, "vary"), "accept-encoding");
    assert_eq!(header_of(&zipped, "cache-control"), "public, max-age=31536000, immutable");
    for encodings in ["identity", "gzip;q=0", "gzip;q=0.000, br", "*;q=0"] {
        let plain = get("/assets/app-Ab12.js", &[("accept-encoding", encodings)]);
        assert_eq!(header_of(&plain, "content-encoding"), "", "{encodings}");
        assert_ne!(header_of(&plain, "etag"), header_of(&zipped, "etag"));
        assert_eq!(body(plain), b"let a = 1");
    }
    let mut unzipped = Vec::new();
    GzDecoder::new(body(zipped).as_slice()).read_to_end(&mut unzipped).unwrap();
    assert_eq!(unzipped, b"let a = 1");
    assert_eq!(body(get("/icon.png", &[("accept-encoding", "gzip")])), b"png");
}

#[test]
fn a_browser_that_has_the_file_is_told_so() {
    let tags =
        [("\"i1\"", 304), ("W/\"i1\"", 304), ("\"x\", \"i1\"", 304), ("*", 304), ("\"x\"", 200)];
    for (tags, status) in tags {
        let response = get("/", &[("if-none-match", tags)]);
        assert_eq!(response.status().as_u16(), status, "{tags}");
        assert_eq!(header_of(&response, "etag"), "\"i1\"");
        assert_eq!(body(response).is_empty(), status == 304);
    }
    // The compressed file has its own tag.
    let known = get("/", &[("if-none-match", "\"i1g\""), ("accept-encoding", "gzip")]);
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
}

#[test]
fn without_a_web_app_the_page_says_how_to_build_one() {
    let response = answer_from(&[], &Method::GET, "/anything", &HeaderMap::new());
    assert_eq!(response.status(), StatusCode::OK);
    assert!(String::from_utf8(body(response)).unwrap().contains("npm run build"));
}
