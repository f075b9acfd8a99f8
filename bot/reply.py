"""What does the bot say, before any platform dresses it? Spans and blocks; never ready-made Markdown.

Whatever a peer or a person wrote stands in a `Literal` or `Code` span or a `Preformatted` block and is shown as it is, everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

# --- spans -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Our own words."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Our own words, stressed."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Somebody else's words (a banner, an error text, a host name): never parsed, never a mention, never a link."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A value to enter or a key to look for; literal too."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link from our own knowledge (https only)."""

    label: str
    url: str


Span = Text | Emphasis | Literal | Code | Link
Spans = tuple[Span, ...]

# --- blocks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Spans


@dataclass(frozen=True, slots=True)
class Heading:
    spans: Spans


@dataclass(frozen=True, slots=True)
class Step:
    spans: Spans
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """Numbered, in this order."""

    items: tuple[Step, ...]
    heading: Spans = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Spans, ...]
    heading: Spans = ()


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """Rows of (what it is called, value to enter), both short."""

    rows: tuple[tuple[str, str], ...]
    heading: Spans = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A grid with a head; every row as wide as the head. Cells are literal."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heading: Spans = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen; a platform may fold it away."""

    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Preformatted:
    """A snippet or a text to send on; literal."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Where something comes from and when somebody looked; `about` says what (servers, app passwords), "" where it is all of it."""

    url: str
    checked: str | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    items: tuple[SourceLine, ...]


Block = Paragraph | Heading | Steps | Bullets | SettingsTable | Table | Evidence | Preformatted | Sources

# --- a whole reply -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. `id` is short ASCII without user text (it travels through the platforms); `label` at most 75 characters."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `slot` is what it fills; `kind` what it takes; `options` for a closed choice."""

    slot: str
    label: str
    kind: OneOf["text", "multiline", "number", "choice", "search"] = "text"
    options: tuple[Choice, ...] = ()
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """At most five fields; never one for a password."""

    id: str
    title: str
    fields: tuple[Field, ...]
    submit: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message. The first block's first sentence stands alone (notifications and screen readers take it).

    `asks`: the slot it asks for, "other", or None. `findings` and `settings` are the contract's JSON shapes, on the message that
    gives the diagnosis. `turn` numbers the question its choices answer, so that a stale button is known. `private`: only for the
    person who wrote (a secret was pasted). `final`: the talk could end here. `progress`: it replaces an earlier state of itself.
    """

    blocks: tuple[Block, ...]
    asks: str | None = None
    choices: tuple[Choice, ...] = ()
    form: Form | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    settings: Mapping[str, Any] | None = None
    turn: int = 0
    progress: bool = False
    final: bool = False
    handoff: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a progress display: an endpoint and how far it is."""

    id: str
    label: str
    state: OneOf["waiting", "running", "good", "bad", "unknown"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a probe as it runs; volatile, each one replaces the one before. `finished`: the last one, always shown."""

    probe: str
    title: str
    tasks: tuple[Task, ...]
    finished: bool = False


# --- plain text ------------------------------------------------------------------------------------------------------------


def spans_text(spans: Spans) -> str:
    """The spans as plain words, links as "label (url)"."""
    parts = []
    for span in spans:
        if isinstance(span, Link):
            parts.append(f"{span.label} ({span.url})" if span.label and span.label != span.url else span.url)
        else:
            parts.append(span.text)
    return "".join(parts)


def plain_text(reply: Reply) -> str:
    """The whole reply in plain text: what a pipe, a screen reader or a client without blocks shows."""
    return "\n\n".join(filter(None, (block_text(block) for block in reply.blocks)))


def block_text(block: Block) -> str:
    match block:
        case Paragraph(spans) | Heading(spans):
            return spans_text(spans)
        case Steps(items, heading):
            lines = [spans_text(heading)] if heading else []
            for number, step in enumerate(items, 1):
                lines.append(f"{number}. {spans_text(step.spans)}" + (f" ({step.url})" if step.url else ""))
            return "\n".join(lines)
        case Bullets(items, heading):
            return "\n".join(([spans_text(heading)] if heading else []) + [f"- {spans_text(item)}" for item in items])
        case Evidence(items):
            return "\n".join(f"- {spans_text(item)}" for item in items)
        case SettingsTable(rows, heading):
            width = max((len(name) for name, _ in rows), default=0)
            lines = [spans_text(heading)] if heading else []
            return "\n".join(lines + [f"  {name + ':':<{width + 1}} {value}" for name, value in rows])
        case Table(head, rows, heading):
            widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
            lines = [spans_text(heading)] if heading else []
            for row in (head, *rows):
                lines.append("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
            return "\n".join(lines)
        case Preformatted(text, _):
            return text
        case Sources(items):
            return "Source: " + "; ".join(_source(item) for item in items)


def _source(item: SourceLine) -> str:
    notes = ", ".join(note for note in (item.about, f"checked {item.checked}" if item.checked else "") if note)
    return f"{item.url} ({notes})" if notes else item.url
