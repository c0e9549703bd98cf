/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See helper.h. The thread is made when a handshake begins and lives as long as the session. All
 * signals are blocked in it: it is none of the program's threads.
 */
#include "tls/gnutls/helper.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/algorithms.h"

enum state {
    IDLE,    /* waits for a call */
    RUNNING, /* in the call */
    PARKED,  /* in the sign callback, waits for a signature */
    ENDING
};

struct helper {
    pthread_t thread;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    enum state state;
    helper_call *call;
    gnutls_session_t session;
    int result;
    bool cancelled;
    struct tls_sign_request request;
    gnutls_datum_t signature; /* of mem_alloc; data NULL: none yet, or failure */
};

/* The helper whose thread this is: GnuTLS's sign callback does not say for which session it signs.
 */
static _Thread_local struct helper *own_helper;

static void *thread_main(void *argument)
{
    struct helper *helper = argument;

    own_helper = helper;
    pthread_mutex_lock(&helper->mutex);
    while (helper->state != ENDING) {
        if (helper->state == RUNNING) {
            helper_call *call = helper->call;
            gnutls_session_t session = helper->session;
            int result;

            pthread_mutex_unlock(&helper->mutex);
            result = call(session);
            pthread_mutex_lock(&helper->mutex);
            helper->result = result;
            helper->state = IDLE;
            pthread_cond_broadcast(&helper->changed);
        } else {
            pthread_cond_wait(&helper->changed, &helper->mutex);
        }
    }
    pthread_mutex_unlock(&helper->mutex);
    return NULL;
}

struct helper *helper_new(void)
{
    struct helper *helper = mem_alloc(sizeof(*helper));
    sigset_t all, old;
    int error;

    if (!helper)
        return NULL;
    pthread_mutex_init(&helper->mutex, NULL);
    pthread_cond_init(&helper->changed, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    error = pthread_create(&helper->thread, NULL, thread_main, helper);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (error) {
        TRACE(LOG_TLS, "no thread for a key outside: error %d", error);
        pthread_cond_destroy(&helper->changed);
        pthread_mutex_destroy(&helper->mutex);
        mem_free(helper);
        return NULL;
    }
    return helper;
}

void helper_free(struct helper *helper)
{
    if (!helper)
        return;
    helper_cancel(helper);
    pthread_mutex_lock(&helper->mutex);
    helper->state = ENDING;
    pthread_cond_broadcast(&helper->changed);
    pthread_mutex_unlock(&helper->mutex);
    pthread_join(helper->thread, NULL);
    pthread_cond_destroy(&helper->changed);
    pthread_mutex_destroy(&helper->mutex);
    mem_free(helper->signature.data);
    mem_wipe_free(helper, sizeof(*helper));
}

/* Holds helper->mutex. */
static void wait_for_rest(struct helper *helper)
{
    while (helper->state == RUNNING)
        pthread_cond_wait(&helper->changed, &helper->mutex);
}

int helper_run(struct helper *helper, helper_call *call, gnutls_session_t session)
{
    int result;

    pthread_mutex_lock(&helper->mutex);
    if (helper->state == IDLE) {
        helper->call = call;
        helper->session = session;
    }
    helper->state = RUNNING;
    pthread_cond_broadcast(&helper->changed);
    wait_for_rest(helper);
    result = helper->state == PARKED ? HELPER_PARKED : helper->result;
    pthread_mutex_unlock(&helper->mutex);
    return result;
}

/* The thread changes its state only while helper_run or helper_cancel waits: no lock is needed. */
bool helper_is_parked(const struct helper *helper)
{
    return helper && helper->state == PARKED;
}

const struct tls_sign_request *helper_request(const struct helper *helper)
{
    return &helper->request;
}

bool helper_answer(struct helper *helper, struct span signature)
{
    unsigned char *copy = NULL;

    if (signature.size) {
        copy = mem_copy(signature);
        if (!copy)
            return false;
    }
    mem_free(helper->signature.data);
    helper->signature.data = copy;
    helper->signature.size = (unsigned)signature.size;
    return true;
}

void helper_cancel(struct helper *helper)
{
    if (!helper_is_parked(helper))
        return;
    pthread_mutex_lock(&helper->mutex);
    helper->cancelled = true;
    helper->state = RUNNING;
    pthread_cond_broadcast(&helper->changed);
    wait_for_rest(helper);
    pthread_mutex_unlock(&helper->mutex);
}

/* ---- what GnuTLS calls ---- */

/* DigestInfo of RFC 8017 9.2, as far as its hash: SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING
 * }. Its hash is what stands behind the last octet string header. */
static bool digest_of_info(const gnutls_datum_t *info, struct span *hash, uint16_t *scheme)
{
    /* clang-format off */
    static const struct {
        uint8_t info_size, hash_size;
        uint16_t scheme;
    } rows[] = {
        {15 + 20, 20, 0x0201}, /* SHA-1 */
        {19 + 28, 28, 0x0301}, /* SHA-224 */
        {19 + 32, 32, 0x0401}, /* SHA-256 */
        {19 + 48, 48, 0x0501}, /* SHA-384 */
        {19 + 64, 64, 0x0601}, /* SHA-512 */
        {36,      36, 0},      /* TLS 1.0 and 1.1: MD5 and SHA-1, with nothing around them */
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (info->size != rows[i].info_size)
            continue;
        *hash = span_of(info->data + info->size - rows[i].hash_size, rows[i].hash_size);
        *scheme = rows[i].scheme;
        return true;
    }
    return false;
}

static bool fill_request(struct tls_sign_request *request, const struct outside_key *key,
                         gnutls_sign_algorithm_t algorithm, const gnutls_datum_t *data)
{
    struct span hash = span_of(data->data, data->size);

    *request = (struct tls_sign_request){.outside_id = key->id};
    if (algorithm == GNUTLS_SIGN_RSA_RAW) {
        if (!digest_of_info(data, &hash, &request->scheme))
            return false;
    } else {
        request->scheme = algorithm_scheme_number(algorithm);
        if (!request->scheme)
            return false;
    }
    if (hash.size > sizeof(request->hash))
        return false;
    memcpy(request->hash, hash.data, hash.size);
    request->hash_size = (uint32_t)hash.size;
    return true;
}

/* Holds helper->mutex; returns with a signature or without. */
static void park(struct helper *helper)
{
    mem_free(helper->signature.data);
    helper->signature = (gnutls_datum_t){NULL, 0};
    helper->state = PARKED;
    pthread_cond_broadcast(&helper->changed);
    while (helper->state == PARKED)
        pthread_cond_wait(&helper->changed, &helper->mutex);
}

/* GnuTLS frees the signature with gnutls_free, which is free() unless a program changed it. */
static int give_signature(struct helper *helper, gnutls_datum_t *signature)
{
    if (helper->cancelled || !helper->signature.data)
        return GNUTLS_E_PK_SIGN_FAILED;
    signature->data = library_alloc(helper->signature.size);
    if (!signature->data)
        return GNUTLS_E_MEMORY_ERROR;
    memcpy(signature->data, helper->signature.data, helper->signature.size);
    signature->size = helper->signature.size;
    return 0;
}

int outside_sign(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *userdata,
                 unsigned flags, const gnutls_datum_t *hash, gnutls_datum_t *signature)
{
    struct helper *helper = own_helper;
    int error;

    (void)key;
    (void)flags;
    if (!helper)
        return GNUTLS_E_PK_SIGN_FAILED; /* a signature that is no handshake's */
    pthread_mutex_lock(&helper->mutex);
    if (helper->cancelled) {
        error = GNUTLS_E_PK_SIGN_FAILED;
    } else if (fill_request(&helper->request, userdata, algorithm, hash)) {
        park(helper);
        error = give_signature(helper, signature);
    } else {
        TRACE(LOG_TLS, "a key outside cannot make signature %d over %u bytes", (int)algorithm,
              hash->size);
        error = GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
    }
    pthread_mutex_unlock(&helper->mutex);
    return error;
}

static bool can_make(const struct outside_key *key, gnutls_sign_algorithm_t algorithm)
{
    if (algorithm == GNUTLS_SIGN_RSA_RAW)
        return key->algorithm == GNUTLS_PK_RSA;
    if (!gnutls.sign_supports_pk_algorithm(algorithm, key->algorithm))
        return false;
    switch (algorithm) {
    case GNUTLS_SIGN_RSA_PSS_SHA256:
    case GNUTLS_SIGN_RSA_PSS_SHA384:
    case GNUTLS_SIGN_RSA_PSS_SHA512:
    case GNUTLS_SIGN_RSA_PSS_RSAE_SHA256:
    case GNUTLS_SIGN_RSA_PSS_RSAE_SHA384:
    case GNUTLS_SIGN_RSA_PSS_RSAE_SHA512:
        return key->pss;
    default:
        return algorithm_scheme_number(algorithm) != 0;
    }
}

int outside_info(gnutls_privkey_t key, unsigned flags, void *userdata)
{
    const struct outside_key *outside = userdata;

    (void)key;
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO)
        return (int)outside->algorithm;
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
        return (int)outside->bits;
    if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO)
        return can_make(outside, GNUTLS_FLAGS_TO_SIGN_ALGO(flags));
    return -1;
}

void outside_free(gnutls_privkey_t key, void *userdata)
{
    (void)key;
    mem_free(userdata);
}
