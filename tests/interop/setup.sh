#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# secur32-setup: what it refuses, that it can be run twice, that status asks the DLL itself, and that
# uninstall puts everything back. Prints TAP. Leaves the prefix without secur32.

set -u

usage() {
    cat <<END
Usage: tests/interop/setup.sh BUILD PREFIX

BUILD is a finished build folder, PREFIX a Wine prefix that may be changed.
END
}

case ${1:-} in
-h | --help) usage; exit 0 ;;
esac
[ $# -eq 2 ] || { usage >&2; exit 2; }
build=$1
prefix=$2
setup=$build/tools/secur32-setup
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
number=0
failed=0

result() { # result STATUS NAME
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=1
        sed 's/^/# /' "$scratch/out"
    fi
}

# expect NAME STATUS TEXT COMMAND...: its exit status, and a text in what it says.
expect() {
    name=$1
    want=$2
    text=$3
    shift 3
    "$@" >"$scratch/out" 2>&1
    got=$?
    [ $got = "$want" ] && grep -q -- "$text" "$scratch/out"
    result $? "$name (status $got)"
}

same_files() {
    for dll in secur32 sspicli schannel secur32unix; do
        file=$prefix/drive_c/windows/system32/$dll.dll
        if [ -e "$scratch/before/$dll.dll" ]; then
            cmp -s "$file" "$scratch/before/$dll.dll" || return 1
        else
            [ ! -e "$file" ] || return 1
        fi
    done
}

overrides() {
    WINEPREFIX=$prefix WINEDEBUG=-all wine reg query 'HKCU\Software\Wine\DllOverrides' 2>/dev/null | tr -d '\r' |
        grep -i 'secur32\|sspicli\|schannel'
    WINEPREFIX=$prefix WINEDEBUG=-all wine reg query 'HKLM\Software\Microsoft\Windows NT\CurrentVersion' /v CurrentBuild \
        2>/dev/null | tr -d '\r' | grep CurrentBuild
}

"$setup" uninstall --prefix "$prefix" --from "$build" >"$scratch/out" 2>&1
mkdir "$scratch/before"
for dll in secur32 sspicli schannel secur32unix; do
    cp "$prefix/drive_c/windows/system32/$dll.dll" "$scratch/before/" 2>/dev/null
done
overrides >"$scratch/registry-before"

expect "--help" 0 "Usage:" "$setup" --help
expect "no command" 2 "try --help" "$setup"
expect "unknown command" 2 "unknown command" "$setup" frobnicate
expect "unknown option" 2 "unknown option" "$setup" install --frobnicate
expect "no such prefix" 1 "no such folder" "$setup" install --prefix "$scratch/none" --from "$build"
mkdir "$scratch/empty"
expect "a folder that is no prefix" 1 "not a Wine prefix" "$setup" install --prefix "$scratch/empty" --from "$build"
expect "no DLLs there" 1 "no DLLs" "$setup" install --prefix "$prefix" --from "$scratch/empty"
# A 32-bit prefix so new that it has no registry yet: a kernel32.dll that is a header for i386.
new=$scratch/new/drive_c/windows/system32
mkdir -p "$new" "$scratch/new/dosdevices"
{
    printf MZ
    head -c 58 /dev/zero
    printf '\100\0\0\0PE\0\0\114\001'
} >"$new/kernel32.dll"
expect "a new 32-bit prefix" 1 "no i386 DLLs" "$setup" install --prefix "$scratch/new" --from "$scratch/empty"
"$setup" uninstall --prefix "$prefix" --from "$build" >/dev/null 2>&1
expect "status before install" 3 "NOT ours" "$setup" status --prefix "$prefix" --from "$build"
expect "install" 0 "ours is in use" "$setup" install --prefix "$prefix" --from "$build"
expect "install again" 0 "ours is in use" "$setup" install --prefix "$prefix" --from "$build"
expect "status" 0 "product: secur32" "$setup" status --prefix "$prefix" --from "$build"
expect "run" 0 "Microsoft Unified Security Protocol Provider" "$setup" run --prefix "$prefix" --from "$build" -- \
    "$build/x86_64-windows/sspi-query.exe"

# Without the helper: the DLL still loads, Schannel is absent, and one line says why.
mv "$prefix/drive_c/windows/system32/secur32unix.dll" "$scratch/helper.dll"
mkdir "$scratch/no-helper"
cp "$build/x86_64-windows/sspi-query.exe" "$scratch/no-helper/"
WINEPREFIX=$prefix WINEDEBUG=-all wine "$scratch/no-helper/sspi-query.exe" --provider >"$scratch/out" 2>&1
status=$?
grep -q "Schannel: no" "$scratch/out" && [ $status = 1 ]
result $? "without the helper Schannel is absent and the DLL loads"
[ "$(grep -c 'Schannel is not available' "$scratch/out")" = 1 ]
result $? "one line says what is missing"
mv "$scratch/helper.dll" "$prefix/drive_c/windows/system32/secur32unix.dll"

expect "uninstall" 0 "removed" "$setup" uninstall --prefix "$prefix" --from "$build"
expect "uninstall again" 0 "nothing to do" "$setup" uninstall --prefix "$prefix" --from "$build"
same_files
result $? "uninstall put the files back"
overrides >"$scratch/registry-after"
diff "$scratch/registry-before" "$scratch/registry-after" >"$scratch/out"
result $? "uninstall put the registry back"
expect "status after uninstall" 3 "NOT ours" "$setup" status --prefix "$prefix" --from "$build"
echo "1..$number"
exit $failed
