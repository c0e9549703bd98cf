// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// aws-crt's own HTTP client in Node.js for Windows: prints the status and the answer.
//
//   aws_crt.js URL [FILE]                     the answer goes to the file as well
//   aws_crt.js URL - CERTIFICATE              of the user, as "CurrentUser\MY\thumbprint"
//   aws_crt.js URL - CERTIFICATE.pem KEY.pem  the key in PKCS#1's form
'use strict';
const fs = require('fs');
const { http, io } = require('aws-crt');

const MAX_MESSAGE = 16384;
const WAIT_MS = 10000;
// Under Wine, Node.js 22 cannot open a pipe for console.log.
const say = (...words) => fs.writeSync(1, words.join(' ') + '\n');

function options(certificate, key) {
    if (key) {
        return io.TlsContextOptions.create_client_with_mtls_from_path(certificate, key);
    }
    return certificate ? io.TlsContextOptions.create_client_with_mtls_windows_cert_store_path(certificate)
        : new io.TlsContextOptions();
}

async function get(url, file, certificate, key) {
    const context = new io.ClientTlsContext(options(certificate, key));
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
    if (file && file !== '-') {
        fs.writeFileSync(file, body);
    }
}

get(new URL(process.argv[2]), ...process.argv.slice(3)).then(() => process.exit(0), (error) => {
    say('failed:', error.error_name || error.message);
    process.exit(1);
});
