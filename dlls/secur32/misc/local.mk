# SPDX-License-Identifier: LGPL-2.1-or-later
# misc: names without a package, in secur32.dll and libsecur32.so.

misc_sources =

misc_pe_sources =

misc_elf_sources =

misc_headers =
