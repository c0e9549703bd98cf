/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes that tell what is to be held of the peer's certificate chain. A server does not judge
 * its clients by itself ("Performing Authentication Using Schannel"); it does so when it is asked.
 *
 * Sources: schannel.h of the Windows SDK (SecPkgContext_CertificateValidationResult,
 * SecPkgContext_ClientCertPolicyResult); msquic, which sets CLIENT_CERT_POLICY and asks for
 * CERT_CHECK_RESULT on servers, too.
 */
#include "schannel/attributes.h"

#include "base/mem.h"
#include "schannel/verify.h"

/* clang-format off */
/* The verdict is told in the codes of CertVerifyCertificateChainPolicy. */
static const struct {
    SECURITY_STATUS ours;
    HRESULT policy;
} verdicts[] = {
    { SEC_E_UNTRUSTED_ROOT,  CERT_E_UNTRUSTEDROOT },
    { SEC_E_WRONG_PRINCIPAL, CERT_E_CN_NO_MATCH },
    { SEC_E_CERT_EXPIRED,    CERT_E_EXPIRED },
    { SEC_E_CERT_UNKNOWN,    CERT_E_CHAINING },
};
/* clang-format on */

static HRESULT policy_verdict(SECURITY_STATUS status)
{
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        if (verdicts[i].ours == status)
            return verdicts[i].policy;
    }
    return status;
}

/* A chain that nobody has judged yet, since the program said that it would do so itself, or since
 * it is a client's, is judged now. */
static SECURITY_STATUS judge(struct schan_context *context, DWORD *trust, HRESULT *result)
{
    SECURITY_STATUS verdict;
    struct span *chain = NULL;
    size_t count = 0;
    SECURITY_STATUS status = verify_get_chain(context, &chain, &count);

    mem_free(chain);
    if (status != SEC_E_OK)
        return status;
    lock_take(&context->handshake);
    if (!context->chain_judged) {
        verdict = verify_peer(context);
        (void)verdict; /* stands in the context */
    }
    *trust = context->chain_trust;
    *result = policy_verdict(context->chain_status);
    lock_release(&context->handshake);
    return SEC_E_OK;
}

FILLER(check_result)
{
    SecPkgContext_CertificateValidationResult *to = out;

    return judge(context, &to->dwChainErrorStatus, &to->hrVerifyChainStatus);
}

FILLER(check_result_inproc)
{
    return fill_check_result(context, out);
}

/* Under the policy that the server's credential was given. */
FILLER(policy_result)
{
    SecPkgContext_ClientCertPolicyResult *to = out;
    struct schan_credential *credential = attribute_credential(context);
    bool has_policy = false;
    DWORD trust;

    if (credential) {
        lock_take(&credential->lock);
        has_policy = credential->client_policy.set;
        to->guidPolicyId = credential->client_policy.id;
        lock_release(&credential->lock);
    }
    schan_credential_unref(credential);
    if (!has_policy)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return judge(context, &trust, &to->dwPolicyResult);
}
