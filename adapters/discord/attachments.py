"""What stands in the text files that a person attached? Fetches them from Discord's own file servers only, and bounded.

Follows no redirect and sends no token. A picture or a binary file is named as such and not read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

_log = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024
_MAX_FILES = 5
_SECONDS = 10.0
_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/x-yaml", "application/toml", "message/")
_TEXT_NAMES = (
    ".txt",
    ".log",
    ".eml",
    ".msg.txt",
    ".env",
    ".ini",
    ".cfg",
    ".conf",
    ".json",
    ".yml",
    ".yaml",
    ".toml",
    ".xml",
    ".csv",
    ".md",
)


@dataclass(frozen=True, slots=True)
class Files:
    """`texts` of the readable ones in their order; `too_large` and `not_text` count the others."""

    texts: tuple[str, ...] = ()
    too_large: int = 0
    not_text: int = 0


def is_text(attachment: Mapping[str, Any]) -> bool:
    """By what Discord says of it, or by its name."""
    kind, name = str(attachment.get("content_type") or "").lower(), str(attachment.get("filename") or "").lower()
    return kind.startswith(_TEXT_TYPES) or name.endswith(_TEXT_NAMES)


async def read(attachments: Iterable[Mapping[str, Any]], session: aiohttp.ClientSession, other_host: str | None = None) -> Files:
    """The text files among at most five attachments. `other_host`: host and port of a stand-in for Discord, allowed too."""
    texts: list[str] = []
    too_large = not_text = 0
    for attachment in list(attachments)[:_MAX_FILES]:
        if not is_text(attachment):
            not_text += 1
        elif int(attachment.get("size") or 0) > MAX_BYTES:
            too_large += 1
        elif (data := await _fetch(str(attachment.get("url") or ""), session, other_host)) is None:
            continue
        elif len(data) > MAX_BYTES:
            too_large += 1
        elif b"\0" in data:
            not_text += 1
        else:
            texts.append(data.decode("utf-8", "replace"))
    return Files(tuple(texts), too_large, not_text)


async def _fetch(url: str, session: aiohttp.ClientSession, other_host: str | None) -> bytes | None:
    """At most one byte past the bound; None where the address is not Discord's or does not answer."""
    parts = urlsplit(url)
    theirs = parts.scheme == "https" and parts.hostname in _HOSTS and parts.port in (None, 443)
    if not theirs and not (other_host and parts.netloc == other_host):
        return None
    try:
        async with asyncio.timeout(_SECONDS), session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                return None
            data = b""
            while len(data) <= MAX_BYTES and (chunk := await response.content.read(MAX_BYTES + 1 - len(data))):
                data += chunk
            return data
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        _log.info("an attached file could not be fetched: %s", type(error).__name__)
        return None
