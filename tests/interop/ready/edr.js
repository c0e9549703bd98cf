// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// Hardhat's EDR in Node.js for Windows, Rust's reqwest over native-tls: edr.js URL lets it fork a
// chain from there, and prints what it makes of the answer, which is none of Ethereum's.
'use strict';
const fs = require('fs');
const { EdrContext, Provider } = require('@nomicfoundation/edr-win32-x64-msvc');

const CANCUN = 17;
// Under Wine, Node.js 22 cannot open a pipe for console.log.
const say = (...words) => fs.writeSync(1, words.join(' ') + '\n');

const config = {
    allowBlocksWithSameTimestamp: false,
    allowUnlimitedContractSize: true,
    bailOnCallFailure: false,
    bailOnTransactionFailure: false,
    blockGasLimit: 30000000n,
    cacheDir: process.argv[3],
    chainId: 1n,
    chains: [],
    coinbase: Buffer.alloc(20),
    fork: { jsonRpcUrl: process.argv[2] },
    genesisAccounts: [],
    hardfork: CANCUN,
    minGasPrice: 0n,
    mining: { autoMine: true, memPool: { order: 'Priority' } },
    networkId: 1n,
};
const logger = {
    enable: false,
    decodeConsoleLogInputsCallback: () => [],
    getContractAndFunctionNameCallback: () => ({ contractName: '' }),
    printLineCallback: () => {},
};

Provider.withConfig(new EdrContext(), config, logger, () => {}).then(() => process.exit(0), (error) => {
    say('failed:', error.message);
    process.exit(1);
});
