# SPDX-License-Identifier: LGPL-2.1-or-later
# schannel: the Schannel package, in secur32.dll and libsecur32.so.

schannel_sources = \
	dlls/secur32/schannel/account.c \
	dlls/secur32/schannel/alerts.c \
	dlls/secur32/schannel/attributes.c \
	dlls/secur32/schannel/attributes_certificate.c \
	dlls/secur32/schannel/attributes_connection.c \
	dlls/secur32/schannel/attributes_datagram.c \
	dlls/secur32/schannel/attributes_key.c \
	dlls/secur32/schannel/attributes_set.c \
	dlls/secur32/schannel/attributes_verdict.c \
	dlls/secur32/schannel/binding.c \
	dlls/secur32/schannel/client_hello.c \
	dlls/secur32/schannel/context.c \
	dlls/secur32/schannel/control.c \
	dlls/secur32/schannel/credential.c \
	dlls/secur32/schannel/credential_attributes.c \
	dlls/secur32/schannel/credential_certificate.c \
	dlls/secur32/schannel/credential_input.c \
	dlls/secur32/schannel/flags.c \
	dlls/secur32/schannel/handshake.c \
	dlls/secur32/schannel/handshake_alpn.c \
	dlls/secur32/schannel/handshake_datagram.c \
	dlls/secur32/schannel/handshake_input.c \
	dlls/secur32/schannel/handshake_new.c \
	dlls/secur32/schannel/handshake_output.c \
	dlls/secur32/schannel/handshake_post.c \
	dlls/secur32/schannel/handshake_settings.c \
	dlls/secur32/schannel/handshake_step.c \
	dlls/secur32/schannel/interlude.c \
	dlls/secur32/schannel/package.c \
	dlls/secur32/schannel/policy.c \
	dlls/secur32/schannel/policy_crypto.c \
	dlls/secur32/schannel/policy_defaults.c \
	dlls/secur32/schannel/policy_settings.c \
	dlls/secur32/schannel/record.c \
	dlls/secur32/schannel/record_datagram.c \
	dlls/secur32/schannel/record_open.c \
	dlls/secur32/schannel/record_seal.c \
	dlls/secur32/schannel/record_unseal.c \
	dlls/secur32/schannel/serialized.c \
	dlls/secur32/schannel/session.c \
	dlls/secur32/schannel/ssl_cache.c \
	dlls/secur32/schannel/ssl_certificate.c \
	dlls/secur32/schannel/ssl_hello.c \
	dlls/secur32/schannel/ssl_misc.c \
	dlls/secur32/schannel/suites.c \
	dlls/secur32/schannel/transfer.c \
	dlls/secur32/schannel/verify.c

schannel_headers = \
	dlls/secur32/schannel/alerts.h \
	dlls/secur32/schannel/attributes.h \
	dlls/secur32/schannel/binding.h \
	dlls/secur32/schannel/client_hello.h \
	dlls/secur32/schannel/context.h \
	dlls/secur32/schannel/credential.h \
	dlls/secur32/schannel/credential_input.h \
	dlls/secur32/schannel/flags.h \
	dlls/secur32/schannel/handshake.h \
	dlls/secur32/schannel/handshake_settings.h \
	dlls/secur32/schannel/interlude.h \
	dlls/secur32/schannel/package.h \
	dlls/secur32/schannel/policy.h \
	dlls/secur32/schannel/policy_base.h \
	dlls/secur32/schannel/record.h \
	dlls/secur32/schannel/record_open.h \
	dlls/secur32/schannel/serialized.h \
	dlls/secur32/schannel/session.h \
	dlls/secur32/schannel/suites.h \
	dlls/secur32/schannel/verify.h
