# SPDX-License-Identifier: LGPL-2.1-or-later
# base: in every artefact.

base_sources = \
	dlls/secur32/base/hello.c \
	dlls/secur32/base/lock.c \
	dlls/secur32/base/log.c \
	dlls/secur32/base/mem.c \
	dlls/secur32/base/span.c

base_headers = \
	dlls/secur32/base/checked.h \
	dlls/secur32/base/elf/lock.h \
	dlls/secur32/base/elf/note.h \
	dlls/secur32/base/hello.h \
	dlls/secur32/base/key.h \
	dlls/secur32/base/limits.h \
	dlls/secur32/base/log.h \
	dlls/secur32/base/mem.h \
	dlls/secur32/base/pe/lock.h \
	dlls/secur32/base/pe/note.h \
	dlls/secur32/base/span.h \
	dlls/secur32/base/sync.h
