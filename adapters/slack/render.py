"""How does a `Reply` look in Slack? Pure: a reply in, messages of Block Kit and plain text out. Calls nothing, knows no channel.

What is too long for one block goes on in the next, what is too long for one message in the next message; nothing is ever cut.
Other people's words stand in `rich_text`, where Slack reads neither mentions nor links nor emphasis.
Limits: https://docs.slack.dev/reference/block-kit/blocks/ and, for the undocumented sum over all blocks, bolt-js issue 2509.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from adapters.slack import atoms
from adapters.slack.atoms import MAX_BLOCK, Json
from adapters.slack.text import clean, escaped, split, weight
from bot.reply import (
    Block,
    Bullets,
    Choice,
    Evidence,
    Form,
    Heading,
    Link,
    Paragraph,
    Preformatted,
    Progress,
    Reply,
    SettingsTable,
    Sources,
    Spans,
    Steps,
    Table,
    Task,
    block_text,
    spans_text,
)

MAX_TEXT = 3900  # chat.update takes 4,000 characters of text, and each message may have to be edited
MAX_BLOCKS = 45  # of 50
MAX_HEADER = 150
MAX_LABEL = 75
MAX_VALUE = 2000
MAX_ROWS, MAX_COLUMNS, MAX_TABLE, MAX_CELL = 100, 20, 2500, 400
BUTTONS_IN_A_ROW = 5
MAX_OPTIONS = 100
MAX_LIST_ITEMS = 40

ACTION = "pm"  # every action id of a reply's choices begins with it
FORM_ACTION = "pm:form"

_SIGNS = {"waiting": "◦", "running": "⏳", "good": "✅", "bad": "❌", "unknown": "❔"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `text` is what notifications and screen readers take: the same words as the blocks, escaped. `bare` is what is
    posted where the blocks are refused: with the choices, to be answered by typing."""

    text: str
    blocks: tuple[Json, ...]
    bare: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """One block with its plain words. `instead`: how a table looks in a message that has one already."""

    block: Json
    text: str
    instead: tuple[_Piece, ...] = ()


def messages(reply: Reply, origin: str = "") -> list[Message]:
    """`reply` as one or more messages, in order; choices stand on the last.

    `origin` names the conversation ("T1/C1/1700000000.000100") inside the buttons, so that a click is understood without a store.
    """
    pieces = [piece for block in reply.blocks for piece in _pieces(block)]
    above, controls, spoken = _controls(reply, origin)
    return _packed([*pieces, *above], controls, spoken)


def progress_message(progress: Progress) -> Message:
    """How far a probe is, as one message; its lines are bounded by the few endpoints that a probe has."""
    blocks: list[Json] = []
    title = atoms.section([atoms.text(clean(progress.title) or "…", bold=True)])
    lines = [atoms.section(_task(task)) for task in progress.tasks[:MAX_LIST_ITEMS]]
    blocks.append(atoms.rich([title]))
    if lines:
        blocks.append(atoms.rich([{"type": "rich_text_list", "style": "bullet", "elements": lines}]))
    words = [clean(progress.title) or "…", *(_task_text(task) for task in progress.tasks[:MAX_LIST_ITEMS])]
    text = split(escaped("\n".join(words)), MAX_TEXT)[0]
    return Message(text, tuple(blocks), text)


_STATUS = {"waiting": "pending", "running": "in_progress", "good": "complete", "bad": "error", "unknown": "error"}


def progress_chunks(now: Progress, before: Progress | None) -> list[Json]:
    """What to append to a stream so that it shows `now` where it showed `before` (None: nothing yet): a plan, one task an endpoint."""
    chunks: list[Json] = []
    if before is None or before.title != now.title:
        chunks.append({"type": "plan_update", "title": _harmless(now.title)[:250] or "…"})
    shown = {task.id: task for task in before.tasks} if before is not None else {}
    for task in now.tasks[:MAX_LIST_ITEMS]:
        if shown.get(task.id) != task:
            chunk: Json = {"type": "task_update", "id": task.id, "title": _harmless(task.label)[:200] or "–", "status": _STATUS[task.state]}
            if task.detail:
                chunk["output"] = _harmless(task.detail)[:200]
            chunks.append(chunk)
    return chunks


def _harmless(text: str) -> str:
    """A text where it is not documented whether markup is read: a bracket is kept from opening a mention or a link."""
    return " ".join(clean(text).split()).replace("<", "<\u200b").replace("](", "]\u200b(")


def _task(task: Task) -> list[Json]:
    parts = [atoms.text(f"{_SIGNS[task.state]} "), atoms.text(clean(task.label)[:200] or "–", code=True)]
    if task.detail:
        parts.append(atoms.text(f" {clean(task.detail)[:200]}"))
    return parts


def _task_text(task: Task) -> str:
    return f"{_SIGNS[task.state]} {clean(task.label)[:200]} {clean(task.detail)[:200]}".rstrip()


# --- packing ------------------------------------------------------------------------------------------------------------


def _packed(pieces: Sequence[_Piece], controls: Sequence[Json], spoken: str) -> list[Message]:
    done: list[tuple[list[Json], list[str]]] = []
    blocks: list[Json] = []
    texts: list[str] = []

    def put(piece: _Piece) -> None:
        nonlocal blocks, texts
        used = sum(weight(text) + 2 for text in texts)
        if blocks and (len(blocks) >= MAX_BLOCKS or used + weight(piece.text) > MAX_TEXT):
            done.append((blocks, texts))
            blocks, texts = [], []
        blocks.append(piece.block)
        texts.append(piece.text)

    for piece in pieces:
        if piece.instead and any(block["type"] == "table" for block in blocks):
            for other in piece.instead:
                put(other)
        else:
            put(piece)
    extra = weight(spoken) + 2 if spoken else 0
    if blocks and (len(blocks) + len(controls) > MAX_BLOCKS or sum(weight(t) + 2 for t in texts) + extra > MAX_TEXT + 90):
        done.append((blocks, texts))
        blocks, texts = [], []
    if blocks or controls or not done:
        done.append(([*blocks, *controls], texts))
    result = []
    for number, (some_blocks, some_texts) in enumerate(done, 1):
        text = escaped("\n\n".join(filter(None, some_texts)))
        last = number == len(done)
        bare = "\n\n".join(filter(None, (text, escaped(spoken)))) if last else text
        fallback = escaped(spoken) or "…"
        result.append(Message(text or split(fallback, MAX_TEXT)[0], tuple(some_blocks), bare or fallback))
    return result


# --- blocks -------------------------------------------------------------------------------------------------------------


def _pieces(block: Block) -> list[_Piece]:
    match block:
        case Heading(spans):
            words = clean(spans_text(spans)).strip()
            if words and weight(words) <= MAX_HEADER and "\n" not in words and not any(isinstance(s, Link) for s in spans):
                return [_Piece({"type": "header", "text": atoms.plain(words)}, words)]
            return _sections(atoms.of_spans(spans, bold=True))
        case Paragraph(spans):
            return _sections(atoms.of_spans(spans))
        case Steps(items, heading):
            lines = [atoms.of_spans(step.spans) + (_step_link(step.url, step.spans)) for step in items]
            return _under(atoms.of_spans(heading, bold=True), _list(lines, "ordered"))
        case Bullets(items, heading):
            return _under(atoms.of_spans(heading, bold=True), _list([atoms.of_spans(item) for item in items], "bullet"))
        case Evidence(items):
            return _list([atoms.of_spans(item) for item in items], "bullet", border=1)
        case SettingsTable(rows, heading):
            grid = [[_cell(name, bold=True), _cell(value, code=True)] for name, value in rows]
            return _sections(atoms.of_spans(heading, bold=True)) + _grid(grid, rows, SettingsTable(rows), head=None)
        case Table(head, rows, heading):
            grid = [[_cell(cell) for cell in row] for row in rows]
            return _sections(atoms.of_spans(heading, bold=True)) + _grid(grid, rows, Table(head, rows), head=head)
        case Preformatted(text, _):
            return _preformatted(text)
        case Sources(items):
            return [piece for start in range(0, len(items), 10) for piece in _sources(Sources(items[start : start + 10]))]


def _step_link(url: str | None, spans: Spans) -> list[Json]:
    if not url or any(isinstance(span, Link) and span.url == url for span in spans):
        return []
    return [atoms.text(" "), *atoms.link(url, url)]


def _sections(elements: Sequence[Json]) -> list[_Piece]:
    return [_Piece(atoms.rich([atoms.section(chunk)]), atoms.words(chunk)) for chunk in atoms.chunks(elements)]


def _under(heading: Sequence[Json], pieces: list[_Piece]) -> list[_Piece]:
    """The list with its heading in the same block, so that they stand close together; above it where one block does not hold both."""
    above = _sections(heading)
    if len(above) != 1 or not pieces or weight(above[0].text) + weight(pieces[0].text) + 1 > MAX_BLOCK:
        return above + pieces
    both = _Piece(atoms.rich([*above[0].block["elements"], *pieces[0].block["elements"]]), f"{above[0].text}\n{pieces[0].text}")
    return [both, *pieces[1:]]


def _list(lines: Iterable[Sequence[Json]], style: str, border: int = 0) -> list[_Piece]:
    """The lines as lists of at most one block's weight; numbers go on over the blocks, and a line too long for one goes on below it."""
    pieces: list[_Piece] = []
    waiting: list[list[Json]] = []
    first = number = 0

    def flush() -> None:
        nonlocal waiting, first
        if waiting:
            whole: Json = {"type": "rich_text_list", "style": style, "elements": [atoms.section(line) for line in waiting]}
            if style == "ordered" and first:
                whole["offset"] = first
            if border:
                whole["border"] = border
            marks = [f"{first + n}. " if style == "ordered" else "- " for n in range(1, len(waiting) + 1)]
            pieces.append(
                _Piece(atoms.rich([whole]), "\n".join(mark + atoms.words(line) for mark, line in zip(marks, waiting, strict=True)))
            )
        waiting, first = [], number

    for line in lines:
        head, *tail = atoms.chunks(line) or [[atoms.text("–")]]
        used = sum(atoms.heavy(waited) + 8 for waited in waiting)
        if waiting and (used + atoms.heavy(head) + 8 > MAX_BLOCK or len(waiting) >= MAX_LIST_ITEMS):
            flush()
        waiting.append(head)
        number += 1
        if tail:
            flush()
            pieces.extend(_Piece(atoms.rich([atoms.section(chunk)]), atoms.words(chunk)) for chunk in tail)
    flush()
    return pieces


def _grid(cells: list[list[Json]], rows: Sequence[Sequence[str]], whole: SettingsTable | Table, head: Sequence[str] | None) -> list[_Piece]:
    """A table block where the rows fit one, several where there are many; an aligned text where a cell or the width does not fit."""
    if not rows:
        return _preformatted(block_text(whole)) if head else []
    width = len(rows[0])
    too_wide = any(weight(clean(cell)) > MAX_CELL for row in (*rows, head or ()) for cell in row) or not 0 < width <= MAX_COLUMNS
    if too_wide or any(len(row) != width for row in rows) or (head is not None and len(head) != width):
        return _preformatted(block_text(whole))
    top = [[_cell(cell, bold=True) for cell in head]] if head is not None else []
    heaviest = max(sum(weight(clean(cell)) + 6 for cell in row) for row in rows)
    top_weight = sum(weight(clean(cell)) + 6 for cell in head or ())
    step = max(1, min(MAX_ROWS - 1, (MAX_TABLE - top_weight) // max(heaviest, 1)))
    pieces = []
    for start in range(0, len(rows), step):
        some = tuple(tuple(row) for row in rows[start : start + step])
        words = "\n".join(" | ".join(clean(cell) for cell in row) for row in ((tuple(head), *some) if head is not None else some))
        plain = words if head is not None else "\n".join(f"{clean(name)}: {clean(value)}" for name, value in some)
        if weight(plain) > MAX_TEXT:
            return _preformatted(block_text(whole))
        part = Table(tuple(head), some) if head is not None else SettingsTable(tuple((row[0], row[1]) for row in some))
        block = {"type": "table", "rows": top + cells[start : start + step], "column_settings": [{"is_wrapped": True}] * width}
        pieces.append(_Piece(block, plain, tuple(_preformatted(block_text(part)))))
    return pieces


def _cell(text: str, *, bold: bool = False, code: bool = False) -> Json:
    shown = clean(text).strip() or "–"
    return atoms.rich([atoms.section([atoms.text(shown, bold=bold, code=code)])])


def _preformatted(text: str) -> list[_Piece]:
    parts = split(clean(text), MAX_BLOCK)
    return [
        _Piece(atoms.rich([{"type": "rich_text_preformatted", "elements": [atoms.text(part)]}]), part) for part in parts if part.strip()
    ]


def _sources(sources: Sources) -> list[_Piece]:
    pieces, elements, words = [], [], []
    for item in sources.items:
        plain = block_text(Sources((item,)))
        if weight(plain) > MAX_BLOCK // 3 or not atoms.linkable(item.url):
            pieces += _sections([atoms.text(clean(plain))])
            continue
        before, _, after = plain.partition(item.url)
        label = escaped(item.url.removeprefix("https://"))
        shown = f"{escaped(before)}<{escaped(item.url)}|{label}>{_with_date(escaped(after), item.checked)}"
        elements.append({"type": "mrkdwn", "text": shown, "verbatim": True})
        words.append(plain)
        if sum(map(weight, words)) > MAX_BLOCK // 2:
            pieces.append(_Piece({"type": "context", "elements": elements}, "\n".join(words)))
            elements, words = [], []
    if elements:
        pieces.append(_Piece({"type": "context", "elements": elements}, "\n".join(words)))
    return pieces


def _with_date(text: str, date: str | None) -> str:
    """`text` with the day in it as each reader's client writes it; noon, so that it is the same day nearly everywhere. A month stays."""
    try:
        noon = datetime.datetime.fromisoformat(f"{date}T12:00:00+00:00")
    except ValueError:
        return text
    return text.replace(str(date), f"<!date^{int(noon.timestamp())}^{{date_short}}|{date}>")


# --- choices ------------------------------------------------------------------------------------------------------------


def _controls(reply: Reply, origin: str) -> tuple[list[_Piece], list[Json], str]:
    """Labels too long for a button, the blocks that a person presses, and the choices in words for where there are no blocks."""
    above: list[_Piece] = []
    blocks: list[Json] = []
    labels = [clean(choice.label).strip() or choice.id for choice in reply.choices]
    long = any(weight(label) > MAX_LABEL for label in labels)
    spoken = "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
    if long:  # the whole label above, its number on the button
        above, spoken = _list([[atoms.text(label)] for label in labels], "ordered"), ""
        labels = [f"{number}. {label}" for number, label in enumerate(labels, 1)]
    shown = [_short(label) for label in labels]
    if 0 < len(shown) <= BUTTONS_IN_A_ROW:
        elements = [
            atoms.button(f"{ACTION}:{n}", label, value(reply.turn, choice))
            for n, (choice, label) in enumerate(zip(reply.choices, shown, strict=True))
        ]
        if reply.final:
            elements[0]["style"] = "primary"  # where the talk could end, the button that ends it
        blocks.append({"type": "actions", "block_id": block_id(origin, 0), "elements": elements})
    elif shown:
        options = [
            {"text": atoms.plain(label), "value": value(reply.turn, choice)} for choice, label in zip(reply.choices, shown, strict=True)
        ]
        menus = [
            {"type": "static_select", "action_id": f"{ACTION}:{start}", "options": options[start : start + MAX_OPTIONS]}
            for start in range(0, len(options), MAX_OPTIONS)
        ]
        blocks.append({"type": "actions", "block_id": block_id(origin, 0), "elements": menus[:25]})
    if reply.form is not None and (packed := form_value(reply.turn, reply.form)) is not None:
        button = atoms.button(FORM_ACTION, _short(clean(reply.form.title) or "…"), packed)
        blocks.append({"type": "actions", "block_id": block_id(origin, 1), "elements": [button]})
    return above, blocks, spoken


def settled(blocks: Sequence[Mapping[str, Any]], label: str) -> list[Json]:
    """The blocks of a message without our buttons, and the choice that was made. Links under it stay."""
    kept = [dict(block) for block in blocks if not str(block.get("block_id", "")).startswith(f"{ACTION}/")]
    chosen = split(clean(label).strip() or "…", MAX_LABEL)[0]
    return [*kept, {"type": "context", "elements": [atoms.plain(f"✓ {chosen}")]}]


def _short(label: str) -> str:
    """A label that fits a button; the whole one stands above it (see `_controls`)."""
    return label if weight(label) <= MAX_LABEL else split(label, MAX_LABEL - 1)[0].rstrip() + "…"


def block_id(origin: str, number: int) -> str:
    return f"{ACTION}/{number}/{origin}"


def value(turn: int, choice: Choice) -> str:
    """What a click brings back: the turn of the question and the choice's id."""
    return f"{turn}:{choice.id}"


def form_value(turn: int, form: Form) -> str | None:
    """The form itself, packed into its button, so that it opens after a restart too; None where it is too large for one."""
    packed = f"{turn}:{json.dumps(asdict(form), separators=(',', ':'))}"
    return packed if len(packed) <= MAX_VALUE else None
