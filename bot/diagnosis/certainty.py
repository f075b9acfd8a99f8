"""How sure is sure? The one table where the rules' three names and the recogniser's scores become numbers. Judges no text itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from bot.diagnosis.model import Certainty

# From here on the bot acts on a finding; below, it is a candidate to ask about. `recognised` in the JSON means: one reaches it.
ACT_AT = 0.4

CONFIDENCE: Mapping[Certainty, float] = {Certainty.SEEN: 0.95, Certainty.LIKELY: 0.75, Certainty.POSSIBLE: 0.3}

# The recogniser's score (see `recognizer.py`) as a part of one: drawn through what was right, score by score, of some 250 texts seen for
# the first time, and kept monotone. Where 0.8 begins it stays below what was measured (0.95), since a sure wrong answer costs most.
# Between two points it is a straight line; `tests/benchmarks/recognizer.py` prints stated against measured.
FITTED: tuple[tuple[float, float], ...] = (
    (0.0, 0.05),
    (0.5, 0.22),
    (0.8, 0.4),
    (1.0, 0.45),
    (1.5, 0.58),
    (2.0, 0.68),
    (3.0, 0.78),
    (3.3, 0.82),
    (4.0, 0.92),
    (5.0, 0.97),
)

_SCORES = [score for score, _ in FITTED]


def confidence(score: float) -> float:
    """The recogniser's score as a probability, 0…1, two digits."""
    place = bisect_right(_SCORES, score)
    if place == 0:
        return FITTED[0][1]
    if place == len(FITTED):
        return FITTED[-1][1]
    (low, at_low), (high, at_high) = FITTED[place - 1], FITTED[place]
    return round(at_low + (at_high - at_low) * (score - low) / (high - low), 2)
