//! The host with real plugins and a bus that only answers. Process trees are in `plugins`, with the real daemon.

mod plugins;
