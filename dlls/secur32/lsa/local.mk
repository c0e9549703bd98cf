# SPDX-License-Identifier: LGPL-2.1-or-later
# lsa: registered LSA packages, on Windows' side; the ELF list has the answers without them.

lsa_sources =

lsa_pe_sources =

lsa_elf_sources =

lsa_headers =
