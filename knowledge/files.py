"""What do the TOML files say? Turns them into the shapes of `model.py`; every fault comes with its file and line. Never looks anything up.

A file is read by tomllib, its tables are brought into the form of the dataclasses (`forms.py`: the only place that knows how the files
differ from the shapes), and pydantic checks every value against the dataclass.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from knowledge import forms
from knowledge.forms import Form, Table, Wrong
from knowledge.lines import line_of
from knowledge.load import Broken
from knowledge.model import Cause, Client, Collection, Folklore, Knowledge, Provider, Term

# A knowledge file is some KiB; past this somebody put something else there.
MAX_FILE_BYTES = 1_000_000

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")

T = TypeVar("T")


# A text's tables, the same object each time: the check goes over the files several times. Nobody changes them.
parsed = lru_cache(maxsize=1_024)(tomllib.loads)


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for place in (folder, *(folder / kind for kind in ("providers", "causes", "clients"))) for path in place.glob("*.toml")
    )


def read(folder: Path) -> Knowledge:
    """Every file below `folder`. Raises `Broken`. That an id which one file mentions exists in another is not asked here."""
    problems: list[str] = []
    documents = [document for path in _files(folder) if (document := _document(path, folder, problems))]
    for document in documents:
        if document.kind not in ("providers", "causes", "clients", "glossary", "folklore", "phrases", "collections"):
            problems.append(f"{document.shown}:1: nothing reads this file; put it into providers/, causes/ or clients/")
        if not _ID.fullmatch(document.name):
            problems.append(f"{document.shown}:1: the name becomes an id; use lower case letters, digits, dots, dashes and underscores")

    def entries(where: str, shape: type[T], tables: Callable[[_Document], Iterator[_Entry]]) -> dict[str, T]:
        check = _checker(shape)
        found: dict[str, T] = {}
        for document in documents:
            if document.kind == where:
                for entry in tables(document):
                    value = check(entry, problems)
                    if entry.id in found:
                        problems.append(f"{entry.document.at(entry.path)}: {entry.id!r} is there twice; keep one of the two")
                    elif value is not None:
                        found[entry.id] = value
        return found

    result = Knowledge(
        providers=entries("providers", Provider, lambda d: iter([_Entry(d.name, d, (), forms.provider)])),
        causes=entries("causes", Cause, _causes_of),
        clients=entries("clients", Client, lambda d: iter([_Entry(d.name, d, (), forms.client)])),
        terms=entries("glossary", Term, lambda d: (_Entry(key, d, (key,), forms.term) for key in d.table)),
        folklore=entries("folklore", Folklore, lambda d: (_Entry(key, d, (key,), forms.folklore) for key in d.table)),
        phrases=dict(_phrases(documents, problems)),
        collections=entries("collections", Collection, lambda d: (_Entry(key, d, (key,), forms.collection) for key in d.table)),
    )
    if problems:
        raise Broken(tuple(problems))
    return result


# --- files ------------------------------------------------------------------------------------------------------------------------


class _Document(NamedTuple):
    kind: str  # "providers", "causes", "clients", or the name of a file beside them: "glossary", "phrases" …
    name: str
    shown: str  # the file's name as problems show it
    text: str
    table: Table

    def at(self, path: tuple[str | int, ...]) -> str:
        return f"{self.shown}:{line_of(self.text, path)}"


class _Entry(NamedTuple):
    id: str
    document: _Document
    path: tuple[str | int, ...]  # where the entry's table is in the document
    form: Callable[[Form], Table]


def _document(path: Path, folder: Path, problems: list[str]) -> _Document | None:
    shown = str(path.relative_to(folder.parent))
    try:
        data = path.read_bytes()
        if len(data) > MAX_FILE_BYTES:
            problems.append(f"{shown}:1: the file is larger than {MAX_FILE_BYTES} bytes; split it or remove what is no knowledge")
            return None
        text = data.decode("utf-8")
        table = parsed(text)
    except UnicodeDecodeError as error:
        problems.append(f"{shown}:{data.count(10, 0, error.start) + 1}: this is not UTF-8; save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        problems.append(f"{shown}:{line[1] if line else data.count(10) + 1}: this is not TOML: {error}")
    except OSError as error:
        problems.append(f"{shown}:1: the file cannot be read ({error.strerror}); give it back its permissions or remove it")
    else:
        return _Document(path.stem if path.parent == folder else path.parent.name, path.stem, shown, text, table)
    return None


def _causes_of(document: _Document) -> Iterator[_Entry]:
    for name in document.table:
        yield _Entry(name if name == document.name else f"{document.name}.{name}", document, (name,), forms.cause)


def _phrases(documents: list[_Document], problems: list[str]) -> Iterator[tuple[str, str]]:
    def flat(document: _Document, table: Table, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(document, value, (*path, key))
            elif isinstance(value, str):
                yield ".".join((*path, key)), value
            else:
                problems.append(f'{document.at((*path, key))}: a phrase is one string; write {key} = "…"')

    for document in documents:
        if document.kind == "phrases":
            yield from flat(document, document.table, ())


# --- checking -----------------------------------------------------------------------------------------------------------------------

# How the files call what the dataclasses call otherwise; needed to find the line of a fault.
_IN_FILES = {"is_": "is", "origin": "from", "ports": "port", "providers": "provider", "clients": "client", "securities": "security"}


def _checker(shape: type[T]) -> Callable[[_Entry, list[str]], T | None]:
    adapter = TypeAdapter(shape)

    def check(entry: _Entry, problems: list[str]) -> T | None:
        table: Any = entry.document.table
        for key in entry.path:
            table = table[key]
        try:
            form = Form(table, entry.path)
            reshaped = form.done(entry.form(form)) | ({"id": entry.id})
            return adapter.validate_python(reshaped)
        except Wrong as wrong:
            problems.append(f"{entry.document.at(wrong.path)}: {wrong}")
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_context=False):
                names = [_IN_FILES.get(str(part), part) if isinstance(part, str) else part for part in fault["loc"]]
                path = (*entry.path, *(part for part in names if part != "endpoint"))
                shown = ".".join(str(part) for part in path)
                missing = fault["type"] == "missing"
                sentence = f"{shown} is missing; add it" if missing else f"{shown}: {fault['msg']}; it says {str(fault['input'])[:80]!r}"
                problems.append(f"{entry.document.at(path)}: {sentence}")
        return None

    return check
