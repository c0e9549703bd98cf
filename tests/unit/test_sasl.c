/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * sasl: the exchange about the security layer (RFC 4752 3.1 to 3.3) over a package of the test that
 * calls itself Kerberos, with each message shortened and changed; options; profiles.
 *
 * The package: the client says "hello", the server "welcome" (or nothing), then both are done. A
 * wrapped message is "wrap", the message, and one byte that is its sum.
 */
#include "winsspi.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "sspi/buffers.h"
#include "sspi/package.h"
#include "sspi/packages.h"

#define HELLO "hello"
#define WELCOME "welcome"
#define MARK "wrap"
#define MARK_SIZE 4

static bool server_is_silent; /* the server's last token is empty */
static int live_contexts;

static SECURITY_STATUS acquire(struct ssp_acquire *call)
{
    call->credential = malloc(1);
    return SEC_E_OK;
}

static SECURITY_STATUS put(const struct ssp_step *step, const char *text)
{
    SecBuffer *token = buffers_find(step->output, SECBUFFER_TOKEN, 0);
    size_t size = strlen(text);

    if (!token)
        return SEC_E_INVALID_TOKEN;
    if (step->request & ISC_REQ_ALLOCATE_MEMORY)
        token->pvBuffer = buffers_alloc(size);
    else if (token->cbBuffer < size)
        return SEC_E_BUFFER_TOO_SMALL;
    memcpy(token->pvBuffer, text, size);
    token->cbBuffer = (ULONG)size;
    return SEC_E_OK;
}

static bool heard(const struct ssp_step *step, const char *text)
{
    const SecBuffer *token = buffers_find(step->input, SECBUFFER_TOKEN, 0);

    return token && token->cbBuffer == strlen(text) &&
           !memcmp(token->pvBuffer, text, token->cbBuffer);
}

static SECURITY_STATUS initialize(struct ssp_step *step)
{
    SECURITY_STATUS status;

    step->attributes = ISC_RET_INTEGRITY | (step->request & ISC_REQ_CONFIDENTIALITY);
    if (!step->context) {
        status = put(step, HELLO);
        if (status != SEC_E_OK)
            return status;
        step->new_context = malloc(1);
        live_contexts++;
        return server_is_silent ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
    }
    return heard(step, WELCOME) ? put(step, "") : SEC_E_INVALID_TOKEN;
}

static SECURITY_STATUS accept_client(struct ssp_step *step)
{
    SECURITY_STATUS status;

    if (!heard(step, HELLO))
        return SEC_E_INVALID_TOKEN;
    step->attributes = ASC_RET_INTEGRITY | (step->request & ASC_REQ_CONFIDENTIALITY);
    status = put(step, server_is_silent ? "" : WELCOME);
    if (status != SEC_E_OK)
        return status;
    step->new_context = malloc(1);
    live_contexts++;
    return SEC_E_OK;
}

static void delete_context(void *context)
{
    free(context);
    live_contexts--;
}

static SECURITY_STATUS query(void *context, const struct ssp_attribute *attribute)
{
    SecPkgContext_Sizes sizes = {.cbSecurityTrailer = MARK_SIZE + 8, .cbBlockSize = 1};

    (void)context;
    if (attribute->id != SECPKG_ATTR_SIZES)
        return SEC_E_UNSUPPORTED_FUNCTION;
    memcpy(attribute->buffer, &sizes, sizeof(sizes));
    return SEC_E_OK;
}

static uint8_t sum_of(const uint8_t *bytes, size_t size)
{
    uint8_t sum = 1;

    while (size)
        sum = (uint8_t)(sum + bytes[--size]);
    return sum;
}

/* The token comes out shorter than the sizes say. */
static SECURITY_STATUS seal(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    SecBuffer *part = message->pBuffers;

    (void)context;
    (void)sequence;
    if (qop != SECQOP_WRAP_NO_ENCRYPT || message->cBuffers != 3)
        return SEC_E_QOP_NOT_SUPPORTED;
    memcpy(part[0].pvBuffer, MARK, MARK_SIZE);
    part[0].cbBuffer = MARK_SIZE;
    *(uint8_t *)part[2].pvBuffer = sum_of(part[1].pvBuffer, part[1].cbBuffer);
    part[2].cbBuffer = 1;
    return SEC_E_OK;
}

static SECURITY_STATUS unseal(void *context, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    SecBuffer *stream = &message->pBuffers[0], *data = &message->pBuffers[1];
    uint8_t *bytes = stream->pvBuffer;

    (void)context;
    (void)sequence;
    if (stream->cbBuffer < MARK_SIZE + 1 || memcmp(bytes, MARK, MARK_SIZE))
        return SEC_E_INVALID_TOKEN;
    data->pvBuffer = bytes + MARK_SIZE;
    data->cbBuffer = stream->cbBuffer - MARK_SIZE - 1;
    if (bytes[stream->cbBuffer - 1] != sum_of(data->pvBuffer, data->cbBuffer))
        return SEC_E_MESSAGE_ALTERED;
    *qop = SECQOP_WRAP_NO_ENCRYPT;
    return SEC_E_OK;
}

static const WCHAR *const kerberos_names[] = {u"Kerberos"};
static const WCHAR *const negotiate_names[] = {u"Negotiate"};

static const struct ssp kerberos = {
    .names = kerberos_names,
    .name_count = 1,
    .acquire = acquire,
    .free_credential = free,
    .initialize = initialize,
    .accept = accept_client,
    .delete_context = delete_context,
    .query_context = query,
    .seal = seal,
    .unseal = unseal,
};

static const struct ssp negotiate = {
    .names = negotiate_names,
    .name_count = 1,
    .acquire = acquire,
    .free_credential = free,
    .initialize = initialize,
    .accept = accept_client,
    .delete_context = delete_context,
};

const struct ssp *const packages_built_in[] = {&kerberos, &negotiate, NULL};

static void load_nothing(void)
{
}

static SECURITY_STATUS add_nothing(const WCHAR *file, const SECURITY_PACKAGE_OPTIONS *options)
{
    (void)file;
    (void)options;
    return SEC_E_SECPKG_NOT_FOUND;
}

const struct packages_source packages_outside = {load_nothing, add_nothing};

/* ---- two ends
 * --------------------------------------------------------------------------------------- */

struct pair {
    CredHandle credential;
    CtxtHandle client, server;
    bool has_client, has_server;
    ULONG request, room;
    uint8_t wire[256]; /* what the last one said */
    ULONG size;
    ULONG attributes;
};

static void pair_begin(struct pair *pair, const WCHAR *package, ULONG request)
{
    memset(pair, 0, sizeof(*pair));
    pair->request = request;
    pair->room = sizeof(pair->wire);
    ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)(uintptr_t)package, SECPKG_CRED_BOTH, NULL,
                                        NULL, NULL, NULL, &pair->credential, NULL),
              SEC_E_OK, "acquire");
}

static void pair_end(struct pair *pair)
{
    if (pair->has_client)
        ok_status(DeleteSecurityContext(&pair->client), SEC_E_OK, "delete the client");
    if (pair->has_server)
        ok_status(DeleteSecurityContext(&pair->server), SEC_E_OK, "delete the server");
    ok_status(FreeCredentialsHandle(&pair->credential), SEC_E_OK, "free");
    ok_number(live_contexts, 0, "contexts left");
}

/* One end's step with what the other said. */
static SECURITY_STATUS turn(struct pair *pair, bool is_server)
{
    uint8_t out[sizeof(pair->wire)];
    SecBuffer in_token = {pair->size, SECBUFFER_TOKEN, pair->wire};
    SecBuffer out_token = {pair->room, SECBUFFER_TOKEN, out};
    SecBufferDesc in = {SECBUFFER_VERSION, 1, &in_token}, to = {SECBUFFER_VERSION, 1, &out_token};
    bool *has = is_server ? &pair->has_server : &pair->has_client;
    CtxtHandle *context = is_server ? &pair->server : &pair->client;
    SECURITY_STATUS status;

    if (pair->request & ISC_REQ_ALLOCATE_MEMORY)
        out_token = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    if (is_server)
        status =
            SaslAcceptSecurityContext(&pair->credential, *has ? context : NULL, &in, pair->request,
                                      SECURITY_NETWORK_DREP, context, &to, &pair->attributes, NULL);
    else
        status = SaslInitializeSecurityContextW(
            &pair->credential, *has ? context : NULL, NULL, pair->request, 0, SECURITY_NETWORK_DREP,
            *has ? &in : NULL, 0, context, &to, &pair->attributes, NULL);
    if (status < 0)
        return status;
    *has = true;
    pair->size = out_token.cbBuffer;
    if (pair->size)
        memcpy(pair->wire, out_token.pvBuffer, pair->size);
    if (pair->request & ISC_REQ_ALLOCATE_MEMORY)
        FreeContextBuffer(out_token.pvBuffer);
    return status;
}

static bool said(const struct pair *pair, const char *text, size_t size)
{
    return ok(pair->size == size && !memcmp(pair->wire, text, size), "said %lu bytes, want %zu",
              (unsigned long)pair->size, size);
}

/* To where the server's offer is on the wire. */
static void pair_to_offer(struct pair *pair)
{
    ok_status(turn(pair, false), SEC_I_CONTINUE_NEEDED, "client: hello");
    ok_status(turn(pair, true), SEC_I_CONTINUE_NEEDED, "server: welcome, or the offer");
    if (server_is_silent)
        return;
    said(pair, WELCOME, strlen(WELCOME));
    ok_status(turn(pair, false), SEC_I_CONTINUE_NEEDED, "client: done, and nothing to say");
    said(pair, "", 0);
    ok_status(turn(pair, true), SEC_I_CONTINUE_NEEDED, "server: the offer");
}

static ULONG option(CtxtHandle *context, ULONG id)
{
    ULONG value = 0xdead, needed = 0;

    ok_status(SaslGetContextOption(context, id, &value, sizeof(value), &needed), SEC_E_OK, "get");
    ok_number(needed, sizeof(value), "needed");
    return value;
}

START_TEST(sasl_layers)
{
    static const struct {
        const char *name;
        ULONG request;
        bool silent;
        const char *offer, *choice;
    } cases[] = {
        /* The sum is 1 and the bytes: layers, and 0x00ffff. */
        {"integrity", 0, false, "wrap\x03\x00\xff\xff\x02", "wrap\x02\x00\xff\xff\x01"},
        {"confidentiality", ISC_REQ_CONFIDENTIALITY, false, "wrap\x07\x00\xff\xff\x06",
         "wrap\x04\x00\xff\xff\x03"},
        {"server without a last word", 0, true, "wrap\x03\x00\xff\xff\x02",
         "wrap\x02\x00\xff\xff\x01"},
        {"in memory of ours", ISC_REQ_ALLOCATE_MEMORY, false, "wrap\x03\x00\xff\xff\x02",
         "wrap\x02\x00\xff\xff\x01"},
        {"in memory of ours, silent", ISC_REQ_ALLOCATE_MEMORY, true, "wrap\x03\x00\xff\xff\x02",
         "wrap\x02\x00\xff\xff\x01"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;

        server_is_silent = cases[i].silent;
        pair_begin(&pair, u"kerberos", cases[i].request);
        pair_to_offer(&pair);
        ok(!memcmp(pair.wire, cases[i].offer, 9) && pair.size == 9, "%s: offer", cases[i].name);
        ok_status(turn(&pair, false), SEC_E_OK, "%s: choice", cases[i].name);
        ok(!memcmp(pair.wire, cases[i].choice, 9) && pair.size == 9, "%s: choice", cases[i].name);
        ok_status(turn(&pair, true), SEC_E_OK, "%s: end", cases[i].name);
        ok(pair.attributes & ASC_RET_INTEGRITY, "%s: attributes", cases[i].name);
        ok_number(option(&pair.server, SASL_OPTION_SEND_SIZE), 0xffff, "%s", cases[i].name);
        ok_status(turn(&pair, true), SEC_E_OUT_OF_SEQUENCE, "%s: too much", cases[i].name);
        pair_end(&pair);
    }
    server_is_silent = false;
}

START_TEST(sasl_without_layers)
{
    struct pair pair;

    pair_begin(&pair, u"Negotiate", 0);
    ok_status(turn(&pair, false), SEC_I_CONTINUE_NEEDED, "client");
    ok_status(turn(&pair, true), SEC_E_OK, "server");
    ok_status(turn(&pair, false), SEC_E_OK, "client");
    pair_end(&pair);
}

START_TEST(sasl_authorization)
{
    static const WCHAR name[] = u"j\u00fcrgen";
    struct pair pair;
    WCHAR text[16];
    ULONG forbidden = Sasl_AuthZIDForbidden, needed = 0;

    for (int refuse = 0; refuse < 2; refuse++) {
        pair_begin(&pair, u"Kerberos", 0);
        pair_to_offer(&pair);
        ok_status(SaslSetContextOption(&pair.client, SASL_OPTION_AUTHZ_STRING,
                                       (void *)(uintptr_t)name, sizeof(name) - sizeof(*name)),
                  SEC_E_OK, "as whom");
        ok_status(turn(&pair, false), SEC_E_OK, "choice");
        said(&pair, "wrap\x02\x00\xff\xffj\xc3\xbcrgen\x96", 9 + 7);
        if (refuse)
            ok_status(SaslSetContextOption(&pair.server, SASL_OPTION_AUTHZ_PROCESSING, &forbidden,
                                           sizeof(forbidden)),
                      SEC_E_OK, "forbid");
        ok_status(turn(&pair, true), refuse ? SEC_E_ALGORITHM_MISMATCH : SEC_E_OK, "server");
        if (!refuse) {
            ok_status(
                SaslGetContextOption(&pair.server, SASL_OPTION_AUTHZ_STRING, text, 2, &needed),
                SEC_E_BUFFER_TOO_SMALL, "no room");
            ok_number(needed, sizeof(name), "needed");
            ok_status(SaslGetContextOption(&pair.server, SASL_OPTION_AUTHZ_STRING, text,
                                           sizeof(text), NULL),
                      SEC_E_OK, "as whom");
            ok(!memcmp(text, name, sizeof(name)), "another name");
        }
        pair_end(&pair);
    }
}

START_TEST(sasl_hostile)
{
    struct pair pair;

    /* The offer and the choice, cut at each length and with each byte changed. */
    for (int server = 0; server < 2; server++)
        for (ULONG size = 0; size < 9; size++)
            for (int change = 0; change < 2; change++) {
                SECURITY_STATUS status;

                pair_begin(&pair, u"Kerberos", 0);
                pair_to_offer(&pair);
                if (server)
                    ok_status(turn(&pair, false), SEC_E_OK, "choice");
                if (change)
                    pair.wire[size] ^= 0x40;
                else
                    pair.size = size;
                status = turn(&pair, server);
                ok(status == SEC_E_INVALID_TOKEN || status == SEC_E_MESSAGE_ALTERED,
                   "server %d, byte %lu, change %d: %08lx", server, (unsigned long)size, change,
                   (unsigned long)status);
                pair_end(&pair);
            }

    /* A choice of no layer, of two, of one that was not offered; then the right one still works. */
    pair_begin(&pair, u"Kerberos", 0);
    pair_to_offer(&pair);
    for (int layers = 0; layers < 9; layers++) {
        uint8_t choice[] = {'w', 'r', 'a', 'p', (uint8_t)layers, 0, 0, 0, (uint8_t)(layers + 1)};

        if (layers == 1 || layers == 2)
            continue;
        memcpy(pair.wire, choice, sizeof(choice));
        pair.size = sizeof(choice);
        ok_status(turn(&pair, true), SEC_E_INVALID_TOKEN, "layers %d", layers);
    }
    memcpy(pair.wire, "wrap\x01\x00\x00\x00\x02", 9);
    ok_status(turn(&pair, true), SEC_E_OK, "no layer");
    pair_end(&pair);

    /* Something instead of the empty answer; no room for the offer. */
    pair_begin(&pair, u"Kerberos", 0);
    ok_status(turn(&pair, false), SEC_I_CONTINUE_NEEDED, "hello");
    ok_status(turn(&pair, true), SEC_I_CONTINUE_NEEDED, "welcome");
    ok_status(turn(&pair, true), SEC_E_INVALID_TOKEN, "something where nothing belongs");
    pair.size = 0;
    pair.room = 8;
    ok_status(turn(&pair, true), SEC_E_BUFFER_TOO_SMALL, "no room");
    pair.room = 9;
    ok_status(turn(&pair, true), SEC_I_CONTINUE_NEEDED, "just enough");
    pair_end(&pair);
}

/* Asking a server to begin before there is a token. */
START_TEST(sasl_empty_start)
{
    struct pair pair;

    pair_begin(&pair, u"Kerberos", 0);
    ok_status(turn(&pair, true), SEC_I_CONTINUE_NEEDED, "empty start");
    ok(pair.size == 0 && pair.server.dwLower == 0 && pair.server.dwUpper == 0, "nothing yet");
    ok_status(turn(&pair, false), SEC_I_CONTINUE_NEEDED, "hello");
    ok_status(turn(&pair, true), SEC_I_CONTINUE_NEEDED, "welcome, to the handle of zeros");
    said(&pair, WELCOME, strlen(WELCOME));
    pair_end(&pair);
}

START_TEST(sasl_options)
{
    static const struct {
        ULONG id, value, size;
        SECURITY_STATUS status;
    } cases[] = {
        {SASL_OPTION_SEND_SIZE, 0xffffff, 4, SEC_E_OK},
        {SASL_OPTION_SEND_SIZE, 0x1000000, 4, SEC_E_INVALID_TOKEN},
        {SASL_OPTION_RECV_SIZE, 100, 4, SEC_E_OK},
        {SASL_OPTION_RECV_SIZE, 100, 3, SEC_E_INVALID_TOKEN},
        {SASL_OPTION_AUTHZ_PROCESSING, 2, 4, SEC_E_INVALID_TOKEN},
        {SASL_OPTION_AUTHZ_STRING, 'a', 3, SEC_E_INVALID_TOKEN},
        {99, 1, 4, SEC_E_UNSUPPORTED_FUNCTION},
    };
    struct pair pair;
    CtxtHandle old;
    ULONG value = 0;

    pair_begin(&pair, u"Kerberos", 0);
    ok_status(turn(&pair, false), SEC_I_CONTINUE_NEEDED, "hello");
    ok_number(option(&pair.client, SASL_OPTION_SEND_SIZE), 0xffff, "send size");
    ok_number(option(&pair.client, SASL_OPTION_RECV_SIZE), 0xffff, "receive size");
    ok_number(option(&pair.client, SASL_OPTION_AUTHZ_PROCESSING), Sasl_AuthZIDProcessed, "authz");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        value = cases[i].value;
        ok_status(SaslSetContextOption(&pair.client, cases[i].id, &value, cases[i].size),
                  cases[i].status, "row %zu", i);
    }
    ok_number(option(&pair.client, SASL_OPTION_SEND_SIZE), 0xffffff, "send size");
    ok_number(option(&pair.client, SASL_OPTION_RECV_SIZE), 100, "receive size");
    ok_status(SaslSetContextOption(&pair.client, SASL_OPTION_SEND_SIZE, NULL, 4),
              SEC_E_INVALID_TOKEN, "no value");
    ok_status(SaslGetContextOption(&pair.client, 99, &value, 4, NULL), SEC_E_UNSUPPORTED_FUNCTION,
              "unknown");
    ok_status(SaslGetContextOption(&pair.client, SASL_OPTION_SEND_SIZE, NULL, 0, &value),
              SEC_E_BUFFER_TOO_SMALL, "how much");
    old = pair.client;
    pair_end(&pair);
    ok_status(SaslGetContextOption(&old, SASL_OPTION_SEND_SIZE, &value, 4, NULL),
              SEC_E_INVALID_HANDLE, "deleted");
    ok_status(SaslSetContextOption(NULL, SASL_OPTION_SEND_SIZE, &value, 4), SEC_E_INVALID_HANDLE,
              "NULL");
}

START_TEST(sasl_profiles)
{
    WCHAR digest[] = u"DIGEST-MD5", gssapi[] = u"gssapi";
    char spnego[] = "GSS-SPNEGO", prefix[] = "gss-spnego\0token", other[] = "GSSAPIX";
    SecBuffer token = {sizeof(prefix), SECBUFFER_TOKEN, prefix};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &token};
    SecPkgInfoW *wide = NULL;
    SecPkgInfoA *narrow = NULL;
    WCHAR *list = NULL;
    char *narrow_list = NULL;
    ULONG count = 0;

    if (ok_status(SaslEnumerateProfilesW(&list, &count), SEC_E_OK, "enumerate")) {
        ok_number(count, 2, "profiles");
        ok(!memcmp(list, u"GSSAPI\0GSS-SPNEGO\0", sizeof(u"GSSAPI\0GSS-SPNEGO\0")), "list");
        FreeContextBuffer(list);
    }
    if (ok_status(SaslEnumerateProfilesA(&narrow_list, &count), SEC_E_OK, "enumerate, A")) {
        ok(!memcmp(narrow_list, "GSSAPI\0GSS-SPNEGO\0", sizeof("GSSAPI\0GSS-SPNEGO\0")), "list");
        FreeContextBuffer(narrow_list);
    }
    ok_status(SaslGetProfilePackageW(digest, &wide), SEC_E_SECPKG_NOT_FOUND, "no Digest");
    if (ok_status(SaslGetProfilePackageW(gssapi, &wide), SEC_E_OK, "GSSAPI")) {
        ok(wide->Name[0] == 'K', "not Kerberos");
        FreeContextBuffer(wide);
    }
    if (ok_status(SaslGetProfilePackageA(spnego, &narrow), SEC_E_OK, "GSS-SPNEGO")) {
        ok(!strcmp(narrow->Name, "Negotiate"), "%s", narrow->Name);
        FreeContextBuffer(narrow);
    }
    if (ok_status(SaslIdentifyPackageA(&input, &narrow), SEC_E_OK, "identify")) {
        ok(!strcmp(narrow->Name, "Negotiate"), "%s", narrow->Name);
        FreeContextBuffer(narrow);
    }
    token = (SecBuffer){sizeof(other), SECBUFFER_TOKEN, other};
    ok_status(SaslIdentifyPackageW(&input, &wide), SEC_E_SECPKG_NOT_FOUND, "longer name");
    token = (SecBuffer){5, SECBUFFER_TOKEN, other};
    ok_status(SaslIdentifyPackageW(&input, &wide), SEC_E_SECPKG_NOT_FOUND, "cut name");
    token.BufferType = SECBUFFER_DATA;
    ok_status(SaslIdentifyPackageW(&input, &wide), SEC_E_INVALID_TOKEN, "no TOKEN");
    ok_status(SaslIdentifyPackageW(NULL, &wide), SEC_E_INVALID_TOKEN, "no input");
    ok_status(SaslEnumerateProfilesW(NULL, &count), SEC_E_INVALID_TOKEN, "no list");
    ok_status(SaslGetProfilePackageW(NULL, &wide), SEC_E_INVALID_TOKEN, "no profile");
}
