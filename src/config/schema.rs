//! The JSON Schema of `panotti.yaml`, made from the table of settings: for editors, and for whoever writes the file with a program. The
//! daemon itself reads more strictly: bounds of sizes and durations are told in words here.

use serde_json::{Map, Value, json};

use super::load::CONFIG_VERSION;
use super::settings::{Form, SettingRow, TABLE};

/// The schema.
pub fn json_schema() -> Value {
    let mut sections: Map<String, Value> = Map::new();
    for row in TABLE {
        let (section, key) = row.parts();
        let section = sections.entry(section).or_insert_with(
            || json!({ "type": ["object", "null"], "properties": {}, "patternProperties": { "^x-": true }, "additionalProperties": false }),
        );
        section["properties"][key] = setting(row);
    }
    let version = json!({ "description": "The form of this file.", "type": "integer", "minimum": 1, "maximum": CONFIG_VERSION });
    sections.insert("config_version".to_owned(), version);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "panotti.yaml",
        "description": "Settings of Panotti. `panotti config list` shows what is in force and where it comes from.",
        "type": ["object", "null"],
        "properties": sections,
        "patternProperties": { "^x-": true },
        "additionalProperties": false,
    })
}

fn setting(row: &SettingRow) -> Value {
    let counts = if row.is_live() { "A change counts at once." } else { "A change counts from the next start on." };
    let mut schema = form(row.form);
    schema["description"] = json!(format!("{} {}. {counts}", row.description, capitalised(&row.form.describe())));
    if let Some(default) = default(row) {
        schema["default"] = default;
    }
    schema
}

fn form(form: Form) -> Value {
    match form {
        Form::Bytes { .. } => json!({ "type": ["string", "integer"] }),
        Form::Duration { .. } => json!({ "type": "string" }),
        Form::Integer { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Word(words) => json!({ "enum": words }),
        Form::Switch => json!({ "type": "boolean" }),
        Form::Address | Form::File => json!({ "type": "string" }),
        Form::Group => json!({ "type": ["string", "integer"] }),
        Form::Folders | Form::Names | Form::Topics | Form::LocalRoles => {
            json!({ "type": "array", "items": { "type": "string", "minLength": 1 } })
        }
        Form::Ages { .. } => json!({ "type": ["object", "string"], "additionalProperties": { "type": "string" } }),
    }
}

fn default(row: &SettingRow) -> Option<Value> {
    match row.form {
        Form::Folders | Form::Names | Form::Topics | Form::LocalRoles => None,
        Form::Switch => row.default.parse::<bool>().ok().map(Value::from),
        Form::Integer { .. } => row.default.parse::<u64>().ok().map(Value::from),
        _ => Some(Value::from(row.default)),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_in_it_and_nothing_else_is_allowed() {
        let schema = json_schema();
        for row in TABLE {
            let (section, key) = row.parts();
            let found = &schema["properties"][section]["properties"][key];
            assert!(found["description"].as_str().is_some_and(|text| text.starts_with(row.description)), "{}", row.key);
        }
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["properties"]["store"]["additionalProperties"], json!(false));
    }
}
