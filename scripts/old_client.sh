#!/bin/sh
# Builds the program of a released version and runs its commands against a daemon of this one: each must work, or end with 10 and say what
# to do. `scripts/old_client.sh v0.1.0`. By hand: it builds the whole program once more, in a folder of its own.
#
# PANOTTI names this version's program, FOLDER where the old one is built and stays for the next time.

set -eu
cd "$(dirname "$0")/.."
tag=${1:?"usage: scripts/old_client.sh TAG"}
new=${PANOTTI:-target/debug/panotti}
folder=${FOLDER:-${TMPDIR:-/tmp}/panotti-$tag}

[ -x "$new" ] || { echo "there is no $new: build it, or name another with PANOTTI" >&2; exit 1; }
[ -d "$folder/source" ] || git worktree add --detach "$folder/source" "$tag" >/dev/null
CARGO_TARGET_DIR=$folder/target nice -n 19 cargo build --quiet --locked --manifest-path "$folder/source/Cargo.toml" --bin panotti
old=$folder/target/debug/panotti

scratch=$(mktemp -d)
data=$scratch/data
stop() {
    "$new" --data "$data" daemon stop -q >/dev/null 2>&1 || true
    rm -rf "$scratch"
    git worktree remove --force "$folder/source" 2>/dev/null || true
}
trap stop EXIT INT TERM

"$new" --data "$data" daemon start -q
echo "client of $tag, daemon of this tree"

failed=0
# What comes out, and that it is 0 or 10 with a way out.
try() {
    expected=$1
    shift
    code=0
    "$old" --data "$data" "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
    case "$code" in
    "$expected") verdict=works ;;
    10) verdict="refused with 10"; grep -q "fix:\|try:" "$scratch/err" || { verdict="10 without a way out"; failed=1; } ;;
    *) verdict="FAILED with $code: $(head -1 "$scratch/err")"; failed=1 ;;
    esac
    printf '%-45s %s\n' "$*" "$verdict"
}

try 0 health
try 0 daemon status
try 0 daemon status -o json
try 0 event publish unit.1 '{"n":1}' --id first --source /old
try 0 event publish unit.1 '{"n":1}' --id first --source /old
printf '{"type":"unit.2","data":%s}\n' 1 2 3 >"$scratch/lines"
try 0 event publish --jsonl "@$scratch/lines"
try 0 event list
try 0 event list -o json
try 0 event show @last
try 0 event show @last -o json
try 0 event errors
try 0 event replay --failed
try 0 replay list
try 0 plugin list
try 0 plugin list -o json
try 0 config list --effective
try 0 config list --effective -o json
try 0 config get store.bytes_max --effective
try 0 daemon logs
try 4 event show evt_01kc2v7jq8ew2s7q4m8t1n0zcd
try 4 plugin show nobody
try 6 event publish a..b
try 0 daemon stop
exit $failed
