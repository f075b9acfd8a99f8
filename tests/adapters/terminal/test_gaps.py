"""Does `knowledge gaps` show what a talk brought that nothing was known for? The whole command, on a store of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

STRANGE = "thunderbird says: 599 the flux capacitor of anna@our-club.test refused gravity\n"


def run(store: str, *arguments: str, said: str = "", learn: str = "on") -> str:
    environment = {**os.environ, "POSTMASTER_STORE": store, "POSTMASTER_LEARN": learn, "POSTMASTER_RESOLVERS": "127.77.3.9:53"}
    command = [sys.executable, "-m", "adapters.main", *arguments]
    return subprocess.run(command, input=said, capture_output=True, text=True, check=True, env=environment, timeout=60).stdout


def test_a_strange_text_becomes_a_draft_without_the_persons_name(tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/talks.sqlite"
    run(store, "chat", said=STRANGE + "I don't know\n" * 3)

    shown, data = run(store, "knowledge", "gaps"), json.loads(run(store, "knowledge", "gaps", "--json"))

    assert "flux capacitor" in shown
    assert "anna" not in shown
    assert [(gap["count"], len(gap["texts"])) for gap in data["gaps"]] == [(1, 1)]


def test_nothing_is_kept_where_it_is_not_wanted(tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/talks.sqlite"
    run(store, "chat", said=STRANGE + "I don't know\n" * 3, learn="off")

    assert "POSTMASTER_LEARN is off" in run(store, "knowledge", "gaps", learn="off")
    assert json.loads(run(store, "knowledge", "gaps", "--json"))["gaps"] == []
