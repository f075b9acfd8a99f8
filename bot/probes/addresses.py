"""May this address be asked by strangers through us? Pure: judges one IP address; resolves nothing, connects to nothing.

An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo, ISATAP) leads to that IPv4 host, so it is judged as
that host where the way is usual (mapped), and refused altogether where no mail server is reached that way today.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Net = ipaddress.IPv4Network | ipaddress.IPv6Network

# Sources: IANA special-purpose address registries (RFC 6890 and its updates), multicast (RFC 5771, RFC 4291).
_SPECIAL_4 = tuple(
    (ipaddress.IPv4Network(net), kind)
    for net, kind in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),  # a cloud's metadata service lives here
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out as global unicast; everything else is special
_SPECIAL_6 = tuple(
    (ipaddress.IPv6Network(net), kind)
    for net, kind in (
        ("2001::/23", "protocol assignments"),  # Teredo, benchmarking, ORCHID among them
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
    )
)
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_ISATAP = (0x00005EFE, 0x02005EFE)


def networks(texts: Iterable[str]) -> tuple[Net, ...]:
    """CIDR texts as networks. Raises ValueError, naming the text, for one that is none (host bits must be zero)."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts if text.strip())


def plain(text: str) -> Address:
    """The address that `text` leads to: an IPv4-mapped one as the IPv4 address it is. Raises ValueError where it is no address,
    also for a zone ("fe80::1%eth0") and for IPv4 in any spelling but four decimal numbers."""
    if "%" in text:
        raise ValueError("an address with a zone")
    address = ipaddress.ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def why_not(address: Address, allow: tuple[Net, ...] = ()) -> str | None:
    """What is special about `address` ("loopback", "private" …), or None where it may be asked: a public one, or one in `allow`."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in net for net in allow if net.version == address.version):
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return next((kind for net, kind in _SPECIAL_4 if address in net), None)
    if address in _NAT64[0] or address in _NAT64[1]:
        return "NAT64"
    if address not in _GLOBAL_6:
        return "not global"
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "ISATAP"
    return next((kind for net, kind in _SPECIAL_6 if address in net), None)
