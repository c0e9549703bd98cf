/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The Schannel SSP as the dispatcher sees it.
 *
 * Sources: Microsoft Learn, "SecPkgInfo structure"; schannel.h (UNISP_NAME, SCHANNEL_NAME,
 * DEFAULT_TLS_SSP_NAME, UNISP_RPC_ID). Capabilities, largest token and comment are what
 * QuerySecurityPackageInfo answers on Windows 10.
 */
#include "schannel/package.h"

#include "base/log.h"
#include "schannel/context.h"
#include "schannel/handshake_settings.h"

#define SCHAN_CAPABILITIES                                                                         \
    (SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION |                        \
     SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_EXTENDED_ERROR | SECPKG_FLAG_IMPERSONATION |         \
     SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_STREAM | SECPKG_FLAG_MUTUAL_AUTH)
_Static_assert(SCHAN_CAPABILITIES == 0x107b3, "what Windows tells");

#define SCHAN_VERSION 1
#define SCHAN_RPC_ID 14
#define SCHAN_MAX_TOKEN 0x6000

static const WCHAR *const names[] = {
    u"Microsoft Unified Security Protocol Provider",
    u"Schannel",
    u"Default TLS SSP",
};

/* Without the TLS library the package is absent, and one line says why. */
SECURITY_STATUS schan_start(void)
{
    struct tls_library library = {0};
    enum tls_status called = tls_load(&library);

    if (called != TLS_OK) {
        log_notice("Schannel is not available: %s", library.problem);
        return SEC_E_SECPKG_NOT_FOUND;
    }
    TRACE(LOG_SCHANNEL, "%s %s", library.name, library.version);
    handshake_settings_load();
    return SEC_E_OK;
}

const struct ssp schan_ssp = {
    .names = names,
    .name_count = COUNT_OF(names),
    .comment = u"Schannel Security Package",
    .capabilities = SCHAN_CAPABILITIES,
    .version = SCHAN_VERSION,
    .rpc_id = SCHAN_RPC_ID,
    .max_token = SCHAN_MAX_TOKEN,
    .start = schan_start,
    .acquire = schan_acquire,
    .free_credential = schan_free_credential,
    .query_credential = schan_query_credential,
    .set_credential = schan_set_credential,
    .initialize = schan_initialize,
    .accept = schan_accept,
    .control = schan_control,
    .delete_context = schan_delete_context,
    .rest = schan_rest,
    .query_context = schan_query_context,
    .set_context = schan_set_context,
    .seal = schan_seal,
    .unseal = schan_unseal,
    .impersonate = schan_impersonate,
    .query_token = schan_query_token,
    .export_context = schan_export,
    .import_context = schan_import,
};
