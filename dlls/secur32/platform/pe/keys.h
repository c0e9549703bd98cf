/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Private keys on Windows: in a provider of CryptoAPI (CAPI) or in one of CNG, known by a property
 * of their certificate.
 */
#ifndef SECUR32_PLATFORM_PE_KEYS_H
#define SECUR32_PLATFORM_PE_KEYS_H

#include "platform/platform.h"

#include <windows.h>

#include <ncrypt.h>
#include <wincrypt.h>

enum pe_key_kind { PE_KEY_NONE, PE_KEY_CAPI, PE_KEY_CNG };

/* Constant once opened. */
struct pe_key {
    enum pe_key_kind kind;
    bool owned;               /* the handle is ours; else it is the certificate context's */
    DWORD spec;               /* CAPI: AT_KEYEXCHANGE or AT_SIGNATURE */
    HCRYPTPROV provider;      /* CAPI */
    NCRYPT_KEY_HANDLE handle; /* CNG */
};

/*
 * The key of a certificate, by the properties of the context. A handle that stands in a property is
 * only borrowed from the context (owned is false): the context must outlive the key.
 * SEC_E_NO_CREDENTIALS: no property of a key. SEC_E_UNKNOWN_CREDENTIALS: cannot be opened.
 */
MUST_CHECK SECURITY_STATUS pe_key_open(PCCERT_CONTEXT context, struct pe_key *key);
void pe_key_done(struct pe_key *key);

/* Whether the certificate is for this key. A provider that does not tell is believed. */
bool pe_key_fits(const struct pe_key *key, PCCERT_CONTEXT context);

/* A key that its provider gives away: parts as base/key.h has them. false: it does not. */
bool pe_key_export(const struct pe_key *key, struct key *exported);
/* The group of an EC key, 0 for RSA. */
uint16_t pe_key_curve(const struct pe_key *key);

MUST_CHECK SECURITY_STATUS pe_key_sign(const struct pe_key *key, uint16_t scheme, struct span hash,
                                       uint8_t *signature, size_t room, size_t *size);

/* A whole result of CryptExportKey or NCryptExportKey; mem_wipe_free(*blob, *size). */
bool pe_capi_export(const struct pe_key *key, DWORD type, uint8_t **blob, size_t *size);
bool pe_cng_export(const struct pe_key *key, const WCHAR *type, uint8_t **blob, size_t *size);

#endif
