#!/bin/sh
# Sends generated requests to a debug daemon, as each role that comes with Panotti, and holds every answer against openapi.json:
# `scripts/schemathesis.sh [CASES]`, 2,000 in all where no number is given. What is left out, and why, stands in scripts/api_cases.py.

set -eu
cd "$(dirname "$0")/.."
cargo build --locked --workspace --features defects --bin panotti
exec .venv/bin/python scripts/api_cases.py "${1:-2000}"
