/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform/elf: files with certificates and keys, the contexts and stores made of them, and the
 * certificates with keys of the seam. Needs the folder of make-pki.
 */
#include "platform/elf/certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "base/mem.h"
#include "harness.h"
#include "platform/elf/settings.h"

#define PATH_MAX_HERE 1024

/* A path in the folder; two, so that one call can have a certificate and its key. */
static const char *file(const char *name)
{
    static char paths[2][PATH_MAX_HERE];
    static unsigned next;
    char *path = paths[next++ % 2];

    snprintf(path, PATH_MAX_HERE, "%s/%s", harness_pki_folder(), name);
    return path;
}

static bool have_pki(void)
{
    if (harness_pki_folder())
        return true;
    skip("needs a folder made by make-pki (--pki)");
    return false;
}

static uint8_t *read_file(const char *path, size_t *size)
{
    uint8_t *data = NULL;

    if (!ok(settings_read_file(path, FILE_SIZE_MAX, &data, size) == SEC_E_OK, "%s: not read", path))
        return NULL;
    return data;
}

static char scratch[] = "/tmp/secur32-certs-XXXXXX";

/* Concatenates files of the folder, or of none, into a scratch file. */
static const char *join(const char *const names[], size_t count)
{
    static bool made;
    FILE *out;

    if (!made)
        close(mkstemp(scratch));
    made = true;
    out = fopen(scratch, "wb");
    for (size_t i = 0; i < count && out; i++) {
        size_t size;
        uint8_t *data = read_file(file(names[i]), &size);

        if (data)
            fwrite(data, 1, size, out);
        mem_free(data);
    }
    if (out)
        fclose(out);
    return scratch;
}

/* Runs command with %s replaced by the scratch file. */
static bool run(const char *command)
{
    char line[2 * PATH_MAX_HERE];

    snprintf(line, sizeof(line), command, harness_pki_folder(), scratch);
    return system(line) == 0;
}

START_TEST(certificate_files)
{
    static const struct {
        const char *name, *certificate, *key, *password;
        SECURITY_STATUS want;
    } cases[] = {
        {"PEM and key", "rsa.pem", "rsa.key", NULL, SEC_E_OK},
        {"PEM and key, ECDSA", "ecdsa.pem", "ecdsa.key", NULL, SEC_E_OK},
        {"PKCS#12", "rsa.pfx", NULL, "secret", SEC_E_OK},
        {"PKCS#12, ECDSA", "ecdsa.pfx", NULL, "secret", SEC_E_OK},
        {"PKCS#12 for the certificate", "rsa.pfx", "rsa.key", "secret", SEC_E_OK},
        {"wrong password", "rsa.pfx", NULL, "Secret", SEC_E_UNKNOWN_CREDENTIALS},
        {"empty password", "rsa.pfx", NULL, "", SEC_E_UNKNOWN_CREDENTIALS},
        {"no password", "rsa.pfx", NULL, NULL, SEC_E_UNKNOWN_CREDENTIALS},
        {"no key", "rsa.pem", NULL, NULL, SEC_E_UNKNOWN_CREDENTIALS},
        {"another's key", "rsa.pem", "rsa2.key", NULL, SEC_E_UNKNOWN_CREDENTIALS},
        {"key of another kind", "rsa.pem", "ecdsa.key", NULL, SEC_E_UNKNOWN_CREDENTIALS},
        {"certificate as key", "rsa.pem", "rsa.pem", NULL, SEC_E_UNKNOWN_CREDENTIALS},
        {"key as certificate", "rsa.key", "rsa.key", NULL, SEC_E_CERT_UNKNOWN},
        {"CRL as certificate", "root.crl.pem", "rsa.key", NULL, SEC_E_CERT_UNKNOWN},
        {"no such certificate", "absent.pem", "rsa.key", NULL, SEC_E_NO_CREDENTIALS},
        {"no such key", "rsa.pem", "absent.key", NULL, SEC_E_NO_CREDENTIALS},
        {"folder", ".", NULL, NULL, SEC_E_NO_CREDENTIALS},
    };

    if (!have_pki())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PCCERT_CONTEXT context = (PCCERT_CONTEXT)&cases;
        SECURITY_STATUS got = secur32_certificate_open(file(cases[i].certificate),
                                                       cases[i].key ? file(cases[i].key) : NULL,
                                                       cases[i].password, &context);

        ok_status(got, cases[i].want, "%s", cases[i].name);
        ok(got == SEC_E_OK ? context != NULL : context == NULL, "%s: context", cases[i].name);
        if (got == SEC_E_OK)
            CertFreeCertificateContext(context);
    }
}

START_TEST(certificate_arguments)
{
    PCCERT_CONTEXT context;
    HCERTSTORE store;

    ok_status(secur32_certificate_open(NULL, NULL, NULL, &context), SEC_E_INVALID_PARAMETER,
              "no file");
    ok(!context, "no file: a context");
    ok_status(secur32_certificate_open("x", NULL, NULL, NULL), SEC_E_INVALID_PARAMETER,
              "no place for the result");
    ok_status(secur32_certificate_open_memory(NULL, 5, NULL, 0, NULL, &context),
              SEC_E_INVALID_PARAMETER, "no memory");
    ok_status(secur32_certificate_open_memory("x", 1, NULL, 0, NULL, NULL), SEC_E_INVALID_PARAMETER,
              "memory, no place for the result");
    ok_status(secur32_certificate_open_memory("x", 0, NULL, 0, NULL, &context), SEC_E_CERT_UNKNOWN,
              "empty memory");
    ok_status(secur32_certificate_open_memory("x", 1, NULL, 0, NULL, &context), SEC_E_CERT_UNKNOWN,
              "one byte");
    ok_status(secur32_store_open(NULL, &store), SEC_E_INVALID_PARAMETER, "store: no file");
    ok_status(secur32_store_open("x", NULL), SEC_E_INVALID_PARAMETER, "store: no result");
    ok_status(secur32_store_open("/nonexistent", &store), SEC_E_NO_CREDENTIALS, "store: absent");
    ok(CertFreeCertificateContext(NULL), "free of NULL");
    ok(!CertDuplicateCertificateContext(NULL), "duplicate of NULL");
    ok(!CertEnumCertificatesInStore(NULL, NULL), "enumeration of NULL");
    ok(CertCloseStore(NULL, 0), "close of NULL");
}

/* Files cut anywhere, or with a byte changed, end in a status and nothing else. */
START_TEST(certificate_damaged)
{
    size_t size, opened = 0;
    uint8_t *data;
    PCCERT_CONTEXT context;

    if (!have_pki() || !(data = read_file(file("ecdsa.pfx"), &size)))
        return;
    for (size_t cut = 0; cut < size; cut += 1 + size / 300) {
        SECURITY_STATUS status =
            secur32_certificate_open_memory(data, cut, NULL, 0, "secret", &context);

        ok(status != SEC_E_OK && !context, "cut to %zu: %08lx", cut,
           (unsigned long)(uint32_t)status);
    }
    for (unsigned i = 0; i < 300; i++) {
        size_t at = harness_random() % size;
        uint8_t old = data[at];

        data[at] ^= (uint8_t)(1 + harness_random() % 255);
        if (secur32_certificate_open_memory(data, size, NULL, 0, "secret", &context) == SEC_E_OK) {
            CertFreeCertificateContext(context);
            opened++;
        }
        data[at] = old;
    }
    /* Some bytes do not matter (padding, names), but the MAC is over nearly all. */
    ok(opened < 60, "%zu of 300 changed files were opened", opened);
    mem_free(data);
}

START_TEST(keys_in_other_shapes)
{
    static const struct {
        const char *name, *command; /* %s: the folder, the scratch file */
        const char *certificate, *password, *wrong;
    } cases[] = {
        {"PKCS#1", "openssl rsa -traditional -in %s/rsa.key -out %s 2>/dev/null", "rsa.pem", NULL,
         NULL},
        {"SEC1", "openssl ec -in %s/ecdsa.key -out %s 2>/dev/null", "ecdsa.pem", NULL, NULL},
        {"PKCS#8, DER", "openssl pkcs8 -topk8 -nocrypt -in %s/rsa.key -outform DER -out %s",
         "rsa.pem", NULL, NULL},
        {"PKCS#8, encrypted",
         "openssl pkcs8 -topk8 -in %s/rsa.key -passout pass:m\xc3\xbc -v2 aes256 -out %s",
         "rsa.pem", "m\xc3\xbc", "mu"},
        {"PKCS#8, encrypted, ECDSA",
         "openssl pkcs8 -topk8 -in %s/ecdsa.key -passout pass:x -v2 aes128 -out %s", "ecdsa.pem",
         "x", ""},
    };

    if (!have_pki())
        return;
    join(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PCCERT_CONTEXT context = NULL;

        push_context("%s", cases[i].name);
        if (!run(cases[i].command)) {
            skip("%s: openssl does not make it", cases[i].name);
            pop_context();
            continue;
        }
        ok_status(secur32_certificate_open(file(cases[i].certificate), scratch, cases[i].password,
                                           &context),
                  SEC_E_OK, "right password");
        CertFreeCertificateContext(context);
        if (cases[i].password)
            ok_status(secur32_certificate_open(file(cases[i].certificate), scratch, cases[i].wrong,
                                               &context),
                      SEC_E_UNKNOWN_CREDENTIALS, "wrong password");
        if (cases[i].password)
            ok_status(secur32_certificate_open(file(cases[i].certificate), scratch, NULL, &context),
                      SEC_E_UNKNOWN_CREDENTIALS, "no password");
        pop_context();
    }
    unlink(scratch);
}

/* Certificates in any order; the one of the key comes first, then its issuers. */
START_TEST(chains)
{
    static const struct {
        const char *name;
        const char *const files[5];
        size_t count, with_root, without_root, in_store;
    } cases[] = {
        {"in order", {"rsa.pem", "root.pem", "rsa.key"}, 3, 3, 2, 3},
        {"leaf last", {"root.pem", "inter.pem", "rsa.pem", "rsa.key"}, 4, 3, 2, 5},
        {"key first", {"rsa.key", "rsa.pem"}, 2, 2, 2, 2},
        {"stranger first", {"other.pem", "rsa.pem", "rsa.key"}, 3, 2, 2, 3},
        {"its own root", {"self-signed.pem", "self-signed.key"}, 2, 1, 1, 1},
    };

    if (!have_pki())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PCCERT_CONTEXT context = NULL, next = NULL;
        size_t found = 0;

        push_context("%s", cases[i].name);
        if (!ok_status(secur32_certificate_open(join(cases[i].files, cases[i].count), NULL, NULL,
                                                &context),
                       SEC_E_OK, "open")) {
            pop_context();
            continue;
        }
        for (uint32_t flags = 0; flags <= PLATFORM_SEND_ROOT; flags += PLATFORM_SEND_ROOT) {
            struct platform_certificate *certificate = NULL;
            const struct span *chain;
            size_t count;

            ok_status(platform_certificate_open(context, flags, &certificate), SEC_E_OK, "open");
            chain = platform_certificate_chain(certificate, &count);
            ok_number(count, flags ? cases[i].with_root : cases[i].without_root, "length");
            ok(span_equal(chain[0], span_of(context->pbCertEncoded, context->cbCertEncoded)),
               "the leaf is not first");
            platform_certificate_unref(certificate);
        }
        while ((next = CertEnumCertificatesInStore(context->hCertStore, next)) != NULL)
            found += found != 0 || next == context;
        ok_number(found, cases[i].in_store, "in the store, leaf first");
        CertFreeCertificateContext(context);
        pop_context();
    }
    unlink(scratch);
}

START_TEST(contexts_live_on)
{
    struct platform_certificate *certificate = NULL;
    PCCERT_CONTEXT context = NULL, copy, second;
    const void *own = NULL;
    HCERTSTORE store = NULL;

    if (!have_pki())
        return;
    ok_status(secur32_certificate_open(file("rsa.pem"), file("rsa.key"), NULL, &context), SEC_E_OK,
              "open");
    ok_number(context->dwCertEncodingType, X509_ASN_ENCODING, "encoding");
    ok(context->pCertInfo->Subject.cbData > 0 && context->pCertInfo->Issuer.cbData > 0, "names");
    copy = CertDuplicateCertificateContext(context);
    ok(copy == context, "another context");
    ok_status(platform_certificate_open(context, 0, &certificate), SEC_E_OK, "certificate");
    CertCloseStore(context->hCertStore, 0); /* one of the two references of the program */
    CertFreeCertificateContext(copy);
    ok_status(platform_certificate_context(certificate, &own), SEC_E_OK, "own context");
    platform_certificate_unref(platform_certificate_ref(certificate));
    platform_certificate_unref(certificate);
    second = CertEnumCertificatesInStore(((PCCERT_CONTEXT)own)->hCertStore,
                                         CertDuplicateCertificateContext(own));
    ok(second && second->cbCertEncoded > 0 && second != own, "second");
    platform_context_free(own);
    ok(second && second->pbCertEncoded[0] == 0x30, "the second lives no more");
    CertFreeCertificateContext(second);

    /* A context of a store outlives the store's handle; it has no key. */
    ok_status(secur32_store_open(file("rsa.pem"), &store), SEC_E_OK, "store");
    copy = CertEnumCertificatesInStore(store, NULL);
    CertCloseStore(store, 0);
    ok_status(platform_certificate_open(copy, 0, &certificate), SEC_E_NO_CREDENTIALS, "no key");
    CertFreeCertificateContext(copy);
}

START_TEST(contexts_that_are_none)
{
    struct platform_certificate *certificate = NULL;
    PCCERT_CONTEXT context = NULL, second;
    CERT_CONTEXT fake;

    if (!have_pki())
        return;
    ok_status(platform_certificate_open(NULL, 0, &certificate), SEC_E_UNKNOWN_CREDENTIALS, "NULL");
    ok_status(secur32_certificate_open(file("rsa.pem"), file("rsa.key"), NULL, &context), SEC_E_OK,
              "open");
    memset(&fake, 0, sizeof(fake));
    ok_status(platform_certificate_open(&fake, 0, &certificate), SEC_E_UNKNOWN_CREDENTIALS,
              "zeros");
    fake = *context;
    ok_status(platform_certificate_open(&fake, 0, &certificate), SEC_E_NO_CREDENTIALS, "a copy");
    fake.hCertStore = NULL;
    ok_status(platform_certificate_open(&fake, 0, &certificate), SEC_E_NO_CREDENTIALS, "no store");
    fake.dwCertEncodingType = 0x10000;
    ok_status(platform_certificate_open(&fake, 0, &certificate), SEC_E_UNKNOWN_CREDENTIALS,
              "encoding of messages only");
    second =
        CertEnumCertificatesInStore(context->hCertStore, CertDuplicateCertificateContext(context));
    ok_status(platform_certificate_open(second, 0, &certificate), SEC_E_NO_CREDENTIALS,
              "an issuer");
    ok(!certificate, "written on failure");
    CertFreeCertificateContext(second);
    CertFreeCertificateContext(context);
}

START_TEST(contexts_from_chains)
{
    PCCERT_CONTEXT leaf = NULL, made, next = NULL;
    struct span chain[17];
    const void *context = NULL;
    struct span *names = NULL;
    size_t count = 0, found = 0;

    if (!have_pki())
        return;
    ok_status(secur32_certificate_open(file("rsa.pem"), file("rsa.key"), NULL, &leaf), SEC_E_OK,
              "open");
    for (size_t i = 0; i < COUNT_OF(chain); i++)
        chain[i] = span_of(leaf->pbCertEncoded, leaf->cbCertEncoded);
    ok_status(platform_context_from_chain(chain, 16, &context), SEC_E_OK, "16");
    made = context;
    ok(made->pbCertEncoded != leaf->pbCertEncoded, "borrowed");
    while ((next = CertEnumCertificatesInStore(made->hCertStore, next)) != NULL)
        found++;
    ok_number(found, 16, "in the store");
    ok_status(platform_store_names(made->hCertStore, &names, &count), SEC_E_OK, "names");
    ok_number(count, 16, "names");
    ok(span_equal(names[15],
                  span_of(leaf->pCertInfo->Subject.pbData, leaf->pCertInfo->Subject.cbData)),
       "another name");
    mem_free(names);
    platform_context_free(context);

    context = NULL;
    ok_status(platform_context_from_chain(chain, 17, &context), SEC_E_UNKNOWN_CREDENTIALS, "17");
    ok_status(platform_context_from_chain(chain, 0, &context), SEC_E_UNKNOWN_CREDENTIALS, "0");
    chain[1].size--;
    ok_status(platform_context_from_chain(chain, 2, &context), SEC_E_UNKNOWN_CREDENTIALS, "cut");
    chain[1] = (struct span){NULL, 0};
    ok_status(platform_context_from_chain(chain, 2, &context), SEC_E_UNKNOWN_CREDENTIALS, "empty");
    ok(!context, "written on failure");
    ok_status(platform_store_names(NULL, &names, &count), SEC_E_UNKNOWN_CREDENTIALS, "no store");
    ok(!platform_store_ref(NULL), "reference to no store");
    platform_store_free(NULL);
    CertFreeCertificateContext(leaf);
}

START_TEST(keys_sign)
{
    static const struct {
        const char *certificate, *key;
        uint16_t scheme, curve;
        size_t hash_size;
        SECURITY_STATUS want;
    } cases[] = {
        {"rsa.pem", "rsa.key", 0x0401, 0, 32, SEC_E_OK},
        {"rsa.pem", "rsa.key", 0x0806, 0, 64, SEC_E_OK},
        {"rsa.pem", "rsa.key", 0x0201, 0, 20, SEC_E_OK},
        {"rsa.pem", "rsa.key", 0, 0, 36, SEC_E_OK},
        {"ecdsa.pem", "ecdsa.key", 0x0403, 23, 32, SEC_E_OK},
        {"rsa.pem", "rsa.key", 0x0807, 0, 32, SEC_E_ALGORITHM_MISMATCH},
        {"rsa.pem", "rsa.key", 0xffff, 0, 32, SEC_E_ALGORITHM_MISMATCH},
        {"rsa.pem", "rsa.key", 0x0403, 0, 32, SEC_E_ALGORITHM_MISMATCH},
        {"ecdsa.pem", "ecdsa.key", 0x0804, 23, 32, SEC_E_ALGORITHM_MISMATCH},
        {"ecdsa.pem", "ecdsa.key", 0, 23, 36, SEC_E_ALGORITHM_MISMATCH},
    };
    static const uint8_t hash[64] = {1, 2, 3};

    if (!have_pki())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct platform_certificate *certificate = NULL;
        PCCERT_CONTEXT context = NULL;
        struct key key;
        uint8_t signature[600];
        size_t size = 0;
        SECURITY_STATUS got;

        push_context("%s %04x", cases[i].certificate, cases[i].scheme);
        secur32_certificate_open(file(cases[i].certificate), file(cases[i].key), NULL, &context);
        if (!ok_status(platform_certificate_open(context, 0, &certificate), SEC_E_OK, "open"))
            return;
        CertFreeCertificateContext(context);
        ok_status(platform_key_get(certificate, &key), SEC_E_OK, "key");
        ok(key.kind == KEY_DER && key.der.size > 100, "kind %d", (int)key.kind);
        ok_number(key.curve, cases[i].curve, "curve");
        platform_key_done(&key);
        got = platform_sign(certificate, cases[i].scheme, span_of(hash, cases[i].hash_size),
                            signature, sizeof(signature), &size);
        ok_status(got, cases[i].want, "signature");
        ok(got == SEC_E_OK ? size >= 64 && size <= 256 : size == 0, "size %zu", size);
        if (got == SEC_E_OK)
            ok_status(platform_sign(certificate, cases[i].scheme, span_of(hash, cases[i].hash_size),
                                    signature, 10, &size),
                      SEC_E_BUFFER_TOO_SMALL, "room");
        platform_certificate_unref(certificate);
        pop_context();
    }
}

/* A token in software, with the keys of two certificates. */
static bool make_token(const char *folder)
{
    char command[4 * PATH_MAX_HERE], settings[PATH_MAX_HERE];
    const char *pki = harness_pki_folder();
    FILE *file_of_token;

    snprintf(settings, sizeof(settings), "%s/softhsm2.conf", folder);
    file_of_token = fopen(settings, "w");
    if (!file_of_token)
        return false;
    fprintf(file_of_token, "directories.tokendir = %s\n", folder);
    fclose(file_of_token);
    setenv("SOFTHSM2_CONF", settings, 1);
    snprintf(command, sizeof(command),
             "{ softhsm2-util --init-token --free --label test --pin 1234 --so-pin 5678 &&"
             " softhsm2-util --import '%s/rsa.key' --token test --label rsa --id 01 --pin 1234 &&"
             " softhsm2-util --import '%s/ecdsa.key' --token test --label ec --id 02 --pin 1234;"
             " } >/dev/null 2>&1",
             pki, pki);
    return system(command) == 0;
}

START_TEST(keys_in_tokens)
{
    static const struct {
        const char *name, *certificate, *url, *pin;
        SECURITY_STATUS want;
        uint16_t scheme, curve;
    } cases[] = {
        {"RSA", "rsa.pem", "pkcs11:token=test;object=rsa;type=private", "1234", SEC_E_OK, 0x0804,
         0},
        {"ECDSA", "ecdsa.pem", "pkcs11:token=test;object=ec;type=private", "1234", SEC_E_OK, 0x0403,
         23},
        {"PIN in the URL", "rsa.pem", "pkcs11:token=test;object=rsa;type=private?pin-value=1234",
         NULL, SEC_E_OK, 0x0401, 0},
        {"wrong PIN", "rsa.pem", "pkcs11:token=test;object=rsa;type=private", "4321",
         SEC_E_UNKNOWN_CREDENTIALS, 0, 0},
        {"no PIN", "rsa.pem", "pkcs11:token=test;object=rsa;type=private", NULL,
         SEC_E_UNKNOWN_CREDENTIALS, 0, 0},
        {"another's key", "rsa.pem", "pkcs11:token=test;object=ec;type=private", "1234",
         SEC_E_UNKNOWN_CREDENTIALS, 0, 0},
        {"no such token", "rsa.pem", "pkcs11:token=absent;object=ec;type=private", "1234",
         SEC_E_UNKNOWN_CREDENTIALS, 0, 0},
    };
    char folder[] = "/tmp/secur32-token-XXXXXX", command[64];
    static const uint8_t hash[32] = {1};

    if (!have_pki())
        return;
    if (!mkdtemp(folder) || !make_token(folder)) {
        skip("no token in software (softhsm2-util of Debian's softhsm2)");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct platform_certificate *certificate = NULL;
        PCCERT_CONTEXT context = NULL;
        struct key key;
        uint8_t signature[512];
        size_t size = 0;
        SECURITY_STATUS got = secur32_certificate_open(file(cases[i].certificate), cases[i].url,
                                                       cases[i].pin, &context);

        push_context("%s", cases[i].name);
        ok_status(got, cases[i].want, "open");
        if (got == SEC_E_OK &&
            ok_status(platform_certificate_open(context, 0, &certificate), SEC_E_OK, "use")) {
            ok_status(platform_key_get(certificate, &key), SEC_E_OK, "key");
            ok(key.kind == KEY_OUTSIDE && key.outside_id == (uintptr_t)certificate && key.pss,
               "kind %d", (int)key.kind);
            ok_number(key.curve, cases[i].curve, "curve");
            ok_status(platform_sign(certificate, cases[i].scheme, span_of(hash, sizeof(hash)),
                                    signature, sizeof(signature), &size),
                      SEC_E_OK, "signature");
            ok(size > 60, "signature of %zu bytes", size);
        }
        platform_certificate_unref(certificate);
        CertFreeCertificateContext(context);
        pop_context();
    }
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ok(system(command) == 0, "%s", command);
}

static bool open_and_close(void *argument)
{
    struct platform_certificate *certificate = NULL;
    PCCERT_CONTEXT context;
    SECURITY_STATUS status =
        secur32_certificate_open(file("rsa.pem"), file("rsa.key"), NULL, &context);

    (void)argument;
    if (status == SEC_E_OK)
        status = platform_certificate_open(context, 0, &certificate);
    ok(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY, "got %08lx",
       (unsigned long)(uint32_t)status);
    platform_certificate_unref(certificate);
    CertFreeCertificateContext(context);
    return status == SEC_E_OK;
}

START_TEST(certificates_short_of_memory)
{
    if (have_pki())
        each_allocation_fails(open_and_close, NULL);
}

START_TEST(default_client)
{
    struct platform_certificate *certificate = NULL;
    PCCERT_CONTEXT context = NULL;
    struct span authorities[2];
    size_t count;
    char path[] = "/tmp/secur32-client-XXXXXX";
    static const char *const names[] = {"client-rsa", "rsa", "expired", "absent"};

    if (!have_pki())
        return;
    close(mkstemp(path));
    setenv("SECUR32_CONFIG", path, 1);
    settings_forget();
    ok_status(platform_default_client(NULL, 0, &certificate), SEC_E_NO_CREDENTIALS, "not set");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        FILE *settings = fopen(path, "w");

        fprintf(settings, "[secur32]\nClientCertificate=%s/%s.pem\nClientKey=%s/%s.key\n",
                harness_pki_folder(), names[i], harness_pki_folder(), names[i]);
        fclose(settings);
        settings_forget();
        ok_status(platform_default_client(NULL, 0, &certificate),
                  i == 0 ? SEC_E_OK : SEC_E_NO_CREDENTIALS, "%s", names[i]);
        if (i)
            continue;
        platform_certificate_chain(certificate, &count);
        ok_number(count, 2, "chain");
        platform_certificate_unref(certificate);
        secur32_certificate_open(file("client-rsa.pem"), file("client-rsa.key"), NULL, &context);
        authorities[0] = span_of("x", 1);
        authorities[1] =
            span_of(context->pCertInfo->Issuer.pbData, context->pCertInfo->Issuer.cbData);
        ok_status(platform_default_client(authorities, 1, &certificate), SEC_E_NO_CREDENTIALS,
                  "another authority");
        ok_status(platform_default_client(authorities, 2, &certificate), SEC_E_OK, "its authority");
        platform_certificate_unref(certificate);
        CertFreeCertificateContext(context);
    }
    unlink(path);
    unsetenv("SECUR32_CONFIG");
    settings_forget();
}
