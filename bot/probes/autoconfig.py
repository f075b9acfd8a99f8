"""Which submission servers does an autoconfig file name? Reads Mozilla's format; pure.

Source: https://www.bucksch.org/1/projects/thunderbird/autoconfiguration/config-file-format.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from bot.errors import TargetRefused
from bot.probes.targets import read_host

MAX_SERVERS = 6
_SECURITY: dict[str, Literal["implicit_tls", "starttls", "none"]] = {"SSL": "implicit_tls", "STARTTLS": "starttls", "PLAIN": "none"}
# What the format writes for parts of the address. The domain is known here; the person's own part never is.
_DOMAIN = "%EMAILDOMAIN%"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One `outgoingServer`. `username` is the file's text, with its %EMAILADDRESS% or %EMAILLOCALPART%, or None."""

    host: str
    port: int
    security: Literal["implicit_tls", "starttls", "none"]
    username: str | None


def outgoing_servers(body: bytes, domain: str) -> tuple[Outgoing, ...]:
    """The SMTP servers of the file, in its order, those that are no host name or port left out; () for what is no such file."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:  # the format has neither, and entities can blow up
        return ()
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError):
        return ()
    if root.tag != "clientConfig":
        return ()
    found = (_read(node, domain) for node in root.findall("./emailProvider/outgoingServer[@type='smtp']")[:MAX_SERVERS])
    return tuple(server for server in found if server is not None)


def _read(node: ElementTree.Element, domain: str) -> Outgoing | None:
    def text(tag: str) -> str:
        return (node.findtext(tag) or "").strip().replace(_DOMAIN, domain)[:300]

    security = _SECURITY.get(text("socketType").upper())
    port = text("port")
    try:
        host = read_host(text("hostname"))
    except TargetRefused:
        return None
    if security is None or not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        return None
    username = text("username")
    return Outgoing(host, int(port), security, username if username and username.isprintable() else None)
