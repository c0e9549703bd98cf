/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, settings, on Linux: one file instead of the registry; settings.h has its shape.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "platform/elf/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"

#define SETTINGS_PATH "/etc/secur32.conf"
#define SETTINGS_SIZE_MAX 0x40000
#define SETTINGS_MAX 1024

/* Windows 11 22H2: whose defaults the Linux build has. */
#define WINDOWS_BUILD 22621

/* All three point into the text of the file. */
struct setting {
    const char *section, *name, *value;
};

static const char *const root_names[SETTINGS_COUNT] = {
    [SETTINGS_SCHANNEL] = "SCHANNEL",
    [SETTINGS_SSL_POLICY] = "SSL\\00010002",
    [SETTINGS_SSL_LOCAL] = "Local\\SSL\\00010002",
    [SETTINGS_LSA] = "Lsa",
    [SETTINGS_PROVIDERS] = "SecurityProviders",
};

/* locks: (l) settings_lock while being read, constant afterwards */
static struct lock settings_lock = LOCK_INITIALIZER;
static bool settings_known;      /* (l) */
static char *settings_text;      /* (l) */
static struct setting *settings; /* (l) */
static size_t settings_count;    /* (l) */

SECURITY_STATUS settings_read_file(const char *path, size_t limit, uint8_t **data, size_t *size)
{
    FILE *file = fopen(path, "rbe");
    uint8_t *bytes = NULL, *copy;
    size_t used = 0;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    if (!file)
        return errno == ENOMEM ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_UNKNOWN_CREDENTIALS;
    bytes = mem_alloc(limit + 1);
    if (!bytes)
        goto done;
    used = fread(bytes, 1, limit + 1, file);
    status = SEC_E_UNKNOWN_CREDENTIALS;
    if (ferror(file) || used > limit)
        goto done;
    bytes[used] = 0;
    copy = mem_copy(span_of(bytes, used + 1));
    status = copy ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
    if (copy) {
        *data = copy;
        *size = used;
    }

done:
    mem_wipe_free(bytes, used);
    fclose(file);
    return status;
}

static char *trim(char *text)
{
    size_t size;

    text += strspn(text, " \t\r");
    size = strlen(text);
    while (size && strchr(" \t\r", text[size - 1]))
        text[--size] = 0;
    return text;
}

/* Adds what one line says. *section: of the lines that follow. */
static void parse_line(char *line, const char **section)
{
    char *equals, *end;

    line = trim(line);
    if (!*line || *line == ';' || *line == '#')
        return;
    if (*line == '[') {
        end = strchr(line, ']');
        /* Values below a broken heading must not land in the section before it. */
        *section = end && !end[1] ? line + 1 : NULL;
        if (*section)
            *end = 0;
        else
            TRACE(LOG_PLATFORM, "settings: ignored heading \"%s\"", line);
        return;
    }
    equals = strchr(line, '=');
    if (!equals || !*section || settings_count == SETTINGS_MAX) {
        TRACE(LOG_PLATFORM, "settings: ignored line \"%s\"", line);
        return;
    }
    *equals = 0;
    settings[settings_count].section = *section;
    settings[settings_count].name = trim(line);
    settings[settings_count++].value = trim(equals + 1);
}

/* false: no memory; the next question tries again. */
static bool load(void)
{
    const char *path = secure_getenv("SECUR32_CONFIG");
    const char *section = NULL;
    uint8_t *data = NULL;
    size_t size;
    char *next;
    SECURITY_STATUS status =
        settings_read_file(path ? path : SETTINGS_PATH, SETTINGS_SIZE_MAX, &data, &size);

    if (status == SEC_E_INSUFFICIENT_MEMORY)
        return false;
    if (status != SEC_E_OK) {
        if (path)
            log_notice("SECUR32_CONFIG: %s cannot be read (or is larger than %d bytes); no setting "
                       "is in force",
                       path, SETTINGS_SIZE_MAX);
        return true;
    }
    settings = mem_alloc_array(SETTINGS_MAX, sizeof(*settings));
    if (!settings) {
        mem_free(data);
        return false;
    }
    settings_text = (char *)data;
    for (char *line = settings_text; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        parse_line(line, &section);
    }
    TRACE(LOG_PLATFORM, "settings: %zu values from %s", settings_count,
          path ? path : SETTINGS_PATH);
    return true;
}

static void make_known(void)
{
    lock_take(&settings_lock);
    if (!settings_known)
        settings_known = load();
    lock_release(&settings_lock);
}

void settings_forget(void)
{
    lock_take(&settings_lock);
    mem_free(settings);
    mem_free(settings_text);
    settings = NULL;
    settings_text = NULL;
    settings_count = 0;
    settings_known = false;
    lock_release(&settings_lock);
}

/* Whether section is root, or root\path. */
static bool section_is(const char *section, const char *root, const char *path)
{
    size_t size = strlen(root);

    if (strncasecmp(section, root, size))
        return false;
    if (!*path)
        return !section[size];
    return section[size] == '\\' && !strcasecmp(section + size + 1, path);
}

static const char *find(const char *root, const char *path, const char *name)
{
    make_known();
    for (size_t i = 0; i < settings_count; i++)
        if (!strcasecmp(settings[i].name, name) && section_is(settings[i].section, root, path))
            return settings[i].value;
    return NULL;
}

const char *settings_own(const char *name)
{
    const char *value = find("secur32", "", name);

    return value && *value ? value : NULL;
}

bool platform_setting_number(enum platform_settings root, const char *path, const char *name,
                             uint32_t *value)
{
    const char *text = find(root_names[root], path, name);
    bool hexadecimal = text && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    unsigned long long number;
    char *end;

    /* strtoull would take a sign and blanks, too. */
    if (!text || text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    number = strtoull(text, &end, hexadecimal ? 16 : 10);
    if (*end || errno || number > UINT32_MAX) {
        TRACE(LOG_PLATFORM, "settings: %s is no number: \"%s\"", name, text);
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

char *platform_setting_text(enum platform_settings root, const char *path, const char *name)
{
    const char *text = find(root_names[root], path, name);

    return text ? mem_copy_string(text) : NULL;
}

uint32_t platform_windows_build(void)
{
    return WINDOWS_BUILD;
}
