"""Which server, port and mode does a configuration hold? In any notation that `pairs` splits; a program's words, `dialects` knows."""

from __future__ import annotations

import re

from bot.reading import hosts
from bot.reading.pastes.dialects import COMPILED
from bot.reading.pastes.meaning import mode, role, truth
from bot.reading.pastes.pairs import Pair, pairs
from bot.reading.pastes.pasted import Pasted
from knowledge.terms import Security

_HOST_PORT = re.compile(r"^\[?([\w.\-]+|[0-9A-Fa-f:]+)\]?(?::(\d{1,5}))?$")
_SCHEME = re.compile(
    (
        r"^(smtps?|ssl|tls|starttls|submissions?|smtp\+starttls|smtp\+tls|smtp\+notls|sendmail|gmail\+smtp|sendgrid\+\w+"
        r"|ses\+smtps?|mailgun\+smtps?)://"
    ),
    re.IGNORECASE,
)
_LOGIN = ("user", "login", "account", "auth")  # keys of who logs in; others name the sender
_ADDRESS = re.compile(r"[\w.+%\-]+@([\w\-]+(?:\.[\w\-]+)+)")

# Keys that may have a name without a dot as value (a container, a machine at home), and values that are no such name.
_HOST_KEYS = frozenset(["host", "server", "smarthost", "hostname", "relayhost", "address", "smtphost"])
_NO_HOST = frozenset(["smtp", "sendmail", "mail", "log", "array", "null", "undefined", "plain", "login", "string", "default"])


def dialect(text: str) -> tuple[str | None, Security | None]:
    """The program whose configuration or call this is (a client id), and what it means by "tls"."""
    for client, pattern, meaning in COMPILED:
        if pattern.search(text):
            return client, meaning
    return None, None


def read(text: str, tls_word: Security | None = None) -> Pasted | None:
    """What the pairs of key and value say. None: there are none that speak of the way out."""
    held = pairs(text)
    found = [(pair, what) for pair in held if (what := role(pair.path)) is not None]
    if not found:
        return None
    host = port = security = None
    for pair, what in _of_mail(found):
        if what == "host" and host is None:
            host, inner_port, inner_mode = host_value(pair.value, pair.path)
            port = port or (inner_port if host else None)
            security = security or inner_mode
        elif what == "port" and port is None:
            port = port_value(pair.value)
    words = [said for pair, what in found if what == "security" and (said := mode(pair.path, pair.value, port, tls_word)) is not None]
    security = security or _decide([Security.NONE] if _msmtp_in_clear(held) else words, port)
    named = [(pair.path, match.group(0)) for pair, what in found if what == "user" and (match := _ADDRESS.search(pair.value))]
    users = tuple(address for _, address in sorted(named, key=lambda one: not any(word in one[0] for word in _LOGIN)))
    if not users:
        users = tuple(f"{_sender(held)}@{pair.value}" for pair in held if pair.path == "mail_domain" and hosts.name(pair.value))
    if host is None and port is None and security is None and not users:
        return None
    return Pasted(weight=3, host=host, port=port, security=security, addresses=users)


def _of_mail(found: list[tuple[Pair, str]]) -> list[tuple[Pair, str]]:
    """Without the application's own name and port, where others are said to be those of mail (`DISCOURSE_SMTP_ADDRESS`)."""
    clear = {what for pair, what in found if "smtp" in pair.path or "mail" in pair.path}
    return [(pair, what) for pair, what in found if what not in clear or "smtp" in pair.path or "mail" in pair.path]


def _msmtp_in_clear(held: list[Pair]) -> bool:
    """`tls off`; beside it `tls_starttls on` is only the default of what would be."""
    return any(pair.path == "tls" and truth(pair.value) is False for pair in held) and any(pair.path == "tls_starttls" for pair in held)


def _sender(held: list[Pair]) -> str:
    """Nextcloud has the two halves of its address in `mail_from_address` and `mail_domain`."""
    return next((pair.value for pair in held if pair.path == "mail_from_address"), "")


def _decide(words: list[Security | str], port: int | None) -> Security | None:
    """Several switches: one that is on for implicit TLS beats the rest; a bare "tls" takes the port's word, as most programs do."""
    for one in (Security.IMPLICIT_TLS, Security.STARTTLS):
        if one in words:
            return one
    if "tls" in words:
        return Security.IMPLICIT_TLS if port == 465 else Security.STARTTLS if port in (587, 25, 2525) else None
    return Security.NONE if Security.NONE in words else None


def port_value(value: str) -> int | None:
    digits = value.strip().strip("'\"")
    return int(digits) if digits.isdigit() and 0 < int(digits[:6]) < 65536 and len(digits) <= 5 else None


def host_value(value: str, path: str = "") -> tuple[str | None, int | None, Security | None]:
    """Host, port and mode of a value such as `smtp.x.example`, `ssl://smtp.x.example:465`, `[smtp.x.example]:587`, `smtps://u:p@h:465`."""
    value = value.strip().strip("'\"")
    secure: Security | None = None
    if scheme := _SCHEME.match(value):
        name = scheme.group(1).lower()
        secure = (
            Security.IMPLICIT_TLS
            if name in ("smtps", "ssl", "submissions", "ses+smtps", "mailgun+smtps")
            else Security.STARTTLS
            if "starttls" in name or name == "smtp+tls"
            else Security.NONE
            if name == "smtp+notls"
            else None
        )
        value = value[scheme.end() :]
        value = value.rsplit("@", 1)[-1].split("/", 1)[0].split("?", 1)[0]
    elif "://" in value or "@" in value:
        return None, None, None
    if value.count(":") >= 2 and (literal := hosts.address(value)):
        return literal, None, secure
    match = _HOST_PORT.match(value.rstrip("/."))
    if not match:
        return None, None, secure
    word, port = match.group(1), port_value(match.group(2) or "")
    if literal := hosts.address(word):
        return literal, port, secure
    if name := hosts.name(word):
        return (None if hosts.placeholder(name) else name), port, secure
    told = secure is not None or port is not None or scheme is not None or path.split("_")[-1] in _HOST_KEYS
    if (
        told
        and re.fullmatch(r"[a-z][a-z0-9\-_]{1,40}", word)
        and truth(word) is None
        and (word not in _NO_HOST or (word in ("smtp", "mail") and path.endswith("host")))
    ):
        return word, port, secure
    return None, port, secure
