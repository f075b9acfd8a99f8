"""What shall the person do about a finding? The smallest change from what they have now, in the words of their program. Pure.

A fix of the knowledge says *what* to set, the evidence may say it better (a port that was seen to work), the provider's entry says
which values are theirs, the client's entry says *where*. Wording stands in `knowledge/`; here it is picked and filled in.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot import observations as o
from bot.diagnosis.diagnose import WAY, is_servers_own, provider_of
from bot.diagnosis.fixes import choose_fix, in_force
from bot.diagnosis.model import Finding, Quote, Situation
from bot.diagnosis.survey import at_port, let_some_in, survey
from bot.diagnosis.target import is_astray, target_of
from bot.observations import Observations
from knowledge.index import Index
from knowledge.model import Cause, Client, Fix, Provider, Trap
from knowledge.terms import CUSTOMARY_SECURITY, Endpoint, Security, Source

# What a place holds that says by itself what to do there.
_TELLS = re.compile(r"[:{,;`]| asks | that prints")
# How a place says that its setting has another value for OAuth2.
_OR_OAUTH2 = re.compile(r',? \(?or "?OAuth2"? where the provider asks for it\)?$')
# The site of a fault that both sides see, at every port: the server itself, its name, or whom it lets in.
BOTH_SIDES = "bot"
# The site of a server that one of our sites reaches and another one does not.
SOME_SITES = "some"
# The site of a connection that fails at the machine the program itself runs on.
ITSELF = "itself"
# How a program's word for a mode says that its port decides which one it is.
_BY_PORT = "by port"
_ORDER = ("host", "port", "security", "authentication", "username", "password", "sender")


@dataclass(frozen=True, slots=True)
class Change:
    """One setting to change. `value` as it is to be entered (in the program's own word for a mode), `name` as people say it (None: the
    same), `was` what it is now, if known. `literal`: a user name that is entered letter by letter, where others are only described."""

    setting: str
    value: str
    was: str | None = None
    name: str | None = None
    literal: bool = False

    @property
    def shown(self) -> str:
        return self.name if self.name is not None else self.value


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step. `code` is a line to enter as it is; `url` a page of the provider or of the source."""

    text: str
    code: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """`changes` empty: nothing to set, see `steps`. `target` is the endpoint that results, None where unknown. `site`: "user" where the
    fault was seen only from the person's side, `BOTH_SIDES` where no port of the server is any better from here, `SOME_SITES` where it
    lets only some of our sites in. `traps` are the provider's, as far as they concern this finding."""

    cause: Cause
    fix: Fix | None
    site: str
    changes: tuple[Change, ...]
    steps: tuple[Instruction, ...]
    target: Endpoint | None
    snippet: tuple[str, str] | None
    traps: tuple[Trap, ...]
    provider: Provider | None
    client: Client | None
    sources: tuple[Source, ...]


def advise(finding: Finding, situation: Situation, seen: Observations, index: Index, today: datetime.date) -> Advice:
    """The advice for one finding. `today` decides which dated rules hold."""
    cause = index.knowledge.causes[finding.cause]
    provider = provider_of(situation, index)
    client = client_of(situation, index)
    site = _site(finding, situation, seen, provider)
    fix = choose_fix(cause, situation, provider, client, site, today, seen)
    astray = is_astray(finding, situation, seen, provider)
    target = target_of(finding, fix, situation, seen, provider, astray=astray)
    if site == ITSELF and provider is None:
        target = None  # no port of the own machine is any better
    changes = _changes(finding, fix, target, situation, provider, client, index, astray=astray)
    traps = tuple(traps_of(provider, today, concerns=(cause.id, *(change.setting for change in changes)))) if provider else ()
    return Advice(
        cause=cause,
        fix=fix,
        site=site,
        changes=changes,
        steps=tuple(_steps(fix, changes, provider, client, index)),
        target=target,
        snippet=_snippet(client, target, changes, provider, index),
        traps=traps,
        provider=provider,
        client=client,
        sources=_sources(cause, fix, provider, changes),
    )


def client_of(situation: Situation, index: Index) -> Client | None:
    return index.knowledge.clients.get(situation.client) if situation.client else None


def as_the_program_means(situation: Situation, index: Index) -> Situation:
    """With the mode that the program really uses: one that has a single switch for encryption takes the mode by the port ("Use SSL" at
    587 on an iPhone is STARTTLS), whatever its switch is called."""
    client = client_of(situation, index)
    usual = CUSTOMARY_SECURITY.get(situation.port) if situation.port is not None else None
    if client is None or situation.security in (None, Security.NONE) or usual in (None, Security.NONE):
        return situation
    one_switch = len(client.words) > 1 and all(
        _BY_PORT in client.words.get(mode, "") for mode in (Security.IMPLICIT_TLS, Security.STARTTLS)
    )
    return replace(situation, security=usual) if one_switch else situation


# --- what concerns this finding ---


def traps_of(provider: Provider, today: datetime.date, concerns: Iterable[str] | None = None) -> Iterable[Trap]:
    """The provider's traps in force; with `concerns`, only those that name one of these, or name nothing."""
    wanted = None if concerns is None else set(concerns)
    for trap in provider.traps:
        if in_force(trap.since, trap.until, today) and (wanted is None or not trap.concerns or wanted & set(trap.concerns)):
            yield trap


def _site(finding: Finding, situation: Situation, seen: Observations, provider: Provider | None) -> str:
    """Where the fault was seen: "user" if this side could connect where the person could not, `SOME_SITES` if only some of our sites
    could, `BOTH_SIDES` if no port is any better,
    `ITSELF` if the server entered is the program's own machine, else the site of the evidence."""
    if situation.on_itself and finding.cause.startswith("net."):
        return ITSELF
    if is_servers_own(finding.cause, situation, seen, provider):
        return BOTH_SIDES
    if finding.cause in WAY - {"net.closed"} and let_some_in(seen, situation.port):
        return SOME_SITES
    if finding.cause.startswith("net.") and situation.port is not None:
        view = at_port(survey(seen), situation.port)
        if view is not None and view.connected and view.speaks is not None:
            return o.USER
    if finding.cause == "tls.expired" and any(isinstance(e, o.CertificateShown) and e.trusted for e in finding.evidence):
        return o.USER
    return next((e.site for e in finding.evidence if not isinstance(e, Quote) and e.site != o.USER), "")


# --- what to set ---------------------------------------------------------------------------------------------------------


def mode_name(security: Security, client: Client | None, index: Index) -> str:
    """What people call a mode: the word in the program's menu, or the field's where the program has only a key in a file for it.

    Where the menu calls STARTTLS something else ("TLS"), both are said.
    """
    usual = index.phrase(f"answers.mode_short.{security.value}")
    place = client.places.get("security") if client is not None else None
    if client is None or security not in client.words or (place is not None and place.code):
        return usual
    word = client.words[security]
    return word if security is not Security.STARTTLS or usual.lower() in word.lower() else f"{word} ({usual})"


def _mode_change(security: Security, was: Security | None, client: Client | None, index: Index) -> Change:
    before = mode_name(was, client, index) if was is not None else None
    return Change("security", mode_word(security, client, index), before, mode_name(security, client, index))


def mode_word(security: Security, client: Client | None, index: Index) -> str:
    """The program's own word for a mode, else the field's."""
    if client is not None and security in client.words:
        return client.words[security]
    return index.phrase(f"answers.mode.{security.value}")


def _changes(
    finding: Finding,
    fix: Fix | None,
    target: Endpoint | None,
    situation: Situation,
    provider: Provider | None,
    client: Client | None,
    index: Index,
    *,
    astray: bool,
) -> tuple[Change, ...]:
    changes: dict[str, Change] = {}
    touched = astray or finding.proposal is not None or (fix is not None and bool({"host", "port", "security"} & fix.set.keys()))
    if target is not None and touched:
        if target.host != situation.host:
            changes["host"] = Change("host", target.host, situation.host)
        if target.port != situation.port:
            changes["port"] = Change("port", str(target.port), str(situation.port) if situation.port else None)
        certificate = finding.cause in ("tls.expired", "tls.hostname_mismatch", "tls.untrusted")  # seen, so the mode is right
        unproved = certificate or (not changes and finding.proposal is None and finding.cause.startswith("net."))
        guessed = situation.security is None and unproved
        if target.security is not situation.security and not guessed:
            changes["security"] = _mode_change(target.security, situation.security, client, index)
        elif finding.cause in ("tls.wrong_mode", "tls.required", "auth.needs_tls_first") and "port" not in changes:
            changes["security"] = _mode_change(target.security, None, client, index)  # said to be set so, and proved to be not
    elif finding.proposal is not None and finding.proposal.security is not None and situation.security is not finding.proposal.security:
        changes["security"] = _mode_change(finding.proposal.security, situation.security, client, index)
    elif fix is not None and target is None and (situation.host is None or situation.on_itself):  # what the fix says by itself
        if situation.on_itself and fix.set.get("host") == "of_provider":
            name = index.phrase("answers.value.of_provider")
            changes["host"] = Change("host", index.phrase("answers.placeholder.host"), situation.host, name)
        if (port := fix.set.get("port", "")).isdigit() and int(port) != situation.port:
            changes["port"] = Change("port", port, str(situation.port) if situation.port else None)
        if "security" in fix.set:
            changes["security"] = _mode_change(Security(fix.set["security"]), None, client, index)
    for setting in ("authentication", "username", "password", "sender"):
        if fix is not None and setting in fix.set and not (setting == "authentication" and _lacks_oauth2(fix, provider, client)):
            literal = setting == "username" and provider is not None and bool(provider.username_value)
            changes[setting] = Change(setting, _value(setting, fix.set[setting], provider, index), literal=literal)
    return tuple(changes[name] for name in _ORDER if name in changes)


def _lacks_oauth2(fix: Fix, provider: Provider | None, client: Client | None) -> bool:
    """Whether the fix asks for a sign-in on the provider's page of a program that is known not to have it."""
    if fix.set.get("authentication") != "oauth2" or client is None or client.oauth2 is not False:
        return False
    return provider is None or provider.oauth2 is None or client.id not in provider.oauth2.programs


def _value(setting: str, word: str, provider: Provider | None, index: Index) -> str:
    """The word of a fix as something a person can enter ("app_password" -> the provider's own name for it)."""
    if word == "app_password" and provider is not None and provider.app_password is not None:
        return provider.app_password.name
    if word == "retype" and provider is not None and provider.servers and set(provider.servers[0].auth) == {"api_key"}:
        return index.phrase("answers.value.api_key")
    if setting == "username" and provider is not None:
        return username_of(provider, index)
    return index.phrase(f"answers.value.{word}")


def username_of(provider: Provider, index: Index) -> str:
    """What to enter as the user name: the word itself where it is one for everybody, else what it is, in a few words."""
    if provider.username_value:
        return provider.username_value
    if provider.username == "other" and provider.username_note:
        note = provider.username_note.rstrip(". ")
        return note if note[1:2].isupper() else note[:1].lower() + note[1:]
    return index.phrase(f"answers.username.{provider.username}")


# --- steps -----------------------------------------------------------------------------------------------------------------


def _steps(
    fix: Fix | None, changes: tuple[Change, ...], provider: Provider | None, client: Client | None, index: Index
) -> Iterable[Instruction]:
    """First what must be done elsewhere (an app password made), then the settings in the program, then what is to be done besides."""
    where = provider.access if provider is not None and provider.access else index.phrase("answers.access.somewhere")
    words = client.words if client is not None else {}
    none = words.get(Security.NONE) or index.phrase(f"answers.mode_short.{Security.NONE.value}")
    texts = (*fix.first, *fix.do) if fix is not None else ()
    sentences = [text.replace("{access}", where).replace("{none}", none) for text in texts]
    told = [Instruction(text, url=fix.url if fix is not None and number == 0 else None) for number, text in enumerate(sentences)]
    before = len(fix.first) if fix is not None else 0
    yield from told[:before]
    if any(change.setting == "password" and fix is not None and fix.set.get("password") == "app_password" for change in changes):
        yield from app_password_steps(provider, index)
    if fix is not None and client is not None and _lacks_oauth2(fix, provider, client):
        yield Instruction(index.phrase("answers.oauth2_lacking", client=client.name))
    yield from setting_steps(changes, client, index, provider)
    yield from told[before:]


def app_password_steps(provider: Provider | None, index: Index) -> Iterable[Instruction]:
    """How an app password is made at this provider: what to switch on first, and where."""
    rule = provider.app_password if provider is not None else None
    if rule is None or provider is None:
        yield Instruction(index.phrase("answers.app_password.make_anywhere"))
        return
    if rule.enable_first:
        yield Instruction(index.phrase("answers.app_password.enable_first", what=rule.enable_first.rstrip(". ")))
    phrase = "make_where" if rule.where else "make" if rule.url else "make_without_link"
    text = index.phrase(f"answers.app_password.{phrase}", name=rule.name, provider=provider.name, where=rule.where.rstrip(". "))
    yield Instruction(text, url=rule.url)


def setting_steps(
    changes: tuple[Change, ...], client: Client | None, index: Index, provider: Provider | None = None
) -> Iterable[Instruction]:
    """The way to the settings in this program, one step a setting in its own words, then what makes the program take them.

    Where `provider` has no OAuth2, nothing is said of it.
    """
    if not changes:
        return
    place_of = client if client is not None else index.knowledge.clients.get("other")
    changeable = [c for c in changes if client is None or c.setting not in client.cannot]
    if client is not None and any(not _stands_apart(client, change.setting) for change in changeable):
        yield from (Instruction(text) for text in client.open)
    for change in changes:
        if client is not None and change.setting in client.cannot:
            yield Instruction(
                index.phrase(
                    "answers.cannot_change",
                    setting=index.phrase(f"answers.setting.{change.setting}"),
                    client=client.name,
                    value=change.value,
                )
            )
            continue
        place = place_of.places.get(change.setting) if place_of is not None else None
        oauth2 = change.setting == "authentication" and change.value == index.phrase("answers.value.oauth2")
        if place is not None and oauth2 and "{value}" not in place.text:  # it tells the usual login only
            label, colon, rest = place.text.partition(":")
            place = replace(place, text=f"{label}{colon} {{value}}") if "OAuth2" in rest and not place.code else None
        elif place is not None and change.setting == "authentication" and provider is not None and not _has_oauth2(provider):
            place = replace(place, text=_OR_OAUTH2.sub("", place.text))
        if place is None or client is None:
            yield Instruction(index.phrase("answers.set", setting=index.phrase(f"answers.setting.{change.setting}"), value=change.value))
            continue
        value = change.value
        if place.code and not change.literal and change.setting == "username":
            value = _username_example(provider, index)
        elif place.code and change.setting == "sender":
            value = index.phrase("answers.placeholder.sender")
        if change.setting == "password" and not place.code and not _TELLS.search(place.text):  # the bare name of a field
            place = replace(place, text=place.text + ": {value}")
        yield Instruction(place.text.replace("{value}", value), code=place.code)
    if client is not None and changeable:
        yield from (Instruction(text) for text in client.after)


def _stands_apart(client: Client, setting: str) -> bool:
    return (place := client.places.get(setting)) is not None and place.apart


def _has_oauth2(provider: Provider) -> bool:
    return not provider.servers or any("oauth2" in server.auth for server in provider.servers)


def _snippet(
    client: Client | None, target: Endpoint | None, changes: tuple[Change, ...], provider: Provider | None, index: Index
) -> tuple[str, str] | None:
    """(language, text) of the client's minimal snippet with the target filled in, where more than one line changes."""
    if client is None or client.snippet is None or target is None or target.security is Security.NONE:
        return None
    place = client.places.get("security")
    lines = [change for change in changes if change.setting in ("host", "port", "security")]
    if not lines or (len(lines) == 1 and (lines[0].setting != "security" or (place is not None and place.code))):
        return None
    return client.snippet.language, filled_snippet(client, target, index, provider)


def filled_snippet(client: Client, target: Endpoint, index: Index, provider: Provider | None = None) -> str:
    """The program's snippet for `target`, ready but for the password; with the provider's user name where it is one word for all."""
    assert client.snippet is not None
    template = client.snippet.implicit_tls if target.security is Security.IMPLICIT_TLS else client.snippet.starttls
    return template.format(
        host=target.host,
        port=target.port,
        username=_username_example(provider, index),
        sender=index.phrase("answers.placeholder.sender"),
        recipient=index.phrase("answers.placeholder.recipient"),
    ).strip("\n")


def _username_example(provider: Provider | None, index: Index) -> str:
    """What stands for the user name in a line of code: the word that is one for everybody, else something of the right form."""
    if provider is not None and provider.username_value:
        return provider.username_value
    form = provider.username if provider is not None else "full_address"
    return index.phrase(f"answers.placeholder.username.{form}")


def _sources(cause: Cause, fix: Fix | None, provider: Provider | None, changes: tuple[Change, ...]) -> tuple[Source, ...]:
    """Where the advice comes from, each once, the fix's own source first; the provider's where its values were used."""
    found: list[Source] = []
    if fix is not None:
        found.append(fix.source)
    if provider is not None and any(c.setting in ("host", "port", "security", "username", "password") for c in changes):
        rule = provider.app_password
        if rule is not None and rule.source is not None and any(c.setting == "password" for c in changes):
            found.append(rule.source)
        found.extend(provider.sources[:1])
    found.extend(cause.sources[:1])
    unique: dict[str, Source] = {}
    for source in found:
        unique.setdefault(source.url, source)
    return tuple(unique.values())[:3]
