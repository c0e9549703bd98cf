// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// FFmpeg's libraries with their TLS on Schannel, as node-av has them for Node.js for Windows:
// ffmpeg.mjs URL reads a sound from there, and prints what it is and how much came.
import fs from 'fs';
import { Demuxer } from 'node-av/api';

// Under Wine, Node.js 22 cannot open a pipe for console.log.
const say = (...words) => fs.writeSync(1, words.join(' ') + '\n');

try {
    const source = await Demuxer.open(process.argv[2], { options: { tls_verify: '1' } });
    let bytes = 0;

    say('opened', source.formatName);
    for await (const packet of source.packets()) {
        if (!packet) {
            break;
        }
        bytes += packet.size;
    }
    say('read', bytes, 'bytes');
    process.exit(0);
} catch (error) {
    say('failed:', error.message);
    process.exit(1);
}
