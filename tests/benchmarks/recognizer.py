"""How fast is the recogniser, and is it as sure as it says? Prints figures; asserts nothing.

    python tests/benchmarks/recognizer.py [LABELLED.tsv …]

A labelled file has the columns `text` (`\\n` for a newline), `cause` and, if wanted, `also_ok` (comma separated). Without one the examples
of the knowledge are taken, each with itself left out of the likeness. How sure it is when a text is new to it is told from
`tests/bot/diagnosis/first_looks.tsv`, which holds the score that each text got before any pattern was written for it.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.diagnosis.certainty import ACT_AT, confidence
from bot.diagnosis.recognizer import Recognizer
from knowledge.load import load_files

FIRST_LOOKS = Path(__file__).resolve().parents[1] / "bot" / "diagnosis" / "first_looks.tsv"
FOLDS = 5


class Row(NamedTuple):
    text: str
    good: frozenset[str]


def labelled(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            others = (row.get("also_ok") or "").split(",")
            yield Row(row["text"].replace("\\n", "\n"), frozenset({row["cause"], *(other.strip() for other in others)}))


def calibration(recognizer: Recognizer, rows: list[Row]) -> None:
    bins: dict[int, list[bool]] = {}
    silent = right = 0
    for row in rows:
        ranked = recognizer.recognise(row.text).ranked
        if not ranked or ranked[0][1] < ACT_AT:
            silent += 1
            continue
        hit = ranked[0][0] in row.good
        right += hit
        bins.setdefault(min(9, int(ranked[0][1] * 10)), []).append(hit)
    print(f"{len(rows)} texts: first cause right {right / len(rows):.3f}, silent {silent}")
    print("stated      measured")
    for low, hits in sorted(bins.items()):
        print(f"{low / 10:.1f}-{low / 10 + 0.1:.1f}  {sum(hits) / len(hits):8.3f}  ({len(hits)} texts)")


def first_looks(path: Path) -> None:
    """Stated by the table, and by a table that was fitted to the other four fifths, against what was right."""
    with path.open(encoding="utf-8", newline="") as handle:
        looks = [(float(row["score"]), int(row["right"])) for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)]
    bins: dict[int, list[tuple[float, float, int]]] = {}
    for number, (score, right) in enumerate(looks):
        steps = pooled([look for other, look in enumerate(looks) if other % FOLDS != number % FOLDS])
        apart = next((part for highest, part in steps if score <= highest), steps[-1][1])
        stated = confidence(score)
        bins.setdefault(min(9, int(stated * 10)), []).append((stated, apart, right))
    print(f"{len(looks)} texts at first look: first cause right {sum(right for _, right in looks) / len(looks):.3f}")
    print("stated      table    apart    measured")
    for low, found in sorted(bins.items()):
        stated, apart, right = (sum(values) / len(found) for values in zip(*found, strict=True))
        print(f"{low / 10:.1f}-{low / 10 + 0.1:.1f}  {stated:9.3f}{apart:9.3f}{right:9.3f}  ({len(found)} texts)")


def pooled(looks: list[tuple[float, int]]) -> list[tuple[float, float]]:
    """(highest score, part that was right) of each step: neighbours are pooled until no step is lower than the one before."""
    steps: list[list[float]] = []  # highest score, right, all
    for score, right in sorted(looks):
        steps.append([score, right, 1])
        while len(steps) > 1 and steps[-2][1] / steps[-2][2] >= steps[-1][1] / steps[-1][2]:
            highest, more, number = steps.pop()
            steps[-1] = [highest, steps[-1][1] + more, steps[-1][2] + number]
    return [(highest, right / number) for highest, right, number in steps]


def speed(recognizer: Recognizer, texts: list[str], what: str) -> None:
    for text in texts:
        recognizer.recognise(text)  # the patterns that these need are compiled now
    best = 0.0
    for _ in range(5):
        started = time.process_time()
        for text in texts:
            recognizer.recognise(text)
        best = max(best, len(texts) / (time.process_time() - started))
    print(f"{what}: {best:,.0f} a second ({len(texts)} texts, processor time of one process)")


def long_paste(text: str) -> str:
    """4 KiB as people send it: a traceback with the error at its end."""
    frame = '  File "/srv/app/lib/python3.11/site-packages/app/tasks.py", line 217, in run\n    self.step(name, *arguments)\n'
    return (frame * 40)[: 4096 - len(text)] + text


def main(paths: list[str]) -> None:
    known = load_files()
    recognizer = Recognizer(known)
    examples = [Row(example.text, frozenset({cause.id})) for cause in known.causes.values() for example in cause.examples]
    started = time.perf_counter()
    recognizer.recognise("535 5.7.8 Error: authentication failed")
    print(f"first text, with all that is compiled for it: {(time.perf_counter() - started) * 1000:.0f} ms")
    for path in paths:
        print(path)
        calibration(recognizer, list(labelled(Path(path))))
    if not paths:
        calibration(recognizer, examples)
        first_looks(FIRST_LOOKS)
    texts = [row.text for row in examples if 20 <= len(row.text) <= 200]
    speed(recognizer, texts, "short texts")
    speed(recognizer, [long_paste(text) for text in texts[:200]], "4 KiB texts")


if __name__ == "__main__":
    main(sys.argv[1:])
