/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See handshake_settings.h.
 *
 * Sources: Microsoft Learn, "Transport Layer Security (TLS) registry settings"; Microsoft support,
 * KB 980436 (AllowInsecureRenego...; UseScsvForTls cannot be had of the TLS library).
 */
#include "schannel/handshake_settings.h"

#include "base/limits.h"
#include "platform/platform.h"

static struct handshake_settings settings = {
    .limit_client = LIMIT_HANDSHAKE_CLIENT,
    .limit_server = LIMIT_HANDSHAKE_SERVER,
    .limit_server_auth = LIMIT_HANDSHAKE_SERVER_AUTH,
}; /* constant after handshake_settings_load */

/* "0: fragmented messages are not allowed": one record at most. */
static void load_limit(const char *name, uint32_t *limit)
{
    uint32_t value;

    if (!platform_setting_number(SETTINGS_SCHANNEL, "Messaging", name, &value))
        return;
    if (value == 0)
        value = LIMIT_PLAINTEXT;
    *limit = value < LIMIT_HANDSHAKE_MAX ? value : LIMIT_HANDSHAKE_MAX;
}

static bool load_switch(const char *name)
{
    uint32_t value;

    return platform_setting_number(SETTINGS_SCHANNEL, "", name, &value) && value != 0;
}

/* Set, and 0. */
static bool load_refusal(const char *name)
{
    uint32_t value;

    return platform_setting_number(SETTINGS_SCHANNEL, "", name, &value) && value == 0;
}

void handshake_settings_load(void)
{
    load_limit("MessageLimitClient", &settings.limit_client);
    load_limit("MessageLimitServer", &settings.limit_server);
    load_limit("MessageLimitServerClientAuth", &settings.limit_server_auth);
    settings.no_ems_client = load_switch("DisableClientExtendedMasterSecret");
    settings.no_ems_server = load_switch("DisableServerExtendedMasterSecret");
    settings.strict_client = load_refusal("AllowInsecureRenegoServers");
    settings.strict_server = load_refusal("AllowInsecureRenegoClients");
}

const struct handshake_settings *handshake_settings(void)
{
    return &settings;
}
