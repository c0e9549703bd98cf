# SPDX-License-Identifier: LGPL-2.1-or-later
# Documents, and the man pages that are installed.

EXTRA_DIST +=
dist_man_MANS +=
