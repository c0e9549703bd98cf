#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# An HTTPS server for git: the repositories of a folder, by git http-backend below /smart/, as mere
# files below /dumb/. Below /negotiate/ it is http-backend again, for whoever logs on by Negotiate
# (python3-gssapi; one leg, as with Kerberos), and below /basic/ for "tester" with "Secret-3".
#
# Usage: git_https.py FOLDER CERTIFICATE.pem KEY.pem 1.2|1.3 [CA.pem]
# With CA.pem it demands a certificate of the client. Prints "port N" and a line for each request:
#
#   METHOD PATH STATUS TLSv1.N client=CN user=NAME
import base64
import http.server
import os
import ssl
import subprocess
import sys
import zlib

import gssapi.raw as raw

FOLDER, CERTIFICATE, KEY, VERSION = sys.argv[1:5]
PASSWORD = "tester:Secret-3"
SCHEMES = {"negotiate": "Negotiate", "basic": "Basic"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    user = ""

    def log_message(self, format, *arguments):
        pass

    def log_request(self, code="-", size="-"):
        subject = dict(pair[0] for pair in (self.connection.getpeercert() or {}).get("subject", ()))
        client = subject.get("commonName", "none")
        print(self.command, self.path, code, self.connection.version(), f"client={client} user={self.user}", flush=True)

    def answer(self, code, headers=(), body=b""):
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        else:
            data = b""
            while length := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
        return zlib.decompress(data, 31) if self.headers.get("Content-Encoding") == "gzip" else data

    def log_on(self, scheme):
        """The header for the answer; sets self.user."""
        given, _, text = self.headers.get("Authorization", "").partition(" ")
        if given != scheme:
            return scheme
        token = base64.b64decode(text)
        if scheme == "Basic":
            self.user = "tester" if token.decode() == PASSWORD else ""
            return scheme
        step = raw.accept_sec_context(token)
        self.user = raw.display_name(step.initiator_name).name.decode()
        return f"{scheme} {base64.b64encode(step.token or b'').decode()}"

    def backend(self, path, query, posted):
        # Without the variables that are for git under Wine.
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment = dict(own, GIT_PROJECT_ROOT=FOLDER, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                           QUERY_STRING=query, REQUEST_METHOD=self.command, CONTENT_LENGTH=str(len(posted)),
                           CONTENT_TYPE=self.headers.get("Content-Type", ""),
                           GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        if self.user:
            environment["REMOTE_USER"] = self.user
        done = subprocess.run(["git", "http-backend"], env=environment, input=posted, stdout=subprocess.PIPE, check=False)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if ": " in line]
        code = next((int(value[:3]) for name, value in headers if name == "Status"), 200)
        self.answer(code, [one for one in headers if one[0] not in ("Status", "Content-Length")], body)

    def file(self, path):
        name = os.path.normpath(FOLDER + path)
        if not name.startswith(FOLDER + "/") or not os.path.isfile(name):
            return self.answer(404)
        with open(name, "rb") as file:
            return self.answer(200, (), file.read())

    def do_GET(self):
        self.user = ""
        posted = self.body()
        where, _, query = self.path.partition("?")
        kind, _, path = where[1:].partition("/")
        if kind == "dumb":
            return self.file("/" + path)
        if kind in SCHEMES:
            try:
                header = self.log_on(SCHEMES[kind])
            except Exception as error:  # whatever the peer sent
                print(type(error).__name__, " ".join(str(error).split()), flush=True)
                header = SCHEMES[kind]
            if not self.user:
                return self.answer(401, [("WWW-Authenticate", header)])
        return self.backend("/" + path, query, posted)

    do_POST = do_GET


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, client_address):
        request.do_handshake()
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        print("connection:", *str(sys.exc_info()[1]).split(), flush=True)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = context.maximum_version = ssl.TLSVersion["TLSv" + VERSION.replace(".", "_")]
context.load_cert_chain(CERTIFICATE, KEY)
if len(sys.argv) > 5:
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(sys.argv[5])
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN if hasattr(ssl, "VERIFY_X509_PARTIAL_CHAIN") else 0x80000
server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("port", server.server_address[1], flush=True)
server.serve_forever()
