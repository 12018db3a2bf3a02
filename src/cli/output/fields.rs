//! Fields of JSON values by dotted path: listing, checking and choosing them. A list is a leaf: paths do not go into it.

use panotti_protocol::failure::{ErrorCode, Failure};
use serde_json::{Map, Value};

use crate::config::suggest::did_you_mean;

/// The value at a dotted path; null where there is none.
pub fn get<'v>(value: &'v Value, path: &str) -> &'v Value {
    const NOTHING: &Value = &Value::Null;
    path.split('.').fold(value, |value, name| value.get(name).unwrap_or(NOTHING))
}

/// An object with only the chosen fields, in their order, named by their paths.
pub fn choose(value: &Value, names: &[String]) -> Value {
    let mut chosen = Map::new();
    for name in names {
        chosen.insert(name.clone(), get(value, name).clone());
    }
    Value::Object(chosen)
}

/// Refuses fields that there are not, with a suggestion.
///
/// # Errors
/// `usage`.
pub fn check(names: &[String], known: &[&str]) -> Result<(), Failure> {
    let fits = |name: &str| known.iter().any(|field| *field == name || field.starts_with(&format!("{name}.")));
    match names.iter().find(|name| *name != "?" && !fits(name)) {
        None => Ok(()),
        Some(name) => {
            let suggestion = did_you_mean(name, known.iter().copied());
            let next = if suggestion.is_empty() { "`--fields '?'` lists all fields".to_owned() } else { suggestion };
            Err(Failure::new(ErrorCode::USAGE, format!("there is no field `{name}` here")).next(next))
        }
    }
}

/// All paths of a value that lead to a leaf.
pub fn paths(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(value, String::new(), &mut found);
    found
}

fn gather(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                gather(value, if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, found);
            }
        }
        _ if path.is_empty() => {}
        _ => found.push(path),
    }
}

/// A value as one cell shows it: text without quotes, nothing for null, the rest as JSON.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_chosen_by_path_and_in_the_order_asked_for() {
        let value = json!({"a": 1, "b": {"c": "x", "d": [1, 2]}});
        assert_eq!(paths(&value), ["a", "b.c", "b.d"]);
        assert_eq!(choose(&value, &["b.c".into(), "a".into()]).to_string(), r#"{"a":1,"b.c":"x"}"#);
        assert_eq!(text(get(&value, "b.d")), "[1,2]");
        assert_eq!(text(get(&value, "b.z.q")), "");
    }

    #[test]
    fn a_field_that_there_is_not_is_refused_with_a_suggestion() {
        assert!(check(&["b".into(), "a".into()], &["a", "b.c"]).is_ok());
        assert_eq!(check(&["eventdi".into()], &["eventid"]).unwrap_err().next, "did you mean `eventid`?");
    }
}
