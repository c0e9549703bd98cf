// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// aws-crt's own HTTP client in Node.js for Windows: aws_crt.js URL prints the status and the answer.
'use strict';
const fs = require('fs');
const { http, io } = require('aws-crt');

const MAX_MESSAGE = 16384;
const WAIT_MS = 10000;
// Under Wine, Node.js 22 cannot open a pipe for console.log.
const say = (...words) => fs.writeSync(1, words.join(' ') + '\n');

async function get(url) {
    const context = new io.ClientTlsContext(new io.TlsContextOptions());
    const manager = new http.HttpClientConnectionManager(new io.ClientBootstrap(), url.hostname, Number(url.port), 1,
        MAX_MESSAGE, new io.SocketOptions(io.SocketType.STREAM, io.SocketDomain.IPV4, WAIT_MS),
        new io.TlsConnectionOptions(context, url.hostname));
    const connection = await manager.acquire();
    const headers = new http.HttpHeaders([['host', url.host]]);
    const stream = connection.request(new http.HttpRequest('GET', url.pathname, headers));
    const parts = [];

    await new Promise((resolve, reject) => {
        stream.on('response', (status) => say('status', status));
        stream.on('data', (data) => parts.push(Buffer.from(data)));
        stream.on('end', resolve);
        stream.on('error', reject);
        stream.activate();
    });
    const body = Buffer.concat(parts);
    say('got', body.length, 'bytes:', body.length < 1000 ? body.toString().trim() : '');
    if (process.argv[3]) {
        fs.writeFileSync(process.argv[3], body);
    }
}

get(new URL(process.argv[2])).then(() => process.exit(0), (error) => {
    say('failed:', error.error_name || error.message);
    process.exit(1);
});
