"""Does a program really send with these settings? A submission server without a fault: STARTTLS on one port, implicit TLS on another.

It behaves as providers do: no AUTH before TLS, AUTH PLAIN and LOGIN under it, no mail without a login. It keeps what it was
given and delivers nothing. Its certificate is for "localhost" and comes from a certificate authority of its own (`ca_file`), which
the program under test has to trust.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from knowledge.terms import Security

HOST = "localhost"
# Longer than any line of a test message; a line past it ends the conversation.
MAX_LINE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came in: over which mode, under which login, with which envelope."""

    security: Security
    username: str
    sender: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass(slots=True)
class MailServer:
    """Where the running server is, whom it lets in, and what it got. `refused` are its own replies of 4xx and 5xx."""

    ca_file: Path
    username: str
    password: str
    ports: dict[Security, int] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    logins: int = 0  # how often a password was sent, right or wrong


@asynccontextmanager
async def accepts_mail(folder: Path, username: str, password: str) -> AsyncIterator[MailServer]:
    """A server on two free ports of 127.0.0.1 while the block runs; its CA is written into `folder`."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "127.0.0.1").configure_cert(context)
    mail_server = MailServer(folder / "ca.pem", username, password)
    authority.cert_pem.write_to_path(str(mail_server.ca_file))

    async def starttls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve(_Session(mail_server, reader, writer, Security.STARTTLS, context))

    async def implicit_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve(_Session(mail_server, reader, writer, Security.IMPLICIT_TLS, None))

    clear = await asyncio.start_server(starttls, "127.0.0.1", 0, limit=MAX_LINE_BYTES)
    wrapped = await asyncio.start_server(implicit_tls, "127.0.0.1", 0, limit=MAX_LINE_BYTES, ssl=context)
    mail_server.ports = {Security.STARTTLS: clear.sockets[0].getsockname()[1], Security.IMPLICIT_TLS: wrapped.sockets[0].getsockname()[1]}
    async with clear, wrapped:
        yield mail_server


async def _serve(session: _Session) -> None:
    try:
        await session.run()
    except (OSError, asyncio.IncompleteReadError, ValueError):
        pass  # The program hung up, or sent a line without an end: its test sees that nothing came in.
    finally:
        session.writer.close()


class _Session:
    def __init__(
        self,
        server: MailServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        security: Security,
        offers: ssl.SSLContext | None,
    ) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.security = security
        self.offers = offers  # for STARTTLS; None once TLS is on
        self.username = ""
        self.sender: str | None = None
        self.recipients: list[str] = []

    async def run(self) -> None:
        await self.reply("220 localhost ESMTP")
        while line := await self.reader.readline():
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                await self.reply("221 2.0.0 bye")
                return
            await self.command(verb.upper(), rest)

    async def command(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                await self.reply(*self.keywords())
            case "STARTTLS" if self.offers:
                await self.reply("220 2.0.0 go ahead")
                await self.writer.start_tls(self.offers)
                self.offers = None
            case "AUTH" if self.offers:
                await self.reply("530 5.7.0 Must issue a STARTTLS command first")
            case "AUTH":
                await self.auth(rest)
            case "MAIL" if not self.username:
                await self.reply("530 5.7.0 Authentication required")
            case "MAIL":
                self.sender, self.recipients = _address(rest), []
                await self.reply("250 2.1.0 ok")
            case "RCPT" if self.sender is not None:
                self.recipients.append(_address(rest))
                await self.reply("250 2.1.5 ok")
            case "DATA" if self.recipients:
                await self.data()
            case "RSET" | "NOOP":
                await self.reply("250 2.0.0 ok")
            case _:
                await self.reply("503 5.5.1 not now")

    def keywords(self) -> list[str]:
        mode = "STARTTLS" if self.offers else "AUTH PLAIN LOGIN"
        return ["250-localhost", "250-8BITMIME", "250-SIZE 10485760", f"250 {mode}"]

    async def auth(self, rest: str) -> None:
        mechanism, _, first = rest.partition(" ")
        try:
            if mechanism.upper() == "PLAIN":
                _, username, password = (_decode(first) if first else await self.ask("")).split("\0")
            elif mechanism.upper() == "LOGIN":
                username = _decode(first) if first else await self.ask("Username:")
                password = await self.ask("Password:")
            else:
                await self.reply("504 5.5.4 mechanism not known")
                return
        except (binascii.Error, ValueError):
            await self.reply("501 5.5.2 not base64")
            return
        self.server.logins += 1
        if (username, password) == (self.server.username, self.server.password):
            self.username = username
            await self.reply("235 2.7.0 welcome")
        else:
            await self.reply("535 5.7.8 Authentication credentials invalid")

    async def ask(self, prompt: str) -> str:
        await self.reply(f"334 {base64.b64encode(prompt.encode()).decode()}")
        return _decode((await self.reader.readline()).decode("ascii", "replace").strip())

    async def data(self) -> None:
        await self.reply("354 go on")
        lines: list[bytes] = []
        while (line := await self.reader.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.received.append(
            Received(self.security, self.username, self.sender or "", tuple(self.recipients), b"".join(lines)),
        )
        await self.reply("250 2.0.0 queued")

    async def reply(self, *lines: str) -> None:
        self.server.refused += [line for line in lines if line[0] in "45"]
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()


def _decode(text: str) -> str:
    return base64.b64decode(text, validate=True).decode("utf-8", "replace")


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]
