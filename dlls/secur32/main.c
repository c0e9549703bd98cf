/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Which packages the library has. sspi/packages.c asks each one whether it can start when the list
 * is first needed, and not while the library is loaded: the loader's lock is held then.
 */
#include "gss/package.h"
#include "lsa/host.h"
#include "schannel/package.h"
#include "sspi/packages.h"

const struct ssp *const packages_built_in[] = {
    &schan_ssp, &gss_negotiate_ssp, &gss_kerberos_ssp, &gss_ntlm_ssp, NULL,
};

/* Those of the system come behind them. */
const struct packages_source packages_outside = {
    .load = lsa_load,
    .add = lsa_add,
};

const struct lsa_host lsa_host = {
    .add = packages_register,
    .add_again = packages_return,
    .find = packages_find,
    .info = packages_info,
    .number = packages_number,
    .at = packages_at,
};
