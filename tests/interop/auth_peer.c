/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * One side of an authentication by SSPI, line by line on standard input and output, for a peer that
 * is no SSPI (gss_peer.py). Knows the public headers only; runs on Linux, under Wine, on Windows.
 *
 *   auth_peer client PACKAGE TARGET [USER DOMAIN PASSWORD]
 *   auth_peer server PACKAGE
 *   auth_peer sasl-client, sasl-server: the same by SaslInitializeSecurityContext and its twin; a
 *     token of them may be empty
 *
 * The environment variable AUTH_PEER_BINDINGS has the text of channel bindings.
 *
 * in      token HEX     out  token HEX, then "done ATTRIBUTES PACKAGE USER" or "error STATUS"
 * in      seal TEXT     out  sealed HEX
 * in      open HEX      out  opened QOP TEXT
 * in      sign TEXT     out  signature HEX
 * in      check HEX TEXT  out  checked STATUS
 * in      cover BITS HEAD TEXT     out  sealed HEX: the head, a word, is signed or read-only, as
 * BITS say (hexadecimal, of its buffer's type), and not sealed in      uncover BITS HEX HEAD    out
 * opened STATUS TEXT in      try TEXT      out  tried STATUS, of sealing in      target        out
 * target STATUS NAME: whom the client named in      key           out  key HEX
 */
#include "winsspi.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_ROOM 0x20000

#define CLIENT_REQUEST                                                                             \
    (ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |                       \
     ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY)
#define SERVER_REQUEST                                                                             \
    (ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY |                   \
     ASC_REQ_ALLOCATE_MEMORY)

struct peer {
    bool is_server, is_sasl, has_context;
    CredHandle credential;
    CtxtHandle context;
    char *target;
    ULONG attributes;
};

static char line[LINE_ROOM];
static unsigned char bytes[LINE_ROOM / 2];

static void fail(const char *what, SECURITY_STATUS status)
{
    printf("error %08lx %s\n", (unsigned long)(unsigned)status, what);
    fflush(stdout);
    exit(1);
}

static void say(const char *word, const void *data, size_t size)
{
    printf("%s ", word);
    for (size_t i = 0; i < size; i++)
        printf("%02x", ((const unsigned char *)data)[i]);
    printf("\n");
    fflush(stdout);
}

/* The hexadecimal bytes up to a blank or the end; *rest: what follows the blank. */
static size_t read_hex(const char *text, const char **rest)
{
    size_t size = 0;

    for (; text[0] && text[0] != ' '; text += 2) {
        char digits[3] = {text[0], text[1], 0};

        bytes[size++] = (unsigned char)strtoul(digits, NULL, 16);
        if (!text[1])
            break;
    }
    *rest = text[0] == ' ' ? text + 1 : text;
    return size;
}

/* Channel bindings as Schannel gives them; their size, 0: none. */
static ULONG make_bindings(void *memory, size_t room)
{
    const char *text = getenv("AUTH_PEER_BINDINGS");
    SEC_CHANNEL_BINDINGS head = {.dwApplicationDataOffset = sizeof(head)};

    if (!text || !*text || strlen(text) > room - sizeof(head))
        return 0;
    head.cbApplicationDataLength = (ULONG)strlen(text);
    memcpy(memory, &head, sizeof(head));
    memcpy((char *)memory + sizeof(head), text, strlen(text));
    return (ULONG)(sizeof(head) + strlen(text));
}

/* One call; the token that it made is said. */
static SECURITY_STATUS step(struct peer *peer, size_t size)
{
    unsigned char bindings[256];
    ULONG bindings_size = make_bindings(bindings, sizeof(bindings));
    SecBuffer in[] = {{(ULONG)size, SECBUFFER_TOKEN, bytes},
                      {bindings_size, SECBUFFER_CHANNEL_BINDINGS, bindings}};
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, bindings_size ? 2 : 1, in};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle *old = peer->has_context ? &peer->context : NULL;
    SECURITY_STATUS status;

    if (peer->is_server)
        status = (peer->is_sasl ? SaslAcceptSecurityContext : AcceptSecurityContext)(
            &peer->credential, old, &input, SERVER_REQUEST, SECURITY_NATIVE_DREP, &peer->context,
            &output, &peer->attributes, NULL);
    else
        status = (peer->is_sasl ? SaslInitializeSecurityContextA : InitializeSecurityContextA)(
            &peer->credential, old, peer->target, CLIENT_REQUEST, 0, SECURITY_NATIVE_DREP,
            old || bindings_size ? &input : NULL, 0, &peer->context, &output, &peer->attributes,
            NULL);
    peer->has_context = peer->has_context || status >= 0;
    if ((out.pvBuffer && out.cbBuffer) || (peer->is_sasl && status == SEC_I_CONTINUE_NEEDED))
        say("token", out.pvBuffer, out.cbBuffer);
    FreeContextBuffer(out.pvBuffer);
    return status;
}

static bool read_line(void)
{
    if (!fgets(line, sizeof(line), stdin))
        return false;
    line[strcspn(line, "\r\n")] = 0;
    return true;
}

static void handshake(struct peer *peer)
{
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    SecPkgContext_NegotiationInfoA negotiation = {NULL, 0};
    SecPkgContext_NamesA names = {NULL};

    if (!peer->is_server)
        status = step(peer, 0);
    while (status == SEC_I_CONTINUE_NEEDED && read_line()) {
        const char *rest;

        if (strncmp(line, "token ", 6) != 0)
            fail("a token was expected", 0);
        status = step(peer, read_hex(line + 6, &rest));
    }
    if (status != SEC_E_OK)
        fail("handshake", status);
    status = QueryContextAttributesA(&peer->context, SECPKG_ATTR_NAMES, &names);
    if (status != SEC_E_OK)
        fail("names", status);
    status = QueryContextAttributesA(&peer->context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation);
    if (status != SEC_E_OK)
        fail("negotiation info", status);
    printf("done %08lx %s %s\n", (unsigned long)peer->attributes, negotiation.PackageInfo->Name,
           names.sUserName);
    fflush(stdout);
    FreeContextBuffer(names.sUserName);
    FreeContextBuffer(negotiation.PackageInfo);
}

static void seal(struct peer *peer, const char *text)
{
    SecPkgContext_Sizes sizes = {0};
    unsigned char whole[4096], token[256], data[2048];
    SecBuffer buffers[] = {{0, SECBUFFER_TOKEN, token},
                           {(ULONG)strlen(text), SECBUFFER_DATA, data}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = QueryContextAttributesA(&peer->context, SECPKG_ATTR_SIZES, &sizes);

    if (strlen(text) > sizeof(data) || sizes.cbSecurityTrailer > sizeof(token))
        fail("sizes", status);
    memcpy(data, text, strlen(text));
    buffers[0].cbBuffer = sizes.cbSecurityTrailer;
    status = EncryptMessage(&peer->context, 0, &list, 0);
    if (status != SEC_E_OK)
        fail("encrypt", status);
    memcpy(whole, token, buffers[0].cbBuffer);
    memcpy(whole + buffers[0].cbBuffer, data, buffers[1].cbBuffer);
    say("sealed", whole, buffers[0].cbBuffer + buffers[1].cbBuffer);
}

static void open_message(struct peer *peer, const char *hex)
{
    const char *rest;
    SecBuffer buffers[] = {{(ULONG)read_hex(hex, &rest), SECBUFFER_STREAM, bytes},
                           {0, SECBUFFER_DATA, NULL}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    ULONG qop = 0;
    SECURITY_STATUS status = DecryptMessage(&peer->context, &list, 0, &qop);

    if (status != SEC_E_OK)
        fail("decrypt", status);
    printf("opened %08lx %.*s\n", (unsigned long)qop, (int)buffers[1].cbBuffer,
           (const char *)buffers[1].pvBuffer);
    fflush(stdout);
}

/* {DATA|bits}, {DATA}, {TOKEN}, as RPC has them. */
static void cover(struct peer *peer, const char *arguments)
{
    unsigned char token[256], whole[sizeof(token) + 2048];
    char *rest, head[256];
    ULONG bits = (ULONG)strtoul(arguments, &rest, 16);
    char *text = strchr(rest + 1, ' ');
    SecPkgContext_Sizes sizes = {0};
    SecBuffer buffers[3];
    SecBufferDesc list = {SECBUFFER_VERSION, 3, buffers};
    SECURITY_STATUS status = QueryContextAttributesA(&peer->context, SECPKG_ATTR_SIZES, &sizes);

    if (!text || strlen(text) > 2048 || sizes.cbSecurityTrailer > sizeof(token))
        fail("sizes", status);
    *text++ = 0;
    snprintf(head, sizeof(head), "%s", rest + 1);
    buffers[0] = (SecBuffer){(ULONG)strlen(head), SECBUFFER_DATA | bits, head};
    buffers[1] = (SecBuffer){(ULONG)strlen(text), SECBUFFER_DATA, text};
    buffers[2] = (SecBuffer){sizes.cbSecurityTrailer, SECBUFFER_TOKEN, token};
    status = EncryptMessage(&peer->context, 0, &list, 0);
    if (status != SEC_E_OK || strcmp(head, rest + 1) != 0)
        fail("cover", status);
    memcpy(whole, token, buffers[2].cbBuffer);
    memcpy(whole + buffers[2].cbBuffer, text, buffers[1].cbBuffer);
    say("sealed", whole, buffers[2].cbBuffer + buffers[1].cbBuffer);
}

static void uncover(struct peer *peer, const char *arguments)
{
    const char *head;
    char *rest;
    ULONG bits = (ULONG)strtoul(arguments, &rest, 16);
    size_t size = read_hex(rest + 1, &head);
    SecPkgContext_Sizes sizes = {0};
    SecBuffer buffers[3];
    SecBufferDesc list = {SECBUFFER_VERSION, 3, buffers};
    SECURITY_STATUS status = QueryContextAttributesA(&peer->context, SECPKG_ATTR_SIZES, &sizes);

    if (size < sizes.cbSecurityTrailer)
        fail("sizes", status);
    buffers[0] = (SecBuffer){(ULONG)strlen(head), SECBUFFER_DATA | bits, (void *)(uintptr_t)head};
    buffers[1] = (SecBuffer){(ULONG)size - sizes.cbSecurityTrailer, SECBUFFER_DATA,
                             bytes + sizes.cbSecurityTrailer};
    buffers[2] = (SecBuffer){sizes.cbSecurityTrailer, SECBUFFER_TOKEN, bytes};
    status = DecryptMessage(&peer->context, &list, 0, NULL);
    printf("opened %08lx %.*s\n", (unsigned long)(unsigned)status,
           status == SEC_E_OK ? (int)buffers[1].cbBuffer : 0, (const char *)buffers[1].pvBuffer);
    fflush(stdout);
}

static void try_seal(struct peer *peer, char *text)
{
    unsigned char token[256];
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token},
                           {(ULONG)strlen(text), SECBUFFER_DATA, text}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = EncryptMessage(&peer->context, 0, &list, 0);

    printf("tried %08lx\n", (unsigned long)(unsigned)status);
    fflush(stdout);
}

static void tell_target(struct peer *peer)
{
    SecPkgContext_ClientSpecifiedTarget target = {NULL};
    SECURITY_STATUS status =
        QueryContextAttributesW(&peer->context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target);

    printf("target %08lx ", (unsigned long)(unsigned)status);
    for (const WCHAR *at = target.sTargetName; at && *at; at++)
        putchar(*at < 0x80 ? (int)*at : '?');
    printf("\n");
    fflush(stdout);
    FreeContextBuffer(target.sTargetName);
}

static void sign(struct peer *peer, char *text)
{
    SecPkgContext_Sizes sizes = {0};
    unsigned char token[256];
    SecBuffer buffers[] = {{(ULONG)strlen(text), SECBUFFER_DATA, text},
                           {0, SECBUFFER_TOKEN, token}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = QueryContextAttributesA(&peer->context, SECPKG_ATTR_SIZES, &sizes);

    if (sizes.cbMaxSignature > sizeof(token))
        fail("sizes", status);
    buffers[1].cbBuffer = sizes.cbMaxSignature;
    status = MakeSignature(&peer->context, 0, &list, 0);
    if (status != SEC_E_OK)
        fail("sign", status);
    say("signature", token, buffers[1].cbBuffer);
}

static void check(struct peer *peer, const char *hex)
{
    const char *text;
    size_t size = read_hex(hex, &text);
    SecBuffer buffers[] = {{(ULONG)strlen(text), SECBUFFER_DATA, (void *)(uintptr_t)text},
                           {(ULONG)size, SECBUFFER_TOKEN, bytes}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = VerifySignature(&peer->context, &list, 0, NULL);

    printf("checked %08lx\n", (unsigned long)(unsigned)status);
    fflush(stdout);
}

static void tell_key(struct peer *peer)
{
    SecPkgContext_SessionKey key = {0, NULL};
    SECURITY_STATUS status = QueryContextAttributesA(&peer->context, SECPKG_ATTR_SESSION_KEY, &key);

    if (status != SEC_E_OK)
        fail("session key", status);
    say("key", key.SessionKey, key.SessionKeyLength);
    FreeContextBuffer(key.SessionKey);
}

static void acquire(struct peer *peer, char *package, char **account)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    SECURITY_STATUS status;

    if (account) {
        identity.User = (unsigned char *)account[0];
        identity.UserLength = (ULONG)strlen(account[0]);
        identity.Domain = (unsigned char *)account[1];
        identity.DomainLength = (ULONG)strlen(account[1]);
        identity.Password = (unsigned char *)account[2];
        identity.PasswordLength = (ULONG)strlen(account[2]);
    }
    status = AcquireCredentialsHandleA(
        NULL, package, peer->is_server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
        account ? &identity : NULL, NULL, NULL, &peer->credential, NULL);
    if (status != SEC_E_OK)
        fail("acquire", status);
}

/* One line after the handshake. */
static void obey(struct peer *peer)
{
    if (!strncmp(line, "seal ", 5))
        seal(peer, line + 5);
    else if (!strncmp(line, "open ", 5))
        open_message(peer, line + 5);
    else if (!strncmp(line, "sign ", 5))
        sign(peer, line + 5);
    else if (!strncmp(line, "check ", 6))
        check(peer, line + 6);
    else if (!strncmp(line, "cover ", 6))
        cover(peer, line + 6);
    else if (!strncmp(line, "uncover ", 8))
        uncover(peer, line + 8);
    else if (!strncmp(line, "try ", 4))
        try_seal(peer, line + 4);
    else if (!strcmp(line, "target"))
        tell_target(peer);
    else if (!strcmp(line, "key"))
        tell_key(peer);
}

int main(int count, char **arguments)
{
    struct peer peer = {0};

    peer.is_sasl = count > 1 && !strncmp(arguments[1], "sasl-", 5);
    peer.is_server = count > 1 && strstr(arguments[1], "server");
    if (count < 3 || (!peer.is_server && count != 4 && count != 7)) {
        fprintf(stderr, "Usage: auth_peer client PACKAGE TARGET [USER DOMAIN PASSWORD]\n"
                        "       auth_peer server PACKAGE\n");
        return 2;
    }
    peer.target = count > 3 ? arguments[3] : NULL;
    acquire(&peer, arguments[2], count == 7 ? arguments + 4 : NULL);
    handshake(&peer);
    while (read_line())
        obey(&peer);
    DeleteSecurityContext(&peer.context);
    FreeCredentialsHandle(&peer.credential);
    return 0;
}
