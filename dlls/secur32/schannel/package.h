/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the room gives to the rest of the house: one package.
 */
#ifndef SECUR32_SCHANNEL_PACKAGE_H
#define SECUR32_SCHANNEL_PACKAGE_H

#include "sspi/package.h"

extern const struct ssp schan_ssp;

#endif
