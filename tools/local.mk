# SPDX-License-Identifier: LGPL-2.1-or-later
# Tools: tools/NAME.c each, with what they share in tools/sspi, on both sides from the same lists;
# scripts; and the checkers of the source tree.

sspi_tool_sources = \
	tools/sspi/credential.c \
	tools/sspi/datagram.c \
	tools/sspi/describe.c \
	tools/sspi/facts.c \
	tools/sspi/offer.c \
	tools/sspi/report.c \
	tools/sspi/status.c \
	tools/sspi/stream.c
sspi_tool_elf_sources = $(sspi_tool_sources) \
	tools/sspi/certs_elf.c \
	tools/sspi/net_posix.c \
	tools/sspi/provider_elf.c
sspi_tool_pe_sources = $(sspi_tool_sources) \
	tools/sspi/certs_windows.c \
	tools/sspi/net_windows.c \
	tools/sspi/provider_windows.c
sspi_tool_headers = \
	tools/sspi/certs.h \
	tools/sspi/credential.h \
	tools/sspi/facts.h \
	tools/sspi/net.h \
	tools/sspi/offer.h \
	tools/sspi/provider.h \
	tools/sspi/report.h \
	tools/sspi/stream.h

windows_tools = sspi-client.exe sspi-query.exe sspi-server.exe

EXTRA_DIST += tools/sspi-client.c tools/sspi-query.c tools/sspi-server.c \
	$(sspi_tool_elf_sources) $(sspi_tool_pe_sources) $(sspi_tool_headers) \
	tools/check tools/check-exports tools/check-layers tools/check-style tools/gen-exports \
	tools/packages.sh tools/quickstart tools/secur32-setup.in

if BUILD_ELF
bin_PROGRAMS += tools/sspi-client tools/sspi-query tools/sspi-server
noinst_LIBRARIES += tools/libtool.a

# They see what a Linux program sees: the installed headers and libsecur32.so.
tool_flags = $(public_includes) -I$(srcdir)/include/secur32 $(VERSION_DEFINE)
tools_libtool_a_SOURCES = $(sspi_tool_elf_sources)
tools_libtool_a_CPPFLAGS = $(tool_flags)
tools_sspi_client_SOURCES = tools/sspi-client.c
tools_sspi_client_CPPFLAGS = $(tool_flags)
tools_sspi_client_LDADD = tools/libtool.a lib/libsecur32.so
tools_sspi_client_LDFLAGS = $(AM_LDFLAGS) $(tool_rpath)
tools_sspi_query_SOURCES = tools/sspi-query.c
tools_sspi_query_CPPFLAGS = $(tool_flags)
tools_sspi_query_LDADD = tools/libtool.a lib/libsecur32.so
tools_sspi_query_LDFLAGS = $(AM_LDFLAGS) $(tool_rpath)
tools_sspi_server_SOURCES = tools/sspi-server.c
tools_sspi_server_CPPFLAGS = $(tool_flags)
tools_sspi_server_LDADD = tools/libtool.a lib/libsecur32.so
tools_sspi_server_LDFLAGS = $(AM_LDFLAGS) $(tool_rpath)
endif

# ../lib is right in the build folder and below any prefix.
if USE_RPATH
tool_rpath = '-Wl,-rpath,$$ORIGIN/../lib'
endif

bin_SCRIPTS += tools/secur32-setup
tools/secur32-setup: tools/secur32-setup.in Makefile
	@$(MKDIR_P) tools
	$(AM_V_GEN)sed -e 's|@VERSION[@]|$(PACKAGE_VERSION)|g' -e 's|@pkglibdir[@]|$(pkglibdir)|g' \
		$(srcdir)/tools/secur32-setup.in >$@.tmp && chmod +x $@.tmp && mv $@.tmp $@
CLEANFILES += tools/secur32-setup

# The benchmark: one program on SSPI for both sides, and its references, which link to the libraries
# that they measure; so "make bench-programs" builds them, and only that. tools/bench drives them.
bench_sources = tools/benchmark/cells.c tools/benchmark/cells_handshake.c \
	tools/benchmark/cells_allocations.c tools/benchmark/cells_threads.c \
	tools/benchmark/connect.c tools/benchmark/wire.c
bench_elf_sources = $(bench_sources) tools/benchmark/allocations_posix.c \
	tools/benchmark/system_posix.c
bench_pe_sources = tools/benchmark/sspi.c $(bench_sources) tools/benchmark/system_windows.c

EXTRA_DIST += tools/bench tools/benchmark/bench.h tools/benchmark/gnutls.c \
	tools/benchmark/openssl.c tools/benchmark/peer.c tools/benchmark/sspi.c \
	$(bench_elf_sources) tools/benchmark/system_windows.c

if BUILD_ELF
EXTRA_PROGRAMS = tools/bench-sspi tools/bench-peer tools/bench-gnutls tools/bench-openssl
tools_bench_sspi_SOURCES = tools/benchmark/sspi.c $(bench_elf_sources)
tools_bench_sspi_CPPFLAGS = $(tool_flags)
tools_bench_sspi_LDADD = tools/libtool.a lib/libsecur32.so
tools_bench_sspi_LDFLAGS = $(AM_LDFLAGS) $(tool_rpath)
tools_bench_peer_SOURCES = tools/benchmark/peer.c
tools_bench_peer_LDADD = -lgnutls
tools_bench_gnutls_SOURCES = tools/benchmark/gnutls.c $(bench_elf_sources)
tools_bench_gnutls_CPPFLAGS = $(public_includes)
tools_bench_gnutls_LDADD = tools/libtool.a -lgnutls
tools_bench_openssl_SOURCES = tools/benchmark/openssl.c $(bench_elf_sources)
tools_bench_openssl_CPPFLAGS = $(public_includes)
tools_bench_openssl_LDADD = tools/libtool.a -lssl -lcrypto
CLEANFILES += $(EXTRA_PROGRAMS)

bench-programs: tools/bench-sspi tools/bench-peer tools/bench-gnutls \
		$(patsubst %,%-windows/bench-sspi.exe,$(filter x86_64,$(pe_arches)))
	@if echo '#include <openssl/ssl.h>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1; then \
		$(MAKE) tools/bench-openssl; \
	else \
		echo "bench-openssl is left out: OpenSSL's headers are missing (Debian: libssl-dev)"; \
	fi
endif

# One rule for both machines; each object by the rule of its machine, dlls/pe.mk.in.
bench_objects = $(bench_pe_sources:.c=.o) $(sspi_tool_pe_sources:.c=.o)
$(pe_arches:%=%-windows/bench-sspi.exe): %-windows/bench-sspi.exe: \
		$(foreach object,$(bench_objects),%-windows/obj/$(object))
	$(AM_V_CCLD)$(PE_CC_$*) $(pe_link) $(pe_link_$*) $(PE_LDFLAGS) -o $@ $^ \
		$(windows_program_libs) -lpsapi
