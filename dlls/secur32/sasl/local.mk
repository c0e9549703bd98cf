# SPDX-License-Identifier: LGPL-2.1-or-later
# sasl: Sasl* over the packages, in secur32.dll and libsecur32.so.

sasl_sources = \
	dlls/secur32/sasl/context.c \
	dlls/secur32/sasl/profiles.c \
	dlls/secur32/sasl/step.c \
	dlls/secur32/sasl/wrap.c

sasl_pe_sources =

sasl_elf_sources =

sasl_headers = \
	dlls/secur32/sasl/sasl.h
