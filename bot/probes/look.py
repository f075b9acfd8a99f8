"""What does one port of one address say, in clear and under TLS? Notes facts as they come; draws no conclusion.

Two ways in: in clear (greeting, EHLO, STARTTLS, handshake, EHLO again) and TLS from the first byte (handshake, greeting, EHLO). The way
that the port customarily speaks goes first, the other one follows where the first is met with silence or with the other language, and
both go at once where the person entered the mode that is not customary: then the server itself proves which it is.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from bot.observations import (
    ConnectionClosed,
    EhloAnswered,
    GreetedInClear,
    GreetedUnderTls,
    MalformedReplySeen,
    OldTlsOnly,
    Replied,
    SpokeOtherProtocol,
    StarttlsAcceptedUnlisted,
    StayedSilent,
    TcpConnected,
    TcpRefused,
    TcpTimedOut,
    TcpUnreachable,
    TlsEstablished,
    TlsFailed,
)
from bot.observations import Stage as Step
from bot.probes import papers, smtp, tcp, tls, versions
from bot.probes.guard import Line
from bot.probes.smtp import Broken, Closed, Failed, HandshakeFailed, Reply, Silent, Talk
from bot.probes.visit import Here, Visit

Way = Literal["clear", "tls"]

OLDER_TLS_SECONDS = 1.0  # that the answers about older TLS have at least, once the look is over
_AGAIN_WITH_OLD_TLS = ("protocol_too_old", "no_shared_cipher")
# What an alert at the end of a handshake of TLS 1.2 may mean as well: that our certificate is wanted (RFC 5246 section 7.4.6).
_MAYBE_OURS = ("no_shared_cipher", "other", "closed")


@dataclass(frozen=True, slots=True)
class Look:
    """Which endpoint, and which way in goes first; `both`: at the same time. `old`: which is the oldest TLS version that is accepted?"""

    address: str
    port: int
    first: Way
    both: bool = False
    old: bool = False


class Looker:
    """Takes one Look. `run` returns when all is noted; it raises nothing for what a server does."""

    def __init__(self, visit: Visit, look: Look) -> None:
        self.visit = visit
        self.look = look
        self._here: Here = {"host": visit.host, "address": look.address, "port": look.port}
        self._loop = asyncio.get_running_loop()
        self._greeting_scope: asyncio.Timeout | None = None
        self._started_at = 0.0
        self._connected_at = 0.0
        self._clear_is_connected = asyncio.Event()
        self._clear_is_over = asyncio.Event()  # with or without a greeting
        self._spoke_in_clear = False
        self._hello_was_answered = False
        self._welcomed: asyncio.Future[Way] = self._loop.create_future()  # which way in led to a talk

    @property
    def is_connected(self) -> bool:
        """Whether the port has taken a connection."""
        return self.visit.book.has(TcpConnected, **self._here)

    def cut_short(self, seconds: float) -> None:
        """Note what had not been answered when the look was ended after `seconds`, the rest of the check being settled for long."""
        if any(self.visit.book.has(kind, **self._here) for kind in (TcpRefused, TcpTimedOut, TcpUnreachable, ConnectionClosed)):
            return
        if not self.is_connected:
            self.visit.book.see(TcpTimedOut, **self._here, seconds=seconds)
        elif not self._spoke_in_clear and not self._hello_was_answered:
            self.visit.book.see(StayedSilent, **self._here, stage="greeting", seconds=seconds)

    async def run(self) -> None:
        self._started_at = self._loop.time()
        async with asyncio.TaskGroup() as group:
            beside = group.create_task(self._old_versions()) if self.look.old else None
            await self._both_ways()
            if beside is not None:
                if self._welcomed.done():  # as long again as the look took: who answers late, or to new visitors no more, is not waited for
                    await asyncio.wait({beside}, timeout=max(OLDER_TLS_SECONDS, self._loop.time() - self._started_at))
                beside.cancel()

    async def _old_versions(self) -> None:
        way = await asyncio.shield(self._welcomed)
        if self._loop.time() - self._started_at > self.visit.deadlines.silence:
            return  # who keeps visitors waiting (postscreen, a tarpit, a busy server) is not visited again
        await versions.oldest(self.visit, self._here, starttls=way == "clear")

    async def _why_it_broke(self, reason: tls.HandshakeFault, way: Way) -> tls.HandshakeFault:
        """The reason, or that our certificate is wanted where the server asks for one before it breaks the handshake off."""
        if reason not in _MAYBE_OURS:
            return reason
        seen = await versions.flight_of(self.visit, self._here, "TLSv1.2", starttls=way == "clear")
        return "client_certificate_demanded" if seen is not None and seen.complete and seen.wants_certificate else reason

    def _let_in(self, way: Way) -> None:
        if not self._welcomed.done():
            self._welcomed.set_result(way)

    async def _both_ways(self) -> None:
        if self.look.first == "tls" and not self.look.both:
            await self._under_tls()
            if not self._hello_was_answered:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._in_clear())
                    group.create_task(self._name_the_stranger())
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._in_clear())
            group.create_task(self._under_tls_beside())

    async def _under_tls_beside(self) -> None:
        if not self.look.both:
            await self._wait_for_clear()
        if self.look.both or not self._spoke_in_clear:
            await self._under_tls()
            if not self._hello_was_answered:
                await self._name_the_stranger()

    async def _name_the_stranger(self) -> None:
        """Where the port is silent in clear and answers a hello with something that is no TLS: what is it?"""
        await self._wait_for_clear()
        if self._spoke_in_clear or not self.visit.book.has(TlsFailed, **self._here, implicit=True, reason="not_tls"):
            return
        line = await tcp.connect(self.visit, self.look.address, self.look.port)
        if line is None:
            return
        raw = await smtp.answer_to(line, tls.hello(self.visit.host), self.visit.left(self.visit.deadlines.reply))
        other = smtp.protocol_of(raw)
        if other is not None:
            self._other_protocol(other, raw)
            self._silence_in_clear_is_proved()

    async def _wait_for_clear(self) -> None:
        """Until the way in clear is over, or has met silence long enough since it was connected."""
        await self._clear_is_connected.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._connected_at + self.visit.deadlines.silence):
                await self._clear_is_over.wait()

    # --- in clear -----------------------------------------------------------------------------------------------------

    async def _in_clear(self) -> None:
        try:
            line = await tcp.connect(self.visit, self.look.address, self.look.port)
            if line is None:
                self._spoke_in_clear = True  # nothing to be found out by a TLS hello either
                return
            self._connected_at = self._loop.time()
            self._clear_is_connected.set()
            talk = await smtp.open_talk(line)
            try:
                await self._talk_in_clear(talk, line)
            finally:
                talk.part()
        finally:
            self._clear_is_connected.set()  # or never will be
            self._clear_is_over.set()

    async def _talk_in_clear(self, talk: Talk, line: Line) -> None:
        greeting = await self._greeting(talk, under_tls=False)
        if greeting is None:
            return
        self._let_in("clear")
        ehlo = await self._ehlo(talk, under_tls=False)
        if ehlo is None:
            return
        if not any(word.split(" ")[0] == "STARTTLS" for word in ehlo.keywords):
            await self._starttls_all_the_same(talk, line, greeting)
            return
        await line.hold_tls()
        if await self._starttls(talk, tls.modern_context()):
            await self._names_and_ehlo(talk, self._certificate(talk, greeting), greeting)

    async def _starttls_all_the_same(self, talk: Talk, line: Line, greeting: Reply) -> None:
        """STARTTLS is not in the list. Who has it all the same had it taken out on the way; who has not says so, and nothing is noted."""
        await line.hold_tls()
        try:
            reply = await talk.secure(tls.modern_context(), self.visit.host, self.visit.left(self.visit.deadlines.silence))
        except Failed:
            return
        if reply.code == 220:
            self.visit.book.see(StarttlsAcceptedUnlisted, **self._here)
            self._established(talk, implicit=False, seconds=self._loop.time() - talk.heard_at)
            await self._names_and_ehlo(talk, self._certificate(talk, greeting), greeting)

    async def _starttls(self, talk: Talk, context: ssl.SSLContext) -> bool:
        """Whether TLS is up. Where only the version was the trouble, an old one is tried on a connection of its own."""
        try:
            reply = await talk.secure(context, self.visit.host, self.visit.left(self.visit.deadlines.reply))
        except HandshakeFailed as broken:
            if fault := talk.fault():
                self._malformed("starttls", fault)
            reason, detail = tls.handshake_fault(broken.error)
            reason = await self._why_it_broke(reason, "clear")
            self.visit.book.see(TlsFailed, **self._here, implicit=False, reason=reason, detail=detail)
            if reason in _AGAIN_WITH_OLD_TLS and context is not tls.old_context():
                await self._starttls_with_old_tls()
            return False
        except Failed as failed:
            self._failed(failed, "starttls", talk)
            return False
        if fault := talk.fault():
            self._malformed("starttls", fault)
        if reply.code != 220:
            self._replied("starttls", reply)
            return False
        self._established(talk, implicit=False, seconds=self._loop.time() - talk.heard_at)
        return True

    async def _starttls_with_old_tls(self) -> None:
        line = await tcp.connect(self.visit, self.look.address, self.look.port)
        if line is None:
            return
        await line.hold_tls()
        talk = await smtp.open_talk(line)
        try:
            greeting = await talk.greeting(self.visit.left(self.visit.deadlines.greeting))
            await talk.ask(f"EHLO {smtp.EHLO_NAME}", self.visit.left(self.visit.deadlines.reply))
            if await self._starttls(talk, tls.old_context()):
                await self._names_and_ehlo(talk, self._certificate(talk, greeting), greeting)
        except Failed:
            pass  # the first time said what there is to say
        finally:
            talk.part()

    # --- under TLS from the first byte ----------------------------------------------------------------------------------

    async def _under_tls(self, context: ssl.SSLContext | None = None) -> None:
        line = await tcp.connect(self.visit, self.look.address, self.look.port)
        if line is None:
            self._hello_was_answered = True  # no port, no second way in
            return
        started = self._loop.time()
        seconds = self.visit.left(self.visit.deadlines.reply)
        try:
            talk = await smtp.open_tls_talk(line, context or tls.modern_context(), self.visit.host, seconds)
        except OSError as error:  # ssl.SSLError among them
            reason, detail = tls.handshake_fault(error)
            self._hello_was_answered = reason not in ("not_tls", "closed", "silent")
            if self._hello_was_answered:
                reason = await self._why_it_broke(reason, "tls")
            self.visit.book.see(TlsFailed, **self._here, implicit=True, reason=reason, detail=detail)
            if reason in _AGAIN_WITH_OLD_TLS and context is None:
                await self._under_tls(tls.old_context())
            return
        self._hello_was_answered = True
        try:
            self._established(talk, implicit=True, seconds=self._loop.time() - started)
            self._silence_in_clear_is_proved()
            self._let_in("tls")
            shown = self._certificate(talk)
            greeting = await self._greeting(talk, under_tls=True)
            await self._names_and_ehlo(talk, shown, greeting)
        finally:
            talk.part()

    def _silence_in_clear_is_proved(self) -> None:
        scope = self._greeting_scope
        if scope is not None and not self._spoke_in_clear and not scope.expired():
            scope.reschedule(max(self._loop.time(), self._connected_at + self.visit.deadlines.silence_beside_tls))

    # --- steps --------------------------------------------------------------------------------------------------------

    async def _greeting(self, talk: Talk, *, under_tls: bool) -> Reply | None:
        """The greeting, noted; None where it does not invite us to go on."""
        started = self._loop.time()
        limit = self.visit.left(self.visit.deadlines.greeting)
        try:
            async with asyncio.timeout(limit) as scope:
                if not under_tls:
                    self._greeting_scope = scope
                reply = await talk.greeting(limit + 1)
        except TimeoutError:
            self._heard(talk, under_tls)
            self.visit.book.see(StayedSilent, **self._here, stage="greeting", seconds=round(self._loop.time() - started, 1))
            return None
        except Failed as failed:
            self._heard(talk, under_tls)
            self._failed(failed, "greeting", talk)
            return None
        finally:
            if not under_tls:
                self._greeting_scope = None
        self._heard(talk, under_tls)
        raw = bytes(talk.raw)
        other = smtp.protocol_of(raw)
        if other is not None:
            talk.give_up()
            self._other_protocol(other, raw)
            return None
        kind = GreetedUnderTls if under_tls else GreetedInClear
        seconds = self._loop.time() - started
        self.visit.book.see(kind, **self._here, text=reply.text, code=reply.code, seconds=seconds)
        if fault := talk.fault():
            self._malformed("greeting", fault)
        if reply.code != 220:
            self._replied("greeting", reply)
            return None
        return reply

    def _heard(self, talk: Talk, under_tls: bool) -> None:
        if talk.raw and not under_tls:
            self._spoke_in_clear = True

    async def _ehlo(self, talk: Talk, *, under_tls: bool) -> Reply | None:
        """The EHLO answer, noted; None where it was refused or is not to be believed."""
        stage: Step = "ehlo_tls" if under_tls else "ehlo"
        started = self._loop.time()
        try:
            reply = await talk.ask(f"EHLO {smtp.EHLO_NAME}", self.visit.left(self.visit.deadlines.reply))
        except Failed as failed:
            self._failed(failed, stage, talk)
            return None
        fault = talk.fault()
        if fault:
            self._malformed(stage, fault)
        if reply.code != 250:
            self._replied(stage, reply)
            return None
        if fault == "mixed_codes":
            return None
        self.visit.book.see(EhloAnswered, **self._here, under_tls=under_tls, keywords=reply.keywords, seconds=self._loop.time() - started)
        return reply

    async def _names_and_ehlo(self, talk: Talk, shown: tls.Certificate | None, greeting: Reply | None) -> None:
        async with asyncio.TaskGroup() as group:
            if shown is not None and not shown.covers(self.visit.host):
                group.create_task(papers.names(self.visit, self._here, shown, _name_in(greeting)))
            if greeting is not None:
                group.create_task(self._ehlo(talk, under_tls=True))

    def _certificate(self, talk: Talk, greeting: Reply | None = None) -> tls.Certificate | None:
        return papers.shown(self.visit, self._here, talk.tls_object, _name_in(greeting))

    def _established(self, talk: Talk, *, implicit: bool, seconds: float) -> None:
        version, cipher = talk.tls_object.version() or "", (talk.tls_object.cipher() or ("",))[0]
        self.visit.book.see(TlsEstablished, **self._here, implicit=implicit, version=version, cipher=cipher, seconds=seconds)
        if version in ("TLSv1", "TLSv1.1", "SSLv3"):
            self.visit.book.see(OldTlsOnly, **self._here, version=version)

    def _failed(self, failed: Failed, stage: Step, talk: Talk) -> None:
        raw = bytes(talk.raw)
        if isinstance(failed, Silent):
            self.visit.book.see(StayedSilent, **self._here, stage=stage, seconds=self.visit.deadlines.reply)
        elif isinstance(failed, Broken):
            other = smtp.protocol_of(raw) if stage == "greeting" else None
            if other is not None and not (other == "unknown" and failed.fault == "too_long"):
                self._other_protocol(other, raw)
            else:
                self._malformed(stage, failed.fault)
        elif isinstance(failed, Closed):
            reason, detail = tls.handshake_fault(failed.alert) if failed.alert else ("closed", "")
            if reason == "client_certificate_demanded":  # TLS 1.3 says so only after our side of the handshake
                self.visit.book.see(TlsFailed, **self._here, implicit=stage == "greeting", reason=reason, detail=detail)
                return
            other = smtp.protocol_of(raw) if stage == "greeting" else None
            if other is not None:
                self._other_protocol(other, raw)
            self.visit.book.see(ConnectionClosed, **self._here, stage=stage, reset=failed.reset)

    def _malformed(self, stage: Step, fault: smtp.Fault) -> None:
        if fault == "injected" and stage != "starttls":
            return  # more than was asked for, but nothing that anyone could mistake for an answer
        self.visit.book.see(MalformedReplySeen, **self._here, stage=stage, reason=fault)

    def _replied(self, stage: Step, reply: Reply) -> None:
        self.visit.book.see(Replied, **self._here, stage=stage, code=reply.code, enhanced=reply.enhanced, text=reply.text)

    def _other_protocol(self, protocol: smtp.Protocol, raw: bytes) -> None:
        self.visit.book.see(SpokeOtherProtocol, **self._here, protocol=protocol, text=smtp.clean(raw.decode("utf-8", "replace")))


def _name_in(greeting: Reply | None) -> str:
    """The name that the server gives itself in its greeting, "" without one. Source: RFC 5321 section 4.2 (Greeting)."""
    return smtp.clean(greeting.lines[0].split(" ")[0].lower(), 253) if greeting is not None and greeting.lines else ""
