/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See base/elf/note.h: nobody looks at the locks of Windows programs.
 */
#ifndef SECUR32_BASE_PE_NOTE_H
#define SECUR32_BASE_PE_NOTE_H

#define NOTE_TAKING(lock) ((void)0)
#define NOTE_TAKEN(lock) ((void)0)
#define NOTE_RELEASING(lock) ((void)0)
#define NOTE_RELEASED(lock) ((void)0)

#endif
