"""What do the tests of the probes share? Certificates of this run, a resolver, and one call that checks a server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.conversation.model import ProbeRequest
from bot.observations import Observations
from bot.probes.guard import Network, Policy
from bot.probes.model import Deadlines
from bot.probes.runner import probe
from knowledge.terms import Security
from tests.servers.papers import Papers
from tests.servers.peer import PACE, Talk, standing
from tests.servers.resolver import resolving

Check = Callable[..., Awaitable[Observations]]

# In the measure of the servers' stories; a reply gets more than its share, for the machine may be busy.
QUICK = Deadlines(connect=1.5, greeting=30 * PACE, reply=1.5, check=6.0, silence=0.3, silence_beside_tls=0.2, settle=0.3)
ZONE = {"mail.test": {"A": ["127.0.0.1"]}, "mail.hoster.test": {"A": ["127.0.0.1"]}, "elsewhere.test": {"A": ["127.9.9.9"]}}


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    made = Papers(tmp_path_factory.mktemp("papers"))
    made.prepare()
    return made


@pytest.fixture
def check(papers: Papers) -> Check:
    """check(talk, security=…) -> what a probe of a server that speaks `talk` sees at its port. The name asked for is mail.test."""

    async def run(talk: Talk, security: Security | None = Security.STARTTLS, deadlines: Deadlines = QUICK) -> Observations:
        async with standing(talk, papers) as port:
            return await check_port(port, papers, security, deadlines)

    return run


async def check_port(
    port: int, papers: Papers, security: Security | None = Security.STARTTLS, deadlines: Deadlines = QUICK
) -> Observations:
    """One check of mail.test at `port`, and at no other; leaves no connection behind."""
    async with resolving(ZONE) as resolver:
        policy = Policy(
            resolvers=(f"127.0.0.1:{resolver.port}",), allow=("127.0.0.0/8",), ports=(port,), ca_file=papers.ca_file, site="test"
        )
        async with Network(policy) as network:
            seen = await probe(ProbeRequest(host="mail.test", port=port, security=security), network, deadlines=deadlines)
        assert not network.lines
        return seen
