#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# OpenSSL's client for the programs that are servers: client.py CA PORT VERSION URL [BODY [FILE]]
# prints the protocols and the answer, or the reason. FILE.pem and FILE.key are its certificate.
import http.client
import ssl
import sys

ca, port, version, url, body, name = (sys.argv[1:] + ["", ""])[:6]
context = ssl.create_default_context(cafile=ca)
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, "TLSv" + version.replace(".", "_"))
context.set_alpn_protocols(["http/1.1"])
if name:
    context.load_cert_chain(name + ".pem", name + ".key")
connection = http.client.HTTPSConnection("localhost", int(port), timeout=20, context=context)
headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
try:
    connection.request("POST" if body else "GET", url, body or None, headers)
    answer = connection.getresponse()
    print(connection.sock.version() if connection.sock else version, answer.status, answer.read().decode().strip())
except OSError as error:
    print("refused:", getattr(error, "reason", None) or error)
    sys.exit(1)
