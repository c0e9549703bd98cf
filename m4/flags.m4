# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Compiler and linker flags: each is tried, and used only when the compiler takes it without a
# warning.

# SECUR32_TRY_FLAGS(VARIABLE, FLAGS): appends to VARIABLE each flag that $CC takes.
AC_DEFUN([SECUR32_TRY_FLAGS],
[for flag in m4_normalize([$2]); do
    AC_MSG_CHECKING([whether $CC takes $flag])
    secur32_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $flag"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[puts("hello");]])],
        [AS_VAR_APPEND([$1], [" $flag"])
        AC_MSG_RESULT([yes])],
        [AC_MSG_RESULT([no])])
    CFLAGS=$secur32_save_CFLAGS
done])

# The same warnings for both compilers and both formats.
AC_DEFUN([SECUR32_WARNINGS],
[WARNINGS="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wundef -Wstrict-prototypes"
WARNINGS="$WARNINGS -Wmissing-prototypes"
AS_IF([test "x$enable_werror" = xyes], [WARNINGS="$WARNINGS -Werror"])
AC_SUBST([WARNINGS])])

# Windows' four version numbers, from the version in configure.ac.
AC_DEFUN([SECUR32_VERSION_NUMBERS],
[VERSION_COMMAS=`echo "$PACKAGE_VERSION.0.0.0.0" | tr -c '0-9.\n' . |
    $AWK -F. '{ printf "%d,%d,%d,%d", $[]1, $[]2, $[]3, $[]4 }'`
AC_SUBST([VERSION_COMMAS])])
