# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# What NTLM's messages must contain, reckoned by the formulas of MS-NLMP 3.3.2 and 3.4, for the tests
# to compare with. check() compares the formulas themselves with the examples of MS-NLMP 4.2.2, 4.2.3 and
# 4.2.4. DES, of the old responses, is OpenSSL's.
import hashlib
import hmac
import struct
import subprocess
import time
import zlib

# MS-NLMP 4.2.1: user "User", domain "Domain", password "Password"; 4.2.4.1.1: their NTOWFv2.
NTOWFV2 = bytes.fromhex("0c868a403bfd7a93a3001ef22ef02e3f")
# 4.2.2.1.2 and 4.2.2.1.3: NTOWFv1, and the session key of NTLMv1.
NTOWFV1 = bytes.fromhex("a4f49c406510bdcab6824ee7c30fd852")
V1_BASE_KEY = bytes.fromhex("d87262b0cde4b1cb7499becccdf10784")
SERVER_CHALLENGE = bytes.fromhex("0123456789abcdef")
NAMES = bytes.fromhex("02000c0044006f006d00610069006e0001000c005300650072007600650072000000") + b"\0\0"
# MsvAvTimestamp (2.2.2.1): then there is a MIC, and the client's clock must be near it.
TIMESTAMP = struct.pack("<HHQ", 7, 8, (int(time.time()) + 11644473600) * 10000000)
FLAG_KEY_EXCHANGE, FLAG_VERSION = 0x40000000, 0x02000000
FLAG_EXTENDED, FLAG_TARGET_INFO = 0x80000, 0x800000
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


def challenge(timestamp, is_bare=False):
    """The CHALLENGE_MESSAGE of 4.2.4.3, without the flag that allows OEM text as well as Unicode, of which
    gss-ntlmssp wants one; timestamp: its list also has the server's time; is_bare: as .NET's test server
    makes it, with an empty name, and a target's name in the list that is the client's to put there."""
    name = b"" if is_bare else "Server".encode("utf-16le")
    pairs = (NAMES[:-4] + TIMESTAMP + NAMES[-4:]) if timestamp else NAMES
    if is_bare:
        dummy = "DummyTargetName".encode("utf-16le")
        pairs = pairs[:-4] + struct.pack("<HH", 9, len(dummy)) + dummy + pairs[-4:]
    head = b"NTLMSSP\0" + struct.pack("<IHHII", 2, len(name), len(name), 56, 0xE28A8231) + SERVER_CHALLENGE
    head += bytes(8) + struct.pack("<HHI", len(pairs), len(pairs), 56 + len(name)) + bytes.fromhex("060070170000000f")
    return head + name + pairs


def old_challenge(flags):
    """The CHALLENGE_MESSAGEs of 4.2.2.3 and 4.2.3.3, likewise; without a list nobody can answer by NTLMv2."""
    name = "Server".encode("utf-16le")
    head = b"NTLMSSP\0" + struct.pack("<IHHII", 2, len(name), len(name), 56, flags) + SERVER_CHALLENGE
    return head + bytes(8) + struct.pack("<HHI", 0, 0, 56 + len(name)) + bytes.fromhex("060070170000000f") + name


def des(key, block):
    """With a key of seven bytes, as DES() of 6."""
    bits = int.from_bytes(key, "big")
    spread = bytes(((bits >> (49 - 7 * i)) & 127) << 1 for i in range(8))
    command = ["openssl", "enc", "-des-ecb", "-nopad", "-provider", "legacy", "-provider", "default", "-K"]
    return subprocess.run(command + [spread.hex()], input=block, stdout=subprocess.PIPE, check=True).stdout


def desl(key, block):
    """DESL() of 6."""
    key += bytes(5)
    return b"".join(des(key[at : at + 7], block) for at in (0, 7, 14))


def v1_response(client_challenge):
    """3.3.1: of a client that has extended session security, or (empty) has not."""
    if not client_challenge:
        return desl(NTOWFV1, SERVER_CHALLENGE)
    return desl(NTOWFV1, md5(SERVER_CHALLENGE + client_challenge)[:8])


def v1_key(client_challenge):
    """KXKEY of 3.4.5.1, where no LM key was agreed on."""
    return hmac_md5(V1_BASE_KEY, SERVER_CHALLENGE + client_challenge) if client_challenge else V1_BASE_KEY


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


def check_v1():
    """The formulas against 4.2.2.2, 4.2.2.4, 4.2.3.2 and 4.2.3.4."""
    text, client_challenge = "Plaintext".encode("utf-16le"), b"\xaa" * 8
    assert v1_response(b"").hex() == "67c43011f30298a2ad35ece64f16331c44bdbed927841f94", "NTLMv1 response"
    assert Rc4(V1_BASE_KEY).run(b"\x55" * 16).hex() == "518822b1b3f350c8958682ecbb3e3cb7", "encrypted key, v1"
    sealed = OldDirection(b"\x55" * 16).seal(text).hex()
    assert sealed == "010000000000000009dcd1df2e459d3656fe04d861f9319af0d7238a2e3b4d457fb8", "a message, v1"
    response = v1_response(client_challenge).hex()
    assert response == "7537f803ae367128ca458204bde7caf81e97ed2683267232", "NTLMv1 response, extended"
    key = v1_key(client_challenge)
    assert key.hex() == "eb93429a8bd952f8b89c55b87f475edc", "key exchange key"
    sealed = Direction(key, "client", FLAG_EXTENDED | FLAG_56).seal(text).hex()
    assert sealed == "01000000ff2aeb52f681793a00000000a02372f6530273f3aa1eb90190ce5200c99d", "a message, extended"


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
