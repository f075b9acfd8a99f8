"""Which of our names stand in a text? Finds brands and programs as whole words; never reads addresses, host names or settings.

A name is compared token by token, without regard to case, hyphens and spaces ("T-Online", "t online"). The longest name at a place
wins. Inside something that looks like a host name or an address ("orange" in mail.orange-county.org) nothing is found: that is for
whoever reads host names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Hit = tuple[int, int, str]  # start, end, id

# One class repeated, or one character: linear.
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
_CHUNK = re.compile(r"[\w.@-]+")
_DOT_INSIDE = re.compile(r"\w\.\w|@")
_SKIPPED = {"-", "‐", "‑", "–"}
# Chinese, Japanese and Korean names stand in a text without spaces around them.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_JOINED = {"_", "'", "’"}

# Brands that are words of everyday language too. They count where somebody writes them like a name: with a capital inside a
# sentence, before a word such as "mail" or "account", or alone.
# fmt: off
ORDINARY = frozenset(
    (
        "acs", "active", "alice", "alpha", "amen", "arc", "att", "beget", "bell", "capital", "centrum", "charter",
        "clio", "cloud", "comet", "core", "cox", "drei", "dyn", "easy", "eclipse", "elastic", "ewe", "excite",
        "express", "fast", "free", "freedom", "front", "go", "goo", "hal", "hana", "hey", "hover", "inbox", "janis",
        "jet", "juno", "kas", "kinetic", "king", "libero", "lime", "link", "live", "loop", "loops", "lumen", "mail",
        "me", "mint", "mit", "nate", "neo", "neuf", "one", "optimum", "orange", "otc", "other", "pair", "pepper",
        "plunk", "plus", "post", "poste", "printer", "rambler", "resend", "sapo", "sea", "security", "ses", "seznam",
        "shaw", "simply", "skiff", "sky", "snel", "sonic", "spark", "spectrum", "spring", "start", "sun", "sunrise",
        "swb", "swing", "terra", "three", "tim", "titan", "uno", "virgin", "vital", "wave", "web", "wind", "wish",
        "xtra", "zen", "zoom"
    )
)
_WITNESSES = frozenset(
    (
        "account", "adresse", "address", "compte", "conta", "cuenta", "e", "email", "inbox", "isp", "konto", "mail",
        "mailbox", "mails", "postfach", "provider", "server", "smtp", "support", "webmail"
    )
)
# fmt: on
# Words after which a name stands: "chez orange", "via free", "serveur smtp orange".
_LEADS = ("chez", "via", "bei", "avec", "smtp", "serveur")
_ENDS_OF_SENTENCE = frozenset('.!?:;\n"“„(•*>')


def name_table(names: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """id -> its names, as `Names` takes it: JSON values only. Of two ids with the same name the first given has it."""
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    unspaced: dict[str, str] = {}
    taken: dict[tuple[str, ...], str] = {}
    for id, spoken in names.items():
        for name in spoken:
            if _UNSPACED.search(name):
                unspaced.setdefault(name.lower(), id)
                continue
            tokens = _tokens_of(name)
            if tokens and taken.setdefault(tokens, id) == id:
                by_first.setdefault(tokens[0], []).append((tokens, id))
    for several in by_first.values():
        several.sort(key=lambda one: -len(one[0]))
    return {"by_first": by_first, "unspaced": unspaced}


class Names:
    """Names to find, from a `name_table`. `whole`: domains -> id."""

    def __init__(self, table: Mapping[str, Any], whole: Mapping[str, str] | None = None) -> None:
        self._by_first: dict[str, list[tuple[Sequence[str], str]]] = table["by_first"]
        self._unspaced: dict[str, str] = table["unspaced"]
        self._whole = whole or {}

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Every name in `text`, left to right, none over another. `whole` names (domains) count where they stand by themselves."""
        found: list[Hit] = []
        hosts, tokens = _hosts(text), _tokens(text)
        end_of_last, host_at = 0, 0
        for position, (start, _, first) in enumerate(tokens):
            if start < end_of_last or first not in self._by_first:
                continue
            second = tokens[position + 1][2] if position + 1 < len(tokens) else ""
            for name, id in self._by_first[first]:
                if len(name) > 1 and name[1] != second:
                    continue
                end = self._end(tokens, position, name)
                if end is None or not _stands_alone(text, start, end):
                    continue
                while host_at < len(hosts) and hosts[host_at][1] <= start:
                    host_at += 1
                if host_at < len(hosts) and hosts[host_at][0] < end and not _covers(text, start, end, hosts[host_at]):
                    continue
                if len(name) == 1 and first in ORDINARY and not _is_a_name_here(text, start, end, tokens, position):
                    continue
                found.append((start, end, id))
                end_of_last = end
                break
        found += self._unspaced_hits(text, found)
        found += [
            (start, start + len(host), self._whole[host.lower()])
            for start, end in hosts
            if (host := text[start:end].rstrip(".-")).lower() in self._whole and not any(a < end and start < b for a, b, _ in found)
        ]
        return tuple(sorted(found))

    def _unspaced_hits(self, text: str, found: list[Hit]) -> list[Hit]:
        if not _UNSPACED.search(text):
            return []
        lowered = text.lower()
        hits: list[Hit] = []
        for name in sorted(self._unspaced, key=len, reverse=True):
            start = lowered.find(name)
            end = start + len(name)
            if start >= 0 and len(lowered) == len(text) and not any(a < end and start < b for a, b, _ in found + hits):
                hits.append((start, end, self._unspaced[name]))
        return hits

    @staticmethod
    def _end(tokens: list[tuple[int, int, str]], position: int, name: Sequence[str]) -> int | None:
        last = position + len(name) - 1
        if last >= len(tokens) or any(tokens[position + n][2] != part for n, part in enumerate(name)):
            return None
        # "web. de" is no web.de, and a name does not go over a line's end.
        for n in range(position, last):
            gap = tokens[n + 1][0] - tokens[n][1]
            if gap > 1 or (gap == 1 and not (tokens[n][2].isalnum() and tokens[n + 1][2].isalnum())):
                return None
        return tokens[last][1]


@functools.lru_cache(maxsize=2)  # providers, programs and terms are looked for in the same text
def _hosts(text: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in _CHUNK.finditer(text) if _DOT_INSIDE.search(m[0].strip(".-"))]


@functools.lru_cache(maxsize=2)
def _tokens(text: str) -> list[tuple[int, int, str]]:
    return [(m.start(), m.end(), m[0].lower()) for m in _TOKEN.finditer(text) if m[0] not in _SKIPPED]


def _tokens_of(name: str) -> tuple[str, ...]:
    return tuple(token for found in _TOKEN.finditer(name) if (token := found[0].lower()) not in _SKIPPED)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before in _JOINED) and not (after.isalnum() or after == "_")


def _covers(text: str, start: int, end: int, host: tuple[int, int]) -> bool:
    return start <= host[0] and text[end : host[1]].strip(".-") == ""


def _is_a_name_here(text: str, start: int, end: int, tokens: list[tuple[int, int, str]], position: int) -> bool:
    if text.strip() == text[start:end]:
        return True
    if position + 1 < len(tokens) and tokens[position + 1][2] in _WITNESSES and tokens[position + 1][0] - end <= 1:
        return True
    if position and tokens[position - 1][2] in _LEADS and tokens[position][2] not in _WITNESSES:
        return True
    lead = text[:start].rstrip(" \t")
    return text[start].isupper() and bool(lead) and lead[-1] not in _ENDS_OF_SENTENCE and not text[:end].isupper()
