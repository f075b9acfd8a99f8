"""Which endpoint did a pasted transcript speak to? Shared by the readers of transcripts; with OpenSSL's way of writing times."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from typing import Any

from bot.observations import USER
from bot.reading import hosts

_MONTHS = {name: n for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}
_TIME = re.compile(r"([A-Z][a-z]{2})\s+(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) GMT")


@dataclass(frozen=True, slots=True)
class Where:
    """`host` as it was asked for, `address` as it was connected to ("" if not shown), `port` None where nothing tells it."""

    host: str = ""
    address: str = ""
    port: int | None = None

    def fields(self) -> dict[str, Any]:
        """The fields of an `EndpointObservation` that the user's side has made here. Only where the port is known."""
        return {"site": USER, "host": self.host, "address": self.address, "port": self.port}

    def or_else(self, other: Where) -> Where:
        """The same, what is missing taken from `other`."""
        return replace(self, host=self.host or other.host, address=self.address or other.address, port=self.port or other.port)


def endpoint(host: str, port: str | int | None = None) -> Where:
    """From what a tool printed: a name or an address, a port as digits. What is neither stays empty."""
    number = int(port) if port is not None and str(port).isdigit() and 0 < int(str(port)[:6]) < 65536 else None
    literal = hosts.address(host)
    if literal is not None:
        return Where(host=literal, address=literal, port=number)
    name = hosts.name(host) or (host.lower() if re.fullmatch(r"[A-Za-z][\w\-]{0,62}", host) else "")
    return Where(host="" if hosts.placeholder(name) else name, port=number)


def moment(text: str) -> datetime.datetime | None:
    """A time as OpenSSL prints it ("Mar  1 00:00:00 2025 GMT"), aware UTC; None if it is none."""
    match = _TIME.search(text)
    if match is None or match.group(1).lower() not in _MONTHS:
        return None
    try:
        return datetime.datetime(
            int(match.group(6)),
            _MONTHS[match.group(1).lower()],
            int(match.group(2)),
            int(match.group(3)),
            int(match.group(4)),
            int(match.group(5)),
            tzinfo=datetime.UTC,
        )
    except ValueError:
        return None
