"""`postmaster config` on the command line."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys


def test_the_links_that_bring_the_bot_to_discord_are_printed_and_the_token_is_not() -> None:
    token = base64.b64encode(b"123456789012345678").decode() + ".abcdef.secret-part-of-it"

    done = subprocess.run(
        [sys.executable, "-m", "adapters.main", "config", "--json"],
        env={**os.environ, "DISCORD_TOKEN": token},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    assert all("client_id=123456789012345678" in link for link in json.loads(done.stdout)["links"].values())
    assert b"secret-part-of-it" not in done.stdout
