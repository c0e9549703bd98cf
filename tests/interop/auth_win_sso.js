// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// win-sso in Node.js for Windows, by the steps of its own page: auth_win_sso.js PACKAGE URL prints
// the status and the answer, and whether the server has proved who it is.
'use strict';
const http = require('http');
const { WinSso } = require('win-sso');

const LEGS_MAX = 5;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(url, authorization) {
    return new Promise((resolve, reject) => {
        const headers = authorization ? { authorization } : {};
        http.get(url, { agent, headers }, (response) => {
            let text = '';
            response.on('data', (data) => (text += data));
            response.on('end', () => resolve({ response, text: text.trim() }));
        }).on('error', reject);
    });
}

async function main(packageName, url) {
    const sso = new WinSso(packageName, new URL(url).hostname);
    let header = sso.createAuthRequestHeader();

    await ask(url);
    for (let leg = 0; leg < LEGS_MAX; leg++) {
        const { response, text } = await ask(url, header);
        const told = response.headers['www-authenticate'] || '';
        const token = told.startsWith(packageName + ' ') ? sso.createAuthResponse(told) : null;
        if (response.statusCode !== 401 || !token || !token.length) {
            console.log(response.statusCode, text, token ? 'proved' : 'not proved');
            break;
        }
        header = packageName + ' ' + token.toString('base64');
    }
    sso.freeAuthContext();
}

main(process.argv[2], process.argv[3]).then(() => process.exit(0), (error) => {
    console.log('failed:', error.message);
    process.exit(1);
});
