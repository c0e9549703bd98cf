/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes that differ between A and W: those with strings. Packages only know the wide ones.
 */
#ifndef SECUR32_DLL_SSPI_ATTRIBUTES_H
#define SECUR32_DLL_SSPI_ATTRIBUTES_H

#include "winsspi.h"

#include "base/span.h"
#include "sspi/package.h"

enum attribute_kind { ATTRIBUTE_CONTEXT, ATTRIBUTE_CREDENTIAL };

struct attribute_call {
    enum attribute_kind kind;
    const struct ssp *ssp;
    void *object;
    struct ssp_attribute attribute; /* the program's: its buffer is in its character set */
};

/* One of the four below. */
typedef SECURITY_STATUS (*attribute_step)(const struct attribute_call *call);

/* Asks the package and hands on what it says, in ANSI. The buffer is written only on success. */
MUST_CHECK SECURITY_STATUS attribute_query_narrow(const struct attribute_call *call);
MUST_CHECK SECURITY_STATUS attribute_query_wide(const struct attribute_call *call);
/* Hands a setting to the package; the ANSI one with its strings widened. */
MUST_CHECK SECURITY_STATUS attribute_set_narrow(const struct attribute_call *call);
MUST_CHECK SECURITY_STATUS attribute_set_wide(const struct attribute_call *call);

#endif
