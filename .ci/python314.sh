#!/usr/bin/env bash
# Prints a Python 3.14 that runs here: one that .ci/python finds, or Debian's own from the suite that has it:
# make test-dependencies PYTHON=$(.ci/python314.sh) VENV=.venv-3.14
#
# Debian's is unpacked with the C library and the others that it was built against into a folder of its own, where
# it disturbs nothing of the machine (20 MB to fetch, some seconds, once). Progress goes to standard error.
set -euo pipefail
cd "$(dirname "$0")/.."

SUITE=forky
FOLDER=${XDG_CACHE_HOME:-$HOME/.cache}/cartsnitch-ci/python3.14
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

say() { echo "python3.14: $*" >&2; }

found() { # the interpreter of that minor version, where there is one
    for python in $(.ci/python --all) "$FOLDER/usr/bin/python3.14"; do
        case $("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) in
        3.14) echo "$python" && return ;;
        esac
    done
    return 1
}

fetch() { # FOLDER: Debian's packages of it and of all that it stands on, whatever is installed here
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
    : >"$1/status"
    printf 'Types: deb\nURIs: http://deb.debian.org/debian\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
        "$SUITE" "$KEYRING" >"$1/debian.sources"
    local apt=(apt-get -qq -o APT::Sandbox::User=root -o Debug::NoLocking=1
        -o Dir::Etc::sourcelist="$1/debian.sources" -o Dir::Etc::sourceparts=-
        -o Dir::State::lists="$1/lists" -o Dir::State::status="$1/status" -o Dir::Cache="$1/cache")
    "${apt[@]}" update
    "${apt[@]}" install --yes --no-install-recommends --download-only python3.14-venv
}

unpack() { # FROM TO: the packages' files, with paths that hold where they lie now
    for package in "$1"/cache/archives/*.deb; do
        dpkg-deb --extract "$package" "$2"
    done
    sed -i "s#'/usr/share/python-wheels/'#'$2/usr/share/python-wheels/'#" "$2"/usr/lib/python3.14/_sysconfigdata_*.py
    local libraries
    libraries=$(dirname "$(find "$2/usr/lib" -name 'libc.so.6')")
    patchelf --set-interpreter "$(find "$libraries" -name 'ld-linux*.so.*')" \
        --force-rpath --set-rpath "$libraries" "$2/usr/bin/python3.14"
}

install() {
    [ "$(id -u)" = 0 ] && [ -f "$KEYRING" ] || {
        say "none is installed, and Debian's can be fetched by root on Debian alone. Install one: pyenv install 3.14."
        exit 1
    }
    command -v patchelf >/dev/null || {
        say "installing patchelf"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq patchelf; } >&2
    }
    download=$(mktemp -d)
    trap 'rm -rf "$download"' EXIT
    say "fetching Debian's, of $SUITE"
    fetch "$download" >&2
    rm -rf "$FOLDER"
    mkdir -p "$FOLDER"
    unpack "$download" "$FOLDER"
}

found || {
    install
    found
}
