/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * From what a program calls its identity and its target to what GSSAPI calls them.
 */
#ifndef SECUR32_GSS_IDENTITY_H
#define SECUR32_GSS_IDENTITY_H

#include "gss/credential.h"

/* Fills the identity's members, and takes mechanisms that the identity excludes from `allowed`. */
MUST_CHECK SECURITY_STATUS identity_take(const void *auth_data, struct gss_credential *credential);
void identity_forget(struct gss_credential *credential);

/* A target as GSSAPI has it; text is for mem_free. */
struct gss_target {
    enum mech_target_kind kind;
    char *text;
};

MUST_CHECK SECURITY_STATUS target_take(const WCHAR *name, struct gss_target *target);
/* NTLM has no principals, and hands the name on as it is: but gss-ntlmssp takes it apart and puts
 * it together again with a slash, so that other names cannot be told (MECH_TARGET_NONE). */
enum mech_target_kind target_for_ntlm(struct gss_target *target);

#endif
