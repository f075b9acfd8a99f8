"""What must somebody mind who enters a provider's settings, and where does each fact come from? Chooses and orders; words nothing. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.diagnosis.advice import traps_of, username_of
from knowledge.index import Index
from knowledge.model import Provider, Trap
from knowledge.terms import Security, Source

if TYPE_CHECKING:
    from bot.answers.lookup import Lookup

MOST_WARNINGS = 5
MOST_SOURCES = 6
_SOURCES_OF_SERVERS = 2
_OAUTH_ONLY = frozenset({"oauth2"})
_ON_ENTERING = 2  # the last weight of a trap that catches while settings are entered
# A sentence of whose words another one has so large a share says nothing new beside it.
_SAME = 0.6


def warnings(lookup: Lookup, index: Index, today: datetime.date, said: tuple[str, ...] = ()) -> list[str]:
    """What catches people here, the most important first, nothing twice, nothing that was `said` before, `MOST_WARNINGS` at most."""
    provider = lookup.provider
    if provider is None:
        return []
    traps = sorted(traps_of(provider, today), key=_weight)
    rule = provider.app_password
    if signs_in(lookup) and (rule is None or rule.need != "none"):  # whoever signs in on the provider's page makes none
        traps = [trap for trap in traps if "app password" not in trap.text.lower()]
    first = [*_of_this_case(lookup, provider, traps, index)]
    first.extend(server.note for server in lookup.servers[:1] if server.note)
    first.extend(trap.text for trap in traps if _weight(trap) <= _ON_ENTERING)
    if provider.username_note and (provider.username != "other" or provider.username_value):
        first.append(provider.username_note)
    texts = list(dict.fromkeys((*first, *(trap.text for trap in traps))))
    told = [username_of(provider, index), *said]
    return [text for place, text in enumerate(texts) if not _said_besides(text, [*told, *texts[:place]], texts[place + 1 :])][
        :MOST_WARNINGS
    ]


def oauth2_only(lookup: Lookup) -> bool:
    """Whether the server to recommend takes no password at all."""
    return bool(lookup.servers) and frozenset(lookup.servers[0].auth) == _OAUTH_ONLY


def signs_in(lookup: Lookup) -> bool:
    """Whether the person's program can sign in on the provider's own page here: then no app password is needed."""
    oauth2 = lookup.provider.oauth2 if lookup.provider is not None else None
    can = oauth2 is not None and lookup.client is not None and lookup.client.id in oauth2.programs
    return can and bool(lookup.servers) and "oauth2" in lookup.servers[0].auth


def _of_this_case(lookup: Lookup, provider: Provider, traps: list[Trap], index: Index) -> Iterator[str]:
    """What follows from the name that was asked for, the program, and the endpoints there are."""
    if lookup.old_host is not None and lookup.servers:
        yield next((trap.text for trap in traps if lookup.old_host in trap.text), "") or index.phrase(
            "answers.old_host", old=lookup.old_host, new=lookup.servers[0].endpoint.host
        )
    if oauth2_only(lookup):
        programs = provider.oauth2.programs if provider.oauth2 is not None else ()
        if lookup.client is not None and lookup.client.oauth2 is False and lookup.client.id not in programs:
            yield index.phrase("answers.oauth2_only_cannot", provider=provider.name, client=lookup.client.name)
        elif not any("OAuth2" in trap.text and "authentication" in trap.concerns for trap in traps):
            yield index.phrase("answers.oauth2_only", provider=provider.name)
    if lookup.servers and all(server.endpoint.security is Security.NONE for server in lookup.servers):
        yield index.phrase("answers.plain_only", provider=provider.name)


def cited(lookup: Lookup, index: Index, today: datetime.date) -> tuple[tuple[Source, str], ...]:
    """(source, what it says in a word or two: "servers", "app passwords") for what the answer tells, each source once; one that nobody
    confirmed says so."""
    provider = lookup.provider
    if provider is None:
        return ()
    said: dict[str, tuple[Source, list[str]]] = {}
    for about, source in _told(provider, frozenset(warnings(lookup, index, today)), today):
        words = said.setdefault(source.url, (source, []))[1]
        if (word := index.phrase(f"answers.source.{about}")) not in words:
            words.append(word)
    doubt = [index.phrase("answers.source.unverified")]
    return tuple((source, ", ".join([*words, *(doubt if source.unverified else ())])) for source, words in said.values())[:MOST_SOURCES]


def _told(provider: Provider, shown: frozenset[str], today: datetime.date) -> Iterator[tuple[str, Source]]:
    for source in provider.sources[:_SOURCES_OF_SERVERS]:
        yield "servers", source
    if provider.app_password is not None and provider.app_password.source is not None:
        yield "app_password", provider.app_password.source
    for trap in traps_of(provider, today):
        if trap.text in shown and trap.source is not None:
            yield "minding", trap.source
    if provider.limits is not None and provider.limits.source is not None:
        yield "limits", provider.limits.source


def _weight(trap: Trap) -> int:
    """How soon a trap catches who enters settings: sending is switched off; how to log in; what to enter; what refuses logins; the rest."""
    about = set(trap.concerns)
    if "auth.smtp_auth_disabled" in about:
        return 0
    if not about or about & {"authentication", "password"}:
        return 1
    if about & {"host", "port", "security", "username"}:
        return 2
    return 3 if any(name.startswith("auth.") for name in about) else 4


def _said_besides(text: str, before: list[str], after: list[str]) -> bool:
    """Whether another sentence says nearly all of `text`: one before it, or a longer one behind it. A number is always news."""
    words = _words(text)
    others = [_words(other) for other in before] + [longer for other in after if len(longer := _words(other)) > len(words)]
    numbers = {word for word in words if word.isdigit()}
    return any(numbers <= other and len(words & other) >= _SAME * len(words) for other in others)


def _words(text: str) -> frozenset[str]:
    """What a sentence is about: its names, numbers and longer words."""
    cleaned = "".join(c if c.isalnum() or c in "-." else " " for c in text.lower())
    return frozenset(word for raw in cleaned.split() if len(word := raw.strip("-.")) > 3 or word.isdigit())
