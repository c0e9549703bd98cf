/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * One record of a connected context is opened where it lies, and acted upon when it holds no
 * application data. What the program sees of it is the business of record_unseal.c (DecryptMessage)
 * and handshake_post.c.
 */
#ifndef SECUR32_SCHANNEL_RECORD_OPEN_H
#define SECUR32_SCHANNEL_RECORD_OPEN_H

#include "schannel/context.h"

struct record_opened {
    size_t offset, plain_size; /* of the application data in the record */
    bool kept;                 /* the record was not touched: it is for the handshake functions */
    bool store_session;        /* a ticket may have come: context_store_sessions, without locks */
    enum tls_event message_event; /* SEC_I_RENEGOTIATE, not kept: what tls_message said */
};

/*
 * record: a whole record. Returns
 *   SEC_E_OK               application data, perhaps none
 *   SEC_I_CONTEXT_EXPIRED  close_notify
 *   SEC_I_RENEGOTIATE      a handshake message; it has been acted upon, unless kept
 *   an error               the peer's fatal alert, or what is wrong with the record; the context
 * has failed, but for SEC_E_ILLEGAL_MESSAGE when our renegotiation was refused
 */
SECURITY_STATUS schan_open_record(struct schan_context *context, uint8_t *record, size_t size,
                                  struct record_opened *opened) must_hold(context->receive);

/* ---- record_datagram.c ---- */

struct datagram_opened {
    struct record_opened record;
    size_t start, end; /* of that record in the datagram */
    size_t missing;    /* SEC_E_INCOMPLETE_MESSAGE */
};

/*
 * Opens records of a datagram up to the first that is not dropped; its status, or that of the first
 * one when all were dropped. SEC_E_UNFINISHED_CONTEXT_DELETED: the peer repeats its last flight,
 * and ours waits in the output.
 */
SECURITY_STATUS schan_open_datagram(struct schan_context *context, uint8_t *datagram, size_t size,
                                    struct datagram_opened *opened) must_hold(context->receive);
/* The status of a record that tls_unseal has dropped. */
SECURITY_STATUS schan_dropped_record(const struct tls_result *result);

/* Ends the context with an alert of ours; returns the status. */
SECURITY_STATUS schan_refuse_record(struct schan_context *context, SECURITY_STATUS status,
                                    uint8_t alert) must_hold(context->receive);

#endif
