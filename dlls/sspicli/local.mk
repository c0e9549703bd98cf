# SPDX-License-Identifier: LGPL-2.1-or-later
# sspicli.dll has no code: its exports are forwarders to secur32.dll, made from exports.list.

EXTRA_DIST += dlls/sspicli/sspicli.rc
