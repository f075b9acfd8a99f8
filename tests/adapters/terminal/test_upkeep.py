"""What `postmaster knowledge` prints: counts beside those of others, and sources by age."""

from __future__ import annotations

import json
import re

import pytest

from adapters.terminal import upkeep


def test_stats_prints_ours_and_theirs(capfd: pytest.CaptureFixture[str]) -> None:
    assert upkeep.stats(as_json=False, listed=None) == 0
    shown = capfd.readouterr().out

    assert re.search(r"^\s*providers\s+3\d\d", shown, re.MULTILINE)
    assert re.search(r"ZoneMTA.*patterns\s+317\s+\d{4}", shown)

    assert upkeep.stats(as_json=True, listed=None) == 0
    others = json.loads(capfd.readouterr().out)["others"]
    assert {"name", "what", "theirs", "ours", "at_least", "source"} <= others[0].keys()


def test_sources_come_oldest_first_and_undated_ones_last(capfd: pytest.CaptureFixture[str]) -> None:
    assert upkeep.sources(as_json=False) == 0
    days = [line.split()[0] for line in capfd.readouterr().out.splitlines()[:-1]]
    dated = [day for day in days if day != "undated"]

    assert dated == sorted(dated)
    assert days == dated + ["undated"] * (len(days) - len(dated))
