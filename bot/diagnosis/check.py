"""Are the knowledge files right? Reads them as a newcomer's change would leave them and says what is wrong, where, and what to do.

Beside what the loader refuses by itself: are examples recognised and near misses not, has every fix its place in every client, are
links and dates in order, is a domain in one file only, is every sentence used? Changes nothing.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.recognizer import Recognizer
from knowledge.files import parsed
from knowledge.lines import line_of
from knowledge.load import Broken, load_files
from knowledge.model import SETTINGS, Cause, Fix, Knowledge

KeyPath = tuple[str | int, ...]

_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
# Keys whose values are sentences to a person.
_PROSE = frozenset({"text", "says", "do", "first", "note", "notes", "meaning", "verify", "forward", "username_note", "own_server"})
_MAX_AGE = datetime.timedelta(days=366)
# A phrase's id as code writes it, whole or as the beginning of an f-string.
_PHRASE = re.compile(r"[\"']([a-z_]+(?:\.[a-z0-9_]+)*\.?)([\"'{])")


class _File:
    def __init__(self, path: Path, folder: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        self.table: dict[str, Any] = parsed(self.text)
        self.name = path.stem
        self._shown = path.relative_to(folder.parent)

    def at(self, path: KeyPath, sentence: str) -> str:
        return f"{self._shown}:{line_of(self.text, path)}: {sentence}"


def check(folder: Path, today: datetime.date | None = None) -> list[str]:
    """Every problem of the files below `folder`, as "file:line: what is wrong; what to do". Empty: none.

    `today` is for the dates; the day of the call where it is left out. Where the loader refuses the files, its problems are all there is.
    """
    try:
        known = load_files(folder)
    except Broken as broken:
        return list(broken.problems)
    day = today or datetime.date.today()
    causes = _files(folder, "causes")
    clients = _files(folder, "clients")
    providers = _files(folder, "providers")
    others = [_File(path, folder) for name in ("glossary.toml", "folklore.toml", "collections.toml") if (path := folder / name).exists()]
    problems = list(_recognition(known, causes))
    problems += _places(known, clients)
    problems += _repeated(known, causes)
    for file in (*providers, *causes, *clients, *others):
        problems += _links_and_dates(file, file.table, (), day)
        problems += _days_in_prose(file, file.table, ())
    problems += _domains(providers)
    problems += _phrases(known, folder)
    return problems


def aged(folder: Path, today: datetime.date | None = None) -> list[str]:
    """Every fact that nobody has looked at for a year, in the same form. It may still be right, so it is no fault of the file."""
    day = today or datetime.date.today()
    files = [_File(path, folder) for path in sorted(folder.rglob("*.toml"))]
    return [remark for file in files for path, value in _dates(file.table, ()) for remark in _age(file, value, path, day)]


def _files(folder: Path, kind: str) -> list[_File]:
    return [_File(path, folder) for path in sorted((folder / kind).glob("*.toml"))]


# --- recognition -----------------------------------------------------------------------------------------------------------------


def _recognition(known: Knowledge, files: list[_File]) -> Iterator[str]:
    # Without the examples themselves: one that is only like itself has no pattern.
    bare = {id: dataclasses.replace(cause, examples=()) for id, cause in known.causes.items()}
    recognizer = Recognizer(dataclasses.replace(known, causes=bare))
    for file in files:
        for name in file.table:
            cause = known.causes[name if name == file.name else f"{file.name}.{name}"]
            yield from _examples(recognizer, cause, file, name)
            yield from _near_misses(recognizer, cause, file, name)


def _examples(recognizer: Recognizer, cause: Cause, file: _File, name: str) -> Iterator[str]:
    for position, example in enumerate(cause.examples):
        found = _recognised(recognizer, example.text)
        if found != cause.id:
            taken = f"is taken for {found}" if found else "is not recognised"
            yield file.at(
                (name, "examples", position), f"this example of {cause.id} {taken}; add a pattern with the words that tell it apart"
            )


def _near_misses(recognizer: Recognizer, cause: Cause, file: _File, name: str) -> Iterator[str]:
    for position, miss in enumerate(cause.near_misses):
        found = _recognised(recognizer, miss.text)
        if found == cause.id and miss.is_ != cause.id:
            yield file.at(
                (name, "near_misses", position), f"this near miss is recognised as {cause.id}; make the pattern that matches it narrower"
            )
        elif found != miss.is_:
            meant = miss.is_ or "nothing"
            yield file.at(
                (name, "near_misses", position), f"this near miss is recognised as {found or 'nothing'} and not as {meant}; correct either"
            )


def _recognised(recognizer: Recognizer, text: str) -> str | None:
    ranked = recognizer.recognise(text).ranked
    return ranked[0][0] if ranked and ranked[0][1] >= ACT_AT else None


# --- fixes and places --------------------------------------------------------------------------------------------------------------


def _places(known: Knowledge, files: list[_File]) -> Iterator[str]:
    needed = [setting for setting in SETTINGS if any(setting in fix.set for cause in known.causes.values() for fix in cause.fixes)]
    for file in files:
        client = known.clients[file.name]
        for setting in needed:
            if setting not in client.places and setting not in client.cannot:
                yield file.at(
                    ("places",), f"fixes set {setting!r}, and {client.name} has no place for it; add it to [places], or to cannot"
                )
        for setting, place in client.places.items():
            times, wanted = place.text.count("{value}"), int(setting not in ("authentication", "password"))
            if times != wanted:
                says = "write it once, where the value is entered" if wanted else "leave it out: what is entered there is not shown"
                yield file.at(("places", setting), f"the place of {setting!r} holds {{value}} {times} times; {says}")


# What a sentence says that only repeats a setting of `set`, by the setting and its value ("": any).
_REPEATS: dict[tuple[str, str], str] = {
    ("port", "587"): r"port 587",
    ("port", "465"): r"port 465",
    ("security", "starttls"): r"starttls",
    ("security", "implicit_tls"): r"implicit tls|first byte",
    ("authentication", "on"): r"switch on (?:authentication|the login)|sign in for sending",
    ("authentication", "oauth2"): r"oauth2",
    ("username", ""): r"(?:full|whole|complete) address",
    ("password", "app_password"): r"app(?:-specific)? password|authorization code|in place of the (?:account|mailbox) password",
    ("password", "retype"): r"type the password",
    ("sender", ""): r"send as the address|as (?:the )?sender\b",
}
# A sentence that begins so says what to do where the setting alone does not help.
_OTHERWISE = re.compile(r"(?:if|where|to|otherwise|leave)\b", re.IGNORECASE)


def _repeated(known: Knowledge, files: list[_File]) -> Iterator[str]:
    """Sentences that repeat what `set` says, which becomes a step in the program's own words by itself."""
    for file in files:
        for name in file.table:
            cause = known.causes[name if name == file.name else f"{file.name}.{name}"]
            for position, fix in enumerate(cause.fixes):
                path = (name, "fixes", position)
                for sentence in (*fix.first, *fix.do):
                    if not _OTHERWISE.match(sentence) and (setting := _repeated_setting(fix, sentence)):
                        yield file.at(
                            path, f"{sentence!r} repeats set.{setting}, which is told as a step by itself; leave it out of do and first"
                        )


def _repeated_setting(fix: Fix, sentence: str) -> str | None:
    said = sentence.lower()
    for (setting, value), words in _REPEATS.items():
        if setting in fix.set and value in ("", fix.set[setting]) and re.search(words, said):
            return setting
    return None


# --- links, dates, domains, phrases --------------------------------------------------------------------------------------------------


def _links_and_dates(file: _File, value: Any, path: KeyPath, today: datetime.date) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("url", "source") and isinstance(inner, str) and inner.startswith("http:"):
                yield file.at((*path, key), f"{inner} is not https; give the https link, or name the source in words")
            elif key == "checked":
                yield from _date(file, inner, (*path, key), today)
            else:
                yield from _links_and_dates(file, inner, (*path, key), today)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _links_and_dates(file, inner, (*path, position), today)


def _days_in_prose(file: _File, value: Any, path: KeyPath) -> Iterator[str]:
    """Days in sentences that people read, written as machines write them."""
    if isinstance(value, str):
        if (found := _ISO_DAY.search(value)) and any(isinstance(part, str) and part in _PROSE for part in path[-2:]):
            yield file.at(path, f"{found[0]} stands in a sentence; write the day as people do: 2 April 2026")
        return
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        if key not in ("examples", "near_misses", "patterns", "snippet"):
            yield from _days_in_prose(file, inner, (*path, key))


def _dates(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Where each day stands on which somebody looked, and the day."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        if key == "checked":
            yield (*path, key), inner
        else:
            yield from _dates(inner, (*path, key))


def _span(value: Any) -> tuple[datetime.date, datetime.date]:
    """The first and the last day that a date, or a month, may mean."""
    if isinstance(value, datetime.date):
        return value, value
    first = datetime.date.fromisoformat(f"{value}-01" if len(str(value)) == 7 else str(value))
    return first, first + datetime.timedelta(days=30) if len(str(value)) == 7 else first


def _age(file: _File, value: Any, path: KeyPath, today: datetime.date) -> Iterator[str]:
    if today - _span(value)[1] > _MAX_AGE:
        yield file.at(path, f"last looked at {value}, more than a year ago; look again and write today's date, or correct the fact")


def _date(file: _File, value: Any, path: KeyPath, today: datetime.date) -> Iterator[str]:
    if _span(value)[0] > today:
        yield file.at(path, f"{value} is in the future; write the day on which somebody looked")


def _domains(files: list[_File]) -> Iterator[str]:
    first: dict[str, str] = {}
    for file in files:
        domains = file.table.get("domains", [])
        for position, domain in enumerate(domains if isinstance(domains, list) else [domains]):
            if first.setdefault(domain, file.name) != file.name:
                yield file.at(("domains", position), f"{domain} is in {first[domain]}.toml as well; keep it in one of the two")


def _phrases(known: Knowledge, folder: Path) -> Iterator[str]:
    code = [path for part in ("bot", "adapters") for path in (folder.parent / part).rglob("*.py")]
    if not code:
        return
    found = {pair for path in code for pair in _PHRASE.findall(path.read_text(encoding="utf-8"))}
    written = {word for word, _ in found}
    beginnings = tuple(word for word, end in found if end == "{" and "." in word)
    file = _File(folder / "phrases.toml", folder)
    for id in known.phrases:
        plain = id.removesuffix(".one").removesuffix(".other")
        parts = plain.split(".")
        used = plain in written or plain.startswith(beginnings) or any(".".join(parts[n:]) in written for n in (1, 2))
        if not used:
            yield file.at(tuple(id.split(".")), f"no code says {id!r}; remove the sentence, or the id is misspelt in the code")
