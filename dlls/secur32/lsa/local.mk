# SPDX-License-Identifier: LGPL-2.1-or-later
# lsa: the functions of the local security authority, and on Windows' side registered LSA packages.

lsa_sources = \
	dlls/secur32/lsa/connection.c \
	dlls/secur32/lsa/logon_user.c \
	dlls/secur32/lsa/policy.c \
	dlls/secur32/lsa/session.c

lsa_pe_sources = \
	dlls/secur32/lsa/negotiate.c \
	dlls/secur32/lsa/pe/caller.c \
	dlls/secur32/lsa/pe/context.c \
	dlls/secur32/lsa/pe/identity.c \
	dlls/secur32/lsa/pe/interface.c \
	dlls/secur32/lsa/pe/load.c \
	dlls/secur32/lsa/pe/logon.c \
	dlls/secur32/lsa/pe/message.c \
	dlls/secur32/lsa/pe/package.c \
	dlls/secur32/lsa/pe/services.c \
	dlls/secur32/lsa/pe/tables.c

lsa_elf_sources = \
	dlls/secur32/lsa/elf/caller.c \
	dlls/secur32/lsa/elf/load.c

lsa_headers = \
	dlls/secur32/lsa/caller.h \
	dlls/secur32/lsa/host.h \
	dlls/secur32/lsa/negotiate.h \
	dlls/secur32/lsa/pe/identity.h \
	dlls/secur32/lsa/pe/interface.h \
	dlls/secur32/lsa/pe/logon.h \
	dlls/secur32/lsa/pe/package.h \
	dlls/secur32/lsa/pe/tables.h
