/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See field.h: the connection of a program that uses Schannel in the ordinary way.
 */
#include "field.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static char line[2000];

void seen(const char *format, ...)
{
    size_t used = strlen(line);
    va_list list;

    va_start(list, format);
    vsnprintf(line + used, sizeof(line) - used, format, list);
    va_end(list);
}

/* clang-format off */
static const struct {
    SECURITY_STATUS status;
    const char *name;
} names[] = {
    { SEC_E_OK,                      "SEC_E_OK" },
    { SEC_I_CONTINUE_NEEDED,         "SEC_I_CONTINUE_NEEDED" },
    { SEC_I_INCOMPLETE_CREDENTIALS,  "SEC_I_INCOMPLETE_CREDENTIALS" },
    { SEC_I_RENEGOTIATE,             "SEC_I_RENEGOTIATE" },
    { SEC_I_CONTEXT_EXPIRED,         "SEC_I_CONTEXT_EXPIRED" },
    { SEC_E_CONTEXT_EXPIRED,         "SEC_E_CONTEXT_EXPIRED" },
    { SEC_E_INCOMPLETE_MESSAGE,      "SEC_E_INCOMPLETE_MESSAGE" },
    { SEC_E_INVALID_TOKEN,           "SEC_E_INVALID_TOKEN" },
    { SEC_E_INVALID_HANDLE,          "SEC_E_INVALID_HANDLE" },
    { SEC_E_UNSUPPORTED_FUNCTION,    "SEC_E_UNSUPPORTED_FUNCTION" },
    { SEC_E_INTERNAL_ERROR,          "SEC_E_INTERNAL_ERROR" },
    { SEC_E_NO_CREDENTIALS,          "SEC_E_NO_CREDENTIALS" },
    { SEC_E_UNKNOWN_CREDENTIALS,     "SEC_E_UNKNOWN_CREDENTIALS" },
    { SEC_E_WRONG_PRINCIPAL,         "SEC_E_WRONG_PRINCIPAL" },
    { SEC_E_UNTRUSTED_ROOT,          "SEC_E_UNTRUSTED_ROOT" },
    { SEC_E_CERT_EXPIRED,            "SEC_E_CERT_EXPIRED" },
    { SEC_E_CERT_UNKNOWN,            "SEC_E_CERT_UNKNOWN" },
    { SEC_E_CERT_WRONG_USAGE,        "SEC_E_CERT_WRONG_USAGE" },
    { SEC_E_ALGORITHM_MISMATCH,      "SEC_E_ALGORITHM_MISMATCH" },
    { SEC_E_ILLEGAL_MESSAGE,         "SEC_E_ILLEGAL_MESSAGE" },
    { SEC_E_DECRYPT_FAILURE,         "SEC_E_DECRYPT_FAILURE" },
    { SEC_E_MESSAGE_ALTERED,         "SEC_E_MESSAGE_ALTERED" },
    { SEC_E_OUT_OF_SEQUENCE,         "SEC_E_OUT_OF_SEQUENCE" },
};
/* clang-format on */

const char *name_of(SECURITY_STATUS status)
{
    static char number[16];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (names[i].status == status)
            return names[i].name;
    }
    snprintf(number, sizeof(number), "%08lx", (unsigned long)status);
    return number;
}

SECURITY_STATUS acquire(struct peer *peer, unsigned version, DWORD protocols, DWORD flags,
                        PCCERT_CONTEXT certificate)
{
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = protocols};
    SCH_CREDENTIALS v5 = {.dwVersion = SCH_CREDENTIALS_VERSION,
                          .cTlsParameters = protocols ? 1 : 0,
                          .pTlsParameters = protocols ? &parameters : NULL,
                          .dwFlags = flags};
    SCHANNEL_CRED v4 = {
        .dwVersion = SCHANNEL_CRED_VERSION, .grbitEnabledProtocols = protocols, .dwFlags = flags};

    if (certificate) {
        v4.cCreds = v5.cCreds = 1;
        v4.paCred = v5.paCred = &certificate;
    }
    memset(peer, 0, sizeof(*peer));
    peer->socket = INVALID_SOCKET;
    peer->target = L"localhost";
    peer->request = CLIENT_REQUEST;
    return AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP_NAME_W, SECPKG_CRED_OUTBOUND, NULL,
                                     version == 4 ? (void *)&v4 : (void *)&v5, NULL, NULL,
                                     &peer->credential, NULL);
}

bool peer_open(struct peer *peer, unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    DWORD patience = 10000;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->socket = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(peer->socket, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof(patience));
    return connect(peer->socket, (struct sockaddr *)&address, sizeof(address)) == 0;
}

void peer_close(struct peer *peer)
{
    if (peer->has_context)
        DeleteSecurityContext(&peer->context);
    if (peer->socket != INVALID_SOCKET)
        closesocket(peer->socket);
    peer->socket = INVALID_SOCKET;
    peer->has_context = false;
    peer->have = 0;
}

bool peer_read(struct peer *peer)
{
    int got = recv(peer->socket, (char *)peer->in + peer->have, (int)(ROOM - peer->have), 0);

    if (got > 0)
        peer->have += (unsigned long)got;
    return got > 0;
}

bool peer_write(struct peer *peer, const void *data, unsigned long size)
{
    return send(peer->socket, data, (int)size, 0) == (int)size;
}

void peer_keep(struct peer *peer, unsigned long extra)
{
    memmove(peer->in, peer->in + peer->have - extra, extra);
    peer->have = extra;
}

SECURITY_STATUS peer_step(struct peer *peer)
{
    SecBuffer in[2] = {{peer->have, SECBUFFER_TOKEN, peer->in}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in}, output = {SECBUFFER_VERSION, 1, &out};
    bool first = !peer->has_context;
    ULONG attributes;
    SECURITY_STATUS status = InitializeSecurityContextW(
        &peer->credential, first ? NULL : &peer->context, (WCHAR *)peer->target, peer->request, 0,
        0, first ? NULL : &input, 0, &peer->context, &output, &attributes, NULL);

    if (first && status >= 0)
        peer->has_context = true;
    if (out.cbBuffer && out.pvBuffer) {
        peer_write(peer, out.pvBuffer, out.cbBuffer);
        FreeContextBuffer(out.pvBuffer);
    }
    if (status != SEC_E_INCOMPLETE_MESSAGE && status != SEC_I_INCOMPLETE_CREDENTIALS)
        peer_keep(peer, in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0);
    return status;
}

static SECURITY_STATUS go_on(struct peer *peer, SECURITY_STATUS status)
{
    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !peer->have) && !peer_read(peer))
            break;
        status = peer_step(peer);
    }
    return status;
}

SECURITY_STATUS peer_handshake(struct peer *peer, unsigned short port)
{
    if (!peer_open(peer, port))
        return SEC_E_INTERNAL_ERROR;
    return go_on(peer, peer_step(peer));
}

SECURITY_STATUS peer_say(struct peer *peer, const char *text)
{
    SecPkgContext_StreamSizes sizes;
    unsigned char data[1024];
    unsigned long size = (unsigned long)strlen(text);
    SECURITY_STATUS status =
        QueryContextAttributesW(&peer->context, SECPKG_ATTR_STREAM_SIZES, &sizes);
    SecBuffer buffers[4] = {{0, SECBUFFER_STREAM_HEADER, data},
                            {size, SECBUFFER_DATA, data},
                            {0, SECBUFFER_STREAM_TRAILER, data},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, buffers};

    if (status != SEC_E_OK || sizes.cbHeader + size + sizes.cbTrailer > sizeof(data))
        return status;
    memcpy(data + sizes.cbHeader, text, size);
    buffers[0].cbBuffer = sizes.cbHeader;
    buffers[1].pvBuffer = data + sizes.cbHeader;
    buffers[2].pvBuffer = data + sizes.cbHeader + size;
    buffers[2].cbBuffer = sizes.cbTrailer;
    status = EncryptMessage(&peer->context, 0, &message, 0);
    if (status == SEC_E_OK && !memcmp(data + sizes.cbHeader, text, size))
        seen("plain text! ");
    for (int i = 0; status == SEC_E_OK && i < 3; i++)
        peer_write(peer, buffers[i].pvBuffer, buffers[i].cbBuffer);
    return status;
}

SECURITY_STATUS peer_hear(struct peer *peer, char *text, size_t room)
{
    SecBuffer buffers[4] = {{peer->have, SECBUFFER_DATA, peer->in},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, buffers};
    SECURITY_STATUS status;
    unsigned long extra = 0;

    text[0] = 0;
    if (!peer->have)
        return SEC_E_INCOMPLETE_MESSAGE;
    status = DecryptMessage(&peer->context, &message, 0, NULL);
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    for (int i = 0; i < 4; i++) {
        if (buffers[i].BufferType == SECBUFFER_DATA && status == SEC_E_OK)
            snprintf(text, room, "%.*s", (int)buffers[i].cbBuffer, (char *)buffers[i].pvBuffer);
        if (buffers[i].BufferType == SECBUFFER_EXTRA)
            extra = buffers[i].cbBuffer;
    }
    text[strcspn(text, "\r\n")] = 0;
    peer_keep(peer, extra);
    return status;
}

SECURITY_STATUS peer_listen(struct peer *peer, char *text, size_t room, unsigned *turns)
{
    SECURITY_STATUS status;

    for (int calls = 0; calls < 100; calls++) {
        status = peer_hear(peer, text, room);
        if (status == SEC_I_RENEGOTIATE) {
            ++*turns;
            status = go_on(peer, peer_step(peer));
            if (status != SEC_E_OK)
                return status;
        } else if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!peer_read(peer))
                return status;
        } else if (status != SEC_E_OK || text[0]) {
            return status;
        }
    }
    return status;
}

PCCERT_CONTEXT load_certificate(const char *file, DWORD flags, HCERTSTORE *store)
{
    static unsigned char bytes[ROOM];
    CRYPT_DATA_BLOB blob = {0, bytes};
    FILE *from = fopen(file, "rb");

    *store = NULL;
    if (!from)
        return NULL;
    blob.cbData = (DWORD)fread(bytes, 1, sizeof(bytes), from);
    fclose(from);
    *store = PFXImportCertStore(&blob, L"secret", flags);
    if (!*store)
        return NULL;
    return CertFindCertificateInStore(*store, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, NULL);
}

static bool run(const struct field_case *cases, const char *name, const struct arguments *arguments)
{
    for (; cases->name; cases++) {
        if (!strcmp(cases->name, name)) {
            cases->run(arguments);
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.target = L"localhost"};
    static WCHAR target[100];
    WSADATA data;

    if (argc < 2) {
        puts("Usage: field-cases CASE [PORT [FILE.p12 [TARGET [COUNT]]]]");
        return 2;
    }
    WSAStartup(0x202, &data);
    if (argc > 2)
        arguments.port = (unsigned short)atoi(argv[2]);
    if (argc > 3)
        arguments.file = argv[3];
    if (argc > 4 && MultiByteToWideChar(CP_UTF8, 0, argv[4], -1, target, COUNT_OF(target)))
        arguments.target = target;
    if (argc > 5)
        arguments.count = atoi(argv[5]);
    if (!run(client_cases, argv[1], &arguments) && !run(trust_cases, argv[1], &arguments) &&
        !run(server_cases, argv[1], &arguments) && !run(wininet_cases, argv[1], &arguments) &&
        !run(winhttp_cases, argv[1], &arguments))
        return 2;
    printf("seen: %s\n", line);
    return 0;
}
