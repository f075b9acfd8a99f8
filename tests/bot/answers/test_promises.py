"""What every answer promises, over all causes, many settings and what a look may have found: the smallest change, one provider's rules,
nothing against what was seen."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

import pytest

from bot.diagnosis.advice import Advice, advise
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.observations import Observations
from knowledge.index import index
from knowledge.terms import Security
from tests.talks.worlds import facts

TODAY = datetime.date(2026, 11, 25)
HOST = "mail.our-club.test"
CAUSES = sorted(index().knowledge.causes)
BRANDS = ("gmail", "microsoft365", "outlook.com", "yahoo", "icloud", "gmx", "qq", "sendgrid", "ses", "ovh", "t-online")
MODES = (None, Security.NONE, Security.STARTTLS, Security.IMPLICIT_TLS)
PORTS = (None, 25, 465, 587)


def advice(cause: str, situation: Situation, *words: str) -> Advice:
    seen = Observations(tuple(fact for word in words for fact in facts(word, situation.host or HOST)))
    return advise(Finding(cause, Certainty.LIKELY), situation, seen, index(), TODAY)


def people(**more: str | None) -> Iterator[Situation]:
    for port, security, client in itertools.product(PORTS, MODES, (None, "thunderbird", "python-smtplib", "printer")):
        yield Situation(port=port, security=security, client=client, **more)  # type: ignore[arg-type]  # names of Situation's texts


@pytest.mark.parametrize("cause", CAUSES)
def test_nothing_is_changed_into_what_it_is(cause: str) -> None:
    for situation in people(host=HOST):
        for change in advice(cause, situation).changes:
            now = {"host": situation.host, "port": str(situation.port)}.get(change.setting)
            assert change.value != now, situation
            assert change.shown != change.was, situation


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("brand", BRANDS)
def test_the_rules_of_two_providers_are_never_mixed(cause: str, brand: str) -> None:
    """The address is at one provider, the server entered is another's: what is told is all of the one that is named."""
    provider = index().provider(brand)
    assert provider is not None
    own = {server.endpoint.host for server in provider.servers}
    others = [one for one in BRANDS if one != brand]
    foreign_words = {rule.url for one in others if (found := index().provider(one)) and (rule := found.app_password) and rule.url}

    for foreign in ("smtp.gmail.com", "smtp.office365.com", None):
        told = advice(cause, Situation(host=foreign, port=587, provider=brand, client="thunderbird"))

        assert told.provider is provider
        assert set(told.traps) <= set(provider.traps)
        assert told.target is None or told.target.host in {*own, foreign}
        mine = provider.app_password.url if provider.app_password is not None else None
        assert not {step.url for step in told.steps} & (foreign_words - {mine} - {fix.url for fix in told.cause.fixes})


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause.startswith(("net.", "tls.", "auth.", "relay."))])
@pytest.mark.parametrize(
    ("world", "dead", "speaks"),
    [
        (("good-587", "refused-465", "refused-25"), {25, 465}, {587: Security.STARTTLS}),
        (("good-465", "refused-587", "refused-25"), {25, 587}, {465: Security.IMPLICIT_TLS}),
        (("implicit-587", "refused-465"), {465}, {587: Security.IMPLICIT_TLS}),
        (("good-587", "http-465"), {465}, {587: Security.STARTTLS}),
    ],
    ids=["only 587", "only 465", "implicit TLS on 587", "a web server on 465"],
)
def test_a_fix_never_contradicts_what_was_seen(cause: str, world: tuple[str, ...], dead: set[int], speaks: dict[int, Security]) -> None:
    for situation in people(host=HOST):
        told = advice(cause, situation, *world)
        changed = {change.setting for change in told.changes}
        if told.target is None or not changed & {"port", "security"}:
            continue
        if told.target.port != situation.port:
            assert told.target.port not in dead, situation
        if told.target.port in speaks:
            assert told.target.security is speaks[told.target.port], situation


@pytest.mark.parametrize("cause", CAUSES)
def test_whatever_is_told_says_how_to_see_that_it_worked_and_on_what_it_rests(cause: str) -> None:
    for situation in people(host=HOST):
        told = advice(cause, situation)
        assert told.cause.verify
        assert told.sources
