/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Notifications of changes of the local security policy. There is no authority whose policy could
 * change while the program runs, so an event that is registered is never signalled.
 *
 * Source: Microsoft Learn, "LsaRegisterPolicyChangeNotification function" and its counterpart.
 */
#include "winsspi.h"

#include "base/span.h"
#include "base/sync.h"

#define REGISTERED_MAX 256

static struct lock registered_lock = LOCK_INITIALIZER; /* guards the two below; a leaf */
static struct {
    POLICY_NOTIFICATION_INFORMATION_CLASS policy;
    HANDLE event;
} registered[REGISTERED_MAX];
static size_t registered_count;

static bool is_known(POLICY_NOTIFICATION_INFORMATION_CLASS policy)
{
    return policy >= PolicyNotifyAuditEventsInformation && policy < PolicyNotifyMax;
}

NTSTATUS NTAPI LsaRegisterPolicyChangeNotification(POLICY_NOTIFICATION_INFORMATION_CLASS policy,
                                                   HANDLE event)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (!is_known(policy))
        return STATUS_INVALID_INFO_CLASS;
    if (!event)
        return STATUS_INVALID_HANDLE;
    lock_take(&registered_lock);
    if (registered_count < REGISTERED_MAX) {
        registered[registered_count].policy = policy;
        registered[registered_count++].event = event;
        status = STATUS_SUCCESS;
    }
    lock_release(&registered_lock);
    return status;
}

NTSTATUS NTAPI LsaUnregisterPolicyChangeNotification(POLICY_NOTIFICATION_INFORMATION_CLASS policy,
                                                     HANDLE event)
{
    NTSTATUS status = STATUS_INVALID_HANDLE;

    if (!is_known(policy))
        return STATUS_INVALID_INFO_CLASS;
    lock_take(&registered_lock);
    for (size_t i = 0; i < registered_count; i++)
        if (registered[i].policy == policy && registered[i].event == event) {
            registered[i] = registered[--registered_count];
            status = STATUS_SUCCESS;
            break;
        }
    lock_release(&registered_lock);
    return status;
}
