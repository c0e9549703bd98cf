/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Table: TLS alert and tls.h reason <-> SECURITY_STATUS.
 */
#ifndef SECUR32_SCHANNEL_ALERTS_H
#define SECUR32_SCHANNEL_ALERTS_H

#include "winsspi.h"

#include "tls/tls.h"

SECURITY_STATUS alert_status(int description);      /* of an alert that came */
SECURITY_STATUS failure_status(const struct tls_result *result); /* of TLS_FAILED */
uint8_t alert_for_status(SECURITY_STATUS status);   /* which alert tells the peer (validation) */

#endif
