"""How well, and how fast, are messages read? `reading.py FILE.jsonl [--misses]` for a labelled set, `reading.py --speed` for 64 KiB texts.

Prints figures; asserts nothing.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bot.reading import read
from bot.reading.model import Slot
from bot.redaction import redact
from knowledge.index import index

SLOTS: tuple[Slot, ...] = ("host", "port", "security", "client", "provider", "address_domain")
KIB_64 = 65_536
TEXTS = {
    "mail log": "Feb 03 11:02:55 web1 postfix/smtp[2211]: 4Yp2Qk5Rz9z1: to=<a@plover.example>, "
    "relay=mail.plover.example[203.0.113.20]:587, status=deferred (host mail.plover.example[203.0.113.20] said: 450 4.2.1 try later)\n",
    "configuration": "MAIL_HOST=mail.plover.example\nMAIL_PORT=587\nMAIL_USERNAME=web@plover.example\nMAIL_ENCRYPTION=tls\n",
    "sentences": "I have tried to send mail with thunderbird and it does not work although port 587 is open. ",
    "stack trace": '  File "/usr/lib/python3.11/smtplib.py", line 398, in getreply\n'
    '    raise SMTPServerDisconnected("Connection unexpectedly closed")\n',
    "one endless line": "aaaa.bbbb.cccc:",
    "Cyrillic": "не могу отправить письмо, сервер отклонил соединение ",
}


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
            print(row["id"], wrong, f"{row['intent']} -> {reading.intent}", repr(row["text"][:120]), sep="\t")
    for name, counts in tally.items():
        print(f"{name}: {counts['right'] / len(rows):.3f}")
    print(f"whole rows {whole / len(rows):.3f}, intent {intents / len(rows):.3f}, leaked {leaked}, clean texts redacted {redacted_in_vain}")


def speed() -> None:
    for name, piece in TEXTS.items():
        text = (piece * (KIB_64 // len(piece) + 1))[:KIB_64]
        taken: list[tuple[float, float]] = []
        for _ in range(7):
            begun = time.perf_counter()
            safe = redact(text)
            redacted = time.perf_counter()
            read(safe, index())
            taken.append((redacted - begun, time.perf_counter() - redacted))
        redaction, reading = (statistics.median(one[n] for one in taken[1:]) * 1000 for n in (0, 1))
        print(f"{name}: {redaction + reading:.1f} ms for 64 KiB (redaction {redaction:.1f}, reading {reading:.1f})")


def main(arguments: list[str]) -> None:
    if "--speed" in arguments:
        speed()
    for name in arguments:
        if not name.startswith("-"):
            rows = [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
            accuracy(rows, misses="--misses" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
