//! Generated files are current: man pages, completion scripts, pages of the error codes. `UPDATE_GENERATED=1` writes them anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;
use panotti::cli::generate::{completion_script, error_index, error_page, settings_page};
use panotti::daemon::api::openapi;
use panotti_protocol::failure::ErrorCode;

use super::tree::visible;

fn check(folder: &str, expected: &BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for stale in files(&folder).into_iter().filter(|path| !expected.contains_key(&name(path))) {
            fs::remove_file(stale).unwrap();
        }
        for (name, text) in expected {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let there: Vec<String> = files(&folder).iter().map(|path| name(path)).collect();
    let wanted: Vec<String> = expected.keys().cloned().collect();
    assert_eq!(there, wanted, "{} is not current: run the tests with UPDATE_GENERATED=1", folder.display());
    for (name, text) in expected {
        let present = fs::read_to_string(folder.join(name)).unwrap();
        assert!(present == *text, "{}/{name} is not current: run the tests with UPDATE_GENERATED=1", folder.display());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn man_pages_are_current() {
    let mut pages = BTreeMap::new();
    for (words, command) in visible() {
        let name = words.replace(' ', "-");
        let mut page = Vec::new();
        clap_mangen::Man::new(command.name(name.clone())).render(&mut page).unwrap();
        pages.insert(format!("{name}.1"), String::from_utf8(page).unwrap());
    }
    check("man", &pages);
}

#[test]
fn completion_scripts_are_current() {
    let scripts = [
        ("panotti.bash", Shell::Bash),
        ("_panotti", Shell::Zsh),
        ("panotti.fish", Shell::Fish),
        ("_panotti.ps1", Shell::PowerShell),
        ("panotti.elv", Shell::Elvish),
    ];
    check("completions", &scripts.into_iter().map(|(name, shell)| (name.to_owned(), completion_script(shell))).collect());
}

/// One file that is generated.
fn check_file(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let present = fs::read_to_string(&path).unwrap_or_default();
    assert!(present == expected, "{name} is not current: run the tests with UPDATE_GENERATED=1");
}

#[test]
fn the_reference_of_the_settings_is_current() {
    check_file("docs/settings.md", &settings_page());
}

#[test]
fn the_openapi_document_is_current() {
    check_file("docs/openapi.json", &openapi::text());
}

#[test]
fn the_schema_of_the_settings_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/panotti.schema.json");
    let schema = format!("{:#}\n", panotti::config::schema::json_schema());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let present = fs::read_to_string(&path).unwrap_or_default();
    assert!(present == schema, "docs/panotti.schema.json is not current: run the tests with UPDATE_GENERATED=1");
}

#[test]
fn every_error_code_has_its_page() {
    let mut pages: BTreeMap<String, String> = ErrorCode::TABLE.iter().map(|row| (format!("{}.md", row.code), error_page(row))).collect();
    pages.insert("README.md".to_owned(), error_index(ErrorCode::TABLE));
    check("docs/errors", &pages);
}
