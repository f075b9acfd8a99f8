"""Is there a copy of the knowledge that is as new as the files? Keeps one in the user's cache folder; never beside the files.

The files are plain text and checked value by value, which takes a second; the copy loads in milliseconds.

It is JSON and no pickle or marshal: whoever could place a file in the cache would otherwise run code in this process (pickle) or crash
it (marshal). JSON can only be wrong, and a digest in the first line tells. The file is taken only if it is ours and nobody else
could write it. Whatever goes wrong here (no home, full disk, foreign or broken file) means: no copy, read the files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from knowledge import model, terms

V = TypeVar("V")

# Changes when this module writes something else than before; changes of the dataclasses show in the key by themselves.
FORMAT = 1

# A full copy is about 2 MB; what is larger is not ours.
MAX_BYTES = 32_000_000


def key_of(files: list[Path]) -> str:
    """What the copy depends on: names, times and sizes of the files, and of the code that gives them their shape."""
    digest = hashlib.blake2b(str(FORMAT).encode(), digest_size=16)
    code = [Path(str(module)) for module in (model.__file__, terms.__file__, __file__)]
    for path in [*files, *code, Path(__file__).with_name("load.py")]:
        with contextlib.suppress(OSError):
            state = path.stat()
            digest.update(f"{path}\0{state.st_mtime_ns}\0{state.st_size}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def read(key: str) -> model.Knowledge | None:
    """The copy made under `key`, or None. Its entries are built when they are first asked for."""
    try:
        with open(_path(), "rb", opener=_no_follow) as file:
            if not _ours(file.fileno()):
                return None
            head, _, body = file.read(MAX_BYTES).partition(b"\n")
        if head.decode("ascii") != f"{key} {_digest(body)}":
            return None
        kinds = json.loads(body)
        return model.Knowledge(**{name: Entries(table) for name, table in kinds.items()})
    except (OSError, ValueError, TypeError, AttributeError, RuntimeError):
        return None


def write(key: str, found: model.Knowledge) -> None:
    """Puts a copy of `found` under `key`, whole or not at all."""
    kinds = {kind.name: {id: _packed(entry) for id, entry in getattr(found, kind.name).items()} for kind in fields(found)}
    body = json.dumps(kinds, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError, RuntimeError):
        path = _path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".knowledge-")  # mkstemp gives mode 0600
        try:
            with open(handle, "wb") as file:
                file.write(f"{key} {_digest(body)}\n".encode("ascii") + body)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


def _path() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("postmaster", appauthor=False)) / "knowledge.json"


def _no_follow(path: str, flags: int) -> int:
    # O_NONBLOCK: a named pipe somebody put there must not hold us up.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _ours(handle: int) -> bool:
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        return False
    # Windows has no user ids; there the profile folder's own permissions protect the file.
    return not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


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
    """A read-only dict of id -> entry that builds each entry when it is first asked for."""

    def __init__(self, packed: dict[str, Any]) -> None:
        self._packed = packed
        self._built: dict[str, V] = {}

    def __getitem__(self, id: str) -> V:
        if id not in self._built:
            self._built[id] = _unpacked(self._packed[id])
        return self._built[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, id: object) -> bool:
        return id in self._packed
