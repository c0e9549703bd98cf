# SPDX-License-Identifier: LGPL-2.1-or-later
# schannel.dll has no code: its exports are forwarders to secur32.dll.

EXTRA_DIST += dlls/schannel/exports.list dlls/schannel/schannel.rc
