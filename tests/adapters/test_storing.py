"""An export that cannot be finished leaves nothing behind, and what stood there before as it was."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import BinaryIO

import pytest

from adapters.main import status_of
from bot.store import archive, open_store


@pytest.mark.parametrize("before", [None, b"an older export"])
async def test_an_export_that_breaks_off_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], before: bytes | None
) -> None:
    address = f"sqlite:{tmp_path / 'talks.sqlite'}"
    store = open_store(address)
    await store.open()
    await store.close()
    monkeypatch.setenv("POSTMASTER_STORE", address)
    file = tmp_path / "exports" / "moved.jsonl"
    file.parent.mkdir()
    if before is not None:
        file.write_bytes(before)

    def full(records: object, out: BinaryIO, at: float) -> None:
        out.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive, "write", full)

    assert status_of(["store", "export", str(file)]) == 3
    assert "No space left on device" in capsys.readouterr().err
    assert [one.read_bytes() for one in file.parent.iterdir()] == ([] if before is None else [before])
