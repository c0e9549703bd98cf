/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * THE platform seam: what differs between Windows (under Wine) and Linux and is not TLS: text,
 * settings, time, certificates with their keys, and trust. platform/pe/ does it with crypt32,
 * ncrypt, advapi32; platform/elf/ with files and GnuTLS's trust list. The build chooses the folder.
 *
 * A certificate context is a PCCERT_CONTEXT: crypt32's own on PE; on ELF the small one of
 * include/secur32/wincrypt.h, made by the functions of include/secur32/secur32.h.
 *
 * Functions return SEC_E_OK or the SECURITY_STATUS that fits; results are written only on success.
 */
#ifndef SECUR32_PLATFORM_PLATFORM_H
#define SECUR32_PLATFORM_PLATFORM_H

#include "winsspi.h"

#include "base/key.h"
#include "base/span.h"

/* ---- text: all results are zero-terminated and freed with mem_free ---- */

/* ANSI is the process' code page on PE and UTF-8 on ELF. NULL in gives NULL out and SEC_E_OK. */
MUST_CHECK SECURITY_STATUS platform_wide_from_ansi(const char *ansi, WCHAR **wide);
MUST_CHECK SECURITY_STATUS platform_ansi_from_wide(const WCHAR *wide, char **ansi);
MUST_CHECK SECURITY_STATUS platform_wide_from_utf8(const char *utf8, WCHAR **wide);
/* Unpaired surrogates: SEC_E_INVALID_TOKEN. */
MUST_CHECK SECURITY_STATUS platform_utf8_from_wide(const WCHAR *wide, char **utf8);
/* Length in characters, without the zero. */
size_t platform_wide_length(const WCHAR *wide);
/* Without regard to the case of ASCII letters (package names). */
bool platform_wide_same(const WCHAR *a, const WCHAR *b);

/* ---- the process ---- */

/* What tells the calling thread from all others; never 0. */
uintptr_t platform_thread_self(void);
/* Memory that programs free with FreeContextBuffer: on PE the process' heap, where packages from
 * outside take theirs from as well. Zeroed, and wiped when it goes: some of it are keys. */
MUST_CHECK void *platform_program_alloc(size_t size);
void platform_program_free(void *memory);

/* ---- settings ---- */

/* All below HKEY_LOCAL_MACHINE; on ELF sections of the settings file (platform/elf/settings.h). */
enum platform_settings {
    SETTINGS_SCHANNEL,   /* SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL */
    SETTINGS_SSL_POLICY, /* SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002 */
    /* SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002 */
    SETTINGS_SSL_LOCAL,
    SETTINGS_LSA,       /* SYSTEM\CurrentControlSet\Control\Lsa */
    SETTINGS_PROVIDERS, /* SYSTEM\CurrentControlSet\Control\SecurityProviders */
    SETTINGS_COUNT
};

/* path: below the root, e.g. "Protocols\\TLS 1.2\\Client", or "". false: not set, or no number. */
bool platform_setting_number(enum platform_settings root, const char *path, const char *name,
                             uint32_t *value);
/* REG_SZ, or the lines of a REG_MULTI_SZ joined by commas, as UTF-8; mem_free. NULL: not set. */
char *platform_setting_text(enum platform_settings root, const char *path, const char *name);

/* Build number of the Windows that this process sees (ELF: that of the Windows we are like). */
uint32_t platform_windows_build(void);

/* ---- time ---- */

/* FILETIME, UTC. */
int64_t platform_now(void);
/* FILETIME of seconds since 1970, and local time of a UTC FILETIME (what TimeStamp holds). */
int64_t platform_filetime_from_unix(int64_t seconds);
int64_t platform_local_from_utc(int64_t filetime);
/* Milliseconds on a clock that never goes back. */
uint64_t platform_monotonic_ms(void);

/* ---- random bytes ---- */

/* Fit for keys. Ends the process when the system has none. */
void platform_random(void *to, size_t size);

/* ---- certificates with keys ---- */

/* A certificate that a program gave us, with chain and key; shared by counting references. */
struct platform_certificate;

/* platform_certificate_open flags */
#define PLATFORM_SEND_ROOT 0x1u  /* keep a self-signed root in the chain */
#define PLATFORM_CACHE_ONLY 0x2u /* no network while the chain is built */

/*
 * context: PCCERT_CONTEXT; may be freed by the caller afterwards. Builds the chain from the stores
 * (PE) or from the file it came with (ELF) and finds the private key.
 * SEC_E_NO_CREDENTIALS: no private key property. SEC_E_UNKNOWN_CREDENTIALS: the key cannot be
 * opened, or context is no certificate (X509_ASN_ENCODING with or without PKCS_7_ASN_ENCODING).
 */
MUST_CHECK SECURITY_STATUS platform_certificate_open(const void *context, uint32_t flags,
                                                     struct platform_certificate **certificate);
struct platform_certificate *platform_certificate_ref(struct platform_certificate *certificate);
void platform_certificate_unref(struct platform_certificate *certificate);

const struct span *platform_certificate_chain(const struct platform_certificate *certificate,
                                              size_t *count);
/* Exports the key where its provider allows; otherwise KEY_OUTSIDE with outside_id = the address
 * of the certificate. The memory is wiped by platform_key_done. */
MUST_CHECK SECURITY_STATUS platform_key_get(struct platform_certificate *certificate,
                                            struct key *key);
void platform_key_done(struct key *key);
/* IANA SignatureScheme (0: PKCS#1 over MD5+SHA1) over a hash, by the key's provider. */
MUST_CHECK SECURITY_STATUS platform_sign(struct platform_certificate *certificate, uint16_t scheme,
                                         struct span hash, uint8_t *signature, size_t room,
                                         size_t *size);
/* End of validity of the leaf, FILETIME UTC. */
int64_t platform_certificate_expiry(const struct platform_certificate *certificate);
/* A new reference to the PCCERT_CONTEXT, for the program (LOCAL_CERT_CONTEXT). */
MUST_CHECK SECURITY_STATUS platform_certificate_context(struct platform_certificate *certificate,
                                                        const void **context);

/* The user's certificate (CurrentUser\\MY) with a key, for client authentication, valid now, whose
 * chain leads to one of the authorities (DER names; none: any). SEC_E_NO_CREDENTIALS: none fits. */
MUST_CHECK SECURITY_STATUS platform_default_client(const struct span *authorities, size_t count,
                                                   struct platform_certificate **certificate);
/* By SHA-1 thumbprint in a store (SCH_CRED_FORMAT_CERT_HASH_STORE); machine: LocalMachine. */
MUST_CHECK SECURITY_STATUS platform_certificate_find(const WCHAR *store, bool machine,
                                                     const uint8_t thumbprint[20],
                                                     struct platform_certificate **certificate);

/* ---- the peer's certificates ---- */

/* A new PCCERT_CONTEXT of the leaf; its hCertStore holds leaf and chain, leaf first. */
MUST_CHECK SECURITY_STATUS platform_context_from_chain(const struct span *chain, size_t count,
                                                       const void **context);
void platform_context_free(const void *context);

/* platform_question.flags */
#define PLATFORM_REVOCATION_END 0x01u
#define PLATFORM_REVOCATION_CHAIN 0x02u
#define PLATFORM_REVOCATION_NOT_ROOT 0x04u
#define PLATFORM_REVOCATION_CACHE 0x08u
#define PLATFORM_NO_URL 0x10u

struct platform_question {
    const struct span *chain; /* DER as the peer sent it, leaf first */
    size_t count;
    bool peer_is_client;
    uint32_t flags;
    const void *root_store; /* HCERTSTORE with further roots, or NULL */
};

/* The chain that the platform built, and what it has against it. */
struct platform_verdict {
    uint32_t trust;    /* CERT_TRUST_... error bits; 0: nothing against it */
    struct span *path; /* leaf first; the last one is a trusted root unless trust says otherwise */
    size_t path_count;
    void *owner; /* platform's own */
};

MUST_CHECK SECURITY_STATUS platform_judge(const struct platform_question *question,
                                          struct platform_verdict *verdict);
void platform_verdict_done(struct platform_verdict *verdict);

/* A reference of our own to a store (HCERTSTORE: hRootStore), which the program may close any time
 * after. NULL in gives NULL out; NULL for a store that is none. */
const void *platform_store_ref(const void *store);
void platform_store_free(const void *store);
/* A store of the machine, by its name. SEC_E_UNKNOWN_CREDENTIALS: there is none;
 * SEC_E_UNSUPPORTED_FUNCTION: stores have no names here. */
MUST_CHECK SECURITY_STATUS platform_store_named(const WCHAR *name, const void **store);
/* The system's roots as a store of the program's own; NULL: there is no such store here. */
const void *platform_store_roots(void);

/* ---- describing a certificate ---- */

/* What SslCrackCertificate tells. */
struct platform_description {
    uint32_t version;                            /* 0: X.509 version 1 */
    uint8_t serial[16];                          /* lowest byte first; longer ones are cut */
    uint32_t signature_algorithm, key_algorithm; /* ALG_ID; 0: none */
    int64_t not_before, not_after;               /* FILETIME */
    char *issuer, *subject;                      /* ANSI */
    uint8_t *key;                                /* as it stands in the certificate */
    size_t key_size;
};

/* SEC_E_CERT_UNKNOWN: no certificate. */
MUST_CHECK SECURITY_STATUS platform_describe(struct span der,
                                             struct platform_description *description);
void platform_description_done(struct platform_description *description);

/* ---- stores ---- */

/* DER names of the certificates in a store (hRootStore): what a server lists in its request. Freed
 * with mem_free(*names) in one piece. */
MUST_CHECK SECURITY_STATUS platform_store_names(const void *store, struct span **names,
                                                size_t *count);

#endif
