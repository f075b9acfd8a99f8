"""How do the tables of the files become the fields of the dataclasses? Knows where the two differ, and nothing of values or files."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from knowledge.model import SETTINGS

if TYPE_CHECKING:
    from knowledge.lines import Path

Table = dict[str, Any]


class Wrong(Exception):
    """Something in a table is not as it must be; `path` leads to it, the sentence says what to write instead."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


class Form:
    """One table of a file, read key by key; a key that nobody asked for is a fault."""

    def __init__(self, table: Any, path: Path) -> None:
        if not isinstance(table, dict):
            raise Wrong(path, "this must be a table; write { key = value, … }")
        self.path = path
        self._table = table
        self._asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add(key)
        return self._table.get(key, default)

    def must(self, key: str) -> Any:
        value = self.get(key)
        if value is None:
            raise Wrong(self.path, f"{key!r} is missing; write {key} = …")
        return value

    def pick(self, *names: str) -> Table:
        """Those of `names` that are in the table, under the same name."""
        return {name: self.get(name) for name in names if self.get(name) is not None}

    def several(self, key: str) -> list[Any]:
        """A list, also where one value stands for a list of one."""
        value = self.get(key, [])
        return value if isinstance(value, list) else [value]

    def forms(self, key: str) -> list[Form]:
        value = self.get(key, [])
        if not isinstance(value, list):
            raise Wrong((*self.path, key), f"{key!r} holds several; write [[{key}]] or a list")
        return [Form(one, (*self.path, key, position)) for position, one in enumerate(value)]

    def form(self, key: str) -> Form | None:
        value = self.get(key)
        return None if value is None else Form(value, (*self.path, key))

    def day(self, key: str) -> str | None:
        value = self.get(key)
        if isinstance(value, date):
            return value.isoformat()[:10]
        if value is None or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", value)):
            return value
        raise Wrong((*self.path, key), f'{key!r} is a day; write {key} = 2026-11-24, or "2026-11" where only the month is known')

    def source(self) -> Table | None:
        url = self.get("source")
        table = {"url": url, "checked": self.day("checked"), "unverified": self.get("unverified", False)}
        if url is None and table["checked"] is not None:
            raise Wrong((*self.path, "checked"), "'checked' says when, but nothing says where; write source = \"https://…\" beside it")
        return table if url is not None else None

    def sources(self) -> list[Table]:
        return [
            form.done({"url": form.must("url"), "checked": form.day("checked"), "unverified": form.get("unverified", False)})
            for form in self.forms("sources")
        ]

    def done(self, result: Table) -> Table:
        if unknown := [key for key in self._table if key not in self._asked]:
            known = ", ".join(sorted(self._asked))
            raise Wrong((*self.path, unknown[0]), f"the key {unknown[0]!r} is not known here; known are {known}")
        return result


def provider(form: Form) -> Table:
    """One `providers/<id>.toml` as the fields of `Provider`, without its id. Raises `Wrong`."""
    lists = ("aliases", "domains", "domain_patterns", "hosts", "old_hosts", "mx", "ns")
    table = form.pick("name", "username_note", "username_value", "access", "hosts_custom_domains", "successor", "own_server")
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


def _server(form: Form) -> Table:
    endpoint = {key: form.must(key) for key in ("host", "port", "security")}
    return {"endpoint": endpoint, "auth": form.several("auth"), "note": form.get("note", ""), "domains": form.several("domains")}


def _trap(form: Form) -> Table:
    table = {"text": form.must("text"), "concerns": form.several("concerns"), "source": form.source()}
    return table | {key: form.day(key) for key in ("since", "until")}


def cause(form: Form) -> Table:
    """One table of `causes/<family>.toml` as the fields of `Cause`, without its id. Raises `Wrong`."""
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


def _fix(form: Form, of_cause: list[Table]) -> Table:
    changes = form.form("set")
    when = form.form("when")
    source = form.source() or (of_cause[0] if of_cause else None)
    if source is None:
        raise Wrong(form.path, 'this fix says no source; write source = "https://…" and checked = 2026-11-24')
    return form.done(
        {
            "who": form.get("who", "you"),
            "set": changes.done({key: str(value) for key, value in changes.pick(*SETTINGS).items()}) if changes else {},
            "first": form.several("first"),
            "do": form.several("do"),
            "when": _when(when) if when else {},
            "url": form.get("url"),
            "source": source,
            "forward": form.get("forward", ""),
        }
    )


def _when(form: Form) -> Table:
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


def client(form: Form) -> Table:
    """One `clients/<id>.toml` as the fields of `Client`, without its id. Raises `Wrong`."""
    table = form.pick("name", "kind", "family", "oauth2", "tests_by") | {"sources": form.sources()}
    table |= {key: form.several(key) for key in ("aliases", "open", "after", "cannot", "notes")}
    words = form.form("words")
    table["words"] = words.done(words.pick("implicit_tls", "starttls", "none")) if words else {}
    places = form.form("places")
    table["places"] = {}
    if places:
        for setting in SETTINGS:
            place = places.get(setting)
            if isinstance(place, str):
                table["places"][setting] = {"text": place}
            elif place is not None:
                table["places"][setting] = _whole(place, (*places.path, setting), "text", "code", "versions", "apart")
        places.done({})
    snippet = form.form("snippet")
    table["snippet"] = snippet and snippet.done(snippet.pick("language", "implicit_tls", "starttls", "run", "why_not_run"))
    return _defaults(table, family=None, oauth2=None, tests_by="")


def term(form: Form) -> Table:
    """One table of `glossary.toml` as the fields of `Term`, without its id. Raises `Wrong`."""
    return form.pick("name", "text") | {"aliases": form.several("aliases"), "sources": form.sources()}


def folklore(form: Form) -> Table:
    """One table of `folklore.toml` as the fields of `Folklore`, without its id. Raises `Wrong`."""
    later = [one.done({"since": one.must("since") and one.day("since"), "says": one.must("says")}) for one in form.forms("later")]
    table = form.pick("says") | {"patterns": form.several("patterns"), "providers": form.several("providers"), "sources": form.sources()}
    return table | {"later": sorted((one["since"], one["says"]) for one in later)}


def collection(form: Form) -> Table:
    """One table of `collections.toml` as the fields of `Collection`, without its id. Raises `Wrong`."""
    counts = form.form("counts") or Form({}, form.path)
    source = {"url": form.must("url"), "checked": form.day("checked")}
    table = form.pick("name", "at_least", "how") | {"source": source}
    return table | {"counts": counts.done(counts.pick("providers", "domains", "causes", "patterns"))}


def _whole(table: Any, path: Path, *names: str) -> Table:
    form = Form(table, path)
    return form.done(form.pick(*names))


def _example(value: Any, path: Path) -> Table:
    if isinstance(value, str):
        return {"text": value}
    form = Form(value, path)
    return form.done({"text": form.must("text"), "origin": form.get("from", "")})


def _defaults(table: Table, **values: Any) -> Table:
    return values | table
