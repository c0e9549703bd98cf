/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See library.h. NTLM is a mechanism that others give to the library (gss-ntlmssp): it is there
 * when gss_indicate_mechs tells it.
 */
#include "gss/mit/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define LIBRARY_FILE "libgssapi_krb5.so.2"
#define REMEDY                                                                                     \
    "install the packages libgssapi-krb5-2 and gss-ntlmssp (Debian, Ubuntu) or krb5-libs and "     \
    "gssntlmssp (Fedora)"

struct gssapi_library gssapi; /* constant after load_once */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static enum mech_status loaded = MECH_UNAVAILABLE;
static struct mech_library facts;

struct symbol {
    const char *name;
    size_t offset; /* in struct gssapi_library */
};

/* clang-format off */
#define GSSAPI_ROW(name, parameters) {"gss_" #name, offsetof(struct gssapi_library, name)},
static const struct symbol symbols[] = {GSSAPI_FUNCTIONS(GSSAPI_ROW)};

#define OID(bytes) {sizeof(bytes) - 1, (void *)(uintptr_t)(bytes)}
static gss_OID_desc mech_oids[MECH_COUNT] = {
    [MECH_NTLM]      = OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"), /* MS-NLMP 1.9 */
    [MECH_KERBEROS]  = OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"),     /* RFC 1964 1 */
    [MECH_NEGOTIATE] = OID("\x2b\x06\x01\x05\x05\x02"),                 /* RFC 4178 3.1 */
};
static gss_OID_desc name_oids[NAME_FORMS] = {
    [NAME_USER]      = OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x01"), /* RFC 2744 appendix A */
    [NAME_SERVICE]   = OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04"),
    [NAME_PRINCIPAL] = OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01"), /* RFC 1964 2.1.1 */
};
/* clang-format on */

static bool find_symbols(void *library)
{
    for (size_t i = 0; i < COUNT_OF(symbols); i++) {
        void *address = dlsym(library, symbols[i].name);

        if (!address) {
            snprintf(facts.problem, sizeof(facts.problem),
                     LIBRARY_FILE " lacks %s: it is too old; " REMEDY, symbols[i].name);
            return false;
        }
        /* POSIX lets dlsym's result be used as a function; ISO C has no cast for it. */
        memcpy((char *)&gssapi + symbols[i].offset, &address, sizeof(address));
    }
    return true;
}

static struct span oid_span(const gss_OID_desc *oid)
{
    return span_of(oid->elements, oid->length);
}

static uint32_t find_mechs(void)
{
    OM_uint32 minor, mask = 0;
    gss_OID_set set = NULL;

    if (GSS_ERROR(gssapi.indicate_mechs(&minor, &set)))
        return 0;
    for (size_t i = 0; i < set->count; i++) {
        enum mech mech = library_mech(&set->elements[i]);

        if (mech != MECH_UNKNOWN)
            mask |= MECH_BIT(mech);
    }
    gssapi.release_oid_set(&minor, &set);
    return mask;
}

static void load_once(void)
{
    void *library = dlopen(LIBRARY_FILE, RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        const char *why = dlerror();

        snprintf(facts.problem, sizeof(facts.problem), "GSSAPI is missing (%.80s): " REMEDY,
                 why ? why : LIBRARY_FILE);
        return;
    }
    /* Never closed: mechanisms keep state of the process. */
    if (!find_symbols(library))
        return;
    facts.mechs = find_mechs();
    if (facts.mechs)
        loaded = MECH_OK;
    else
        snprintf(facts.problem, sizeof(facts.problem), "GSSAPI has no mechanism that we know");
}

enum mech_status mech_load(struct mech_library *library)
{
    pthread_once(&once, load_once);
    *library = facts;
    return loaded;
}

gss_OID library_oid(enum mech mech)
{
    return &mech_oids[mech];
}

enum mech library_mech(gss_OID oid)
{
    enum mech mech = MECH_NTLM;

    while (mech < MECH_COUNT && !(oid && span_equal(oid_span(&mech_oids[mech]), oid_span(oid))))
        mech++;
    return mech;
}

gss_buffer_desc library_buffer(struct span bytes)
{
    return (gss_buffer_desc){bytes.size, (void *)(uintptr_t)bytes.data};
}

enum mech_status library_name(struct span text, enum name_form form, gss_name_t *name)
{
    gss_buffer_desc buffer = library_buffer(text);
    OM_uint32 minor, major = gssapi.import_name(&minor, &buffer, &name_oids[form], name);

    return GSS_ERROR(major) ? library_status("name", major, minor) : MECH_OK;
}

enum mech_status library_take(gss_buffer_t from, uint8_t *to, size_t room, size_t *size)
{
    enum mech_status status = MECH_OK;
    OM_uint32 minor;

    *size = from->length;
    if (from->length > room)
        status = MECH_TOO_SMALL;
    else if (from->length)
        memcpy(to, from->value, from->length);
    if (from->value)
        mem_wipe(from->value, from->length);
    gssapi.release_buffer(&minor, from);
    return status;
}

enum mech_status library_take_name(gss_name_t name, uint8_t *to, size_t room, size_t *size)
{
    gss_buffer_desc text = {0, NULL};
    enum mech_status status = MECH_UNSUPPORTED;
    OM_uint32 minor, major;

    if (!name)
        return status;
    major = gssapi.display_name(&minor, name, &text, NULL);
    status = GSS_ERROR(major) ? library_status("display name", major, minor)
                              : library_take(&text, to, room, size);
    gssapi.release_name(&minor, &name);
    return status;
}
