/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A security DLL of the simple kind ("SSP"): it exports InitSecurityInterfaceW, whose table has the
 * functions that programs call, for one package or several.
 */
#ifndef SECUR32_LSA_PE_INTERFACE_H
#define SECUR32_LSA_PE_INTERFACE_H

#include "winsspi.h"

#include "base/span.h"
#include "sspi/package.h"

/* The packages of a DLL go to `add`, which says whether it keeps what it gets. false: none. */
MUST_CHECK bool interface_load(HMODULE module, bool (*add)(const struct ssp *package));

#endif
