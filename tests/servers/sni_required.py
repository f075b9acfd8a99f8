"""Shows its certificate only to who names the host in the TLS hello."""

from __future__ import annotations

import ssl

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    context = peer.papers.context("unknown_issuer")
    good = peer.papers.context("good")

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name == peer.papers.host:
            connection.context = good

    context.sni_callback = choose
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    await peer.secure_with(context)
    await peer.behave_under_tls()
