# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# What the PE side needs: a mingw-w64 compiler and windres per machine, and winebuild, which marks
# secur32unix.dll as one of Wine's builtin DLLs. Sets pe_arches and, per machine, PE_CC_x and
# WINDRES_x for dlls/pe.mk.in.

# SECUR32_PE_MACHINE(ARCH, TRIPLET, SWITCH, PACKAGE, HOST-CPU)
AC_DEFUN([SECUR32_PE_MACHINE],
[have_$3=no
AS_IF([test "x$host_is_windows" = xyes],
    [AS_CASE([$host_cpu],
        [$5],
        [PE_CC_$1=$CC
        AC_CHECK_TOOL([WINDRES_$1], [windres])
        have_$3=yes],
        [enable_$3=no])],
    [test "x$enable_$3" != xno],
    [AS_IF([test -z "$PE_CC_$1"], [AC_PATH_PROG([PE_CC_$1], [$2-gcc])])
    AS_IF([test -z "$WINDRES_$1"], [AC_PATH_PROG([WINDRES_$1], [$2-windres])])
    AS_IF([test -n "$PE_CC_$1" && test -n "$WINDRES_$1"], [have_$3=yes])])
AS_IF([test "x$enable_$3" = xyes && test "x$have_$3" = xno],
    [AC_MSG_ERROR([--enable-$3 needs $2-gcc and $2-windres (Debian: $4)])])
AS_IF([test "x$enable_$3" = xno], [have_$3=no])
AS_IF([test "x$have_$3" = xyes], [pe_arches="$pe_arches $1"])
AC_ARG_VAR([PE_CC_$1], [C compiler for $1 Windows @<:@$2-gcc@:>@])
AC_ARG_VAR([WINDRES_$1], [resource compiler for $1 Windows @<:@$2-windres@:>@])
m4_pushdef([CONDITION], m4_translit([build_$3], [a-z], [A-Z]))dnl
AM_CONDITIONAL(m4_defn([CONDITION]), [test "x$have_$3" = xyes])
m4_popdef([CONDITION])dnl
])

AC_DEFUN([SECUR32_PE],
[pe_arches=
SECUR32_PE_MACHINE([x86_64], [x86_64-w64-mingw32], [win64], [gcc-mingw-w64-x86-64], [x86_64])
SECUR32_PE_MACHINE([i386], [i686-w64-mingw32], [win32], [gcc-mingw-w64-i686], [i?86])
AC_SUBST([pe_arches])
AM_CONDITIONAL([BUILD_PE], [test -n "$pe_arches"])

AC_ARG_VAR([PE_CFLAGS], [C compiler flags of the PE builds @<:@-O2 -g@:>@])
AS_IF([test -z "${PE_CFLAGS+set}"], [PE_CFLAGS="-O2 -g"])
AC_ARG_VAR([PE_LDFLAGS], [linker flags of the PE builds])

# Debian keeps winebuild outside the search path (wine64-tools, Debian 12 and 13).
AC_ARG_VAR([WINEBUILD], [Wine's winebuild, which marks secur32unix.dll as a builtin])
AC_PATH_PROGS([WINEBUILD], [winebuild winebuild-stable winebuild-development], [],
    [$PATH$PATH_SEPARATOR/usr/lib/wine$PATH_SEPARATOR/opt/wine-stable/bin])
AS_IF([test -n "$WINEBUILD"],
    [AC_MSG_CHECKING([whether $WINEBUILD knows --builtin])
    AS_IF([$WINEBUILD --help 2>&1 | grep -e --builtin >/dev/null],
        [AC_MSG_RESULT([yes])],
        [AC_MSG_RESULT([no]); WINEBUILD=])])
AM_CONDITIONAL([HAVE_WINEBUILD], [test -n "$WINEBUILD"])
])
