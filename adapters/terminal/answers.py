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


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def explain(words: tuple[str, ...], client: str | None, provider: str | None, *, as_json: bool, lines: bool) -> int:
    """Error text -> ranked findings."""
    known = index()
    check_ids(known, client, provider)
    if lines:
        from bot.answers.explain import explain_json

        def answered(text: str, row: dict[str, Any]) -> dict[str, Any]:
            program = _id(row, "client", known.client) or client
            return explain_json(redact(text), known, today(), program, _id(row, "provider", known.provider) or provider)

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
    for slot, value in found["slots"].items():
        streams.write_line(f"{slot + ':':<16}{'-' if value is None else value}")
    streams.write_line(f"{'intent:':<16}{found['intent']}")
    streams.write_line(f"{'secrets:':<16}{found['secrets_found']}")
    streams.write_line(f"{'text kept:':<16}{found['redacted']}")
    return 0


def check_ids(known: Index, client: str | None, provider: str | None) -> None:
    """Raises `UsageError` for an id that the knowledge lacks, with the nearest ones."""
    if client is not None and known.client(client) is None:
        raise UsageError(f"There is no client {client!r}. {_nearest('clients', client, known)}")
    if provider is not None and known.provider(provider) is None:
        raise UsageError(f"There is no provider {provider!r}. {_nearest('providers', provider, known)}")


def _nearest(kind: str, said: str, known: Index) -> str:
    found = known.typeahead("clients" if kind == "clients" else "providers", said[:4], 5)
    return f"Near it: {', '.join(id for id, _ in found)}." if found else f"`postmaster knowledge stats --list {kind}` lists them."


def _id(row: dict[str, Any], name: str, find: Callable[[str], Any]) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and find(value) is not None else None


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
