"""Which words of a command line or credentials file are secrets? swaks, curl, sendemail, sasl_passwd, netrc, exim's passwd.client."""

from __future__ import annotations

from collections.abc import Iterator

from bot.secrets import looks
from bot.secrets.later import later
from bot.secrets.span import Span
from bot.secrets.text import Text

_QUOTED = r"(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s'\"]\S*))"
_FORMS = (
    # swaks -ap / --auth-password, sendemail -xp, blat -pw, sendmail.pl --smtp-pass
    (
        r"(?i)(?:^|\s)(?:-ap|-xp|-pw|--auth-pass(?:word)?|--pass(?:word)?|--smtp-?(?:auth-)?pass(?:word)?"
        r"|--pw|-password|-pass|--secret|--api-?key|--token)(?:[ \t]+|=)"
    )
    + _QUOTED,
    # curl -u user:password
    r"(?i)(?:^|\s)(?:-u|--user|--proxy-user)(?:[ \t]+|=)"
    r"(?:\"[^\s:\"']+:([^\"\n]+)\"|'[^\s:\"']+:([^'\n]+)'|[\"']?[^\s:\"']+:[\"']?([^\s\"']+))",
    # an address with a secret behind it: sasl_passwd, passwd.client, "login: a@b.example / secret"
    (
        r"(?i)\b[\w.+%\-]+@(?:[\w\-]+\.)+[\w\-]{2,}(?::|[ \t]*[/|][ \t]*|[ \t]+:[ \t]*)(?:\"([^\"\n]+)\""
        r"|'([^'\n]+)'|([^\s:,;<>@)\"'/|][^\s\"']+))"
    ),
    # [host]:587 user:password, static:user:password
    r"(?i)(?:^\s*|\s|:)(?:\[?[\w.\-]+\]?:\d{2,5}[ \t]+|static:)[\w.+%@\-]+:(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s,;\"']+))",
    # exim: host:user:password
    r"(?im)^\s*(?:[\w\-*]+\.)+[\w\-*]+:[\w.+%@\-]+:(?:\"([^\"\n]+)\"|'([^'\n]+)'|(\S+))\s*$",
    # a command that prints it: passwordeval "echo secret"
    r"(?i)(?:passwordeval|pass_?cmd|passcommand)[\"']?\s*[:=]?\s*[\"']?echo\s+(?:-n\s+)?" + _QUOTED,
    # PowerShell: "secret" | ConvertTo-SecureString
    r"(?i)(?:\"([^\"\n]+)\"|'([^'\n]+)'|(\S+))\s*\|\s*ConvertTo-SecureString",
    # Sendmail's access database: AuthInfo:host "U:user" "I:identity" "P:password"
    r"(?i)AuthInfo:[^\n]*?\"P[:=](?:([^\"\n]+))\"",
    # netrc
    r"(?i)\blogin[ \t]+\S+[ \t]+password[ \t]+" + _QUOTED,
)
_LITERALS = (("-",), ("-u", "--user", "--proxy-user"), ("@",), (":",), (":",), ("echo",), ("securestring",), ("authinfo:",), ("login",))
# `smtp://anna@plover.example@mail.plover.example:587/`: the address is the server's name.
_PORT = later(r"^\d{2,5}/$")
# `Net::SMTPFatalError:` behind `host:587 ` is no user with a password.
_CONSTANT = later(r"^:[A-Z][a-z]?\w+:?$")
_COMPILED = tuple(later(form) for form in _FORMS)


def find(text: Text) -> Iterator[Span]:
    for literals, pattern in zip(_LITERALS, _COMPILED, strict=True):
        if not any(literal in text.low for literal in literals):
            continue
        for match in pattern.finditer(text):
            group = match.lastindex
            if group is None:
                continue
            start, end = match.span(group)
            value = match.group(group)
            if group == 3:
                value = value.rstrip(",;.)")
                end = start + len(value)
            if looks.placeholder(value) or looks.no_secret_shape(value) or value.isdigit() or value.startswith("-"):
                continue
            if pattern is _COMPILED[2] and not _behind_address(text.plain, match.start(), start, value):
                continue
            if pattern is _COMPILED[3] and _CONSTANT.within(value):
                continue
            yield Span("password", start, end)


def _behind_address(text: str, begin: int, start: int, value: str) -> bool:
    """`user@host:587` is an endpoint and `<a@b.example>: Relay` an error; a secret is glued on, or mixed."""
    if text[max(0, begin - 3) : begin] == "://" or text[max(0, begin - 1) : begin] == ":":
        return False
    if text[start - 1] == ":":
        if _PORT.within(value):
            return False
        return looks.mixed(value) or not looks.plain_word(value)
    return looks.secret_word(value)
