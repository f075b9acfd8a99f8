"""Is there a reason in the error text to look at the sender's domain, and what does the text name that such a look needs? Pure."""

from __future__ import annotations

import ipaddress
import re

REASONS = frozenset({"policy.authentication", "policy.reverse_dns", "policy.blocklisted"})
_LONGEST = 4_000
_FOUR = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.]*[0-9])")  # bounded parts: linear
_SIX = re.compile(r"(?<![0-9a-fA-F:])[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![0-9a-fA-F:])")
_SELECTOR = re.compile(r"\bs(?:elector)?=([a-zA-Z0-9][a-zA-Z0-9.-]{0,62})\b|\b([a-zA-Z0-9-]{1,63})\._domainkey\b")


def outgoing_address(error: str) -> str | None:
    """The first public address that the text names: a refusal for policy names the one that it refuses."""
    for found in (*_FOUR.finditer(error[:_LONGEST]), *_SIX.finditer(error[:_LONGEST])):
        try:
            address = ipaddress.ip_address(found.group())
        except ValueError:
            continue
        if address.is_global:
            return str(address)
    return None


def selector(error: str) -> str | None:
    """The DKIM selector that the text names ("s=s1", "s1._domainkey")."""
    found = _SELECTOR.search(error[:_LONGEST])
    return (found.group(1) or found.group(2)).rstrip(".") if found is not None else None
