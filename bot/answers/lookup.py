"""Which settings are to be entered? An address, domain, host or brand name -> settings, as blocks and as the contract's JSON.

Pure: what discovery found on the network comes in as `CandidateFound` and probe facts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import observations as o
from bot.answers.diagnosis import source_json
from bot.answers.minding import cited, oauth2_only, signs_in, warnings
from bot.answers.wording import instructions, spans
from bot.diagnosis.advice import Change as SettingChange
from bot.diagnosis.advice import Instruction, app_password_steps, filled_snippet, mode_name, mode_word, setting_steps, username_of
from bot.diagnosis.survey import at_port, survey
from bot.observations import Observations
from bot.reply import (
    Block,
    Bullets,
    Code,
    Emphasis,
    Literal,
    Paragraph,
    Preformatted,
    Reply,
    SettingsTable,
    SourceLine,
    Sources,
    Spans,
    Text,
)
from knowledge.index import Index
from knowledge.model import Client, Limits, Provider, Server
from knowledge.terms import RELAY, Endpoint, Security

_A_WORD = 24  # characters; "STARTTLS (or TLS)" is a word of a menu, longer ones are sentences


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found. `how`: "knowledge", "srv", "autoconfig", "mx" or "probe"; `servers` with the one to recommend first.

    `unknown_client`: what was given as the person's program and is none that is known.
    """

    query: str
    provider: Provider | None
    how: str
    servers: tuple[Server, ...]
    client: Client | None
    did_you_mean: tuple[str, ...] = ()
    old_host: str | None = None
    candidates: tuple[o.CandidateFound, ...] = ()
    unknown_client: str = ""

    @property
    def found(self) -> bool:
        return bool(self.servers) or self.provider is not None


def look_up(query: str, index: Index, client: str | None = None, seen: Observations | None = None) -> Lookup:
    """Looks in the knowledge, then in what discovery has `seen`; `client` is an id or a name. Never raises for a query, however odd."""
    text = query.strip().strip("<>").strip()
    chosen = index.client_named(client) if client else None
    domain = _domain(text)
    provider = None
    how = "knowledge"
    if domain:
        provider = index.by_domain(domain) or index.by_host(domain)
    if provider is None:
        provider = index.provider(text.lower()) or index.by_name(text.lower())
    found: tuple[o.CandidateFound, ...] = ()
    servers: tuple[Server, ...] = ()
    if provider is not None:
        servers = index.servers_for(provider, domain or None)
    elif seen is not None:
        found = seen.all(o.CandidateFound)
        servers, how, provider = _from_network(found, seen, index)
    meant = () if provider is not None or servers else index.suggest(domain or text)
    old = domain if provider is not None and domain in provider.old_hosts else None
    return Lookup(query, provider, how, servers, chosen, tuple(meant), old, found, client if client and chosen is None else "")


def _domain(text: str) -> str:
    """The domain of an address, or the text itself if it looks like a domain or host; else ""."""
    candidate = text.rsplit("@", 1)[-1].strip().rstrip(".").lower()
    return candidate if "." in candidate and not any(c.isspace() or c in "/\\" for c in candidate) else ""


def _from_network(found: tuple[o.CandidateFound, ...], seen: Observations, index: Index) -> tuple[tuple[Server, ...], str, Provider | None]:
    """Published endpoints that were seen to work, best trusted first. One that was connected to and failed is left out."""
    servers: list[Server] = []
    provider: Provider | None = None
    how = ""
    views = survey(seen)
    for candidate in sorted(found, key=lambda c: o.TRUST.index(c.how)):
        mine = tuple(view for view in views if view.host == candidate.host)
        view = at_port(mine, candidate.port)
        if view is None or not view.works:
            continue
        endpoint = Endpoint(candidate.host, candidate.port, view.speaks or Security(candidate.security))
        if any(server.endpoint == endpoint for server in servers):
            continue
        servers.append(Server(endpoint))
        if not how:
            how = {"name": "probe", "ns": "mx", "ispdb": "autoconfig", "autodiscover": "autoconfig"}.get(candidate.how, candidate.how)
            provider = index.by_host(candidate.host)
    return tuple(servers), how or "probe", provider


# --- JSON ----------------------------------------------------------------------------------------------------------------


def lookup_json(lookup: Lookup, index: Index, today: datetime.date) -> dict[str, Any]:
    """The contract's `lookup` object."""
    provider = lookup.provider
    return {
        "schema": 1,
        "query": lookup.query,
        "found": lookup.found,
        "provider": provider.id if provider else None,
        "name": provider.name if provider else None,
        "how": lookup.how,
        "settings": settings_json(lookup, index),
        "before_you_start": [text for text in (_own_server(lookup, index), *(step.text for step in _before(lookup, index))) if text],
        "steps": [{"text": step.text, "url": step.url} for step in _steps(lookup, index)],
        "limits": _limits_json(provider.limits) if provider and provider.limits else None,
        "warnings": warnings(lookup, index, today),
        "sources": [{**source_json(source), "about": about} for source, about in cited(lookup, index, today)],
        "did_you_mean": list(lookup.did_you_mean),
    }


def settings_json(lookup: Lookup, index: Index) -> list[Mapping[str, Any]]:
    provider = lookup.provider
    need = provider.app_password.need if provider is not None and provider.app_password is not None else "unknown"
    return [
        {
            "host": server.endpoint.host,
            "port": server.endpoint.port,
            "security": server.endpoint.security.value,
            "auth": list(server.auth),
            "username": username_of(provider, index) if provider is not None else None,
            "app_password": {"required": True, "none": False}.get(need),
            "preferred": number == 0,
        }
        for number, server in enumerate(lookup.servers)
    ]


def _limits_json(limits: Limits) -> dict[str, Any]:
    return {
        "messages_per_day": limits.messages_per_day,
        "messages_per_hour": limits.messages_per_hour,
        "recipients_per_day": limits.recipients_per_day,
        "recipients_per_message": limits.recipients_per_message,
        "message_mb": limits.message_mb,
        "note": limits.note,
    }


# --- parts ---------------------------------------------------------------------------------------------------------------


def _before(lookup: Lookup, index: Index) -> list[Instruction]:
    """What must be done before any setting helps: access for programs switched on, an app password made, and what that needs first; also
    where one is only needed by some, if something must be switched on before it can be made."""
    provider = lookup.provider
    rule = provider.app_password if provider is not None else None
    if oauth2_only(lookup):  # the table and the steps say it
        return []
    if provider is not None and lookup.client is not None and signs_in(lookup):
        return [
            Instruction(
                index.phrase("answers.signs_in", client=lookup.client.name[:1].upper() + lookup.client.name[1:], provider=provider.name)
            )
        ]
    found = [Instruction(index.phrase("answers.access.here", where=provider.access))] if provider is not None and provider.access else []
    if rule is None or provider is None:
        return found
    if rule.need == "required":
        return [*found, *app_password_steps(provider, index)]
    if rule.need == "optional" and rule.enable_first:
        what = rule.enable_first.rstrip(". ")
        return [*found, Instruction(index.phrase("answers.app_password.optional", name=rule.name, what=what), url=rule.url)]
    return found


def _own_server(lookup: Lookup, index: Index) -> str:
    """Where each customer sees the name of their own server; "" where the provider has one for all."""
    provider = lookup.provider
    if provider is None or not provider.own_server or lookup.servers:
        return ""
    return index.phrase("answers.lookup_own_server", provider=provider.name, where=provider.own_server)


def _steps(lookup: Lookup, index: Index) -> list[Instruction]:
    """Where each value goes in the person's program; nothing where no program is named."""
    if lookup.client is None or not lookup.servers:
        return []
    endpoint = lookup.servers[0].endpoint
    changes = [
        SettingChange("host", endpoint.host),
        SettingChange("port", str(endpoint.port)),
        SettingChange("security", mode_word(endpoint.security, lookup.client, index)),
        SettingChange("authentication", index.phrase(f"answers.value.{'oauth2' if oauth2_only(lookup) or signs_in(lookup) else 'on'}")),
    ]
    if lookup.provider is not None:
        value = username_of(lookup.provider, index)
        changes.append(SettingChange("username", value, literal=bool(lookup.provider.username_value)))
    return list(setting_steps(tuple(changes), lookup.client, index, lookup.provider))


# --- blocks ----------------------------------------------------------------------------------------------------------------


def lookup_blocks(lookup: Lookup, index: Index, today: datetime.date, said: tuple[str, ...] = ()) -> tuple[Block, ...]:
    """The answer for people: the table to enter, what must be done first, the steps in the program, what to mind beyond what was `said`."""
    if not lookup.found:
        blocks: list[Block] = [Paragraph(spans(index, "answers.lookup_nothing", query=Literal(lookup.query)))]
        if lookup.did_you_mean:
            blocks.append(Bullets(tuple((Code(name),) for name in lookup.did_you_mean), spans(index, "answers.did_you_mean")))
        return tuple(blocks)
    blocks = [Paragraph(_headline(lookup, index))]
    if lookup.servers:
        blocks.append(settings_table(lookup.servers[0], lookup.provider, index, lookup.client))
        if _alternative_servers(lookup):
            blocks.append(Paragraph(_alternatives(lookup, index)))
    before = _before(lookup, index)
    if before:
        blocks.append(instructions(before, spans(index, "answers.before_you_start")))
    steps = _steps(lookup, index)
    if steps and lookup.client is not None:
        blocks.append(instructions(steps, spans(index, "answers.in_program", client=Emphasis(lookup.client.name))))
        if lookup.client.snippet is not None and lookup.servers[0].endpoint.security is not Security.NONE:
            blocks.append(
                Preformatted(
                    filled_snippet(lookup.client, lookup.servers[0].endpoint, index, lookup.provider), lookup.client.snippet.language
                )
            )
    if lookup.unknown_client:
        blocks.extend(_unknown_client(lookup.unknown_client, index))
    if minded := warnings(lookup, index, today, said):
        blocks.append(Bullets(tuple((Text(warning),) for warning in minded), spans(index, "answers.mind")))
    if lookup.provider is not None and lookup.provider.limits is not None and (limits := _limits_line(lookup.provider.limits, index)):
        blocks.append(Paragraph((Text(limits),)))
    if sources := cited(lookup, index, today):
        blocks.append(Sources(tuple(SourceLine(source.url, source.checked, about) for source, about in sources)))
    return tuple(blocks)


def _unknown_client(said: str, index: Index) -> Iterable[Block]:
    yield Paragraph(spans(index, "answers.unknown_client", client=Literal(said)))
    if meant := index.suggest_clients(said):
        names = tuple((Code(index.knowledge.clients[id].name),) for id in meant)
        yield Bullets(names, spans(index, "answers.did_you_mean"))


def _headline(lookup: Lookup, index: Index) -> Spans:
    if lookup.provider is None:
        return spans(index, f"answers.lookup_how_{lookup.how}", query=Literal(lookup.query))
    if own := _own_server(lookup, index):
        return (Text(own),)
    if lookup.provider.status == "ended" and not lookup.servers:
        return _ended(lookup.provider, index)
    phrase = "answers.lookup_found" if lookup.servers else "answers.lookup_no_server"
    return spans(index, phrase, provider=Emphasis(lookup.provider.name))


def _ended(provider: Provider, index: Index) -> Spans:
    """That a brand is gone, and what it became."""
    successor = index.provider(provider.successor) if provider.successor else None
    if successor is None:
        return spans(index, "answers.ended", provider=Emphasis(provider.name))
    return spans(index, "answers.ended_successor", provider=Emphasis(provider.name), successor=Emphasis(successor.name))


def settings_table(server: Server, provider: Provider | None, index: Index, client: Client | None = None) -> SettingsTable:
    """The values to enter, in the field's words; where each goes in a program, and what that program calls it, is for the steps. Of
    several ways to log in those that `client` has."""
    endpoint = server.endpoint
    rows = [
        (index.phrase("answers.setting.host").capitalize(), endpoint.host),
        (index.phrase("answers.setting.port").capitalize(), str(endpoint.port)),
        (index.phrase("answers.setting.security").capitalize(), index.phrase(f"answers.mode.{endpoint.security.value}")),
    ]
    if provider is not None:
        rows.append((index.phrase("answers.setting.username").capitalize(), username_of(provider, index)))
        lacking = client is not None and client.oauth2 is False and (provider.oauth2 is None or client.id not in provider.oauth2.programs)
        ways = [method for method in server.auth if method != "oauth2"] if lacking else []
        methods = [index.phrase(f"answers.auth.{method}") for method in ways or server.auth]
        if methods:
            rows.append((index.phrase("answers.setting.login").capitalize(), _any_of(methods, index)))
    return SettingsTable(tuple(rows))


def _any_of(words: list[str], index: Index) -> str:
    """ "password, app password or OAuth2"."""
    before, last = ", ".join(words[:-1]), words[-1]
    return before + index.phrase("answers.or") + last if before else last


def _alternative_servers(lookup: Lookup) -> tuple[Server, ...]:
    """Further endpoints worth naming: encrypted ones for programs, not the relay port."""
    return tuple(s for s in lookup.servers[1:] if s.endpoint.security is not Security.NONE and s.endpoint.port != RELAY)[:3]


def _alternatives(lookup: Lookup, index: Index) -> Spans:
    first = lookup.servers[0].endpoint
    found: list[Any] = list(spans(index, "answers.also_works"))
    for number, server in enumerate(_alternative_servers(lookup)):
        endpoint = server.endpoint
        found.append(Text("; " if number else ""))
        if endpoint.host != first.host:
            found.extend((Code(endpoint.host), Text(" ")))
        found.extend(
            spans(index, "answers.port_and_mode", port=endpoint.port, mode=Text(_short_mode(endpoint.security, lookup.client, index)))
        )
    found.append(Text("."))
    return tuple(found)


def _short_mode(security: Security, client: Client | None, index: Index) -> str:
    """The menu's word where it is a word; the field's where the menu has a whole sentence."""
    word = mode_name(security, client, index)
    return word if len(word) <= _A_WORD else index.phrase(f"answers.mode_short.{security.value}")


def _limits_line(limits: Limits, index: Index) -> str:
    parts = [
        index.phrase(f"answers.limit.{name}", count=value)
        for name in ("messages_per_day", "messages_per_hour", "recipients_per_day", "recipients_per_message", "message_mb")
        if (value := getattr(limits, name)) is not None
    ]
    return index.phrase("answers.limits", limits=", ".join(parts)) if parts else ""


def lookup_reply(query: str, index: Index, today: datetime.date, client: str | None = None) -> Reply:
    """The quick settings lookup as one message."""
    found = look_up(query, index, client)
    settings = settings_json(found, index)
    return Reply(lookup_blocks(found, index, today), settings=settings[0] if settings else None)
