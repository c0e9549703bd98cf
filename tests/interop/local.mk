# SPDX-License-Identifier: LGPL-2.1-or-later
# Interoperation with independent peers, and with Wine: scripts, run by tools/check.

EXTRA_DIST += \
	tests/interop/absent \
	tests/interop/build-curl \
	tests/interop/cmake \
	tests/interop/curl \
	tests/interop/own-certificate.c \
	tests/interop/datagrams \
	tests/interop/field-cases \
	tests/interop/field/client.c \
	tests/interop/field/field.h \
	tests/interop/field/peer.c \
	tests/interop/field/server.c \
	tests/interop/field/trust.c \
	tests/interop/field/winhttp.c \
	tests/interop/field/wininet.c \
	tests/interop/auth_http.py \
	tests/interop/auth_node.js \
	tests/interop/auth_peer.c \
	tests/interop/auth_programs \
	tests/interop/auth_win_sso.js \
	tests/interop/build-ffmpeg \
	tests/interop/build-mongoc \
	tests/interop/build-git \
	tests/interop/build-mariadb \
	tests/interop/build-plink \
	tests/interop/build-qt \
	tests/interop/build-rust \
	tests/interop/build-psql \
	tests/interop/git_https.py \
	tests/interop/gss \
	tests/interop/gss_peer.py \
	tests/interop/kdc.sh \
	tests/interop/library/ask_revocation.c \
	tests/interop/library/ffmpeg.sh \
	tests/interop/library/mongo_peer.py \
	tests/interop/library/mongoc.sh \
	tests/interop/library/native_tls_peer.rs \
	tests/interop/library/native_tls_peer.toml \
	tests/interop/library/qt.sh \
	tests/interop/library/qt_peer.cpp \
	tests/interop/library/rust.sh \
	tests/interop/library/tls_peer.py \
	tests/interop/library_programs \
	tests/interop/lossy-relay \
	tests/interop/mariadb_client.c \
	tests/interop/matrix.tsv \
	tests/interop/nlmp.py \
	tests/interop/peers.sh \
	tests/interop/pg_sspi.py \
	tests/interop/query \
	tests/interop/ready/aws_crt.js \
	tests/interop/ready/bcryptprimitives.c \
	tests/interop/ready/client.py \
	tests/interop/ready/connect.py \
	tests/interop/ready/dotnet.cs \
	tests/interop/ready/edr.js \
	tests/interop/ready/ffmpeg.mjs \
	tests/interop/ready_programs \
	tests/interop/run \
	tests/interop/setup.sh \
	tests/interop/source.sh \
	tests/interop/source_programs \
	tests/interop/sources/git.sh \
	tests/interop/sources/mariadb.sh \
	tests/interop/sources/psql.sh \
	tests/interop/trust-root.sh \
	tests/interop/wine-conformance.sh

# SSPI's side of tests/interop/gss, for both sides of the crossing.
if BUILD_ELF
noinst_PROGRAMS = tests/interop/auth_peer
tests_interop_auth_peer_SOURCES = tests/interop/auth_peer.c
tests_interop_auth_peer_CPPFLAGS = $(public_includes) -I$(srcdir)/include/secur32
tests_interop_auth_peer_LDADD = lib/libsecur32.so
tests_interop_auth_peer_LDFLAGS = $(AM_LDFLAGS) '-Wl,-rpath,$$ORIGIN/../../lib'
endif
auth_peer_exes = $(pe_arches:%=%-windows/auth_peer.exe)
noinst_DATA += $(auth_peer_exes)
CLEANFILES += $(auth_peer_exes)
$(auth_peer_exes): %-windows/auth_peer.exe: %-windows/obj/tests/interop/auth_peer.o
	$(AM_V_CCLD)$(PE_CC_$*) $(pe_link) $(pe_link_$*) $(PE_LDFLAGS) -o $@ $^ \
		$(windows_program_libs)
