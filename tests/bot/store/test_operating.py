"""Can somebody restore a backup by the operator's page alone? Its blocks are run by a shell, word for word, on each store."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import redis

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "adapters/operating.md").read_text()


def block(name: str) -> str:
    found = re.search(rf"<!-- played: {name} -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def lose(address: str) -> None:
    if address.startswith("sqlite:"):
        for file in Path(address.removeprefix("sqlite:")).parent.glob("store.sqlite*"):
            file.unlink()
    else:
        with redis.Redis.from_url(address) as client:
            client.flushall()


def test_a_backup_is_made_and_put_back_by_the_page_alone(lasting_address: str, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    postmaster = programs / "postmaster"
    postmaster.write_text(f'#!/bin/sh\nexec {sys.executable} -m adapters.main "$@"\n')
    postmaster.chmod(0o700)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "POSTMASTER_STORE": lasting_address,
        "POSTMASTER_RESOLVERS": "127.77.3.9:53",
    }

    def shell(script: str, said: str = "") -> str:
        command = ["sh", "-e", "-c", script]
        done = subprocess.run(command, input=said, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment, timeout=120)
        return done.stdout

    shell("postmaster chat", "thunderbird says 550 5.7.1\n")
    shell(block("backup"))
    lose(lasting_address)
    told = shell(block("restore"))

    assert "1 talk" in told
    assert "550 5.7.1" in shell("postmaster store export -")
