#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Runs the Windows tests of a build in a prefix where secur32 is installed: the conformance program,
# then the unit tests that are built for Windows. Prints their TAP.
set -u

if [ $# -ne 3 ] || [ "$1" = --help ]; then
    echo "Usage: wine-conformance.sh BUILD PREFIX x86_64|i386"
    [ "${1:-}" = --help ] && exit 0
    exit 2
fi
build=$(cd "$1" && pwd) && prefix=$(cd "$2" && pwd) || exit 2
arch=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
lists=
if command -v python3 >/dev/null; then
    mkfifo "$work/url"
    python3 "$here/../harness/serve-lists" "$work/pki" >"$work/url" &
    server=$!
    read -r lists <"$work/url"
fi
sh "$here/../harness/make-pki" ${lists:+--crl-url "$lists"} "$work/pki" >"$work/pki.log" 2>&1 ||
    { cat "$work/pki.log"; echo "Bail out! no certificates"; exit 1; }

# Wine's own messages would stand in the middle of the tests' lines.
export WINEDEBUG=${WINEDEBUG:--all}
result=0
ran=0
for program in "$build/$arch-windows"/conformance.exe "$build/$arch-windows"/test_*.exe; do
    [ -e "$program" ] || continue
    ran=$((ran + 1))
    echo "# $program"
    # Wine gives Unix paths to the C library's fopen as drive Z.
    SECUR32_TEST_PKI="Z:$work/pki" timeout 900 "$build/tools/secur32-setup" run \
        --prefix "$prefix" --from "$build" -- "$program" || result=1
done
[ $ran != 0 ] || { echo "1..0 # SKIP no Windows tests for $arch were built"; exit 77; }
exit $result
