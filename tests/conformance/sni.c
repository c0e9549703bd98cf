/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The target name in the ClientHello: which forms become a server_name extension.
 *
 * Sources: RFC 6066 3 (host names only, no addresses, no trailing dot); .NET's observation that
 * Windows leaves the extension out for addresses; programs that pass "" or NULL.
 */
#include "common.h"

#include <string.h>

START_TEST(sni_forms)
{
    static const struct {
        const char *name;
        const WCHAR *target;
        const char *want; /* NULL: no extension */
    } cases[] = {
        {"a name", u"localhost", "localhost"},
        {"a long name", u"a.rather.long.host.name.example", "a.rather.long.host.name.example"},
        {"NULL", NULL, NULL},
        {"empty", u"", NULL},
        {"IPv4", u"127.0.0.1", NULL},
        {"IPv6", u"::1", NULL},
        {"IPv6, whole", u"2001:db8:0:0:0:0:0:1", NULL},
        {"digits, but no address", u"1.2.3.example", "1.2.3.example"},
        {"trailing dot", u"host.example.", "host.example"},
        {"a dot alone", u".", NULL},
    };
    CredHandle client;

    if (!client_make(&client, VERSION_ANY))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bytes hello = {NULL, 0, 0};

        push_context("%s", cases[i].name);
        if (get_hello(&client, cases[i].target, &hello)) {
            struct wire_part name = wire_server_name(hello.data, hello.size);

            if (!cases[i].want)
                ok(!name.data, "got '%.*s'", (int)name.size,
                   name.data ? (const char *)name.data : "");
            else if (ok(name.data != NULL, "no name"))
                ok(name.size == strlen(cases[i].want) &&
                       !memcmp(name.data, cases[i].want, name.size),
                   "got '%.*s'", (int)name.size, (const char *)name.data);
        }
        bytes_done(&hello);
        pop_context();
    }
    FreeCredentialsHandle(&client);
}

/* The same, through the ANSI entry point. */
START_TEST(sni_narrow)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc output = list_make(&token, 1);
    CtxtHandle context = handle_of(0);
    CredHandle client;
    ULONG attributes;

    if (!client_make(&client, VERSION_ANY))
        return;
    if (ok_status(InitializeSecurityContextA(&client, NULL, "narrow.example", CLIENT_REQUEST, 0, 0,
                                             NULL, 0, &context, &output, &attributes, NULL),
                  SEC_I_CONTINUE_NEEDED, "status")) {
        struct wire_part name = wire_server_name(token.pvBuffer, token.cbBuffer);

        ok(name.size == 14 && !memcmp(name.data, "narrow.example", 14), "other name");
        DeleteSecurityContext(&context);
    }
    FreeContextBuffer(token.pvBuffer);
    FreeCredentialsHandle(&client);
}

/* Names at and beyond what DNS allows: no overrun, and never raw UTF-8 on the wire. */
START_TEST(sni_odd_names)
{
    static const struct {
        const char *name;
        WCHAR letter;
        size_t length;
    } cases[] = {
        {"one letter", 'a', 1},     {"63 letters", 'a', 63},       {"64 letters", 'a', 64},
        {"253 letters", 'a', 253},  {"255 letters", 'a', 255},     {"256 letters", 'a', 256},
        {"300 letters", 'a', 300},  {"65000 letters", 'a', 65000}, {"an umlaut", 0xe4, 5},
        {"a surrogate", 0xd800, 3}, {"a blank", ' ', 4},           {"control characters", 1, 4},
    };
    static WCHAR target[65001];
    CredHandle client;

    if (!client_make(&client, VERSION_ANY))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        CtxtHandle context;
        SECURITY_STATUS status;

        push_context("%s", cases[i].name);
        for (size_t k = 0; k < cases[i].length; k++)
            target[k] = cases[i].letter;
        target[cases[i].length] = 0;
        status = first_call(&client, target, 0, &token, &context);
        /* Windows' answer to names that cannot be is not known: a failure is as good. */
        if (status == SEC_I_CONTINUE_NEEDED) {
            struct wire_part name = wire_server_name(token.pvBuffer, token.cbBuffer);

            ok(wire_is_client_hello(token.pvBuffer, token.cbBuffer), "a malformed hello");
            for (size_t k = 0; k < name.size; k++)
                if (name.data[k] >= 0x80 || name.data[k] <= ' ') {
                    ok(false, "byte %02x in the name", name.data[k]);
                    break;
                }
            DeleteSecurityContext(&context);
        } else {
            ok(status < 0, "got %08lx", (unsigned long)status);
            ok(cases[i].length > 63 || cases[i].letter != 'a', "a legal name is refused");
        }
        FreeContextBuffer(token.pvBuffer);
        pop_context();
    }
    FreeCredentialsHandle(&client);
}
