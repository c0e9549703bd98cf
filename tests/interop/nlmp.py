# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# What NTLM's messages must contain, reckoned by the formulas of MS-NLMP 3.3.2 and 3.4, for the tests
# to compare with. check() compares the formulas themselves with the example of MS-NLMP 4.2.4.
import hashlib
import hmac
import struct
import time
import zlib

# MS-NLMP 4.2.1: user "User", domain "Domain", password "Password"; 4.2.4.1.1: their NTOWFv2.
NTOWFV2 = bytes.fromhex("0c868a403bfd7a93a3001ef22ef02e3f")
SERVER_CHALLENGE = bytes.fromhex("0123456789abcdef")
NAMES = bytes.fromhex("02000c0044006f006d00610069006e0001000c005300650072007600650072000000") + b"\0\0"
# MsvAvTimestamp (2.2.2.1): then there is a MIC, and the client's clock must be near it.
TIMESTAMP = struct.pack("<HHQ", 7, 8, (int(time.time()) + 11644473600) * 10000000)
FLAG_KEY_EXCHANGE, FLAG_VERSION = 0x40000000, 0x02000000
FLAG_56, FLAG_128, FLAG_SIGN, FLAG_SEAL = 0x80000000, 0x20000000, 0x10, 0x20
MIC_OFFSET, MIC_SIZE = 72, 16


def md5(data):
    return hashlib.md5(data).digest()


def hmac_md5(key, data):
    return hmac.new(key, data, "md5").digest()


class Rc4:
    def __init__(self, key):
        self.state, self.i, self.j = list(range(256)), 0, 0
        j = 0
        for i in range(256):
            j = (j + self.state[i] + key[i % len(key)]) & 255
            self.state[i], self.state[j] = self.state[j], self.state[i]

    def run(self, data):
        result, s = bytearray(), self.state
        for byte in data:
            self.i = (self.i + 1) & 255
            self.j = (self.j + s[self.i]) & 255
            s[self.i], s[self.j] = s[self.j], s[self.i]
            result.append(byte ^ s[(s[self.i] + s[self.j]) & 255])
        return bytes(result)


class Direction:
    """Messages that go one way, with extended session security: 3.4.4.2, 3.4.5."""

    def __init__(self, key, sender, flags=FLAG_KEY_EXCHANGE | FLAG_128):
        to = {"client": "client-to-server", "server": "server-to-client"}[sender]
        strong = key if flags & FLAG_128 else key[:7] if flags & FLAG_56 else key[:5]
        self.signing, self.sealing = (
            md5(part + f"session key to {to} {what} key magic constant\0".encode())
            for part, what in ((key, "signing"), (strong, "sealing"))
        )
        self.cipher, self.sequence, self.seals = Rc4(self.sealing), 0, flags & FLAG_KEY_EXCHANGE

    def sign(self, text):
        number = struct.pack("<I", self.sequence)
        self.sequence += 1
        checksum = hmac_md5(self.signing, number + text)[:8]
        return struct.pack("<I", 1) + (self.cipher.run(checksum) if self.seals else checksum) + number

    def seal(self, text, head=b""):
        """The head is signed in clear, and not part of the result."""
        sealed = self.cipher.run(text)
        return self.sign(head + text) + sealed


class OldDirection:
    """The same without extended session security, of which a peer that waits for each answer has one for
    both directions: 3.4.4.1; no text is signed without being sealed."""

    def __init__(self, key):
        self.cipher, self.sequence = Rc4(key), 0

    def seal(self, text):
        sealed = self.cipher.run(text)
        signature = [self.cipher.run(struct.pack("<I", value)) for value in (0, zlib.crc32(text), 0)]
        number = int.from_bytes(signature[2], "little") ^ self.sequence
        self.sequence += 1
        # 2.2.2.9.1: the pad may have any value
        return struct.pack("<II", 1, 0) + signature[1] + struct.pack("<I", number) + sealed


def challenge(timestamp):
    """The CHALLENGE_MESSAGE of 4.2.4.3, without the flag that allows OEM text as well as Unicode, of which
    gss-ntlmssp wants one; timestamp: its list also has the server's time."""
    name = "Server".encode("utf-16le")
    pairs = (NAMES[:-4] + TIMESTAMP + NAMES[-4:]) if timestamp else NAMES
    head = b"NTLMSSP\0" + struct.pack("<IHHII", 2, len(name), len(name), 56, 0xE28A8231) + SERVER_CHALLENGE
    head += bytes(8) + struct.pack("<HHI", len(pairs), len(pairs), 56 + len(name)) + bytes.fromhex("060070170000000f")
    return head + name + pairs


def pairs_of(message):
    """The list of an NTLM challenge, and its time or eight zeros."""
    size, offset = struct.unpack_from("<H2xI", message, 40)
    pairs, at, time_told = message[offset : offset + size], 0, bytes(8)
    while True:
        kind, size = struct.unpack_from("<HH", pairs, at)
        if kind == 7:
            time_told = pairs[at + 4 : at + 12]
        if kind == 0:
            return pairs, time_told
        at += 4 + size


def old_negotiate(size, flags):
    """A NEGOTIATE_MESSAGE of 16 bytes without names, or 32 without a version."""
    return (b"NTLMSSP\0" + struct.pack("<II", 1, flags) + bytes(16))[:size]


def old_authenticate(challenge_message, text, flags=None, target=None, key=None):
    """An AUTHENTICATE_MESSAGE of the published account that has its contents where others have the version,
    and the key of the session; its flags are the server's, as those of Linux curl, without key exchange.
    target: whom it names; key: is sent, by the flags."""
    if flags is None:
        flags = struct.unpack_from("<I", challenge_message, 20)[0] & ~FLAG_KEY_EXCHANGE
    pairs, time_told = pairs_of(challenge_message)
    if target is not None:
        name = target.encode("utf-16le")
        pairs = struct.pack("<HH", 9, len(name)) + name + pairs
    temp = b"\1\1" + bytes(6) + time_told + b"\xaa" * 8 + bytes(4) + pairs + bytes(4)
    proof = hmac_md5(NTOWFV2, challenge_message[24:32] + temp)
    base_key = hmac_md5(NTOWFV2, proof)
    sent = Rc4(base_key).run(key) if key else b""
    head, body = b"NTLMSSP\0" + struct.pack("<I", 3), b""
    for part in (bytes(24), proof + temp, "Domain".encode(text), "User".encode(text), b"", sent):
        head += struct.pack("<HHI", len(part), len(part), 64 + len(body))
        body += part
    return head + struct.pack("<I", flags) + body, key or base_key


class Authenticate:
    """An AUTHENTICATE_MESSAGE (2.2.1.3), and what of it follows from the published key."""

    def __init__(self, message):
        self.message = message
        self.lm, self.nt, self.domain, self.user, _, self.encrypted_key = (self.part(at) for at in range(12, 60, 8))
        self.flags = struct.unpack_from("<I", message, 60)[0]
        self.proof = hmac_md5(NTOWFV2, SERVER_CHALLENGE + self.nt[16:])
        self.base_key = hmac_md5(NTOWFV2, self.nt[:16])
        self.key = Rc4(self.base_key).run(self.encrypted_key) if self.flags & FLAG_KEY_EXCHANGE else self.base_key

    def part(self, at):
        size, offset = struct.unpack_from("<H2xI", self.message, at)
        return self.message[offset : offset + size]

    def mic(self, first, second):
        end = MIC_OFFSET + MIC_SIZE
        return hmac_md5(self.key, first + second + self.message[:MIC_OFFSET] + bytes(MIC_SIZE) + self.message[end:])


def check():
    """The formulas against 4.2.4.1.3, 4.2.4.2 and 4.2.4.4."""
    temp = bytes.fromhex("01010000000000000000000000000000" + "aa" * 8 + "00000000") + NAMES + bytes(4)
    proof = hmac_md5(NTOWFV2, SERVER_CHALLENGE + temp)
    assert proof.hex() == "68cd0ab851e51c96aabc927bebef6a1c", "NTProofStr"
    base_key = hmac_md5(NTOWFV2, proof)
    assert base_key.hex() == "8de40ccadbc14a82f15cb0ad0de95ca3", "SessionBaseKey"
    lm = hmac_md5(NTOWFV2, SERVER_CHALLENGE + b"\xaa" * 8)
    assert lm.hex() == "86c35097ac9cec102554764a57cccc19", "LMv2 response"
    key = b"\x55" * 16
    assert Rc4(base_key).run(key).hex() == "c5dad2544fc9799094ce1ce90bc9d03e", "encrypted session key"
    client = Direction(key, "client")
    assert client.signing.hex() == "4788dc861b4782f35d43fd98fe1a2d39", "signing key"
    assert client.sealing.hex() == "59f600973cc4960a25480a7c196e4c58", "sealing key"
    sealed = client.seal("Plaintext".encode("utf-16le"))
    assert sealed[16:].hex() == "54e50165bf1936dc996020c1811b0f06fb5f", "sealed text"
    assert sealed[:16].hex() == "010000007fb38ec5c55d497600000000", "signature"
