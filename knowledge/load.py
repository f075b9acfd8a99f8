"""What do the TOML files say? Turns them into the shapes of `model.py`; every fault comes with its file and line. Never looks anything up.

A file is read by tomllib, its tables are brought into the form of the dataclasses (`_provider`, `_cause` …: the only place that
knows how the files differ from the shapes), and pydantic checks every value against the dataclass. pydantic, tomllib
and RE2 are imported only while files are read: a process that finds a good copy in the cache never loads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from knowledge import cache as disk
from knowledge.model import SETTINGS, Cause, Client, Folklore, Knowledge, Provider, Term

FOLDER = Path(__file__).parent

# A knowledge file is some KiB; past this somebody put something else there.
MAX_FILE_BYTES = 1_000_000

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")

Table = dict[str, Any]
T = TypeVar("T")


class Broken(Exception):
    """Knowledge files are wrong. `problems` are sentences, each "file:line: what is wrong and what to write instead"."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@cache
def knowledge() -> Knowledge:
    """All knowledge that is shipped: from the user's cache where its copy is as new as the files, else read and put there.

    Raises `Broken`. That an id which one file mentions exists in another is not asked here, only by `load_files`.
    """
    key = disk.fingerprint(FOLDER)
    found = disk.read(key)
    if found is None:
        found = _read(FOLDER)
        disk.write(key, found)
    return found


def load_files(folder: Path = FOLDER) -> Knowledge:
    """Every file below `folder`, strictly: shapes, patterns, and that every id which is mentioned exists. Raises `Broken`."""
    from knowledge.references import dangling

    found = _read(folder)
    if problems := dangling(found, folder):
        raise Broken(problems)
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for place in (folder, *(folder / kind for kind in ("providers", "causes", "clients"))) for path in place.glob("*.toml")
    )


def _read(folder: Path) -> Knowledge:
    problems: list[str] = []
    documents = [document for path in _files(folder) if (document := _document(path, folder, problems))]
    for document in documents:
        if document.kind not in ("providers", "causes", "clients", "glossary", "folklore", "phrases"):
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
        providers=entries("providers", Provider, lambda d: iter([_Entry(d.name, d, (), _provider)])),
        causes=entries("causes", Cause, _causes_of),
        clients=entries("clients", Client, lambda d: iter([_Entry(d.name, d, (), _client)])),
        terms=entries("glossary", Term, lambda d: (_Entry(key, d, (key,), _term) for key in d.table)),
        folklore=entries("folklore", Folklore, lambda d: (_Entry(key, d, (key,), _folklore) for key in d.table)),
        phrases=dict(_phrases(documents, problems)),
    )
    if problems:
        raise Broken(tuple(problems))
    return result


# --- files ------------------------------------------------------------------------------------------------------------------------


class _Document(NamedTuple):
    kind: str  # "providers", "causes", "clients", "glossary", "folklore", "phrases"
    name: str
    shown: str  # the file's name as problems show it
    text: str
    table: Table

    def at(self, path: tuple[str | int, ...]) -> str:
        from knowledge.lines import line_of

        return f"{self.shown}:{line_of(self.text, path)}"


class _Entry(NamedTuple):
    id: str
    document: _Document
    path: tuple[str | int, ...]  # where the entry's table is in the document
    form: Callable[[_Form], Table]


def _document(path: Path, folder: Path, problems: list[str]) -> _Document | None:
    import tomllib

    shown = str(path.relative_to(folder.parent))
    try:
        data = path.read_bytes()
        if len(data) > MAX_FILE_BYTES:
            problems.append(f"{shown}:1: the file is larger than {MAX_FILE_BYTES} bytes; split it or remove what is no knowledge")
            return None
        text = data.decode("utf-8")
        table = tomllib.loads(text)
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
        yield _Entry(name if name == document.name else f"{document.name}.{name}", document, (name,), _cause)


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


# --- from the form of the files to the form of the dataclasses -----------------------------------------------------------------------


class _Wrong(Exception):
    def __init__(self, path: tuple[str | int, ...], sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


class _Form:
    """One table of a file, read key by key; a key that nobody asked for is a fault."""

    def __init__(self, table: Any, path: tuple[str | int, ...], id: str = "") -> None:
        if not isinstance(table, dict):
            raise _Wrong(path, "this must be a table; write { key = value, … }")
        self.id = id
        self.path = path
        self._table = table
        self._asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add(key)
        return self._table.get(key, default)

    def must(self, key: str) -> Any:
        value = self.get(key)
        if value is None:
            raise _Wrong(self.path, f"{key!r} is missing; write {key} = …")
        return value

    def pick(self, *names: str) -> Table:
        """Those of `names` that are in the table, under the same name."""
        return {name: self.get(name) for name in names if self.get(name) is not None}

    def several(self, key: str) -> list[Any]:
        """A list, also where one value stands for a list of one."""
        value = self.get(key, [])
        return value if isinstance(value, list) else [value]

    def forms(self, key: str) -> list[_Form]:
        value = self.get(key, [])
        if not isinstance(value, list):
            raise _Wrong((*self.path, key), f"{key!r} holds several; write [[{key}]] or a list")
        return [_Form(one, (*self.path, key, position)) for position, one in enumerate(value)]

    def form(self, key: str) -> _Form | None:
        value = self.get(key)
        return None if value is None else _Form(value, (*self.path, key))

    def day(self, key: str) -> str | None:
        from datetime import date

        value = self.get(key)
        if isinstance(value, date):
            return value.isoformat()[:10]
        if value is None or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", value)):
            return value
        raise _Wrong((*self.path, key), f'{key!r} is a day; write {key} = 2026-11-24, or "2026-11" where only the month is known')

    def source(self) -> Table | None:
        url = self.get("source")
        table = {"url": url, "checked": self.day("checked"), "unverified": self.get("unverified", False)}
        return table if url is not None else None

    def sources(self) -> list[Table]:
        return [
            form.done({"url": form.must("url"), "checked": form.day("checked"), "unverified": form.get("unverified", False)})
            for form in self.forms("sources")
        ]

    def done(self, result: Table) -> Table:
        if unknown := [key for key in self._table if key not in self._asked]:
            known = ", ".join(sorted(self._asked))
            raise _Wrong((*self.path, unknown[0]), f"the key {unknown[0]!r} is not known here; known are {known}")
        return result


def _provider(form: _Form) -> Table:
    lists = ("aliases", "domains", "domain_patterns", "hosts", "old_hosts", "mx", "ns")
    table = form.pick("name", "username_note", "hosts_custom_domains", "successor", "own_server")
    table |= {key: form.several(key) for key in (*lists, "host_patterns")}
    table |= {"username": form.get("username", "full_address"), "status": form.get("status", "alive")}
    table["servers"] = [one.done(_server(one)) for one in form.forms("servers")]
    app = form.form("app_password")
    table["app_password"] = app and app.done(app.pick("need", "name", "url", "enable_first", "where") | {"source": app.source()})
    oauth2 = form.form("oauth2")
    table["oauth2"] = oauth2 and oauth2.done(oauth2.pick("need", "note") | {"programs": oauth2.several("programs")})
    limits = form.form("limits")
    numbers = ("messages_per_day", "messages_per_hour", "recipients_per_day", "recipients_per_message", "message_mb")
    table["limits"] = limits and limits.done(limits.pick(*numbers, "note") | {"source": limits.source()})
    table["traps"] = [one.done(_trap(one)) for one in form.forms("traps")]
    table["sources"] = form.sources()
    return _defaults(table, username_note="", hosts_custom_domains=False, successor=None)


def _server(form: _Form) -> Table:
    endpoint = {key: form.must(key) for key in ("host", "port", "security")}
    return {"endpoint": endpoint, "auth": form.several("auth"), "note": form.get("note", ""), "domains": form.several("domains")}


def _trap(form: _Form) -> Table:
    table = {"text": form.must("text"), "concerns": form.several("concerns"), "source": form.source()}
    return table | {key: form.day(key) for key in ("since", "until")}


def _cause(form: _Form) -> Table:
    table = form.pick("title", "meaning", "whose_side", "verify", "forward") | {"sources": form.sources()}
    table["patterns"] = [
        {"regex": one} if isinstance(one, str) else _whole(one, (*form.path, "patterns", position), "regex", "vendor", "weight")
        for position, one in enumerate(form.several("patterns"))
    ]
    table["examples"] = [_example(one, (*form.path, "examples", position)) for position, one in enumerate(form.several("examples"))]
    table["near_misses"] = [one.done({"text": one.must("text"), "is_": one.get("is", "") or None}) for one in form.forms("near_misses")]
    table["fixes"] = [_fix(one, table["sources"]) for one in form.forms("fixes")]
    table["likely_with"] = form.several("likely_with")
    return _defaults(table, verify="", forward="", whose_side="you")


def _fix(form: _Form, of_cause: list[Table]) -> Table:
    changes = form.form("set")
    when = form.form("when")
    source = form.source() or (of_cause[0] if of_cause else None)
    if source is None:
        raise _Wrong(form.path, 'this fix says no source; write source = "https://…" and checked = 2026-11-24')
    return form.done(
        {
            "who": form.get("who", "you"),
            "set": changes.done({key: str(value) for key, value in changes.pick(*SETTINGS).items()}) if changes else {},
            "do": form.several("do"),
            "when": _when(when) if when else {},
            "url": form.get("url"),
            "source": source,
        }
    )


def _when(form: _Form) -> Table:
    table = {
        "providers": form.several("provider"),
        "clients": form.several("client"),
        "client_kinds": form.several("client_kind"),
        "ports": form.several("port"),
        "securities": form.several("security"),
        "codes": [str(code) for code in form.several("code")],
        "app_password": form.several("app_password"),
        "sites": form.several("site"),
        "since": form.day("since"),
        "until": form.day("until"),
    }
    return form.done(table)


def _client(form: _Form) -> Table:
    table = form.pick("name", "kind", "family", "oauth2", "tests_by") | {"sources": form.sources()}
    table |= {key: form.several(key) for key in ("aliases", "open", "cannot", "notes")}
    words = form.form("words")
    table["words"] = words.done(words.pick("implicit_tls", "starttls", "none")) if words else {}
    places = form.form("places")
    table["places"] = {}
    if places:
        for setting in SETTINGS:
            place = places.get(setting)
            if place is not None:
                table["places"][setting] = (
                    {"text": place} if isinstance(place, str) else _whole(place, (*places.path, setting), "text", "code", "versions")
                )
        places.done({})
    snippet = form.form("snippet")
    table["snippet"] = snippet and snippet.done(snippet.pick("language", "implicit_tls", "starttls", "run", "why_not_run"))
    return _defaults(table, family=None, oauth2=None, tests_by="")


def _term(form: _Form) -> Table:
    return form.pick("name", "text") | {"aliases": form.several("aliases"), "sources": form.sources()}


def _folklore(form: _Form) -> Table:
    return form.pick("says") | {"patterns": form.several("patterns"), "providers": form.several("providers"), "sources": form.sources()}


def _whole(table: Any, path: tuple[str | int, ...], *names: str) -> Table:
    form = _Form(table, path)
    return form.done(form.pick(*names))


def _example(value: Any, path: tuple[str | int, ...]) -> Table:
    if isinstance(value, str):
        return {"text": value}
    form = _Form(value, path)
    return form.done({"text": form.must("text"), "origin": form.get("from", "")})


def _defaults(table: Table, **values: Any) -> Table:
    return values | table


# --- checking -----------------------------------------------------------------------------------------------------------------------

# How the files call what the dataclasses call otherwise; needed to find the line of a fault.
_IN_FILES = {"is_": "is", "origin": "from", "ports": "port", "providers": "provider", "clients": "client", "securities": "security"}


def _checker(shape: type[T]) -> Callable[[_Entry, list[str]], T | None]:
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(shape)

    def check(entry: _Entry, problems: list[str]) -> T | None:
        table: Any = entry.document.table
        for key in entry.path:
            table = table[key]
        try:
            form = _Form(table, entry.path, entry.id)
            reshaped = form.done(entry.form(form)) | ({"id": entry.id})
            return adapter.validate_python(reshaped)
        except _Wrong as wrong:
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
