"""Which causes does an error text speak of, and how surely? Pure: a text and the knowledge in, ranked causes out; asks nobody.

The order of evidence: the reply that a server gave, inside whatever wraps it; whose server it was; its phrase; its enhanced status
code; its reply code. Each pattern that matches is one piece of evidence with a strength; what stands inside a longer match of another
cause counts little ("not authenticated" in "sender not authenticated for group"), what stands outside the reply less than what the
reply says. A cause is as strong as its best piece and a part of the others; the score that is turned into a confidence is that
strength less what the runner-up has. Where no phrase is known, the examples are asked for the most similar one, and the answer is a
candidate, not a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.diagnosis.certainty import ACT_AT, confidence
from bot.diagnosis.model import Recognition
from bot.diagnosis.patterns import CodePatterns, Hit, PatternSet
from bot.diagnosis.similar import Similar
from bot.diagnosis.topic import is_about_sending
from bot.diagnosis.vendors import vendor_of
from bot.diagnosis.wrappers import Reply, Unwrapped, unwrap
from knowledge.model import Knowledge, Pattern

# How much one piece of evidence says. Found by trying; `tests/benchmarks/recognizer.py` shows what a change does.
_STRENGTH = {"decisive": 3.0, "normal": 2.0, "weak": 0.9}
_LONG_PHRASE = 1.2  # more for a phrase of 60 letters than for one of 6
_IN_REPLY = 0.6  # more for what the server said
_OUTSIDE_REPLY = 0.55  # of a wrapper's strength where the reply itself says something
_OF_VENDOR = 0.5  # more for a pattern of the vendor who spoke
_INSIDE_LONGER = 0.35  # of what is only a part of another cause's longer phrase
_STATUS_CODE = 1.6  # an enhanced status code, as a part of a phrase's strength
_REPLY_CODE = 0.9
_MORE_EVIDENCE = 0.25  # of every further piece
_RUNNER_UP = 0.6  # of the runner-up's strength is taken off
_MAX_RANKED = 6
_MAX_QUOTE = 160


@dataclass(slots=True)
class _Evidence:
    strength: float
    words: str
    span: tuple[int, int] | None = None


class Recognizer:
    """Knows the causes' patterns and examples. `recognise` may be called from anywhere; compiles on first need."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._causes = knowledge.causes
        self._patterns = PatternSet(knowledge.causes.values())
        self._codes = CodePatterns(knowledge.causes.values())
        self._similar = Similar(knowledge.causes.values())

    def recognise(self, text: str, client: str | None = None, provider: str | None = None) -> Recognition:
        """What `text` says is wrong: causes best first, the decisive codes, and who spoke.

        `client` and `provider` are ids of the knowledge, where the person named them. A text that is surely about something else
        comes back with nothing ranked and `about_mail=False`.
        """
        unwrapped = unwrap(text)
        reply = unwrapped.decisive
        if not unwrapped.text or not is_about_sending(unwrapped.text):
            return Recognition(about_mail=not unwrapped.text)
        vendor = vendor_of(unwrapped.text, provider)
        ranked = self._ranked(unwrapped, reply, vendor)
        return Recognition(
            ranked=tuple(ranked),
            reply_code=reply.code if reply else None,
            enhanced_code=reply.enhanced if reply else None,
            vendor=vendor,
        )

    def _ranked(self, unwrapped: Unwrapped, reply: Reply | None, vendor: str | None) -> list[tuple[str, float, str]]:
        evidence: defaultdict[str, list[_Evidence]] = defaultdict(list)
        for cause, piece in self._of_phrases(unwrapped, vendor):
            evidence[cause].append(piece)
        for cause, piece in self._of_codes(unwrapped, reply, vendor):
            evidence[cause].append(piece)
        strength = {cause: _together(pieces) for cause, pieces in evidence.items()}
        if not strength:
            return self._by_likeness(unwrapped.text)
        order = sorted(strength, key=lambda cause: -strength[cause])
        ranked = []
        for place, cause in enumerate(order[:_MAX_RANKED]):
            others = max((strength[other] for other in order if other != cause), default=0.0)
            score = strength[cause] - _RUNNER_UP * others if place == 0 else strength[cause] - others
            best = max(evidence[cause], key=lambda piece: piece.strength)
            ranked.append((cause, confidence(max(0.0, score)), best.words))
        return self._with_companions(_descending(ranked))

    # --- pieces of evidence ---------------------------------------------------------------------------------------------------

    def _of_phrases(self, unwrapped: Unwrapped, vendor: str | None) -> Iterator[tuple[str, _Evidence]]:
        hits = [hit for hit in self._patterns.hits(unwrapped.text) if hit.pattern.vendor in (None, vendor)]
        in_reply = [any(reply.start <= hit.start < reply.end for reply in unwrapped.replies) for hit in hits]
        reply_says = any(inside and hit.pattern.weight != "weak" for inside, hit in zip(in_reply, hits, strict=True))
        for hit, inside in zip(hits, in_reply, strict=True):
            strength = _STRENGTH[hit.pattern.weight] + _LONG_PHRASE * min(1.0, max(0, hit.end - hit.start - 6) / 54)
            if hit.pattern.vendor is not None:
                strength += _OF_VENDOR
            if inside:
                strength += _IN_REPLY
            elif reply_says:
                strength *= _OUTSIDE_REPLY
            if any(_is_part_of(hit, other) for other in hits):
                strength *= _INSIDE_LONGER
            yield hit.cause, _Evidence(strength, unwrapped.text[hit.start : hit.end][:_MAX_QUOTE], (hit.start, hit.end))

    def _of_codes(self, unwrapped: Unwrapped, decisive: Reply | None, vendor: str | None) -> Iterator[tuple[str, _Evidence]]:
        for reply in unwrapped.replies:
            part = 1.0 if reply is decisive else 0.5
            words = unwrapped.text[reply.start : reply.end][:_MAX_QUOTE]
            found: list[tuple[str, Pattern, float]] = []
            if reply.enhanced is not None:
                found += [(cause, pattern, _STATUS_CODE) for cause, pattern in self._codes.of_status(reply.enhanced)]
            if reply.code is not None:
                found += [(cause, pattern, _REPLY_CODE) for cause, pattern in self._codes.of_reply(reply.code)]
            for cause, pattern, worth in found:
                if pattern.vendor in (None, vendor):
                    of_vendor = _OF_VENDOR if pattern.vendor else 0.0
                    yield cause, _Evidence((_STRENGTH[pattern.weight] / 2 * worth + of_vendor) * part, words)

    def _by_likeness(self, text: str) -> list[tuple[str, float, str]]:
        return [
            (cause, round(min(ACT_AT - 0.01, likeness * 0.6), 2), "") for cause, likeness in self._similar.closest(text) if likeness > 0.3
        ]

    def _with_companions(self, ranked: list[tuple[str, float, str]]) -> list[tuple[str, float, str]]:
        """Behind the first, those that the text alone cannot tell from it."""
        cause, first, words = ranked[0]
        known = {found for found, _, _ in ranked}
        companions = [other for other in self._causes[cause].likely_with if other not in known]
        return ranked + [(other, round(first * 0.3, 2), words) for other in companions]


def _together(pieces: list[_Evidence]) -> float:
    """The strength of one cause's evidence: the best piece, and a part of those that stand elsewhere."""
    pieces = sorted(pieces, key=lambda piece: -piece.strength)
    total = pieces[0].strength
    taken = [pieces[0].span]
    for piece in pieces[1:6]:
        if piece.span is None or not any(span and piece.span[0] < span[1] and span[0] < piece.span[1] for span in taken):
            total += _MORE_EVIDENCE * piece.strength
            taken.append(piece.span)
    return total


def _is_part_of(hit: Hit, other: Hit) -> bool:
    inside = other.start <= hit.start and hit.end <= other.end and (other.end - other.start) > (hit.end - hit.start)
    return inside and other.cause != hit.cause and other.pattern.weight != "weak"


def _descending(ranked: list[tuple[str, float, str]]) -> list[tuple[str, float, str]]:
    """The same order with confidences that never rise."""
    ceiling = 1.0
    falling = []
    for cause, value, words in ranked:
        ceiling = min(ceiling, value)
        falling.append((cause, ceiling, words))
    return falling


@cache
def recognizer() -> Recognizer:
    """The process's own, over the shipped knowledge."""
    from knowledge.load import knowledge

    return Recognizer(knowledge())
