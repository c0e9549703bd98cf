# SPDX-License-Identifier: LGPL-2.1-or-later
# tls: the GnuTLS backend, in libsecur32.so and secur32unix.so; secur32.dll has the crossing instead.

tls_gnutls_sources =

tls_pe_sources =

tls_headers = \
	dlls/secur32/tls/tls.h
