#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# gen-exports refuses wrong lists, and check-exports finds what is wrong in a DLL: each case makes
# one change to the real list, or to a DLL made of it.

# The dollar signs are those of sed and of the assembler.
# shellcheck disable=SC2016

set -u
export LC_ALL=C

top=${top_srcdir:-$(dirname "$0")/../..}
list=$top/dlls/secur32/exports.list
schannel_list=$top/dlls/schannel/exports.list
gen=$top/tools/gen-exports
check=$top/tools/check-exports
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
count=0

say() { # say STATUS TEXT
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}

skip() {
    count=$((count + 1))
    echo "ok $count # SKIP $1"
}

# ---- what is not built ----

# The conformance program's list of exports that say so, against README's.
names=$(sed -n '/^static const char \*const not_built\[\]/,/^};/s/.*"\([A-Za-z0-9]*\)".*/\1/p' \
    "$top/tests/conformance/exports.c")
missing=0
for name in $names; do
    grep -q "\<$name\>" "$top/README.md" || { echo "# README.md does not name $name"; missing=1; }
done
[ -n "$names" ] && [ $missing -eq 0 ]
say $? "README names every export that is not built"

# ---- gen-exports ----

"$gen" secur32-def "$list" >"$work/secur32.def" &&
    grep -q '^    VerifySignature @101$' "$work/secur32.def" &&
    ! grep -q ' =' "$work/secur32.def"
say $? "module definition of secur32.dll"
"$gen" sspicli-def "$list" >"$work/sspicli.def" &&
    [ "$(grep -c ' = secur32\.[A-Za-z]* @[0-9]*$' "$work/sspicli.def")" -eq 111 ]
say $? "module definition of sspicli.dll"
"$gen" schannel-def "$schannel_list" >"$work/schannel.def" &&
    [ "$(grep -c ' = secur32\.[A-Za-z]* @[0-9]*$' "$work/schannel.def")" -eq 38 ]
say $? "module definition of schannel.dll"
"$gen" schannel-def "$list" >"$work/out" 2>/dev/null
[ $? -eq 1 ] && [ ! -s "$work/out" ]
say $? "refused: the other list for schannel.dll"
"$gen" elf-map <"$list" >"$work/map" && grep -q '^        secur32_store_open;$' "$work/map"
say $? "version script, list from standard input"
"$gen" nothing "$list" >/dev/null 2>&1
[ $? -eq 2 ]
say $? "an unknown kind is wrong usage"
"$gen" elf-map "$work/none" >/dev/null 2>&1
[ $? -eq 2 ]
say $? "a missing list is wrong usage"

# refuses SED-SCRIPT TEXT
refuses() {
    sed "$1" "$list" >"$work/list"
    "$gen" secur32-def "$work/list" >"$work/out" 2>"$work/err"
    [ $? -eq 1 ] && [ ! -s "$work/out" ] && [ -s "$work/err" ]
    say $? "refused: $2"
}
refuses 's/^\(AcceptSecurityContext .*\)$/\1\n\1/' "a name twice"
refuses 's/^\(AcceptSecurityContext  *\)4 /\15 /' "an ordinal twice"
refuses '/^AcceptSecurityContext /d' "a gap in the ordinals"
refuses 's/^\(AcceptSecurityContext .*\) documented/\1/' "a column missing"
refuses 's/^\(AcceptSecurityContext .* \)36 /\135 /' "stack bytes that are no multiple of four"
refuses 's/^\(AcceptSecurityContext .*\) documented/\1 certain/' "an unknown status"
refuses 's/^\(AcceptSecurityContext  *\)4 /\1- /' "a forwarder to a name that is not exported"
refuses 's/^[A-Za-z].*//' "an empty list"

# ---- check-exports ----

"$check" "$work" >/dev/null 2>&1
[ $? -eq 2 ]
say $? "a folder without any of the files is wrong usage"

cc=i686-w64-mingw32-gcc
if ! command -v $cc >/dev/null 2>&1; then
    skip "no $cc"
    echo "1..$count"
    exit 0
fi

# Functions that only return, and a few with more to it: two ways out, a tail call, a jump back.
awk '!/^#/ && NF && $2 != "-" {
    bytes = $4 == "?" ? 0 : $4
    label = "_" $1 "@" bytes
    print ".globl " label "\n" label ":"
    if ($1 == "EncryptMessage")
        print "testl %eax,%eax\njz 1f\nret $16\n1: xorl %eax,%eax\nret $16"
    else if ($1 == "SealMessage")
        print "jmp _EncryptMessage@16"
    else if ($1 == "DecryptMessage")
        print "1: decl %eax\njnz 1b\ncall _FreeContextBuffer@4\njmp 2f\n2: ret $16"
    else if ($1 == "UnsealMessage")
        print "testl %eax,%eax\njz _DecryptMessage@16\ncall _FreeContextBuffer@4\nud2"
    else
        print "ret $" bytes
}' "$list" >"$work/good.s"

# build SED-FOR-CODE SED-FOR-DEF: secur32.dll in $work
build() {
    sed "$1" "$work/good.s" >"$work/code.s"
    sed "$2" "$work/secur32.def" >"$work/changed.def"
    $cc -shared -nostdlib -Wl,--entry=0 -Wl,--enable-stdcall-fixup -o "$work/secur32.dll" \
        "$work/code.s" "$work/changed.def" >"$work/log" 2>&1 || sed 's/^/# /' "$work/log"
}
# finds TEXT PATTERN
finds() {
    "$check" "$work/secur32.dll" >"$work/out" 2>"$work/err"
    [ $? -eq 1 ] && grep -q "$2" "$work/err"
    say $? "found: $1"
}

build '' ''
"$check" "$work/secur32.dll" >"$work/out" 2>"$work/err"
status=$?
sed 's/^/# /' "$work/err"
say $status "a good DLL is good"
$cc -s -shared -nostdlib -Wl,--entry=0 -Wl,--enable-stdcall-fixup -o "$work/secur32.dll" \
    "$work/good.s" "$work/secur32.def" && "$check" "$work/secur32.dll" >/dev/null 2>&1
say $? "also without symbols"

build '/^_GetUserNameExW@12:/,/ret/s/ret .*/ret $8/' ''
finds "too few bytes" 'GetUserNameExW: takes 8, not 12'
build '/^_EncryptMessage@16:/,/^1:/s/ret .*/ret $12/' ''
finds "one of two ways out takes fewer" 'EncryptMessage: takes 12 16, not 16'
build 's/jmp _EncryptMessage@16/jmp _FreeContextBuffer@4/' ''
finds "a jump to a function with other arguments" 'SealMessage: takes 4, not 16'
build '' '/ VerifySignature /d'
finds "a name that is missing" 'missing: 101 VerifySignature'
build '' 's/ VerifySignature @101/ VerifySignature @199/'
finds "another ordinal" 'not in exports.list: 199 VerifySignature'
build '' '$s/$/\n    Another = VerifySignature @199/'
finds "a name too many" 'not in exports.list: 199 Another'
build '' 's/ VerifySignature @101/ VerifySignature@16 @101/'
finds "a decorated name" 'not in exports.list: 101 VerifySignature@16'
build '' 's/ VerifySignature @101/ VerifySignature = sspicli.VerifySignature @101/'
finds "a forwarder in secur32.dll" 'not in exports.list: 101 VerifySignature sspicli'

$cc -shared -nostdlib -Wl,--entry=0 -o "$work/sspicli.dll" "$work/sspicli.def" &&
    "$check" "$work/sspicli.dll" >/dev/null 2>&1
say $? "good forwarders are good"
sed 's/= secur32.SealMessage/= secur32.EncryptMessage/' "$work/sspicli.def" >"$work/changed.def"
$cc -shared -nostdlib -Wl,--entry=0 -o "$work/sspicli.dll" "$work/changed.def"
"$check" "$work/sspicli.dll" >"$work/out" 2>"$work/err"
[ $? -eq 1 ] && grep -q 'SealMessage secur32.EncryptMessage' "$work/err"
say $? "found: a forwarder to another name"
$cc -shared -nostdlib -Wl,--entry=0 -o "$work/schannel.dll" "$work/schannel.def" &&
    "$check" "$work/schannel.dll" >/dev/null 2>&1
say $? "good forwarders of schannel.dll are good"
sed '/SslEmptyCacheW/d' "$work/schannel.def" >"$work/changed.def"
$cc -shared -nostdlib -Wl,--entry=0 -o "$work/schannel.dll" "$work/changed.def"
"$check" "$work/schannel.dll" >"$work/out" 2>"$work/err"
[ $? -eq 1 ] && grep -q 'missing: 29 SslEmptyCacheW' "$work/err"
say $? "found: a name missing in schannel.dll"
echo "1..$count"
