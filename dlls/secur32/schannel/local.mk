# SPDX-License-Identifier: LGPL-2.1-or-later
# schannel: the Schannel package, in secur32.dll and libsecur32.so.

schannel_sources =

schannel_headers = \
	dlls/secur32/schannel/alerts.h \
	dlls/secur32/schannel/context.h \
	dlls/secur32/schannel/credential.h \
	dlls/secur32/schannel/policy.h \
	dlls/secur32/schannel/session.h \
	dlls/secur32/schannel/suites.h \
	dlls/secur32/schannel/verify.h
