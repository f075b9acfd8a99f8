"""Is there a copy of the knowledge that is as new as the files? Keeps one in the user's cache folder; never beside the files.

The files are plain text and checked value by value, which takes a second; the copy loads in milliseconds.

It is JSON and no pickle or marshal: whoever could place a file in the cache would otherwise run code in this process (pickle) or crash
it (marshal). JSON can only be wrong, and a checksum tells. The file is taken only if it is ours and nobody else could write it. Each
installation has files of its own; those of one that is gone are taken away. Whatever goes wrong here (no home, full disk, foreign or
broken file) means: no copy, read the files.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from knowledge import model, terms

V = TypeVar("V")

# Changes when this module writes something else than before; changes of the dataclasses show in the fingerprint by themselves.
FORMAT = 4

# Which installation's copy it is, in the file's name: two of them would else write over each other's at every start.
_HERE = f"{zlib.crc32(os.fsencode(os.path.dirname(__file__))):08x}"
_FORGOTTEN_SECONDS = 30 * 86_400  # another installation's copy that was not made anew for so long may go; if need be it is made again

# A full copy is about 1 MB; what is larger is not ours.
MAX_BYTES = 32_000_000


def fingerprint(folder: Path) -> str:
    """What a copy depends on, in one line: name, time and size of every file of knowledge, and of the code that gives it its shape."""
    parts = [str(FORMAT), str(folder)]
    for place in (folder, *(folder / kind for kind in ("providers", "causes", "clients"))):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith((".toml", ".py")):
                    state = entry.stat()
                    parts.append(f"{entry.name} {state.st_mtime_ns} {state.st_size}")
    return json.dumps(parts, separators=(",", ":"))


def read(key: str) -> model.Knowledge | None:
    """The copy made under the fingerprint `key`, or None. Its entries are built when they are first asked for."""
    body = _body("knowledge", key)
    kinds = body.split(b"\n") if body is not None else []
    return model.Knowledge(*(Entries(kind) for kind in kinds)) if len(kinds) == len(fields(model.Knowledge)) else None


def write(key: str, found: model.Knowledge) -> None:
    """Puts a copy of `found` under the fingerprint `key`, whole or not at all."""
    kinds = [{id: _json(_packed(entry)).decode() for id, entry in getattr(found, kind.name).items()} for kind in fields(found)]
    _put("knowledge", key, b"\n".join(_json(kind) for kind in kinds))


def derived(name: str, key: str, make: Callable[[], Any]) -> Any:
    """What `make` gives (JSON values only): from the cache where it was put there under `name` and the fingerprint `key`, else made and
    put there. Whoever asks sees to it that `key` changes with everything that `make` goes by."""
    body = _body(name, key)
    if body is not None:
        with contextlib.suppress(ValueError):
            return json.loads(body)
    made = make()
    _put(name, key, _json(made))
    return made


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _body(name: str, key: str) -> bytes | None:
    try:
        with open(_path(name), "rb", opener=_no_follow) as file:
            if not _ours(file.fileno()):
                return None
            made_under, check, body = file.read(MAX_BYTES).split(b"\n", 2)
        return body if made_under == key.encode() and check == _check(body) else None
    except (OSError, ValueError, RuntimeError):
        return None


def _put(name: str, key: str, body: bytes) -> None:
    import tempfile

    with contextlib.suppress(OSError, RuntimeError):
        path = _path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{name}-")  # mkstemp gives mode 0600
        try:
            with open(handle, "wb") as file:
                file.write(b"\n".join((key.encode(), _check(body), body)))
            os.replace(made, path)
            _take_away_old(path.parent)
        except BaseException:
            os.unlink(made)
            raise


def _take_away_old(folder: Path) -> None:
    before = time.time() - _FORGOTTEN_SECONDS
    for file in folder.glob("*.json"):
        if not file.stem.endswith(_HERE) and file.stat().st_mtime < before:
            file.unlink(missing_ok=True)


def _path(name: str = "knowledge") -> Path:
    name = f"{name}-{_HERE}"
    if sys.platform == "linux":
        # What platformdirs says here, without the 20 ms that importing it takes.
        folder = os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")
        return Path(folder, "postmaster", f"{name}.json")
    import platformdirs

    return Path(platformdirs.user_cache_dir("postmaster", appauthor=False), f"{name}.json")


def _no_follow(path: str, flags: int) -> int:
    # O_NONBLOCK: a named pipe somebody put there must not hold us up.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _ours(handle: int) -> bool:
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        return False
    # Windows has no user ids; there the profile folder's own permissions protect the file.
    return not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)


def _check(body: bytes) -> bytes:
    # Against a torn or damaged file, not against a forger: whose file it is, `_ours` asks.
    return b"%08x" % zlib.crc32(body)


# Values that are no plain JSON are lists that begin with their shape's number: [3, "smtp.example.com", 587, [2, "starttls"]].
_TUPLE, _MAPPING, _SECURITY = 0, 1, 2
_SHAPES: tuple[Callable[..., Any], ...] = (
    terms.Endpoint,
    terms.Source,
    model.Server,
    model.AppPassword,
    model.OAuth2,
    model.Limits,
    model.Trap,
    model.Provider,
    model.Example,
    model.NearMiss,
    model.Pattern,
    model.When,
    model.Fix,
    model.Cause,
    model.Place,
    model.Snippet,
    model.Client,
    model.Term,
    model.Folklore,
    model.Collection,
)
_FIRST_SHAPE = 3
_NUMBERS = {shape: number for number, shape in enumerate(_SHAPES, _FIRST_SHAPE)}


def _packed(value: Any) -> Any:
    if isinstance(value, terms.Security):
        return [_SECURITY, value.value]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [_TUPLE, *map(_packed, value)]
    if isinstance(value, Mapping):
        return [_MAPPING, *(_packed(part) for pair in value.items() for part in pair)]
    return [_NUMBERS[type(value)], *(_packed(getattr(value, field.name)) for field in fields(value))]


def _unpacked(value: Any) -> Any:
    if type(value) is not list:
        return value
    number = value[0]
    if number == _TUPLE:
        return tuple([_unpacked(part) if type(part) is list else part for part in value[1:]])
    if number == _SECURITY:
        return terms.Security(value[1])
    parts = [_unpacked(part) if type(part) is list else part for part in value[1:]]
    if number == _MAPPING:
        return dict(zip(parts[::2], parts[1::2], strict=True))
    return _SHAPES[number - _FIRST_SHAPE](*parts)


class Entries(Mapping[str, V]):
    """A read-only dict of id -> entry from one line of the copy: an object of texts, each the JSON of one entry. The line is read when
    first looked into, each entry when first asked for; a text takes a fraction of the memory of what it says."""

    def __init__(self, line: bytes) -> None:
        self._line = line
        self._built: dict[str, V] = {}

    @cached_property
    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = json.loads(self._line)
        self._line = b""
        return texts

    def __getitem__(self, id: str) -> V:
        if id not in self._built:
            self._built[id] = _unpacked(json.loads(self._texts[id]))
            self._texts[id] = ""  # only its place is needed now
        return self._built[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, id: object) -> bool:
        return id in self._texts
