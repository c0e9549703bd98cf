#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# The ABI rows as static assertions of a 32-bit compiler: nothing is run and no 32-bit C library is
# needed, so this works wherever the compiler knows -m32.

set -u

top=${top_srcdir:-$(dirname "$0")/../..}
build=${top_builddir:-.}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
count=0

say() { # say STATUS TEXT
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}

printf '#include "abi_static.h"\n' >"$work/rows.c"
printf '#include <stdint.h>\n_Static_assert(sizeof(void *) == 4, "32 bits");\n' >"$work/probe.c"
printf '#define UNICODE\n#include "abi_static.h"\n' >"$work/broken.c"

for compiler in gcc clang; do
    set -- "$compiler" -m32 -ffreestanding -std=gnu11 -fsyntax-only -I "$top/include/common" \
        -I "$top/include/secur32" -I "$top/tests/unit" -I "$build"
    if ! "$@" "$work/probe.c" 2>/dev/null; then
        count=$((count + 1))
        echo "ok $count # SKIP $compiler cannot compile for 32 bits here"
        continue
    fi
    "$@" -Wall -Wextra -Wpedantic -Wundef -Werror "$work/rows.c" >"$work/log" 2>&1
    status=$?
    sed 's/^/# /' "$work/log" | head -n 40
    say $status "$compiler -m32: every size, offset and value"

    # The rows are made without UNICODE; with it some of them must fail, or nothing was checked.
    if "$@" "$work/broken.c" >"$work/log" 2>&1; then status=1; else status=0; fi
    grep -q 'length of UNISP_NAME' "$work/log" || status=1
    say $status "$compiler -m32: a wrong row is an error"
done
echo "1..$count"
