# SPDX-License-Identifier: LGPL-2.1-or-later
# Interoperation with independent peers, and with Wine: scripts, run by tools/check.

EXTRA_DIST += \
	tests/interop/matrix.tsv \
	tests/interop/run \
	tests/interop/setup.sh \
	tests/interop/trust-root.sh \
	tests/interop/wine-conformance.sh
