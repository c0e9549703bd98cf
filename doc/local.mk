# SPDX-License-Identifier: LGPL-2.1-or-later
# Documents, and the man pages that are installed.

EXTRA_DIST += \
	doc/architecture.md doc/attributes.md doc/performance.md doc/performance.svg \
	doc/man/secur32-bench.1 \
	doc/field-cases.md \
	doc/founding-page.md \
	doc/packages.md \
	doc/testing.md

dist_man_MANS += \
	doc/man/secur32-setup.1 \
	doc/man/secur32.7
if BUILD_ELF
dist_man_MANS += \
	doc/man/sspi-client.1 \
	doc/man/sspi-query.1 \
	doc/man/sspi-server.1
endif
