#!/bin/sh
# Installs the CloudEvents SDK for JavaScript that tests/doors/sdks.rs works with, into .node/, where it is not there yet: the package and
# what it needs, each of one version and held by its checksum (tests/doors/sdks/package-lock.json). No package runs anything.

set -eu
cd "$(dirname "$0")/.."
from=tests/doors/sdks

# Node looks for packages beside the program that needs them.
mkdir -p .node
cp "$from/publish.mjs" .node/
if [ -d .node/node_modules ] && cmp -s "$from/package-lock.json" .node/installed.json; then
    exit 0
fi
echo "installing into .node: the CloudEvents SDK for JavaScript"
cp "$from/package.json" "$from/package-lock.json" .node/
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
# Its cache is there too, so that nothing is written into the home folder.
npm ci --prefix .node --ignore-scripts --no-audit --no-fund --cache "$scratch" --loglevel error --no-update-notifier
cp "$from/package-lock.json" .node/installed.json
