# SPDX-License-Identifier: LGPL-2.1-or-later
# The PE sets, one folder per machine: pe.mk.in has the rules.

EXTRA_DIST += dlls/pe.mk.in dlls/version.rc.in

pe_link = -static-libgcc -Wl,--dynamicbase,--nxcompat,--no-insert-timestamp
pe_link_x86_64 = -Wl,--high-entropy-va
pe_link_i386 =

# Included at the end of Makefile.am.
pe_makefiles = $(pe_arches:%=%-windows/rules.mk)
$(pe_makefiles): %-windows/rules.mk: dlls/pe.mk.in
	@$(MKDIR_P) $(@D)
	@sed 's/@arch@/$*/g' $< >$@.tmp && mv $@.tmp $@

windows_dlls = secur32.dll sspicli.dll schannel.dll
if HAVE_WINEBUILD
windows_dlls += secur32unix.dll
endif
if BUILD_WIN64
win64dir = $(libdir)/secur32/x86_64-windows
win64_DATA = $(windows_dlls:%=x86_64-windows/%) $(windows_tools:%=x86_64-windows/%)
noinst_DATA += $(windows_tests:%=x86_64-windows/%)
endif
if BUILD_WIN32
win32dir = $(libdir)/secur32/i386-windows
win32_DATA = $(windows_dlls:%=i386-windows/%) $(windows_tools:%=i386-windows/%)
noinst_DATA += $(windows_tests:%=i386-windows/%)
endif
