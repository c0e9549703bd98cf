/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the fuzz targets share. A target is a file with LLVMFuzzerTestOneInput; libFuzzer drives it,
 * or replay.c with files. The checks of the harness' loop stay in force: one that fails ends the
 * program, which is a finding. Certificates: SECUR32_TEST_PKI.
 */
#ifndef SECUR32_TESTS_FUZZ_H
#define SECUR32_TESTS_FUZZ_H

#include "winsspi.h"

#include <stddef.h>
#include <stdint.h>

#include "credential.h"
#include "loop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Credentials of both sides for a version, made once. */
struct fuzz_pair {
    CredHandle client, server;
};

const struct fuzz_pair *fuzz_pair(enum test_version version);

/*
 * Random bytes do not come far into a handshake whose every message depends on fresh random
 * numbers. So the first byte of an input chooses: bytes as they are, or edits of a live stream.
 */
enum fuzz_mode { FUZZ_RAW, FUZZ_EDITS };

struct fuzz_plan {
    enum fuzz_mode mode;
    enum test_version version;
    enum loop_cut cut;
    const uint8_t *data;
    size_t size;
};

/* From the first byte: bit 0 mode, bit 1 version, bits 2 and 3 the cut. */
struct fuzz_plan fuzz_plan(const uint8_t *data, size_t size);

/*
 * A handshake in which what goes to one side is edited on its way: each 4 bytes of the plan are an
 * offset (2 bytes), an operation (xor, set, insert, drop, cut off) and a value.
 */
void fuzz_handshake(const struct fuzz_plan *plan, enum loop_role to);
/* Edits bytes that begin at `start` in the stream. */
void fuzz_edit(const struct fuzz_plan *plan, size_t start, struct bytes *bytes);

#endif
