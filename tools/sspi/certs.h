/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificates for the tools from files: certs_elf.c through secur32.h, certs_windows.c through
 * crypt32.
 */
#ifndef SECUR32_TOOLS_CERTS_H
#define SECUR32_TOOLS_CERTS_H

#include "winsspi.h"

#include <stdbool.h>

/*
 * A certificate with its key. ELF: a PEM file (chain, and key unless key_file names it) or PKCS#12.
 * Windows: PKCS#12. NULL: an error, told on standard error. Kept until the program ends.
 */
PCCERT_CONTEXT certs_open(const char *file, const char *key_file, const char *password);

/* A store with the certificates of a PEM file. NULL: an error, told on standard error. */
HCERTSTORE certs_open_roots(const char *file);

#endif
