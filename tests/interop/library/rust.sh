# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by library_programs: native-tls and schannel, the crates by which cargo, rustup and reqwest
# speak TLS on Windows. This version knows TLS 1.2 and older ones.
# shellcheck shell=bash
# shellcheck disable=SC2154

rust_clients() {
    local good='connected alpn=none peer=[0-9]+' python log12 port12
    python_server "$pki/rsa" 1.2 && port12=$port log12=$log || { point 1 "native-tls: no server"; return; }

    row "native-tls, client: three megabytes there and back" \
        "$good echoed 3000001 shut down, ends with 0; server: client none TLSv1.2 None echoed 3000001 " \
        says_at "$log12" "$peer" client localhost "$port12" localhost send 3000001
    row "native-tls, client: the server by its address" "$good echoed 9 shut down, ends with 0" \
        says "$peer" client 127.0.0.1 "$port12" localhost send 9
    row "native-tls, client: a wrong name" "800B010F, ends with 1" \
        says "$peer" client localhost "$port12" wrong.example send 9
    row "native-tls, client: a wrong name, danger_accept_invalid_hostnames" "$good echoed 9 shut down, ends with 0" \
        says "$peer" client localhost "$port12" wrong.example trust any-name send 9
    row "native-tls, client: the root given, disable_built_in_roots" "$good echoed 9 shut down, ends with 0" \
        says "$peer" client localhost "$port12" localhost trust only-roots root "$pki/root.pem" send 9
    row "native-tls, client: another root given, disable_built_in_roots" "unable to find any .*, ends with 1" \
        says "$peer" client localhost "$port12" localhost trust only-roots root "$bare/other.pem" send 9
    row "native-tls, client: TLS 1.1 at a server of TLS 1.2" "8009.*, ends with 1" \
        says "$peer" client localhost "$port12" localhost max 1.1 send 9
    python_server "$pki/rsa" 1.3 && row "native-tls, client: a server of TLS 1.3 alone" "80090302, ends with 1" \
        says "$peer" client localhost "$port" localhost send 9
    python_server "$bare/untrusted" 1.2 || return
    row "native-tls, client: an unknown CA" "800B0109, ends with 1" \
        says "$peer" client localhost "$port" localhost send 9
    row "native-tls, client: an unknown CA, danger_accept_invalid_certs" "$good echoed 9 shut down, ends with 0" \
        says "$peer" client localhost "$port" localhost trust anything send 9
    # Wine 8.0's crypt32 says of a chain to such a root that revocation is offline, and its policy does not
    # know the flags with which schannel lets that pass.
    row "native-tls, client: its CA, add_root_certificate" \
        "($good echoed 9 shut down, ends with 0|800B010E, ends with 1)" \
        says "$peer" client localhost "$port" localhost root "$bare/other.pem" send 9
    python_server "$bare/expired" 1.2 && row "native-tls, client: an expired certificate" "800B0101, ends with 1" \
        says "$peer" client localhost "$port" localhost send 9
    python_server "$pki/rsa" 1.2 "$pki/root.pem" || return
    row "native-tls, client: its identity is demanded" \
        "$good echoed 9 shut down, ends with 0; server: client secur32 test client TLSv1.2 None echoed 9 " \
        says_at "$log" "$peer" client localhost "$port" localhost identity "$pki/client-rsa.pfx" send 9
    row "native-tls, client: an identity is demanded, and it has none" ".*, ends with 1; server: ended .*" \
        says_at "$log" "$peer" client localhost "$port" localhost send 9
    python_server "$pki/rsa" 1.2 - http/1.1 || return
    row "native-tls, client: request_alpns h2, http/1.1 at a server of http/1.1" \
        "connected alpn=http/1.1 .*, ends with 0; server: client none TLSv1.2 http/1.1 echoed 9 " \
        says_at "$log" "$peer" client localhost "$port" localhost alpn h2,http/1.1 send 9
    row "native-tls, client: request_alpns h2 at a server of http/1.1" "connected alpn=none .*, ends with 0.*" \
        says "$peer" client localhost "$port" localhost alpn h2 send 9
    openssl_server 1.2 "$pki/rsa" -WWW || return
    rm -f native_tls_peer.out
    row "native-tls, client: a file of OpenSSL's s_server" "$good got 3000001 shut down, ends with 0" \
        says "$peer" client localhost "$port" localhost get /big
    stop_peers
}

rust_servers() {
    local python=(/usr/bin/python3 "$here/library/tls_peer.py" client @PORT@) server=("$peer" server "$pki/rsa.pfx")
    local s_client=(openssl s_client -connect 127.0.0.1:@PORT@ -CAfile "$pki/root.pem" -verify_return_error -brief)
    local served='connected alpn=none peer=0 served'

    row "native-tls, server: three megabytes there and back" \
        "client: echoed 3000001 TLSv1.2, ends with 0; server: $served 3000001, ends with 0" \
        serves "${python[@]}" 1.2 "$pki/root.pem" 3000001 -- "${server[@]}"
    row "native-tls, server: OpenSSL's s_client" "client: , ends with 0; server: $served 0, ends with 0" \
        serves "${s_client[@]}" -- "${server[@]}"
    row "native-tls, server: a client that offers a certificate is not asked for it" \
        "client: echoed 9 TLSv1.2, ends with 0; server: $served 9, ends with 0" \
        serves "${python[@]}" 1.2 "$pki/root.pem" 9 "$pki/client-rsa" -- "${server[@]}"
    row "native-tls, server: a client that does not trust it" "client: , ends with 1; server: 80090325, ends with 0" \
        serves "${python[@]}" 1.2 "$bare/other.pem" 9 -- "${server[@]}"
    row "native-tls, server: a client of TLS 1.3 alone" "client: , ends with 1; server: 8009.*, ends with 0" \
        serves "${python[@]}" 1.3 "$pki/root.pem" 9 -- "${server[@]}"
    row "native-tls, server: TLS 1.1 at most, and a client of TLS 1.2" "client: , ends with 1; server: 8009.*, ends with 0" \
        serves "${python[@]}" 1.2 "$pki/root.pem" 9 -- "${server[@]}" max 1.1
    row "native-tls, server: something that is not TLS" "client:.*; server: 80090308, ends with 0" \
        serves bash -c 'exec 5<>/dev/tcp/127.0.0.1/@PORT@ && printf "GET / HTTP/1.0\r\n\r\n" >&5 && cat <&5 >/dev/null' -- "${server[@]}"
}

# Revocation of the good server, asked for in both prefixes: see ask_revocation.c.
ask_revocation() {
    local name
    x86_64-w64-mingw32-gcc -O1 -o "$work/ask_revocation.exe" "$here/library/ask_revocation.c" -lcrypt32 || return
    for name in rsa inter; do openssl x509 -in "$pki/$name.pem" -outform DER -out "$work/$name.der" || return; done
    whose=ours start "$work/ask_revocation.exe" "Z:$work/rsa.der" "Z:$work/inter.der" || return
    [ -z "$builtin" ] || whose=builtin start "$work/ask_revocation.exe" "Z:$work/rsa.der" "Z:$work/inter.der"
}

# Both sides in Windows; the client's end ends the server.
rust_pair() {
    serves start "$peer" client 127.0.0.1 @PORT@ localhost "$@" -- "$peer" server "$pki/rsa.pfx"
}

rust_rows() {
    local peer=$programs/rust/native_tls_peer.exe both='connected alpn=none peer=[0-9]+ echoed' test
    local -x RUST_BACKTRACE=0 # Wine's dbghelp breaks at what Debian's compiler writes for it

    rust_clients
    rust_servers
    row "native-tls with itself: three megabytes there and back" \
        "client: $both 3000001 shut down, ends with 0; server: connected alpn=none peer=0 served 3000001, ends with 0" \
        rust_pair send 3000001
    row "native-tls with itself: the client does not trust the server" \
        "client: 800B010F, ends with 1; server: (connected alpn=none peer=0 )?(unexpected EOF|Connection reset).*, ends with 0" \
        serves start "$peer" client 127.0.0.1 @PORT@ wrong.example send 9 -- "$peer" server "$pki/rsa.pfx"
    # Most of the crates' tests want the network, or what Wine's crypt32 lacks (keys in PKCS#8, adding to the
    # root store), or have certificates that are not valid any longer.
    for test in server_untrusted server_untrusted_unverified server_no_shared_protocol; do
        row "native-tls' own test $test" "running 1 test .*1 passed; 0 failed.*, ends with 0" \
            says "$programs/rust/native_tls_tests.exe" --exact "test::$test"
    done
    row "schannel's own test invalid_algorithms" "running 1 test .*1 passed; 0 failed.*, ends with 0" \
        says "$programs/rust/schannel_tests.exe" --exact test::invalid_algorithms
}

if built native-tls build-rust rust; then
    if ask_revocation >"$work/err" 2>&1; then rust_rows; else point 1 "native-tls: the server's revocation"; fi
fi
