#!/bin/sh
# Runs every page of the user guide and writes what was printed into those that differ. Read the difference before you commit it.

set -eu
cd "$(dirname "$0")/.."
UPDATE_GUIDE=1 cargo test --locked --features defects --test integration -- guide::
git diff --stat docs README.md
