/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See auth.h.
 */
#include "auth.h"

#include <stdlib.h>
#include <string.h>

const struct auth_way auth_ways[AUTH_WAYS] = {
    {"NTLM", u"NTLM", NULL, false, true},
    {"Negotiate with the list NTLM", u"Negotiate", u"NTLM", false, true},
    {"Negotiate that ends with NTLM", u"Negotiate", NULL, false, true},
    {"Kerberos", u"Kerberos", NULL, true, true},
    {"Negotiate that ends with Kerberos", u"Negotiate", NULL, true, true},
};

/* The next part of a text with colons. */
static const char *part(const char *from, WCHAR *to, size_t room)
{
    size_t size = strcspn(from, ":");

    for (size_t i = 0; i < size && i + 1 < room; i++)
        to[i] = (unsigned char)from[i];
    to[size < room ? size : room - 1] = 0;
    return from + size + (from[size] == ':');
}

bool auth_account(const struct auth_way *way, struct auth_account *account)
{
    const char *name = way->kerberos ? "SECUR32_TEST_KERBEROS" : "SECUR32_TEST_NTLM";
    const char *text = getenv(name);
    SecPkgInfoW *info = NULL;

    if (QuerySecurityPackageInfoW((WCHAR *)way->package, &info) != SEC_E_OK) {
        skip("%s: the package is not there", way->name);
        return false;
    }
    FreeContextBuffer(info);
    if (!text || !*text) {
        skip("%s: %s tells no account", way->name, name);
        return false;
    }
    memset(account, 0, sizeof(*account));
    text = part(text, account->domain, COUNT_OF(account->domain));
    text = part(text, account->user, COUNT_OF(account->user));
    text = part(text, account->password, COUNT_OF(account->password));
    if (way->kerberos)
        part(text, account->target, COUNT_OF(account->target));
    else
        memcpy(account->target, u"HTTP/localhost", sizeof(u"HTTP/localhost"));
    return true;
}

static ULONG length(const WCHAR *text)
{
    ULONG size = 0;

    while (text && text[size])
        size++;
    return size;
}

SECURITY_STATUS auth_client_credential(const struct auth_way *way,
                                       const struct auth_account *account, CredHandle *credential)
{
    SEC_WINNT_AUTH_IDENTITY_EXW identity = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof(identity),
        .User = (unsigned short *)account->user,
        .UserLength = length(account->user),
        .Domain = (unsigned short *)account->domain,
        .DomainLength = length(account->domain),
        .Password = (unsigned short *)account->password,
        .PasswordLength = length(account->password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
        .PackageList = (unsigned short *)way->list,
        .PackageListLength = length(way->list),
    };

    return AcquireCredentialsHandleW(NULL, (WCHAR *)way->package, SECPKG_CRED_OUTBOUND, NULL,
                                     &identity, NULL, NULL, credential, NULL);
}

bool auth_init(struct auth_pair *pair, const struct auth_way *way)
{
    SECURITY_STATUS status;

    memset(pair, 0, sizeof(*pair));
    pair->way = way;
    if (!auth_account(way, &pair->account))
        return false;
    pair->client.request = AUTH_REQUEST;
    pair->server.request = ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |
                           ASC_REQ_CONFIDENTIALITY | ASC_REQ_ALLOCATE_MEMORY;
    status = auth_client_credential(way, &pair->account, &pair->client.credential);
    pair->client.has_credential =
        ok_status(status, SEC_E_OK, "%s: the client's credential", way->name);
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)way->package, SECPKG_CRED_INBOUND, NULL, NULL,
                                       NULL, NULL, &pair->server.credential, NULL);
    pair->server.has_credential =
        ok_status(status, SEC_E_OK, "%s: the server's credential", way->name);
    return pair->client.has_credential && pair->server.has_credential;
}

static void side_done(struct auth_side *side)
{
    if (side->has_context)
        ok_status(DeleteSecurityContext(&side->context), SEC_E_OK, "the context is deleted");
    if (side->has_credential)
        ok_status(FreeCredentialsHandle(&side->credential), SEC_E_OK, "the credential is freed");
    bytes_done(&side->token);
}

void auth_done(struct auth_pair *pair)
{
    side_done(&pair->client);
    side_done(&pair->server);
}

SECURITY_STATUS auth_step(struct auth_pair *pair, struct auth_side *side)
{
    bool is_client = side == &pair->client;
    struct auth_side *peer = is_client ? &pair->server : &pair->client;
    bool has_input = !is_client || side->calls > 0;
    SecBuffer in[2], out = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc input, output = list_make(&out, 1);
    size_t count = 0;
    CtxtHandle *old = side->has_context ? &side->context : NULL;

    if (side->bindings && side->bindings_first)
        in[count++] = buffer_make(SECBUFFER_CHANNEL_BINDINGS, side->bindings, side->bindings_size);
    if (has_input)
        in[count++] = buffer_make(SECBUFFER_TOKEN, peer->token.data, peer->token.size);
    if (side->bindings && !side->bindings_first)
        in[count++] = buffer_make(SECBUFFER_CHANNEL_BINDINGS, side->bindings, side->bindings_size);
    input = list_make(in, count);
    if (is_client)
        side->status = InitializeSecurityContextW(
            &side->credential, old, pair->way->target ? pair->account.target : NULL, side->request,
            0, SECURITY_NATIVE_DREP, count ? &input : NULL, 0, &side->context, &output,
            &side->attributes, &side->expiry);
    else
        side->status = AcceptSecurityContext(&side->credential, old, &input, side->request,
                                             SECURITY_NATIVE_DREP, &side->context, &output,
                                             &side->attributes, &side->expiry);
    side->calls++;
    side->has_context = side->has_context || side->status >= 0;
    side->done = side->status == SEC_E_OK;
    bytes_drop(&side->token, side->token.size);
    if (out.pvBuffer && out.cbBuffer)
        bytes_add(&side->token, out.pvBuffer, out.cbBuffer);
    if (side->request & ISC_REQ_ALLOCATE_MEMORY)
        FreeContextBuffer(out.pvBuffer);
    return side->status;
}

#define CALLS_MAX 10

bool auth_run(struct auth_pair *pair)
{
    for (size_t i = 0; i < CALLS_MAX; i++) {
        if (!pair->client.done && auth_step(pair, &pair->client) < 0)
            return false;
        if (pair->client.done && pair->server.done)
            return true;
        if (!pair->server.done && auth_step(pair, &pair->server) < 0)
            return false;
        if (pair->client.done && pair->server.done)
            return true;
    }
    return false;
}

bool auth_works(struct auth_pair *pair, const char *what)
{
    bool ran = auth_run(pair);

    return ok(ran, "%s: client %08lx, server %08lx", what,
              (unsigned long)(ULONG)pair->client.status, (unsigned long)(ULONG)pair->server.status);
}

bool auth_connect(struct auth_pair *pair, const struct auth_way *way)
{
    return auth_init(pair, way) && auth_works(pair, way->name);
}

bool auth_connect_sized(struct auth_pair *pair, const struct auth_way *way,
                        SecPkgContext_Sizes *sizes)
{
    return auth_connect(pair, way) &&
           ok_status(QueryContextAttributesW(&pair->client.context, SECPKG_ATTR_SIZES, sizes),
                     SEC_E_OK, "sizes");
}
