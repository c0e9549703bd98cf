# SPDX-License-Identifier: LGPL-2.1-or-later
# secur32unix: the crossing from PE to ELF. The .so has the GnuTLS backend; it is built by
# unix.mk.in, once per machine, the .dll by ../pe.mk.in.

unix_own_sources = \
	dlls/secur32unix/unix.c \
	dlls/secur32unix/unix_gss.c
unix_sources = $(unix_own_sources) $(base_sources) $(tls_gnutls_sources) $(gss_mit_sources)

secur32unix_dll_sources = \
	dlls/secur32unix/pe.c
secur32unix_dll_libs = -lntdll

unix_headers = \
	dlls/secur32unix/helper.h \
	dlls/secur32unix/params.h \
	dlls/secur32unix/params_gss.h \
	dlls/secur32unix/unix.h

# The backend knows no Windows header, so it sees none.
unix_includes = -I$(srcdir)/dlls/secur32 -I$(srcdir)/dlls -I$(srcdir)/dlls/secur32/base/elf

EXTRA_DIST += $(unix_own_sources) $(secur32unix_dll_sources) $(unix_headers) \
	dlls/secur32unix/secur32unix.rc dlls/secur32unix/unix.mk.in

# Included at the end of Makefile.am.
unix_makefiles = $(unix_arches:%=%-unix/rules.mk)
$(unix_makefiles): %-unix/rules.mk: dlls/secur32unix/unix.mk.in
	@$(MKDIR_P) $(@D)
	@sed 's/@arch@/$*/g' $< >$@.tmp && mv $@.tmp $@

if BUILD_UNIX64
unix64dir = $(libdir)/secur32/x86_64-unix
unix64_DATA = x86_64-unix/secur32unix.so
endif
if BUILD_UNIX32
unix32dir = $(libdir)/secur32/i386-unix
unix32_DATA = i386-unix/secur32unix.so
endif
