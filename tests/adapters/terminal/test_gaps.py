"""Does `knowledge gaps` show what a talk brought that nothing was known for? The whole command, on the store that a process has left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.main import status_of

STRANGE = "thunderbird says: 599 the flux capacitor of anna@our-club.test refused gravity\n"


def talk(folder: Path, learn: str) -> dict[str, str]:
    """Holds a talk in a process of its own; gives the environment in which its store is found again."""
    own = {"POSTMASTER_STORE": f"sqlite:{folder}/talks.sqlite", "POSTMASTER_LEARN": learn, "POSTMASTER_RESOLVERS": "127.77.3.9:53"}
    command = [sys.executable, "-m", "adapters.main", "chat"]
    said = STRANGE + "I don't know\n" * 3
    subprocess.run(command, input=said, capture_output=True, text=True, check=True, env={**os.environ, **own}, timeout=60)
    return own


def test_a_strange_text_becomes_a_draft_without_the_persons_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key, value in talk(tmp_path, "on").items():
        monkeypatch.setenv(key, value)

    assert status_of(["knowledge", "gaps"]) == 0
    shown = capsys.readouterr().out
    assert status_of(["knowledge", "gaps", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)

    assert "flux capacitor" in shown
    assert "anna" not in shown
    assert [(gap["count"], len(gap["texts"])) for gap in data["gaps"]] == [(1, 1)]


def test_nothing_is_kept_where_it_is_not_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key, value in talk(tmp_path, "off").items():
        monkeypatch.setenv(key, value)

    assert status_of(["knowledge", "gaps"]) == 0
    assert "POSTMASTER_LEARN is off" in capsys.readouterr().out
    monkeypatch.setenv("POSTMASTER_LEARN", "on")
    assert status_of(["knowledge", "gaps", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gaps"] == []
