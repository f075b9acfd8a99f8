"""What did this server say, and did it keep to the protocol? One connection's talk, from the greeting to QUIT; no opinions.

aiosmtplib's protocol carries the connection: it frames replies within a bound, refuses control characters in commands, and drops what
was buffered before STARTTLS. `Talk` listens in on the raw bytes, because what aiosmtplib forgives (mixed codes, bare LF, bytes
injected after STARTTLS) is what a probe must see. Never logs in, never names a sender.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Literal

import re2
from aiosmtplib import SMTPResponse, SMTPResponseException, SMTPServerDisconnected, SMTPTimeoutError
from aiosmtplib.protocol import SMTPProtocol

from bot.probes.guard import FAREWELL_SECONDS, Line, acknowledge_at_once

# What we call ourselves: a harmless literal that says nothing of this machine. RFC 5321 section 4.1.3.
EHLO_NAME = "[127.0.0.1]"
# A real EHLO reply is a few KiB; aiosmtplib hangs up past 32 KiB, and no more is ever kept here.
MAX_RAW_BYTES = 36_864
MAX_TEXT = 300
MAX_KEYWORDS = 100

Protocol = Literal["http", "ssh", "imap", "pop3", "ftp", "lmtp", "unknown"]
Fault = Literal["too_long", "mixed_codes", "bare_lf", "not_smtp", "injected", "nul"]

_ENHANCED = re2.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")


def clean(text: str, longest: int = MAX_TEXT) -> str:
    """What a peer wrote, fit to be shown: one line, no control, bidi or zero-width character, at most `longest` characters."""
    kept = "".join(_shown(c) for c in text[: 8 * longest])
    return " ".join(kept.split())[:longest]


def _shown(c: str) -> str:
    if c.isprintable():  # no control, bidi or zero-width mark, lone surrogate, private or unassigned character
        return c
    if "\udc80" <= c <= "\udcff":  # a byte that is no UTF-8
        return "\N{REPLACEMENT CHARACTER}"
    return " " if c.isspace() else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: its code and its lines without codes, as the peer wrote them (not cleaned)."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return clean(" ".join(self.lines))

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code at the front of the text, or None. Source: RFC 2034."""
        found = _ENHANCED.match(self.lines[0]) if self.lines else None
        return found.group(1) if found else None

    @property
    def keywords(self) -> tuple[str, ...]:
        """The EHLO keywords, keyword in upper case; the first line is the server's name. Source: RFC 5321 section 4.1.1.1."""
        words = []
        for line in self.lines[1 : MAX_KEYWORDS + 1]:
            word, _, rest = clean(line).partition(" ")
            words.append(f"{word.upper()} {rest}".strip())
        return tuple(word for word in words if word)


def fault_in(raw: bytes) -> Fault | None:
    """What breaks the protocol in the one reply that `raw` holds, or None. Source: RFC 5321 sections 2.3.8 and 4.2.1."""
    if b"\0" in raw:
        return "nul"
    reply, rest = _split_reply(raw)
    lines = reply.split(b"\n")[:-1]
    if len({line[:3] for line in lines}) > 1:
        return "mixed_codes"
    if any(not line.endswith(b"\r") for line in lines):
        return "bare_lf"
    return "injected" if rest else None


def _split_reply(raw: bytes) -> tuple[bytes, bytes]:
    at = 0
    while (end := raw.find(b"\n", at)) != -1:
        more = raw[at + 3 : at + 4] == b"-"
        at = end + 1
        if not more:
            break
    return raw[:at], raw[at:]


def is_whole(raw: bytes | bytearray) -> bool:
    """Whether `raw` ends with the last line of a reply. Looks at that line only, so that one who sends in drops costs no more."""
    start = raw.rfind(b"\n", 0, max(0, len(raw) - 1)) + 1
    return raw.endswith(b"\n") and raw[start + 3 : start + 4] != b"-"


def protocol_of(raw: bytes) -> Protocol | None:
    """Which other protocol speaks in these first bytes, "unknown" for text that is none of ours, None where nothing was said or it
    may be SMTP. FTP greets with 220 like SMTP and is known by its name."""
    text = raw[:512].decode("latin-1").strip().lower()
    if not text:
        return None
    for start, protocol in _OPENINGS:
        if text.startswith(start):
            return protocol
    if not (text[:3].isdigit() and text[3:4] in ("", " ", "-", "\r", "\n")):
        return "unknown"
    words = [word.strip("()[]<>,;:-") for word in text[4:].replace("\r", " ").split()]
    if words and "." in words[0]:
        del words[0]  # the host's name; "ftp.example.com ESMTP" is a mail server
    if "smtp" in words or "esmtp" in words:
        return None
    if "lmtp" in words:
        return "lmtp"
    return "ftp" if any("ftp" in word or "filezilla" in word for word in words) else None


_OPENINGS: tuple[tuple[str, Protocol], ...] = (
    ("http/", "http"),
    ("<!doctype html", "http"),
    ("<html", "http"),
    ("ssh-", "ssh"),
    ("* ok", "imap"),
    ("* preauth", "imap"),
    ("* bye", "imap"),
    ("+ok", "pop3"),
    ("-err", "pop3"),
)


class Failed(Exception):
    """What kept a step from its answer. Our own, between this module and the look; never reaches a user."""


class Silent(Failed):
    """The deadline of the step passed without a whole reply."""


class Closed(Failed):
    """The peer ended the connection; `reset` where it did so rudely. `alert` is what TLS said to it, if anything."""

    def __init__(self, cause: BaseException | None) -> None:
        super().__init__()
        self.reset = isinstance(cause, ConnectionError)
        self.alert = cause if isinstance(cause, ssl.SSLError) else None


class Broken(Failed):
    """The peer sent what is no reply."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault = fault


class HandshakeFailed(Failed):
    """STARTTLS was agreed and the handshake broke with `error`."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


class Talk(SMTPProtocol):
    """One connection. `raw` is what the peer sent since the last command, `heard_at` when its last bytes came (loop time)."""

    def __init__(self, line: Line) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self._line = line
        line.abort = self.abort
        self.raw = bytearray()
        self.heard_at = 0.0
        self.tls_object: Any = None  # ssl.SSLObject once TLS is up; outlives the connection
        self._parting = False
        self._lost = False  # what comes next can no longer be told apart from what is late

    def data_received(self, data: bytes) -> None:
        if self._parting:
            self.abort()
            return
        self.heard_at = self._loop.time()
        self.raw += data[: MAX_RAW_BYTES - len(self.raw)]
        self._acknowledge()
        super().data_received(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.tls_object = transport.get_extra_info("ssl_object")
        self._loop.call_soon(self._acknowledge)  # the last bytes of a handshake go out after this call

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._line.ended()

    def write(self, data: bytes) -> None:
        super().write(data)
        self._acknowledge()  # what we send makes the system hold back its acknowledgements again

    def _acknowledge(self) -> None:
        if self.transport is not None:
            acknowledge_at_once(self.transport.get_extra_info("socket"))

    async def greeting(self, seconds: float) -> Reply:
        """The first reply. Raises Failed."""
        return await self._reply(self.read_response(timeout=seconds))

    async def ask(self, command: str, seconds: float) -> Reply:
        """Send one command (literal of ours) and wait for its reply. Raises Failed."""
        self.raw.clear()
        return await self._reply(self.execute_command(command.encode("ascii"), timeout=seconds))

    async def secure(self, context: ssl.SSLContext, name: str, seconds: float) -> Reply:
        """Send STARTTLS and, at 220, shake hands. Gives the reply; TLS is up if its code is 220. Raises Failed."""
        self.raw.clear()
        try:
            reply = await self._reply(self.start_tls(context, server_hostname=name, timeout=seconds))
            self.tls_object = self.transport.get_extra_info("ssl_object") if self.transport is not None else None
            return reply
        except Failed as failed:
            agreed = _split_reply(bytes(self.raw))[0][:4] in (b"220 ", b"220\r", b"220\n")
            if agreed and isinstance(failed, Closed | Silent):
                self._end_half_open()
                raise HandshakeFailed(failed.__cause__ or failed) from failed
            raise
        except OSError as error:  # ssl.SSLError among them
            self._end_half_open()
            raise HandshakeFailed(error) from error
        finally:
            self._acknowledge()

    def _end_half_open(self) -> None:
        """asyncio forgets the talk where a handshake breaks: nobody would tell the line that it has ended."""
        self.abort()
        self.transport = None
        self._line.ended()

    async def _reply(self, waiting: Awaitable[SMTPResponse]) -> Reply:
        try:
            response = await waiting
        except asyncio.CancelledError:
            self._lost = True
            raise
        except SMTPTimeoutError as error:
            self._lost = True
            raise Silent from error
        except SMTPServerDisconnected as error:
            raise Closed(error.__cause__) from error
        except SMTPResponseException as error:
            if error.code < 100:
                self._lost = True
                raise Broken("too_long" if "too long" in error.message else "not_smtp") from error
            return Reply(error.code, tuple(error.message.split("\n")))
        return Reply(response.code, tuple(response.message.split("\n")))

    def fault(self) -> Fault | None:
        """What broke the protocol in the last reply."""
        return fault_in(bytes(self.raw))

    def part(self) -> None:
        """Say QUIT and leave; the peer has FAREWELL_SECONDS to answer. Does not wait. Who keeps no protocol gets no goodbye."""
        if self.transport is None or self._parting:
            return
        if self._lost:
            self.abort()
            return
        self._parting = True
        self._loop.call_later(FAREWELL_SECONDS, self.abort)
        if self.is_connected:
            self.write(b"QUIT\r\n")

    def give_up(self) -> None:
        """Expect no answer any more: `part` will not say goodbye."""
        self._lost = True

    def abort(self) -> None:
        """End the connection at once."""
        transport = self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


async def open_talk(line: Line) -> Talk:
    """A talk in clear. The greeting is still to be read."""
    _, talk = await asyncio.get_running_loop().create_connection(lambda: Talk(line), sock=line.sock)
    return talk


async def open_tls_talk(line: Line, context: ssl.SSLContext, name: str, seconds: float) -> Talk:
    """A talk under TLS from the first byte. Raises ssl.SSLError or OSError where the handshake breaks; the line has ended then."""
    loop = asyncio.get_running_loop()
    await line.hold_tls()
    try:
        _, talk = await loop.create_connection(
            lambda: Talk(line), sock=line.sock, ssl=context, server_hostname=name, ssl_handshake_timeout=seconds
        )
    except BaseException:
        line.ended()
        raise
    return talk


async def answer_to(line: Line, opening: bytes, seconds: float, most: int = 512) -> bytes:
    """The first bytes that come back for `opening`, at most `most`; b"" for silence or a hang-up. Ends the line.

    Our own small reader: where TLS meets another protocol, ssl swallows what that protocol said, and it is what names it.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            await loop.sock_sendall(line.sock, opening)
            return await loop.sock_recv(line.sock, most)
    except OSError:
        return b""
    finally:
        line.close()
