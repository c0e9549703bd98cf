# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# The switches of configure, and GNU make.

# SECUR32_SWITCH(NAME, WHAT): enable_NAME becomes yes (must), no, or auto (when it can be built).
AC_DEFUN([SECUR32_SWITCH],
[AC_ARG_ENABLE([$1], [AS_HELP_STRING([--enable-$1], [$2 @<:@auto@:>@])], [],
               [AS_VAR_SET([enable_]m4_translit([$1], [-], [_]), [auto])])])

AC_DEFUN([SECUR32_SWITCHES],
[SECUR32_SWITCH([elf], [libsecur32.so, its tools and tests])
SECUR32_SWITCH([win64], [the x86_64 Windows set: DLLs, tools, conformance program])
SECUR32_SWITCH([win32], [the i686 Windows set])
SECUR32_SWITCH([unix64], [secur32unix.so for 64-bit Wine])
SECUR32_SWITCH([unix32], [secur32unix.so for 32-bit Wine])

AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [warnings are errors @<:@yes in a git checkout@:>@])], [],
    [AS_IF([test -e "$srcdir/.git"], [enable_werror=yes], [enable_werror=no])])

AC_ARG_ENABLE([sanitize],
    [AS_HELP_STRING([--enable-sanitize=LIST],
                    [build the ELF side with -fsanitize=LIST (address,undefined or thread), and by
                     default nothing else: a sanitized helper cannot run inside Wine])], [],
    [enable_sanitize=no])
AS_IF([test "x$enable_sanitize" = xyes], [enable_sanitize=address,undefined])
AS_IF([test "x$enable_sanitize" != xno],
    [for part in win64 win32 unix64 unix32; do
        eval "test \"x\$enable_$part\" != xauto || enable_$part=no"
    done])

AC_ARG_ENABLE([rpath],
    [AS_HELP_STRING([--disable-rpath], [tools find libsecur32.so by the system's search path alone,
                     not beside themselves in ../lib])], [], [enable_rpath=yes])

AS_CASE([$host_os], [mingw*|msys*|cygwin*], [host_is_windows=yes], [host_is_windows=no])
AS_IF([test "x$host_is_windows" = xyes],
    [for part in elf unix64 unix32; do
        eval "test \"x\$enable_$part\" != xauto || enable_$part=no"
    done])
])

# The rules of dlls/pe.mk.in and unix.mk.in are pattern rules, and included makefiles are made by
# rules: both are GNU make's.
AC_DEFUN([SECUR32_PROG_GNU_MAKE],
[AC_CACHE_CHECK([for GNU make], [secur32_cv_make],
    [secur32_cv_make=no
    for candidate in "$MAKE" make gmake; do
        AS_IF([test -n "$candidate" && $candidate --version 2>/dev/null | grep GNU >/dev/null],
              [secur32_cv_make=$candidate; break])
    done])
AS_IF([test "x$secur32_cv_make" = xno], [AC_MSG_ERROR([GNU make is needed (Debian: make)])])])
