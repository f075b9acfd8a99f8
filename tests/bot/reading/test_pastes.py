"""Every paste in `pastes/` is read for what it says: settings, error, the user's own observations; and its secrets are gone.

A paste is two files: `<name>.txt` as somebody sent it, `<name>.toml` with what is to be read from it.
"""

from __future__ import annotations

import dataclasses
import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.observations import Observation
from bot.reading import Reading, read
from bot.redaction import redact
from knowledge.index import index

PASTES = sorted((Path(__file__).parent / "pastes").glob("*/*.txt"))
SLOTS = ("host", "port", "security", "client", "provider", "address_domain")
# Long or of no account for telling facts apart.
UNSHOWN = frozenset({"site", "at", "text", "detail", "seconds", "cipher", "issuer", "key"})


def expected(paste: Path) -> dict[str, Any]:
    return tomllib.loads(paste.with_suffix(".toml").read_text(encoding="utf-8"))


def shown(observation: Observation) -> str:
    """`TcpRefused host=mail.plover.example port=2598`: the type and those fields that say something."""
    parts = [type(observation).__name__]
    for field in dataclasses.fields(observation):
        value = getattr(observation, field.name)
        if field.name in UNSHOWN or value in ("", None, ()):
            continue
        if isinstance(value, datetime.datetime):
            value = value.strftime("%Y-%m-%d")
        elif isinstance(value, tuple):
            value = "[" + " ".join(map(str, value)) + "]"
        parts.append(f"{field.name}={value}")
    return " ".join(parts)


def slots(reading: Reading) -> dict[str, str | int]:
    return {slot: value for slot in SLOTS if (value := getattr(reading, slot)) is not None}


@pytest.mark.parametrize("paste", PASTES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_paste_is_read_for_what_it_says(paste: Path) -> None:
    wanted = expected(paste)

    reading = read(redact(paste.read_text(encoding="utf-8")), index())

    assert slots(reading) == wanted["slots"]
    assert [shown(one) for one in reading.observations] == wanted.get("observations", [])
    assert wanted.get("error", "") in (reading.error or "")
    assert reading.intent == wanted.get("intent", reading.intent)


@pytest.mark.parametrize("paste", PASTES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_piece_of_a_secret_in_a_paste_is_left(paste: Path) -> None:
    secrets = expected(paste).get("secrets", [])

    safe = redact(paste.read_text(encoding="utf-8"))

    for secret in secrets:
        for start in range(max(1, len(secret) - 5)):
            assert secret[start : start + 6] not in safe.text
    assert bool(safe.secrets) == bool(secrets)


@pytest.mark.parametrize("kind", sorted({paste.parent.name for paste in PASTES}))
def test_each_kind_has_pastes_that_are_cut_off_that_are_mixed_and_that_show_a_fault(kind: str) -> None:
    names = [paste.stem for paste in PASTES if paste.parent.name == kind]
    pastes = [expected(paste) for paste in PASTES if paste.parent.name == kind]

    assert any("cut_off" in name for name in names)
    assert any("mixed" in name for name in names)
    assert any(map(shows_a_fault, pastes))
    assert len(names) >= 4


def shows_a_fault(paste: dict[str, Any]) -> bool:
    """An error, a port that was not reached, or a mode that is not the port's."""
    entered = (paste["slots"].get("security"), paste["slots"].get("port"))
    missed = any(seen.startswith(("TcpRefused", "TcpTimedOut")) for seen in paste.get("observations", []))
    return "error" in paste or missed or entered in {("implicit_tls", 587), ("implicit_tls", 25), ("starttls", 465)}


def test_all_facts_of_pastes_are_the_users_own() -> None:
    readings = [read(redact(paste.read_text(encoding="utf-8")), index()) for paste in PASTES]

    assert {one.site for reading in readings for one in reading.observations} == {"user"}
