/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See identity.h.
 */
#include "lsa/pe/identity.h"

#include "platform/platform.h"

bool lsa_identity_is_known(const WCHAR *package)
{
    static const WCHAR *const known[] = {L"NTLM", L"Kerberos", L"Negotiate", L"WDigest"};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (platform_wide_same(known[i], package))
            return true;
    return false;
}

static ULONG length_of(const WCHAR *text)
{
    return text ? (ULONG)platform_wide_length(text) : 0;
}

/* The two strings stay what they are; only where the parts begin and end changes. */
static void split_user(SEC_WINNT_AUTH_IDENTITY_W *plain)
{
    if (plain->DomainLength)
        return;
    for (ULONG i = 0; i < plain->UserLength; i++)
        if (plain->User[i] == '\\') {
            plain->Domain = plain->User;
            plain->DomainLength = i;
            plain->User += i + 1;
            plain->UserLength -= i + 1;
            return;
        }
}

SECURITY_STATUS lsa_identity_init(struct lsa_identity *identity, const void *auth_data)
{
    WCHAR **text = identity->parts.text;
    SECURITY_STATUS status = identity_read(auth_data, &identity->parts);

    if (status != SEC_E_OK)
        return status == STATUS_INVALID_PARAMETER ? SEC_E_UNKNOWN_CREDENTIALS : status;
    identity->plain =
        (SEC_WINNT_AUTH_IDENTITY_W){.User = (unsigned short *)text[IDENTITY_USER],
                                    .UserLength = length_of(text[IDENTITY_USER]),
                                    .Domain = (unsigned short *)text[IDENTITY_DOMAIN],
                                    .DomainLength = length_of(text[IDENTITY_DOMAIN]),
                                    .Password = (unsigned short *)text[IDENTITY_PASSWORD],
                                    .PasswordLength = length_of(text[IDENTITY_PASSWORD]),
                                    .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    split_user(&identity->plain);
    return SEC_E_OK;
}

void lsa_identity_done(struct lsa_identity *identity)
{
    identity_done(&identity->parts); /* wipes */
}
