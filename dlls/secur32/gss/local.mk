# SPDX-License-Identifier: LGPL-2.1-or-later
# gss: NTLM, Kerberos and Negotiate, in secur32.dll and libsecur32.so; gss/mit, the system's GSSAPI,
# and the ciphers of GnuTLS' that NTLM needs, in libsecur32.so and secur32unix.so; secur32.dll has
# the crossing to them.

gss_sources = \
	dlls/secur32/gss/attributes.c \
	dlls/secur32/gss/context.c \
	dlls/secur32/gss/credential.c \
	dlls/secur32/gss/identity.c \
	dlls/secur32/gss/input.c \
	dlls/secur32/gss/logon.c \
	dlls/secur32/gss/message.c \
	dlls/secur32/gss/ntlm.c \
	dlls/secur32/gss/output.c \
	dlls/secur32/gss/package.c \
	dlls/secur32/gss/status.c \
	dlls/secur32/gss/text.c \
	dlls/secur32/gss/token.c

gss_mit_sources = \
	dlls/secur32/gss/gnutls/cipher.c \
	dlls/secur32/gss/mit/context.c \
	dlls/secur32/gss/mit/credential.c \
	dlls/secur32/gss/mit/errors.c \
	dlls/secur32/gss/mit/library.c \
	dlls/secur32/gss/mit/message.c \
	dlls/secur32/gss/mit/ntlm_session.c \
	dlls/secur32/gss/mit/ntlm_challenge.c \
	dlls/secur32/gss/mit/ntlm_watch.c \
	dlls/secur32/gss/mit/old_ntlm.c \
	dlls/secur32/gss/mit/spnego.c \
	dlls/secur32/gss/mit/user.c

gss_pe_sources = \
	dlls/secur32/gss/unixcall.c

gss_headers = \
	dlls/secur32/gss/cipher.h \
	dlls/secur32/gss/context.h \
	dlls/secur32/gss/credential.h \
	dlls/secur32/gss/gss.h \
	dlls/secur32/gss/identity.h \
	dlls/secur32/gss/input.h \
	dlls/secur32/gss/mit/abi.h \
	dlls/secur32/gss/mit/library.h \
	dlls/secur32/gss/mit/ntlm_little.h \
	dlls/secur32/gss/mit/ntlm_session.h \
	dlls/secur32/gss/mit/ntlm_challenge.h \
	dlls/secur32/gss/mit/ntlm_watch.h \
	dlls/secur32/gss/mit/old_ntlm.h \
	dlls/secur32/gss/mit/spnego.h \
	dlls/secur32/gss/ntlm.h \
	dlls/secur32/gss/output.h \
	dlls/secur32/gss/package.h \
	dlls/secur32/gss/status.h \
	dlls/secur32/gss/text.h
