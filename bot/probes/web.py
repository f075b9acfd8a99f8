"""What stands at this https address? One request through the guard, bounded; no cookie, no address of a person, no script, http never."""

from __future__ import annotations

import asyncio
import os
import ssl
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import certifi

from bot.errors import TargetRefused
from bot.probes.guard import HTTPS, Errand, Network

MAX_BODY_BYTES = 65_536
MAX_HEAD_BYTES = 16_384
MAX_REDIRECTS = 2
_ASKED = (
    "{verb} {path} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: postmaster\r\nAccept: */*\r\nConnection: close\r\n{more}\r\n"  # 1.0: no chunks
)


@lru_cache(maxsize=4)
def verifying_context(ca_file: str | None) -> ssl.SSLContext:
    """TLS that believes the same authorities as the probes do (`tls.Trust`) and takes no certificate that fails. Shared."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not _has_folder():
        context.load_verify_locations(certifi.where())
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _has_folder() -> bool:
    folder = ssl.get_default_verify_paths().capath
    return bool(folder and os.path.isdir(folder) and os.listdir(folder))


async def get(url: str, network: Network, seconds: float, *, redirects: int = MAX_REDIRECTS, post: bytes | None = None) -> bytes | None:
    """The body at an https `url`, following `redirects` at most, to https; None for anything but a 200 with a body within bounds.

    `post`: XML to send there (and again where it redirects to); else it is a GET.
    Each host on the way is judged by the guard like any other. Raises nothing for what a network or server does.
    """
    try:
        async with asyncio.timeout(seconds):
            for _ in range(redirects + 1):
                status, location, body = await _ask_once(url, network, seconds, post)
                if status == 200:
                    return body
                if status not in (301, 302, 303, 307, 308) or not location:
                    return None
                url = urljoin(url, location)
    except (OSError, EOFError, ValueError, TargetRefused, asyncio.LimitOverrunError):  # TimeoutError is an OSError
        return None
    return None


async def _ask_once(url: str, network: Network, seconds: float, post: bytes | None) -> tuple[int, str, bytes]:
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.username is not None or not parts.hostname:
        raise ValueError("only https, without a login")
    host = network.read_host(parts.hostname)
    port = parts.port or HTTPS
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not (path.isascii() and path.isprintable() and " " not in path):
        raise ValueError("a path that cannot be sent")
    resolved = await network.resolve(host, seconds)
    if not resolved.addresses:
        raise OSError("no address")
    errand = _errand(network, host, port)
    context = verifying_context(network.policy.ca_file)
    reader, writer, line = await network.streams(resolved.addresses[0], port, errand, seconds, context, host)
    try:
        writer.write(_ASKED.format(verb="GET" if post is None else "POST", path=path, host=host, more=_more(post)).encode("ascii"))
        writer.write(post or b"")
        head = await reader.readuntil(b"\r\n\r\n")
        if len(head) > MAX_HEAD_BYTES:
            raise ValueError("too long a head")
        status, location = _read_head(head)
        body = await _read_body(reader) if status == 200 else b""
        return status, location, body
    finally:
        writer.transport.abort()
        line.ended()


def _more(post: bytes | None) -> str:
    return "" if post is None else f"Content-Type: text/xml\r\nContent-Length: {len(post)}\r\n"


def _errand(network: Network, host: str, port: int) -> Errand:
    """443, or the very port of the mirror that the operator has configured."""
    mirror = urlsplit(network.policy.ispdb or "")
    if mirror.hostname == host and mirror.port == port:
        return Errand(frozenset((port,)), connections=1)
    return network.errand(host, https=True, connections=1)


def _read_head(head: bytes) -> tuple[int, str]:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if not lines[0].startswith("HTTP/1.") or len(words) < 2 or not (words[1].isdigit() and len(words[1]) == 3):
        raise ValueError("no HTTP")
    location = next((line.split(":", 1)[1].strip() for line in lines[1:] if line.lower().startswith("location:")), "")
    return int(words[1]), location[:2000]


async def _read_body(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while chunk := await reader.read(8192):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise ValueError("too long a body")
    return bytes(body)
