#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# An HTTP server that lets nobody in without NTLM or Negotiate, by python3-gssapi on the system's
# GSSAPI. Authentication belongs to the connection, as with Windows' servers. The first part of the
# path says what is offered: /ntlm, /negotiate or /both; with TLS, "bound" or "misbound" behind it
# make the server want the channel bindings of its certificate (RFC 5929 4), or of another one. The
# body of an answer tells what was seen:
#
#   user=NAME mech=NTLM|Kerberos first=ntlm|spnego|kerberos legs=N request=N bound=0|1 posted=N
#
# Usage: auth_http.py [CERTIFICATE.pem KEY.pem]
# Prints "port N". The environment names the accounts: KRB5_KTNAME, NTLM_USER_FILE.
import base64
import hashlib
import http.server
import ssl
import sys

import gssapi
import gssapi.raw as raw

MECHS = {
    "NTLM": gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10"),
    "Kerberos": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"),
    "Negotiate": gssapi.OID.from_int_seq("1.3.6.1.5.5.2"),
}
OFFERS = {"ntlm": ["NTLM"], "negotiate": ["Negotiate"], "both": ["Negotiate", "NTLM"]}
ALLOWED = {"NTLM": ["NTLM"], "Negotiate": ["Negotiate", "Kerberos", "NTLM"]}
CHANNEL_BOUND = 0x800  # GSS_C_CHANNEL_BOUND_FLAG: only told where both sides gave the same


def kind(token):
    if token.startswith(b"NTLMSSP\0"):
        return "ntlm"
    return "spnego" if b"\x06\x06\x2b\x06\x01\x05\x05\x02" in token[:16] else "kerberos"


def end_point(certificate):
    """tls-server-end-point for a certificate whose signature is with SHA-256."""
    with open(certificate, encoding="ascii") as file:
        pem = file.read()
    pem = pem[: pem.index("-----END CERTIFICATE-----")] + "-----END CERTIFICATE-----\n"
    return b"tls-server-end-point:" + hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN") :])).digest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    end_point = b""

    def setup(self):
        super().setup()
        self.context = None  # while the tokens go to and fro
        self.facts = ""  # once the connection's user is known
        self.first, self.legs, self.requests = "", 0, 0

    def log_message(self, format, *arguments):
        print("connection", self.client_address[1], format % arguments, flush=True)

    def answer(self, code, headers=(), text=""):
        body = text.encode()
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def bindings(self):
        words = self.path.split("/")
        if not ({"bound", "misbound"} & set(words)):
            return None
        data = self.end_point if "bound" in words else self.end_point[:-1] + b"?"
        return raw.ChannelBindings(application_data=data)

    def accept(self, scheme, token):
        """One step: the token for the client; afterwards self.facts, when it was the last."""
        credential = raw.acquire_cred(None, None, [MECHS[name] for name in ALLOWED[scheme]], "accept").creds
        if self.context is None:
            self.first, self.legs = kind(token), 0
        self.legs += 1
        step = raw.accept_sec_context(token, credential, self.context, self.bindings())
        self.context = step.context
        if not step.more_steps:
            facts = raw.inquire_context(step.context, target_name=False)  # gss-ntlmssp has none, and ends
            mech = next((name for name, oid in MECHS.items() if oid == step.mech), "none")
            if mech == "Negotiate":
                mech = next((name for name, oid in MECHS.items() if oid == facts.mech), "none")
            name = raw.display_name(step.initiator_name).name.decode().rstrip("\0")
            bound = int(bool(int(step.flags) & CHANNEL_BOUND))
            self.facts = f"user={name} mech={mech} first={self.first} legs={self.legs} bound={bound}"
        return step.token

    def challenge(self, scheme, token):
        return ("WWW-Authenticate", scheme + (" " + base64.b64encode(token).decode() if token else ""))

    def do_GET(self):
        self.requests += 1
        posted = len(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        offers = OFFERS.get(self.path.split("/")[1])
        scheme, _, text = self.headers.get("Authorization", "").partition(" ")
        headers = []
        if not offers:
            return self.answer(404)
        if scheme in offers:
            # A new first token on a connection with a user begins again.
            try:
                if self.facts:
                    self.context, self.facts = None, ""
                token = self.accept(scheme, base64.b64decode(text))
                if token or not self.facts:
                    headers = [self.challenge(scheme, token)]
            except Exception as error:  # a wrong password, other bindings: whatever the peer sent
                self.context, self.facts = None, ""
                print("connection", self.client_address[1], type(error).__name__, " ".join(str(error).split()), flush=True)
                return self.answer(401, [self.challenge(name, None) for name in offers], "refused\n")
        if self.facts:
            return self.answer(200, headers, f"{self.facts} request={self.requests} posted={posted}\n")
        return self.answer(401, headers or [self.challenge(name, None) for name in offers])

    do_POST = do_PUT = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Handler.end_point = end_point(sys.argv[1])
print("port", server.server_address[1], flush=True)
server.serve_forever()
