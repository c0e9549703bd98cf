# SPDX-License-Identifier: LGPL-2.1-or-later
# Unit tests: tests/unit/NAME here is a program made of tests/unit/NAME.c, the harness and the
# library's objects, the hidden ones too. windows_unit_tests (NAME.exe) are built for
# Windows.

unit_tests = \
	tests/unit/test_checked \
	tests/unit/test_log \
	tests/unit/test_mem \
	tests/unit/test_span

windows_unit_tests +=

unit_scripts = \
	tests/unit/test_artefacts.sh \
	tests/unit/test_checkers.sh

EXTRA_DIST += $(unit_tests:=.c) $(unit_scripts)

LDADD = tests/libharness.a libsecur32_internal.a
