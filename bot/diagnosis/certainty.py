"""How sure is sure? The one table where the rules' three names and the recogniser's scores become numbers. Judges no text itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from bot.diagnosis.model import Certainty

# From here on the bot acts on a finding; below, it is a candidate to ask about. `recognised` in the JSON means: one reaches it.
ACT_AT = 0.4

CONFIDENCE: Mapping[Certainty, float] = {Certainty.SEEN: 0.95, Certainty.LIKELY: 0.75, Certainty.POSSIBLE: 0.3}

# The recogniser's score (see `recognizer.py`) as a part of one. Fitted to what 1,802 texts got when they were first seen, before any
# pattern was written for them (`tests/bot/diagnosis/first_looks.tsv`: the score of the first cause, and whether it was right): pool
# adjacent violators makes of them steps (right 0.28 up to a score of 0.3, 0.65 up to 1.4, 0.72 up to 2.0, 0.87 to 2.3, 0.92 to 3.0,
# 0.95 to 3.3, 0.98 above), and the points below are drawn through them by straight lines. From 2.0 to 3.0 they stay below the steps and
# below 0.8, since a sure wrong answer costs most: of all 1,802, twenty were wrong with more than that.
# `tests/benchmarks/recognizer.py` prints stated against measured.
FITTED: tuple[tuple[float, float], ...] = (
    (0.0, 0.05),
    (0.35, 0.25),
    (0.4, 0.45),
    (1.4, 0.63),
    (2.0, 0.72),
    (2.4, 0.79),
    (3.02, 0.79),
    (3.1, 0.93),
    (3.5, 0.97),
    (4.0, 0.99),
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
