#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
"""OpenSSL's side, by Python's ssl, for programs on libraries that use Schannel."""

import socket
import ssl
import sys

USAGE = """Usage: tls_peer.py server CERTIFICATE VERSION [CA] [ALPN,...]
       tls_peer.py client PORT VERSION CA BYTES [CERTIFICATE]
server: sends back what comes in, one connection after another, and prints "port", what it sees of
each client, and how each connection ends. CA: a client certificate below it is demanded; "-": none.
client: sends BYTES there and back, checks them, and waits for the server's close_notify.
CERTIFICATE without ".pem" and ".key"; VERSION 1.2 or 1.3.
"""
CHUNK = 50000  # fits the buffers on the way, so that both sides may write first and read then


def context_of(side, version, certificate):
    context = ssl.SSLContext(side)
    context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, "TLSv" + version.replace(".", "_"))
    if certificate:
        context.load_cert_chain(certificate + ".pem", certificate + ".key")
    return context


def name_of(secure):
    certificate = secure.getpeercert()
    return dict(part[0] for part in certificate["subject"])["commonName"] if certificate else "none"


def echo(secure):
    """Until the client's close_notify; an end without one is an exception."""
    total = 0
    while data := secure.recv(65536):
        secure.sendall(data)
        total += len(data)
    secure.unwrap()
    return total


def serve(certificate, version, ca="-", alpn=""):
    context = context_of(ssl.PROTOCOL_TLS_SERVER, version, certificate)
    context.num_tickets = 2
    if ca != "-":
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(ca)
    if alpn:
        context.set_alpn_protocols(alpn.split(","))
    listener = socket.create_server(("127.0.0.1", 0))
    print("port", listener.getsockname()[1], flush=True)
    while True:
        raw, _ = listener.accept()
        try:
            with context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as secure:
                print("client", name_of(secure), secure.version(), secure.selected_alpn_protocol(), flush=True)
                print("echoed", echo(secure), flush=True)
        except (ssl.SSLError, OSError) as error:
            print("ended", error, flush=True)


def connect(port, version, ca, total, certificate=None):
    context = context_of(ssl.PROTOCOL_TLS_CLIENT, version, certificate)
    context.load_verify_locations(ca)
    data = bytes((i * 2654435761 >> 13) & 255 for i in range(int(total)))
    with socket.create_connection(("127.0.0.1", int(port))) as raw:
        secure = context.wrap_socket(raw, server_hostname="localhost", suppress_ragged_eofs=False)
        for start in range(0, len(data), CHUNK):
            sent = data[start:start + CHUNK]
            secure.sendall(sent)
            got = bytearray()
            while len(got) < len(sent):
                more = secure.recv(65536)
                if not more:
                    raise EOFError("the server closed too early")
                got += more
            if got != sent:
                raise ValueError("other bytes came back")
        version = secure.version()
        secure.unwrap()
        print("echoed", len(data), version)


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "server":
        serve(*sys.argv[2:])
    elif len(sys.argv) > 5 and sys.argv[1] == "client":
        connect(*sys.argv[2:])
    else:
        sys.stdout.write(USAGE)
        return 0 if sys.argv[1:] == ["--help"] else 2
    return 0


sys.exit(main())
