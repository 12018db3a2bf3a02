#!/bin/sh
# Holds docs/openapi.json to the rules of scripts/redocly.yaml, and to the schema of OpenAPI 3.1.
#
# The linter is installed into .node where it is missing.

set -eu
cd "$(dirname "$0")/.."
version=2.77.0

installed=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' .node/node_modules/@redocly/cli/package.json 2>/dev/null || true)
if [ "$installed" != "$version" ]; then
    echo "installing into .node: @redocly/cli $version"
    npm install --prefix .node --no-save --no-audit --no-fund --loglevel error --no-update-notifier "@redocly/cli@$version"
fi

export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
.node/node_modules/.bin/redocly lint docs/openapi.json --config scripts/redocly.yaml --max-problems 200
.venv/bin/python -m openapi_spec_validator --schema 3.1 docs/openapi.json
