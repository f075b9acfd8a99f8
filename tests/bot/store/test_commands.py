"""Does `postmaster store` move an installation, look through it, and say in one sentence what is wrong? As a person types it."""

from __future__ import annotations

import asyncio
import io
import json
import stat
from pathlib import Path

import pytest

from adapters import storing
from adapters.main import status_of
from bot.store import archive as archives
from bot.store import open_store
from tests.bot.store.talks import begun, post, said


def filled(address: str, talks: int = 1) -> None:
    async def fill() -> None:
        store = open_store(address)
        await store.open()
        for number in range(talks):
            await store.receive(said(1, f"talk{number}"), [f"event {number}"])
            await begun(store, [post("0.0")], f"talk{number}", owner="dead")
        await store.close()

    asyncio.run(fill())


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("POSTMASTER_CONFIG", raising=False)
    path = tmp_path / "source.sqlite"
    filled(f"sqlite:{path}")
    monkeypatch.setenv("POSTMASTER_STORE", f"sqlite:{path}")
    return path


@pytest.fixture
def moved(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = tmp_path / "moved.jsonl"
    assert status_of(["store", "export", str(file)]) == 0
    assert capsys.readouterr().err == "Exported 1 talk, 1 event, 1 effect, 0 wakes, 1 claim, 0 things, 0 lessons.\n"
    return file


def faulty(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    status = status_of(["store", *arguments])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    return status, err


def test_an_installation_moves_and_says_what_it_carried(
    moved: Path, lasting_address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stat.S_IMODE(moved.stat().st_mode) == 0o600
    monkeypatch.setenv("POSTMASTER_STORE", lasting_address)

    assert status_of(["store", "import", str(moved)]) == 0

    assert ": 1 talk, 1 event, 1 effect" in capsys.readouterr().err
    assert status_of(["store", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["talks"], told["waiting"], told["owed"], told["leased"], told["faults"]) == (1, 1, 1, 1, 0, [])


def test_a_store_that_holds_something_is_not_filled_unless_that_is_asked_for(moved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, error = faulty(capsys, "import", str(moved))
    assert status == 2
    assert "is not empty" in error

    assert status_of(["store", "import", "--replace", str(moved)]) == 0
    assert status_of(["store", "check"]) == 0
    assert "1 talk, 1 event, 1 effect" in capsys.readouterr().out


async def test_a_store_that_a_process_has_open_is_neither_moved_nor_filled(source: Path, tmp_path: Path, lasting_address: str) -> None:
    store = open_store(f"sqlite:{source}")
    await store.open()
    await store.load("talk0")

    refused = await asyncio.to_thread(status_of, ["store", "export", str(tmp_path / "moved.jsonl")])
    copied = await asyncio.to_thread(status_of, ["store", "export", "--running", str(tmp_path / "copy.jsonl")])
    filling = await asyncio.to_thread(status_of, ["store", "import", "--replace", str(tmp_path / "copy.jsonl")])
    looked = await asyncio.to_thread(status_of, ["store", "check"])
    await store.close()

    assert (refused, copied, filling, looked) == (3, 0, 3, 0)
    assert not (tmp_path / "moved.jsonl").exists()


def test_a_file_that_is_cut_off_writes_nothing(
    moved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moved.write_bytes(moved.read_bytes()[:-20])
    monkeypatch.setenv("POSTMASTER_STORE", f"sqlite:{tmp_path / 'target.sqlite'}")

    status, error = faulty(capsys, "import", str(moved))

    assert status == 2
    assert "was cut off" in error
    assert not (tmp_path / "target.sqlite").exists()


def test_what_is_wrong_is_one_sentence(
    moved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "No such file" in faulty(capsys, "import", str(tmp_path / "no.jsonl"))[1]
    assert "No such file" in faulty(capsys, "export", str(tmp_path / "no" / "x.jsonl"))[1]
    monkeypatch.setenv("POSTMASTER_STORE", f"sqlite:{tmp_path / 'no.sqlite'}")
    assert "There is no store at" in faulty(capsys, "check")[1]
    assert "There is no store at" in faulty(capsys, "export", str(tmp_path / "x.jsonl"))[1]
    monkeypatch.setenv("POSTMASTER_STORE", "redis://127.0.0.1:1/0")
    assert "cannot be reached" in faulty(capsys, "check")[1]
    assert "cannot be reached" in faulty(capsys, "import", str(moved))[1]
    monkeypatch.setenv("POSTMASTER_STORE", "memory:")
    assert "gone with its process" in faulty(capsys, "export", str(tmp_path / "x.jsonl"))[1]
    assert not (tmp_path / "x.jsonl").exists()


def test_standard_output_and_input_serve_for_pipes(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert status_of(["store", "export", "-"]) == 0
    content = capfdbinary.readouterr().out

    assert archives.verify(io.BytesIO(content)).talks == 1
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    monkeypatch.setenv("POSTMASTER_STORE", f"sqlite:{tmp_path / 'target.sqlite'}")
    assert status_of(["store", "import", "-"]) == 0


def test_what_takes_longer_tells_how_far_it_is(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(storing, "QUIET_SECONDS", 0.0)

    status_of(["store", "export", str(tmp_path / "x.jsonl")])

    assert "… exported: 1 talk, 1 event" in capsys.readouterr().err


def test_each_command_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "export", "import"):
        assert status_of(["store", command, "--help"]) == 0
        told = capsys.readouterr().out
        assert "examples:" in told
        assert f"postmaster store {command}" in told
