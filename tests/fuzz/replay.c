/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A main for fuzz targets without libFuzzer: runs the target once for each file that is named. Any
 * compiler, any sanitizer, a debugger.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

int main(int count, char **files)
{
    if (count < 2) {
        fprintf(stderr, "Usage: %s FILE...\n", files[0]);
        return 2;
    }
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(files[i], "rb");
        struct bytes bytes = {NULL, 0, 0};
        uint8_t part[4096];
        size_t size;

        if (!file) {
            perror(files[i]);
            return 1;
        }
        while ((size = fread(part, 1, sizeof(part), file)) > 0)
            bytes_add(&bytes, part, size);
        fclose(file);
        LLVMFuzzerTestOneInput(bytes.data, bytes.size);
        bytes_done(&bytes);
    }
    printf("%d inputs\n", count - 1);
    return 0;
}
