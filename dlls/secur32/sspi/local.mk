# SPDX-License-Identifier: LGPL-2.1-or-later
# sspi: the dispatcher, in secur32.dll and libsecur32.so.

sspi_sources = \
	dlls/secur32/sspi/attributes.c \
	dlls/secur32/sspi/bindings.c \
	dlls/secur32/sspi/buffers.c \
	dlls/secur32/sspi/context.c \
	dlls/secur32/sspi/credentials.c \
	dlls/secur32/sspi/handle.c \
	dlls/secur32/sspi/message.c \
	dlls/secur32/sspi/package_info.c \
	dlls/secur32/sspi/package_list.c \
	dlls/secur32/sspi/packages.c \
	dlls/secur32/sspi/query.c \
	dlls/secur32/sspi/strings.c \
	dlls/secur32/sspi/tables.c

sspi_headers = \
	dlls/secur32/sspi/attributes.h \
	dlls/secur32/sspi/buffers.h \
	dlls/secur32/sspi/handle.h \
	dlls/secur32/sspi/package.h \
	dlls/secur32/sspi/package_info.h \
	dlls/secur32/sspi/packages.h \
	dlls/secur32/sspi/strings.h
