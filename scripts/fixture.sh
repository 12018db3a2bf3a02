#!/bin/sh
# Writes a small store as the present version writes it, for the upgrade tests of later versions:
# `scripts/fixture.sh tests/fixtures/store-0.1.0`. A released version's fixture is never written again.

set -eu
cd "$(dirname "$0")/.."
target=${1:?"usage: scripts/fixture.sh FOLDER"}
[ ! -e "$target" ] || { echo "$target is there already; what a version wrote is not written again" >&2; exit 1; }
program=${PANOTTI:-target/release/panotti}

scratch=$(mktemp -d)
data=$scratch/data
stop() {
    "$program" --data "$data" daemon stop -q >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap stop EXIT INT TERM

# One in five fails on every attempt.
mkdir -p "$data/plugins/judge"
chmod 700 "$data"
cat >"$data/plugins/judge/plugin.yaml" <<'YAML'
name: judge
version: 1.0.0
runtime: exec
command: [sh, judge.sh]
on: [{ topic: unit.>, name: unit }]
retry: { max: 1, first: 100ms, factor: 1, cap: 100ms }
limits: { start: 30s }
YAML
cat >"$data/plugins/judge/judge.sh" <<'SHELL'
case "$(cat)" in
*'"n":5'*|*'"n":10'*|*'"n":15'*|*'"n":20'*) echo "this one never works" >&2; exit 3 ;;
esac
panotti emit judged.well '{"ok":true}'
SHELL

"$program" --data "$data" daemon start -q
n=0
while [ $n -lt 20 ]; do
    n=$((n + 1))
    "$program" --data "$data" event publish "unit.$((n % 3))" "{\"n\":$n}" --id "unit-$n" --source /fixture -q
done
"$program" --data "$data" event publish note.text 'plain words' --content-type text/plain -q
until [ "$("$program" --data "$data" daemon status -o json | python3 -c 'import json,sys; d=json.load(sys.stdin)["events"]["deliveries"]; print(sum(d.get(s, 0) for s in ("pending", "leased", "waiting")))')" = 0 ]; do :; done
"$program" --data "$data" daemon stop -q

mkdir -p "$target"
for file in panotti.db seal store-id; do
    cp "$data/$file" "$target/$file"
done
echo "written: $target"
