"""What does a server's first flight of a TLS handshake say? Its version, whether it wants a certificate, whether it goes through with it.

Up to TLS 1.2 these messages travel in clear (RFC 5246 section 7.3), so they are read and the connection is dropped: no handshake is
finished, no key is made. `parse_flight` is pure; `fly` sends one hello, after STARTTLS where the port greets in clear.
"""

from __future__ import annotations

import asyncio
import ssl
import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bot.probes import smtp
from bot.probes.guard import Line

MAX_FLIGHT_BYTES = 65_536  # a long chain of certificates is some 10 KiB
_HANDSHAKE, _ALERT = 22, 21
_SERVER_HELLO, _CERTIFICATE_REQUEST, _SERVER_HELLO_DONE = 2, 13, 14
_VERSIONS = {0x0300: "SSLv3", 0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2"}

Version = Literal["TLSv1", "TLSv1.1", "TLSv1.2"]
_ENUM: dict[Version, ssl.TLSVersion] = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
}


@dataclass(frozen=True, slots=True)
class Flight:
    """`version` is the one that the server chose, None where it chose none; `complete`: it went to the end of its part."""

    version: str | None = None
    wants_certificate: bool = False
    complete: bool = False
    refused: bool = False


def parse_flight(raw: bytes) -> Flight:
    """What the records in `raw` say so far; what is no TLS record ends the reading. Source: RFC 5246 sections 6.2.1 and 7.4."""
    messages = bytearray()
    at = 0
    refused = False
    while at + 5 <= len(raw):
        kind, length = raw[at], int.from_bytes(raw[at + 3 : at + 5], "big")
        body = raw[at + 5 : at + 5 + length]
        at += 5 + length
        if kind == _HANDSHAKE:
            messages += body
        else:
            refused = kind == _ALERT
            break
    version: str | None = None
    kinds: set[int] = set()
    place = 0
    while place + 4 <= len(messages):
        length = int.from_bytes(messages[place + 1 : place + 4], "big")
        if place + 4 + length > len(messages):
            break
        kinds.add(messages[place])
        if messages[place] == _SERVER_HELLO and length >= 2:
            version = _VERSIONS.get(int.from_bytes(messages[place + 4 : place + 6], "big"))
        place += 4 + length
    return Flight(version, _CERTIFICATE_REQUEST in kinds, _SERVER_HELLO_DONE in kinds, refused)


@cache
def context_of(version: Version) -> ssl.SSLContext:
    """A client that speaks this version and no other, with the ciphers of its time. Shared."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # to ask for the old versions is the purpose
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = _ENUM[version]
        context.minimum_version = _ENUM[version]
    return context


def hello(name: str, version: Version) -> bytes:
    """The bytes that open a connection of that version to `name`."""
    outgoing = ssl.MemoryBIO()
    half_open = context_of(version).wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with suppress(ssl.SSLWantReadError):
        half_open.do_handshake()
    return outgoing.read()


async def fly(line: Line, name: str, version: Version, seconds: float, *, starttls: bool) -> Flight:
    """The server's first flight on the open `line`; an empty one where it says nothing of the kind in time. Ends the line."""
    raw = b""
    try:
        async with asyncio.timeout(seconds):
            if starttls and not await _starttls(line):
                return Flight()
            await _send(line, hello(name, version))
            while len(raw) < MAX_FLIGHT_BYTES and (more := await _hear(line)):
                raw += more
                flight = parse_flight(raw)
                if flight.complete or flight.refused or raw[0] not in (_HANDSHAKE, _ALERT):
                    return flight
    except (OSError, ssl.SSLError):
        pass
    finally:
        line.close()
    return parse_flight(raw)


async def _starttls(line: Line) -> bool:
    """From the greeting to the answer that TLS may begin."""
    for command in ("", f"EHLO {smtp.EHLO_NAME}\r\n", "STARTTLS\r\n"):
        if command:
            await _send(line, command.encode("ascii"))
        reply = bytearray()
        while not smtp.is_whole(reply):
            more = await _hear(line)
            if not more or len(reply) > smtp.MAX_RAW_BYTES:
                return False
            reply += more
        if not reply.startswith(b"2") or (command.startswith("EHLO") and b"STARTTLS" not in reply.upper()):
            return False
    return True


async def _send(line: Line, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(line.sock, data)
    line.acknowledge()


async def _hear(line: Line) -> bytes:
    data = await asyncio.get_running_loop().sock_recv(line.sock, 16_384)
    line.acknowledge()
    return data
