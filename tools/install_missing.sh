#!/bin/sh
# Installs what a `make` target needs from outside Python, when it may; otherwise names the exact
# command and fails. Nothing is done when nothing is missing.
#
#   install_missing.sh venv       python3-venv, for Debian's Python without it
#   install_missing.sh services   PostgreSQL, Redis, Chromium and a font, for the tests
set -eu

python=${PY:-python3}

has_program() {
    command -v "$1" >/dev/null 2>&1
}

has_postgres() {
    has_program initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

has_browser() {
    has_program chromium-headless-shell || has_program chromium
}

has_font() {
    [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || [ "$(uname)" = Darwin ]
}

missing=''
case ${1:-} in
venv)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian splits ensurepip by version; python3-venv brings that of its default python3.
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        missing="python$version-venv"
    fi
    ;;
services)
    has_postgres || missing="$missing postgresql"
    has_program redis-server || missing="$missing redis-server"
    has_browser || missing="$missing chromium-headless-shell"
    has_font || missing="$missing fonts-dejavu-core"
    ;;
*)
    echo "usage: $0 venv|services" >&2
    exit 2
    ;;
esac
missing=${missing# }
[ -n "$missing" ] || exit 0

tell_and_stop() {
    echo "Missing on this machine: $missing" >&2
    echo "$1" >&2
    exit 1
}

if ! has_program apt-get; then
    tell_and_stop "Install it with this system's own package manager, then run make again."
elif [ "$(id -u)" = 0 ]; then
    as_root=''
elif has_program sudo && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    tell_and_stop "This account may not install it. Ask an administrator to run:
    apt-get update && apt-get install --no-install-recommends $missing"
fi

echo "Installing $missing"
# The words of $missing and $as_root are meant to be split.
# shellcheck disable=SC2086
{
    $as_root apt-get -qq update
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y install --no-install-recommends $missing >/dev/null
}
