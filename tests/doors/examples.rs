//! Every example of the OpenAPI document is sent to a daemon, in an order in which there is what it is about, and each answer is held to what
//! the document says of it: status, media type, headers, fields. `UPDATE_EXAMPLES=1` makes the answers the examples of the document.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use panotti::daemon::api::openapi::document;
use regex::Regex;
use serde_json::{Map, Value, json};

use super::listening;
use crate::support::daemon::Daemon;
use crate::support::http::{Answer, Connection};
use crate::support::scratch::Scratch;
use crate::support::until;

/// Where the answers are kept.
const ANSWERS: &str = "src/daemon/api/openapi/answers.json";
/// The order of what the names of routes begin with: what makes something, what looks at it, what changes it, what takes it away.
const ORDER: &str = "create set publish enable start \
                     check validate get list export test explain infer verify stream \
                     change replace reload roll rotate pause resume cancel republish retry discard purge disable \
                     remove revoke stop";
/// What every answer has, or is about the connection alone.
const OF_HTTP: [&str; 6] = ["content-type", "content-length", "transfer-encoding", "connection", "date", "vary"];
/// Lists of an example are cut after so many.
const SHOWN_MAX: usize = 2;
/// A plugin that fails where there is no transcript.
const WORD_COUNT: &str = "name: word-count\nversion: 0.1.0\nenabled: true\ndescription: Counts the words of finished recordings\n\
                          runtime: exec\ncommand: [grep, -q, transcript]\nretry: {max: 0}\non: [{topic: recording.ended}]\n\
                          config: {min_words: 1}\n";

/// A daemon to which the examples are sent, over the network and with a key.
struct Story {
    document: Value,
    _daemon: Daemon,
    address: SocketAddr,
    key: String,
    /// The answers, by the names of their routes.
    answers: BTreeMap<String, Vec<Value>>,
    problems: Vec<String>,
}

/// One request of the document.
struct Request {
    id: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    /// The name of the body's example, where there is a body.
    example: Option<String>,
    body: Vec<u8>,
}

impl Story {
    fn begin(scratch: &Scratch) -> Self {
        let plugin = scratch.file("plugins/word-count");
        fs::create_dir_all(&plugin).unwrap();
        fs::set_permissions(scratch.data(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        fs::write(plugin.join("plugin.yaml"), WORD_COUNT).unwrap();
        let (daemon, address) = listening(scratch, &[]);
        let made = daemon.post("/keys", &json!({"name": "laptop", "role": "admin"})).json();
        let key = made["key"].as_str().unwrap().to_owned();
        Self { document: document(), _daemon: daemon, address, key, answers: BTreeMap::new(), problems: Vec::new() }
    }

    fn send(&self, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
        let key = format!("Bearer {}", self.key);
        let mut fields: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("authorization", &key));
        Connection::to(self.address).unwrap().request(method, path, &fields, body).unwrap()
    }

    fn get(&self, path: &str) -> Value {
        self.send("GET", path, &[], b"").json()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.send("POST", path, &[("content-type".to_owned(), "application/json".to_owned())], body.to_string().as_bytes()).json()
    }

    /// Makes what a request is about, where those before it have not.
    fn prepare(&self, id: &str) {
        match id {
            "start_replay" => self.wait_for("done"),
            "retry_event" | "discard_event" => {
                self.post("/events", &json!({"type": "recording.ended", "data": {"minutes": 12}}));
                self.wait_for("dead");
            }
            "cancel_event" => {
                let now = self.get("/status")["started_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
                let tomorrow = (now + jiff::SignedDuration::from_hours(24)).to_string();
                self.post("/events", &json!({"type": "recording.ended", "deliver_at": tomorrow, "data": {"transcript": "six"}}));
            }
            "pause_replay" => {
                let started = self.post("/events/replay", &json!({"selection": {"topic": "recording.*"}, "name": "slowly", "rate": 1}));
                assert_eq!(started["changed"], true, "{started}");
            }
            _ => {}
        }
    }

    /// Waits until the newest event's delivery is in a state.
    fn wait_for(&self, state: &str) {
        until(state, || (self.get("/events/@last")["deliveries"][0]["state"] == state).then_some(()));
    }

    fn tell(&mut self, mut request: Request, route: &Value) {
        self.prepare(&request.id);
        for (_, value) in request.headers.iter_mut().filter(|(name, _)| name == "If-Match") {
            // As every client does: the tag of what the change is made on.
            *value = self.send("GET", "/config/overlay", &[], b"").header("etag").to_owned();
        }
        let answer = if request.id == "stream_events" {
            self.stream(&request)
        } else {
            self.send(&request.method, &request.path, &request.headers, &request.body)
        };
        let about = format!("{} ({}): {}", request.id, request.example.as_deref().unwrap_or("-"), answer.status);
        let shown = String::from_utf8_lossy(&answer.body[..answer.body.len().min(2_000)]).into_owned();
        let described = resolved(&self.document, &route["responses"][answer.status.to_string()]).clone();
        if answer.status >= 300 || described.is_null() {
            self.problems.push(format!("{about}, {shown}"));
            return;
        }
        let mut problems = headers_that_differ(&self.document, &described, &answer);
        let media_type = answer.header("content-type").split(';').next().unwrap_or("").to_owned();
        match described["content"].get(&media_type).or_else(|| described["content"].get("*/*")) {
            None => problems.push(format!("`{media_type}` is not announced")),
            Some(content) => {
                let schema = content.get("schema");
                if let Some((schema, value)) = schema.and_then(|schema| Some((schema, read(&media_type, &answer.body)?))) {
                    problems.extend(misfits(&self.document, schema, &value));
                    let mut kept = json!({ "status": answer.status, "media_type": media_type, "value": cut(&request.id, value) });
                    if let Some(name) = request.example.as_deref().filter(|name| *name != "example") {
                        kept["request"] = name.into();
                    }
                    self.answers.entry(request.id.clone()).or_default().push(kept);
                }
            }
        }
        self.problems.extend(problems.into_iter().map(|problem| format!("{about}: {problem}; {shown}")));
    }

    /// The head of the stream, and as much of it as there is of one event.
    fn stream(&self, request: &Request) -> Answer {
        let mut connection = Connection::to(self.address).unwrap();
        let key = format!("Bearer {}", self.key);
        connection.send_head("GET", &format!("{}?after=0&topic=recording.begun", request.path), &[("authorization", &key)]).unwrap();
        let (status, headers) = connection.read_head().unwrap();
        let (_wire, mut lines) = connection.body_lines();
        let mut body = String::new();
        // How long to wait before a client begins again, and an event.
        while body.matches("\n\n").count() < 2 {
            body += &lines.next_line().unwrap().expect("a stream has no end");
            body.push('\n');
        }
        Answer { status, headers, body: body.into_bytes() }
    }
}

/// The requests of one route: one for each example of its body, or one without a body.
fn requests(path: &str, method: &str, route: &Value) -> Vec<Request> {
    let parameters = || route["parameters"].as_array().into_iter().flatten();
    let of = |place: &'static str| parameters().filter(move |one| one["in"] == place && one.get("example").is_some());
    let filled = of("path").fold(path.to_owned(), |path, one| path.replace(&format!("{{{}}}", text(&one["name"])), text(&one["example"])));
    let asked: Vec<String> = of("query").map(|one| format!("{}={}", text(&one["name"]), encoded(text(&one["example"])))).collect();
    let filled = if asked.is_empty() { filled } else { format!("{filled}?{}", asked.join("&")) };
    let id = text(&route["operationId"]).to_owned();
    let of_binary_mode = |media_type: &str, name: &str| media_type == "*/*" && name.starts_with("ce-");
    let make = |media_type: &str, example: Option<(&String, &Value)>| {
        let sent = of("header").filter(|one| one["required"] == true || of_binary_mode(media_type, text(&one["name"])));
        let mut headers: Vec<(String, String)> =
            sent.map(|one| (text(&one["name"]).to_owned(), text(&one["example"]).to_owned())).collect();
        let media_type = if media_type == "*/*" { "text/plain" } else { media_type };
        if example.is_some() {
            headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        }
        let body = example.map_or_else(String::new, |(_, example)| match &example["value"] {
            Value::String(plain) => plain.clone(),
            value => value.to_string(),
        });
        Request {
            id: id.clone(),
            method: method.to_uppercase(),
            path: filled.clone(),
            headers,
            example: example.map(|(name, _)| name.clone()),
            body: body.into_bytes(),
        }
    };
    let contents = route["requestBody"]["content"].as_object();
    let with_body = contents
        .into_iter()
        .flatten()
        .flat_map(|(media_type, content)| content["examples"].as_object().into_iter().flatten().map(move |example| (media_type, example)));
    let requests: Vec<Request> = with_body.map(|(media_type, example)| make(media_type, Some(example))).collect();
    if requests.is_empty() { vec![make("", None)] } else { requests }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:@".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What a reference leads to.
fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => value,
    }
}

/// The body as the document's examples have it: of lines the first; none of what is no text.
fn read(media_type: &str, body: &[u8]) -> Option<Value> {
    match media_type {
        "text/event-stream" => Some(String::from_utf8(body.to_vec()).unwrap().into()),
        "application/x-ndjson" => Some(serde_json::from_slice(body.split(|byte| *byte == b'\n').next()?).unwrap()),
        json if json.ends_with("json") => Some(serde_json::from_slice(body).unwrap()),
        _ => None,
    }
}

/// Announced headers that an answer lacks, and headers that it has unannounced.
fn headers_that_differ(document: &Value, described: &Value, answer: &Answer) -> Vec<String> {
    let announced: BTreeMap<String, &Value> =
        described["headers"].as_object().unwrap().iter().map(|(name, header)| (name.to_lowercase(), resolved(document, header))).collect();
    let mut problems = Vec::new();
    for (name, header) in &announced {
        match answer.headers.get(name) {
            Some(value) => {
                let value = if header["schema"]["type"] == "integer" {
                    value.parse::<u64>().map_or(Value::Null, Value::from)
                } else {
                    json!(value)
                };
                problems.extend(misfits(document, &header["schema"], &value).into_iter().map(|misfit| format!("{name}: {misfit}")));
            }
            None if header["required"] == true => problems.push(format!("`{name}` is missing")),
            None => {}
        }
    }
    let is_known = |name: &str| announced.contains_key(name) || OF_HTTP.contains(&name) || name.starts_with("ce-");
    problems.extend(answer.headers.keys().filter(|name| !is_known(name)).map(|name| format!("`{name}` is not announced")));
    problems
}

/// What of a value does not fit a schema of the document.
fn misfits(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut named = Map::new();
    name_all(document, schema, &mut named);
    let whole = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema], "components": { "schemas": named } });
    let validator = jsonschema::validator_for(&whole).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Everything that a schema refers to, and what that refers to.
fn name_all(document: &Value, schema: &Value, named: &mut Map<String, Value>) {
    match schema {
        Value::Object(fields) => {
            if let Some(name) =
                fields.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix("#/components/schemas/"))
                && !named.contains_key(name)
            {
                let target = &document["components"]["schemas"][name];
                named.insert(name.to_owned(), target.clone());
                name_all(document, target, named);
            }
            fields.values().for_each(|inner| name_all(document, inner, named));
        }
        Value::Array(items) => items.iter().for_each(|item| name_all(document, item, named)),
        _ => {}
    }
}

/// An answer as short as an example is: two of each list, and of what describes settings the first.
fn cut(id: &str, mut value: Value) -> Value {
    fn shorten(value: &mut Value) {
        match value {
            Value::Array(items) => {
                items.truncate(SHOWN_MAX);
                items.iter_mut().for_each(shorten);
            }
            Value::Object(fields) => fields.values_mut().for_each(shorten),
            _ => {}
        }
    }
    shorten(&mut value);
    if id == "get_config_schema"
        && let Value::Object(fields) = &mut value
    {
        let first = |fields: &Map<String, Value>| fields.clone().into_iter().take(1).collect::<Map<String, Value>>();
        fields.retain(|name, inner| name == "properties" || !(inner.is_object() || inner.is_array()));
        if let Some(Value::Object(properties)) = fields.get_mut("properties") {
            *properties = first(properties);
        }
    }
    value
}

/// The answers without what is of this machine alone.
fn anywhere(story: &Story, scratch: &Scratch) -> String {
    let text = format!("{}\n", serde_json::to_string_pretty(&story.answers).unwrap());
    let text =
        text.replace(scratch.data().to_str().unwrap(), "/var/lib/panotti").replace(scratch.path().to_str().unwrap(), "/var/lib/panotti");
    let text = text.replace(&story.address.to_string(), "127.0.0.1:7700");
    let text = Regex::new("\"user:[^\"]+\"").unwrap().replace_all(&text, "\"user:ana\"").into_owned();
    Regex::new("pnt_[0-9A-Za-z]{12}_[0-9A-Za-z_]+").unwrap().replace_all(&text, "pnt_4tZ0mBq7Xc2L_...").into_owned()
}

#[test]
fn every_example_of_the_openapi_document_is_taken_and_answered_as_the_document_says() {
    let scratch = Scratch::new();
    let mut story = Story::begin(&scratch);
    let document = story.document.clone();
    let mut routes: Vec<(usize, &str, &str, &Value)> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, route) in methods.as_object().unwrap() {
            let verb = text(&route["operationId"]).split('_').next().unwrap_or_default();
            let place = ORDER.split_whitespace().position(|known| known == verb);
            let place = place.unwrap_or_else(|| panic!("`{verb}` is not in this order: say when such a route is asked"));
            routes.push((place, path, method, route));
        }
    }
    routes.sort_by_key(|(place, ..)| *place);
    for (_, path, method, route) in routes {
        for request in requests(path, method, route) {
            story.tell(request, route);
        }
    }
    assert!(story.problems.is_empty(), "{} problems:\n{}", story.problems.len(), story.problems.join("\n"));

    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(ANSWERS);
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        fs::write(&kept, anywhere(&story, &scratch)).unwrap();
    }
    let kept: BTreeMap<String, Vec<Value>> = serde_json::from_str(&fs::read_to_string(&kept).unwrap()).unwrap();
    let asked = |answers: &BTreeMap<String, Vec<Value>>| -> Vec<String> {
        let one = |id: &String, answer: &Value| format!("{id} {} {} {}", answer["status"], answer["media_type"], answer["request"]);
        answers.iter().flat_map(|(id, answers)| answers.iter().map(move |answer| one(id, answer))).collect()
    };
    assert_eq!(asked(&kept), asked(&story.answers), "{ANSWERS} is not current: run this test with UPDATE_EXAMPLES=1");
}

#[test]
fn every_example_of_an_answer_fits_what_the_openapi_document_says_of_it() {
    let document = document();
    let mut problems = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, route) in methods.as_object().unwrap() {
            // Failures stand among the components, and are made of their type.
            let told =
                route["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
            let contents = told.chain([&route["requestBody"]]).flat_map(|answer| answer["content"].as_object().into_iter().flatten());
            for (media_type, content) in contents {
                for (name, example) in content["examples"].as_object().into_iter().flatten() {
                    let value = &example["value"];
                    let found = content.get("schema").map(|schema| misfits(&document, schema, value)).unwrap_or_default();
                    problems.extend(found.into_iter().map(|misfit| format!("{method} {path} {media_type} {name}: {misfit}")));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
