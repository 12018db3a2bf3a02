#!/bin/sh
# `make demo`: builds the program, then shows the whole way on real input. Everything it starts and writes outside of target/
# is in one temporary folder, removed at the end; the home folder is not touched but for Cargo's own downloads.

set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh demo
echo "building (release, without link-time optimisation; the first time takes some minutes) ..."
CARGO_PROFILE_RELEASE_LTO=false cargo build --locked --release --quiet
exec python3 scripts/demo.py "${CARGO_TARGET_DIR:-target}/release/panotti"
