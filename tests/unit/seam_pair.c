/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See seam_pair.h.
 */
#include "seam_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "harness.h"
#include "seam_sign.h"

#define FILE_MAX 65536
#define CHAIN_MAX 4
#define CERTIFICATES_MAX 16
#define STEPS_MAX 200
#define ROOM_AROUND 128

/* clang-format off */
static const uint16_t all_suites[] = {
    0x1302, 0x1301, 0x1303, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0xcca9, 0xcca8, 0x009f, 0x009e, 0xc024,
    0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035,
    0x002f, 0x000a,
};
static const uint16_t all_groups[] = {29, 23, 24, 25, 256};
static const uint16_t all_schemes[] = {
    0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0603, 0x0201, 0x0203,
};
/* clang-format on */

/* ---- certificates ---- */

static int digit_of(int c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* The next block of a PEM text; *text moves behind it. Empty: there is none. */
static struct span next_block(const char **text)
{
    const char *begin = strstr(*text, "-----BEGIN "), *end;
    uint8_t *der;
    size_t size = 0;
    unsigned bits = 0, value = 0;

    if (!begin || !(begin = strchr(begin, '\n')) || !(end = strstr(begin, "-----END ")))
        return span_of(NULL, 0);
    der = mem_alloc((size_t)(end - begin));
    for (const char *c = begin; der && c < end; c++) {
        int digit = digit_of(*c);

        if (digit < 0)
            continue;
        value = value << 6 | (unsigned)digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            der[size++] = (uint8_t)(value >> bits);
        }
    }
    *text = end + 1;
    return span_of(der, der ? size : 0);
}

static char *read_text(const char *name, const char *suffix)
{
    static char text[FILE_MAX];
    char path[1024];
    const char *folder = harness_pki_folder();
    FILE *file;
    size_t size;

    snprintf(path, sizeof(path), "%s/%s%s", folder ? folder : "", name, suffix);
    file = folder ? fopen(path, "rb") : NULL;
    if (!file) {
        skip("no test certificate %s%s: name a folder made by make-pki with --pki", name, suffix);
        return NULL;
    }
    size = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[size] = 0;
    return text;
}

static void free_span(struct span bytes)
{
    mem_free((void *)(uintptr_t)bytes.data);
}

struct tls_credential *seam_credential(const char *name, bool outside)
{
    return seam_credential_changed(name, outside, NULL);
}

struct tls_credential *seam_credential_changed(const char *name, bool outside,
                                               void (*change_key)(struct key *key))
{
    struct span chain[CHAIN_MAX];
    struct tls_certificate certificate = {.chain = chain};
    struct tls_credential *credential = NULL;
    const char *text = read_text(name, ".pem");
    enum tls_status status;

    if (!text)
        return NULL;
    while (certificate.chain_size < CHAIN_MAX) {
        chain[certificate.chain_size] = next_block(&text);
        if (!chain[certificate.chain_size].size)
            break;
        certificate.chain_size++;
    }
    text = read_text(name, ".key");
    if (text) {
        certificate.key.kind = KEY_DER;
        certificate.key.der = next_block(&text);
    }
    if (outside) {
        certificate.key.outside_id = seam_sign_add(certificate.key.der);
        certificate.key.kind = KEY_OUTSIDE;
        certificate.key.pss = true;
    }
    if (text && change_key)
        change_key(&certificate.key);
    status = text ? tls_credential_new(&certificate, 1, &credential) : TLS_NOT_THERE;
    if (text)
        ok(status == TLS_OK, "credential %s: status %d", name, status);
    for (size_t i = 0; i < certificate.chain_size; i++)
        free_span(chain[i]);
    free_span(certificate.key.der);
    return credential;
}

struct span seam_certificate(const char *name)
{
    static struct {
        const char *name; /* a literal */
        struct span der;
    } kept[CERTIFICATES_MAX];
    const char *text;
    size_t i;

    for (i = 0; i < COUNT_OF(kept) - 1 && kept[i].name; i++)
        if (strcmp(kept[i].name, name) == 0)
            return kept[i].der;
    text = read_text(name, ".pem");
    free_span(kept[i].der);
    kept[i].name = name;
    kept[i].der = text ? next_block(&text) : span_of(NULL, 0);
    return kept[i].der;
}

/* ---- making a pair ---- */

static struct span text_span(const char *text)
{
    return span_of(text, text ? strlen(text) : 0);
}

static bool open_end(struct end *end, const struct seam_settings *settings, enum tls_role role,
                     const struct tls_credential *credential)
{
    bool client = role == TLS_CLIENT;
    uint16_t suites[2] = {settings->suite, 0};
    struct tls_config config = {
        .role = role,
        .flags = client ? settings->client_flags : settings->server_flags,
        .policy = {.rsa_bits_min = client ? settings->rsa_bits : 0,
                   .versions = !client && settings->server_versions ? settings->server_versions
                                                                    : settings->versions,
                   .suites = settings->suite ? suites : all_suites,
                   .suite_count = settings->suite ? 1 : COUNT_OF(all_suites),
                   .groups =
                       !client && settings->server_group ? &settings->server_group : all_groups,
                   .group_count = !client && settings->server_group ? 1 : COUNT_OF(all_groups),
                   .schemes = all_schemes,
                   .scheme_count = COUNT_OF(all_schemes)},
        .credential = credential,
        .tickets = client ? NULL : settings->tickets,
        .server_name = client ? text_span("localhost") : span_of(NULL, 0),
        .alpn = text_span(client ? settings->alpn_client : settings->alpn_server),
        .resume = client ? settings->resume : span_of(NULL, 0),
        .authorities = client ? NULL : settings->authorities,
        .authority_count = client ? 0 : settings->authority_count,
        .handshake_limit = client ? settings->client_limit : settings->server_limit,
    };
    enum tls_status status = tls_session_new(&config, &end->session);

    return ok(status == TLS_OK, "%s: session: status %d", client ? "client" : "server", status);
}

bool seam_ready(void)
{
    struct tls_library library;

    if (tls_load(&library) == TLS_OK)
        return true;
    skip("%s", library.problem);
    return false;
}

bool pair_open(struct pair *pair, const struct seam_settings *settings)
{
    struct tls_credential *credential;
    bool good;

    *pair = (struct pair){0};
    if (!seam_ready())
        return false;
    credential = seam_credential_changed(settings->certificate ? settings->certificate : "rsa",
                                         settings->outside, settings->change_key);
    if (!credential)
        return false;
    good = open_end(&pair->client, settings, TLS_CLIENT, settings->client_credential) &&
           open_end(&pair->server, settings, TLS_SERVER, credential);
    tls_credential_free(credential); /* the session keeps what it needs */
    if (!good)
        pair_close(pair);
    return good;
}

void pair_close(struct pair *pair)
{
    tls_session_free(pair->client.session);
    tls_session_free(pair->server.session);
    pair->client.session = pair->server.session = NULL;
}

/* ---- moving ---- */

static void wire_drop(struct wire *wire, size_t size)
{
    memmove(wire->data, wire->data + size, wire->size - size);
    wire->size -= size;
}

void pair_flush(struct pair *pair, struct end *end)
{
    struct wire *to = end == &pair->client ? &pair->server.in : &pair->client.in;
    enum tls_status status;
    size_t size = 0;

    status = tls_output(end->session, to->data + to->size, sizeof(to->data) - to->size, &size);
    ok(status == TLS_OK, "output: status %d", status);
    if (status == TLS_OK)
        to->size += size;
}

static void answer_signature(struct end *end)
{
    struct tls_sign_request request;
    uint8_t signature[1024];
    size_t size = 0;

    end->signatures++;
    ok(tls_sign_request(end->session, &request) == TLS_OK, "no sign request");
    if (!end->refuses_to_sign)
        size = seam_sign(&request, signature, sizeof(signature));
    ok(tls_supply_signature(end->session, span_of(signature, size)) == TLS_OK,
       "signature not taken");
}

/* false: nobody has to be asked. */
static bool answer(struct end *end)
{
    switch (end->last.event) {
    case TLS_WANT_VERDICT:
        end->verdicts++;
        tls_supply_verdict(end->session, end->verdict);
        return true;
    case TLS_WANT_CREDENTIAL:
        end->credentials++;
        ok(tls_supply_credential(end->session, end->supplies) == TLS_OK, "credential not taken");
        return true;
    case TLS_WANT_SIGN:
        answer_signature(end);
        return true;
    default:
        return false;
    }
}

enum tls_event pair_step(struct pair *pair, struct end *end)
{
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        tls_step(end->session, span_of(end->in.data, end->in.size), &end->last);
        ok(end->last.consumed <= end->in.size, "consumed %zu of %zu", end->last.consumed,
           end->in.size);
        wire_drop(&end->in, end->last.consumed);
        pair_flush(pair, end);
        if (answer(end))
            continue;
        if (end->last.event != TLS_WANT_INPUT || !end->last.consumed || !end->in.size)
            break;
    }
    if (end->last.event == TLS_DONE)
        end->done = true;
    return end->last.event;
}

static bool is_over(const struct end *end)
{
    return end->last.event == TLS_FAILED || end->last.event == TLS_CLOSED ||
           end->last.event == TLS_REFUSED;
}

bool pair_handshake(struct pair *pair)
{
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        size_t before = pair->client.in.size + pair->server.in.size;

        if (!pair->client.done && !is_over(&pair->client))
            pair_step(pair, &pair->client);
        if (!pair->server.done && !is_over(&pair->server))
            pair_step(pair, &pair->server);
        if (pair->client.done && pair->server.done)
            return true;
        if (i && before == pair->client.in.size + pair->server.in.size)
            break;
    }
    return pair->client.done && pair->server.done;
}

/* ---- messages ---- */

void seam_fill(uint8_t *data, size_t size)
{
    uint8_t seed = (uint8_t)harness_random();

    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(seed + i * 7);
}

bool seam_is_filled(const uint8_t *data, size_t size)
{
    for (size_t i = 1; i < size; i++)
        if (data[i] != (uint8_t)(data[0] + i * 7))
            return false;
    return true;
}

static bool take_record(struct end *end, size_t size)
{
    struct tls_unseal unseal = {.record = end->in.data, .size = size};
    enum tls_status status = tls_unseal(end->session, &unseal, &end->last);

    if (!ok(status == TLS_OK, "unseal: status %d, reason %d", status,
            status == TLS_OK ? 0 : end->last.reason))
        return false;
    if (unseal.type == TLS_TYPE_HANDSHAKE) {
        tls_message(end->session, span_of(unseal.record + unseal.offset, unseal.plain_size),
                    &end->last);
        if (end->last.event == TLS_RENEGOTIATE)
            end->requests++;
        return end->last.event != TLS_FAILED;
    }
    if (unseal.type == TLS_TYPE_DATA)
        return ok(seam_is_filled(unseal.record + unseal.offset, unseal.plain_size),
                  "%zu bytes came out wrong", unseal.plain_size);
    end->last.event = unseal.alert_fatal ? TLS_FAILED : TLS_CLOSED;
    end->last.alert_received = unseal.alert;
    return true;
}

bool pair_receive(struct pair *pair, struct end *end)
{
    bool good = true;

    while (good && end->in.size >= 5) {
        size_t size = 5 + ((size_t)end->in.data[3] << 8 | end->in.data[4]);

        if (!ok(size <= end->in.size, "half a record lies in the wire"))
            return false;
        good = take_record(end, size);
        wire_drop(&end->in, size);
    }
    pair_flush(pair, end);
    return good;
}

enum tls_status pair_send(struct pair *pair, struct end *end, size_t size)
{
    struct wire *to = end == &pair->client ? &pair->server.in : &pair->client.in;
    struct tls_seal seal = {.data_size = size, .type = TLS_TYPE_DATA};
    struct tls_info info;
    enum tls_status status = tls_info(end->session, &info);

    if (status != TLS_OK || to->size + size + ROOM_AROUND > sizeof(to->data))
        return TLS_NOT_READY;
    seal.header = to->data + to->size;
    seal.data = seal.header + info.header;
    seal.trailer = seal.data + size;
    seal.trailer_room = info.trailer;
    seam_fill(seal.data, size);
    status = tls_seal(end->session, &seal);
    if (status == TLS_OK)
        to->size += info.header + size + seal.trailer_size;
    return status;
}

void pair_talk(struct pair *pair)
{
    static const size_t sizes[] = {1, 2, 15, 16, 17, 255, 1000, 4096, 16383, 16384};

    for (size_t i = 0; i < 2 * COUNT_OF(sizes); i++) {
        struct end *from = i % 2 ? &pair->client : &pair->server;
        struct end *to = i % 2 ? &pair->server : &pair->client;
        enum tls_status status = pair_send(pair, from, sizes[i / 2]);

        ok(status == TLS_OK, "sealing %zu: status %d", sizes[i / 2], status);
        pair_receive(pair, to);
    }
}
