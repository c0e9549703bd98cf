# SPDX-License-Identifier: LGPL-2.1-or-later
# platform: the system's certificates, keys and settings; one folder per build.

platform_elf_sources =

platform_pe_sources =

platform_headers = \
	dlls/secur32/platform/platform.h
