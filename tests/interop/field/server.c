/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Cases of servers: AcceptSecurityContext, with a client of the same DLL in memory. See field.h.
 */
#include "field.h"

#include <string.h>

#define MANUAL (SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS)

struct end {
    CredHandle credential;
    CtxtHandle context;
    bool has_context, done;
    ULONG request, attributes;
    unsigned char in[ROOM];
    unsigned long have;
    SECURITY_STATUS status;
};

static struct end client, server;

static bool make_ends(const struct arguments *arguments, PCCERT_CONTEXT own)
{
    HCERTSTORE store;
    PCCERT_CONTEXT certificate = load_certificate(arguments->file, CRYPT_EXPORTABLE, &store);
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = 1, .paCred = &certificate};
    struct peer peer;
    SECURITY_STATUS status;

    memset(&client, 0, sizeof(client));
    memset(&server, 0, sizeof(server));
    acquire(&peer, 4, SP_PROT_TLS1_2_CLIENT, MANUAL, own);
    client.credential = peer.credential;
    client.request = CLIENT_REQUEST;
    server.request = CLIENT_REQUEST; /* not ASC_REQ_: a common mistake */
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP_NAME_W, SECPKG_CRED_INBOUND, NULL,
                                       &data, NULL, NULL, &server.credential, NULL);
    if (status != SEC_E_OK)
        seen("acquire: %s", name_of(status));
    return status == SEC_E_OK;
}

static void step(struct end *end, struct end *other)
{
    SecBuffer in[2] = {{end->have, SECBUFFER_TOKEN, end->in}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in}, output = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle *old = end->has_context ? &end->context : NULL;
    CtxtHandle *made = end->has_context ? NULL : &end->context;

    if (end == &client)
        end->status = InitializeSecurityContextW(&end->credential, old, (WCHAR *)L"localhost",
                                                 end->request, 0, 0, old ? &input : NULL, 0, made,
                                                 &output, &end->attributes, NULL);
    else
        end->status = AcceptSecurityContext(&end->credential, old, &input, end->request, 0, made,
                                            &output, &end->attributes, NULL);
    if (end->status >= 0)
        end->has_context = true;
    end->done = end->status == SEC_E_OK;
    if (out.cbBuffer && out.pvBuffer && other->have + out.cbBuffer <= ROOM) {
        memcpy(other->in + other->have, out.pvBuffer, out.cbBuffer);
        other->have += out.cbBuffer;
        FreeContextBuffer(out.pvBuffer);
    }
    if (end->status != SEC_E_INCOMPLETE_MESSAGE) {
        unsigned long extra = in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;

        memmove(end->in, end->in + end->have - extra, extra);
        end->have = extra;
    }
}

static bool shake_hands(void)
{
    step(&client, &server);
    for (int i = 0; i < 10 && !(client.done && server.done); i++) {
        if (!server.done && server.have)
            step(&server, &client);
        if (server.status < 0 || client.status < 0)
            break;
        if (!client.done && client.have)
            step(&client, &server);
    }
    return client.done && server.done;
}

/* Flags of the other side, and no phNewContext after the first call. */
static void foreign_flags(const struct arguments *arguments)
{
    if (!make_ends(arguments, NULL))
        return;
    shake_hands();
    seen("client: %s, ", name_of(client.status));
    seen("server: %s", name_of(server.status));
    if (server.done)
        seen(", attributes %lx", server.attributes);
}

static void bad_hello(const struct arguments *arguments)
{
    static const struct {
        const char *name, *bytes;
        unsigned long size;
    } inputs[] = {
        {"HTTP", "GET / HTTP/1.1\r\n\r\n", 18},
        {"4 bytes of a hello", "\x16\x03\x01\x02", 4},
        {"random bytes", "\x93\x12\xaa\xf0\x00\x01\x77\x3b\x29", 9},
    };

    if (!make_ends(arguments, NULL))
        return;
    for (size_t i = 0; i < COUNT_OF(inputs); i++) {
        CtxtHandle poison;

        memset(&server.context, 0x5a, sizeof(server.context));
        poison = server.context;
        server.has_context = false;
        memcpy(server.in, inputs[i].bytes, inputs[i].size);
        server.have = inputs[i].size;
        client.have = 0;
        step(&server, &client);
        seen("%s%s: %s", i ? "; " : "", inputs[i].name, name_of(server.status));
        if (memcmp(&poison, &server.context, sizeof(poison)))
            seen(", handle written");
        seen(", deleted: %s", name_of(DeleteSecurityContext(&server.context)));
        server.have = 0;
    }
}

static void asks_for_certificate(const struct arguments *arguments)
{
    for (unsigned i = 0; i < 2; i++) {
        HCERTSTORE store;
        PCCERT_CONTEXT own = i ? load_certificate(arguments->file, CRYPT_EXPORTABLE, &store) : NULL;
        PCCERT_CONTEXT remote = NULL;
        SECURITY_STATUS status;

        if (!make_ends(arguments, own))
            return;
        server.request = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_STREAM | ASC_REQ_MUTUAL_AUTH;
        client.request |= ISC_REQ_USE_SUPPLIED_CREDS;
        seen("%sclient %s: ", i ? "; " : "", i ? "with one" : "without");
        if (!shake_hands()) {
            seen("%s", name_of(server.status));
            continue;
        }
        status = QueryContextAttributesW(&server.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote);
        seen("%s%s", name_of(status), remote ? " and its certificate" : "");
        if (server.attributes & ASC_RET_MUTUAL_AUTH)
            seen(", MUTUAL_AUTH");
    }
}

static void tells_why(const struct arguments *arguments)
{
    SCHANNEL_ALERT_TOKEN alert = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, TLS1_ALERT_BAD_CERTIFICATE};
    SecBuffer token = {sizeof(alert), SECBUFFER_TOKEN, &alert};
    SecBufferDesc tokens = {SECBUFFER_VERSION, 1, &token};

    if (!make_ends(arguments, NULL))
        return;
    if (!shake_hands()) {
        seen("server: %s", name_of(server.status));
        return;
    }
    seen("ApplyControlToken: %s, ", name_of(ApplyControlToken(&server.context, &tokens)));
    step(&server, &client);
    seen("AcceptSecurityContext: %s, ", name_of(server.status));
    if (client.have) {
        SecBuffer data[4] = {{client.have, SECBUFFER_DATA, client.in}};
        SecBufferDesc message = {SECBUFFER_VERSION, 4, data};

        seen("client: %s", name_of(DecryptMessage(&client.context, &message, 0, NULL)));
    }
}

const struct field_case server_cases[] = {
    {"foreign-flags", foreign_flags},
    {"bad-hello", bad_hello},
    {"asks-for-certificate", asks_for_certificate},
    {"tells-why", tells_why},
    {NULL, NULL},
};
