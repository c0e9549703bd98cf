// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// node-expose-sspi in Node.js for Windows: its client, its functions for a server, and its ready-made server.
//
//   auth_node.js client URL TARGET [USER DOMAIN PASSWORD]   prints the status and the answer
//   auth_node.js server PACKAGE   prints "port N", then answers who came; /quit ends it
//   auth_node.js sso              the same by sso.auth(), which acts as the client to see the client's groups
//
// The target "-" is what node-expose-sspi thinks of itself: no service, where there is no domain.
'use strict';
const http = require('http');
const { sspi, sso } = require('node-expose-sspi');

async function client(url, target, user, domain, password) {
    const one = new sso.Client();
    if (target !== '-') {
        one.setTargetName(target);
    }
    if (user) {
        one.setCredentials(domain, user, password);
    }
    const answer = await one.fetch(url);
    console.log(answer.status, (await answer.text()).trim());
}

function server(packageName) {
    const { credential } = sspi.AcquireCredentialsHandle({ packageName });
    const contexts = new Map(); // by connection

    http.createServer((request, response) => {
        const [scheme, text] = (request.headers.authorization || '').split(' ');
        const challenge = (token) => {
            const more = token && token.byteLength ? ' ' + Buffer.from(token).toString('base64') : '';
            response.setHeader('WWW-Authenticate', packageName + more);
        };
        if (request.url === '/quit') {
            response.end();
            process.exit(0);
        }
        if (scheme !== packageName) {
            challenge();
            response.statusCode = 401;
            return response.end();
        }
        const bytes = Buffer.from(text, 'base64');
        const input = {
            credential,
            SecBufferDesc: {
                ulVersion: 0,
                buffers: [bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)],
            },
        };
        if (contexts.has(request.socket)) {
            input.contextHandle = contexts.get(request.socket);
        }
        const step = sspi.AcceptSecurityContext(input);
        challenge(step.SecBufferDesc.buffers[0]);
        if (step.SECURITY_STATUS === 'SEC_I_CONTINUE_NEEDED') {
            contexts.set(request.socket, step.contextHandle);
            response.statusCode = 401;
            return response.end();
        }
        contexts.delete(request.socket);
        if (step.SECURITY_STATUS !== 'SEC_E_OK') {
            response.statusCode = 403;
            return response.end(step.SECURITY_STATUS + '\n');
        }
        const names = sspi.QueryContextAttributes(step.contextHandle, 'SECPKG_ATTR_NAMES');
        sspi.DeleteSecurityContext(step.contextHandle);
        response.end('user=' + names.sUserName + '\n');
    }).listen(0, '127.0.0.1', function () {
        console.log('port', this.address().port);
    });
}

// Negotiate for all, or NTLM where the path begins with /ntlm.
function ssoServer() {
    const negotiate = sso.auth({ useOwner: true });
    const ntlm = sso.auth({ useOwner: true, forceNTLM: true });

    http.createServer((request, response) => {
        if (request.url === '/quit') {
            response.end();
            process.exit(0);
        }
        const auth = request.url.startsWith('/ntlm') ? ntlm : negotiate;
        auth(request, response, (error) => {
            if (error) {
                response.statusCode = error.statusCode || 500;
                return response.end(error.message + '\n');
            }
            const { method, user, owner } = request.sso;
            const same = user.sid === owner.sid && user.groups.join() === owner.groups.join();
            response.end(
                `method=${method} user=${user.domain}\\${user.name} groups=${user.groups.length > 0} owner=${same}\n`
            );
        });
    }).listen(0, '127.0.0.1', function () {
        console.log('port', this.address().port);
    });
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'client') {
    client(...rest).catch((error) => {
        console.log('error', error.message || error);
        process.exit(1);
    });
} else if (mode === 'sso') {
    ssoServer();
} else {
    server(...rest);
}
