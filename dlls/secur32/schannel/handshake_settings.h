/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The settings (registry values) that bear on every handshake; read once in the process, since a
 * look into the registry costs more than many a handshake message.
 */
#ifndef SECUR32_SCHANNEL_HANDSHAKE_SETTINGS_H
#define SECUR32_SCHANNEL_HANDSHAKE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct handshake_settings {
    uint32_t limit_client, limit_server, limit_server_auth; /* bytes of a handshake message */
    bool no_ems_client, no_ems_server;                      /* no extended master secret */
    bool strict_client, strict_server; /* refuse peers without renegotiation_info (RFC 5746) */
};

/* Before the first context; until then the defaults hold. */
void handshake_settings_load(void);
const struct handshake_settings *handshake_settings(void);

#endif
