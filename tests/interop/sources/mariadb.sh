# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by source_programs: MariaDB's Connector/C with Schannel, by mariadb_client.c and by programs of
# its own tests, against Debian's MariaDB.
# shellcheck shell=bash
# shellcheck disable=SC2154

# mariadb_data: the folder of a server, made once
mariadb_data() {
    local where=$work/mariadb
    mkdir -p "$where" && cat >"$where/init.sql" <<'END' || return 1
CREATE DATABASE IF NOT EXISTS test;
USE test;
CREATE OR REPLACE USER tester@localhost IDENTIFIED BY 'Secret-4' REQUIRE SSL;
CREATE OR REPLACE USER holder@localhost IDENTIFIED BY 'Secret-4' REQUIRE X509;
GRANT ALL ON *.* TO tester@localhost WITH GRANT OPTION;
CREATE OR REPLACE TABLE test.big AS SELECT seq, repeat(md5(seq), 30) AS text FROM seq_1_to_20000;
END
    # As mariadb-install-db would, which wants programs of the client's package.
    mkdir -p "$where/data/mysql" && unprivileged "$where" && { echo 'use mysql;'; cat /usr/share/mysql/mysql_system_tables.sql; } |
        (cd "$where" && "${as[@]}" mariadbd --no-defaults --bootstrap --datadir="$where/data" --skip-networking) \
            >"$work/mariadb.log" 2>&1 || { log=$work/mariadb.log; return 1; }
}

# mariadb_server CERTIFICATE: in place of the one before. Sets $port.
mariadb_server() {
    local where=$work/mariadb pid
    stop_peers
    cp "$1.pem" "$where/server.pem" && cp "$1.key" "$where/server.key" && cp "$pki/inter.pem" "$where/ca.pem" &&
        unprivileged "$where" || return 1
    port=$(free_ports 1) log=$work/mariadb.log
    (cd "$where" && exec "${as[@]}" mariadbd --no-defaults --datadir="$where/data" --socket="$where/socket" --port="$port" \
        --bind-address=127.0.0.1 --init-file="$where/init.sql" --ssl-cert="$where/server.pem" --ssl-key="$where/server.key" \
        --ssl-ca="$where/ca.pem" --tls-version=TLSv1.2,TLSv1.3 --skip-log-bin --pid-file="$where/pid") >"$log" 2>&1 &
    pid=$!
    peers+=("$pid")
    wait_for "$log" 'ready for connections' "$pid"
}

mariadb_rows() {
    local verify=";ssl-ca=Z:$pki/root.pem;ssl-verify-server-cert=1" tls to
    local version="show session status where variable_name in ('Ssl_version')" sum='select sum(crc32(text)), count(*) from test.big'

    for tls in 1.2 1.3; do
        to="host=localhost;port=$port;user=tester;password=Secret-4;tls-version=TLSv$tls"
        row "mariadb, TLS $tls: a query" "Ssl_version TLSv$tls, ends with 0" "${run[@]}" "$to$verify" "$version"
        row "mariadb, TLS $tls: twenty thousand rows" "[0-9]+ 20000, ends with 0" "${run[@]}" "$to$verify" "$sum"
        row "mariadb, TLS $tls: a wrong password" "error 1045: .*, ends with 1" \
            "${run[@]}" "${to/Secret-4/Secret-5}$verify" "$version"
    done
}

# connector_tests: each of the connector's own is a program that connects many times, with TLS by force;
# its TAP is counted, not shown, since its skips are not ours.
connector_tests() {
    local program whose told
    export MARIADB_CC_TEST=1 MYSQL_TEST_HOST=localhost MYSQL_TEST_PORT=$port MYSQL_TEST_USER=tester MYSQL_TEST_TLS=1 \
        MYSQL_TEST_PASSWD=Secret-4
    for program in basic-t fetch ps result misc; do
        case "mariadb: the connector's $program" in *"$pattern"*) ;; *) continue ;; esac
        for whose in ours $([ -z "$builtin" ] || echo builtin); do
            run $whose "$programs/mariadb/$program.exe"
            told="$(grep -c '^ok' "$work/out") ok, $(grep -c '^not ok' "$work/out") not, ${seen##*, }"
            [ $whose = ours ] || { echo "# Wine's own: $told"; continue; }
            [[ $told =~ ^[1-9][0-9]*\ ok,\ 0\ not,\ ends\ with\ 0$ ]]
            point $? "mariadb: the connector's $program: $told"
        done
    done
}

# name_rows: a server with the right root, for another host; only ssl-verify-server-cert wants the name.
name_rows() {
    local to="host=localhost;port=$port;user=tester;password=Secret-4;ssl-ca=Z:$pki/root.pem" query="select 'in'"

    row "mariadb: another name, ssl-verify-server-cert" "error 2026: TLS/SSL error: .*, ends with 1" \
        "${run[@]}" "$to;ssl-verify-server-cert=1" "$query"
    row "mariadb: another name, ssl-ca alone" "in, ends with 0" "${run[@]}" "$to" "$query"
}

mariadb_test() {
    local run=("$programs/mariadb/mariadb_client.exe")
    command -v mariadbd >/dev/null || { absent "mariadb" "MariaDB's server is missing (mariadb-server-core)"; return; }
    build_program mariadb || return
    certificates
    mariadb_data && mariadb_server "$pki/rsa" || { point 1 "mariadb: the server does not start"; return; }
    mariadb_rows
    connector_tests
    mariadb_server "$pki/wrong-name" && name_rows
}
