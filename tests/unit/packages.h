/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What test_packages.c knows of the packages that it loads: package_lsa.c and package_client.c.
 */
#ifndef SECUR32_TESTS_PACKAGES_H
#define SECUR32_TESTS_PACKAGES_H

#include <stdbool.h>
#include <stdint.h>

#define PACKAGE_NAME u"Secur32Test"
#define PACKAGE_COMMENT u"A package of secur32's tests"
#define PACKAGE_CAPABILITIES (SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION)
#define PACKAGE_RPC 0xfff0
#define PACKAGE_TOKEN 64
#define PACKAGE_USER u"TEST\\somebody"
#define PACKAGE_EXPIRY 0x01d0000000000000 /* as FILETIME */
#define PACKAGE_MAGIC 0x3235523f

/* An identity that only the package knows the form of. */
struct package_identity {
    uint32_t magic;
};

/* What is alive, for the message "counts". */
struct package_counts {
    uint32_t initialized, last_context;
    int32_t credentials, contexts, user_contexts;
    uint32_t logons, terminated; /* sessions that began, and that the package was told the end of */
};

/* Logging on with LsaLogonUser: the first letter says who it is to be. */
#define PACKAGE_LOGON_OWN 'o'     /* the user of the process */
#define PACKAGE_LOGON_PARTS 'p'   /* the same, told in blocks of their own */
#define PACKAGE_LOGON_OTHER 't'   /* somebody else */
#define PACKAGE_LOGON_NOBODY 'n'  /* an anonymous one */
#define PACKAGE_LOGON_REFUSED 'r' /* STATUS_ACCOUNT_RESTRICTION, STATUS_PASSWORD_EXPIRED */
#define PACKAGE_PROFILE "profile"

/* Of the DLL with SSPI's own functions. */
#define CLIENT_PACKAGE_NAME u"Secur32TestClient"
#define CLIENT_PACKAGE_SECOND u"Secur32TestSecond"

#endif
