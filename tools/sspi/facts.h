/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Every attribute of a credential and of a connection, as QueryContextAttributes tells it.
 */
#ifndef SECUR32_TOOLS_FACTS_H
#define SECUR32_TOOLS_FACTS_H

#include "report.h"

/* An attribute that is refused is told with the status. The key that is exported is one of the
 * label "EXPERIMENTAL sspi-query", for comparison with what the peer exports under it. */
void facts_show_credential(CredHandle *credential, struct report *report);
void facts_show_context(CtxtHandle *context, struct report *report);

#endif
