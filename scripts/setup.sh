#!/bin/sh
# Installs what is missing on a Debian machine, and nothing else: `scripts/setup.sh demo` or `scripts/setup.sh test`.
#
# Debian packages only where a command is missing; Python packages only into .venv. Where it may not install, it names what
# to install and stops.

set -eu
cd "$(dirname "$0")/.."
purpose=${1:?"usage: scripts/setup.sh demo|test"}

missing=""

# Notes a Debian package where a command is not there.
need() {
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

need cc "gcc libc6-dev"
need python3 python3
if [ "$purpose" = test ]; then
    need git git
    need strace strace
    need node nodejs
    need npm npm
    need jq jq
    need curl curl
    need mkfs.ext4 e2fsprogs
    need losetup mount
    need systemd-analyze systemd
    # Debian ships ensurepip apart from python3.
    if command -v python3 >/dev/null 2>&1; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
    else
        missing="$missing python3-venv"
    fi
fi

install_packages() {
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"
        [ -n "$as_root" ] || { echo "missing, and only root may install it: apt-get install$missing" >&2; exit 1; }
    fi
    command -v apt-get >/dev/null 2>&1 || { echo "missing, and there is no apt-get here; please install:$missing" >&2; exit 1; }
    echo "installing:$missing"
    log=$(mktemp)
    # Word splitting is meant: one word a package.
    # shellcheck disable=SC2086
    if ! { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing; } \
        >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$log"
        echo "could not install:$missing" >&2
        exit 1
    fi
    rm -f "$log"
}

[ -z "$missing" ] || install_packages

command -v cargo >/dev/null 2>&1 || { echo "cargo is missing: install a Rust toolchain, $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer" >&2; exit 1; }

# The tools of the Python tests, anew whenever their list changes.
install_python_packages() {
    echo "installing into .venv: $(tr '\n' ' ' <scripts/python-requirements.txt)"
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/python-requirements.txt
    cp scripts/python-requirements.txt .venv/installed.txt
}

if [ "$purpose" = test ]; then
    cmp -s scripts/python-requirements.txt .venv/installed.txt || install_python_packages
    scripts/github-payloads.sh
    scripts/cloudevents-sdk.sh
fi
