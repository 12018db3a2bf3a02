#!/bin/sh
# Writes everything that is generated anew: man pages, completions, the pages of the error codes, of the settings and of the limits.
# The tests that compare them do the writing.

set -eu
cd "$(dirname "$0")/.."
UPDATE_GENERATED=1 cargo test --locked --features defects --test integration -- generated
git status --short man completions docs
