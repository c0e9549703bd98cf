# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by library_programs: libavformat of FFmpeg, by its aviocat. It leaves the versions to the
# system (TLS 1.2), and with tls_verify it lets Schannel validate and asks for revocation.
# shellcheck shell=bash
# shellcheck disable=SC2154

# copies OPTIONS URL: a dialogue: whether the file is what it was, or what was complained of
copies() {
    rm -f copy
    start "$aviocat" -oi "$1" "$2" copy >"$work/out" 2>"$work/err" </dev/null
    seen="ends with $?"
    cmp -s copy "$work/www/big" && seen="the same, $seen"
    seen="$(tr -d '\r' <"$work/err" | sed -n 's/^\[tls @ [^]]*\] //p' | tail -n 1)${seen:+ }$seen"
    seen=${seen# }
}

ffmpeg_rows() {
    local certificate text

    openssl_server 1.2 "$pki/rsa" -WWW || { point 1 "ffmpeg: no server"; return; }
    row "ffmpeg, a file of OpenSSL's s_server" "the same, ends with 0" copies tls_verify=0 "https://localhost:$port/big"
    row "ffmpeg, the same with tls_verify" "the same, ends with 0" copies tls_verify=1 "https://localhost:$port/big"
    stop_peers
    # Windows leaves TLS 1.3 out of what it offers with a SCHANNEL_CRED.
    openssl_server 1.3 "$pki/rsa" -WWW || return
    row "ffmpeg, a server of TLS 1.3 alone" "Creating security context failed \(0x80090302\) ends with 1" \
        copies tls_verify=0 "https://localhost:$port/big"
    stop_peers
    # CRYPT_E_NO_REVOCATION_CHECK where there is no list to ask.
    while read -r certificate text; do
        openssl_server 1.2 "$certificate" -WWW || return
        row "ffmpeg, tls_verify: ${certificate#"$work"/}" "$text ends with 1" \
            copies tls_verify=1 "https://localhost:$port/big"
        [ "$certificate" != "$pki/wrong-name" ] || row "ffmpeg, without tls_verify: ${certificate#"$work"/}" \
            "the same, ends with 0" copies tls_verify=0 "https://localhost:$port/big"
        stop_peers
    done <<END
$pki/wrong-name SNI or certificate check failed
$pki/untrusted .*0x80090325.*
$pki/expired .*0x80090328.*
$pki/revoked .*0x80092010.*
$bare/rsa .*0x80092012.*
END
}

if built ffmpeg build-ffmpeg ffmpeg; then
    aviocat=$programs/ffmpeg/aviocat.exe
    ffmpeg_rows
fi
