"""What did server and client say to each other in a pasted SMTP session? Who connected where, the tool's own reader says.

swaks, curl, telnet, nc, openssl, smtplib's and PHPMailer's and Nodemailer's debug output, MailKit's protocol log, msmtp, JavaMail.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Literal, cast

from bot.observations import (
    EhloAnswered,
    GreetedInClear,
    GreetedUnderTls,
    Observation,
    Replied,
    SpokeOtherProtocol,
    Stage,
)
from bot.reading.pastes.where import Where

Side = Literal["server", "client", "note"]

# The mark of each tool in front of what a side said. The order matters: longer marks first.
_MARKS: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("server", re.compile(r"^-> \"")),  # Ruby's, the other way round than swaks'
    ("client", re.compile(r"^<- \"")),
    (
        "server",
        re.compile(
            r"^(?:.{0,60}?\bSERVER -> CLIENT:|reply: b?['\"]|.{0,60}?(?<!\w)S: |<--? ?|<[~*]\*? |<\*\* "
            r"|<~\*? ?|<- {1,2}|< )\s*"
        ),
    ),
    ("client", re.compile(r"^(?:.{0,60}?\bCLIENT -> SERVER:|send: b?['\"]|.{0,60}?(?<!\w)C: |--> ?| ?-> | ?~> |> )\s*")),
    ("note", re.compile(r"^(?:\*|===|DEBUG|reply: retcode|using account|[{}] \[)")),
)
_REPLY = re.compile(r"^([2-5][0-5]\d)([ \-])(.*)$")
_COMMAND = re.compile(r"^(EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL FROM|RCPT TO|DATA|QUIT|NOOP|RSET|VRFY|HELP)\b(?![ \t]*=)", re.IGNORECASE)
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")
_STAGES: dict[str, Stage] = {
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "STARTTLS": "starttls",
    "AUTH": "auth",
    "MAIL FROM": "mail",
    "RCPT TO": "rcpt",
    "DATA": "data",
}
# Replies to a login, or for want of one; no server greets with them. Source: RFC 4954 section 6.
OF_LOGINS = frozenset({432, 454, 530, 534, 535, 538})
_UPGRADED = re.compile(
    r"(?i)TLS started|SSL connection using|upgraded with STARTTLS|handshake (?:complete|finished)"
    r"|SSL-Session|secured using|starting TLS|TLS certificate information|tls session parameters"
)
_OTHERS = (
    ("http", re.compile(r"^HTTP/\d")),
    ("ssh", re.compile(r"^SSH-\d")),
    ("imap", re.compile(r"^\* OK\b.*IMAP", re.IGNORECASE)),
    ("pop3", re.compile(r"^\+OK\b")),
    ("ftp", re.compile(r"^220.*\bFTP\b")),
)


@functools.lru_cache(maxsize=1)  # several readers ask for the same text
def lines(text: str) -> tuple[tuple[Side, str], ...]:
    """Each line with who said it; without a mark a reply is the server's and a command the client's, all else is a note."""
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[tuple[Side, str]]:
    for line in text.split("\n"):
        raw = line.rstrip()
        for side, mark in _MARKS:
            if match := mark.match(raw):
                said = raw[match.end() :]
                if raw.startswith(("reply: ", "send: ", '-> "', '<- "')):
                    said = said.removesuffix("'").removesuffix('"').removesuffix("\\r\\n")
                yield side, said.strip()
                break
        else:
            bare = raw.strip()
            yield (
                (
                    "server"
                    if _REPLY.match(bare) or bare.startswith(("HTTP/", "SSH-", "+OK", "* OK"))
                    else "client"
                    if _COMMAND.match(bare)
                    else "note"
                ),
                bare,
            )


def observe(text: str, where: Where, *, under_tls: bool) -> list[Observation]:
    """The facts of the session; `under_tls`: TLS from the first byte. Empty where the port is not known or nothing was said."""
    if where.port is None:
        return []
    seen: list[Observation] = []
    stage: Stage = "greeting"
    tls = under_tls
    awaiting_upgrade = False
    keywords: list[str] = []
    at = where.fields()
    for side, said in lines(text):
        if side == "note":
            if _UPGRADED.search(said) and awaiting_upgrade:
                tls, awaiting_upgrade = True, False
            continue
        if side == "client":
            if said.startswith("Logging suppressed"):  # Thunderbird hides its login
                stage = "auth"
            command = _COMMAND.match(said)
            if command:
                stage = _STAGES.get(command.group(1).upper(), stage)
                if stage == "ehlo":
                    keywords = []
                    tls, awaiting_upgrade = tls or awaiting_upgrade, False
                    stage = "ehlo_tls" if tls and not under_tls else "ehlo"
            continue
        for protocol, shape in _OTHERS:
            if shape.search(said):
                seen.append(
                    SpokeOtherProtocol(protocol=cast(Literal["http", "ssh", "imap", "pop3", "ftp"], protocol), text=said[:200], **at)
                )
                return seen
        reply = _REPLY.match(said)
        if reply is None:
            continue
        code, more, rest = int(reply.group(1)), reply.group(2) == "-", reply.group(3).strip()
        if stage == "greeting" and code in OF_LOGINS:  # the paste begins in the middle
            stage = "auth"
        if stage == "greeting" and not more and (code == 220 or code >= 400):
            greeted = GreetedUnderTls if tls else GreetedInClear
            seen.append(greeted(text=rest[:500], code=code, **at))
            stage = "ehlo"
        elif stage in ("ehlo", "ehlo_tls") and code == 250:
            keywords.append(rest)
            if not more:
                if len(keywords) > 1 or rest.split(" ")[0].upper() in ("STARTTLS", "AUTH", "SIZE"):
                    words = tuple(_upper_first(word) for word in keywords[1:] if word)
                    seen.append(EhloAnswered(under_tls=tls, keywords=words[:60], **at))
                keywords, stage = [], "mail"
        elif code == 334:
            stage = "auth"
        elif stage == "starttls" and code == 220:
            awaiting_upgrade = True
        elif code >= 400 and not more:
            enhanced = _ENHANCED.match(rest)
            seen.append(Replied(stage=stage, code=code, enhanced=enhanced.group(1) if enhanced else None, text=rest[:500], **at))
    return seen


def _upper_first(keyword: str) -> str:
    word, space, rest = keyword.partition(" ")
    return word.upper() + space + rest


def last_refusal(text: str) -> str | None:
    """The last reply of the server that was a refusal, with all its lines, as it stood; None where there is none."""
    found: list[str] = []
    block: list[str] = []
    for side, said in lines(text):
        if side != "server" or not (reply := _REPLY.match(said)):
            continue
        if reply.group(1)[0] in "45":
            block.append(said)
            if reply.group(2) == " ":
                found, block = block, []
        else:
            block = []
    return "\n".join(found or block) or None
