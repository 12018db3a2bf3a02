#!/bin/sh
# Fetches the 329 GitHub webhook payloads that the tests of filters run on, into .payloads/, where they are not there yet.
#
# They are the examples of the npm package @octokit/webhooks-examples (MIT), of one version, held by its checksum. npm knows where from.

set -eu
cd "$(dirname "$0")/.."
package=@octokit/webhooks-examples
version=7.6.1
tarball_sha256=89e6cb1c6345d32e3dd775617fa54effbdc26c859e514898d7728e95e9738280
payloads_sha256=09d8f0c617876ae9dad22e26fea5510bfcaad50ee7e602659f6db25b87b25815
payloads=.payloads/github-$version.json

holds() {
    echo "$1  $2" | sha256sum --check --status 2>/dev/null
}

[ ! -f "$payloads" ] || ! holds "$payloads_sha256" "$payloads" || exit 0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
echo "fetching $package $version"
# Its cache is there too, so that nothing is written into the home folder.
npm pack "$package@$version" --pack-destination "$scratch" --cache "$scratch/cache" --loglevel error --no-update-notifier >"$scratch/name"
tarball=$scratch/$(cat "$scratch/name")
holds "$tarball_sha256" "$tarball" || { echo "what npm gave for $package $version is not what was expected" >&2; exit 1; }
mkdir -p .payloads
tar -xzf "$tarball" -C "$scratch" package/api.github.com/index.json
mv "$scratch/package/api.github.com/index.json" "$payloads"
