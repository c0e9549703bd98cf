# SPDX-License-Identifier: LGPL-2.1-or-later
# misc: names without a package, in secur32.dll and libsecur32.so.

misc_sources = \
	dlls/secur32/misc/call_context.c \
	dlls/secur32/misc/identity.c \
	dlls/secur32/misc/identity_protect.c \
	dlls/secur32/misc/identity_sspi.c \
	dlls/secur32/misc/identity_target.c \
	dlls/secur32/misc/identity_view.c \
	dlls/secur32/misc/names.c \
	dlls/secur32/misc/performance.c \
	dlls/secur32/misc/target_info.c \
	dlls/secur32/misc/undocumented.c

misc_pe_sources = \
	dlls/secur32/misc/pe/memory.c \
	dlls/secur32/misc/pe/names.c \
	dlls/secur32/misc/pe/system.c \
	dlls/secur32/misc/pe/token.c

misc_elf_sources = \
	dlls/secur32/misc/elf/last_error.c \
	dlls/secur32/misc/elf/memory.c \
	dlls/secur32/misc/elf/names.c \
	dlls/secur32/misc/elf/system.c \
	dlls/secur32/misc/elf/token.c

misc_headers = \
	dlls/secur32/misc/absent.h \
	dlls/secur32/misc/identity.h \
	dlls/secur32/misc/memory.h \
	dlls/secur32/misc/names.h \
	dlls/secur32/misc/system.h \
	dlls/secur32/misc/token.h
