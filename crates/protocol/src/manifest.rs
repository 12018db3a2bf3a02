//! `plugin.yaml` as written.
