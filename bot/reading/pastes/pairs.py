"""Which pairs of key and value does a configuration hold, in whatever notation? Splits only; what a key means, `meaning` says.

`.env`, YAML, TOML, JSON, INI, `.properties`, PHP and Ruby arrays, JavaScript objects, keyword arguments, `put("k", "v")`, `key value`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import re2

_QUOTED = r"(?:[brufBRUF@]{0,2}\"([^\"\n]*)\"|[brufBRUF@]{0,2}'([^'\n]*)'|(\$\{[^{}\n]*\}|[^\s\"'<>(){},;][^\s\"',;<>{}]*))"
_KEY = r"([A-Za-z_$][\w.\-$]*(?:(?:->|::|\[['\"]?|__)[\w.\-]+)*)['\"\]]*"
_PAIR = re2.compile(_KEY + r"[ \t]*(?:=>|:=|==|=|:)[ \t]*(?:\[)?" + _QUOTED)
_PUT = re2.compile(r"(?i)\b(?:put|set|setProperty|define|putenv|ini_set|add|option|property)\s*\(\s*['\"]([\w.\-]+)['\"]\s*,\s*" + _QUOTED)
_SPACED = re2.compile(
    r"(?im)^[ \t]*(host|port|tls|tls_starttls|auth|user|from|account|mailhub|relayhost|smtp)[ "
    r"\t]+(\"[^\"\n]+\"|[^\s\"=:][^\s=]*)[ \t]*$"
)
_XML = re2.compile(r"<([A-Za-z][\w.\-]*)>[ \t]*([^<>\n]+?)[ \t]*</")
# A box in a form, by its label: "Secure connection (SSL/TLS) is required: yes".
_BOX = re2.compile(
    r"(?im)^[^\n:=]{0,40}\b(?:secure connection|encrypted connection|ssl/tls|tls/ssl)\b[^\n:=]{0,40}[:=][ \t]*"
    r"(yes|no|on|off|true|false|enabled|disabled|ticked|checked|unticked|unchecked)[ \t.]*$"
)
_COMMENT = re.compile(r"^[ \t]*(?:#(?!\d)|//|;|--[ \t]|<!--|REM[ \t]|\*[ \t])", re.IGNORECASE)
_COMMENT_BEHIND = re.compile(r"[;,{(\w'\"][ \t]*[ \t;,](?://|#(?=[ \t]))")
_REFERENCE = re2.compile(
    r"(?i)^(?:\$\{?[A-Za-z_]|\$\(|\{\{|process\.env|os\.|env\(|getenv|ENV\[|%\w+%|!secret|System\.getenv"
    r"|config\.|settings\.|secrets\.|<%=)"
)
# "worker: SMTP_HOST=mail.example.com": whose variable it is stands before it.
_INNER = re.compile(r"([A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)+)=(\S+)")
_DEFAULT = re2.compile(r"^\$\{\w+:?[-=]?([^}]*)\}$|\|\|\s*['\"]?([^'\"\s]+)['\"]?$")
_ENV_CALL = re2.compile(r"(?i)(?:env|getenv|environ\.get|get_env|fetch)\(\s*['\"]\w+['\"]\s*,\s*['\"]?([^'\")\s]+)['\"]?\s*\)")


@dataclass(frozen=True, slots=True)
class Pair:
    """`path` is the key in lower case with `_` between its parts (`mail.smtp.starttls.enable` -> `mail_smtp_starttls_enable`)."""

    key: str
    path: str
    value: str
    start: int
    end: int


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SPLIT = re.compile(r"[^A-Za-z0-9]+")


def path_of(key: str) -> str:
    return _SPLIT.sub("_", _CAMEL.sub("_", key)).strip("_").lower()


def pairs(text: str) -> list[Pair]:
    """Every pair outside of comments, in the order of the text. References to the environment are left out, their defaults taken."""
    found = []
    for pattern in (_PAIR, _PUT):
        if pattern is _PUT and "(" not in text:
            continue
        for match in pattern.finditer(text):
            value = next((g for g in match.groups()[1:] if g is not None), "")
            if match.span(4)[0] >= 0:
                value = value.rstrip(".)]") if not value.startswith("[") else value.rstrip(".)")
                if value.endswith(":") and "=" in text[match.end(1) : match.start(4)]:  # "USE_TLS=True: it failed"
                    value = value[:-1]
            key = match.group(1)
            if (inner := _INNER.fullmatch(value)) is not None:
                key, value = inner.groups()
            value = _resolved(text, match, value)
            if value is None or _commented(text, match.start()):
                continue
            found.append(Pair(key, path_of(key), value, match.start(), match.end()))
    for match in _SPACED.finditer(text):
        found.append(Pair(match.group(1), match.group(1).lower(), match.group(2).strip('"'), match.start(), match.end()))
    if "</" in text:
        found += [Pair(match.group(1), path_of(match.group(1)), match.group(2), *match.span()) for match in _XML.finditer(text)]
    for match in _BOX.finditer(text):
        value = "off" if match.group(1).lower().startswith("un") else "on" if match.group(1).lower().endswith("cked") else match.group(1)
        found.append(Pair(match.group(0), "secure_box", value, match.start(), match.end()))
    found.sort(key=lambda pair: pair.start)
    return found


def _commented(text: str, at: int) -> bool:
    lead = text[text.rfind("\n", 0, at) + 1 : at + 1]
    return _COMMENT.match(lead) is not None or _COMMENT_BEHIND.search(lead) is not None


def _resolved(text: str, match: re2._Match[str], value: str) -> str | None:
    """The value itself; for `${PORT:-587}` or `env('PORT', 587)` the default; None for a bare reference."""
    tail = text[match.end() : match.end() + 80]
    if (value.lower().endswith(("env", "getenv", "environ.get", "get_env", "fetch")) and tail.startswith("(")) or value.startswith(
        ("env(", "getenv(")
    ):
        call = _ENV_CALL.search(value + tail)
        return call.group(1) if call else None
    if value.startswith("${") and "}" not in value:
        value += tail.split("}", 1)[0] + "}"
    if _REFERENCE.search(value):
        default = _DEFAULT.search(value) or _DEFAULT.search(value + tail.split("\n", 1)[0].rstrip(",; "))
        found = (default.group(1) or default.group(2)) if default else None
        return found or None
    return value
