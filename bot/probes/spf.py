"""May this address send for this domain, says the domain's own SPF record, and does the record itself hold? Asks the resolver only.

Whether it holds is for `records.spf` to say; what it means for one address is worked out here. Macros name things that are not known
here (the sender, the HELO name): where a term with one would decide, the verdict stays unknown. Source: RFC 7208.
"""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any, Literal, cast

from bot.probes import records, targets
from bot.probes.guard import Network
from bot.probes.records import Answers, Question
from bot.probes.smtp import clean

MAX_QUESTIONS = 60  # of one record and all that it includes; ten terms with ten mail exchangers each would be more than anybody has
MAX_EXCHANGERS = 10  # of one "mx" term; RFC 7208 section 4.6.4
MAX_RECORD = 4_000

Verdict = Literal["pass", "fail", "softfail", "neutral"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_VERDICTS: dict[str, Verdict] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
# What is only true once the DNS has answered everything.
_BY_ANSWERS = ("broken_include", "void_lookups")


def records_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 "))


async def texts_at(name: str, network: Network) -> tuple[str, ...] | None:
    """The TXT records at `name`, each in one piece; None where the resolver gave no answer."""
    return _texts(await network.lookup(name, "TXT"))


def _texts(found: records.Records | None) -> tuple[str, ...] | None:
    if found is None:
        return None
    return tuple(b"".join(cast(Any, record).strings).decode("utf-8", "replace")[:MAX_RECORD] for record in found)


async def check(domain: str, address: str | None, network: Network, fields: dict[str, Any]) -> dict[str, Any] | None:
    """The fields of `SpfChecked` for `domain`, added to `fields`; None where the resolver gave no answer."""
    texts = await texts_at(domain, network)
    if texts is None:
        return None
    published = records_of(texts)
    if len(published) != 1:
        return {**fields, "record": clean(published[0]) if published else None, "problem": "several" if published else None}
    await records.load()
    answers = Answers()
    while True:
        answers.lacking.clear()
        lookups, problem = records.spf(published[0], domain, answers)
        allows = verdict(published[0], domain, ipaddress.ip_address(address), answers) if address and problem is None else None
        full = len(answers.given) + len(answers.lacking) > MAX_QUESTIONS
        if not answers.lacking or (full and problem == "too_many_lookups"):
            break  # stand-ins need no look-ups, so too many stay too many
        await _fill(answers, network)
    if problem in _BY_ANSWERS and None in answers.given.values():
        problem = None
    return {**fields, "record": clean(published[0]), "lookups": lookups, "problem": problem, "allows": allows}


async def _fill(answers: Answers, network: Network) -> None:
    """Have all answers that are lacking, at once; those past MAX_QUESTIONS, and to names of somebody's own network, stay unknown."""

    async def ask(question: Question) -> None:
        name, kind = question
        local = targets.is_local_name(name)
        answers.given[question] = None if local else await network.lookup(name, kind)

    asked = sorted(answers.lacking)[: max(0, MAX_QUESTIONS - len(answers.given))]
    answers.given.update(dict.fromkeys(answers.lacking))
    await asyncio.gather(*(ask(question) for question in asked))


# --- for one address -------------------------------------------------------------------------------------------------------------


class _Unknown(Exception):
    """A term decides by what is not known here."""


def verdict(record: str, domain: str, address: Address, answers: Answers) -> Verdict | None:
    """What a record that holds says of `address`; None where that depends on what is not known."""
    try:
        return _evaluate(record, domain, address, answers) or "neutral"
    except _Unknown:
        return None


def _evaluate(record: str, domain: str, address: Address, answers: Answers) -> Verdict | None:
    """By the first term that matches, else by the record that "redirect" names. Source: RFC 7208 sections 4.6.2 and 6.1."""
    elsewhere = ""
    for word in record.split()[1:]:
        body = word[1:] if word[0] in _VERDICTS else word
        end = min((at for at in (body.find(sign) for sign in ":=/") if at >= 0), default=len(body))
        name, sign, rest = body[:end].lower(), body[end : end + 1], body[end + 1 :]
        if sign == "=":
            elsewhere = rest if name == "redirect" else elsewhere
        elif _matches(name, f"/{rest}" if sign == "/" else rest, domain, address, answers):
            return _VERDICTS.get(word[0], "pass")
    return _below(elsewhere, address, answers) if elsewhere else None


def _matches(name: str, value: str, domain: str, address: Address, answers: Answers) -> bool:
    if name == "all":
        return True
    if name in ("ip4", "ip6"):
        return address in ipaddress.ip_network(value, strict=False)
    if "%" in value or name in ("ptr", "exists"):
        raise _Unknown
    if name == "include":
        return _below(value, address, answers) == "pass"
    before, _, six = value.partition("//")
    host, _, four = before.partition("/")
    hosts = [host or domain]
    if name == "mx":
        exchangers = _known(answers, hosts[0], "MX")[:MAX_EXCHANGERS]
        hosts = [cast(Any, record).exchange.to_text() for record in exchangers]
    kind, length = ("A", four or "32") if address.version == 4 else ("AAAA", six or "128")
    found = [record.to_text() for host in hosts for record in _known(answers, host, kind)]
    return any(address in ipaddress.ip_network(f"{text}/{length}", strict=False) for text in found)


def _below(domain: str, address: Address, answers: Answers) -> Verdict | None:
    if "%" in domain:
        raise _Unknown
    published = records_of(_texts(_known(answers, domain, "TXT")) or ())
    return _evaluate(published[0], domain, address, answers) if published else None


def _known(answers: Answers, name: str, kind: str) -> records.Records:
    found = answers.records(name, kind)
    if found is None:
        raise _Unknown
    return found
