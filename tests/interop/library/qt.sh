# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by library_programs: Qt 5's network module. This version knows TLS 1.2 and older ones, and
# built by mingw-w64 it leaves ALPN out. It validates by itself, with crypt32.
# shellcheck shell=bash
# shellcheck disable=SC2154

qt_rows() {
    local peer=$programs/qt/qt_peer.exe good='encrypted version=4 peer=localhost'

    python_server "$bare/rsa" 1.2 || { point 1 "qt: no server"; return; }
    row "qt, QSslSocket: three megabytes there and back" \
        "$good echoed 3000001, ends with 0; server: client none TLSv1.2 None echoed 3000001 " \
        says_at "$log" "$peer" client 127.0.0.1 "$port" localhost send 3000001
    row "qt, QSslSocket: setCaCertificates" "$good echoed 9, ends with 0" \
        says "$peer" client 127.0.0.1 "$port" localhost ca "$bare/root.pem" send 9
    row "qt, QSslSocket: a wrong name" "error: The host name did not match.*, ends with 1" \
        says "$peer" client 127.0.0.1 "$port" wrong.example send 9
    row "qt, QSslSocket: a wrong name, VerifyNone" "$good echoed 9, ends with 0" \
        says "$peer" client 127.0.0.1 "$port" wrong.example trust anything send 9
    row "qt, QSslSocket: TLS 1.1 at a server of TLS 1.2" "error: .*, ends with 1" \
        says "$peer" client 127.0.0.1 "$port" localhost tls 1.1 send 9
    python_server "$bare/rsa" 1.3 && row "qt, QSslSocket: a server of TLS 1.3 alone" \
        "error: Handshake failed: An unsupported function was requested, ends with 1" \
        says "$peer" client 127.0.0.1 "$port" localhost send 9
    python_server "$bare/untrusted" 1.2 && row "qt, QSslSocket: an unknown CA" "error: The .*, ends with 1" \
        says "$peer" client 127.0.0.1 "$port" localhost send 9
    row "qt, QSslSocket: its CA, setCaCertificates" "$good echoed 9, ends with 0" \
        says "$peer" client 127.0.0.1 "$port" localhost ca "$bare/other.pem" send 9
    python_server "$bare/expired" 1.2 && row "qt, QSslSocket: an expired certificate" \
        "error: The certificate has expired, ends with 1" says "$peer" client 127.0.0.1 "$port" localhost send 9
    python_server "$bare/rsa" 1.2 "$bare/root.pem" && row "qt, QSslSocket: no certificate where one is demanded" \
        "error: .*, ends with 1; server: ended .*" says_at "$log" "$peer" client 127.0.0.1 "$port" localhost send 9
    openssl_server 1.2 "$bare/rsa" -WWW && row "qt, QNetworkAccessManager: a file of OpenSSL's s_server" \
        "got 3000001, ends with 0" says "$peer" get "https://localhost:$port/big" qt.out
    stop_peers
    absent "qt, own certificates, and so servers" "Qt asks for them by CertFindChainInStore, which Wine's crypt32 lacks"
}

if built qt build-qt qt; then qt_rows; fi
