# SPDX-License-Identifier: LGPL-2.1-or-later
# include/secur32 is the public ABI of the ELF build; include/common is the one header through which
# our own sources and tests get Windows' types in either build.

public_headers = \
	include/secur32/bcrypt.h \
	include/secur32/credssp.h \
	include/secur32/minschannel.h \
	include/secur32/ntsecapi.h \
	include/secur32/ntsecpkg.h \
	include/secur32/ntstatus.h \
	include/secur32/schannel.h \
	include/secur32/schannel_flags.h \
	include/secur32/secext.h \
	include/secur32/secur32.h \
	include/secur32/security.h \
	include/secur32/sspi.h \
	include/secur32/sspi_attributes.h \
	include/secur32/sspi_buffers.h \
	include/secur32/sspi_flags.h \
	include/secur32/sspi_functions.h \
	include/secur32/sspi_identity.h \
	include/secur32/subauth.h \
	include/secur32/winbase.h \
	include/secur32/wincred.h \
	include/secur32/wincrypt.h \
	include/secur32/wincrypt_flags.h \
	include/secur32/windef.h \
	include/secur32/windows.h \
	include/secur32/winerror.h \
	include/secur32/winnt.h

common_headers = \
	include/common/winsspi.h \
	include/common/winsspi_additions.h \
	include/common/winsspi_mingw.h \
	include/common/winsspi_undocumented.h

secur32includedir = $(includedir)/secur32
if BUILD_ELF
secur32include_HEADERS = $(public_headers)
endif
EXTRA_DIST += $(public_headers) $(common_headers)
