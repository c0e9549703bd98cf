/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificate contexts and stores of the Linux build: what PCCERT_CONTEXT and HCERTSTORE point to.
 *
 * A store never changes once it is made, and owns the contexts of all its certificates; one counter
 * counts the references to the store and to each of its contexts together, so that nothing of it
 * goes away before the last of them.
 */
#ifndef SECUR32_PLATFORM_ELF_STORE_H
#define SECUR32_PLATFORM_ELF_STORE_H

#include <stdatomic.h>

#include "platform/elf/keys.h"

struct elf_store;

/* locks: (c) constant after creation, (a) atomic */
struct elf_certificate {
    CERT_CONTEXT context;    /* (c) what programs see; first, so that its address is this one's */
    CERT_INFO info;          /* (c) only names, serial number and validity are filled */
    struct elf_store *store; /* (c) */
    bool self_issued;        /* (c) issuer and subject are the same name */
};

struct elf_store {
    uint32_t magic;         /* (c) STORE_MAGIC while it lives */
    atomic_uint references; /* (a) */
    size_t count;           /* (c) of certificates */
    size_t chain_count;     /* (c) how many of the first ones are leaf, its issuer, and so on */
    struct elf_key key;     /* (c) of the first one, or empty */
    struct elf_certificate certificates[]; /* (c) */
};

/* Copies the certificates; the first chain_count of them are a chain. One reference. */
MUST_CHECK SECURITY_STATUS store_new(const struct span *ders, size_t count, size_t chain_count,
                                     struct elf_store **store);
struct elf_store *store_ref(struct elf_store *store);
void store_unref(struct elf_store *store);

/* The store of a handle, or NULL when it is none of ours. */
struct elf_store *store_from_handle(const void *handle);
/* The same of a context that is the first of its store, is a certificate, and is ours. */
struct elf_certificate *store_certificate(const void *context);

struct span store_der(const struct elf_store *store, size_t index);

#endif
