/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform/elf/settings: the file that stands for the registry on Linux.
 */
#include "platform/elf/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "base/mem.h"
#include "harness.h"

static char path[] = "/tmp/secur32-settings-XXXXXX";

static void use(const char *text, size_t size)
{
    static bool made;
    FILE *file;

    if (!made)
        close(mkstemp(path));
    made = true;
    file = fopen(path, "wb");
    if (ok(file != NULL, "%s cannot be written", path)) {
        fwrite(text, 1, size, file);
        fclose(file);
    }
    setenv("SECUR32_CONFIG", path, 1);
    settings_forget();
}

static void use_text(const char *text)
{
    use(text, strlen(text));
}

static void finish(void)
{
    unlink(path);
    unsetenv("SECUR32_CONFIG");
    settings_forget();
}

static const char text[] = "; a comment\n"
                           "# another\r\n"
                           "orphan=1\n"
                           "[SCHANNEL]\n"
                           "  ClientCacheTime = 36000000  \n"
                           "Twice=1\n"
                           "Twice=2\n"
                           "Hex=0xFFffFFff\n"
                           "TooLarge=4294967296\n"
                           "Negative=-1\n"
                           "Plus=+1\n"
                           "Blank=\n"
                           "Tail=12x\n"
                           "HexTail=0x\n"
                           "Largest=4294967295\n"
                           "[schannel\\Protocols\\TLS 1.2\\CLIENT]\r\n"
                           "Enabled=0\r\n"
                           "[broken\n"
                           "Enabled=7\n"
                           "[SSL\\00010002]\n"
                           "Functions = TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256\n"
                           "[Lsa]\n"
                           "no equals sign\n"
                           "FIPSAlgorithmPolicy=1\n"
                           "[secur32]\n"
                           "TrustFile=/a b/c=d.pem";

START_TEST(settings_numbers)
{
    static const struct {
        enum platform_settings root;
        const char *path, *name;
        bool set;
        uint32_t value;
    } cases[] = {
        {SETTINGS_SCHANNEL, "", "ClientCacheTime", true, 36000000},
        {SETTINGS_SCHANNEL, "", "clientcachetime", true, 36000000},
        {SETTINGS_SCHANNEL, "", "Twice", true, 1},
        {SETTINGS_SCHANNEL, "", "Hex", true, UINT32_MAX},
        {SETTINGS_SCHANNEL, "", "Largest", true, UINT32_MAX},
        {SETTINGS_SCHANNEL, "", "TooLarge", false, 0},
        {SETTINGS_SCHANNEL, "", "Negative", false, 0},
        {SETTINGS_SCHANNEL, "", "Plus", false, 0},
        {SETTINGS_SCHANNEL, "", "Blank", false, 0},
        {SETTINGS_SCHANNEL, "", "Tail", false, 0},
        {SETTINGS_SCHANNEL, "", "HexTail", false, 0},
        {SETTINGS_SCHANNEL, "", "orphan", false, 0},
        {SETTINGS_SCHANNEL, "", "absent", false, 0},
        {SETTINGS_SCHANNEL, "", "Enabled", false, 0},
        {SETTINGS_SCHANNEL, "Protocols\\TLS 1.2\\Client", "Enabled", true, 0},
        {SETTINGS_SCHANNEL, "Protocols\\TLS 1.2", "Enabled", false, 0},
        {SETTINGS_SCHANNEL, "Protocols\\TLS 1.2\\Client\\x", "Enabled", false, 0},
        {SETTINGS_SCHANNEL, "Protocols\\TLS 1.3\\Client", "Enabled", false, 0},
        {SETTINGS_LSA, "", "FIPSAlgorithmPolicy", true, 1},
        {SETTINGS_LSA, "", "no equals sign", false, 0},
        {SETTINGS_SSL_POLICY, "", "Functions", false, 0},
    };

    use_text(text);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t value = 4711;
        bool set = platform_setting_number(cases[i].root, cases[i].path, cases[i].name, &value);

        ok(set == cases[i].set, "%s\\%s: set %d", cases[i].path, cases[i].name, set);
        ok_number(value, cases[i].set ? cases[i].value : 4711, "%s\\%s", cases[i].path,
                  cases[i].name);
    }
    finish();
}

START_TEST(settings_text)
{
    char *value;

    use_text(text);
    value = platform_setting_text(SETTINGS_SSL_POLICY, "", "functions");
    ok(value && !strcmp(value, "TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256"), "got \"%s\"",
       value ? value : "(null)");
    mem_free(value);
    ok(!platform_setting_text(SETTINGS_SSL_POLICY, "", "absent"), "an absent text is there");
    value = platform_setting_text(SETTINGS_SCHANNEL, "", "Blank");
    ok(value && !*value, "an empty text is not there");
    mem_free(value);
    ok(settings_own("TrustFile") && !strcmp(settings_own("TrustFile"), "/a b/c=d.pem"),
       "own value: got \"%s\"", settings_own("TrustFile") ? settings_own("TrustFile") : "(null)");
    ok(!settings_own("CrlFile"), "an own value that is absent is there");
    finish();
}

START_TEST(settings_without_file)
{
    uint32_t value;

    setenv("SECUR32_CONFIG", "/nonexistent/secur32.conf", 1);
    settings_forget();
    ok(!platform_setting_number(SETTINGS_SCHANNEL, "", "ClientCacheTime", &value), "a value");
    finish();
}

START_TEST(settings_hostile_files)
{
    static const char *const texts[] = {"", "\n\n\n", "[", "[]", "[]\n=", "=\n=", "[a]\n==", "]"};
    size_t size = 0x40001;
    char *large = malloc(size);
    uint32_t value;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        use_text(texts[i]);
        ok(!platform_setting_number(SETTINGS_SCHANNEL, "", "a", &value), "text %zu: a value", i);
    }
    /* Zero bytes end the text; what stands before counts. */
    use("[Lsa]\na=1\n\0b=2\n", 15);
    ok(platform_setting_number(SETTINGS_LSA, "", "a", &value), "before a zero byte");
    ok(!platform_setting_number(SETTINGS_LSA, "", "b", &value), "after a zero byte");
    if (ok(large != NULL, "no memory")) {
        memset(large, '\n', size);
        memcpy(large, "[Lsa]\na=1\n", 10);
        use(large, size - 1);
        ok(platform_setting_number(SETTINGS_LSA, "", "a", &value), "a file at the limit");
        use(large, size);
        ok(!platform_setting_number(SETTINGS_LSA, "", "a", &value), "a file above the limit");
    }
    free(large);
    finish();
}

START_TEST(settings_too_many)
{
    size_t size = 6 + 2000 * 12, used = 0;
    char *many = malloc(size);
    uint32_t value;

    if (!ok(many != NULL, "no memory"))
        return;
    used += (size_t)sprintf(many, "[Lsa]\n");
    for (unsigned i = 0; i < 2000; i++)
        used += (size_t)sprintf(many + used, "n%u=%u\n", i, i);
    use(many, used);
    ok(platform_setting_number(SETTINGS_LSA, "", "n1023", &value) && value == 1023, "the last");
    ok(!platform_setting_number(SETTINGS_LSA, "", "n1024", &value), "one more");
    free(many);
    finish();
}

static bool read_again(void *argument)
{
    uint32_t value;

    (void)argument;
    settings_forget();
    return platform_setting_number(SETTINGS_LSA, "", "FIPSAlgorithmPolicy", &value);
}

START_TEST(settings_short_of_memory)
{
    uint32_t value;

    use_text(text);
    each_allocation_fails(read_again, NULL);
    /* A failure is not remembered. */
    settings_forget();
    mem_fail_after(0);
    ok(!platform_setting_number(SETTINGS_LSA, "", "FIPSAlgorithmPolicy", &value), "no memory");
    mem_fail_after(-1);
    ok(platform_setting_number(SETTINGS_LSA, "", "FIPSAlgorithmPolicy", &value), "memory again");
    finish();
}
