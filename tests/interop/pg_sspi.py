#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# A server that speaks as much of PostgreSQL's protocol 3.0 as a client needs to log on by SSPI, which
# real servers offer on Windows alone: AuthenticationSSPI, tokens both ways on the system's GSSAPI, and
# one row for each query, which tells what was seen:
#
#   user=NAME mech=NTLM|Kerberos first=ntlm|spnego|kerberos legs=N
#
# Prints "port N". The environment names the accounts: KRB5_KTNAME, NTLM_USER_FILE.
import socketserver
import struct

import gssapi
import gssapi.raw as raw

MECHS = {
    "NTLM": gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10"),
    "Kerberos": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"),
    "Negotiate": gssapi.OID.from_int_seq("1.3.6.1.5.5.2"),
}
SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
AUTH_OK, AUTH_CONTINUE, AUTH_SSPI = 0, 8, 9


def kind(token):
    if token.startswith(b"NTLMSSP\0"):
        return "ntlm"
    return "spnego" if b"\x06\x06\x2b\x06\x01\x05\x05\x02" in token[:16] else "kerberos"


class Handler(socketserver.StreamRequestHandler):
    def send(self, letter, body=b""):
        self.wfile.write(letter + struct.pack("!I", len(body) + 4) + body)

    def body(self):
        (length,) = struct.unpack("!I", self.rfile.read(4))
        return self.rfile.read(length - 4)

    def startup(self):
        while True:
            body = self.body()
            (code,) = struct.unpack("!I", body[:4])
            if code not in (SSL_REQUEST, GSS_REQUEST):
                return
            self.wfile.write(b"N")

    def log_on(self):
        credential = raw.acquire_cred(None, None, list(MECHS.values()), "accept").creds
        context, legs, first = None, 0, ""
        self.send(b"R", struct.pack("!I", AUTH_SSPI))
        while True:
            if self.rfile.read(1) != b"p":
                raise ConnectionError("the client sends no token")
            token = self.body()
            first = first or kind(token)
            legs += 1
            step = raw.accept_sec_context(token, credential, context)
            context = step.context
            # The last one too: the client has to take it before AuthenticationOk.
            if step.token:
                self.send(b"R", struct.pack("!I", AUTH_CONTINUE) + step.token)
            if not step.more_steps:
                break
        facts = raw.inquire_context(context, target_name=False)
        mech = next((name for name, oid in MECHS.items() if oid in (step.mech, facts.mech) and name != "Negotiate"), "none")
        name = raw.display_name(step.initiator_name).name.decode().rstrip("\0")
        return f"user={name} mech={mech} first={first} legs={legs}"

    def answer(self, facts):
        column = b"seen\0" + struct.pack("!IHIhih", 0, 0, 25, -1, -1, 0)
        self.send(b"T", struct.pack("!H", 1) + column)
        self.send(b"D", struct.pack("!HI", 1, len(facts)) + facts.encode())
        self.send(b"C", b"SELECT 1\0")
        self.send(b"Z", b"I")

    def handle(self):
        self.startup()
        try:
            facts = self.log_on()
        except Exception as error:  # whatever the peer sent
            print(type(error).__name__, " ".join(str(error).split()), flush=True)
            self.send(b"E", b"SFATAL\0C28000\0Mrefused\0\0")
            return
        self.send(b"R", struct.pack("!I", AUTH_OK))
        self.send(b"Z", b"I")
        while (letter := self.rfile.read(1)) == b"Q":
            self.body()
            self.answer(facts)
        if letter:
            self.body()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print("port", server.server_address[1], flush=True)
server.serve_forever()
