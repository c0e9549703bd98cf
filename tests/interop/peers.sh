# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by the interop tests that run Windows programs in a prefix: a scratch folder, TAP, waiting,
# the independent servers, and starting a program. Ports are chosen by the listening side where it
# can; nothing leaves the loopback interface (gnutls-serv can only listen everywhere).
# The script that sources this sets $build, the folder of a build, and $prefix, the Wine prefix.
# shellcheck shell=bash
# shellcheck disable=SC2154

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
log=$work/peer.log # of the server that was started last
patience=60        # seconds for one program; a Wine prefix may have to start first
number=0
failures=0
children=() # all of them
peers=()    # those that one test started
mkfifo "$work/never"

stop() { # stop PID...
    local child
    for child in "$@"; do
        kill "$child" 2>/dev/null
        wait "$child" 2>/dev/null
    done
}
stop_peers() {
    stop ${peers[@]+"${peers[@]}"}
    peers=()
}
trap 'stop_peers; stop ${children[@]+"${children[@]}"}; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

plan_skipped() {
    echo "1..0 # SKIP $*"
    exit 77
}

# point STATUS NAME: one line of TAP; a failure shows what the program and its peer said.
point() {
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failures=$((failures + 1))
        tail -n 20 "$work/err" "$log" 2>/dev/null | tr -d '\r' | sed 's/^/# /'
    fi
}

skip_point() {
    number=$((number + 1))
    echo "ok $number # SKIP $*"
}

# wait_for FILE PATTERN PID: until a line matches, without a fixed sleep; fails when the process ends.
wait_for() {
    local deadline=$((SECONDS + patience))
    until grep -qa "$2" "$1" 2>/dev/null; do
        kill -0 "$3" 2>/dev/null && [ $SECONDS -lt $deadline ] || return 1
        read -r -t 0.02 <>"$work/never" 2>/dev/null
    done
    return 0
}

# listening_port PID: of the IPv4 socket on which a process listens, from the kernel's tables.
listening_port() {
    local link inode port
    for link in /proc/"$1"/fd/*; do
        inode=$(readlink "$link")
        inode=${inode#socket:[}
        inode=${inode%]}
        port=$(awk -v inode="$inode" '$4 == "0A" && $10 == inode { split($2, a, ":"); print a[2] }' \
            /proc/"$1"/net/tcp)
        [ -z "$port" ] || { echo $((16#$port)); return; }
    done
    return 1
}

# openssl_server VERSION CERTIFICATE OPTION...: sets $port. Serves the files of $work/www with -WWW.
# Its standard input is the descriptor 0 of the caller.
openssl_server() {
    local version=$1 certificate=$2 pid
    shift 2
    : >"$log"
    (cd "$work/www" && exec stdbuf -oL openssl s_server -accept 127.0.0.1:0 "-tls${version/./_}" \
        -cert "$certificate.pem" -cert_chain "$certificate.pem" -key "$certificate.key" "$@") \
        <&0 >"$log" 2>&1 &
    pid=$!
    peers+=("$pid")
    wait_for "$log" '^ACCEPT 127' "$pid" || return 1
    port=$(sed -n 's/^ACCEPT 127.0.0.1://p' "$log" | head -n 1)
}

# gnutls_server VERSION CERTIFICATE OPTION...: sets $port. Answers HTTP with a page about the connection.
gnutls_server() {
    local version=$1 certificate=$2 pid
    shift 2
    : >"$log"
    stdbuf -oL gnutls-serv --http --port 0 --x509certfile "$certificate.pem" --x509keyfile "$certificate.key" \
        --priority "NORMAL:-VERS-ALL:+VERS-TLS$version" "$@" >"$log" 2>&1 &
    pid=$!
    peers+=("$pid")
    wait_for "$log" 'IPv4.*done' "$pid" || return 1
    port=$(listening_port "$pid")
}

# free_ports N: that many ports which nobody uses at the moment, for servers that cannot choose.
free_ports() {
    python3 -c 'import socket, sys
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(one.getsockname()[1] for one in held))' "$1"
}

# web_server: plain HTTP, for revocation lists (the folder $work/crl), and POST is echoed. Sets $web_port.
web_server() {
    python3 -u - "$work/crl" >"$work/web.log" 2>&1 <<'PY' &
import functools, http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        left = int(self.headers["Content-Length"])
        self.send_response(200)
        self.send_header("Content-Length", str(left))
        self.end_headers()
        while left:
            data = self.rfile.read(min(left, 65536))
            self.wfile.write(data)
            left -= len(data)
handler = functools.partial(Handler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print("port", server.server_address[1])
server.serve_forever()
PY
    children+=("$!")
    wait_for "$work/web.log" '^port' "$!" || return 1
    web_port=$(sed -n 's/^port //p' "$work/web.log" | head -n 1)
}

# nginx_server CERTIFICATE ROOT: TLS 1.2 on $nginx_12, 1.3 on $nginx_13, both on $nginx_both, and both
# with a client certificate demanded on $nginx_mutual.
nginx_server() {
    local where=$work/nginx pid
    mkdir -p "$where" "$work/www/upload"
    read -r nginx_12 nginx_13 nginx_both nginx_mutual <<<"$(free_ports 4)"
    cat >"$where/site" <<END
root $work/www;
index index.html index.json;
types { text/html html; application/json json; }
location / { }
location /upload/ { dav_methods PUT; client_max_body_size 1g; }
location /echo { proxy_pass http://127.0.0.1:$web_port; client_max_body_size 1g; }
location /about {
    keepalive_timeout 0;
    default_type text/plain;
    return 200 "protocol=\$ssl_protocol cipher=\$ssl_cipher reused=\$ssl_session_reused client=\$ssl_client_s_dn\n";
}
END
    cat >"$where/conf" <<END
daemon off;
master_process off;
pid $where/pid;
error_log stderr;
events { }
http {
    access_log off;
    client_body_temp_path $where/body;
    proxy_temp_path $where/proxy;
    fastcgi_temp_path $where/fastcgi;
    uwsgi_temp_path $where/uwsgi;
    scgi_temp_path $where/scgi;
    ssl_certificate $1.pem;
    ssl_certificate_key $1.key;
    ssl_session_cache shared:all:1m;
    server { listen 127.0.0.1:$nginx_12 ssl http2; ssl_protocols TLSv1.2; include $where/site; }
    server { listen 127.0.0.1:$nginx_13 ssl http2; ssl_protocols TLSv1.3; include $where/site; }
    server { listen 127.0.0.1:$nginx_both ssl http2; ssl_protocols TLSv1.2 TLSv1.3; include $where/site; }
    server {
        listen 127.0.0.1:$nginx_mutual ssl; ssl_protocols TLSv1.2 TLSv1.3; include $where/site;
        ssl_verify_client on; ssl_verify_depth 3; ssl_client_certificate $2;
    }
}
END
    PATH=$PATH:/usr/sbin nginx -p "$where" -c "$where/conf" >"$work/nginx.log" 2>&1 </dev/null &
    pid=$!
    children+=("$pid")
    until (: <>"/dev/tcp/127.0.0.1/$nginx_mutual") 2>/dev/null; do
        kill -0 "$pid" 2>/dev/null || { cat "$work/nginx.log"; return 1; }
        read -r -t 0.02 <>"$work/never" 2>/dev/null
    done
    return 0
}

# in_prefix PROGRAM ARGUMENT...: with our secur32, and its trace of what was negotiated.
in_prefix() {
    WINEDEBUG=-all SECUR32_DEBUG=${SECUR32_DEBUG-schannel} timeout "$patience" \
        "$build/tools/secur32-setup" run --prefix "$prefix" --from "$build" -- "$@"
}

winepath_of() { echo "Z:${1//\//\\}"; }

# row NAME WANTED PROGRAM ARGUMENT...: WANTED is a regular expression for the whole of what the caller's
# function run makes of it ($seen); with $builtin, a prefix without ours, also what Wine's own does.
row() {
    local name=$1 wanted=$2
    shift 2
    case $name in *"$pattern"*) ;; *) return 0 ;; esac
    run ours "$@"
    [[ $seen =~ ^${wanted}$ ]] || echo "seen: $seen; wanted: $wanted" >>"$work/err"
    [[ $seen =~ ^${wanted}$ ]]
    point $? "$name: $seen"
    [ -n "$builtin" ] || return 0
    run builtin "$@"
    echo "# Wine's own: $seen"
}

# absent NAME WHAT: what cannot be had
absent() {
    case $1 in *"$pattern"*) skip_point "$1: $2" ;; esac
}

# make_certificates: $pki has revocation lists on the web server, $bare has none; the prefix trusts both.
make_certificates() {
    pki=$work/pki bare=$work/bare
    mkdir -p "$work/www" "$work/crl"
    web_server || { echo "Bail out! no web server"; exit 1; }
    sh "$here/../harness/make-pki" --crl-url "http://127.0.0.1:$web_port" "$pki" >"$work/pki.log" 2>&1 &&
        cp "$pki"/*.crl "$work/crl" &&
        sh "$here/../harness/make-pki" "$bare" >>"$work/pki.log" 2>&1 &&
        sh "$here/trust-root.sh" "$prefix" "$pki/root.pem" >>"$work/pki.log" 2>&1 &&
        sh "$here/trust-root.sh" "$prefix" "$bare/root.pem" >>"$work/pki.log" 2>&1 ||
        { cat "$work/pki.log"; echo "Bail out! no certificates"; exit 1; }
}
