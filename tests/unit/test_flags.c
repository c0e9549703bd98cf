/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/flags: the words of attributes that known programs compare, and each bit for itself.
 */
#include "schannel/flags.h"

#include "harness.h"

#define CLIENT_ALWAYS                                                                              \
    (ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY | ISC_RET_STREAM)
#define SERVER_ALWAYS                                                                              \
    (ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY | ASC_RET_STREAM)

START_TEST(flags_of_programs)
{
    static const struct {
        const char *name;
        enum flags_family family;
        ULONG request;
        bool mapped;
        ULONG want;
    } cases[] = {
        {"nothing asked", FLAGS_INITIALIZE, 0, false, CLIENT_ALWAYS},
        {"curl", FLAGS_INITIALIZE, 0x819c, false, 0x819c},
        {"curl, own certificate", FLAGS_INITIALIZE, 0x811c, false, 0x811c},
        {".NET client, no STREAM", FLAGS_INITIALIZE, 0x8011c, false, 0x8811c},
        {"schannel-rs", FLAGS_INITIALIZE, 0x9819c, false, 0x9819c},
        {"MongoDB client", FLAGS_INITIALIZE, 0x8819c, false, 0x8819c},
        {"ZeroC Ice client", FLAGS_INITIALIZE, 0xc19c, false, 0xc19c},
        {"datagrams", FLAGS_INITIALIZE, 0x41c, false, 0x41c},
        {"foreign bits", FLAGS_INITIALIZE, 0x7000020, false, CLIENT_ALWAYS},
        {"nothing asked, server", FLAGS_ACCEPT, 0, false, SERVER_ALWAYS},
        {"MongoDB server", FLAGS_ACCEPT, 0x1801e, false, 0x1801c},
        {"the same, mapped", FLAGS_ACCEPT, 0x1801e, true, 0x1801e},
        {"mapped, not asked", FLAGS_ACCEPT, 0x1801c, true, 0x1801c},
        {"server with a client's numbers", FLAGS_ACCEPT, 0x811c, false, 0x1811c},
        {"server with a client's 0x80", FLAGS_ACCEPT, 0x80, false, SERVER_ALWAYS},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok_status(flags_returned(cases[i].family, cases[i].request, cases[i].mapped), cases[i].want,
                  "%s", cases[i].name);
}

START_TEST(flags_refused)
{
    for (int bit = 0; bit < 32; bit++) {
        ULONG request = (ULONG)1 << bit;
        bool client = request == ISC_REQ_DELEGATE || request == ISC_REQ_PROMPT_FOR_CREDS;
        bool server = request == ASC_REQ_DELEGATE;

        ok_status(flags_check(FLAGS_INITIALIZE, request),
                  client ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK, "client, bit %d", bit);
        ok_status(flags_check(FLAGS_ACCEPT, request),
                  server ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK, "server, bit %d", bit);
    }
}

/* A bit that is asked for changes at most itself in the answer, in the family's own numbers. */
START_TEST(flags_bit_by_bit)
{
    for (int bit = 0; bit < 32; bit++) {
        ULONG request = (ULONG)1 << bit;

        for (int family = FLAGS_INITIALIZE; family <= FLAGS_ACCEPT; family++) {
            enum flags_family of = (enum flags_family)family;
            ULONG stream = of == FLAGS_INITIALIZE ? ISC_RET_STREAM : ASC_RET_STREAM;
            ULONG none = flags_returned(of, 0, false), with = flags_returned(of, request, false);

            if (request == ISC_REQ_DATAGRAM)
                with |= stream;
            ok(((none ^ with) & ~request) == 0, "family %d, bit %d: %08lx instead of %08lx", family,
               bit, (unsigned long)with, (unsigned long)none);
        }
    }
}

START_TEST(flags_helpers)
{
    ok(flags_allocate(ISC_REQ_ALLOCATE_MEMORY), "allocate");
    ok(!flags_allocate(~(ULONG)ISC_REQ_ALLOCATE_MEMORY), "do not allocate");
    ok(flags_extended_error(FLAGS_INITIALIZE, ISC_REQ_EXTENDED_ERROR), "client");
    ok(!flags_extended_error(FLAGS_INITIALIZE, ASC_REQ_EXTENDED_ERROR), "client, server's bit");
    ok(flags_extended_error(FLAGS_ACCEPT, ASC_REQ_EXTENDED_ERROR), "server");
    ok(!flags_extended_error(FLAGS_ACCEPT, ISC_REQ_EXTENDED_ERROR), "server, client's bit");
}
