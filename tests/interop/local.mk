# SPDX-License-Identifier: LGPL-2.1-or-later
# Interoperation with independent peers, and with Wine: scripts, run by tools/check.

EXTRA_DIST += \
	tests/interop/build-curl \
	tests/interop/cmake \
	tests/interop/curl \
	tests/interop/field-cases \
	tests/interop/field/client.c \
	tests/interop/field/field.h \
	tests/interop/field/peer.c \
	tests/interop/field/server.c \
	tests/interop/field/trust.c \
	tests/interop/matrix.tsv \
	tests/interop/peers.sh \
	tests/interop/run \
	tests/interop/setup.sh \
	tests/interop/trust-root.sh \
	tests/interop/wine-conformance.sh
