"""Bad input, closed pipes, Ctrl-C, a full disk: one sentence, the right exit status, no traceback, nothing already said lost."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.main import status_of

POSTMASTER = [sys.executable, "-m", "adapters.main"]
OURS = ("POSTMASTER_", "SLACK_", "DISCORD_")


def run(*arguments: str, given: bytes = b"", env: dict[str, str] | None = None, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*POSTMASTER, *arguments], input=given, capture_output=True, timeout=60, env={**os.environ, **(env or {})}, check=False, **more
    )


def one_sentence(done: subprocess.CompletedProcess[bytes], status: int) -> str:
    said = done.stderr.decode()
    assert done.returncode == status, said
    return one_line(said)


def one_line(said: str) -> str:
    assert "Traceback" not in said
    assert said.strip()
    assert len(said.strip().splitlines()) == 1
    return said


# --- what is wrong with a command is said before anything is done: in this process, which is main.py's way without its last line -------


@pytest.fixture
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Nothing is set but a store that is not there and a resolver that gives no answer; nothing comes in on standard input."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("POSTMASTER_STORE", f"sqlite:{tmp_path}/store.sqlite")
    monkeypatch.setenv("POSTMASTER_RESOLVERS", "127.0.0.1:9")
    monkeypatch.setenv("POSTMASTER_SITE", "here")
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        yield monkeypatch


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--no-such-option", "`postmaster --help`"),
        ("nosuchcommand", "choose from"),
        ("chat anything", "`postmaster chat --help`"),
        ("chat --locale", "expected one argument"),
        ("chat --locale german!", "such as de or de-DE"),
        ("explain --no-such-option", "`postmaster explain --help`"),
        ("explain --lines", "--lines goes with --json"),
        ("explain --lines --json x", "standard input"),
        ("understand --lines --json x", "standard input"),
        ("explain", "There is no text to explain"),
        ("understand", "There is no text to understand"),
        ("understand --client thunderbird x", "`postmaster understand --help`"),
        ("explain --client no-such-client x", "'no-such-client'"),
        ("explain --provider no-such-provider x", "`postmaster knowledge stats --list providers`"),
        ("lookup", "QUERY"),
        ("lookup ~", "nothing to look up"),
        ("lookup --client no-such-client gmail", "'no-such-client'"),
        ("check", "HOST[:PORT]"),
        ("check ~", "is no server"),
        ("check two~words", "is no server"),
        ("check two words", "`postmaster check --help`"),
        ("check you@gmail.com", "is no server"),
        ("check :587", "is no server"),
        ("check [::1]587", "is no server"),
        ("check smtp.our-club.test:", "is no port"),
        ("check smtp.our-club.test:0", "is no port"),
        ("check smtp.our-club.test:99999", "is no port"),
        ("check smtp..our-club.test", "is not a host name"),
        ("check smtp.our-club.test:587:587", "is not a host name"),
        ("check smtp.gmail.com --security ssl", "implicit_tls"),
        ("check 127.0.0.1:587", "not on the public internet"),
        ("check smtp.example.com", "placeholder"),
        ("config anything", "`postmaster config --help`"),
        ("knowledge", "COMMAND"),
        ("knowledge nosuch", "gaps"),
        ("knowledge stats --list nosuch", "providers"),
        ("store", "COMMAND"),
        ("store export", "FILE"),
        ("store import", "FILE"),
        ("slack --manifest nosuch", "socket"),
        ("run", "DISCORD_TOKEN"),
        ("worker", "POSTMASTER_BROKER is inline"),
        ("worker --site two~words", "POSTMASTER_SITE"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(
    nothing_configured: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, says: str
) -> None:
    status = status_of([word.replace("~", " ") for word in arguments.split()])

    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert says in one_line(told.err)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("slack", "SLACK_BOT_TOKEN is not set"),
        ("discord", "DISCORD_TOKEN is not set"),
        ("discord --sync", "DISCORD_TOKEN is not set"),
        ("store check", "There is no store"),
        ("store export moved.jsonl", "There is no store"),
        ("store import /no/such/file", "/no/such/file"),
    ],
)
def test_what_cannot_run_is_one_sentence_and_status_3(
    nothing_configured: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, says: str
) -> None:
    status = status_of(arguments.split())

    told = capsys.readouterr()
    assert (status, told.out) == (3, "")
    assert says in one_line(told.err)


@pytest.mark.parametrize(
    ("key", "value", "command", "status"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1", "slack", 2),
        ("SLACK_BOT_TOKEN", "xoxb-first\nsecond-line", "slack", 2),
        ("SLACK_API_URL", "ftp://slack.test", "slack", 2),
        ("POSTMASTER_HTTP", "nowhere", "slack", 2),
        ("DISCORD_TOKEN", "xoxb-1", "discord", 3),
        ("DISCORD_TOKEN", "first\nsecond-line", "discord", 2),
        ("DISCORD_SHARDS", "9/3", "discord", 2),
        ("DISCORD_API_URL", "nonsense", "discord", 2),
        ("POSTMASTER_STORE", "cupboard:", "store check", 2),
        ("POSTMASTER_PROBE_PORTS", "twenty-five", "config", 2),
        ("POSTMASTER_METRICS", "127.0.0.1:99999", "config", 2),
        ("POSTMASTER_CONFIG", "/no/such/file.toml", "config", 2),
        ("POSTMASTER_CA_FILE", "/no/such/file.pem", "check smtp.gmail.com", 2),
        ("POSTMASTER_CA_FILE", os.devnull, "check smtp.gmail.com", 2),
        ("POSTMASTER_CA_FILE", __file__, "chat --json", 2),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(
    nothing_configured: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str, value: str, command: str, status: int
) -> None:
    nothing_configured.setenv(key, value)

    ended = status_of(command.split())

    told = capsys.readouterr()
    assert (ended, told.out) == (status, "")
    assert key in one_line(told.err)
    assert "second-line" not in told.err, "a secret is not shown"


COMMANDS = """ |chat|explain|understand|lookup|check|config|slack|discord|run|worker
knowledge|knowledge check|knowledge stats|knowledge sources|knowledge gaps|store|store check|store export|store import"""


@pytest.mark.parametrize("command", COMMANDS.replace("\n", "|").split("|"))
def test_every_help_teaches_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert status_of([*command.split(), "--help"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: postmaster {command}".rstrip())
    assert f"postmaster {command}".rstrip() in shown.split("examples:\n")[1]
    assert "?." not in shown


def test_no_command_is_left_out_here(capsys: pytest.CaptureFixture[str]) -> None:
    listed = set()
    for name in ("", "knowledge", "store"):
        status_of([*name.split(), "--help"])
        table = capsys.readouterr().out.split("COMMAND\n", 1)[1].split("\n\n")[0]
        listed |= {f"{name} {line.split()[0]}".strip() for line in table.splitlines()}

    assert listed == {command.strip() for command in COMMANDS.replace("\n", "|").split("|") if command.strip()}


# --- the whole process ----------------------------------------------------------------------------------------------------------------


def test_a_fault_ends_the_process_with_its_sentence_and_status() -> None:
    one_sentence(run("nosuchcommand"), 2)


def test_text_that_is_not_utf8_is_read_all_the_same() -> None:
    done = run("explain", "--json", given="Ungültiges Kennwort: 535 5.7.8 Authentication failed".encode("cp1252"))

    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["recognised"] is True
    assert b"UTF-8" in done.stderr


def test_nul_bytes_and_control_characters_are_only_text() -> None:
    done = run("understand", "--json", given=b"smtp.gmail.com \x00\x1b[2J port 587")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["slots"]["port"] == 587


def test_what_is_understood_does_nothing_to_the_terminal() -> None:
    done = run("understand", given="smtp.gmail.com \x1b[2J port 587 \x9b31m \u202etxet".encode())

    assert done.returncode == 0, done.stderr
    assert not set(done.stdout.decode()) & set("\x1b\x9b\u202e")
    assert "smtp.gmail.com" in done.stdout.decode()


def test_a_line_of_five_megabytes_is_cut_with_a_word_about_it() -> None:
    done = run("explain", "--json", given=b"535 5.7.8 Authentication failed " + b"x" * 5_000_000)

    assert done.returncode in (0, 1)
    assert b"KiB" in done.stderr
    json.loads(done.stdout)


def test_lines_answer_in_order_and_a_broken_line_is_answered_too() -> None:
    rows = [b'{"id": 1, "text": "535 5.7.8 Authentication failed"}', b"not json", b"", b'{"id": 3}', b'{"id": 4, "text": ""}', b'"x"']

    done = run("explain", "--json", "--lines", given=b"\n".join(rows) + b"\n")

    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("id") for answer in answers] == [1, None, 3, 4, None]
    assert "error" in answers[1]
    assert "Traceback" not in done.stderr.decode()


def test_lines_are_flushed_as_they_go() -> None:
    with subprocess.Popen([*POSTMASTER, "explain", "--json", "--lines"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"id": 7, "text": "535 5.7.8 Authentication failed"}\n')
        process.stdin.flush()

        answer = json.loads(process.stdout.readline())

        assert answer["id"] == 7
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_closed_pipe_is_no_error() -> None:
    rows = """yes '{"text": "535"}' | head -2000"""
    pipe = f"{rows} | {sys.executable} -m adapters.main explain --json --lines | head -1; echo ${{PIPESTATUS[2]}}"

    done = subprocess.run(pipe, shell=True, executable="/bin/bash", capture_output=True, timeout=60, check=False)

    assert done.stdout.splitlines()[-1] == b"0"
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_ctrl_c_ends_with_130() -> None:
    command = [*POSTMASTER, "understand", "--json", "--lines"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"text": "hello"}\n')
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)

        said = process.communicate(timeout=20)[1]

        assert process.returncode == 130
        assert b"Traceback" not in said


def test_ctrl_c_in_the_talk_for_scripts_ends_with_130(tmp_path: Path) -> None:
    environment = {**os.environ, "POSTMASTER_STORE": f"sqlite:{tmp_path}/talk.sqlite"}
    with subprocess.Popen(
        [*POSTMASTER, "chat", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"user": "hello"}\n')
        process.stdin.flush()
        while "idle" not in json.loads(process.stdout.readline()):
            pass
        process.send_signal(signal.SIGINT)

        said = process.communicate(timeout=20)[1]

        assert process.returncode == 130
        assert b"Traceback" not in said


def test_a_full_disk_under_the_store_is_one_sentence_and_status_3(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the write fails in the same place."""

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = run(
        "chat", "--json", given=b'{"user": "hello"}\n', env={"POSTMASTER_STORE": f"sqlite:{tmp_path}/s.sqlite"}, preexec_fn=small_files
    )

    one_sentence(done, 3)


def test_a_store_that_cannot_be_opened_is_one_sentence_and_status_3(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database" * 1000)

    one_sentence(run("chat", "--json", given=b'{"user": "hello"}\n', env={"POSTMASTER_STORE": f"sqlite:{broken}"}), 3)


def test_bad_lines_in_the_talk_for_scripts_are_told_and_the_talk_goes_on(tmp_path: Path) -> None:
    rows = b'not json\n{"other": 1}\n{"choose": "nosuch"}\n{"user": "hello"}\n'

    done = run("chat", "--json", given=rows, env={"POSTMASTER_STORE": "memory:"})

    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(answer == {"schema": 1, "idle": True} for answer in answers) == 4
    assert any("reply" in answer for answer in answers)


def test_the_talk_ends_when_nobody_reads_any_more(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*POSTMASTER, "chat", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "POSTMASTER_STORE": "memory:"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(b'{"user": "hello"}\n{"user": "hello"}\n')
        process.stdin.flush()
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)

        assert process.returncode == 0
        assert b"Traceback" not in process.stderr.read()
