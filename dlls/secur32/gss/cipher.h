/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The cipher seam: what of cryptography NTLM's messages need (MD5, HMAC-MD5, RC4). gss/gnutls does
 * it with GnuTLS, opened at run time; it is on the side of gss/mit, so nothing of it crosses.
 *
 * A message_cipher has the keys and the stream of one direction; one thread at a time may be in it.
 */
#ifndef SECUR32_GSS_CIPHER_H
#define SECUR32_GSS_CIPHER_H

#include "base/span.h"

#define CIPHER_KEY_SIZE 16 /* of each key, and of what the two hashes give */

/* All of it can be used; where MD5 or RC4 is forbidden (FIPS) it cannot. */
bool cipher_load(void);

/* Every function below may be called only after that. */

/* MD5 of two pieces of bytes, one behind the other. */
MUST_CHECK bool cipher_md5(struct span first, struct span second, uint8_t hash[CIPHER_KEY_SIZE]);
/* In a time that does not tell where they differ. */
bool cipher_equal(const uint8_t *a, const uint8_t *b, size_t size);

struct message_cipher;

/* NULL: no memory. The keys are copied. */
MUST_CHECK struct message_cipher *message_cipher_new(const uint8_t mac_key[CIPHER_KEY_SIZE],
                                                     const uint8_t stream_key[CIPHER_KEY_SIZE]);
void message_cipher_free(struct message_cipher *cipher); /* NULL is fine */

/* RC4 in place; each byte uses up one of the stream. The same to seal and to open. */
MUST_CHECK bool message_cipher_stream(struct message_cipher *cipher, uint8_t *bytes, size_t size);
/* HMAC-MD5 of all that is added; the end begins the next one. */
MUST_CHECK bool message_cipher_mac(struct message_cipher *cipher, struct span bytes);
void message_cipher_mac_end(struct message_cipher *cipher, uint8_t mac[CIPHER_KEY_SIZE]);

#endif
