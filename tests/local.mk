# SPDX-License-Identifier: LGPL-2.1-or-later
# The harness, and how test programs are linked and run. Each folder lists its own tests.

harness_sources = tests/harness/harness.c
harness_elf_sources = $(harness_sources) tests/harness/host_elf.c
harness_pe_sources = $(harness_sources) tests/harness/host_pe.c
harness_headers = tests/harness/allocation.h tests/harness/harness.h tests/harness/host.h

EXTRA_DIST += $(harness_elf_sources) $(harness_pe_sources) $(harness_headers)

check_LIBRARIES =
windows_unit_tests =
windows_tests = conformance.exe $(windows_unit_tests)
windows_program_libs = -lsecur32 -lcrypt32 -lncrypt -lws2_32 -ladvapi32

include tests/unit/local.mk
include tests/conformance/local.mk

if BUILD_ELF
check_LIBRARIES += tests/libharness.a
tests_libharness_a_SOURCES = $(harness_elf_sources)
tests_libharness_a_CPPFLAGS = $(AM_CPPFLAGS)

check_PROGRAMS += $(unit_tests) tests/conformance/conformance
TESTS = $(check_PROGRAMS) $(check_SCRIPTS)
endif

# Every test prints TAP.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = top_srcdir='$(abs_top_srcdir)'; top_builddir='$(abs_top_builddir)'; \
	export top_srcdir top_builddir;
