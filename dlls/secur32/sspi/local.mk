# SPDX-License-Identifier: LGPL-2.1-or-later
# sspi: the dispatcher, in secur32.dll and libsecur32.so.

sspi_sources =

sspi_headers = \
	dlls/secur32/sspi/buffers.h \
	dlls/secur32/sspi/package.h
