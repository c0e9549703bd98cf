#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Lets a Wine prefix trust a CA: writes the serialized certificate (property 3, its SHA-1, then
# property 32, the DER) to the user's Root store in the prefix' registry. From the machine's Root
# store Wine 10 takes away what the host does not trust.

set -eu

if [ $# -ne 2 ] || [ "$1" = --help ]; then
    echo "Usage: trust-root.sh PREFIX CA.pem"
    [ "${1:-}" = --help ] && exit 0
    exit 2
fi
reg=$(mktemp --suffix=.reg)
trap 'rm -f "$reg"' EXIT
der=$(openssl x509 -in "$2" -outform DER | od -An -v -tx1 | tr -d ' \n')
sha1=$(openssl x509 -in "$2" -outform DER | sha1sum | cut -d' ' -f1)
length=$(printf '%08x' $((${#der} / 2)) | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/')
{
    printf 'REGEDIT4\n\n[HKEY_CURRENT_USER\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\%s]\n"Blob"=hex:' \
        "$(printf %s "$sha1" | tr a-f A-F)"
    printf %s "030000000100000014000000${sha1}2000000001000000$length$der" | sed 's/../&,/g; s/,$//'
    printf '\n'
} >"$reg"
WINEPREFIX=$1 WINEDEBUG=-all wine regedit /S "$reg"
