# SPDX-License-Identifier: LGPL-2.1-or-later
# sasl: Sasl* over the packages, in secur32.dll and libsecur32.so.

sasl_sources = dlls/secur32/sasl/sasl.c

sasl_pe_sources =

sasl_elf_sources =

sasl_headers =
