"""Do the files agree with each other? Finds ids that nothing has, patterns that do not compile, domains claimed twice. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.lines import line_of
from knowledge.model import SETTINGS, Cause, Fix, Knowledge, Provider

Path_ = tuple[str | int, ...]


def dangling(found: Knowledge, folder: Path) -> tuple[str, ...]:
    """One sentence a fault, each "file:line: …" with the remedy; empty where all is well."""
    problems = []
    for file, path, sentence in _faults(found):
        full = folder / file
        text = full.read_text("utf-8") if full.exists() else ""
        problems.append(f"{full.relative_to(folder.parent)}:{line_of(text, path)}: {sentence}")
    return tuple(problems)


def file_of_cause(id: str) -> tuple[str, str]:
    """("causes/tls.toml", "wrong_mode") for "tls.wrong_mode"; a bare family stands in the file of its own name."""
    family, _, name = id.partition(".")
    return f"causes/{family}.toml", name or family


def _faults(found: Knowledge) -> Iterator[tuple[str, Path_, str]]:
    for provider in found.providers.values():
        for path, sentence in _of_provider(provider, found):
            yield f"providers/{provider.id}.toml", path, sentence
    yield from _claimed_twice(found.providers.values())
    for cause in found.causes.values():
        file, table = file_of_cause(cause.id)
        for path, sentence in _of_cause(cause, found):
            yield file, (table, *path), sentence
    for client in found.clients.values():
        if client.family is not None and client.family not in found.clients:
            yield f"clients/{client.id}.toml", ("family",), f"there is no client {client.family!r}; name one that has a file"
        for setting in client.cannot:
            if setting not in SETTINGS:
                yield f"clients/{client.id}.toml", ("cannot",), f"{setting!r} is no setting; the settings are {', '.join(SETTINGS)}"
    for entry in found.folklore.values():
        for position, pattern in enumerate(entry.patterns):
            yield from (("folklore.toml", (entry.id, "patterns", position), sentence) for sentence in _bad_pattern(pattern))
        yield from (("folklore.toml", (entry.id, "providers"), s) for s in _unknown(entry.providers, found.providers, "provider"))


def _of_provider(provider: Provider, found: Knowledge) -> Iterator[tuple[Path_, str]]:
    for field in ("domain_patterns", "host_patterns"):
        for position, pattern in enumerate(getattr(provider, field)):
            yield from (((field, position), sentence) for sentence in _bad_pattern(pattern))
    for field in ("domains", "hosts", "old_hosts", "mx", "ns"):
        for position, name in enumerate(getattr(provider, field)):
            if not name.isascii() or name != name.lower().strip("."):
                yield (field, position), f"{name!r} must be lower case and in its ASCII form (xn--…), without a dot at either end"
    if provider.successor is not None and provider.successor not in found.providers:
        yield ("successor",), f"there is no provider {provider.successor!r}; name one that has a file"
    if provider.oauth2:
        yield from ((("oauth2", "programs"), s) for s in _unknown(provider.oauth2.programs, found.clients, "client"))
    for position, trap in enumerate(provider.traps):
        for concern in trap.concerns:
            if concern not in SETTINGS and concern not in found.causes:
                yield ("traps", position, "concerns"), f"{concern!r} is neither a cause nor a setting ({', '.join(SETTINGS)})"


def _claimed_twice(providers: Iterable[Provider]) -> Iterator[tuple[str, Path_, str]]:
    for field in ("domains", "mx"):
        owner: dict[str, str] = {}
        for provider in providers:
            for position, name in enumerate(getattr(provider, field)):
                first = owner.setdefault(name, provider.id)
                if first != provider.id:
                    yield f"providers/{provider.id}.toml", (field, position), f"{name!r} stands in {first}.toml too; keep it in one of them"


def _of_cause(cause: Cause, found: Knowledge) -> Iterator[tuple[Path_, str]]:
    for position, pattern in enumerate(cause.patterns):
        yield from ((("patterns", position), sentence) for sentence in _bad_pattern(pattern.regex))
    for position, miss in enumerate(cause.near_misses):
        if miss.is_ is not None and miss.is_ not in found.causes:
            yield ("near_misses", position), f'there is no cause {miss.is_!r}; name one that exists, or "" for none'
    yield from ((("likely_with",), s) for s in _unknown(cause.likely_with, found.causes, "cause"))
    for position, fix in enumerate(cause.fixes):
        yield from ((("fixes", position, *path), sentence) for path, sentence in _of_fix(fix, found))


def _of_fix(fix: Fix, found: Knowledge) -> Iterator[tuple[Path_, str]]:
    if not fix.set and not fix.do:
        yield (), 'this fix changes nothing; write set = { security = "starttls" }, or do = "what to do"'
    yield from ((("when", "provider"), s) for s in _unknown(fix.when.providers, found.providers, "provider"))
    yield from ((("when", "client"), s) for s in _unknown(fix.when.clients, found.clients, "client"))


def _unknown(ids: Iterable[str], among: Iterable[str], what: str) -> Iterator[str]:
    known = set(among)
    yield from (f"there is no {what} {id!r}; name one that has an entry" for id in ids if id not in known)


def _bad_pattern(pattern: str) -> Iterator[str]:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        shown = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        yield f"RE2 does not take this pattern ({shown}); it has no look-around and no back-references"
