"""Do the files of an operator hold together where no container engine is? Their steps are read, and those that can be are run."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import health

ROOT = Path(__file__).parents[1]
POSTMASTER = (sys.executable, "-m", "adapters.main")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()


def steps() -> list[tuple[str, str]]:
    """(instruction, the rest) of each line of the Dockerfile that does something."""
    lines = [line for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_built_in_two_stages_and_does_not_run_as_root() -> None:
    names = [name for name, _ in steps()]
    last = names[names.index("FROM", 1) :]

    assert names.count("FROM") == 2
    assert last.index("USER") > max(index for index, name in enumerate(last) if name == "RUN")
    assert dict(steps())["USER"] not in ("0", "root")
    assert dict(steps())["STOPSIGNAL"] == "SIGTERM"


def test_what_the_image_copies_is_there_and_its_shell_steps_can_be_read_by_a_shell() -> None:
    for name, rest in steps():
        if name == "COPY" and not rest.startswith("--from"):
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists(), source
        if name == "RUN":
            subprocess.run(["sh", "-n", "-c", rest], check=True)
            for command in re.split(r" && ", rest):
                program = shlex.split(command)[0]
                assert program.startswith("/opt/postmaster/bin/") or program in ("python", "useradd", "install"), program


def test_what_the_image_installs_is_pinned_with_hashes() -> None:
    install = next(rest for name, rest in steps() if name == "RUN" and "--require-hashes" in rest)
    lock = (ROOT / shlex.split(install)[-1]).read_text()
    pins = re.findall(r"^(\S+==\S+)[^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", lock, re.MULTILINE)
    tested = (ROOT / "requirements.lock").read_text()

    assert len(pins) == len(re.findall(r"^[A-Za-z0-9]", lock, re.MULTILINE)) > 40
    assert [pin for pin in pins if f"{pin} " not in tested] == []
    assert not any(pin.startswith(("pytest", "mypy", "ruff")) for pin in pins)


async def test_the_images_health_check_passes_beside_a_process_that_lives_and_fails_beside_none() -> None:
    check = json.loads(next(rest for name, rest in steps() if name == "HEALTHCHECK").partition("CMD ")[2])
    address = re.search(r"127\.0\.0\.1:(\d+)", check[2])
    assert address is not None
    assert f"POSTMASTER_METRICS=0.0.0.0:{address[1]}" in DOCKERFILE

    async def ready() -> dict[str, bool]:
        return {"store": True}

    async def run(port: int) -> int:
        code = check[2].replace(f":{address[1]}/", f":{port}/")
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.DEVNULL)
        return await process.wait()

    async with health.served("127.0.0.1", 0, ready) as port:
        assert await run(port) == 0
    assert await run(port) != 0


def test_the_images_command_is_one_that_there_is() -> None:
    entry = json.loads(dict(steps())["ENTRYPOINT"]) + json.loads(dict(steps())["CMD"])

    assert entry == ["postmaster", "run"]
    subprocess.run([*POSTMASTER, *entry[1:], "--help"], check=True, capture_output=True, cwd=ROOT)


def test_compose_gives_each_service_a_read_only_root_no_rights_and_valkey_a_log_that_is_flushed() -> None:
    assert COMPOSE.count("read_only: true") == 2  # what all of ours share, and Valkey
    assert COMPOSE.count("cap_drop: [ALL]") == 2
    assert "appendfsync, always, --maxmemory-policy, noeviction" in COMPOSE
    assert [line for line in COMPOSE.splitlines() if "<<: *postmaster" in line] == ["    <<: *postmaster"] * 3
    grace = re.search(r"stop_grace_period: (\d+)s", COMPOSE)
    assert grace is not None
    assert int(grace[1]) > 20


# --- systemd -----------------------------------------------------------------------------------------------------------------


def printed_unit() -> str:
    return subprocess.run([*POSTMASTER, "run", "--print-unit"], check=True, capture_output=True, text=True, cwd=ROOT).stdout


def test_the_unit_has_a_watchdog_that_the_process_serves_and_more_time_to_stop_than_it_takes() -> None:
    unit = printed_unit()

    assert "Type=notify" in unit
    assert re.search(r"^WatchdogSec=\d+$", unit, re.MULTILINE)
    assert "TimeoutStopSec=25" in unit
    assert "ProtectSystem=strict" in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    command = tmp_path / "postmaster"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    file = tmp_path / "postmaster.service"
    file.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={command}", printed_unit(), flags=re.MULTILINE))

    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(file)], capture_output=True, text=True, check=False)

    assert "postmaster.service" not in done.stderr, done.stderr


# --- a second signal ---------------------------------------------------------------------------------------------------------

HANGS = """
import asyncio
from adapters.serving import stop_on_signals

async def main():
    stop = stop_on_signals()
    print("up", flush=True)
    await stop.wait()
    print("stopping", flush=True)
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

asyncio.run(main())
"""


def test_a_second_signal_ends_a_process_that_does_not_come_to_its_end() -> None:
    process = subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ))
    assert process.stdout is not None
    for line in ("up\n", "stopping\n"):
        assert process.stdout.readline() == line
        process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)

    assert process.returncode == 128 + signal.SIGTERM


ANSWERED = {"name": "good", "version": "1", "vulns": []}
SKIPPED = {"name": "unknown", "version": "1", "skip_reason": "not found"}
WEAK = {"name": "weak", "version": "2", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2.1"]}]}


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([ANSWERED, SKIPPED], 0, "nothing known against 1 of 2"),
        ([ANSWERED, WEAK], 1, "weak 2: CVE-2026-1, mended in 2.1"),
        ([SKIPPED], 0, "audit skipped"),
        (None, 0, "audit skipped"),
    ],
)
def test_a_known_weakness_fails_the_audit_and_no_answer_is_said_to_be_none(
    tmp_path: Path, packages: list[dict[str, object]] | None, status: int, said: str
) -> None:
    report = tmp_path / "audit.json"
    if packages is not None:
        report.write_text(json.dumps({"dependencies": packages}))

    done = subprocess.run([sys.executable, ROOT / ".ci/weaknesses.py", report], capture_output=True, text=True, check=False)

    assert (done.returncode, said in done.stdout) == (status, True)


def test_what_looks_for_weaknesses_is_pinned_with_hashes_too() -> None:
    lock = (ROOT / ".ci/audit.lock").read_text()

    assert "pip-audit==" in lock
    assert lock.count("==") <= lock.count("--hash=sha256:")
