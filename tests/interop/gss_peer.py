#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# The other side of auth_peer: python3-gssapi on the system's GSSAPI, in both roles, and NTLM's
# published example (nlmp.py). Started by tests/interop/gss, which has made the KDC and the accounts. Prints
# TAP.
#
# Usage: gss_peer.py REALM USER PASSWORD SERVICE DOMAIN NTLM-USER NTLM-PASSWORD PEER...
import os
import subprocess
import sys
import time

import gssapi
import gssapi.raw as raw
import nlmp

REALM, USER, PASSWORD, SERVICE, DOMAIN, NTLM_USER, NTLM_PASSWORD = sys.argv[1:8]
PEER = sys.argv[8:]
OIDS = {
    "NTLM": gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10"),
    "Kerberos": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"),
    "Negotiate": gssapi.OID.from_int_seq("1.3.6.1.5.5.2"),
}
FLAGS = 0x3E  # mutual, replay, sequence, confidentiality, integrity
number = failures = 0


def result(good, name, why=""):
    global number, failures
    number += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {number} - gss: {name}{'' if good else ': ' + str(why)}", flush=True)


class Peer:
    """auth_peer, and the lines that go to and fro."""

    def __init__(self, *arguments, bindings=None, **more):
        environment = dict(os.environ, AUTH_PEER_BINDINGS=bindings or "", **more)
        self.process = subprocess.Popen(
            PEER + list(arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    def say(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, *words):
        line = self.process.stdout.readline().decode().strip()
        word, _, rest = line.partition(" ")
        if word not in words:
            raise RuntimeError(f"wanted {' or '.join(words)}, heard '{line}'")
        return word, rest

    def done(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(30)


def messages(peer, context):
    """Sealed and signed texts in both directions, and a changed one."""
    peer.say("seal from SSPI to GSSAPI")
    sealed = bytes.fromhex(peer.hear("sealed")[1])
    opened = raw.unwrap(context, sealed)
    assert opened.message == b"from SSPI to GSSAPI" and opened.encrypted, opened
    sealed = raw.wrap(context, b"from GSSAPI to SSPI", True).message
    peer.say("open " + sealed.hex())
    assert peer.hear("opened")[1] == "00000000 from GSSAPI to SSPI"
    peer.say("sign a text of SSPI")
    raw.verify_mic(context, b"a text of SSPI", bytes.fromhex(peer.hear("signature")[1]))
    signature = raw.get_mic(context, b"a text of GSSAPI").hex()
    peer.say(f"check {signature} a text of GSSAPI")
    assert peer.hear("checked")[1] == "00000000"
    signature = raw.get_mic(context, b"another text").hex()
    peer.say(f"check {signature} another next")
    assert peer.hear("checked")[1] == "8009030f"


def sspi_client(package, end, account, by=""):
    target = SERVICE
    peer = Peer(by + "client", package, target, *account)
    mechs = [OIDS[package]]
    credential = raw.acquire_cred(None, None, mechs, "accept").creds
    context, token, more = None, None, True
    while True:
        word, text = peer.hear("token", "done")
        if word == "done":
            break
        step = raw.accept_sec_context(bytes.fromhex(text), credential, context)
        context, more = step.context, step.more_steps
        if step.token:
            peer.say("token " + step.token.hex())
    assert not more, "GSSAPI waits for more"
    assert text.split()[1] == end, text
    name = raw.display_name(raw.inquire_context(context, target_name=False).initiator_name).name
    name = name.decode().rstrip("\0")  # gss-ntlmssp counts the end of the string
    assert name == (f"{USER}@{REALM}" if end == "Kerberos" else f"{DOMAIN}\\{NTLM_USER}"), name
    messages(peer, context)
    assert peer.done() == 0


def sspi_server(package, end, by=""):
    peer = Peer(by + "server", package)
    if end == "Kerberos":
        credential = raw.acquire_cred(None, None, [OIDS[package]], "initiate").creds
    else:
        name = gssapi.Name(f"{NTLM_USER}@{DOMAIN}", gssapi.NameType.user)
        credential = raw.acquire_cred_with_password(name, NTLM_PASSWORD.encode(), None, [OIDS[package]], "initiate").creds
    service, _, host = SERVICE.partition("/")
    target = gssapi.Name(f"{service}@{host}", gssapi.NameType.hostbased_service)
    context, token, more = None, None, True
    while more:
        step = raw.init_sec_context(target, credential, context, OIDS[package], FLAGS, None, None, token)
        context, more, token = step.context, step.more_steps, None
        if step.token:
            peer.say("token " + step.token.hex())
        if more:
            token = bytes.fromhex(peer.hear("token")[1])
    word, text = peer.hear("done")
    user = f"{USER}@{REALM}" if end == "Kerberos" else f"{DOMAIN}\\{NTLM_USER}"
    assert text.split()[1:] == [end, user], text
    peer.say("target")
    assert peer.hear("target")[1] == f"00000000 {SERVICE}"
    messages(peer, context)
    assert peer.done() == 0


LAYERS_OFFERED, LAYER_CHOSEN = 7, 4  # all; the one with confidentiality (RFC 4752 3.3)


def sasl_client():
    """RFC 4752 3.1: after the mechanism's tokens an empty one, the server's offer and the choice."""
    peer = Peer("sasl-client", "Kerberos", SERVICE, *kerberos)
    credential = raw.acquire_cred(None, None, [OIDS["Kerberos"]], "accept").creds
    step = raw.accept_sec_context(bytes.fromhex(peer.hear("token")[1]), credential, None)
    peer.say("token " + step.token.hex())
    assert peer.hear("token")[1] == "", "something else than nothing"
    offer = bytes([LAYERS_OFFERED]) + (65536).to_bytes(3, "big")
    peer.say("token " + raw.wrap(step.context, offer, False).message.hex())
    choice = raw.unwrap(step.context, bytes.fromhex(peer.hear("token")[1])).message
    assert choice == bytes([LAYER_CHOSEN]) + (0xFFFF).to_bytes(3, "big"), choice
    peer.hear("done")
    messages(peer, step.context)
    peer.done()


def sasl_server(choice, status):
    """RFC 4752 3.2: status is that of the choice; None: taken."""
    peer = Peer("sasl-server", "Kerberos")
    credential = raw.acquire_cred(None, None, [OIDS["Kerberos"]], "initiate").creds
    service, _, host = SERVICE.partition("/")
    target = gssapi.Name(f"{service}@{host}", gssapi.NameType.hostbased_service)
    step = raw.init_sec_context(target, credential, None, OIDS["Kerberos"], FLAGS)
    peer.say("token " + step.token.hex())
    token = bytes.fromhex(peer.hear("token")[1])
    step = raw.init_sec_context(target, credential, step.context, OIDS["Kerberos"], FLAGS, None, None, token)
    peer.say("token ")
    offer = raw.unwrap(step.context, bytes.fromhex(peer.hear("token")[1])).message
    assert offer == bytes([LAYERS_OFFERED]) + (0xFFFF).to_bytes(3, "big"), offer
    peer.say("token " + raw.wrap(step.context, choice, False).message.hex())
    if status:
        assert peer.hear("error")[1].startswith(status)
    else:
        peer.hear("done")
        messages(peer, step.context)
    peer.done()


def channel(text):
    return raw.ChannelBindings(application_data=text.encode()) if text else None


def bound_client(package, account, ours, theirs, good):
    """Our client's bindings and those of a GSSAPI server."""
    peer = Peer("client", package, SERVICE, *account, bindings=ours)
    credential = raw.acquire_cred(None, None, [OIDS[package]], "accept").creds
    context, accepted = None, False
    try:
        while not accepted:
            token = bytes.fromhex(peer.hear("token")[1])
            step = raw.accept_sec_context(token, credential, context, channel(theirs))
            context, accepted = step.context, not step.more_steps
            if step.token:
                peer.say("token " + step.token.hex())
    except gssapi.exceptions.GSSError as error:
        assert not good, error
    assert accepted == good, "the server took other bindings"
    peer.done()


def bound_server(package, end, ours, theirs, want):
    """A GSSAPI client's bindings and those of our server; want: the server's status, or None."""
    peer = Peer("server", package, bindings=ours)
    if end == "Kerberos":
        credential = raw.acquire_cred(None, None, [OIDS[package]], "initiate").creds
    else:
        name = gssapi.Name(f"{NTLM_USER}@{DOMAIN}", gssapi.NameType.user)
        credential = raw.acquire_cred_with_password(name, NTLM_PASSWORD.encode(), None, [OIDS[package]], "initiate").creds
    service, _, host = SERVICE.partition("/")
    target = gssapi.Name(f"{service}@{host}", gssapi.NameType.hostbased_service)
    context, token, word = None, None, ""
    while word not in ("done", "error"):
        try:
            step = raw.init_sec_context(target, credential, context, OIDS[package], FLAGS, None, channel(theirs), token)
        except gssapi.exceptions.GSSError as error:  # the token told of the error, too
            assert want is not None, error
            word, text = peer.hear("error")
            break
        context = step.context
        if step.token:
            peer.say("token " + step.token.hex())
        word, text = peer.hear("token", "done", "error")
        if word == "token" and not step.more_steps:  # the last one, of which the client needs nothing
            word, text = peer.hear("done", "error")
        token = bytes.fromhex(text) if word == "token" else None
    assert (word == "done") if want is None else text.startswith(want), f"{word} {text}"
    peer.done()


READ_ONLY, CHECKSUM = 0x80000000, 0x10000000  # SECBUFFER_READONLY, SECBUFFER_READONLY_WITH_CHECKSUM


def reckoned_messages(peer, ours, theirs, seals=True):
    """What auth_peer sends, and takes, byte by byte as MS-NLMP says; empty ones as well, and such of which a
    part is in clear."""
    for text in (b"Plaintext", b"", b"the second of them", b"x" * 1000):
        peer.say("sign " + text.decode())
        assert bytes.fromhex(peer.hear("signature")[1]) == ours.sign(text), f"signed {text[:20]}"
        peer.say(f"check {theirs.sign(text).hex()} {text.decode()}")
        assert peer.hear("checked")[1] == "00000000"
        if not seals:
            peer.say("try " + text.decode())
            assert peer.hear("tried")[1] == "80090302", "SEC_E_UNSUPPORTED_FUNCTION"
            continue
        peer.say("seal " + text.decode())
        assert bytes.fromhex(peer.hear("sealed")[1]) == ours.seal(text), f"sealed {text[:20]}"
        peer.say("open " + theirs.seal(text).hex())
        assert peer.hear("opened")[1] == ("00000000 " + text.decode()).strip()
        for bits in (READ_ONLY, CHECKSUM):
            peer.say(f"cover {bits:x} head {text.decode()}")
            assert bytes.fromhex(peer.hear("sealed")[1]) == ours.seal(text, b"head"), f"{bits:x}, {text[:20]}"
            peer.say(f"uncover {bits:x} {theirs.seal(text, b'head').hex()} head")
            assert peer.hear("opened")[1] == ("00000000 " + text.decode()).strip()


def published_example(timestamp, is_bare=False):
    """The account and the challenge of MS-NLMP 4.2: all that the client sends must be what the published
    key gives, and it must take what a server with that key sends."""
    peer = Peer("client", "NTLM", SERVICE, "User", "Domain", "Password")
    first = bytes.fromhex(peer.hear("token")[1])
    challenge = nlmp.challenge(timestamp, is_bare)
    peer.say("token " + challenge.hex())
    third = nlmp.Authenticate(bytes.fromhex(peer.hear("token")[1]))
    assert third.nt[:16] == third.proof, "NTProofStr is not that of the published key"
    assert third.flags & nlmp.FLAG_VERSION and len(first) >= 40, "no version"
    assert SERVICE.encode("utf-16le") in third.nt, "no target's name"
    assert third.user.decode("utf-16le") == "User" and third.domain.decode("utf-16le") == "Domain"
    if timestamp:
        assert third.lm in (b"", bytes(24)), "LM response beside a timestamp (3.1.5.1.2)"
        assert nlmp.TIMESTAMP in third.nt, "another time"
        end = nlmp.MIC_OFFSET + nlmp.MIC_SIZE
        assert third.message[nlmp.MIC_OFFSET : end] == third.mic(first, challenge), "MIC"
    elif third.lm not in (b"", bytes(24)):  # gss-ntlmssp leaves it out
        proof = nlmp.hmac_md5(nlmp.NTOWFV2, nlmp.SERVER_CHALLENGE + third.lm[16:])
        assert third.lm[:16] == proof, "LMv2 response"
    peer.hear("done")
    peer.say("key")
    assert bytes.fromhex(peer.hear("key")[1]) == third.key, "the session key is not the one that was sent"
    client, server = nlmp.Direction(third.key, "client"), nlmp.Direction(third.key, "server")
    reckoned_messages(peer, client, server)
    peer.say("check " + server.sign(b"something else").hex() + " not signed")
    assert peer.hear("checked")[1] == "8009030f"
    peer.done()


def published_v1(flags):
    """The same with a client that may answer by NTLMv1 (gss-ntlmssp's LM_COMPAT_LEVEL), MS-NLMP 4.2.2 and, with
    extended session security, where the client adds a challenge of its own, 4.2.3."""
    peer = Peer("client", "NTLM", SERVICE, "User", "Domain", "Password", LM_COMPAT_LEVEL="0")
    peer.hear("token")
    peer.say("token " + nlmp.old_challenge(flags).hex())
    third = nlmp.Authenticate(bytes.fromhex(peer.hear("token")[1]))
    extended = flags & nlmp.FLAG_EXTENDED
    own = third.lm[:8] if extended else b""
    assert third.nt == nlmp.v1_response(own), "NTLMv1 response"
    assert third.lm[8:] == bytes(16) if extended else third.lm.hex() == "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"
    key = nlmp.v1_key(own)
    if flags & nlmp.FLAG_KEY_EXCHANGE:
        key = nlmp.Rc4(key).run(third.encrypted_key)
    peer.hear("done")
    peer.say("key")
    assert bytes.fromhex(peer.hear("key")[1]) == key, "session key"
    if extended:
        reckoned_messages(peer, nlmp.Direction(key, "client", flags), nlmp.Direction(key, "server", flags))
    else:
        peer.say("seal Plaintext")
        sealed, want = bytes.fromhex(peer.hear("sealed")[1]), nlmp.OldDirection(key).seal(b"Plaintext")
        assert sealed[:4] + sealed[8:] == want[:4] + want[8:], f"{sealed.hex()} is not {want.hex()}"
    peer.done()


def old_client(size, flags, text, target=None):
    """Its messages, too, with the keys that the flags give."""
    peer = Peer("server", "NTLM")
    peer.say("token " + nlmp.old_negotiate(size, flags).hex())
    challenge = bytes.fromhex(peer.hear("token")[1])
    flags &= int.from_bytes(challenge[20:24], "little")
    key = b"a key of 16 char" if flags & nlmp.FLAG_KEY_EXCHANGE else None
    third, key = nlmp.old_authenticate(challenge, text, flags, target, key)
    peer.say("token " + third.hex())
    word, rest = peer.hear("done", "error")
    assert word == "done" and rest.split()[1:] == ["NTLM", "Domain\\User"], f"{word} {rest}"
    peer.say("key")
    assert bytes.fromhex(peer.hear("key")[1]) == key, "another key"
    peer.say("target")
    assert peer.hear("target")[1] == ("80090303" if target is None else f"00000000 {target}".strip())
    if flags & nlmp.FLAG_SIGN:
        client, server = nlmp.Direction(key, "client", flags), nlmp.Direction(key, "server", flags)
        reckoned_messages(peer, server, client, flags & nlmp.FLAG_SEAL)
    peer.done()


def identifying_client(identify):
    """ASC_RET_IDENTIFY, and with it what its token is good for, is what the client says in its last message."""
    flags = 0x60088235
    peer = Peer("server", "NTLM")
    peer.say("token " + nlmp.old_negotiate(32, flags).hex())
    challenge = bytes.fromhex(peer.hear("token")[1])
    third, _ = nlmp.old_authenticate(challenge, "utf-16le", flags | identify, None, b"a key of 16 char")
    peer.say("token " + third.hex())
    attributes = int(peer.hear("done")[1].split()[0], 16)
    assert bool(attributes & 0x80000) == bool(identify), f"{attributes:x}"
    peer.done()


def oldest_client():
    """gss-ntlmssp's messages: what it can do, and what is refused."""
    peer = Peer("server", "NTLM")
    peer.say("token " + nlmp.old_negotiate(32, 0x60008235).hex())
    challenge = bytes.fromhex(peer.hear("token")[1])
    third, key = nlmp.old_authenticate(challenge, "utf-16le", 0x60008235, None, b"a key of 16 char")
    peer.say("token " + third.hex())
    peer.hear("done")
    ours = nlmp.OldDirection(key)
    for text in (b"one", b"the other one"):
        peer.say("seal " + text.decode())
        sealed, want = bytes.fromhex(peer.hear("sealed")[1]), ours.seal(text)
        assert sealed[:4] + sealed[8:] == want[:4] + want[8:], f"{sealed.hex()} is not {want.hex()}"
    peer.say("try ")
    assert peer.hear("tried")[1] == "80090302", "SEC_E_UNSUPPORTED_FUNCTION"
    peer.done()


def broken_promise(flags):
    """A key was agreed on, and then there is none: no server may look for it."""
    peer = Peer("server", "NTLM")
    peer.say("token " + nlmp.old_negotiate(32, 0xE2088235).hex())
    challenge = bytes.fromhex(peer.hear("token")[1])
    peer.say("token " + nlmp.old_authenticate(challenge, "utf-16le", flags)[0].hex())
    assert peer.hear("error")[1].startswith("80090308"), "SEC_E_INVALID_TOKEN"
    assert peer.done() == 1


def wrong_target():
    peer = Peer("client", "Kerberos", "HTTP/nobody.example", USER, REALM, PASSWORD)
    assert peer.hear("error")[1].startswith("80090303"), "SEC_E_TARGET_UNKNOWN"
    peer.done()


def gives_way(service, realm):
    """Negotiate where Kerberos cannot: NTLM, not an error."""
    peer = Peer("client", "Negotiate", service, USER, realm, PASSWORD)
    token = bytes.fromhex(peer.hear("token")[1])
    assert b"NTLMSSP\0\1\0\0\0" in token, token.hex()
    peer.done()


def no_ticket(package, status):
    started = time.monotonic()
    peer = Peer("client", package, SERVICE, KRB5CCNAME="FILE:/nonexistent", NTLM_USER_FILE="/nonexistent")
    word, text = peer.hear("error", "token")
    assert text.startswith(status) if status else word == "token", f"{word} {text}"
    assert time.monotonic() - started < 10, "it took long"
    peer.done()


def no_authority():
    peer = Peer("client", "Kerberos", SERVICE, USER, "NOWHERE.TEST", PASSWORD)
    assert peer.hear("error")[1].startswith("80090311"), "SEC_E_NO_AUTHENTICATING_AUTHORITY"
    peer.done()


def wrong_password():
    peer = Peer("client", "Kerberos", SERVICE, USER, REALM, "not it")
    assert peer.hear("error")[1].startswith("8009030c"), "SEC_E_LOGON_DENIED"
    peer.done()


def test(name, run, *arguments):
    try:
        run(*arguments)
        result(True, name)
    except Exception as error:  # whatever it is: it belongs to this test
        result(False, name, f"{type(error).__name__} {error}")


kerberos = (USER, REALM, PASSWORD)
ntlm = (NTLM_USER, DOMAIN, NTLM_PASSWORD)
for package, end in (("Kerberos", "Kerberos"), ("Negotiate", "Kerberos"), ("NTLM", "NTLM"), ("Negotiate", "NTLM")):
    account = kerberos if end == "Kerberos" else ntlm
    test(f"client of {package}, ends with {end}, identity", sspi_client, package, end, account)
    if end == "Kerberos":
        test(f"client of {package}, ticket cache", sspi_client, package, end, ())
    test(f"server of {package}, ends with {end}", sspi_server, package, end)
END_POINT = "tls-server-end-point:of some certificate"
for package, end in (("Kerberos", "Kerberos"), ("Negotiate", "Kerberos"), ("NTLM", "NTLM"), ("Negotiate", "NTLM")):
    account = kerberos if end == "Kerberos" else ntlm
    name = f"{package}, ends with {end}"
    test(f"client's bindings, {name}, the same", bound_client, package, account, END_POINT, END_POINT, True)
    test(f"client's bindings, {name}, others", bound_client, package, account, END_POINT, "another", False)
    test(f"client's bindings, {name}, a server without", bound_client, package, account, END_POINT, None, True)
    test(f"server's bindings, {name}, the same", bound_server, package, end, END_POINT, END_POINT, None)
    test(f"server's bindings, {name}, others", bound_server, package, end, END_POINT, "another", "80090346")
    test(f"server's bindings, {name}, a client without", bound_server, package, end, END_POINT, None, "80090346")
for package, end in (("Negotiate", "Kerberos"), ("NTLM", "NTLM"), ("Negotiate", "NTLM")):
    account = kerberos if end == "Kerberos" else ntlm
    test(f"client of SASL's {package} that ends with {end}", sspi_client, package, end, account, "sasl-")
    test(f"server of SASL's {package} that ends with {end}", sspi_server, package, end, "sasl-")
test("client of SASL's GSSAPI", sasl_client)
test("server of SASL's GSSAPI", sasl_server, b"\4\0\x10\0", None)
test("server of SASL's GSSAPI, for somebody else", sasl_server, b"\4\0\x10\0somebody", None)
test("server of SASL's GSSAPI, a layer that was not offered", sasl_server, b"\x08\0\x10\0", "80090308")
test("server of SASL's GSSAPI, two layers", sasl_server, b"\6\0\x10\0", "80090308")
test("the formulas for NTLM give the published values", nlmp.check)
test("the formulas for NTLMv1 give the published values", nlmp.check_v1)
test("the published example of NTLMv1", published_v1, 0xE2028231)
test("the published example of NTLMv1 with a client challenge", published_v1, 0x820A8231)
test("the same, 128 bits and a key", published_v1, 0xE20A8231)
test("the published example of NTLMv2", published_example, False)
test("the published example of NTLMv2, with a time and so with a MIC", published_example, True)
test("the same with a server that has no name", published_example, True, True)
test("with a server that has neither name nor time", published_example, False, True)
test("an old client of NTLM, 32 bytes, Unicode", old_client, 32, 0x00088205, "utf-16le")
test("an old client of NTLM, 32 bytes, OEM text", old_client, 32, 0x00088206, "ascii")
test("an old client of NTLM, 16 bytes", old_client, 16, 0x00088205, "utf-16le")
for name, flags in (
    ("128 bits, a key", 0x60088235),
    ("128 bits, no key", 0x20088235),
    ("56 bits, a key", 0xC0088235),
    ("56 bits, no key", 0x80088235),
    ("40 bits, a key", 0x40088235),
    ("40 bits, no key", 0x00088235),
    ("signing alone", 0x60088215),
):
    test(f"messages of a client of NTLM, {name}", old_client, 32, flags, "utf-16le", SERVICE)
test("a client of NTLM that names an empty target", old_client, 32, 0x60088235, "utf-16le", "")
test("a client of NTLM that is only to be identified", identifying_client, 0x100000)
test("a client of NTLM that may be impersonated", identifying_client, 0)
test("a client of NTLM without extended session security", oldest_client)
test("a client that agreed on a key and sends none", broken_promise, 0x62088235)
test("the same, and says so", broken_promise, 0x22088235)
test("an unknown service", wrong_target)
test("an unknown service by Negotiate", gives_way, "HTTP/nobody.example", REALM)
test("no KDC for the realm, by Negotiate", gives_way, SERVICE, "NOWHERE.TEST")
test("Kerberos without a ticket", no_ticket, "Kerberos", "8009030e")
test("no KDC for the realm", no_authority)
test("a wrong password", wrong_password)
print(f"1..{number}")
sys.exit(1 if failures else 0)
