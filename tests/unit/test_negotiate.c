/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * lsa/negotiate: which package is picked, by credentials, target, the program's list of packages
 * and a client's first token; and that all that was made goes again. Both packages are the test's.
 */
#include "winsspi.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "lsa/host.h"
#include "lsa/negotiate.h"
#include "sspi/buffers.h"

enum { KERBEROS, NTLM, PACKAGES };

static struct {
    SECURITY_STATUS acquire, step; /* what the package answers */
    bool is_absent;
    int credentials, contexts; /* alive */
    unsigned steps, seals;
} fakes[PACKAGES];

static const struct ssp packages[PACKAGES];

static size_t number_of(const struct ssp *ssp)
{
    return (size_t)(ssp - packages);
}

/* A credential and a context are a byte that is their package's number. */
static SECURITY_STATUS acquire(struct ssp_acquire *call)
{
    size_t number = number_of(call->ssp);

    if (fakes[number].acquire < 0)
        return fakes[number].acquire;
    call->credential = malloc(1);
    memset(call->credential, (int)number, 1);
    call->expiry.QuadPart = 100 - (LONGLONG)number;
    fakes[number].credentials++;
    return SEC_E_OK;
}

static void free_credential(void *credential)
{
    fakes[*(unsigned char *)credential].credentials--;
    free(credential);
}

static SECURITY_STATUS step_of(struct ssp_step *step)
{
    size_t number = *(unsigned char *)(step->context ? step->context : step->credential);
    SecBuffer *token = buffers_find(step->output, SECBUFFER_TOKEN, 0);

    fakes[number].steps++;
    step->attributes = (ULONG)number + 1;
    if (token)
        token->cbBuffer = 7; /* a failure leaves it, too */
    if (fakes[number].step < 0)
        return fakes[number].step;
    if (!step->context) {
        step->new_context = malloc(1);
        memset(step->new_context, (int)number, 1);
        fakes[number].contexts++;
    }
    return fakes[number].step;
}

static void delete_context(void *context)
{
    fakes[*(unsigned char *)context].contexts--;
    free(context);
}

static SECURITY_STATUS seal(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    (void)qop;
    (void)message;
    (void)sequence;
    fakes[*(unsigned char *)context].seals++;
    return SEC_E_OK;
}

#define FUNCTIONS                                                                                  \
    .acquire = acquire, .free_credential = free_credential, .initialize = step_of,                 \
    .accept = step_of, .delete_context = delete_context

static const WCHAR *const kerberos_names[] = {u"Kerberos"};
static const WCHAR *const ntlm_names[] = {u"NTLM"};
static const struct ssp packages[PACKAGES] = {
    [KERBEROS] = {.names = kerberos_names, .name_count = 1, FUNCTIONS, .seal = seal},
    [NTLM] = {.names = ntlm_names, .name_count = 1, FUNCTIONS},
};

/* ---- the list */

static bool add(const struct ssp *package)
{
    (void)package;
    return false;
}

static bool add_again(const void *origin)
{
    (void)origin;
    return false;
}

static const struct ssp *find(const WCHAR *name)
{
    size_t number = name[0] == 'K' ? KERBEROS : NTLM;

    return fakes[number].is_absent ? NULL : &packages[number];
}

static SECURITY_STATUS info(const struct ssp *package, SecPkgInfoW **result)
{
    *result = buffers_alloc(sizeof(**result));
    (*result)->wRPCID = (USHORT)number_of(package);
    return SEC_E_OK;
}

static ULONG number(const struct ssp *package)
{
    return (ULONG)number_of(package) + 1;
}

static const struct ssp *at(ULONG index)
{
    return index && index <= PACKAGES ? &packages[index - 1] : NULL;
}

const struct lsa_host lsa_host = {add, add_again, find, info, number, at};

static void reset(void)
{
    memset(fakes, 0, sizeof(fakes));
}

static void check_clean(const char *name)
{
    for (size_t i = 0; i < PACKAGES; i++)
        ok(!fakes[i].credentials && !fakes[i].contexts,
           "%s: package %zu: %d credentials, %d contexts", name, i, fakes[i].credentials,
           fakes[i].contexts);
}

/* ---- tests */

static const struct {
    const char *name;
    const WCHAR *list, *target;
    SECURITY_STATUS kerberos_acquire, kerberos_step, acquire, step;
    int picked; /* PACKAGES: none */
} clients[] = {
    {"target", NULL, u"HTTP/host", 0, SEC_I_CONTINUE_NEEDED, 0, SEC_I_CONTINUE_NEEDED, KERBEROS},
    {"no target", NULL, NULL, 0, SEC_I_CONTINUE_NEEDED, 0, SEC_I_CONTINUE_NEEDED, NTLM},
    {"empty target", NULL, u"", 0, SEC_I_CONTINUE_NEEDED, 0, SEC_I_CONTINUE_NEEDED, NTLM},
    {"no ticket", NULL, u"HTTP/host", 0, SEC_E_TARGET_UNKNOWN, 0, SEC_I_CONTINUE_NEEDED, NTLM},
    {"no Kerberos credential", NULL, u"HTTP/host", SEC_E_NO_CREDENTIALS, 0, 0,
     SEC_I_CONTINUE_NEEDED, NTLM},
    {"!ntlm", u"!ntlm", u"HTTP/host", 0, SEC_I_CONTINUE_NEEDED, 0, SEC_I_CONTINUE_NEEDED, KERBEROS},
    {"!ntlm, no ticket", u"!ntlm", u"HTTP/host", 0, SEC_E_TARGET_UNKNOWN, 0, SEC_E_TARGET_UNKNOWN,
     PACKAGES},
    {"NTLM alone", u"NTLM", u"HTTP/host", 0, SEC_I_CONTINUE_NEEDED, 0, SEC_I_CONTINUE_NEEDED, NTLM},
    {"two, one excluded", u"!Kerberos,NTLM", u"HTTP/host", 0, 0, 0, SEC_I_CONTINUE_NEEDED, NTLM},
    {"excluded wins", u"Kerberos,!Kerberos,!NTLM", u"HTTP/host", 0, 0, SEC_E_NO_CREDENTIALS, 0,
     PACKAGES},
    {"an unknown one alone", u"pku2u", u"HTTP/host", 0, 0, SEC_E_NO_CREDENTIALS, 0, PACKAGES},
};

static SECURITY_STATUS acquire_with(const WCHAR *list, struct ssp_acquire *call)
{
    size_t size = 0;
    SEC_WINNT_AUTH_IDENTITY_EXW identity = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                            .Length = sizeof(identity),
                                            .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};

    while (list && list[size])
        size++;
    identity.PackageList = (unsigned short *)(uintptr_t)list;
    identity.PackageListLength = (ULONG)size;
    *call = (struct ssp_acquire){.ssp = &negotiate_ssp, .auth_data = list ? &identity : NULL};
    return negotiate_ssp.acquire(call);
}

START_TEST(negotiate_client)
{
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        SecBuffer token = {100, SECBUFFER_TOKEN, NULL};
        SecBufferDesc output = {SECBUFFER_VERSION, 1, &token};
        struct ssp_acquire call;
        struct ssp_step step;
        SecPkgContext_NegotiationInfoW picked = {NULL, 77};
        struct ssp_attribute attribute = {SECPKG_ATTR_NEGOTIATION_INFO, &picked, sizeof(picked)};

        reset();
        fakes[KERBEROS].acquire = clients[i].kerberos_acquire;
        fakes[KERBEROS].step = clients[i].kerberos_step;
        fakes[NTLM].step = SEC_I_CONTINUE_NEEDED;
        ok_status(acquire_with(clients[i].list, &call), clients[i].acquire, "%s: acquire",
                  clients[i].name);
        if (clients[i].acquire != SEC_E_OK)
            continue;
        step = (struct ssp_step){
            .credential = call.credential, .target = clients[i].target, .output = &output};
        ok_status(negotiate_ssp.initialize(&step), clients[i].step, "%s: step", clients[i].name);
        if (clients[i].picked == PACKAGES) {
            ok(!step.new_context && token.cbBuffer == 100, "%s: something is left",
               clients[i].name);
        } else {
            ok(step.attributes == (ULONG)clients[i].picked + 1, "%s: picked the other",
               clients[i].name);
            ok_status(negotiate_ssp.query_context(step.new_context, &attribute), SEC_E_OK,
                      "%s: which", clients[i].name);
            ok_number(picked.PackageInfo->wRPCID, clients[i].picked, "%s: which", clients[i].name);
            buffers_free(picked.PackageInfo);
            negotiate_ssp.delete_context(step.new_context);
        }
        negotiate_ssp.free_credential(call.credential);
        check_clean(clients[i].name);
    }
}

START_TEST(negotiate_server)
{
    static const struct {
        const char *name, *token;
        size_t size;
        SECURITY_STATUS status;
        int picked;
    } cases[] = {
        {"NTLM", "NTLMSSP\0\1", 9, SEC_I_CONTINUE_NEEDED, NTLM},
        {"NTLM, cut", "NTLMSSP", 7, SEC_E_INVALID_HANDLE, PACKAGES},
        {"Kerberos", "\x60\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 13,
         SEC_I_CONTINUE_NEEDED, KERBEROS},
        {"Kerberos, long length", "\x60\x82\x01\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02",
         15, SEC_I_CONTINUE_NEEDED, KERBEROS},
        {"Kerberos, cut", "\x60\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 12,
         SEC_E_INVALID_HANDLE, PACKAGES},
        {"length of nothing", "\x60\x84\x01", 3, SEC_E_INVALID_HANDLE, PACKAGES},
        {"absurd length", "\x60\xff\x01", 3, SEC_E_INVALID_HANDLE, PACKAGES},
        {"SPNEGO", "\x60\x08\x06\x06\x2b\x06\x01\x05\x05\x02", 10, SEC_I_CONTINUE_NEEDED, KERBEROS},
        {"SPNEGO, cut", "\x60\x08\x06\x06\x2b\x06\x01\x05\x05", 9, SEC_E_INVALID_HANDLE, PACKAGES},
        {"nothing", "", 0, SEC_E_INVALID_HANDLE, PACKAGES},
        {"garbage", "garbage!", 8, SEC_E_INVALID_HANDLE, PACKAGES},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBuffer token = {(ULONG)cases[i].size, SECBUFFER_TOKEN, NULL};
        SecBufferDesc input = {SECBUFFER_VERSION, 1, &token};
        void *copy = malloc(cases[i].size + 1); /* exactly, for the address sanitizer */
        struct ssp_acquire call;
        struct ssp_step step;

        copy = realloc(copy, cases[i].size ? cases[i].size : 1);
        memcpy(copy, cases[i].token, cases[i].size);
        token.pvBuffer = copy;
        reset();
        fakes[KERBEROS].step = fakes[NTLM].step = SEC_I_CONTINUE_NEEDED;
        ok_status(acquire_with(NULL, &call), SEC_E_OK, "%s: acquire", cases[i].name);
        ok(call.expiry.QuadPart == 100, "%s: expires with the last", cases[i].name);
        step = (struct ssp_step){.credential = call.credential, .input = &input};
        ok_status(negotiate_ssp.accept(&step), cases[i].status, "%s", cases[i].name);
        if (cases[i].picked != PACKAGES) {
            struct ssp_step later = {.context = step.new_context, .input = &input};

            ok_number(fakes[cases[i].picked].steps, 1, "%s", cases[i].name);
            ok_status(negotiate_ssp.accept(&later), SEC_I_CONTINUE_NEEDED, "%s, again",
                      cases[i].name);
            ok_number(fakes[cases[i].picked].steps, 2, "%s, again", cases[i].name);
            /* NTLM here has no seal. */
            ok_status(negotiate_ssp.seal(step.new_context, 0, NULL, 0),
                      cases[i].picked == KERBEROS ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION, "%s",
                      cases[i].name);
            negotiate_ssp.delete_context(step.new_context);
        }
        negotiate_ssp.free_credential(call.credential);
        check_clean(cases[i].name);
        free(copy);
    }
}

START_TEST(negotiate_start)
{
    reset();
    ok_status(negotiate_ssp.start(), SEC_E_OK, "both");
    fakes[KERBEROS].is_absent = true;
    ok_status(negotiate_ssp.start(), SEC_E_OK, "NTLM");
    fakes[NTLM].is_absent = true;
    ok_status(negotiate_ssp.start(), SEC_E_SECPKG_NOT_FOUND, "neither");
}
