"""Which submission servers does an answer of Outlook's autodiscover name? Writes the question, reads the plain (POX) answer; pure.

Source: [MS-OXDSCLI] sections 2.2.3 and 2.2.4.
"""

from __future__ import annotations

from typing import Literal
from xml.etree import ElementTree

from bot.errors import TargetRefused
from bot.probes.autoconfig import MAX_SERVERS, Outgoing
from bot.probes.targets import read_host

_SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/outlook/"


def question(domain: str) -> bytes:
    """The request about `domain`, in the name of its postmaster."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{_SCHEMA}requestschema/2006"><Request>'
        f"<EMailAddress>postmaster@{domain}</EMailAddress>"
        f"<AcceptableResponseSchema>{_SCHEMA}responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>"
    ).encode()


def outgoing_servers(body: bytes) -> tuple[Outgoing, ...]:
    """The SMTP servers of the answer, in its order, those that are no host name or port left out; () for what is no such answer."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return ()
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError):
        return ()
    protocols = [node for node in root.iter() if _tag(node) == "Protocol"]
    found = (_read({_tag(child): (child.text or "").strip()[:300] for child in node}) for node in protocols[: 4 * MAX_SERVERS])
    return tuple(server for server in found if server is not None)[:MAX_SERVERS]


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def _read(held: dict[str, str]) -> Outgoing | None:
    port = held.get("Port", "")
    if held.get("Type") != "SMTP" or not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        return None
    try:
        host = read_host(held.get("Server", ""))
    except TargetRefused:
        return None
    return Outgoing(host, int(port), _security(held, int(port)), None)


def _security(held: dict[str, str], port: int) -> Literal["implicit_tls", "starttls", "none"]:
    """`Encryption` comes before `SSL`, which is on unless it says otherwise and does not tell the two kinds of TLS apart."""
    encryption = held.get("Encryption", "").upper()
    if encryption == "NONE" or (not encryption and held.get("SSL", "on").lower() == "off"):
        return "none"
    if encryption == "TLS" or (encryption in ("", "AUTO") and port != 465):
        return "starttls"
    return "implicit_tls"
