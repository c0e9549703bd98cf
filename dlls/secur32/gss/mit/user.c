/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Whether a server's client is the user of this process. A Kerberos principal is a user by what
 * krb5.conf says of it (auth_to_local; without that the one component of a principal of the default
 * realm), as every service of the system reckons. NTLM's names are none of the system's.
 */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "gss/mit/library.h"

#define ENTRY_MAX 65536 /* of the user database: with a long list of real name and folders */

/* Both numbers count: a process that only borrows another's is nobody in particular. */
static bool is_own_name(const gss_buffer_desc *name)
{
    struct passwd entry, *found = NULL;
    char *memory = mem_alloc(ENTRY_MAX);
    bool is_own = false;

    if (memory && getuid() == geteuid())
        getpwuid_r(geteuid(), &entry, memory, ENTRY_MAX, &found);
    if (found)
        is_own = span_equal(span_of(name->value, name->length),
                            span_of(found->pw_name, strlen(found->pw_name)));
    mem_free(memory);
    return is_own;
}

enum mech_status mech_client_is_self(struct mech_context *context, bool *is_self)
{
    gss_buffer_desc local = {0, NULL};
    gss_name_t client = NULL;
    OM_uint32 minor, major;

    *is_self = false;
    if (!context->is_ready || !context->is_server)
        return MECH_BAD_ARGUMENT;
    if (context->chosen != MECH_KERBEROS)
        return MECH_UNSUPPORTED;
    major = gssapi.inquire_context(&minor, context->context, &client, NULL, NULL, NULL, NULL, NULL,
                                   NULL);
    if (GSS_ERROR(major))
        return library_status("client", major, minor);
    major = gssapi.localname(&minor, client, library_oid(MECH_KERBEROS), &local);
    /* Without a mapping the principal is no user here. */
    if (!GSS_ERROR(major)) {
        *is_self = is_own_name(&local);
        gssapi.release_buffer(&minor, &local);
    }
    gssapi.release_name(&minor, &client);
    return MECH_OK;
}
