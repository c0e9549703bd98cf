/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform/pe/sign.c for keys of CNG: what it asks of the provider, what it makes of its signatures
 * and of its refusals. Between it and NCryptSignHash stands a function of the test, since Wine 8.0
 * has no provider that keeps a key to itself, and none for ECDSA.
 *
 * Sources: RFC 8446 4.2.3, RFC 3279 2.2.3; Microsoft Learn, "NCryptSignHash function".
 */
#include "platform/pe/keys.h"

#include <string.h>

#include "harness.h"

/* What was asked, and what is to be answered. */
static struct {
    bool forward; /* to the real function */
    SECURITY_STATUS status;
    const uint8_t *signature;
    DWORD size, flags, hash_size, salt;
    WCHAR algorithm[16];
    unsigned calls;
} provider;

static SECURITY_STATUS sign_hash(NCRYPT_KEY_HANDLE key, void *padding, BYTE *hash, DWORD hash_size,
                                 BYTE *signature, DWORD room, DWORD *size, DWORD flags)
{
    provider.calls++;
    provider.flags = flags;
    provider.hash_size = hash_size;
    provider.salt = flags == BCRYPT_PAD_PSS ? ((BCRYPT_PSS_PADDING_INFO *)padding)->cbSalt : 0;
    provider.algorithm[0] = 0;
    if (padding && *(const WCHAR **)padding) /* both structs begin with the name */
        lstrcpynW(provider.algorithm, *(const WCHAR **)padding, 16);
    if (provider.forward)
        return NCryptSignHash(key, padding, hash, hash_size, signature, room, size, flags);
    if (provider.status)
        return provider.status;
    memcpy(signature, provider.signature, provider.size);
    *size = provider.size;
    return 0;
}

#define NCryptSignHash sign_hash
#include "platform/pe/sign.c"
#undef NCryptSignHash

/* keys.c, for keys of CAPI. */
bool pe_capi_export(const struct pe_key *key, DWORD type, uint8_t **blob, size_t *size)
{
    (void)key;
    (void)type;
    (void)blob;
    (void)size;
    return false;
}

void pe_key_done(struct pe_key *key)
{
    (void)key;
}

static const uint8_t some_hash[64] = {1, 2, 3};

static SECURITY_STATUS sign(uint16_t scheme, size_t hash_size, uint8_t *signature, size_t room,
                            size_t *size)
{
    struct pe_key key = {.kind = PE_KEY_CNG, .handle = 77};

    return pe_key_sign(&key, scheme, span_of(some_hash, hash_size), signature, room, size);
}

START_TEST(sign_asks)
{
    static const struct {
        uint16_t scheme;
        DWORD hash_size, flags, salt;
        const WCHAR *algorithm;
    } rows[] = {
        {0x0000, 36, BCRYPT_PAD_PKCS1, 0, L""},
        {0x0201, 20, BCRYPT_PAD_PKCS1, 0, L"SHA1"},
        {0x0401, 32, BCRYPT_PAD_PKCS1, 0, L"SHA256"},
        {0x0501, 48, BCRYPT_PAD_PKCS1, 0, L"SHA384"},
        {0x0601, 64, BCRYPT_PAD_PKCS1, 0, L"SHA512"},
        {0x0804, 32, BCRYPT_PAD_PSS, 32, L"SHA256"},
        {0x0805, 48, BCRYPT_PAD_PSS, 48, L"SHA384"},
        {0x0806, 64, BCRYPT_PAD_PSS, 64, L"SHA512"},
        {0x0809, 32, BCRYPT_PAD_PSS, 32, L"SHA256"},
        {0x080a, 48, BCRYPT_PAD_PSS, 48, L"SHA384"},
        {0x080b, 64, BCRYPT_PAD_PSS, 64, L"SHA512"},
        {0x0203, 20, 0, 0, L""},
        {0x0403, 32, 0, 0, L""},
        {0x0503, 48, 0, 0, L""},
        {0x0603, 64, 0, 0, L""},
    };
    static const uint8_t answer[64] = {9, 8, 7, [32] = 6};
    uint8_t signature[512];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t size = 0;

        memset(&provider, 0, sizeof(provider));
        provider.signature = answer;
        provider.size = sizeof(answer);
        push_context("scheme %04x", rows[i].scheme);
        ok_status(sign(rows[i].scheme, rows[i].hash_size, signature, sizeof(signature), &size),
                  SEC_E_OK, "status");
        ok_number(provider.calls, 1, "calls");
        ok_number(provider.flags, rows[i].flags, "flags");
        ok_number(provider.salt, rows[i].salt, "salt");
        ok_number(provider.hash_size, rows[i].hash_size, "hash");
        ok(!lstrcmpW(provider.algorithm, rows[i].algorithm), "another algorithm");
        if (rows[i].flags)
            ok(size == sizeof(answer) && !memcmp(signature, answer, size), "another signature");
        pop_context();
    }
}

/* r and s side by side become DER: no zeros in front, one where the highest bit is set. */
START_TEST(sign_ecdsa)
{
    static const struct {
        const char *name;
        uint8_t r[66], s[66];
        DWORD half;
        uint8_t want[150];
        size_t want_size;
    } rows[] = {
        {"small", {[31] = 5}, {[31] = 0x7f}, 32, {0x30, 6, 2, 1, 5, 2, 1, 0x7f}, 8},
        {"highest bit",
         {[31] = 0x80},
         {[30] = 0x80, 1},
         32,
         {0x30, 9, 2, 2, 0, 0x80, 2, 3, 0, 0x80, 1},
         11},
        {"zero", {0}, {[31] = 1}, 32, {0x30, 6, 2, 1, 0, 2, 1, 1}, 8},
        {"P-521, one bit", {1}, {1}, 66, {0x30, 0x81, 0x88, 2, 0x42, 1}, 139},
        {"P-384, all", {0xff}, {0x7f}, 48, {0x30, 0x65, 2, 0x31, 0, 0xff}, 103},
    };
    uint8_t raw[132], signature[512];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t size = 0, known = rows[i].want_size < 12 ? rows[i].want_size : 6;

        memset(&provider, 0, sizeof(provider));
        memcpy(raw, rows[i].r, rows[i].half);
        memcpy(raw + rows[i].half, rows[i].s, rows[i].half);
        provider.signature = raw;
        provider.size = 2 * rows[i].half;
        push_context("%s", rows[i].name);
        ok_status(sign(0x0403, 32, signature, sizeof(signature), &size), SEC_E_OK, "status");
        ok_number(size, rows[i].want_size, "size");
        ok(!memcmp(signature, rows[i].want, known), "other bytes");
        pop_context();
    }
}

START_TEST(sign_refusals)
{
    static const uint8_t odd[134] = {1};
    static const struct {
        const char *name;
        uint16_t scheme;
        DWORD hash_size, size; /* of what the provider gives */
        SECURITY_STATUS status, want;
        size_t room;
        unsigned calls;
    } rows[] = {
        {"not supported", 0x0804, 32, 0, (SECURITY_STATUS)NTE_NOT_SUPPORTED,
         SEC_E_ALGORITHM_MISMATCH, 512, 1},
        {"no key", 0x0804, 32, 0, (SECURITY_STATUS)NTE_NO_KEY, SEC_E_NO_CREDENTIALS, 512, 1},
        {"a person says no", 0x0804, 32, 0, (SECURITY_STATUS)SCARD_W_CANCELLED_BY_USER,
         SEC_E_NO_CREDENTIALS, 512, 1},
        {"the card is gone", 0x0401, 32, 0, (SECURITY_STATUS)SCARD_W_REMOVED_CARD,
         SEC_E_NO_CREDENTIALS, 512, 1},
        {"no memory", 0x0401, 32, 0, (SECURITY_STATUS)NTE_NO_MEMORY, SEC_E_INSUFFICIENT_MEMORY, 512,
         1},
        {"anything else", 0x0401, 32, 0, (SECURITY_STATUS)0x80001234, SEC_E_INTERNAL_ERROR, 512, 1},
        {"unknown scheme", 0x0807, 32, 0, 0, SEC_E_ALGORITHM_MISMATCH, 512, 0},
        {"another hash", 0x0804, 48, 0, 0, SEC_E_INTERNAL_ERROR, 512, 0},
        {"half a number", 0x0403, 32, 63, 0, SEC_E_INTERNAL_ERROR, 512, 1},
        {"no numbers", 0x0403, 32, 0, 0, SEC_E_INTERNAL_ERROR, 512, 1},
        {"the largest numbers", 0x0603, 64, 132, 0, SEC_E_OK, 512, 1},
        {"larger ones", 0x0603, 64, 134, 0, SEC_E_INTERNAL_ERROR, 512, 1},
        {"no room", 0x0804, 32, 64, 0, SEC_E_BUFFER_TOO_SMALL, 63, 1},
        {"just room", 0x0804, 32, 64, 0, SEC_E_OK, 64, 1},
    };
    uint8_t signature[512];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t size = 0;

        memset(&provider, 0, sizeof(provider));
        provider.status = rows[i].status;
        provider.signature = odd;
        provider.size = rows[i].size;
        push_context("%s", rows[i].name);
        ok_status(sign(rows[i].scheme, rows[i].hash_size, signature, rows[i].room, &size),
                  rows[i].want, "status");
        ok_number(provider.calls, rows[i].calls, "calls");
        pop_context();
    }
}

/* A real key, which no blob leaves: the provider signs, and another one verifies. */
static bool verifies(NCRYPT_KEY_HANDLE key, void *padding, DWORD flags, const uint8_t *signature,
                     size_t size)
{
    return NCryptVerifySignature(key, padding, (BYTE *)(uintptr_t)some_hash, 32,
                                 (BYTE *)(uintptr_t)signature, (DWORD)size, flags) == 0;
}

START_TEST(sign_real_key)
{
    BCRYPT_PKCS1_PADDING_INFO pkcs1 = {BCRYPT_SHA256_ALGORITHM};
    BCRYPT_PSS_PADDING_INFO pss = {BCRYPT_SHA256_ALGORITHM, 32};
    struct pe_key key = {.kind = PE_KEY_CNG};
    NCRYPT_PROV_HANDLE storage;
    uint8_t signature[512];
    size_t size = 0;

    memset(&provider, 0, sizeof(provider));
    provider.forward = true;
    if (NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0) ||
        NCryptCreatePersistedKey(storage, &key.handle, BCRYPT_RSA_ALGORITHM, NULL, 0, 0) ||
        NCryptFinalizeKey(key.handle, 0)) {
        skip("the system's CNG makes no RSA key");
        return;
    }
    ok_status(
        pe_key_sign(&key, 0x0401, span_of(some_hash, 32), signature, sizeof(signature), &size),
        SEC_E_OK, "PKCS#1");
    ok(verifies(key.handle, &pkcs1, BCRYPT_PAD_PKCS1, signature, size), "it does not verify");
    signature[7] ^= 1;
    ok(!verifies(key.handle, &pkcs1, BCRYPT_PAD_PKCS1, signature, size), "a changed one verifies");
    ok_status(
        pe_key_sign(&key, 0x0804, span_of(some_hash, 32), signature, sizeof(signature), &size),
        SEC_E_OK, "PSS");
    ok(verifies(key.handle, &pss, BCRYPT_PAD_PSS, signature, size), "it does not verify");
    NCryptFreeObject(key.handle);
    NCryptFreeObject(storage);
}
