"""What do short messages want, in 22 languages? Each line of `intents.tsv`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot.reading import read
from bot.reading.greeting import greets
from bot.redaction import redact
from knowledge.index import index

with (Path(__file__).parent / "intents.tsv").open(encoding="utf-8", newline="") as lines:
    SAID = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("line", SAID, ids=lambda line: f"{line['language']} {line['said'][:40]}")
def test_a_short_message_is_taken_for_what_it_wants(line: dict[str, str]) -> None:
    assert read(redact(line["said"]), index()).intent == line["intent"]


def test_every_language_has_at_least_six_wants() -> None:
    wants = {(line["language"], line["intent"]) for line in SAID}

    few = {language for language, _ in wants if sum(one == language for one, _ in wants) < 6}
    assert few == set()
    assert len({language for language, _ in wants} - {"en"}) == 22


@pytest.mark.parametrize(
    "said", ["hi, thunderbird says login failed", "hello smtp.plover.example", "hallo ihr, mein outlook spinnt", "", "?"]
)
def test_what_says_more_than_hello_is_no_greeting(said: str) -> None:
    assert not greets(said)


@pytest.mark.parametrize(
    "said",
    [
        "this PR changes EMAIL_PORT from 25 to 587, looks good to me",
        "nit: use ssl.create_default_context() instead of None in smtplib.SMTP_SSL(host, 465)",
        "This week in email: Gmail's new sender rules, and Yahoo raises limits. View in browser | Unsubscribe",
    ],
)
def test_what_people_name_among_themselves_is_nobodys_setting(said: str) -> None:
    reading = read(redact(said), index())

    assert (reading.host, reading.port, reading.security, reading.client, reading.provider) == (None, None, None, None, None)
