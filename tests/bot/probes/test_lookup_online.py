"""Are the settings of a domain that is in no entry found, connected to before they are recommended, and shown at once and refined?"""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from bot.answers.lookup import look_up, lookup_json
from bot.conversation.model import ProbeRequest
from bot.probes import discovery
from bot.probes.guard import Network, Policy
from bot.probes.runner import nobody, probe
from knowledge.index import index
from tests.bot.probes.conftest import QUICK
from tests.bot.probes.test_discovery import open_as_https
from tests.bot.probes.whole_talk import talking
from tests.servers import closes_at_connect, starttls
from tests.servers.papers import Papers
from tests.servers.peer import Talk, standing
from tests.servers.resolver import resolving
from tests.servers.web_server import serving

DOMAIN = "our-club.test"
TODAY = datetime.date(2026, 11, 25)
AUTOCONFIG = f"autoconfig.{DOMAIN}/mail/config-v1.1.xml"


@pytest.fixture(scope="module")
def papers_for_all(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """One certificate for all hosts of the domain."""
    made = Papers(Path(tmp_path_factory.mktemp("papers")), f"*.{DOMAIN}")
    made.prepare()
    return made


def file_that_names(host: str, port: int) -> bytes:
    return f"""<clientConfig version="1.1"><emailProvider id="{DOMAIN}"><outgoingServer type="smtp"><hostname>{host}</hostname>
    <port>{port}</port><socketType>STARTTLS</socketType></outgoingServer></emailProvider></clientConfig>""".encode()


@asynccontextmanager
async def published(
    papers: Papers, how: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, dead: tuple[str, ...] = ()
) -> AsyncIterator[tuple[Network, dict[str, int]]]:
    """A domain whose server is published in each way of `how`, each time another one; those of `dead` hang up. The ports come by way."""
    async with AsyncExitStack() as stack:
        ports: dict[str, int] = {}
        zone: dict[str, dict[str, list[str]]] = {}
        for way in how:
            talk: Talk = closes_at_connect.talk if way in dead else starttls.talk
            ports[way] = await stack.enter_async_context(standing(talk, papers))
            zone[f"{way}.{DOMAIN}"] = {"A": ["127.0.0.1"]}
        pages: dict[str, bytes | str] = {}
        if "srv" in how:
            zone[f"_submission._tcp.{DOMAIN}"] = {"SRV": [f"0 1 {ports['srv']} srv.{DOMAIN}."]}
        if "autoconfig" in how:
            pages[AUTOCONFIG] = file_that_names(f"autoconfig.{DOMAIN}", ports["autoconfig"])
        if "ispdb" in how:
            pages[f"ispdb.{DOMAIN}/v1.1/{DOMAIN}"] = file_that_names(f"ispdb.{DOMAIN}", ports["ispdb"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf: trustme.LeafCert = papers.ca.issue_cert(f"*.{DOMAIN}")
        leaf.configure_cert(context)
        web = await stack.enter_async_context(serving(pages, context))
        open_as_https(web.port, monkeypatch)
        resolver = await stack.enter_async_context(resolving(zone))
        policy = Policy(
            (f"127.0.0.1:{resolver.port}",),
            ("127.0.0.0/8",),
            tuple(ports.values()),
            ca_file=papers.ca_file,
            ispdb=f"https://ispdb.{DOMAIN}:{web.port}/v1.1/" if "ispdb" in how else None,
        )
        yield await stack.enter_async_context(Network(policy)), ports


async def looked_up(network: Network) -> dict[str, Any]:
    seen = await probe(ProbeRequest(None, domain=DOMAIN), network, nobody, index=index(), deadlines=QUICK)
    return lookup_json(look_up(f"you@{DOMAIN}", index(), None, seen), index(), TODAY)


@pytest.mark.parametrize(("way", "told"), [("srv", "srv"), ("autoconfig", "autoconfig"), ("ispdb", "autoconfig")])
async def test_what_is_published_is_found_with_its_source(
    way: str, told: str, papers_for_all: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with published(papers_for_all, (way,), monkeypatch) as (network, ports):
        found = await looked_up(network)

    setting = found["settings"][0]
    assert (found["how"], setting["host"], setting["port"], setting["security"]) == (told, f"{way}.{DOMAIN}", ports[way], "starttls")


async def test_the_most_trusted_source_comes_first(papers_for_all: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    async with published(papers_for_all, ("ispdb", "autoconfig", "srv"), monkeypatch) as (network, _):
        found = await looked_up(network)

    assert [setting["host"] for setting in found["settings"]] == [f"{way}.{DOMAIN}" for way in ("srv", "autoconfig", "ispdb")]


async def test_one_that_does_not_answer_is_never_recommended_however_trusted(
    papers_for_all: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with published(papers_for_all, ("srv", "autoconfig"), monkeypatch, dead=("srv",)) as (network, _):
        found = await looked_up(network)
    async with published(papers_for_all, ("srv",), monkeypatch, dead=("srv",)) as (network, _):
        nothing = await looked_up(network)

    assert [setting["host"] for setting in found["settings"]] == [f"autoconfig.{DOMAIN}"]
    assert (nothing["found"], nothing["settings"]) == (False, [])


async def test_the_usual_names_are_tried_where_nobody_publishes_anything(papers_for_all: Papers) -> None:
    try:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(standing(starttls.talk, papers_for_all, "127.0.0.26", 587))
            resolver = await stack.enter_async_context(resolving({f"smtp.{DOMAIN}": {"A": ["127.0.0.26"]}}))
            policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), ca_file=papers_for_all.ca_file)
            found = await looked_up(await stack.enter_async_context(Network(policy)))
    except PermissionError:
        pytest.skip("ports below 1024 are for root only here")

    setting = found["settings"][0]
    assert (found["how"], setting["host"], setting["port"], setting["security"]) == ("probe", f"smtp.{DOMAIN}", 587, "starttls")


async def test_the_first_good_answer_is_shown_while_the_search_goes_on_and_refined(
    papers_for_all: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the talk: a source that hangs keeps nobody from seeing what was found and answers."""
    monkeypatch.setattr(discovery, "ONE_SECONDS", 2.5)

    async def hang(self: object) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(discovery._Search, "ns", hang)
    async with published(papers_for_all, ("srv", "autoconfig"), monkeypatch) as (network, ports), talking(network) as person:
        await person.says(f"which smtp settings for ann@{DOMAIN} in thunderbird?")

    shown = [progress for _, progress in person.shown if not progress.finished]
    good = {task.label for progress in shown for task in progress.tasks if task.state == "good"}
    assert f"srv.{DOMAIN}, port {ports['srv']}" in good
    assert f"srv.{DOMAIN}" in person.read
    assert f"autoconfig.{DOMAIN}" in person.read
