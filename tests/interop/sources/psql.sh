# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by source_programs: PostgreSQL's psql on libpq's SSPI, against Debian's PostgreSQL, which asks
# for GSSAPI, and against pg_sspi.py, which asks for SSPI as a server on Windows does.
# shellcheck shell=bash
# shellcheck disable=SC2154

# postgres_server: as somebody else than root. Sets $port. Its users: the ticket's, and one more.
postgres_server() {
    local where=$work/postgres bin=$postgres/bin pid
    mkdir -p "$where" && cp "$work/postgres.keytab" "$where/keytab" && unprivileged "$where" || return 1
    (cd "$where" && "${as[@]}" "$bin/initdb" -D "$where/data" -U postgres -A trust --no-sync) >"$work/initdb.log" 2>&1 ||
        { cp "$work/initdb.log" "$log"; return 1; }
    port=$(free_ports 1)
    printf '%s\n' "local all all trust" "host realm all 127.0.0.1/32 gss include_realm=1 krb_realm=$realm" \
        "host all all 127.0.0.1/32 gss include_realm=0 krb_realm=$realm" >"$where/data/pg_hba.conf"
    (cd "$where" && KRB5_KTNAME=FILE:$where/keytab exec "${as[@]}" "$bin/postgres" -D "$where/data" -h 127.0.0.1 -p "$port" \
        -k "$where" -c "krb_server_keyfile=FILE:$where/keytab" -c fsync=off) >"$log" 2>&1 &
    pid=$!
    children+=("$pid")
    wait_for "$log" 'ready to accept connections' "$pid" || return 1
    "$bin/psql" -q -h "$where" -p "$port" -U postgres -c "create role $user login" -c "create role somebody login" \
        -c "create database realm" postgres >>"$log" 2>&1
}

# The refusals end with 2, psql's status for a connection that could not be made. Windows' texts of the
# codes are Wine's here; so only the codes count.
psql_rows() {
    local run=("$programs/psql/psql.exe" -X -A -t -d) to="host=localhost user=$user dbname=postgres port=$port"
    local who='select current_user, gss_authenticated, principal, encrypted from pg_stat_gssapi where pid = pg_backend_pid()'
    local logged_on="$user\|t\|$user@$realm\|f" failed=".*SSPI" again

    row "psql, gss: a ticket cache" "$logged_on, ends with 0" "${run[@]}" "$to" -c "$who"
    again=(-c "\\connect - - - $port" -c "$who")
    row "psql, gss: four connections of one program" "($logged_on ?){4}, ends with 0" \
        "${run[@]}" "$to" -q -c "$who" "${again[@]}" "${again[@]}" "${again[@]}"
    row "psql, gss: a thousand rows come whole" "500500, ends with 0" \
        "${run[@]}" "$to" -c 'select sum(n) from generate_series(1, 1000) n'
    row "psql, gss: another user than the ticket's" ".*FATAL:.*GSSAPI authentication failed for user .somebody.*, ends with 2" \
        "${run[@]}" "host=localhost user=somebody dbname=postgres port=$port" -c "$who"
    row "psql, gss: the server keeps the realm in the name" ".*FATAL:.*GSSAPI authentication failed.*, ends with 2" \
        "${run[@]}" "host=localhost user=$user dbname=realm port=$port" -c "$who"
    row "psql, gss: a service that the KDC does not know" "$failed continuation error.*80090303.*, ends with 2" \
        "${run[@]}" "$to krbsrvname=nosuch" -c "$who"
    row "psql, gss: a service that is not the server's" ".*FATAL:.*GSSAPI.*, ends with 2" \
        "${run[@]}" "$to krbsrvname=other" -c "$who"
    row "psql, gss: a host that is known by its address alone" "$failed continuation error.*80090303.*, ends with 2" \
        "${run[@]}" "host=127.0.0.1 user=$user dbname=postgres port=$port" -c "$who"
    KRB5CCNAME=FILE:$work/no-cache row "psql, gss: no ticket" "$failed.*8009030e.*, ends with 2" "${run[@]}" "$to" -c "$who"
    KRB5CCNAME=FILE:$work/ended-cache row "psql, gss: a ticket that has ended" "$failed.*80090317.*, ends with 2" \
        "${run[@]}" "$to" -c "$who"
    KRB5_CONFIG=$work/gone.conf KRB5CCNAME=FILE:$work/fresh-cache row "psql, gss: no KDC" "$failed continuation error.*80090311.*, ends with 2" \
        "${run[@]}" "$to" -c "$who"
}

psql_sspi_rows() {
    local run=("$programs/psql/psql.exe" -X -A -t -d) to="host=localhost user=$user dbname=any port=$port"
    local kerberos="user=$user@$realm mech=Kerberos first=spnego legs=1"

    row "psql, sspi: a ticket cache" "$kerberos, ends with 0" "${run[@]}" "$to" -c 'select 1'
    row "psql, sspi: a service that is not the server's" ".*refused.*, ends with 2" \
        "${run[@]}" "$to krbsrvname=other" -c 'select 1'
    NTLM_USER_FILE=$work/ntlm-one KRB5CCNAME=FILE:$work/no-cache \
        row "psql, sspi: no ticket, but an account of NTLM" "user=.*$ntlm_user mech=NTLM .* legs=2, ends with 0" \
        "${run[@]}" "$to" -c 'select 1'
}

psql_test() {
    local postgres
    postgres=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null | sort -V | tail -n 1)
    [ -x "$postgres/bin/postgres" ] || { absent "psql" "PostgreSQL's server is missing (postgresql)"; return; }
    build_program psql "${postgres##*/}" || return
    # The keys of one service; a ticket that is over when it is used; a KDC that is not there.
    kadmin.local -q "ktadd -norandkey -k $work/postgres.keytab postgres/localhost" >"$work/kadmin.log" 2>&1
    {
        echo "$password" | kinit -l 1s -c "FILE:$work/ended-cache" "$user"
        echo "$password" | kinit -c "FILE:$work/fresh-cache" "$user"
    } >"$work/kinit.log" 2>&1
    sed 's/127\.0\.0\.1:[0-9]*/127.0.0.1:1/' "$work/krb5.conf" >"$work/gone.conf"
    echo "$domain:$ntlm_user:$ntlm_password" >"$work/ntlm-one"
    if postgres_server; then psql_rows; else point 1 "psql: PostgreSQL's server does not start"; fi
    KRB5_KTNAME=FILE:$work/postgres.keytab python_server "$here/pg_sspi.py" && psql_sspi_rows
}
