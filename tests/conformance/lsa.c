/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The functions that talk to the local security authority: connections, packages, sessions, policy
 * notifications.
 *
 * Sources: the pages of these functions; .NET's WindowsIdentity, which logs on through them;
 * sysinfo (Rust), which lists sessions and reads the user's name of each.
 */
#include "common.h"

#include <string.h>

static LSA_STRING counted(const char *text)
{
    return (LSA_STRING){(USHORT)strlen(text), (USHORT)(strlen(text) + 1), (char *)(uintptr_t)text};
}

START_TEST(lsa_connections)
{
    LSA_STRING name = counted("conformance"), long_name = {128, 129, NULL};
    LSA_OPERATIONAL_MODE mode = 0;
    HANDLE first = NULL, second = NULL;
    char text[129] = {0};
    NTSTATUS status;

    ok_status(LsaConnectUntrusted(&first), STATUS_SUCCESS, "connect");
    ok_status(LsaConnectUntrusted(&second), STATUS_SUCCESS, "connect again");
    ok(first && second && first != second, "two handles");
    ok_status(LsaDeregisterLogonProcess(first), STATUS_SUCCESS, "end");
    ok_status(LsaDeregisterLogonProcess(second), STATUS_SUCCESS, "end");
    if (!running_on_windows()) { /* there it may be another object's by now */
        ok_status(LsaDeregisterLogonProcess(first), STATUS_INVALID_HANDLE, "end twice");
        ok_status(LsaDeregisterLogonProcess(NULL), STATUS_INVALID_HANDLE, "NULL");
    }

    memset(text, 'x', sizeof(text) - 1);
    long_name.Buffer = text;
    ok_status(LsaRegisterLogonProcess(&long_name, &first, &mode), STATUS_NAME_TOO_LONG,
              "128 bytes");
    status = LsaRegisterLogonProcess(&name, &first, &mode);
    if (status == STATUS_SUCCESS)
        ok_status(LsaDeregisterLogonProcess(first), STATUS_SUCCESS, "end");
    else
        ok_status(status, STATUS_PORT_CONNECTION_REFUSED, "without the privilege");
}

START_TEST(lsa_packages)
{
    static const char *const unknown[] = {"nonsense", ""};
    LSA_STRING name = counted("No such package"), long_name = {128, 129, NULL};
    char text[129] = {0};
    ULONG package = 0xdead, size = 0xdead;
    void *result = text;
    PSecPkgInfoW info = NULL;
    HANDLE lsa = NULL;
    NTSTATUS protocol = 0;

    if (!ok_status(LsaConnectUntrusted(&lsa), STATUS_SUCCESS, "connect"))
        return;
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        name = counted(unknown[i]);
        ok_status(LsaLookupAuthenticationPackage(lsa, &name, &package), STATUS_NO_SUCH_PACKAGE,
                  "\"%s\"", unknown[i]);
        ok_number(package, 0xdead, "package");
    }
    memset(text, 'x', sizeof(text) - 1);
    long_name.Buffer = text;
    ok_status(LsaLookupAuthenticationPackage(lsa, &long_name, &package), STATUS_NAME_TOO_LONG,
              "128 bytes");
    ok_status(LsaCallAuthenticationPackage(lsa, 0xdead, text, 4, &result, &size, &protocol),
              STATUS_NO_SUCH_PACKAGE, "message to none");

    /* NTLM's name among authentication packages; where there is no NTLM there is none. */
    name = counted(MSV1_0_PACKAGE_NAME);
    if (QuerySecurityPackageInfoW((WCHAR *)(uintptr_t)u"NTLM", &info) == SEC_E_OK) {
        ok_status(LsaLookupAuthenticationPackage(lsa, &name, &package), STATUS_SUCCESS, "NTLM");
        FreeContextBuffer(info);
    } else {
        ok_status(LsaLookupAuthenticationPackage(lsa, &name, &package), STATUS_NO_SUCH_PACKAGE,
                  "no NTLM");
    }
    ok_status(LsaDeregisterLogonProcess(lsa), STATUS_SUCCESS, "end");
    if (!running_on_windows()) {
        name = counted("Schannel");
        ok_status(LsaLookupAuthenticationPackage(lsa, &name, &package), STATUS_INVALID_HANDLE,
                  "after the end");
        ok_status(LsaCallAuthenticationPackage(lsa, 1, text, 4, &result, &size, &protocol),
                  STATUS_INVALID_HANDLE, "message after the end");
    }
    ok_status(LsaFreeReturnBuffer(NULL), STATUS_SUCCESS, "free NULL");
}

/* What a session's text is: counted, and inside the block that is freed at once. */
static bool is_text(const UNICODE_STRING *text)
{
    return text->Length % sizeof(WCHAR) == 0 && text->Length <= text->MaximumLength &&
           (text->Buffer || !text->Length);
}

START_TEST(lsa_sessions)
{
    SECURITY_LOGON_SESSION_DATA *data = NULL;
    LUID *sessions = NULL, unknown = {.LowPart = 0xfffffffe, .HighPart = 0x7fffffff};
    ULONG count = 0, named = 0;

    if (!ok_status(LsaEnumerateLogonSessions(&count, &sessions), STATUS_SUCCESS, "enumerate"))
        return;
    ok(count >= 1 && sessions, "%lu sessions", (unsigned long)count);
    for (ULONG i = 0; i < count; i++) {
        NTSTATUS status = LsaGetLogonSessionData(&sessions[i], &data);

        if (status == STATUS_ACCESS_DENIED)
            continue; /* somebody else's, on Windows */
        if (!ok_status(status, STATUS_SUCCESS, "session %lu", (unsigned long)i))
            continue;
        ok(data->Size >= sizeof(*data), "size %lu", (unsigned long)data->Size);
        ok(data->LogonId.LowPart == sessions[i].LowPart, "another session");
        ok(is_text(&data->UserName) && is_text(&data->LogonDomain) &&
               is_text(&data->AuthenticationPackage) && is_text(&data->LogonServer),
           "texts");
        named += data->UserName.Length > 0 && data->LogonDomain.Length > 0 && data->Sid;
        ok_status(LsaFreeReturnBuffer(data), STATUS_SUCCESS, "free");
    }
    ok(named >= 1, "no session has a user");
    ok_status(LsaFreeReturnBuffer(sessions), STATUS_SUCCESS, "free");
    ok_status(LsaGetLogonSessionData(&unknown, &data), STATUS_NO_SUCH_LOGON_SESSION, "unknown");
}

/* Nobody's password is right here; the answer depends on what authority is asked. */
START_TEST(lsa_logon)
{
    static char information[64];
    LSA_STRING origin = counted("conformance");
    TOKEN_SOURCE source = {.SourceName = "conform"};
    QUOTA_LIMITS quotas;
    void *profile = information;
    ULONG size = 77;
    LUID session;
    HANDLE lsa = NULL, token = NULL;
    NTSTATUS sub_status = 77, status;

    if (!ok_status(LsaConnectUntrusted(&lsa), STATUS_SUCCESS, "connect"))
        return;
    status = LsaLogonUser(lsa, &origin, Network, 0xdead, information, sizeof(information), NULL,
                          &source, &profile, &size, &session, &token, &quotas, &sub_status);
    ok_status(status, STATUS_NO_SUCH_PACKAGE, "no package");
    ok(!token, "a token");
    ok_status(LsaDeregisterLogonProcess(lsa), STATUS_SUCCESS, "end");
}

START_TEST(lsa_policy)
{
    POLICY_NOTIFICATION_INFORMATION_CLASS none = (POLICY_NOTIFICATION_INFORMATION_CLASS)0;
    int object;
    HANDLE event = &object;

    if (running_on_windows()) {
        skip("needs an event and rights there");
        return;
    }
    ok_status(LsaRegisterPolicyChangeNotification(PolicyNotifyAuditEventsInformation, event),
              STATUS_SUCCESS, "register");
    ok_status(LsaUnregisterPolicyChangeNotification(PolicyNotifyDnsDomainInformation, event),
              STATUS_INVALID_HANDLE, "another class");
    ok_status(LsaUnregisterPolicyChangeNotification(PolicyNotifyAuditEventsInformation, event),
              STATUS_SUCCESS, "unregister");
    ok_status(LsaUnregisterPolicyChangeNotification(PolicyNotifyAuditEventsInformation, event),
              STATUS_INVALID_HANDLE, "unregister twice");
    ok_status(LsaRegisterPolicyChangeNotification(none, event), STATUS_INVALID_INFO_CLASS,
              "no class");
    ok_status(LsaRegisterPolicyChangeNotification(PolicyNotifyMax, event),
              STATUS_INVALID_INFO_CLASS, "behind the last");
    ok_status(LsaRegisterPolicyChangeNotification(PolicyNotifyAuditEventsInformation, NULL),
              STATUS_INVALID_HANDLE, "no event");
}
