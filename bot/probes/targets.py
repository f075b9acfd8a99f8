"""Is this text the name of a server that can be asked? Pure: reads a host as people write it; asks no resolver.

What stands for a name (a placeholder), what hides one (a mask) and what only looks like one (an address in an odd spelling)
is told apart, because a person is told something different about each.
"""

from __future__ import annotations

import re
import unicodedata

import idna

from bot.errors import TargetRefused
from bot.probes import addresses

SENTENCES = {
    "placeholder": "{host} is a placeholder from a manual, not a server: please give the real name.",
    "masked": "{host} is masked, so there is no server to ask: please give the real name.",
    "private": "{host} is not on the public internet, so it cannot be looked at from here.",
    "port": "Port {port} is not one that is asked here (allowed: {ports}).",
    "name": "{host} is not a host name.",
    "odd_address": "{host} is an address in a form that is not accepted: please write it as four decimal numbers.",
    "rate": "{host} is being asked too often just now: please try again in a minute.",
    "rate_person": "You have asked for many checks in a short time: please try again in some minutes.",
    "rate_workspace": "Your workspace has asked for many checks in a short time: please try again in some minutes.",
    "connections": "One check makes a few connections only, and {host} would need more.",
}

MAX_NAME = 253
_DOCUMENTATION = ("example.com", "example.net", "example.org")  # RFC 2606 section 3; names under .example are made-up but asked
# Names that begin like a placeholder and are none: real hosters.
_REAL_YOUR = ("your-server.de", "your-server.com", "yourhosting.nl", "yourhosting.com")
_MASK_WORDS = frozenset({"redacted", "masked", "removed", "censored", "anonymized", "anonymised", "obfuscated"})
_MASK_MARKS = frozenset("*█■●•…")
_PLACEHOLDER_MARKS = frozenset("<>${}[]()")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")  # one class, bounded: linear
_NUMBER = re.compile(r"(?:[0-9]{1,40}|0x[0-9a-f]{0,40})\Z")
_LOCAL_ENDINGS = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain", "home.arpa", "onion")


def refusal(reason: str, host: str, port: int | None = None, ports: tuple[int, ...] = ()) -> TargetRefused:
    """The error for `reason`, a key of SENTENCES, with the sentence a person reads. What came from outside is cut short."""
    shown = "".join(c if c.isprintable() else "?" for c in host[:80]) or "This"
    allowed = ", ".join(str(p) for p in ports)
    return TargetRefused(SENTENCES[reason].format(host=shown, port=port, ports=allowed), reason)


def read_host(text: str, known: frozenset[str] = frozenset()) -> str:
    """`text` as the name to ask for: lower case, IDNA ASCII form, without the root's dot; or an address in its shortest form.

    `known` are hosts that the knowledge names: never placeholders. Raises TargetRefused for a placeholder, a mask, an odd
    address, and for what is no host name at all.
    """
    host = text.strip()
    if host.startswith("[") and host.endswith("]") and ":" in host:
        host = host[1:-1]
    try:
        return str(addresses.plain(host))
    except ValueError:
        pass
    if any(c in _PLACEHOLDER_MARKS for c in host):
        lowered = host.lower()
        raise refusal("masked" if any(word in lowered for word in _MASK_WORDS) else "placeholder", text)
    if any(c in _MASK_MARKS for c in host):
        raise refusal("masked", text)
    name = _ascii(host, text)
    if name in known:
        return name
    labels = name.split(".")
    if _NUMBER.match(labels[-1]):  # "127.1", "0x7f000001", "0177.0.0.1": what inet_aton would take for an address
        try:
            return str(addresses.plain(name))  # full-width digits and dots come out as a plain address
        except ValueError:
            raise refusal("odd_address", text) from None
    if any(label in _MASK_WORDS for label in labels) or any(len(label) >= 3 and not label.strip("x") for label in labels[:-1]):
        raise refusal("masked", text)
    if _under(name, _DOCUMENTATION) or (any(label.startswith("your") for label in labels) and not _under(name, _REAL_YOUR)):
        raise refusal("placeholder", text)
    return name


def is_local_name(name: str) -> bool:
    """Whether `name` (from `read_host`) lives in somebody's own network only. Sources: RFC 6761, 6762, 8375, 9476."""
    return _under(name, _LOCAL_ENDINGS)


def _under(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.endswith("." + parent) for parent in parents)


def _ascii(host: str, original: str) -> str:
    host = unicodedata.normalize("NFKC", host).replace("。", ".")
    if host.endswith("."):
        host = host[:-1]
    if not host or len(host) > MAX_NAME:
        raise refusal("name", original)
    name = host.lower()
    if not name.isascii():
        try:
            name = idna.encode(host, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            raise refusal("name", original) from None
    if len(name) > MAX_NAME or not all(_LABEL.match(label) for label in name.split(".")):
        raise refusal("name", original)
    return name
