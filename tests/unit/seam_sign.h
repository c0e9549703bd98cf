/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Signatures for the tests of keys that cannot leave their provider, by the openssl program.
 */
#ifndef SECUR32_TESTS_SEAM_SIGN_H
#define SECUR32_TESTS_SEAM_SIGN_H

#include "tls/tls.h"

/* Keeps a PKCS#8 key; its id for struct key. */
uint64_t seam_sign_add(struct span pkcs8);

/* 0: cannot. */
size_t seam_sign(const struct tls_sign_request *request, uint8_t *signature, size_t room);

#endif
