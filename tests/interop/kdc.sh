# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by the tests of authentication: a KDC of their own on the loopback interface, with a user,
# a ticket of the user's in a cache and keys of services in a keytab; and an account of NTLM. All of
# it lies below $work; the environment tells it to GSSAPI, also to that of programs under Wine.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154

realm=CASE.TEST user=tester password=Secret-1 service=HTTP/localhost
domain=SECUR32 ntlm_user=tester ntlm_password=Secret-2
login=$(id -un) # whom servers of the system take the user for
# The account that Windows would call the user of this machine: NetBIOS' form of the computer's name.
own_domain=$(uname -n | cut -d. -f1 | cut -c1-15 | tr '[:lower:]' '[:upper:]') own_user=$(id -un)
kdc=

# What is missing for it on this machine; nothing: it can start.
kdc_lacks() {
    local program
    for program in krb5kdc kdb5_util kadmin.local kinit; do
        command -v "$program" >/dev/null || { echo "$program is missing"; return; }
    done
    /usr/bin/python3 -c 'import gssapi' 2>/dev/null || echo "python3-gssapi is missing"
}

# Nobody may listen on the port; the KDC says so by ending.
configure_kdc() {
    cat >"$work/krb5.conf" <<END
[libdefaults]
    default_realm = $realm
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    $realm = {
        kdc = 127.0.0.1:$1
        auth_to_local_names = {
            $user = $login
        }
    }
[domain_realm]
    localhost = $realm
    nobody.example = $realm
END
    cat >"$work/kdc.conf" <<END
[kdcdefaults]
    kdc_listen = 127.0.0.1:$1
    kdc_tcp_listen = 127.0.0.1:$1
[realms]
    $realm = {
        database_name = $work/principal
        key_stash_file = $work/stash
        acl_file = $work/acl
    }
[logging]
    kdc = FILE:$work/kdc.log
END
}

# start_kdc SERVICE...: sets $kdc, its process. Whoever calls it ends that.
start_kdc() {
    local one port
    export KRB5_CONFIG=$work/krb5.conf KRB5_KDC_PROFILE=$work/kdc.conf
    export KRB5CCNAME=FILE:$work/cache KRB5_KTNAME=FILE:$work/keytab NTLM_USER_FILE=$work/ntlm-users
    export KRB5RCACHENAME=none: # a test may send a ticket twice in one second
    # The second account is that of MS-NLMP's example; then the user's own, and two that are half of it.
    printf '%s\n' "$domain:$ntlm_user:$ntlm_password" Domain:User:Password \
        "$own_domain:$own_user:$ntlm_password" "$domain:$own_user:$ntlm_password" \
        "$own_domain:$ntlm_user:$ntlm_password" >"$work/ntlm-users"
    configure_kdc 88
    {
        kdb5_util create -s -r $realm -P master-key &&
            kadmin.local -q "addprinc -pw $password $user" || return 1
        for one in "$@"; do
            kadmin.local -q "addprinc -randkey $one" &&
                kadmin.local -q "ktadd -k $work/keytab $one" || return 1
        done
    } >"$work/kdb.log" 2>&1
    for _ in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 20000))
        configure_kdc $port
        krb5kdc -n >>"$work/kdb.log" 2>&1 &
        kdc=$!
        for _ in $(seq 50); do
            echo "$password" | kinit "$user" >"$work/kinit.log" 2>&1 && return 0
            kill -0 $kdc 2>/dev/null || break
            sleep 0.1
        done
    done
    return 1
}
