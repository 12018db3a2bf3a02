#!/usr/bin/env bash
# Runs every check, one part after another: a part that fails doesn't stop the others, but fails the whole. At the end: how
# each part went, how long it took, and the closing lines of the test runners.
#
# Everything Rust is built once, with one set of features, in the debug profile.

set -uo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test || exit 1

features=(--locked --workspace --features defects)
seeds=${SIMULATION_SEEDS:-1000}
[ "${CI:-}" = true ] && export CARGO_INCREMENTAL=0

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
started=$SECONDS
failed=0
summary=""
closing=""

# part NAME PATTERN COMMAND...: runs a part; lines of its output that match PATTERN are its runner's closing lines.
part() {
    local name=$1 pattern=$2 began=$SECONDS verdict=passed
    shift 2
    printf '\n== %s: %s\n' "$name" "$*"
    "$@" </dev/null 2>&1 | tee "$logs/part"
    [ "${PIPESTATUS[0]}" = 0 ] || { verdict=FAILED; failed=$((failed + 1)); }
    printf '== %s: %s in %d s\n' "$name" "$verdict" $((SECONDS - began))
    summary+=$(printf '  %-14s %-7s %5d s' "$name" "$verdict" $((SECONDS - began)))$'\n'
    [ -z "$pattern" ] || closing+=$(grep -E "$pattern" "$logs/part")$'\n'
}

rust_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        SIMULATION_SEEDS=$seeds cargo nextest run "${features[@]}" --no-fail-fast
    else
        SIMULATION_SEEDS=$seeds cargo test "${features[@]}" --lib --bins --tests --no-fail-fast -- --show-output
    fi
}

python_tests() {
    PYTHONPATH=sdk/python PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest -p panotti.pytest_plugin sdk/python plugins
}

python_types() {
    .venv/bin/python -m mypy --strict scripts/demo.py scripts/api_cases.py && cd sdk/python && ../../.venv/bin/python -m mypy
}

part "format" "" cargo fmt --all --check
part "lints" "" cargo clippy "${features[@]}" --all-targets -- -D warnings
part "rust tests" '^ +Summary \[|^test result: ' rust_tests
part "doc tests" "" cargo test "${features[@]}" --doc
part "openapi" "" scripts/openapi-lint.sh
part "api cases" "" scripts/schemathesis.sh 2000
part "python types" "" python_types
part "python tests" '^=+ .*(passed|failed|error|no tests ran).* in .*=+$' python_tests

printf '\nParts of `make test`, in %d s:\n%s\n%s' $((SECONDS - started)) "$summary" "$closing"
[ "$failed" = 0 ] || { printf '%d of the parts failed\n' "$failed"; exit 1; }
