"""How fast, and how well, are messages read?

    .venv/bin/python tests/benchmarks/reading.py --speed [KIB]
    .venv/bin/python tests/benchmarks/reading.py --worst
    .venv/bin/python tests/benchmarks/reading.py --on-the-loop
    .venv/bin/python tests/benchmarks/reading.py FILE.jsonl [--misses]

Speed: texts of 64 KiB (or as many as are said), of kinds that people paste; for each the median of redaction, of reading, and of both. To
be reached: 30 ms. On the loop: the longest texts that are thought about there, from redaction to step; to be reached: 20 ms. A labelled
file has one object a line with `text`, `slots`, `intent`, and where there are any `secrets` and `asked`.
Prints figures; asserts nothing.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.conversation.model import Said
from bot.events import begun
from bot.reading import read
from bot.reading.model import Slot
from bot.redaction import redact
from bot.service import LONG_CHARACTERS
from bot.thinking import Thinking
from knowledge.index import index

SLOTS: tuple[Slot, ...] = ("host", "port", "security", "client", "provider", "address_domain")
READING = Path(__file__).resolve().parents[1] / "bot" / "reading"
RUNS = 7
NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
LOG_LINE = (
    "Feb 03 11:{minute:02}:{second:02} web1 postfix/smtp[{number}]: {id:X}: to=<user{number}@plover.example>, "
    "relay=mail.plover.example[203.0.113.20]:587, delay={second}, status=deferred (host mail.plover.example[203.0.113.20] said: "
    "450 4.2.{digit} try later {number})\n"
)
REPEATED = {
    "one log line": "Feb 03 11:02:55 web1 postfix/smtp[2211]: 4Yp2Qk5Rz9z1: to=<a@plover.example>, "
    "relay=mail.plover.example[203.0.113.20]:587, status=deferred (host mail.plover.example[203.0.113.20] said: 450 4.2.1 try later)\n",
    "one configuration": "MAIL_HOST=mail.plover.example\nMAIL_PORT=587\nMAIL_USERNAME=web@plover.example\nMAIL_PASSWORD=Wachtel77\n",
    "one message": "outlook cannot send, mail.plover.example 465 ssl, password is Wachtel77\n",
    "one sentence": "I have tried to send mail with thunderbird and it does not work although port 587 is open. ",
    "one frame": '  File "/usr/lib/python3.11/smtplib.py", line 398, in getreply\n'
    '    raise SMTPServerDisconnected("Connection unexpectedly closed")\n',
    "one endless line": "aaaa.bbbb.cccc:",
    "Cyrillic": "не могу отправить письмо, сервер отклонил соединение ",
}


def long_texts(characters: int) -> Iterator[tuple[str, str]]:
    """(name, text): things said again and again, a log of a day, all pastes and all messages of the tests one behind the other."""
    for name, piece in REPEATED.items():
        yield name, filled(piece, characters)
    chance = random.Random(1)
    lines = (
        LOG_LINE.format(minute=n // 60 % 60, second=n % 60, number=2000 + n, id=chance.getrandbits(44), digit=n % 9)
        for n in range(characters // 100)
    )
    yield "a log", filled("".join(lines), characters)
    pastes = [path.read_text(encoding="utf-8") for path in sorted((READING / "pastes").glob("*/*.txt"))]
    chance.shuffle(pastes)
    yield "pastes", filled("\n\n".join(pastes), characters)
    messages = [json.loads(line)["text"] for line in (READING / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    yield "messages", filled("\n".join(messages), characters)
    yield (
        "base64",
        filled("\n".join("".join(chance.choices("ABCDEFGHabcdefgh01234567+/", k=76)) for _ in range(characters // 76)), characters),
    )


# Each begins something that a pattern might go on looking for: repeated, it shows who looks to the end of the text every time.
NASTY = (
    "334 UGFzc3dvcmQ6 ", "-----BEGIN PRIVATE KEY----- abcdefghijklmnop ", "password: ", "a@b.example:", "AUTH LOGIN\n",
    "0000 - 16 03 ", "pass=", "curl -u a:", "curl -u \"a:", "login(", "'a','b',", "smtp://a:", "abcd efgh ", "<password>",
    "name: password\nvalue: x\n", "密码", "\\", " ", "\"", "(", "a", "1", "A.", "@", "&amp;", "<a|", "```", "said: 550 x\n",
    "relay=a[1.2.3.4]:25, ", "to=<a@b.example>, ", "Connection: opening to a:1\n", "=== ", " -> ", "S: ", "<rx> ", "host=a ",
    "port: 58 ", "at a.b(c:1)\n", "verify error:num=10\n", "* TLS 1.2 Cipher Suites:\n",
)  # fmt: skip


def worst() -> None:
    """What four times the text costs, as a multiple: about 4 where the work is linear."""
    known = index()
    for piece in NASTY:
        taken = []
        for kib in (64, 256):
            text = filled(piece, kib * 1024)
            begun = time.process_time()
            read(redact(text), known)
            taken.append(time.process_time() - begun)
        print(f"{piece!r:45} {taken[0] * 1000:6.0f} ms for 64 KiB, {taken[1] * 1000:6.0f} ms for 256 KiB: {taken[1] / taken[0]:.1f} times")


def filled(piece: str, characters: int) -> str:
    return (piece * (characters // len(piece) + 1))[:characters]


def speed(characters: int) -> None:
    known = index()
    medians = []
    for name, text in long_texts(characters):
        taken: list[tuple[float, float]] = []
        for _ in range(RUNS + 1):
            begun = time.perf_counter()
            safe = redact(text)
            redacted = time.perf_counter()
            read(safe, known)
            taken.append((redacted - begun, time.perf_counter() - redacted))
        redaction, reading = (statistics.median(one[n] for one in taken[1:]) * 1000 for n in (0, 1))
        medians.append(statistics.median(sum(one) for one in taken[1:]) * 1000)
        print(f"{name:18} {medians[-1]:6.1f} ms (redaction {redaction:.1f}, reading {reading:.1f})")
    print(f"{'median of these':18} {statistics.median(medians):6.1f} ms for {characters // 1024} KiB")


def on_the_loop() -> None:
    """Pieces of dense texts, as long as leaves them on the event loop: what they hold it up for, in processor time."""
    thinking = Thinking(index(), lambda: NOON)
    thinking.warm_up()
    taken = []
    for measured in (False, True):  # others' texts first, as in a process that has run for a while
        for _, text in long_texts(65_536):
            begin = 24_000 * measured
            for piece in (text[start : start + LONG_CHARACTERS] for start in range(begin, begin + 24_000, LONG_CHARACTERS)):
                begun_at = time.process_time()
                safe = redact(piece)
                said = Said(id="1", conversation="c", at=NOON, order="", channel="", text=safe, reading=thinking.read(safe, None))
                thinking.step(begun(said), said)
                if measured:
                    taken.append((time.process_time() - begun_at) * 1000)
    taken.sort()
    print(
        f"{len(taken)} texts of {LONG_CHARACTERS} characters: median {statistics.median(taken):.1f} ms, "
        f"95 of 100 under {taken[len(taken) * 95 // 100]:.1f} ms, slowest {taken[-1]:.1f} ms"
    )


def accuracy(rows: list[dict[str, Any]], *, misses: bool) -> None:
    tally: dict[str, Counter[str]] = {slot: Counter() for slot in SLOTS}
    whole = intents = leaked = redacted_in_vain = 0
    for row in rows:
        safe = redact(row["text"])
        reading = read(safe, index(), row.get("asked"))
        wrong = {slot: (row["slots"].get(slot), reading.slot(slot)) for slot in SLOTS if reading.slot(slot) != row["slots"].get(slot)}
        for slot in SLOTS:
            tally[slot]["wrong" if slot in wrong else "right"] += 1
        whole += not wrong
        intents += reading.intent == row["intent"]
        leaked += sum(secret in safe.text for secret in row.get("secrets", []))
        redacted_in_vain += bool(safe.secrets) and not row.get("secrets")
        if misses and (wrong or reading.intent != row["intent"]):
            print(row.get("id", ""), wrong, f"{row['intent']} -> {reading.intent}", repr(row["text"][:120]), sep="\t")
    for name, counts in tally.items():
        print(f"{name}: {counts['right'] / len(rows):.3f}")
    print(f"whole rows {whole / len(rows):.3f}, intent {intents / len(rows):.3f}, leaked {leaked}, clean texts redacted {redacted_in_vain}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", nargs="*", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--worst", action="store_true", help="texts that are made to take long")
    parser.add_argument("--speed", nargs="?", type=int, const=64, metavar="KIB")
    parser.add_argument("--on-the-loop", action="store_true", help="the longest texts that do not leave the event loop")
    chosen = parser.parse_args()
    if chosen.on_the_loop:
        on_the_loop()
    if chosen.speed is not None:
        speed(chosen.speed * 1024)
    if chosen.worst:
        worst()
    for path in chosen.labelled:
        accuracy([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()], misses=chosen.misses)


if __name__ == "__main__":
    main()
