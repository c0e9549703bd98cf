# SPDX-License-Identifier: LGPL-2.1-or-later
# Which rooms make which artefact, and libsecur32.so itself. secur32.dll is linked in dlls/pe.mk.in.

main_sources = dlls/secur32/main.c
main_pe_sources = dlls/secur32/main_pe.c

both_sources = $(main_sources) $(base_sources) $(sspi_sources) $(schannel_sources) \
	$(gss_sources) $(lsa_sources) $(sasl_sources) $(misc_sources)

libsecur32_sources = $(both_sources) $(tls_gnutls_sources) $(gss_mit_sources) \
	$(platform_elf_sources) \
	$(lsa_elf_sources) $(sasl_elf_sources) $(misc_elf_sources)

secur32_dll_sources = $(both_sources) $(main_pe_sources) $(tls_pe_sources) $(gss_pe_sources) \
	$(platform_pe_sources) \
	$(lsa_pe_sources) $(sasl_pe_sources) $(misc_pe_sources)
secur32_dll_libs = -lcrypt32 -lncrypt -ladvapi32 -lsynchronization

room_headers = $(base_headers) $(sspi_headers) $(schannel_headers) $(tls_headers) \
	$(gss_headers) $(platform_headers) $(lsa_headers) $(sasl_headers) $(misc_headers)

EXTRA_DIST += $(libsecur32_sources) $(secur32_dll_sources) $(room_headers) \
	dlls/secur32/exports.list dlls/secur32/secur32.rc

# The objects stand in an archive, so that unit tests can link to what the library hides.
if BUILD_ELF
noinst_LIBRARIES += libsecur32_internal.a
libsecur32_internal_a_SOURCES = $(libsecur32_sources)
libsecur32_internal_a_CPPFLAGS = $(room_includes) $(elf_includes)
libsecur32_internal_a_CFLAGS = $(AM_CFLAGS) -fPIC -fvisibility=hidden

noinst_DATA += lib/libsecur32.so
lib/libsecur32.so: lib/libsecur32.so.$(SOVERSION)
	$(AM_V_GEN)rm -f $@ && $(LN_S) libsecur32.so.$(SOVERSION) $@
lib/libsecur32.so.$(SOVERSION): libsecur32_internal.a lib/libsecur32.map
	$(AM_V_CCLD)$(CC) $(AM_CFLAGS) $(CFLAGS) -shared -o $@ \
		-Wl,-soname,libsecur32.so.$(SOVERSION) -Wl,--version-script,lib/libsecur32.map \
		$(AM_LDFLAGS) $(LDFLAGS) $(no_undefined) \
		-Wl,--whole-archive libsecur32_internal.a -Wl,--no-whole-archive $(LIBS)
lib/libsecur32.map: dlls/secur32/exports.list tools/gen-exports
	@$(MKDIR_P) lib
	$(AM_V_GEN)$(srcdir)/tools/gen-exports elf-map $(srcdir)/dlls/secur32/exports.list >$@.tmp && \
		mv $@.tmp $@
CLEANFILES += lib/libsecur32.so lib/libsecur32.so.$(SOVERSION) lib/libsecur32.map

if !SANITIZED
no_undefined = -Wl,-z,defs
endif

install-exec-local: lib/libsecur32.so.$(SOVERSION)
	$(MKDIR_P) $(DESTDIR)$(libdir)
	$(INSTALL_DATA) lib/libsecur32.so.$(SOVERSION) $(DESTDIR)$(libdir)/libsecur32.so.$(SOVERSION)
	cd $(DESTDIR)$(libdir) && rm -f libsecur32.so && $(LN_S) libsecur32.so.$(SOVERSION) libsecur32.so
uninstall-local:
	rm -f $(DESTDIR)$(libdir)/libsecur32.so $(DESTDIR)$(libdir)/libsecur32.so.$(SOVERSION)

pkgconfig_DATA += secur32.pc
endif
