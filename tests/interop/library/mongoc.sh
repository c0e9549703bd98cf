# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by library_programs: MongoDB's C driver, by two of its own programs. It speaks TLS 1.2, lets
# Schannel validate, compares the attributes that it got with those that it asked for, and makes its
# client's certificate of a PEM file, with a key that is in no container.
# shellcheck shell=bash
# shellcheck disable=SC2154

# mongo_server ARGUMENT...: of mongo_peer.py; sets $port and $log
mongo_server() {
    mongos=$((${mongos:-0} + 1)) log=$work/mongo$mongos.log
    /usr/bin/python3 -u "$here/library/mongo_peer.py" "$@" >"$log" 2>&1 &
    children+=("$!")
    wait_for "$log" '^port' "$!" && port=$(sed -n 's/^port //p' "$log" | head -n 1)
}

# pings OPTION...: a dialogue: mongoc-ping's answer, or its last complaint
pings() {
    local options=''
    printf -v options '&%s' "$@"
    start "$mongoc/mongoc-ping.exe" "mongodb://localhost:$port/?tls=true&serverSelectionTimeoutMS=3000${options%&}" \
        >"$work/out" 2>"$work/err" </dev/null
    seen="ends with $?"
    seen="$(tr -d '\r' <"$work/err" | sed -n 's/^.*ERROR: *stream-[a-z-]*: //p' | tail -n 1)${seen:+; }$seen"
    seen="$(one_line "$work/out"); $seen"
}

# finds: a dialogue: documents and characters of example-client
finds() {
    start "$mongoc/example-client.exe" "mongodb://localhost:$port/?tls=true" >"$work/out" 2>"$work/err" </dev/null
    seen="ends with $?"
    seen="$(wc -lc <"$work/out" | xargs) $seen"
}

mongoc_certificates() {
    local good='.*"ok".*; ; ends with 0'

    mongo_server "$bare/rsa" 1.2 || { point 1 "mongoc: no server"; return; }
    row "mongoc, a ping" "$good" pings
    row "mongoc, two megabytes in one answer" "200 [0-9]+ ends with 0" finds
    mongo_server "$bare/rsa" 1.2 "$bare/root.pem" required || return
    # It gives CertSetCertificateContextProperty the key's provider by value; Wine 8.0's crypt32
    # takes that for a pointer, so the certificate has a handle that is none.
    row "mongoc, tlsCertificateKeyFile where one is demanded" "($good|; .*0x8009030D.*; ends with 3)" \
        pings "tlsCertificateKeyFile=Z:$work/mongo.pem"
    row "mongoc, no certificate where one is demanded" "; .*; ends with 3" pings
    # It asks again with ISC_REQ_USE_SUPPLIED_CREDS, and wants to see that among the attributes.
    mongo_server "$bare/rsa" 1.2 "$bare/root.pem" optional || return
    row "mongoc, no certificate where one would be welcome" "$good" pings
    mongo_server "$bare/rsa" 1.3 && row "mongoc, a server of TLS 1.3 alone" "; .*0x80090302.*; ends with 3" pings
}

mongoc_refusals() {
    local certificate text good='.*"ok".*; ; ends with 0'

    while read -r certificate text; do
        mongo_server "$bare/$certificate" 1.2 || return
        row "mongoc, $certificate" "; .*$text.*; ends with 3" pings
        row "mongoc, $certificate, tlsAllowInvalidCertificates" "$good" pings tlsAllowInvalidCertificates=true
        [ $certificate != wrong-name ] ||
            row "mongoc, $certificate, tlsAllowInvalidHostnames" "$good" pings tlsAllowInvalidHostnames=true
    done <<'END'
wrong-name hostname doesn't match
expired has expired
untrusted Untrusted root
END
    # It puts the CA into the machine's root store, so this is the last row with it.
    row "mongoc, untrusted, tlsCAFile" "$good" pings "tlsCAFile=Z:$bare/other.pem"
}

if built mongoc build-mongoc mongoc; then
    mongoc=$programs/mongoc
    openssl rsa -in "$bare/client-rsa.key" -traditional -out "$work/mongo.pem" 2>>"$work/pki.log"
    cat "$bare/client-rsa.pem" >>"$work/mongo.pem"
    mongoc_certificates
    mongoc_refusals
fi
