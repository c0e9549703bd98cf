/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See seam_sign.h.
 */
#include "seam_sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS_MAX 8

static struct {
    uint8_t der[4096];
    size_t size;
} keys[KEYS_MAX];
static size_t count;

uint64_t seam_sign_add(struct span pkcs8)
{
    size_t index = count++ % KEYS_MAX;

    if (pkcs8.size <= sizeof(keys[index].der)) {
        memcpy(keys[index].der, pkcs8.data, pkcs8.size);
        keys[index].size = pkcs8.size;
    }
    return 0x1000 + index;
}

/* How openssl is told of a scheme. */
static const char *options_of(uint16_t scheme)
{
    /* clang-format off */
    static const struct {
        uint16_t scheme;
        const char *options;
    } rows[] = {
        {0x0000, "-pkeyopt rsa_padding_mode:pkcs1 -pkeyopt digest:md5-sha1"},
        {0x0201, "-pkeyopt rsa_padding_mode:pkcs1 -pkeyopt digest:sha1"},
        {0x0401, "-pkeyopt rsa_padding_mode:pkcs1 -pkeyopt digest:sha256"},
        {0x0501, "-pkeyopt rsa_padding_mode:pkcs1 -pkeyopt digest:sha384"},
        {0x0601, "-pkeyopt rsa_padding_mode:pkcs1 -pkeyopt digest:sha512"},
        {0x0804, "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:-1 -pkeyopt digest:sha256"},
        {0x0805, "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:-1 -pkeyopt digest:sha384"},
        {0x0806, "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:-1 -pkeyopt digest:sha512"},
        {0x0203, ""},
        {0x0403, ""},
        {0x0503, ""},
        {0x0603, ""},
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].scheme == scheme)
            return rows[i].options;
    return NULL;
}

static bool write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    bool good = file && fwrite(data, 1, size, file) == size;

    if (file && fclose(file) != 0)
        good = false;
    return good;
}

size_t seam_sign(const struct tls_sign_request *request, uint8_t *signature, size_t room)
{
    char folder[] = "/tmp/secur32-sign-XXXXXX", key[64], hash[64], command[512];
    const char *options = options_of(request->scheme);
    uint64_t index = request->outside_id - 0x1000;
    size_t size = 0;
    FILE *pipe;

    if (!options || index >= KEYS_MAX || !mkdtemp(folder))
        return 0;
    snprintf(key, sizeof(key), "%s/key", folder);
    snprintf(hash, sizeof(hash), "%s/hash", folder);
    snprintf(command, sizeof(command), "openssl pkeyutl -sign -keyform DER -inkey %s -in %s %s",
             key, hash, options);
    if (write_file(key, keys[index].der, keys[index].size) &&
        write_file(hash, request->hash, request->hash_size) && (pipe = popen(command, "r"))) {
        size = fread(signature, 1, room, pipe);
        if (pclose(pipe) != 0)
            size = 0;
    }
    unlink(key);
    unlink(hash);
    rmdir(folder);
    return size;
}
