"""Which causes does an error text speak of, and how surely? Pure: a text and the knowledge in, ranked causes out; asks nobody.

The order of evidence: the reply that a server gave, inside whatever wraps it; whose server it was; its phrase; its enhanced status
code; its reply code. Each pattern that matches is one piece of evidence with a strength; what stands inside a longer match of another
cause counts little ("not authenticated" in "sender not authenticated for group"), what stands outside the reply less than what the
reply says. A cause is as strong as its best piece and a part of the others; the score that is turned into a confidence is that
strength less what the runner-up has. Where no phrase is known, single words and pairs of them are weighed, and the answer is
never a sure one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache
from math import inf
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from bot.diagnosis import wording
from bot.diagnosis.bare import MOST, Bare, Words
from bot.diagnosis.certainty import confidence
from bot.diagnosis.model import Recognition
from bot.diagnosis.patterns import CodePatterns, Hit, PatternSet
from bot.diagnosis.sieve import Sieve, made
from bot.diagnosis.topic import topic_of
from bot.diagnosis.vendors import vendor_of
from bot.diagnosis.wrappers import Reply, Unwrapped, unwrap
from knowledge.model import Knowledge, Pattern

# How much one piece of evidence says. Found by trying; `tests/benchmarks/recognizer.py` shows what a change does.
_STRENGTH = {"decisive": 3.0, "normal": 2.0, "weak": 0.9}
_LONG_PHRASE = 1.2  # more for a phrase of 60 letters than for one of 6
_IN_REPLY = 0.6  # more for what the server said
_OUTSIDE_REPLY = 0.55  # of a wrapper's strength where the reply itself says something
_NET_IN_REPLY = 0.6  # of a network's fault where a server has answered for good
_OUT_OF_PLACE = 0.7  # of a refused sign-in where the reply's code is not one that AUTH gets
_OTHER_REPLY = 0.8  # of what another reply says than the one that decided
_VAGUE = 0.5  # of what says only that it did not work, where something says why
_OF_VENDOR = 0.5  # more for a pattern of the vendor who spoke
_INSIDE_LONGER = 0.35  # of what is only a part of another cause's longer phrase
_AT_LEAST_HALF = 2  # as many letters as that part must the longer phrase name by itself
_STATUS_CODE = 2.0  # an enhanced status code, as a part of a phrase's strength
_REPLY_CODE = 1.4
_NO_WORDS = 0.6  # of a reply code by itself
_FEW_LETTERS = 24
_ONLY_CODES = re.compile(r"(?:error|code|smtp|[\W\d_])*")
_BY_WORDS = 1.6  # of a refusal's words, where no phrase is known and one cause is far ahead
_BY_FEW_WORDS = 0.3  # where one is a little ahead, or nothing is a refusal
_REFUSAL = 200  # letters of a reply that are read word by word
_FAR = 4.0  # ahead, in logarithms of odds
_AGAINST_WORDS = 0.5  # of a code, where the words speak for another cause
_ADVICE = re.compile(
    r"(?:possible|common) (?:causes?|reasons?|solutions?)|\bhints?: |troubleshooting (?:tips|steps)"
    r"|(?:this|it) (?:is|may be|might be|could be) (?:probably|likely|usually|caused|because)"
    r"|\bplease (?:check|verify|make sure|ensure)|\b(?:check|verify|make sure|ensure) (?:that|if|whether|your)\b"
)
# One of these stands in each of it: looked for first, which is much faster.
_OF_ADVICE = ("check", "verify", "sure", "possible", "common", "hint", "troubleshoot", "because", "caused", "usually", "likely", "probably")
_IN_ADVICE = 0.4  # of what a program says besides of what may be wrong
_MORE_EVIDENCE = 0.25  # of every further piece
_RUNNER_UP = 0.6  # of the runner-up's strength is taken off
_OTHER_READING = 0.2  # of it, where it is another reading of the same words
_COMPANION = 0.3  # of the first one's confidence, for a cause that its text cannot be told from
_NO_SCORE = confidence(0.0)  # of those behind the first
_MAX_RANKED = 6
_MAX_QUOTE = 160
_OF_SIGN_IN = frozenset({"auth.bad_credentials", "auth.basic_disabled", "auth.blocked_sign_in", "auth.too_many_attempts"})
_NOT_TO_SIGN_IN = frozenset({450, 452, 552, 554})  # RFC 4954 section 6 and RFC 5321 section 4.3.2

# Causes that say only that it did not work, and the families (or causes) that say why.
_WHY = {
    "net.connect_failed": ("net.", "tls.", "auth."),
    "tls.handshake_failed": ("tls.", "net.intercepted"),
    "tls.wrong_mode": ("net.intercepted",),
    "protocol.syntax": ("net.intercepted",),
}


class _Evidence(NamedTuple):
    """`words`: where they stand in the text. `of_code`: it is only a code in them."""

    strength: float
    words: tuple[int, int]
    of_code: bool = False


class Recognizer:
    """Knows the causes' patterns and examples. `recognise` may be called from anywhere; compiles on first need."""

    def __init__(self, knowledge: Knowledge, sieve: Sieve | None = None, words: Callable[[], list[Any]] | None = None) -> None:
        """`sieve` and `words` (a `wording.Table`): those of this very knowledge, where somebody has them already."""
        if sieve is None:
            sieve = Sieve(*made(knowledge))
        self._causes = knowledge.causes
        self._bare = Bare(Words(*sieve.said))
        self._patterns = PatternSet(knowledge.causes, sieve)
        self._codes = CodePatterns(knowledge.causes, sieve)
        self._wording = wording.Wording(words or (lambda: wording.made(knowledge)))

    def recognise(self, text: str, client: str | None = None, provider: str | None = None) -> Recognition:
        """What `text` says is wrong: causes best first, the decisive codes, and who spoke.

        `client` and `provider` are ids of the knowledge, where the person named them. A text that is surely about something else
        comes back with nothing ranked and `about_mail=False`.
        """
        unwrapped = unwrap(text)
        reply = unwrapped.decisive
        topic = topic_of(unwrapped.text)
        if not topic.sending:
            return Recognition(about_mail=False)
        vendor = vendor_of(unwrapped.text, provider)
        ranked = self._ranked(unwrapped, reply, vendor, bare=not (topic.signs or client or provider))
        return Recognition(
            ranked=tuple(ranked),
            reply_code=reply.code if reply else None,
            enhanced_code=reply.enhanced if reply else None,
            vendor=vendor,
        )

    def _ranked(self, unwrapped: Unwrapped, reply: Reply | None, vendor: str | None, bare: bool) -> list[tuple[str, float, str]]:
        """`bare`: no word of mail in it, so that only what every program says of a connection or a sign-in is taken as meant."""
        text = unwrapped.text
        evidence: defaultdict[str, list[_Evidence]] = defaultdict(list)
        self._add_phrases(evidence, unwrapped, reply, vendor)
        self._add_codes(evidence, unwrapped, reply, vendor)
        strength = {cause: _together(pieces) for cause, pieces in evidence.items()}
        if len(text) < _FEW_LETTERS and _ONLY_CODES.fullmatch(text):
            if reply is not None and reply.enhanced is None:
                strength = {cause: value * _NO_WORDS for cause, value in strength.items()}
        elif max(strength.values(), default=0.0) < _STRENGTH["weak"]:
            said = text[reply.start : min(reply.end, reply.start + _REFUSAL)] if reply is not None else text
            cause, ahead = self._wording.speaks_for(said)
            refused = reply is not None and not bare
            strength = {other: value * (1.0 if other == cause else _AGAINST_WORDS) for other, value in strength.items()}
            strength[cause] = strength.get(cause, 0.0) + (_BY_WORDS if refused and ahead >= _FAR else _BY_FEW_WORDS)
            evidence[cause] = evidence[cause] or [_Evidence(0.0, (0, 0))]
        if not strength:
            return []
        if bare:
            strength = self._bare.weighed(text, strength)
        most = MOST if bare else inf
        if len(strength) == 1:
            ((cause, score),) = strength.items()
            return self._with_companions([(cause, confidence(min(score, most)), _quote(text, _best(evidence[cause])))])
        best = {cause: _best(pieces) for cause, pieces in evidence.items()}
        _make_way(strength, evidence, best)
        first, *others = sorted(strength, key=strength.__getitem__, reverse=True)
        score = strength[first] - _doubt([(strength[other], evidence[other]) for other in others], best[first])
        ranked = [(first, confidence(max(0.0, min(score, most))), _quote(text, best[first]))]
        ranked += [(cause, _NO_SCORE, _quote(text, best[cause])) for cause in others[: _MAX_RANKED - 1]]
        return self._with_companions(ranked)

    # --- pieces of evidence ---------------------------------------------------------------------------------------------------

    def _add_phrases(
        self, evidence: defaultdict[str, list[_Evidence]], unwrapped: Unwrapped, decisive: Reply | None, vendor: str | None
    ) -> None:
        hits = [hit for hit in self._patterns.hits(unwrapped.text) if hit.pattern.vendor is None or hit.pattern.vendor == vendor]
        said = unwrapped.replies
        in_reply = _in_replies(hits, said)
        reply_says = any(hits[number].pattern.weight != "weak" for number in in_reply)
        parts = _parts(hits)
        advice = _advice_in(unwrapped.text, hits, decisive)
        for number, (cause, pattern, start, end, letters) in enumerate(hits):
            strength = _of_pattern(pattern.weight, letters, pattern.vendor is not None)
            if start >= advice:
                strength *= _IN_ADVICE
            if decisive is not None and number in in_reply:
                strength = strength + _IN_REPLY if decisive.start < end and start < decisive.end else strength * _OTHER_REPLY
                if cause.startswith("net.") and (decisive.code or 0) >= 500:
                    strength *= _NET_IN_REPLY
                if cause in _OF_SIGN_IN and decisive.code in _NOT_TO_SIGN_IN:
                    strength *= _OUT_OF_PLACE
            elif reply_says or (said and pattern.weight == "weak"):
                strength *= _OUTSIDE_REPLY
            if number in parts:
                strength *= _INSIDE_LONGER
            evidence[cause].append(_Evidence(strength, (start, end)))

    def _add_codes(
        self, evidence: defaultdict[str, list[_Evidence]], unwrapped: Unwrapped, decisive: Reply | None, vendor: str | None
    ) -> None:
        for reply in unwrapped.replies:
            part = 1.0 if reply is decisive else 0.5
            for cause, pattern, worth in _of_reply(self._codes, reply.code, reply.enhanced):
                if pattern.vendor is None or pattern.vendor == vendor:
                    of_vendor = _OF_VENDOR if pattern.vendor else 0.0
                    strength = (_STRENGTH[pattern.weight] / 2 * worth + of_vendor) * part
                    evidence[cause].append(_Evidence(strength, (reply.start, reply.end), of_code=True))

    def _with_companions(self, ranked: list[tuple[str, float, str]]) -> list[tuple[str, float, str]]:
        """Right behind the first, those that the text alone cannot tell from it."""
        cause, first, words = ranked[0]
        if not (others := self._causes[cause].likely_with):
            return ranked
        least = round(first * _COMPANION, 2)
        behind = {found: quote for found, _, quote in ranked[1:]}
        alike = [(other, max(least, _NO_SCORE) if other in behind else least, behind.pop(other, words)) for other in others]
        return sorted([ranked[0], *alike, *((other, _NO_SCORE, quote) for other, quote in behind.items())], key=itemgetter(1), reverse=True)


@cache
def _of_pattern(weight: str, letters: int, of_vendor: bool) -> float:
    return _STRENGTH[weight] + _LONG_PHRASE * min(1.0, max(0, letters - 6) / 54) + (_OF_VENDOR if of_vendor else 0.0)


@lru_cache(maxsize=1024)
def _of_reply(codes: CodePatterns, code: int | None, enhanced: str | None) -> list[tuple[str, Pattern, float]]:
    """(cause, pattern, worth) for a reply's codes."""
    found = [(cause, pattern, _STATUS_CODE) for cause, pattern in codes.of_status(enhanced)] if enhanced is not None else []
    return found + [(cause, pattern, _REPLY_CODE) for cause, pattern in codes.of_reply(code)] if code is not None else found


def _advice_in(text: str, hits: list[Hit], reply: Reply | None) -> int:
    """Where a program begins to say what may be wrong in general, after it has said what is; the text's end where it does not."""
    if len(hits) > 1 and any([word in text for word in _OF_ADVICE]) and (found := _ADVICE.search(text)):
        at = found.start()
        if (reply is not None and reply.start < at) or any(hit.start < at for hit in hits):
            return at
    return len(text)


def _in_replies(hits: list[Hit], replies: tuple[Reply, ...]) -> list[int]:
    """The numbers of those hits of which a part stands in a reply."""
    if len(replies) == 1:  # mostly so, and then much faster
        start, until, _, _ = replies[0]
        return [number for number, hit in enumerate(hits) if start < hit.end and hit.start < until]
    return [number for number, hit in enumerate(hits) if any([reply.start < hit.end and hit.start < reply.end for reply in replies])]


def _make_way(strength: dict[str, float], evidence: dict[str, list[_Evidence]], best: dict[str, _Evidence]) -> None:
    """A cause that says only that it did not work steps back where another says why, in words that are not the same."""
    for vague, families in _WHY.items():
        if vague in strength:
            own = {piece.words for piece in evidence[vague] if not piece.of_code}
            if any(
                cause != vague and cause.startswith(families) and value >= _STRENGTH["normal"] and best[cause].words not in own
                for cause, value in strength.items()
            ):
                strength[vague] *= _VAGUE


def _doubt(others: list[tuple[float, list[_Evidence]]], best: _Evidence) -> float:
    """How much the runner-up takes off the first: less where it is only another reading of the same words. `others`: strongest first."""
    most = 0.0
    for strength, pieces in others:
        if strength * _RUNNER_UP <= most:
            break
        same_words = not best.of_code and all([piece.words == best.words and not piece.of_code for piece in pieces])
        most = max(most, strength * (_OTHER_READING if same_words else _RUNNER_UP))
    return most


def _together(pieces: list[_Evidence]) -> float:
    """The strength of one cause's evidence: the best piece, and a part of those that stand elsewhere. A code counts once, however many
    lines repeat it."""
    if len(pieces) == 1:
        return pieces[0].strength
    pieces = sorted(pieces, key=itemgetter(0), reverse=True)
    total = pieces[0].strength
    taken = [pieces[0]]
    for piece in pieces[1:6]:
        if not any([_overlap(piece, other) for other in taken]):
            total += _MORE_EVIDENCE * piece.strength
            taken.append(piece)
    return total


def _overlap(one: _Evidence, other: _Evidence) -> bool:
    if one.of_code or other.of_code:
        return one.of_code and other.of_code
    return one.words[0] < other.words[1] and other.words[0] < one.words[1]


def _parts(hits: list[Hit]) -> set[int]:
    """The numbers of those hits that are only a part of a longer phrase of another cause."""
    if len({hit.cause for hit in hits}) < 2:
        return set()
    order = sorted(range(len(hits)), key=lambda number: (hits[number].start, -hits[number].end))
    parts: set[int] = set()
    open_: list[Hit] = []  # those that may still hold what follows
    for number in order:
        hit = hits[number]
        open_ = [other for other in open_ if other.end >= hit.end or other.end > hit.start]
        if any(other.end >= hit.end and _longer(other, hit) and not _says_no_more(other.cause, hit.cause) for other in open_):
            parts.add(number)
        if hit.pattern.weight != "weak":
            open_.append(hit)
    return parts


def _says_no_more(cause: str, other: str) -> bool:
    """Whether a longer phrase of `cause` takes nothing from `other`: it is the same cause, or says only that no connection came about."""
    return cause == other or (cause == "net.connect_failed" and other.startswith("net."))


def _longer(one: Hit, other: Hit) -> bool:
    """Whether `one` is the longer phrase, and not only by what it passes over ("helo command .{0,20}denied")."""
    return one.end - one.start > other.end - other.start and one.letters * _AT_LEAST_HALF >= other.letters


def _best(pieces: list[_Evidence]) -> _Evidence:
    return pieces[0] if len(pieces) == 1 else max(pieces, key=itemgetter(0))


def _quote(text: str, piece: _Evidence) -> str:
    start, end = piece.words
    return text[start : min(end, start + _MAX_QUOTE)]


@cache
def recognizer() -> Recognizer:
    """The process's own, over the shipped knowledge."""
    from knowledge.load import derived, knowledge

    here = Path(__file__).parent
    return Recognizer(knowledge(), Sieve(*derived("patterns", here, made)), lambda: derived("wording", here, wording.made))
