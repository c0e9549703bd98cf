/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform/elf: the judgement over a peer's chain, case by case. Needs the folder of make-pki.
 */
#include "platform/elf/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "base/mem.h"
#include "harness.h"
#include "host.h"
#include "platform/elf/certs.h"
#include "platform/elf/settings.h"

#define MEMBERS_MAX 17
#define OFFLINE (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)
#define UNKNOWN CERT_TRUST_REVOCATION_STATUS_UNKNOWN

static char settings_path[] = "/tmp/secur32-trust-XXXXXX";
static char crl_path[] = "/tmp/secur32-crls-XXXXXX";

static bool have_pki(void)
{
    if (harness_pki_folder())
        return true;
    skip("needs a folder made by make-pki (--pki)");
    return false;
}

/* The process trusts the folder's root (or not), knows its CRLs (or not), and nothing else. */
static void set_up(bool root, bool crls)
{
    static bool made;
    FILE *file;

    if (!made) {
        close(mkstemp(settings_path));
        close(mkstemp(crl_path));
    }
    made = true;
    file = fopen(settings_path, "w");
    fprintf(file, "[secur32]\nSystemTrust=0\n");
    if (root)
        fprintf(file, "TrustFile=%s/root.pem\n", harness_pki_folder());
    if (crls)
        fprintf(file, "CrlFile=%s\n", crl_path);
    fclose(file);
    setenv("SECUR32_CONFIG", settings_path, 1);
    settings_forget();
    trust_forget();
}

static void tear_down(void)
{
    unlink(settings_path);
    unlink(crl_path);
    unsetenv("SECUR32_CONFIG");
    settings_forget();
    trust_forget();
}

static void write_crls(void)
{
    char command[2048];

    snprintf(command, sizeof(command), "cat '%s/inter.crl.pem' '%s/root.crl.pem' >%s",
             harness_pki_folder(), harness_pki_folder(), crl_path);
    ok(system(command) == 0, "%s", command);
}

/* A chain of files; each gives its first certificate, or "2" its second. */
struct chain {
    HCERTSTORE stores[MEMBERS_MAX];
    PCCERT_CONTEXT contexts[MEMBERS_MAX];
    struct span spans[MEMBERS_MAX];
    size_t count;
};

static void chain_add(struct chain *chain, const char *name)
{
    char path[1024];
    size_t i = chain->count++;

    snprintf(path, sizeof(path), "%s/%s.pem", harness_pki_folder(), name);
    if (!ok_status(secur32_store_open(path, &chain->stores[i]), SEC_E_OK, "%s", path))
        abort();
    chain->contexts[i] = CertEnumCertificatesInStore(chain->stores[i], NULL);
    chain->spans[i] = span_of(chain->contexts[i]->pbCertEncoded, chain->contexts[i]->cbCertEncoded);
}

static void chain_done(struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        CertFreeCertificateContext(chain->contexts[i]);
        CertCloseStore(chain->stores[i], 0);
    }
    chain->count = 0;
}

static const struct row {
    const char *name;
    const char *const sent[6];
    uint32_t flags;
    bool client;
    uint32_t trust;
    size_t path;
} rows[] = {
    {"good", {"rsa", "inter"}, 0, false, 0, 3},
    {"good, ECDSA", {"ecdsa", "inter"}, 0, false, 0, 3},
    {"with the root", {"rsa", "inter", "root"}, 0, false, 0, 3},
    {"in another order", {"rsa", "root", "inter"}, 0, false, 0, 3},
    {"with strangers", {"rsa", "other", "rsa2", "inter", "untrusted"}, 0, false, 0, 3},
    {"twice", {"rsa", "rsa", "inter", "inter"}, 0, false, 0, 3},
    {"without intermediate", {"rsa"}, 0, false, CERT_TRUST_IS_PARTIAL_CHAIN, 1},
    {"expired", {"expired", "inter"}, 0, false, CERT_TRUST_IS_NOT_TIME_VALID, 3},
    {"not yet", {"future", "inter"}, 0, false, CERT_TRUST_IS_NOT_TIME_VALID, 3},
    {"wrong use", {"wrong-use", "inter"}, 0, false, CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 3},
    {"client as server", {"client-rsa", "inter"}, 0, false, CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 3},
    {"client", {"client-rsa", "inter"}, 0, true, 0, 3},
    {"server as client", {"rsa", "inter"}, 0, true, CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 3},
    {"self-signed", {"self-signed"}, 0, false, CERT_TRUST_IS_UNTRUSTED_ROOT, 1},
    {"unknown root", {"untrusted", "other"}, 0, false, CERT_TRUST_IS_UNTRUSTED_ROOT, 2},
    {"unknown issuer", {"untrusted"}, 0, false, CERT_TRUST_IS_PARTIAL_CHAIN, 1},
    {"the root alone", {"root"}, 0, false, 0, 1},
    {"revoked, not asked", {"revoked", "inter"}, 0, false, 0, 3},
    {"no CRL, leaf", {"rsa", "inter"}, PLATFORM_REVOCATION_END, false, UNKNOWN, 3},
    {"no CRL, chain", {"rsa", "inter"}, PLATFORM_REVOCATION_CHAIN, false, UNKNOWN, 3},
    {"no CRL, address", {"revoked", "inter"}, PLATFORM_REVOCATION_END, false, OFFLINE, 3},
    {"root, chain", {"root"}, PLATFORM_REVOCATION_CHAIN, false, 0, 1},
    {"root, leaf", {"root"}, PLATFORM_REVOCATION_END, false, 0, 1},
};

static void judge_row(const struct row *row, const void *root_store, uint32_t want)
{
    struct chain chain = {.count = 0};
    struct platform_question question = {chain.spans, 0, row->client, row->flags, root_store};
    struct platform_verdict verdict = {4711, NULL, 0, NULL};

    while (chain.count < COUNT_OF(row->sent) && row->sent[chain.count])
        chain_add(&chain, row->sent[chain.count]);
    question.count = chain.count;
    ok_status(platform_judge(&question, &verdict), SEC_E_OK, "%s", row->name);
    ok(verdict.trust == want, "%s: got %08lx, want %08lx", row->name, (unsigned long)verdict.trust,
       (unsigned long)want);
    ok_number(verdict.path_count, row->path, "%s: path", row->name);
    ok(verdict.path_count && span_equal(verdict.path[0], chain.spans[0]), "%s: leaf", row->name);
    platform_verdict_done(&verdict);
    ok(!verdict.path && !verdict.owner, "%s: done", row->name);
    platform_verdict_done(&verdict);
    chain_done(&chain);
}

START_TEST(judgements)
{
    if (!have_pki())
        return;
    set_up(true, false);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        judge_row(&rows[i], NULL, rows[i].trust);
    tear_down();
}

START_TEST(judgements_without_trust)
{
    static const struct row without[] = {
        {"chain", {"rsa", "inter"}, 0, false, CERT_TRUST_IS_PARTIAL_CHAIN, 2},
        {"with root", {"rsa", "inter", "root"}, 0, false, CERT_TRUST_IS_UNTRUSTED_ROOT, 3},
        {"expired",
         {"expired", "inter", "root"},
         0,
         false,
         CERT_TRUST_IS_UNTRUSTED_ROOT | CERT_TRUST_IS_NOT_TIME_VALID,
         3},
        {"wrong use",
         {"wrong-use"},
         0,
         false,
         CERT_TRUST_IS_PARTIAL_CHAIN | CERT_TRUST_IS_NOT_VALID_FOR_USAGE,
         1},
    };

    if (!have_pki())
        return;
    set_up(false, false);
    for (size_t i = 0; i < COUNT_OF(without); i++)
        judge_row(&without[i], NULL, without[i].trust);
    tear_down();
}

START_TEST(judgements_with_root_store)
{
    static const struct row cases[] = {
        {"client", {"client-rsa", "inter"}, 0, true, 0, 3},
        {"server", {"rsa", "inter", "root"}, 0, false, 0, 3},
        {"another root", {"untrusted", "other"}, 0, false, CERT_TRUST_IS_UNTRUSTED_ROOT, 2},
    };
    char path[1024];
    HCERTSTORE store = NULL;

    if (!have_pki())
        return;
    set_up(false, false);
    snprintf(path, sizeof(path), "%s/root.pem", harness_pki_folder());
    ok_status(secur32_store_open(path, &store), SEC_E_OK, "store");
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        judge_row(&cases[i], store, cases[i].trust);
    CertCloseStore(store, 0);
    tear_down();
}

START_TEST(judgements_with_crls)
{
    static const struct row cases[] = {
        {"leaf", {"rsa", "inter"}, PLATFORM_REVOCATION_END, false, 0, 3},
        {"chain", {"rsa", "inter"}, PLATFORM_REVOCATION_CHAIN, false, 0, 3},
        {"but root", {"rsa", "inter"}, PLATFORM_REVOCATION_NOT_ROOT, false, 0, 3},
        {"not asked", {"revoked", "inter"}, 0, false, 0, 3},
        {"revoked, leaf",
         {"revoked", "inter"},
         PLATFORM_REVOCATION_END,
         false,
         CERT_TRUST_IS_REVOKED,
         3},
        {"revoked, chain",
         {"revoked", "inter"},
         PLATFORM_REVOCATION_CHAIN,
         false,
         CERT_TRUST_IS_REVOKED,
         3},
        {"another CA",
         {"untrusted", "other"},
         PLATFORM_REVOCATION_END,
         false,
         CERT_TRUST_IS_UNTRUSTED_ROOT | UNKNOWN,
         2},
    };

    if (!have_pki())
        return;
    set_up(true, true);
    write_crls();
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        judge_row(&cases[i], NULL, cases[i].trust);
    tear_down();
}

START_TEST(judgements_of_garbage)
{
    struct chain chain = {.count = 0};
    struct platform_verdict verdict = {4711, NULL, 0, NULL};
    struct platform_question question = {chain.spans, 2, false, 0, NULL};
    struct span good[MEMBERS_MAX];
    uint8_t *changed;
    size_t size;

    if (!have_pki())
        return;
    set_up(true, false);
    chain_add(&chain, "rsa");
    chain_add(&chain, "inter");
    for (size_t i = 0; i < MEMBERS_MAX; i++)
        good[i] = chain.spans[i && i < 2];
    chain.spans[1].size--;
    ok_status(platform_judge(&question, &verdict), SEC_E_CERT_UNKNOWN, "cut");
    chain.spans[1] = (struct span){NULL, 0};
    ok_status(platform_judge(&question, &verdict), SEC_E_CERT_UNKNOWN, "empty");
    question.count = 0;
    ok_status(platform_judge(&question, &verdict), SEC_E_CERT_UNKNOWN, "none");
    question.count = MEMBERS_MAX;
    question.chain = good;
    ok_status(platform_judge(&question, &verdict), SEC_E_CERT_UNKNOWN, "too many");
    ok(verdict.trust == 4711, "written on failure");

    /* A changed byte anywhere: refused, or a signature that is wrong, but never good. */
    size = good[0].size;
    changed = mem_copy(good[0]);
    question.count = 2;
    good[0].data = changed;
    for (size_t at = 0; at < size && changed; at += 7) {
        changed[at] ^= 0x21;
        if (platform_judge(&question, &verdict) == SEC_E_OK) {
            ok(verdict.trust != 0, "byte %zu changed: good", at);
            platform_verdict_done(&verdict);
        }
        changed[at] ^= 0x21;
    }
    ok_status(platform_judge(&question, &verdict), SEC_E_OK, "as it was");
    ok(verdict.trust == 0, "as it was: %08lx", (unsigned long)verdict.trust);
    platform_verdict_done(&verdict);
    mem_free(changed);
    chain_done(&chain);
    tear_down();
}

static bool judge_once(void *argument)
{
    const struct platform_question *question = argument;
    struct platform_verdict verdict = {4711, NULL, 0, NULL};
    SECURITY_STATUS status = platform_judge(question, &verdict);

    ok(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY, "got %08lx",
       (unsigned long)(uint32_t)status);
    if (status != SEC_E_OK)
        return false;
    ok(verdict.trust == 0, "good is %08lx", (unsigned long)verdict.trust);
    platform_verdict_done(&verdict);
    return true;
}

static void judge_often(void *argument)
{
    for (unsigned i = 0; i < 50; i++)
        judge_once(argument);
}

START_TEST(judgements_in_threads)
{
    struct chain chain = {.count = 0};
    struct platform_question question = {chain.spans, 2, false, 0, NULL};
    struct host_thread *threads[4];

    if (!have_pki())
        return;
    set_up(true, false);
    chain_add(&chain, "rsa");
    chain_add(&chain, "inter");
    /* The first of them reads the trusted roots. */
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        threads[i] = host_thread_start(judge_often, &question);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        host_thread_join(threads[i]);
    each_allocation_fails(judge_once, &question);
    chain_done(&chain);
    tear_down();
}
