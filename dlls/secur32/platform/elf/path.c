/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The path from a leaf to a trusted certificate: trust.h. What the peer sent besides the leaf is a
 * heap in which to look (RFC 8446 4.4.2 tells to bear with any order and with extras); a trusted
 * issuer is always preferred to one that was sent. Here names and key identifiers lead the way;
 * signatures are GnuTLS' business, in trust.c.
 */
#include "platform/elf/trust.h"

#include <string.h>

/* Certificates tried as issuers before giving up: cross-signed heaps could make many paths. */
#define STEPS_MAX 128

/* A search in depth, with its stack: indices of sent certificates, and where to go on at each. */
struct search {
    const struct library *library;
    const gnutls_x509_crt_t *sent;
    size_t count;
    size_t stack[LIMIT_CHAIN];
    size_t next[LIMIT_CHAIN]; /* the first candidate not yet tried as issuer of stack[i] */
    size_t depth;
};

static bool is_on_stack(const struct search *search, size_t index)
{
    for (size_t i = 0; i <= search->depth; i++)
        if (search->stack[i] == index)
            return true;
    return false;
}

/* Goes one step towards the root; false: nothing left to try from here. */
static bool step_up(struct search *search)
{
    gnutls_x509_crt_t last = search->sent[search->stack[search->depth]];

    if (search->depth + 1 == LIMIT_CHAIN)
        return false;
    for (size_t i = search->next[search->depth]; i < search->count; i++) {
        if (is_on_stack(search, i) ||
            !search->library->gnutls_x509_crt_check_issuer(last, search->sent[i]))
            continue;
        search->next[search->depth++] = i + 1;
        search->stack[search->depth] = i;
        search->next[search->depth] = 0;
        return true;
    }
    return false;
}

/* Keeps the present stack as the path. */
static void keep(const struct search *search, struct path *path)
{
    path->count = search->depth + 1;
    for (size_t i = 0; i <= search->depth; i++)
        path->members[i] = search->sent[search->stack[i]];
}

/* Whether a trusted certificate issued the last one of the stack, or is the same. */
static bool find_anchor(const struct search *search, const struct trust *trust, struct path *path)
{
    gnutls_x509_crt_t last = search->sent[search->stack[search->depth]], issuer;

    for (int i = 0; i < TRUST_SOURCES; i++) {
        if (!trust->lists[i] || search->library->gnutls_x509_trust_list_get_issuer(
                                    trust->lists[i], last, &issuer, GNUTLS_TL_GET_COPY) < 0)
            continue;
        keep(search, path);
        path->anchored = true;
        path->source = (enum trust_source)i;
        if (search->library->gnutls_x509_crt_equals(last, issuer)) {
            search->library->gnutls_x509_crt_deinit(issuer);
        } else {
            path->anchor = issuer;
            path->members[path->count++] = issuer;
        }
        return true;
    }
    return false;
}

void path_find(const struct library *library, const struct trust *trust,
               const gnutls_x509_crt_t *sent, size_t count, struct path *path)
{
    struct search search = {.library = library, .sent = sent, .count = count};

    memset(path, 0, sizeof(*path));
    for (size_t steps = 0; steps < STEPS_MAX; steps++) {
        if (find_anchor(&search, trust, path))
            return;
        if (search.depth + 1 > path->count)
            keep(&search, path);
        while (!step_up(&search)) {
            if (search.depth == 0)
                return;
            search.depth--;
        }
    }
}

void path_done(const struct library *library, struct path *path)
{
    if (path->anchor)
        library->gnutls_x509_crt_deinit(path->anchor);
    path->anchor = NULL;
}
