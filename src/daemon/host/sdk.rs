//! The Python SDK that is part of the binary, written where plugins find it.

use std::path::{Path, PathBuf};

macro_rules! files {
    ($($name:literal,)+) => {
        /// Every file of `sdk/python/panotti`.
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../../sdk/python/panotti/", $name))),)+];
    };
}

files! {
    "__init__.py",
    "_base.py",
    "_batch.py",
    "_delivery.py",
    "_events.py",
    "_function.py",
    "_handlers.py",
    "_json.py",
    "_limits.py",
    "_main.py",
    "_outcomes.py",
    "_payload.py",
    "_place.py",
    "_runner.py",
    "_state.py",
    "_wire.py",
    "pytest_plugin.py",
    "testing.py",
    "py.typed",
}

/// Writes the SDK to `<run>/sdk-VERSION/panotti/` and gives the folder for `PYTHONPATH`.
///
/// # Errors
/// The system's.
pub fn write(run: &Path) -> std::io::Result<PathBuf> {
    let path = run.join(concat!("sdk-", env!("CARGO_PKG_VERSION")));
    let package = path.join("panotti");
    std::fs::create_dir_all(&package)?;
    for (name, content) in FILES {
        let file = package.join(name);
        if std::fs::read(&file).ok().as_deref() != Some(content.as_bytes()) {
            std::fs::write(&file, content)?;
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_sdk_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk/python/panotti");
        let there = std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file());
        for name in there.map(|entry| entry.file_name().into_string().unwrap()) {
            assert!(FILES.iter().any(|(file, _)| *file == name), "{name} is missing in src/daemon/host/sdk.rs");
        }
    }
}
