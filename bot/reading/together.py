"""Which of the servers, ports and modes that a text mentions belong together, and which of them are set now? Finds none itself.

People name settings in one breath: "before mail.x.example 25 without SSL, now 587 with STARTTLS". What is said of one of them (that it was
set before, that it is set now, that somebody advises it) is said of those named with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.reading.endpoints import HostMention
from bot.reading.mentions import Stance
from bot.reading.ports import PortMention
from bot.reading.security import ModeMention
from knowledge.terms import FETCHING, Security

Mention: TypeAlias = HostMention | PortMention | ModeMention

# Between two settings that do not belong together.
_BREAK = re.compile(
    r"[.;!?](?:\s|$)|\n|\b(?:but|aber|mais|pero|mas|ma|maar|но|але|ale|men|mutta|while|whereas|während|"
    r"also|auch|aussi|también|também|anche|ook|тоже|också|også)\b|\boder\b|\bor\b|(?<!\w)\|(?!\w)"
)
_FARTHEST = 40  # characters between two settings of one breath
# "465 and 587, both fail", "465 or 587?": none of them is the one that is set.
_ALL_ALIKE = re.compile(
    r"\b(?:both|either|neither|all (?:of them|three|ports)|same (?:thing|error|result|problem)(?! as before| again)|beide[sn]?|les deux"
    r"|ambos|ambas|los dos|os dois|entrambi|tutt[ei] e due|oba|obě|ikisi(?: de)?|обе|оба|обидва|båda|begge|molemmat|keduanya|cả hai)\b"
    r"|都(?:不|报|失|一样)|両方|둘 ?다"
    r"|\b\d{2,4}(?:/\w+)? (?:or|oder|ou|o|of|lub|czy|nebo|veya|или|або|чи|eller|tai|vagy|ή|atau|hay) (?:port )?\d{2,4}\b"
)
# Where mail is fetched: what is said of such a port is not said of the way out ("993 with SSL works").
_FETCHING = re.compile(r"(?<![\w.])(?:110|143|993|995)(?![\w.]\d)")
# In which order stances say that a setting is the present one.
_ORDER: dict[Stance, int] = {"now": 0, "present": 1}


@dataclass(frozen=True, slots=True)
class Settings:
    """The mentions of a text with what is said of those named with them; each list in the order in which it was given."""

    hosts: list[HostMention]
    ports: list[PortMention]
    modes: list[ModeMention]
    breaths: list[list[Mention]]

    def mode(self, port: int | None, host: str | None) -> tuple[Security | None, bool]:
        """The mode that is set at `port` and `host`, and whether only "TLS" or "encryption" is said of it."""
        near: list[tuple[int, int, int, Security | None]] = []
        # Where everything that is named was only tried, that is what is set.
        accepted = _ORDER if any(mention.stance in _ORDER for mention in self.ports) else {**_ORDER, "tried": 2}
        for breath in self.breaths:
            ports = {mention.port for mention in breath if isinstance(mention, PortMention)}
            hosts = {mention.host for mention in breath if isinstance(mention, HostMention)}
            elsewhere = port is not None and bool(ports) and port not in ports
            if elsewhere and (host not in hosts or ports <= FETCHING):
                continue
            for mention in breath:
                if isinstance(mention, ModeMention) and mention.stance in accepted:
                    far = 3 if elsewhere else 0 if port in ports else 1 if host in hosts else 2
                    near.append((accepted[mention.stance], far, mention.start, mention.mode))
        said = [one for one in near if one[3] is not None]
        if said:
            return min(said, key=lambda one: one[:3])[3], False
        return None, bool(near)


def together(low: str, hosts: Sequence[HostMention], ports: Sequence[PortMention], modes: Sequence[ModeMention]) -> Settings:
    """`low`: the text in lower case, where the mentions stand."""
    fetching = [PortMention(int(match.group()), *match.span(), weight=0) for match in _FETCHING.finditer(low)]
    breaths = _breaths(low, _of_text(hosts, [*ports, *fetching], modes))
    said = {_key(mention): mention for breath in breaths for mention in _in_agreement(breath)}
    return Settings(
        [replace(one, stance=said[_key(one)].stance) if _key(one) in said else one for one in hosts],
        [replace(one, stance=said[_key(one)].stance) if _key(one) in said else one for one in ports],
        [replace(one, stance=said[_key(one)].stance) for one in modes],
        [[said[_key(one)] for one in breath] for breath in breaths],
    )


def all_alike(low: str, ports: Sequence[PortMention]) -> bool:
    """Whether several ports are named and none of them is the one that is set: "465 and 587, both fail"."""
    set_now = {mention.port for mention in ports if mention.stance == "present"} or {one.port for one in ports if one.stance == "tried"}
    return len(set_now) > 1 and not any(mention.stance == "now" for mention in ports) and _ALL_ALIKE.search(low) is not None


def _key(mention: Mention) -> tuple[type[Mention], int]:
    return type(mention), mention.start


def _of_text(hosts: Sequence[HostMention], ports: Sequence[PortMention], modes: Sequence[ModeMention]) -> list[Mention]:
    """All mentions from left to right, each place once."""
    every: list[Mention] = [*hosts, *ports, *modes]
    places: dict[tuple[type[Mention], int], Mention] = {}
    for mention in every:
        places.setdefault(_key(mention), mention)
    return sorted(places.values(), key=lambda mention: (mention.start, mention.end))


def _breaths(low: str, mentions: list[Mention]) -> list[list[Mention]]:
    """`mentions` in groups that are named in one breath; a second server, port or mode begins the next one."""
    found: list[list[Mention]] = []
    for mention in mentions:
        if found:
            last = found[-1]
            end = max(one.end for one in last)
            between = low[end : mention.start]
            again = any(type(one) is type(mention) for one in last)
            if not again and len(between) <= _FARTHEST and not _BREAK.search(between):
                last.append(mention)
                continue
        found.append([mention])
    return found


def _in_agreement(breath: list[Mention]) -> list[Mention]:
    """What is said of one of them is said of all: "now" of each, "was" and "they advise" of those without a word of their own."""
    if any(mention.stance == "now" for mention in breath):
        return [replace(mention, stance="now") for mention in breath]
    if (first := breath[0].stance) in ("tried", "advice"):
        return [replace(mention, stance=first) if mention.stance == "present" else mention for mention in breath]
    if breath[-1].stance == "tried":  # "465 with SSL worked for years"
        return [
            replace(mention, stance="tried") if mention.stance == "present" and not isinstance(mention, HostMention) else mention
            for mention in breath
        ]
    return breath
