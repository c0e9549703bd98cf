# SPDX-License-Identifier: LGPL-2.1-or-later
# include/secur32 is the public ABI of the ELF build; include/common is the one header through which
# our own sources and tests get Windows' types in either build.

public_headers =
common_headers = include/common/winsspi.h

secur32includedir = $(includedir)/secur32
if BUILD_ELF
secur32include_HEADERS = $(public_headers)
endif
EXTRA_DIST += $(public_headers) $(common_headers)
