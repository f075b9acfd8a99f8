"""What does the resolver of the tests answer? A DNS server on loopback with a zone in a dict; no name of the outside is known to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

# name without the last dot -> record type -> record texts, or a list of such answers, of which each is given once and the last for ever.
Zone = Mapping[str, Mapping[str, Sequence[str]]]


class Answers(asyncio.DatagramProtocol):
    """`asked` is every question so far, "name TYPE". A name under "silent" gets no answer, one under "broken" SERVFAIL, "garbage" noise.
    DNSSEC vouches for what stands under one of `signed`; that is told to who asks for it (RFC 6840 section 5.7)."""

    def __init__(self, zone: Zone, rebinding: Mapping[str, Sequence[str]], signed: Sequence[str]) -> None:
        self.zone = zone
        self.signed = tuple(signed)
        self.rebinding = {name: list(answers) for name, answers in rebinding.items()}
        self.asked: list[str] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        assert self._transport is not None
        if name.endswith("silent"):
            return
        if name.endswith("garbage"):
            self._transport.sendto(b"\xff" * 40, addr)
            return
        self._transport.sendto(self._answer(query, name, kind).to_wire(), addr)

    def _answer(self, query: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        answer = dns.message.make_response(query, recursion_available=True)
        if query.flags & dns.flags.AD and any(name.endswith(parent) for parent in self.signed):
            answer.flags |= dns.flags.AD
        if name.endswith("broken"):
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        if kind == "A" and name in self.rebinding:
            queue = self.rebinding[name]
            texts: Sequence[str] = [queue.pop(0) if len(queue) > 1 else queue[0]]
            answer.answer.append(dns.rrset.from_text(name + ".", 0, "IN", "A", *texts))
            return answer
        seen = 0
        while kind != "CNAME" and name in self.zone and "CNAME" in self.zone[name] and seen < 10:
            target = self.zone[name]["CNAME"][0]
            answer.answer.append(dns.rrset.from_text(name + ".", 60, "IN", "CNAME", target + "."))
            name, seen = target, seen + 1
        if name not in self.zone:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif kind == "CNAME":
            texts = [text + "." for text in self.zone[name].get("CNAME", ())]
            answer.answer.extend([dns.rrset.from_text(name + ".", 60, "IN", "CNAME", *texts)] if texts else [])
        elif texts := self.zone[name].get(kind, ()):
            answer.answer.append(dns.rrset.from_text(name + ".", 60, "IN", kind, *texts))
        return answer


@asynccontextmanager
async def resolving(
    zone: Zone, rebinding: Mapping[str, Sequence[str]] | None = None, address: str = "127.0.0.1", signed: Sequence[str] = ()
) -> AsyncIterator[Answers]:
    """A resolver that knows `zone`; `rebinding`: name -> the A record of the first question, of the second …, the last for ever."""
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(lambda: Answers(zone, rebinding or {}, signed), local_addr=(address, 0))
    answers.port = transport.get_extra_info("sockname")[1]
    try:
        yield answers
    finally:
        transport.close()
