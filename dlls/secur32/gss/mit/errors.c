/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a failed call means. The routine error says the kind; where it only says that something
 * failed, the mechanism's own number decides: those of Kerberos are the protocol's error codes (RFC
 * 4120 7.5.9) on a base that MIT's com_err gives them.
 */
#include <errno.h>

#include "base/log.h"
#include "gss/mit/library.h"

/* MIT's table of error codes "krb5": 128 of RFC 4120, then the library's own. */
#define KRB5_BASE 0x96c73a00u
#define KRB5(code) (KRB5_BASE + (code))

struct meaning {
    OM_uint32 code;
    enum mech_status status;
};

/* clang-format off */
static const struct meaning routine[] = {
    {GSS_BAD_MECH,             MECH_BAD_TOKEN},
    {GSS_BAD_NAME,             MECH_TARGET_UNKNOWN},
    {GSS_BAD_NAMETYPE,         MECH_TARGET_UNKNOWN},
    {GSS_BAD_BINDINGS,         MECH_BAD_BINDINGS},
    {GSS_BAD_SIG,              MECH_ALTERED},
    {GSS_NO_CRED,              MECH_NO_CREDENTIAL},
    {GSS_NO_CONTEXT,           MECH_BAD_ARGUMENT},
    {GSS_DEFECTIVE_TOKEN,      MECH_BAD_TOKEN},
    {GSS_DEFECTIVE_CREDENTIAL, MECH_NO_CREDENTIAL},
    {GSS_CREDENTIALS_EXPIRED,  MECH_EXPIRED},
    {GSS_CONTEXT_EXPIRED,      MECH_EXPIRED},
    {GSS_BAD_QOP,              MECH_BAD_QOP},
    {GSS_UNAUTHORIZED,         MECH_LOGON_DENIED},
    {GSS_UNAVAILABLE,          MECH_UNSUPPORTED},
    {GSS_NAME_NOT_MN,          MECH_TARGET_UNKNOWN},
};

static const struct meaning kerberos[] = {
    {KRB5(6),   MECH_LOGON_DENIED},    /* KDC_ERR_C_PRINCIPAL_UNKNOWN */
    {KRB5(7),   MECH_TARGET_UNKNOWN},  /* KDC_ERR_S_PRINCIPAL_UNKNOWN */
    {KRB5(14),  MECH_ETYPE},           /* KDC_ERR_ETYPE_NOSUPP */
    {KRB5(18),  MECH_LOGON_DENIED},    /* KDC_ERR_CLIENT_REVOKED */
    {KRB5(23),  MECH_LOGON_DENIED},    /* KDC_ERR_KEY_EXPIRED */
    {KRB5(24),  MECH_LOGON_DENIED},    /* KDC_ERR_PREAUTH_FAILED */
    {KRB5(31),  MECH_LOGON_DENIED},    /* KRB_AP_ERR_BAD_INTEGRITY: the key of a wrong password */
    {KRB5(32),  MECH_EXPIRED},         /* KRB_AP_ERR_TKT_EXPIRED */
    {KRB5(33),  MECH_TIME_SKEW},       /* KRB_AP_ERR_TKT_NYV */
    {KRB5(34),  MECH_BAD_TOKEN},       /* KRB_AP_ERR_REPEAT */
    {KRB5(35),  MECH_WRONG_TARGET},    /* KRB_AP_ERR_NOT_US */
    {KRB5(37),  MECH_TIME_SKEW},       /* KRB_AP_ERR_SKEW */
    {KRB5(41),  MECH_WRONG_TARGET},    /* KRB_AP_ERR_MODIFIED */
    {KRB5(45),  MECH_WRONG_TARGET},    /* KRB_AP_ERR_NOKEY */
    {KRB5(141), MECH_NO_CREDENTIAL},   /* KRB5_CC_NOTFOUND */
    {KRB5(154), MECH_NO_AUTHORITY},    /* KRB5_REALM_UNKNOWN */
    {KRB5(155), MECH_NO_AUTHORITY},    /* KRB5_SERVICE_UNKNOWN */
    {KRB5(156), MECH_NO_AUTHORITY},    /* KRB5_KDC_UNREACH */
    {KRB5(181), MECH_WRONG_TARGET},    /* KRB5_KT_NOTFOUND */
    {KRB5(195), MECH_NO_CREDENTIAL},   /* KRB5_FCC_NOFILE */
    {KRB5(210), MECH_LOGON_DENIED},    /* KRB5_PREAUTH_FAILED */
    {KRB5(217), MECH_NO_AUTHORITY},    /* KRB5_ERR_HOST_REALM_UNKNOWN */
    {KRB5(220), MECH_NO_AUTHORITY},    /* KRB5_REALM_CANT_RESOLVE */
    {KRB5(224), MECH_NO_CREDENTIAL},   /* KRB5_CONFIG_NODEFREALM */
    {KRB5(230), MECH_WRONG_TARGET},    /* KRB5_KT_KVNONOTFOUND */
};
/* clang-format on */

static bool find(const struct meaning *table, size_t count, OM_uint32 code,
                 enum mech_status *status)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].code == code) {
            *status = table[i].status;
            return true;
        }
    return false;
}

static void trace(const char *of, OM_uint32 major, OM_uint32 minor)
{
    gss_buffer_desc text = {0, NULL};
    OM_uint32 ignored, more = 0;

    if (!log_wanted(LOG_GSS))
        return;
    gssapi.display_status(&ignored, minor, GSS_C_MECH_CODE, NULL, &more, &text);
    log_line(LOG_GSS, "%s: %08x/%08x %.*s", of, major, minor, (int)text.length,
             text.value ? (const char *)text.value : "");
    gssapi.release_buffer(&ignored, &text);
}

enum mech_status library_status(const char *of, OM_uint32 major, OM_uint32 minor)
{
    OM_uint32 error = GSS_ROUTINE_ERROR(major);
    enum mech_status status = MECH_FAILED;

    trace(of, major, minor);
    /* "No credential" also tells that there was one and the KDC did not like it; and that a server
     * has no key at all. */
    if ((error == GSS_FAILURE || error == GSS_NO_CRED) &&
        find(kerberos, COUNT_OF(kerberos), minor, &status) &&
        !(error == GSS_NO_CRED && status == MECH_WRONG_TARGET))
        return status;
    if (error == 0)
        return MECH_BAD_ARGUMENT; /* a calling error alone */
    if (error == GSS_FAILURE && minor == ENOMEM)
        return MECH_NO_MEMORY;
    find(routine, COUNT_OF(routine), error, &status);
    return status;
}
