# SPDX-License-Identifier: LGPL-2.1-or-later
# platform: the system's certificates, keys and settings; one folder per build.

platform_sources = dlls/secur32/platform/text_common.c

platform_elf_sources = $(platform_sources) \
	dlls/secur32/platform/elf/anchors.c \
	dlls/secur32/platform/elf/certs.c \
	dlls/secur32/platform/elf/describe.c \
	dlls/secur32/platform/elf/files.c \
	dlls/secur32/platform/elf/keys.c \
	dlls/secur32/platform/elf/library.c \
	dlls/secur32/platform/elf/path.c \
	dlls/secur32/platform/elf/process.c \
	dlls/secur32/platform/elf/revocation.c \
	dlls/secur32/platform/elf/settings.c \
	dlls/secur32/platform/elf/store.c \
	dlls/secur32/platform/elf/text.c \
	dlls/secur32/platform/elf/time.c \
	dlls/secur32/platform/elf/trust.c

platform_pe_sources = $(platform_sources) \
	dlls/secur32/platform/pe/certs.c \
	dlls/secur32/platform/pe/describe.c \
	dlls/secur32/platform/pe/engine.c \
	dlls/secur32/platform/pe/find.c \
	dlls/secur32/platform/pe/keys.c \
	dlls/secur32/platform/pe/process.c \
	dlls/secur32/platform/pe/revocation.c \
	dlls/secur32/platform/pe/settings.c \
	dlls/secur32/platform/pe/sign.c \
	dlls/secur32/platform/pe/stores.c \
	dlls/secur32/platform/pe/text.c \
	dlls/secur32/platform/pe/time.c \
	dlls/secur32/platform/pe/trust.c

platform_headers = \
	dlls/secur32/platform/platform.h \
	dlls/secur32/platform/elf/certs.h \
	dlls/secur32/platform/elf/keys.h \
	dlls/secur32/platform/elf/library.h \
	dlls/secur32/platform/elf/settings.h \
	dlls/secur32/platform/elf/store.h \
	dlls/secur32/platform/elf/trust.h \
	dlls/secur32/platform/pe/certs.h \
	dlls/secur32/platform/pe/keys.h \
	dlls/secur32/platform/pe/trust.h
