/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Connections to the local security authority, and what is asked over them. The authority is this
 * library in the program's own process, so a connection is no more than a handle that is checked;
 * messages and logons go to the package that they are for.
 *
 * Source: Microsoft Learn, "LSA Logon Functions" and the pages of these functions.
 */
#include "winsspi.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "lsa/host.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

#define NAME_MAX 127           /* bytes; the pages of both functions that take a name */
#define CONNECTIONS_MAX 0xfffu /* at a time; each fits into 12 bits */
#define INDEX_BITS 12
#define TAG_BITS 2 /* the lowest bits of a handle belong to the program */

static struct lock connections_lock = LOCK_INITIALIZER; /* guards all below; a leaf */
static struct {
    uint16_t generation; /* of the handle, so that one that was closed is not taken for another */
    bool is_open, is_trusted;
} connections[CONNECTIONS_MAX];

/* ---- handles
 * ---------------------------------------------------------------------------------------- */

static HANDLE handle_of(size_t index)
{
    uintptr_t number = (uintptr_t)connections[index].generation << INDEX_BITS | (index + 1);

    return (HANDLE)(number << TAG_BITS);
}

static NTSTATUS connect(bool is_trusted, HANDLE *handle)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    lock_take(&connections_lock);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (!connections[i].is_open) {
            connections[i].generation++;
            connections[i].is_open = true;
            connections[i].is_trusted = is_trusted;
            *handle = handle_of(i);
            status = STATUS_SUCCESS;
            break;
        }
    lock_release(&connections_lock);
    return status;
}

/* Whether it is open, and of which kind; closes it, too. */
static NTSTATUS check(HANDLE handle, bool *is_trusted, bool close)
{
    size_t index = (((uintptr_t)handle >> TAG_BITS) & CONNECTIONS_MAX) - 1;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    lock_take(&connections_lock);
    if (index < CONNECTIONS_MAX && connections[index].is_open && handle_of(index) == handle) {
        *is_trusted = connections[index].is_trusted;
        connections[index].is_open = !close;
        status = STATUS_SUCCESS;
    }
    lock_release(&connections_lock);
    return status;
}

NTSTATUS NTAPI LsaConnectUntrusted(PHANDLE lsa)
{
    return lsa ? connect(false, lsa) : STATUS_INVALID_PARAMETER;
}

/* Differs: every program gets a connection, not only those with SeTcbPrivilege. It opens nothing
 * that an untrusted one does not. The mode means nothing on Windows either. */
NTSTATUS NTAPI LsaRegisterLogonProcess(PLSA_STRING name, PHANDLE lsa, PLSA_OPERATIONAL_MODE mode)
{
    NTSTATUS status;

    if (!name || !lsa || !mode || (name->Length && !name->Buffer))
        return STATUS_INVALID_PARAMETER;
    if (name->Length > NAME_MAX)
        return STATUS_NAME_TOO_LONG;
    status = connect(true, lsa);
    if (status == STATUS_SUCCESS)
        *mode = 0;
    return status;
}

NTSTATUS NTAPI LsaDeregisterLogonProcess(HANDLE lsa)
{
    bool is_trusted;

    return check(lsa, &is_trusted, true);
}

/* ---- packages
 * --------------------------------------------------------------------------------------- */

/* The package that a name of `name->Length` bytes means. */
static NTSTATUS find_package(const LSA_STRING *name, const struct ssp **package)
{
    char text[NAME_MAX + 1];
    WCHAR *wide = NULL;
    SECURITY_STATUS status;

    memcpy(text, name->Buffer, name->Length);
    text[name->Length] = 0;
    status = platform_wide_from_ansi(text, &wide);
    if (status == SEC_E_INSUFFICIENT_MEMORY)
        return STATUS_NO_MEMORY;
    if (status != SEC_E_OK)
        return STATUS_NO_SUCH_PACKAGE;
    /* NTLM's name among the authentication packages. */
    *package = lsa_host.find(platform_wide_same(wide, MSV1_0_PACKAGE_NAMEW) ? u"NTLM" : wide);
    mem_free(wide);
    return *package ? STATUS_SUCCESS : STATUS_NO_SUCH_PACKAGE;
}

NTSTATUS NTAPI LsaLookupAuthenticationPackage(HANDLE lsa, PLSA_STRING name, PULONG package)
{
    const struct ssp *found = NULL;
    bool is_trusted;
    NTSTATUS status;

    if (!name || !package || !name->Buffer)
        return STATUS_INVALID_PARAMETER;
    if (name->Length > NAME_MAX)
        return STATUS_NAME_TOO_LONG;
    status = check(lsa, &is_trusted, false);
    if (status == STATUS_SUCCESS)
        status = find_package(name, &found);
    if (status == STATUS_SUCCESS)
        *package = lsa_host.number(found);
    return status;
}

/*
 * LsaCallAuthenticationPackage: a message of the package's own protocol.
 *
 * result           freed with LsaFreeReturnBuffer; like the two behind it, it may be NULL
 * protocol_status  what the package says, when the call itself succeeded
 */
NTSTATUS NTAPI LsaCallAuthenticationPackage(HANDLE lsa, ULONG package, PVOID submit,
                                            ULONG submit_size, PVOID *result, PULONG result_size,
                                            PNTSTATUS protocol_status)
{
    struct ssp_message message = {
        .ssp = lsa_host.at(package), .submit = submit, .submit_size = submit_size};
    NTSTATUS status = check(lsa, &message.is_trusted, false);

    if (status != STATUS_SUCCESS)
        return status;
    if (!message.ssp)
        return STATUS_NO_SUCH_PACKAGE;
    if (!submit && submit_size)
        return STATUS_INVALID_PARAMETER;
    status = message.ssp->call ? message.ssp->call(&message) : STATUS_NOT_SUPPORTED;
    TRACE(LOG_LSA, "message of %lu bytes to package %lu: %08lx, the package says %08lx",
          (unsigned long)submit_size, (unsigned long)package, (unsigned long)status,
          (unsigned long)message.protocol_status);
    if (result)
        *result = message.result;
    else
        buffers_free(message.result);
    if (result_size)
        *result_size = message.result_size;
    if (protocol_status)
        *protocol_status = message.protocol_status;
    return status;
}

NTSTATUS NTAPI LsaFreeReturnBuffer(PVOID buffer)
{
    buffers_free(buffer);
    return STATUS_SUCCESS;
}

/* ---- logging on
 * ------------------------------------------------------------------------------------- */

/* To the package, or the answer of a computer that cannot reach the authority for the account. */
static NTSTATUS ask_to_log_on(struct ssp_logon *logon)
{
    NTSTATUS status =
        logon->ssp->logon ? logon->ssp->logon(logon) : (NTSTATUS)STATUS_NO_LOGON_SERVERS;

    TRACE(LOG_LSA, "logon of type %d: %08lx, %08lx", (int)logon->type, (unsigned long)status,
          (unsigned long)logon->sub_status);
    return status;
}

NTSTATUS NTAPI LsaLogonUser(HANDLE lsa, PLSA_STRING origin, SECURITY_LOGON_TYPE type, ULONG package,
                            PVOID information, ULONG information_size, PTOKEN_GROUPS groups,
                            PTOKEN_SOURCE source, PVOID *profile, PULONG profile_size, PLUID logon,
                            PHANDLE token, PQUOTA_LIMITS quotas, PNTSTATUS sub_status)
{
    struct ssp_logon asked = {.ssp = lsa_host.at(package),
                              .type = type,
                              .submit = information,
                              .submit_size = information_size};
    bool is_trusted;
    NTSTATUS status;

    (void)origin;
    if (!information || !information_size || !source || !profile || !profile_size || !logon ||
        !token || !sub_status)
        return STATUS_INVALID_PARAMETER;
    status = check(lsa, &is_trusted, false);
    if (status != STATUS_SUCCESS)
        return status;
    if (!asked.ssp)
        return STATUS_NO_SUCH_PACKAGE;
    if (type < Interactive || type > CachedUnlock)
        return STATUS_INVALID_LOGON_TYPE;
    /* A token with more groups than the user's own cannot be made. */
    status =
        groups && groups->GroupCount ? (NTSTATUS)STATUS_PRIVILEGE_NOT_HELD : ask_to_log_on(&asked);
    *profile = asked.profile;
    *profile_size = asked.profile_size;
    *token = asked.token;
    *sub_status = asked.sub_status;
    if (status < 0)
        return status;
    *logon = asked.id;
    if (quotas)
        memset(quotas, 0, sizeof(*quotas));
    return status;
}

/* ---- without a public description
 * ------------------------------------------------------------------- */

NTSTATUS WINAPI LsaConnectLocalUser(void)
{
    log_absent(LOG_LSA, "LsaConnectLocalUser");
    return STATUS_NOT_IMPLEMENTED;
}

NTSTATUS WINAPI LsaSetMachineCertificate(void)
{
    log_absent(LOG_LSA, "LsaSetMachineCertificate");
    return STATUS_NOT_IMPLEMENTED;
}
