# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# The last words of configure: what is built, what is not, and the Debian package that helps.

# SECUR32_REPORT(SWITCH, WHAT, WHERE, REMEDY)
AC_DEFUN([SECUR32_REPORT],
[AS_IF([test "x$have_$1" = xyes], [echo "  yes  $2 in $3"],
    [test "x$enable_$1" = xno],
    [echo "  no   $2 (switched off, or not part of such a build)"],
    [echo "  no   $2: $4"])])

AC_DEFUN([SECUR32_SUMMARY],
[echo
echo "$PACKAGE_STRING for $host will be built with:"
SECUR32_REPORT([elf], [libsecur32.so, tools and tests], [lib/ tools/ tests/],
    [needs a native compiler and apt install libgnutls28-dev])
SECUR32_REPORT([unix64], [secur32unix.so, x86_64], [x86_64-unix/],
    [needs an x86_64 machine and apt install libgnutls28-dev])
SECUR32_REPORT([unix32], [secur32unix.so, i386], [i386-unix/],
    [apt install gcc-multilib (or gcc-i686-linux-gnu), libgnutls28-dev])
SECUR32_REPORT([win64], [Windows DLLs, tools, conformance program, x86_64], [x86_64-windows/],
    [apt install gcc-mingw-w64-x86-64])
SECUR32_REPORT([win32], [Windows DLLs, tools, conformance program, i686], [i386-windows/],
    [apt install gcc-mingw-w64-i686])
AS_IF([test -n "$pe_arches" && test -z "$WINEBUILD"],
    [echo "  no   secur32unix.dll: winebuild not found, apt install wine64-tools"
    echo "       (without it the Windows DLLs have no Schannel under Wine)"])
AS_IF([test "x$have_elf$have_openssl" = xyesno],
    [echo "  no   tests against OpenSSL in memory: apt install libssl-dev"])
AS_IF([test -n "$SANITIZE"], [echo "  sanitizers: $enable_sanitize"])
echo "  warnings are errors: $enable_werror"
AS_IF([test -z "$pe_arches$unix_arches" && test "x$have_elf" = xno],
    [AC_MSG_WARN([nothing will be built])])
echo
echo "Next: make, make check, make install. WINEDLLPATH=\$PWD lets Wine find this folder's helper."
])
