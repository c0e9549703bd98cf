# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# What the ELF side needs: GnuTLS's headers (the library itself is opened at run time, so nothing
# links to it), and the flags of the native build and of secur32unix.so.

AC_DEFUN([SECUR32_ELF],
[have_gnutls=no
AS_IF([test "x$host_is_windows" = xno],
    [AC_CHECK_HEADER([gnutls/gnutls.h],
        [AC_MSG_CHECKING([for GnuTLS 3.7.0 or newer])
        AC_PREPROC_IFELSE([AC_LANG_SOURCE([[
            #include <gnutls/gnutls.h>
            #if GNUTLS_VERSION_NUMBER < 0x030700
            #error too old
            #endif]])],
            [have_gnutls=yes])
        AC_MSG_RESULT([$have_gnutls])])])

have_elf=$have_gnutls
AS_IF([test "x$enable_elf" = xno], [have_elf=no])
AS_IF([test "x$enable_elf$have_elf" = xyesno],
    [AC_MSG_ERROR([--enable-elf needs a native build and GnuTLS's headers (Debian:
        libgnutls28-dev)])])
AM_CONDITIONAL([BUILD_ELF], [test "x$have_elf" = xyes])
# Only tests use it: as a peer in memory that does what GnuTLS and programs seldom do.
have_openssl=no
AS_IF([test "x$have_elf" = xyes],
    [AC_CHECK_HEADER([openssl/ssl.h],
        [AC_CHECK_LIB([ssl], [SSL_key_update], [have_openssl=yes], [], [-lcrypto])])])
AM_CONDITIONAL([HAVE_OPENSSL], [test "x$have_openssl" = xyes])
AM_CONDITIONAL([USE_RPATH], [test "x$enable_rpath" = xyes])

# Each flag is tried with the CFLAGS of the user: _FORTIFY_SOURCE for example warns without -O.
ELF_CFLAGS=
ELF_LDFLAGS=
AS_IF([test "x$host_is_windows" = xno],
    [SECUR32_TRY_FLAGS([ELF_CFLAGS], [-fstack-protector-strong -fstack-clash-protection
        -fcf-protection])
    SECUR32_TRY_FLAGS([ELF_LDFLAGS], [-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed])
    SECUR32_TRY_FLAGS([THREAD_SAFETY], [-Wthread-safety])])
AC_SUBST([THREAD_SAFETY])

SANITIZE=
AS_IF([test "x$enable_sanitize" != xno],
    [SECUR32_TRY_FLAGS([SANITIZE], [-fsanitize=$enable_sanitize])
    AS_IF([test -z "$SANITIZE"],
        [AC_MSG_ERROR([$CC cannot build with -fsanitize=$enable_sanitize])])
    SANITIZE="$SANITIZE -fno-omit-frame-pointer -fno-sanitize-recover=all"],
    [test "x$host_is_windows" = xno],
    [SECUR32_TRY_FLAGS([ELF_CFLAGS], [-D_FORTIFY_SOURCE=2])])
AC_SUBST([ELF_CFLAGS])
AC_SUBST([ELF_LDFLAGS])
AC_SUBST([SANITIZE])
# A sanitized library gets its run time from the program, so it has undefined names.
AM_CONDITIONAL([SANITIZED], [test -n "$SANITIZE"])
])

# secur32unix.so: for the machine's own CPU when Wine runs on it, and for i386 with -m32 or the
# cross compiler. Sets unix_arches and UNIX_CC_x for dlls/secur32unix/unix.mk.in.
AC_DEFUN([SECUR32_UNIX],
[unix_arches=
have_unix64=no
have_unix32=no
UNIX_CC_x86_64=
UNIX_CC_i386=
AS_CASE([$have_gnutls-$host_cpu],
    [yes-x86_64],
    [UNIX_CC_x86_64=$CC
    have_unix64=yes
    AS_IF([test "x$enable_unix32" != xno],
        [for candidate in "$CC -m32" i686-linux-gnu-gcc; do
            AC_MSG_CHECKING([whether $candidate builds i386 libraries])
            cat >conftest.c <<'_EOF'
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
int conftest(pthread_mutex_t *lock);
int conftest(pthread_mutex_t *lock)
{
    _Static_assert(sizeof(void *) == 4, "32 bit");
    return pthread_mutex_lock(lock) + puts("");
}
_EOF
            AS_IF([$candidate -shared -fPIC -o conftest.so conftest.c -ldl \
                   >&AS_MESSAGE_LOG_FD 2>&1],
                [AC_MSG_RESULT([yes]); UNIX_CC_i386=$candidate; have_unix32=yes; break],
                [AC_MSG_RESULT([no])])
        done
        rm -f conftest.c conftest.so])],
    [yes-i?86],
    [UNIX_CC_i386=$CC
    have_unix32=yes])
AS_IF([test "x$enable_unix64" = xno], [have_unix64=no])
AS_IF([test "x$enable_unix32" = xno], [have_unix32=no])
AS_IF([test "x$enable_unix64$have_unix64" = xyesno],
    [AC_MSG_ERROR([--enable-unix64 needs an x86_64 machine and GnuTLS's headers])])
AS_IF([test "x$enable_unix32$have_unix32" = xyesno],
    [AC_MSG_ERROR([--enable-unix32 needs a compiler for i386 (Debian: gcc-multilib)])])
AS_IF([test "x$have_unix64" = xyes], [unix_arches="$unix_arches x86_64"])
AS_IF([test "x$have_unix32" = xyes], [unix_arches="$unix_arches i386"])
AC_SUBST([unix_arches])
AC_SUBST([UNIX_CC_x86_64])
AC_SUBST([UNIX_CC_i386])
AM_CONDITIONAL([BUILD_UNIX64], [test "x$have_unix64" = xyes])
AM_CONDITIONAL([BUILD_UNIX32], [test "x$have_unix32" = xyes])
])
