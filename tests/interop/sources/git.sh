# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by source_programs: git for Windows on libcurl with Schannel, against git_https.py.
# shellcheck shell=bash
# shellcheck disable=SC2154

# git_repository: $work/git/it, with some history, a file of random bytes and what mere files need.
git_repository() {
    local tree=$work/tree i
    mkdir -p "$work/git" && git init -q -b main "$tree" && git -C "$tree" config user.name Tester &&
        git -C "$tree" config user.email tester@localhost || return 1
    for i in $(seq 12); do
        head -c $((i * 50000)) /dev/urandom >"$tree/random-$i"
        git -C "$tree" add -A && git -C "$tree" commit -q -m "number $i" || return 1
    done
    git clone -q --bare "$tree" "$work/git/it" && git -C "$work/git/it" config http.receivepack true &&
        git -C "$work/git/it" update-server-info && head=$(git -C "$tree" rev-parse HEAD)
}

# The system's git does not see what is set for the one under Wine.
git() { env -u GIT_EXEC_PATH -u GIT_CONFIG_GLOBAL git "$@"; }

# The configuration that all runs have: Windows' git has it in its system's file.
git_environment() {
    printf '%s\n' '[http]' 'sslBackend = schannel' '[init]' 'templateDir =' '[safe]' 'directory = *' '[user]' \
        'name = Tester' 'email = tester@localhost' '[credential]' 'helper =' '[core]' 'askPass =' '[gc]' 'auto = 0' \
        >"$work/gitconfig"
    export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=Z:$work/gitconfig GIT_EXEC_PATH=Z:$programs/git GIT_TERMINAL_PROMPT=0
}

# https_server CERTIFICATE VERSION [CA]: sets $port
https_server() {
    python_server "$here/git_https.py" "$work/git" "$1.pem" "$1.key" "${@:2}"
}

# clone_rows NAME URL: whole, by the bytes that the system's git finds in it
clone_rows() {
    row "$1" "ends with 0" "$git" clone -q "$2" "Z:$work/clones/$number-@WHOSE@"
    case $1 in *"$pattern"*) ;; *) return 0 ;; esac
    git -C "$work/clones/$((number - 1))-ours" fsck --full >"$work/err" 2>&1 &&
        [ "$(git -C "$work/clones/$((number - 1))-ours" rev-parse HEAD)" = "$head" ]
    point $? "$1: all objects are there"
}

# push_row NAME URL BRANCH: 5 MB in one request, which the server's repository then has
push_row() {
    row "$1" "ends with 0" "$git" -C "Z:$work/tree" push -q "$2" "main:refs/heads/$3-@WHOSE@"
    case $1 in *"$pattern"*) ;; *) return 0 ;; esac
    [ "$(git -C "$work/git/it" rev-parse "$3-ours" 2>"$work/err")" = "$(git -C "$work/tree" rev-parse main)" ]
    point $? "$1: the server has it"
    git -C "$work/git/it" for-each-ref --format='delete %(refname)' 'refs/heads/with-*' | git -C "$work/git/it" update-ref --stdin
}

# Under Wine keys of the store make no RSA-PSS signatures, so that TLS 1.3 has no use for them.
own_certificate_row() {
    local name="git, TLS 1.2: a certificate of the user's store"
    row "$name" "$refs" "$git" -c "http.sslCert=CurrentUser\\MY\\$thumbprint" ls-remote "https://localhost:$port/smart/it"
    case $name in *"$pattern"*) ;; *) return 0 ;; esac
    grep -q "client=$client " "$log"
    point $? "$name: the server sees it"
}

# client_rows VERSION: a server that demands a certificate
client_rows() {
    https_server "$pki/rsa" "$1" "$pki/inter.pem" || return
    [ "$1" = 1.3 ] || own_certificate_row
    row "git, TLS $1: no certificate where one is demanded" "fatal: $cannot.*, ends with 128" \
        "$git" ls-remote "https://localhost:$port/smart/it"
}

# import_certificate: into the store of both prefixes; sets $thumbprint and $client
import_certificate() {
    local one
    openssl x509 -in "$pki/client-rsa.pem" -out "$work/client.crt" &&
        openssl pkcs12 -export -legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1 -in "$work/client.crt" \
            -inkey "$pki/client-rsa.key" -passout pass:secret -out "$work/client.p12" &&
        x86_64-w64-mingw32-gcc -O1 -o "$work/own-certificate.exe" "$here/own-certificate.c" -lcrypt32 || return 1
    for one in "$prefix" $builtin; do
        thumbprint=$(WINEPREFIX=$one WINEDEBUG=-all wine "$work/own-certificate.exe" "Z:$work/client.p12" 2>"$work/err" |
            tr -d '\r' | tail -n 1)
    done
    client=$(openssl x509 -in "$work/client.crt" -noout -subject -nameopt multiline | sed -n 's/ *commonName *= //p')
}

# git_refused NAME CERTIFICATE VERSION TEXT OPTION...: by the client
git_refused() {
    https_server "$2" "$3" || return
    row "$1" "fatal: $cannot.*$4.*, ends with 128" "$git" "${@:5}" ls-remote "https://localhost:$port/smart/it"
}

# git_accepted NAME CERTIFICATE VERSION OPTION...
git_accepted() {
    https_server "$2" "$3" || return
    row "$1" "$refs" "$git" "${@:4}" ls-remote "https://localhost:$port/smart/it"
}

# trust_rows VERSION: by the prefix' roots
trust_rows() {
    git_refused "git, TLS $1: another name" "$pki/wrong-name" "$1" SEC_E_WRONG_PRINCIPAL
    git_refused "git, TLS $1: an unknown issuer" "$pki/untrusted" "$1" SEC_E_UNTRUSTED_ROOT
    git_refused "git, TLS $1: expired" "$pki/expired" "$1" SEC_E_CERT_EXPIRED
    git_refused "git, TLS $1: revoked" "$pki/revoked" "$1" CRYPT_E_REVOKED
    git_accepted "git, TLS $1: revoked, schannelCheckRevoke=false" "$pki/revoked" "$1" -c http.schannelCheckRevoke=false
}

git_rows() {
    local tls refs="$head.HEAD $head.refs/heads/main, ends with 0" url cannot="unable to access"

    for tls in 1.2 1.3; do
        https_server "$pki/rsa" $tls || return
        url=https://localhost:$port
        row "git, TLS $tls: ls-remote" "$refs" "$git" ls-remote "$url/smart/it"
        clone_rows "git, TLS $tls: clone" "$url/smart/it"
        clone_rows "git, TLS $tls: clone of mere files" "$url/dumb/it"
        row "git, TLS $tls: a name and a password" "$refs" \
            "$git" ls-remote "https://tester:Secret-3@localhost:$port/basic/it"
        row "git, TLS $tls: Negotiate by http.emptyAuth, a ticket cache" "$refs" \
            "$git" -c http.emptyAuth=true ls-remote "$url/negotiate/it"
        push_row "git, TLS $tls: push of 5 MB" "https://tester:Secret-3@localhost:$port/basic/it" "with-$tls"
        trust_rows $tls
        client_rows $tls
    done
}

git_test() {
    local git=$programs/git/git.exe head client thumbprint
    command -v git >/dev/null || { absent "git" "git is missing"; return; }
    build_program git "$programs/curl" || return
    git_environment && git_repository || { point 1 "git: no repository could be made"; return; }
    certificates
    import_certificate || { point 1 "git: no certificate could be imported"; return; }
    # The repositories' 4 MB, and 5 MB more to push: more than git's buffer, so that the request comes in chunks.
    head -c 5000000 /dev/urandom >"$work/tree/big" && git -C "$work/tree" add -A &&
        git -C "$work/tree" commit -q -m big && git_rows
}
