"""Does any text make the redaction or the reader raise, or leave a second pass something to find?

    .venv/bin/python tests/benchmarks/reading_inputs.py --inputs 20000 --seed 7 [--record FILE]
    .venv/bin/python tests/benchmarks/reading_inputs.py --sum FILE

Random texts, and the pastes and messages of the tests torn apart, put together and strewn with what breaks readers. Text `n` of a seed is
the same everywhere, so anyone can run a part; `--record` adds a line to a file, `--sum` adds the lines up (each seed once). To be reached:
a million texts, no exception, nothing left for a second pass. Prints one JSON a run; the exit status is 1 where a text failed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.answers.understand import understand_json
from bot.redaction import redact
from knowledge.index import Index, index

READING = Path(__file__).resolve().parents[1] / "bot" / "reading"
SHOWN = 5
LONGEST = 3_000
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz ABC.@:/-_=0123456789\n",
    "0123456789abcdefABCDEF-: \n",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\n",
    "пароль сервер почта 密码是服务器 비밀번호 şifre ığİß ",
    "".join(map(chr, range(0x20))) + "\x7f\x85\u2028\u2029\u200b\ufeff\u202e",
    "\ud800\udfff\udc00\U0001f600\U0010ffff\ufffd\ufffc",
    "<>[](){}\"'`|\\*~^$%&;,!?#",
)
# What stands around secrets, hosts and replies; between two of them readers make most of their decisions.
PIECES = (
    "password", "pw: ", "Passwort=", "pass\n", "AUTH LOGIN\n", "AUTH PLAIN ", "334 UGFzc3dvcmQ6\n", "334 VXNlcm5hbWU6",
    "Zm9vYmFyMTIz", "hunter2a", "smtp://", "@", "mail.plover.example", ":587", "220 ", "250-STARTTLS\n", "535 5.7.8 ",
    "-----BEGIN PRIVATE KEY-----", "-----END", "\\x00", "${", "}", "'''", "\"\"\"", "=>", "[password removed]",
    "0000 - 16 03 01 ", "Bearer ", "curl -u a:b ", "*** ", "=== Trying ", "CONNECTED(00000003)", "host=", "[::1]", "1.2.3.4",
    "&lt;", "<mailto:", "```", "> ", "||",
)  # fmt: skip


def texts(count: int, seed: int) -> Iterator[str]:
    """The first `count` texts of a seed."""
    known = [path.read_text(encoding="utf-8") for path in sorted((READING / "pastes").glob("*/*.txt"))]
    known += [json.loads(line)["text"] for line in (READING / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    for n in range(count):
        chance = random.Random(f"{seed}/{n}")
        made = _of_nothing(chance) if chance.random() < 0.25 else _mutated(chance, known)
        yield made[:LONGEST]


def _of_nothing(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return "".join(chance.choices(PIECES, k=chance.randint(0, 40)))
    letters = "".join(chance.sample(ALPHABETS, chance.randint(1, 3)))
    return "".join(chance.choices(letters, k=chance.choice((0, 1, 8, 60, 400, LONGEST))))


def _mutated(chance: random.Random, known: list[str]) -> str:
    text = chance.choice(known)[:LONGEST]
    for _ in range(chance.randint(1, 8)):
        at = chance.randint(0, len(text))
        to = min(len(text), at + chance.choice((1, 3, 20, 200)))
        match chance.randint(0, 7):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + chance.choice(chance.choice(ALPHABETS)) + text[to:]
            case 3:
                other = chance.choice(known)
                text = text[:at] + other[chance.randint(0, len(other)) :]
            case 4:
                text = text[:to] + text[at:to] * chance.randint(1, 6) + text[to:]
            case 5:
                text = text.replace("\n", chance.choice((" ", "\r\n", "\\n", "\n> ", "")), chance.randint(1, 50))
            case 6:
                text = text.swapcase() if chance.random() < 0.3 else text[:at] + text[at:to][::-1] + text[to:]
            case 7:
                lines = text.split("\n")
                chance.shuffle(lines)
                text = "\n".join(lines)
    return text


def fault(text: str, known: Index) -> str | None:
    """What is wrong about how a text is taken, or None."""
    try:
        safe = redact(text)
        json.dumps(understand_json(safe, known), ensure_ascii=False).encode()
        if redact(safe.text).text != safe.text:
            return "a second pass finds more"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    return None


def run(count: int, seed: int) -> dict[str, object]:
    known = index()
    began = time.perf_counter()
    faults: list[dict[str, object]] = []
    slowest = 0.0
    for n, text in enumerate(texts(count, seed)):
        begun = time.perf_counter()
        wrong = fault(text, known)
        slowest = max(slowest, time.perf_counter() - begun)
        if wrong is not None:
            faults.append({"n": n, "fault": wrong, "text": text})
            if len(faults) <= SHOWN:
                print(json.dumps(faults[-1]), file=sys.stderr)
    return {
        "seed": seed,
        "inputs": count,
        "faults": len(faults),
        "seconds": round(time.perf_counter() - began, 1),
        "slowest_ms": round(slowest * 1000),
    }


def total(record: Path) -> dict[str, object]:
    """All runs of a record together; of a seed that was run more than once the longest run counts."""
    runs: dict[int, dict[str, int]] = {}
    for line in record.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["inputs"] > runs.get(one["seed"], {"inputs": 0})["inputs"]:
            runs[one["seed"]] = one
    return {"seeds": len(runs), **{name: sum(one[name] for one in runs.values()) for name in ("inputs", "faults")}}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path)
    parser.add_argument("--sum", type=Path)
    chosen = parser.parse_args()
    if chosen.sum is not None:
        print(json.dumps(total(chosen.sum)))
        return 0
    found = run(chosen.inputs, chosen.seed)
    print(json.dumps(found))
    if chosen.record is not None:
        with chosen.record.open("a", encoding="utf-8") as record:
            record.write(json.dumps(found) + "\n")
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
