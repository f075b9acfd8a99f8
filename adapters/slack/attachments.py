"""What stands in a file that somebody attached? Reads small text files from Slack's own host; nothing else is ever fetched.

A picture cannot be read, and the person is told so.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import yarl

from adapters.slack.inbound import File
from adapters.slack.web import Tokens
from bot.channel import Place

log = logging.getLogger(__name__)

MAX_BYTES = 262_144
MAX_FILES = 3
FILES_HOST = "files.slack.com"
TEXT_SUFFIXES = (".log", ".txt", ".eml", ".conf", ".cfg", ".ini", ".env", ".yml", ".yaml", ".json", ".toml", ".csv", ".out", ".err")


@dataclass(frozen=True, slots=True)
class Attached:
    """`text` of what could be read, joined; `unread` whether something could not."""

    text: str
    unread: bool


class Attachments:
    """`api_host`: besides Slack's file host, the host of an overriding API address may serve files."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: Tokens) -> None:
        self._session = session
        self._own = yarl.URL(base_url)
        self._token = token

    async def read(self, place: Place, files: Sequence[File]) -> Attached:
        texts = []
        for file in files[:MAX_FILES]:
            text = await self._one(place, file) if readable(file) else None
            if text is not None:
                texts.append(text)
        return Attached("\n\n".join(texts), unread=len(texts) < len(files))

    async def _one(self, place: Place, file: File) -> str | None:
        url = yarl.URL(file.url)
        if not self._trusted(url):
            log.info("slack: a file on another host was not fetched")
            return None
        headers = {"Authorization": f"Bearer {await self._token(place)}"}
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
                kind = answer.content_type
                if answer.status != 200 or (kind == "text/html" and not file.mimetype.startswith("text/html")):
                    return None  # without files:read Slack answers with its login page
                body = await answer.content.read(MAX_BYTES + 1)
                while len(body) <= MAX_BYTES and (more := await answer.content.read(MAX_BYTES + 1 - len(body))):
                    body += more
        except (TimeoutError, aiohttp.ClientError):
            return None
        if len(body) > MAX_BYTES or b"\x00" in body:
            return None
        return body.decode("utf-8", "replace")

    def _trusted(self, url: yarl.URL) -> bool:
        if url.scheme == "https" and url.host == FILES_HOST:
            return True
        return self._own.host != "slack.com" and url.origin() == self._own.origin()


def readable(file: File) -> bool:
    """A text of at most 256 KiB by what Slack says about it."""
    textual = file.mimetype.startswith("text/") or file.name.lower().endswith(TEXT_SUFFIXES)
    return textual and 0 < file.size <= MAX_BYTES
