"""explain, understand and lookup on the command line: text in, blocks or JSON out. Each gives the exit status of CONTRACT's table.

0 done and nothing found wrong; 1 a fault was found, or nothing where settings were looked for.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from typing import Any

from adapters.terminal import streams
from bot.errors import UsageError
from bot.redaction import redact
from knowledge.index import Index, index
from knowledge.model import Client, Provider


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def explain(words: tuple[str, ...], client: str | None, provider: str | None, *, as_json: bool, lines: bool) -> int:
    """Error text -> ranked findings."""
    known = index()
    client, provider = ids_of(known, client, provider)
    if lines:
        from bot.answers.explain import explain_json

        def answered(text: str, row: dict[str, Any]) -> dict[str, Any]:
            program = _id(row, "client", known.client_named) or client
            return explain_json(redact(text), known, today(), program, _id(row, "provider", known.provider_named) or provider)

        return _each_line(answered)
    text = redact(streams.text_from(words, "explain"))
    if as_json:
        from bot.answers.explain import explain_json

        found = explain_json(text, known, today(), client, provider)
        streams.write_json(found)
        return 1 if found["recognised"] else 0
    from adapters.terminal.printed import show
    from bot.answers.explain import explain_blocks

    recognised, blocks = explain_blocks(text, known, today(), client, provider)
    show(blocks)
    return 1 if recognised else 0


def understand(words: tuple[str, ...], *, as_json: bool, lines: bool) -> int:
    """Free text -> slots, intent, redacted text."""
    from bot.answers.understand import understand_json

    known = index()
    if lines:
        return _each_line(lambda text, row: understand_json(redact(text), known))
    found = understand_json(redact(streams.text_from(words, "understand")), known)
    if as_json:
        streams.write_json(found)
        return 0
    from adapters.terminal.printed import clean

    rows = {**found["slots"], "intent": found["intent"], "secrets": found["secrets_found"], "text kept": found["redacted"]}
    for name, value in rows.items():
        streams.write_line(f"{name + ':':<16}{'-' if value is None else clean(str(value))}")
    return 0


def ids_of(known: Index, client: str | None, provider: str | None) -> tuple[str | None, str | None]:
    """The ids that the given ids or names mean. Raises `UsageError` for one that is not known, with what was probably meant."""
    program = known.client_named(client) if client is not None else None
    if client is not None and program is None:
        raise UsageError(f"There is no client {client!r}. {_meant('clients', known.suggest_clients(client))}")
    brand = known.provider_named(provider) if provider is not None else None
    if provider is not None and brand is None:
        raise UsageError(f"There is no provider {provider!r}. {_meant('providers', known.suggest(provider))}")
    return program.id if program is not None else None, brand.id if brand is not None else None


def _meant(kind: str, names: tuple[str, ...]) -> str:
    return f"Did you mean: {', '.join(names)}?" if names else f"`postmaster knowledge stats --list {kind}` lists them."


def _id(row: dict[str, Any], name: str, find: Callable[[str], Client | Provider | None]) -> str | None:
    value = row.get(name)
    found = find(value) if isinstance(value, str) else None
    return found.id if found is not None else None


def _each_line(answer: Callable[[str, dict[str, Any]], dict[str, Any]]) -> int:
    """Answers each JSON line in order, flushed as it goes; a line that cannot be read is answered with its fault."""
    for number, row in streams.json_lines(sys.stdin.buffer):
        if isinstance(row, str):
            streams.say(row)
            streams.write_json({"schema": 1, "id": None, "error": row})
            continue
        text = row.get("text")
        if not isinstance(text, str):
            sentence = f'Line {number} has no "text".'
            streams.say(sentence)
            streams.write_json({"schema": 1, "id": row.get("id"), "error": sentence})
            continue
        streams.write_json({"id": row.get("id"), **answer(text[: streams.MAX_TEXT_BYTES], row)})
    return 0
