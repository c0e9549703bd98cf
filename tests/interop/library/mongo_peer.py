#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
"""As much of a MongoDB server, behind TLS, as a client needs to greet, ping and find.

The messages: MongoDB's documentation, "MongoDB Wire Protocol"; the documents: bsonspec.org."""

import socket
import ssl
import struct
import sys
import threading

USAGE = """Usage: mongo_peer.py CERTIFICATE VERSION [CA optional|required]
Serves until it is killed; prints "port", and for each connection the client's certificate and the commands.
CERTIFICATE without ".pem" and ".key"; VERSION 1.2 or 1.3; CA: a client certificate below it is asked for.
"""
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
HELLO = {
    "ok": 1.0, "ismaster": True, "isWritablePrimary": True, "helloOk": True, "readOnly": False,
    "maxBsonObjectSize": 16777216, "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000,
    "minWireVersion": 0, "maxWireVersion": 17,
}
FOUND = {"ok": 1.0, "cursor": {"id": "0L", "ns": "test.test", "firstBatch": [{"text": "x" * 10000} for _ in range(200)]}}


def element(name, value):
    name = name.encode() + b"\0"
    if isinstance(value, bool):
        return b"\x08" + name + (b"\1" if value else b"\0")
    if isinstance(value, float):
        return b"\x01" + name + struct.pack("<d", value)
    if isinstance(value, int):
        return b"\x10" + name + struct.pack("<i", value)
    if value == "0L":  # a cursor is 64 bits wide
        return b"\x12" + name + bytes(8)
    if isinstance(value, str):
        return b"\x02" + name + struct.pack("<i", len(value) + 1) + value.encode() + b"\0"
    if isinstance(value, list):
        return b"\x04" + name + document({str(i): one for i, one in enumerate(value)})
    return b"\x03" + name + document(value)


def document(value):
    body = b"".join(element(*pair) for pair in value.items()) + b"\0"
    return struct.pack("<i", len(body) + 4) + body


def first_name(bson):
    """The command is the name of a document's first element."""
    return bson[5:bson.index(b"\0", 5)].decode()


def answer(command):
    return {"find": FOUND, "ping": {"ok": 1.0}}.get(command, HELLO)


def exactly(stream, length):
    data = b""
    while len(data) < length:
        more = stream.recv(length - len(data))
        if not more:
            raise EOFError(len(data))
        data += more
    return data


def converse(secure):
    while True:
        try:
            head = exactly(secure, 16)
        except EOFError as end:
            return "closed" if end.args == (0,) else "cut"
        length, request, _, code = struct.unpack("<iiii", head)
        body = exactly(secure, length - 16)
        if code == OP_QUERY:
            command = first_name(body[body.index(b"\0", 4) + 9:])
            reply = struct.pack("<iqii", 8, 0, 0, 1) + document(answer(command))
        else:
            command = first_name(body[5:])
            reply = struct.pack("<IB", 0, 0) + document(answer(command))
        print("command", command, flush=True)
        kind = OP_REPLY if code == OP_QUERY else OP_MSG
        secure.sendall(struct.pack("<iiii", len(reply) + 16, 1, request, kind) + reply)


def serve(context, raw):
    try:
        with context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=True) as secure:
            subject = (secure.getpeercert() or {}).get("subject", ((("commonName", "none"),),))
            print("client", dict(part[0] for part in subject)["commonName"], secure.version(), flush=True)
            print(converse(secure), flush=True)
    except (ssl.SSLError, OSError) as error:
        print("ended", error, flush=True)


def main():
    if len(sys.argv) not in (3, 5):
        sys.stdout.write(USAGE)
        return 0 if sys.argv[1:] == ["--help"] else 2
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, "TLSv" + sys.argv[2].replace(".", "_"))
    context.load_cert_chain(sys.argv[1] + ".pem", sys.argv[1] + ".key")
    if len(sys.argv) == 5:
        context.verify_mode = {"optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}[sys.argv[4]]
        context.load_verify_locations(sys.argv[3])
    listener = socket.create_server(("127.0.0.1", 0))
    print("port", listener.getsockname()[1], flush=True)
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(context, raw), daemon=True).start()


sys.exit(main())
