//! What describes the API is served without a key, is what is committed, and makes a browser load nothing from elsewhere.

use super::listening;
use crate::support::http::Connection;
use crate::support::scratch::Scratch;

#[test]
fn the_openapi_document_that_is_served_is_the_one_that_is_committed() {
    let scratch = Scratch::new();
    let (_daemon, address) = listening(&scratch, &[]);
    let mut connection = Connection::to(address).unwrap();
    for path in ["/openapi.json", "/v1/openapi.json"] {
        let answer = connection.get(path).unwrap();
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{path}");
        assert!(answer.body == include_bytes!("../../docs/openapi.json"), "{path} is not docs/openapi.json");
    }
}

#[test]
fn the_page_of_the_openapi_document_loads_nothing_from_elsewhere_and_makes_no_html_of_text() {
    let scratch = Scratch::new();
    let (_daemon, address) = listening(&scratch, &[]);
    let mut connection = Connection::to(address).unwrap();
    let files = [
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/page.js", "text/javascript; charset=utf-8"),
        ("/docs/page.css", "text/css; charset=utf-8"),
    ];
    for (path, media_type) in files {
        let answer = connection.get(path).unwrap();
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let text = String::from_utf8(answer.body).unwrap();
        for elsewhere in ["http:", "https:", "src=\"//", "@import", "url("] {
            assert!(!text.contains(elsewhere), "{path} has `{elsewhere}`");
        }
        for reads_html in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "onclick=", "style=\""] {
            assert!(!text.contains(reads_html), "{path} has `{reads_html}`");
        }
    }
}
