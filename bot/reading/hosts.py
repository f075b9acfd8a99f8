"""Is this word the name or address of a machine, and of which sort? Judges words; which of them is *the* server, `endpoints` says."""

from __future__ import annotations

import ipaddress
import re

import re2

from bot.reading.words import hosts as words

_TOP = frozenset(words.TOP_LEVEL.split())
_FILE_ENDINGS = frozenset(words.FILE_ENDINGS.split())
_AMBIGUOUS = frozenset(
    ["py", "sh", "md", "rs", "pl", "cc", "so", "ps", "bat", "vb", "go", "ts", "rb", "cs"]
)  # countries too (or none); only a mail server's name decides
_MAILISH = re.compile(
    (
        r"^(?:s?mtps?|e?mail|e?mails|mx|relay|relais|out|outgoing|outbound|send|sending|sender|mailout"
        r"|mailhost|exchange|exch|owa|asmtp|authsmtp|auth|securesmtp|secure|post|poczta|correo|correio"
        r"|courrier|posta|webmail|smarthost|submission|imap|pop3?|server\d*|srv\d*|host\d*|cp\d*|"
        r"vps\d*|box\d*|ssl0|ex\d*|email-smtp|smpt|stmp|smtpauth|mailer|mailgw|gateway|zimbra|zmail"
        r"|postfix|in-v3|mta|mailserver|serwer\d*)[\w]*(?:-[\w\-]*)?$"
    ),
    re.IGNORECASE,
)

WORD = re2.compile(r"(?i)[\pL\pN_](?:[\pL\pN_\-]*[\pL\pN_])?(?:\.[\pL\pN_](?:[\pL\pN_\-]*[\pL\pN_])?)+\.?")


def address(word: str) -> str | None:
    """The IPv4 or IPv6 address that a word is (brackets taken off), None if it is none."""
    bare = word.strip("[]").split("%", 1)[0]
    if ":" not in bare and bare.count(".") != 3:
        return None
    try:
        return str(ipaddress.ip_address(bare.removeprefix("IPv6:")))
    except ValueError:
        return None


def mailish(name: str) -> bool:
    """Whether the first label is one that mail servers have: smtp, mail, mx, relay, exchange …"""
    return _MAILISH.match(name.split(".", 1)[0]) is not None


def name(word: str) -> str | None:
    """The host name that a word is, in lower case, None if it is none: a file, a package, a version, a sentence without a space."""
    bare = word.rstrip(".").lower()
    labels = bare.split(".")
    last = labels[-1]
    if len(labels) < 2 or len(bare) > 253 or any(not label or len(label) > 63 for label in labels) or last.isdigit() or "_" in last:
        return None
    top = last in _TOP or last.startswith("xn--") or (len(last) == 2 and last.isalpha()) or not last.isascii()
    if not top and not (mailish(bare) and last.isalpha() and len(labels) > 2 and last not in _FILE_ENDINGS):
        return None
    if last in _FILE_ENDINGS and not (last in _AMBIGUOUS and mailish(bare) and len(labels) > 2):
        return None
    if word != bare and any(c.isupper() for c in word[1:]) and _camel(word):
        return None
    if (
        labels[0] in ("mail", "spring")
        and len(labels) > 2
        and labels[1] in ("smtp", "mail", "smtps", "transport", "store", "debug", "host")
    ):
        return None
    if all(label.isdigit() for label in labels[:-1]):
        return None
    return bare


def latin(word: str) -> str:
    """A name without the signs of a script that writes without spaces behind it ("gmail.comから"); a name in that script stays as it is."""
    found = LATIN.match(word) if not word.isascii() and UNSPACED.search(word) else None
    return found.group() if found and "." in found.group() else word


UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
LATIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?")


def with_comma(word: str) -> str | None:
    """`smtp.gmail,com` -> `smtp.gmail.com`: the name that was meant where a comma stands for a dot; None: it is no such slip."""
    if "," not in word or name(word.rpartition(",")[0]) is not None:  # "smtp.x.example,ssl" is a list
        return None
    meant = word.replace(",", ".")
    return name(meant) if meant.count(".") >= 2 and meant.rpartition(".")[2].lower() in _TOP | _COMMON else None


_COMMON = frozenset(words.COMMON.split())


def _camel(word: str) -> bool:
    """`System.Net.Mail`, `RESOLVER.ADR.RecipientNotFound`: names of code have capitals inside; host names are written in one case."""
    labels = word.rstrip(".").split(".")
    upper = [label for label in labels if any(c.isupper() for c in label)]
    if all(label == label.upper() for label in labels):
        return False
    if len(upper) == 1 and upper[0] == labels[0] and labels[0][1:] == labels[0][1:].lower():
        return False  # a capital that the keyboard put at the start of a sentence
    return not all(label[1:] == label[1:].lower() for label in labels) or len(labels) < 3 or len(upper) == len(labels)


def placeholder(host: str) -> bool:
    """A name that documentation uses for somebody's own, or one that hides the real one. Source: RFC 2606, DESIGN's rule."""
    low = host.lower().strip("[]<>")
    if low.endswith(".your-server.de"):  # a hoster's real name
        return False
    labels = low.split(".")
    if ".".join(labels[-2:]) in ("example.com", "example.net", "example.org"):
        return True
    return (
        (
            any(
                label.startswith(
                    ("your", "my-", "mydomain", "yourdomain", "dein", "xxx", "redacted", "masked", "hidden", "removed", "domain")
                )
                for label in labels
            )
            and (labels[-2:-1] or [""])[0].startswith(
                ("your", "my", "domain", "xxx", "redacted", "dein", "masked", "hidden", "removed", "example")
            )
        )
        or any(c in low for c in "<>${}*…")
        or "redacted" in low
    )
