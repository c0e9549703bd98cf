/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the room gives to the rest of the house: three packages.
 */
#ifndef SECUR32_GSS_PACKAGE_H
#define SECUR32_GSS_PACKAGE_H

#include "sspi/package.h"

extern const struct ssp gss_negotiate_ssp, gss_kerberos_ssp, gss_ntlm_ssp;

#endif
