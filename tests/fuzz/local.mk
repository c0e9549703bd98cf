# SPDX-License-Identifier: LGPL-2.1-or-later
# Fuzz targets: built and run by tests/fuzz/run, with clang, which asks here what they are made of.

fuzz_sources = tests/fuzz/fuzz.c \
	$(filter-out tests/harness/harness.c,$(harness_elf_sources)) \
	$(unix_own_sources)
print-fuzz-sources:
	@echo $(fuzz_sources)
.PHONY: print-fuzz-sources

EXTRA_DIST += \
	tests/fuzz/auth_token.c \
	tests/fuzz/client_token.c \
	tests/fuzz/datagrams.c \
	tests/fuzz/decrypt.c \
	tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h \
	tests/fuzz/import.c \
	tests/fuzz/make_corpus.c \
	tests/fuzz/params.c \
	tests/fuzz/replay.c \
	tests/fuzz/run \
	tests/fuzz/server_token.c
