#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# tools/check-layers and tools/check-style find what they are for: each case is a small source tree
# with one file that breaks one rule, or, as often, one that keeps it.

set -u
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0

# case_of NAME CHECKER WANT FILE TEXT...: FILE holds the lines TEXT, below a good head. WANT is clean,
# or a part of what must be said of FILE.
case_of() {
    name=$1 checker=$2 want=$3 file=$4
    shift 4
    count=$((count + 1))
    rm -rf "$work/tree"
    mkdir -p "$work/tree/dlls/secur32" "$work/tree/tests/conformance" "$work/tree/tests/harness" \
        "$work/tree/tools" "$work/tree/${file%/*}"
    echo '# SPDX-License-Identifier: LGPL-2.1-or-later' >"$work/tree/configure.ac"
    {
        echo '/* SPDX-License-Identifier: LGPL-2.1-or-later */'
        printf '%b\n' "$@"
    } >"$work/tree/$file"
    cp "$top/.clang-format" "$work/tree"
    "$top/tools/$checker" "$work/tree" >"$work/out" 2>&1
    got=$?
    if [ "$want" = clean ]; then
        found=$got wanted=0
    else
        found=$got-$(grep -c "^$file:.*$want" "$work/out") wanted=1-1
    fi
    if [ "$found" = "$wanted" ]; then
        echo "ok $count - $checker: $name"
    else
        echo "not ok $count - $checker: $name: got status $got, want $want"
        sed 's/^/# /;10q' "$work/out"
    fi
}
layers() { name=$1; shift; case_of "$name" check-layers "$@"; }
style() { name=$1; shift; case_of "$name" check-style "$@"; }

layers 'base includes the C library' clean dlls/secur32/base/a.c '#include <string.h>'
layers 'base includes nothing of ours' 'must not include' dlls/secur32/base/a.c '#include "sspi/package.h"'
layers 'base includes no thread library' 'must not include' dlls/secur32/base/a.c '#include <pthread.h>'
layers 'base/elf asks the kernel' clean dlls/secur32/base/elf/lock.h '#include <linux/futex.h>'
layers 'sspi includes no schannel' 'must not include' dlls/secur32/sspi/a.c '#include "schannel/context.h"'
layers 'sspi includes no tls' 'must not include' dlls/secur32/sspi/a.c '#  include "tls/tls.h"'
layers 'schannel includes its seams' clean dlls/secur32/schannel/a.c '#include "tls/tls.h"' \
    '#include "platform/platform.h"' '#include "sspi/buffers.h"' '#include "winsspi.h"'
layers 'schannel includes no other sspi header' 'must not include' dlls/secur32/schannel/a.c '#include "sspi/handle.h"'
layers 'schannel includes no GnuTLS' 'must not include' dlls/secur32/schannel/a.c '#include <gnutls/gnutls.h>'
layers 'schannel calls no GnuTLS' behind dlls/secur32/schannel/a.c 'int x(void) { return gnutls_init(); }'
layers 'schannel calls no crypt32' behind dlls/secur32/schannel/a.c 'void x(void) { CertCloseStore(0); }'
layers 'schannel knows no platform' 'differ by file' dlls/secur32/schannel/a.c '#ifdef _WIN32' '#endif'
layers 'tls.h knows no Windows' 'must not include' dlls/secur32/tls/tls.h '#include "winsspi.h"'
layers 'the backend includes GnuTLS' clean dlls/secur32/tls/gnutls/a.c '#include <gnutls/gnutls.h>'
layers 'the backend includes no Windows' 'must not include' dlls/secur32/tls/gnutls/a.c '#include <windows.h>'
layers 'the crossing includes no schannel' 'must not include' dlls/secur32unix/unix.c '#include "schannel/context.h"'
layers 'the crossing includes its parameters' clean dlls/secur32/tls/unixcall.c '#include "secur32unix/params.h"'
layers 'platform/pe includes the system' clean dlls/secur32/platform/pe/a.c '#include <ncrypt.h>'
layers 'platform/pe includes no tls' 'must not include' dlls/secur32/platform/pe/a.c '#include "tls/tls.h"'
layers 'platform/elf includes no pe' 'must not include' dlls/secur32/platform/elf/a.c '#include "platform/pe/x.h"'
layers 'only library.h includes GnuTLS' 'must not include' dlls/secur32/platform/elf/keys.c '#include <gnutls/x509.h>'
layers 'library.h does' clean dlls/secur32/platform/elf/library.h '#include <gnutls/x509.h>'
layers 'misc includes no tls' 'must not include' dlls/secur32/misc/a.c '#include "tls/tls.h"'
layers 'no way round by ..' 'must not include' dlls/secur32/sspi/a.c '#include "../schannel/context.h"'
layers 'no macro as a name' 'names no file' dlls/secur32/sspi/a.c '#include NAME'
layers 'conformance includes no internal header' 'must not include' tests/conformance/a.c '#include "base/span.h"'
layers 'conformance includes the harness' clean tests/conformance/a.c '#include "harness.h"'
layers 'tools include no internal header' 'must not include' tools/a.c '#include "tls/tls.h"'

long=$(printf '%0101d' 0)
lines() { awk -v n="$1" 'BEGIN { while (n--) print "    x();" }'; }
style 'clean' clean dlls/secur32/a.c 'int x(void);'
style 'tab at the start' tab dlls/secur32/a.c '\tint x(void);'
style 'trailing blank' 'trailing blank' dlls/secur32/a.c 'int x(void); '
style 'carriage return' 'carriage return' dlls/secur32/a.c 'int x(void);\r'
style 'long line' columns dlls/secur32/a.c "/* $long */"
style 'long line of a table' clean dlls/secur32/a.c '/* clang-format off */' "/* $long */" '/* clang-format on */'
style '// comment' '// comment' dlls/secur32/a.c 'int x(void); // why'
style '// in a string' clean dlls/secur32/a.c 'const char *x = "http://localhost";'
style 'fact by number' 'by number' dlls/secur32/a.c "/* as B""55 says */"
style 'hexadecimal number' clean dlls/secur32/a.c '/* 0xB55 */'
style '70 lines' clean dlls/secur32/a.c 'void y(void)' '{' "$(lines 70)" '}'
style '71 lines' 'a function of 71' dlls/secur32/a.c 'void y(void)' '{' "$(lines 71)" '}'
style '700 lines' clean dlls/secur32/a.c '/* clang-format off */' "$(lines 698)"
style '701 lines' 'more than 700' dlls/secur32/a.c '/* clang-format off */' "$(lines 699)"
echo "1..$count"
