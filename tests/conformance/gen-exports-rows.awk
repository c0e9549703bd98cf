# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Makes the rows of exports.c of tests/data/abi/exports.tsv:
#
#   EXPORT(dll, name, in every Windows from 10 on, ordinal in Windows 10, in Windows 11; 0: none)

BEGIN {
    FS = "\t"
    print "/* Made by tests/conformance/gen-exports-rows.awk of tests/data/abi/exports.tsv. */"
}
!/^#/ {
    printf "EXPORT(%s, %s, %s, %d, %d)\n", $1, $2, ($3 ~ /10,11/ ? "true" : "false"), $4, $5
}
