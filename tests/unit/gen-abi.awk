# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Makes rows for test_abi.c of tests/data/abi/layout.tsv and constants.tsv:
#
#   awk -v side=elf|pe -f gen-abi.awk layout.tsv constants.tsv
#
# Every row of the data becomes a row of the test, but what left_out names with its reason; how many
# those were is told by rows too, and the test prints it. A kind of value that is not known here is
# an error, so that no row gets lost.

BEGIN {
    FS = "\t"
    # What libsecur32's headers have of headers that they do not have whole: names, or enums.
    elf["ntsecpkg.h"] = "^SECURITY_USER_DATA$"
    elf["lsalookup.h"] = "^LSA_(STRING|UNICODE_STRING)$"
    elf["ntsecapi.h"] = "^(LSA_LAST_INTER_LOGON_INFO|SECURITY_LOGON_SESSION_DATA|LSA_MODE_.*" \
        "|MICROSOFT_KERBEROS_NAME(_[AW])?|MSV1_0_PACKAGE_NAMEW?)$"
    elf_enum = "^(SECURITY_LOGON_TYPE|POLICY_NOTIFICATION_INFORMATION_CLASS)$"
    reason["ntsecpkg.h"] = "no function of secur32 takes them: the interface of LSA packages"
    reason["lsalookup.h"] = "no function of secur32 takes them: LSA's policies and lookups"
    reason["ntsecapi.h"] = "no function of secur32 takes them: LSA's policies, packages' messages"
    if (side != "elf" && side != "pe") {
        print "gen-abi: side=elf or side=pe" | "cat >&2"
        exit 2
    }
    print "/* Made by tests/unit/gen-abi.awk of tests/data/abi. */"
}

/^#/ { next }

# The reason why a row is not tested, or "".
function left_out(name, header, enumeration, mingw) {
    if (mingw == "only")
        return "of mingw-w64 alone, not in the SDK"
    if (side == "elf") {
        if (!(header in elf) || name ~ elf[header] || enumeration ~ elf_enum)
            return ""
        return reason[header]
    }
    if (header == "ntsecpkg.h")
        return "winsspi.h does not include it: the interface of LSA packages"
    if ((header == "ntsecapi.h" || header == "lsalookup.h") && mingw != "same")
        return "nothing is added to the ntsecapi.h of mingw-w64"
    return ""
}

function skipped(header, why) {
    if (why != "")
        skips[header "\", \"" why]++
    return why != ""
}

FILENAME ~ /layout[.]tsv$/ {
    if (NF != 9)
        wrong("nine columns wanted")
    if (skipped($7, left_out($1, $7, "-", $9)))
        next
    if ($2 == "-")
        printf "SIZE(%s, %s, %s)\n", $1, $5, $6
    else
        printf "FIELD(%s, %s, %s, %s, %s, %s)\n", $1, $2, $3, $4, $5, $6
    next
}

{
    if (NF != 6)
        wrong("six columns wanted")
    if (skipped($3, left_out($1, $3, $4, $6)))
        next
}
$1 == "SEC_DELETED_HANDLE" {
    printf "ADDRESS(%s, %sULL)\n", $1, $2
    next
}
# Object identifiers that are small numbers.
$1 ~ /^CERT_CHAIN_POLICY_/ && $1 !~ /_FLAGS?$/ {
    printf "ADDRESS(%s, %s)\n", $1, $2
    next
}
# The data has their values without UNICODE.
$1 ~ /^SECURITY_ENTRYPOINT(_ANSI)?$/ {
    printf "GENERIC(%s, %sA, %sW)\n", $1, $1, $1
    next
}
length($2) == 10 && $2 ~ /^0x[0-9a-f]+$/ {
    printf "NUMBER(%s, %s)\n", $1, $2
    next
}
# sizeof(...): eight bytes where the data was taken, four on 32-bit machines.
$2 ~ /^0x00000000[0-9a-f]+$/ && length($2) == 18 {
    printf "NUMBER(%s, 0x%s)\n", $1, substr($2, 11)
    next
}
length($2) == 18 && $2 ~ /^0x[0-9a-f]+$/ {
    printf "LONG_NUMBER(%s, %sULL)\n", $1, $2
    next
}
$2 ~ /^L".*"$/ {
    printf "WIDE(%s, u%s)\n", $1, substr($2, 2)
    next
}
$2 ~ /^".*"$/ {
    printf "NARROW(%s, %s)\n", $1, $2
    next
}
$2 ~ /^TEXT[(]".*"[)]$/ {
    text = substr($2, 6, length($2) - 6)
    printf "GENERIC(%s, %s, u%s)\n", $1, text, text
    next
}
$2 ~ /^alias:/ {
    # alias:X_W when UNICODE else X_A
    split(substr($2, 7), words, " ")
    printf "GENERIC(%s, %s, %s)\n", $1, words[5], words[1]
    next
}
{
    wrong("no kind of value that is known")
}

function wrong(what) {
    printf "gen-abi: %s:%d: %s: %s\n", FILENAME, FNR, what, $0 | "cat >&2"
    failed = 1
}

END {
    for (row in skips)
        printf "LEFT_OUT(\"%s\", %d)\n", row, skips[row]
    if (failed)
        exit 1
}
