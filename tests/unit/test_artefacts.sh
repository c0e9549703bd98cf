#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# What the linkers made, read back: hardening, versions, no time stamp, no library that a user would
# have to install first, nothing linked that is meant to be opened at run time. Names and ordinals of
# the exports are tools/check-exports' business.

set -u
build=${top_builddir:-.}
top=${top_srcdir:-.}
count=0

# say CONDITION-STATUS NAME
say() {
    count=$((count + 1))
    if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}
skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}
# has FILE PATTERN NAME; lacks FILE PATTERN NAME: whether some line matches
has() { grep -E "$2" "$1" >/dev/null; say $? "$3"; }
lacks() {
    ! grep -E "$2" "$1" >/dev/null
    say $? "$3"
    grep -E "$2" "$1" | sed 's/^/# /'
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
version=$(sed -n "s/^AC_INIT(\[secur32\], \[\(.*\)\])/\1/p" "$top/configure.ac")

pe() { # pe ARCH TRIPLET NAME
    file=$build/$1-windows/$3
    if ! [ -f "$file" ]; then
        skip "$1 $3" 'not built'
        return
    fi
    objdump=$2-objdump
    if ! command -v "$objdump" >/dev/null 2>&1; then
        skip "$1 $3" "$objdump is not here"
        return
    fi
    "$objdump" -p "$file" >"$work/dump"
    has "$work/dump" '^[[:space:]]*DYNAMIC_BASE' "$1 $3: may be loaded anywhere"
    has "$work/dump" '^[[:space:]]*NX_COMPAT' "$1 $3: no execution of data"
    [ "$1" = i386 ] || has "$work/dump" '^[[:space:]]*HIGH_ENTROPY_VA' "$1 $3: anywhere in 64 bits"
    has "$work/dump" '^Time/Date[[:space:]]*(Thu Jan  1 00:00:00 1970|0)' "$1 $3: no time stamp"
    lacks "$work/dump" 'DLL Name: (lib|.*(gcc|winpthread|ssp|gnutls))' "$1 $3: imports only Windows' own DLLs"
    case $3 in
    *.dll)
        tr -d '\0' <"$file" >"$work/text"
        LC_ALL=C grep -a "ProductName.*secur32" "$work/text" >/dev/null
        say $? "$1 $3: version resource with the product's name"
        LC_ALL=C grep -a "FileVersion.*$version" "$work/text" >/dev/null
        say $? "$1 $3: version $version"
        ;;
    *) lacks "$work/dump" 'DLL Name: (secur32unix|sspicli|schannel)' "$1 $3: links to secur32 only" ;;
    esac
    if [ "$3" = sspicli.dll ] || [ "$3" = schannel.dll ]; then
        lacks "$work/dump" 'DLL Name: ' "$1 $3: forwarders only, no import"
        lacks "$work/dump" '\+base\[ *[0-9]+\] [0-9a-f]+ *Export RVA' "$1 $3: forwarders only, no code"
        has "$work/dump" 'Forwarder RVA -- secur32\.' "$1 $3: forwards to secur32"
    fi
    if [ "$3" = secur32unix.dll ]; then
        [ "$(dd if="$file" bs=1 skip=64 count=16 2>/dev/null)" = 'Wine builtin DLL' ]
        say $? "$1 $3: marked as one of Wine's"
    fi
}

elf() { # elf FILE CLASS
    if ! [ -f "$build/$1" ]; then
        skip "$1" 'not built'
        return
    fi
    readelf -hldW "$build/$1" >"$work/dump"
    readelf -W --dyn-syms "$build/$1" >"$work/names"
    has "$work/dump" "Class: *$2" "$1: $2"
    has "$work/dump" 'GNU_RELRO' "$1: relocations read-only"
    has "$work/dump" 'BIND_NOW|Flags: .*NOW' "$1: bound at load"
    has "$work/dump" 'GNU_STACK .* RW ' "$1: no executable stack"
    lacks "$work/dump" 'TEXTREL' "$1: code is not patched at load"
    lacks "$work/dump" 'NEEDED.*gnutls' "$1: GnuTLS is opened at run time, not linked"
    lacks "$work/dump" 'RPATH|RUNPATH' "$1: no search path of its own"
}

for name in secur32.dll sspicli.dll schannel.dll secur32unix.dll conformance.exe; do
    pe x86_64 x86_64-w64-mingw32 $name
    pe i386 i686-w64-mingw32 $name
done
elf x86_64-unix/secur32unix.so ELF64
elf i386-unix/secur32unix.so ELF32
for arch in x86_64 i386; do
    [ -f "$build/$arch-unix/secur32unix.so" ] || continue
    readelf -W --dyn-syms "$build/$arch-unix/secur32unix.so" >"$work/names"
    has "$work/names" ' __wine_unix_call_funcs$' "$arch secur32unix.so: has Wine's table"
    awk '$5 == "GLOBAL" && $7 != "UND" && $8 !~ /^__wine_unix_call_/ { print $8; bad = 1 } END { exit bad }' \
        "$work/names"
    say $? "$arch secur32unix.so: exports nothing else"
done
for library in "$build"/lib/libsecur32.so.[0-9]*; do
    library=lib/${library##*/}
    case $(uname -m) in x86_64) class=ELF64 ;; *) class=ELF ;; esac
    elf "$library" $class
    has "$work/dump" "SONAME.*\[${library#lib/}\]" "$library: soname"
    has "$work/names" ' EncryptMessage@@' "$library: EncryptMessage has a symbol version"
    lacks "$work/names" ' (GLOBAL|WEAK) .* [0-9]+ (schan|tls|gnutls|platform|buffers|context|span|log|mem)_' \
        "$library: internal names stay inside"
done
echo "1..$count"
