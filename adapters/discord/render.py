"""How does a reply look on Discord? Pure: a Reply becomes the JSON of one or more messages. Sends nothing, remembers nothing.

Components V2 (flag 32768): at most 40 components, nested ones counted, and 4,000 characters over all texts of a message. What does not
fit goes on in the next message. The first text is the answer's own sentence, because notifications and screen readers take that one.
Source: https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from adapters import dates
from adapters.discord import custom_ids
from adapters.discord.columns import aligned, grid
from adapters.discord.markdown import atoms, clean, fenced, host_of, linked, literal, part, units
from bot.reply import (
    Block,
    Bullets,
    Choice,
    Evidence,
    Heading,
    Paragraph,
    Preformatted,
    Progress,
    Reply,
    SettingsTable,
    SourceLine,
    Sources,
    Spans,
    Steps,
    Table,
)

Json = dict[str, Any]

V2 = 1 << 15
SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6

MAX_COMPONENTS = 40
MAX_TEXT = 4_000
MAX_CONTENT = 2_000
MAX_OPTIONS = 25
MAX_LABEL = 80
MAX_OPTION_LABEL = 100

# A block longer than this is parted, so that a message is filled instead of ending at a long block; it also fits plain content.
_CHUNK = 1_900
# What a phone shows in one line of a button's label.
_BUTTON_LETTERS = 34
_SHORT_HEADING = 200
# Texts in one message; the rest of the 40 is for the frame, the rows and their buttons.
_TEXTS = 24

_ACTION_ROW, _BUTTON, _SELECT, _TEXT, _CONTAINER = 1, 2, 3, 10, 17
_PRIMARY, _SECONDARY, _SUCCESS, _DANGER = 1, 2, 3, 4

_SURE, _LIKELY, _POSSIBLE, _VALUES = 0x2F9E6E, 0xE0A030, 0x8A8F98, 0x3B82C4
_MARKS = {"waiting": "⚪", "running": "⏳", "good": "✅", "bad": "❌", "unknown": "❔"}


class Words(Protocol):
    """The adapter's own sentences, by id (knowledge/phrases.toml)."""

    def __call__(self, phrase: str, /, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Dress:
    """What a place adds to a reply.

    conversation  its key where a click's channel does not tell it (see custom_ids)
    answers       what a person writes there cannot be read: a button opens a text field
    only_way      nothing can be written there at all: every reply has that button
    hint          say once how to answer
    solved        a forum post of ours: its owner may close it
    locale        how its person writes dates; None: as they are stored
    """

    conversation: str | None = None
    answers: bool = False
    only_way: bool = False
    hint: bool = False
    solved: bool = False
    locale: str | None = None


PLAIN_DRESS = Dress()


def pages(reply: Reply, words: Words, dress: Dress = PLAIN_DRESS) -> list[Json]:
    """`reply` as Components V2: the JSON of one or more messages, in order; its choices stand under the last."""
    texts = list(_texts(reply, words, dress))
    colour = _colour(reply)
    parts: list[list[str]] = []
    size = 0
    for text in texts:
        length = units(text)
        if not parts or size + length > MAX_TEXT or len(parts[-1]) >= _TEXTS:
            parts.append([])
            size = 0
        parts[-1].append(text)
        size += length
    done = [_page(part_, colour, first=index == 0) for index, part_ in enumerate(parts)]
    rows = _rows(reply, words, dress)
    room = MAX_COMPONENTS - (_count(done[-1]["components"]) if done else 0)
    for row in rows:
        cost = _count([row])
        if not done or cost > room:
            done.append(_message([]))
            room = MAX_COMPONENTS
        done[-1]["components"].append(row)
        room -= cost
    return done


def plain_pages(reply: Reply, words: Words, dress: Dress = PLAIN_DRESS) -> list[Json]:
    """The same as ordinary content, for where Components V2 is refused: at most 2,000 characters and five rows a message."""
    contents: list[str] = []
    for text in _texts(reply, words, dress):
        if contents and units(contents[-1]) + units(text) + 2 <= MAX_CONTENT:
            contents[-1] += f"\n\n{text}"
        else:
            contents.append(text)
    done: list[Json] = [{"content": content, "flags": SUPPRESS_EMBEDS, "allowed_mentions": {"parse": []}} for content in contents]
    for start in range(0, len(rows := _rows(reply, words, dress)), 5):
        if start or not done:
            done.append({"content": words("pick"), "flags": SUPPRESS_EMBEDS, "allowed_mentions": {"parse": []}})
        done[-1]["components"] = rows[start : start + 5]
    return done


def progress_page(progress: Progress, words: Words, conversation: str | None = None) -> Json:
    """A probe's state as one message, with a button that stops it; volatile, so what is past its room is left out.

    `conversation`: its key where a click's channel does not tell it."""
    lines = [f"**{literal(progress.title)}**"] if progress.title.strip() else []
    for task in progress.tasks:
        detail = f" {literal(task.detail)}" if task.detail.strip() else ""
        lines.append(f"{_MARKS[task.state]} {literal(task.label)}{detail}".replace("\n", " "))
    kept: list[str] = []
    for line in lines:
        if units("\n".join([*kept, line])) > MAX_TEXT:
            break
        kept.append(line)
    text: Json = {"type": _TEXT, "content": "\n".join(kept) or _MARKS["running"]}
    if progress.finished:
        return _message([text])
    stop = _button(words("stop_button"), custom_ids.write(0, "!stop", conversation), _DANGER)
    return _message([text, {"type": _ACTION_ROW, "components": [stop]}])


def has_dates(reply: Reply) -> bool:
    """Does it show a date that depends on who reads it?"""
    return any(isinstance(block, Sources) and any(item.checked for item in block.items) for block in reply.blocks)


def joined(earlier: Json, later: Json) -> Json | None:
    """Two messages as one, the later below; the later's buttons, else the earlier's. None where they do not fit into one."""
    rows = {id(page): [one for one in page["components"] if one["type"] == _ACTION_ROW] for page in (earlier, later)}
    shown = [one for page in (earlier, later) for one in page["components"] if one["type"] != _ACTION_ROW]
    components = [*shown, *(rows[id(later)] or rows[id(earlier)])]
    if _count(components) > MAX_COMPONENTS or _length(components) > MAX_TEXT:
        return None
    return _message(components)


def notice(text: str) -> Json:
    """One sentence of ours, short."""
    return _message([{"type": _TEXT, "content": chunk} for chunk in part([literal(text)], MAX_TEXT)] or [{"type": _TEXT, "content": "…"}])


def notice_markdown(markdown: str) -> Json:
    """Short Markdown of our own making, with a mention that the caller allows."""
    return _message([{"type": _TEXT, "content": markdown}])


# --- texts ---------------------------------------------------------------------------------------------------------------


def _texts(reply: Reply, words: Words, dress: Dress) -> Iterator[str]:
    for block in reply.blocks:
        yield from _block(block, words, dress.locale)
    if dress.hint:
        yield f"-# {inline_words(words('how_to_answer'))}"


def inline_words(text: str) -> str:
    return literal(text).replace("\n", " ")


def _block(block: Block, words: Words, locale: str | None) -> Iterator[str]:
    match block:
        case Paragraph(spans):
            yield from part(atoms(spans), _CHUNK)
        case Heading(spans):
            yield from part([atom for atom in atoms(spans) if atom != "\n"], _CHUNK, prefix="### ")
        case Steps(items, heading):
            lines = []
            for number, step in enumerate(items, 1):
                pieces = atoms(step.spans) + ([" ", linked(step.url)] if step.url else [])
                lines += part(pieces, _CHUNK, prefix=f"{number}. ", indent="   ")
            yield from _list(heading, lines)
        case Bullets(items, heading):
            yield from _list(heading, [line for item in items for line in part(atoms(item), _CHUNK, prefix="- ", indent="  ")])
        case Evidence(items):
            yield from _list((), [line for item in items for line in part(atoms(item), _CHUNK, prefix="- ", indent="  ")])
        case SettingsTable(rows, heading):
            yield from _headed(heading, fenced(aligned(rows), _CHUNK))
        case Table(head, table_rows, heading):
            yield from _headed(heading, fenced(grid(head, table_rows), _CHUNK))
        case Preformatted(text, language):
            yield from fenced(text, _CHUNK, language)
        case Sources(sources):
            by_day = {item.checked: [one for one in sources if one.checked == item.checked] for item in sources}
            yield from _list((), [line for day, items in by_day.items() for line in _looked_at(items, day, words, locale)])


def _looked_at(items: Sequence[SourceLine], day: str | None, words: Words, locale: str | None) -> list[str]:
    """Small print: where something comes from that was looked at on one day; further pages of a host as numbers behind it."""
    pieces: list[str] = []
    pages = 0
    for number, item in enumerate(items):
        again = number > 0 and not item.about and host_of(item.url) == host_of(items[number - 1].url)
        pages = pages + 1 if again else 1
        pieces += [", "] if number else []
        pieces.append(linked(item.url, str(pages) if again else ""))
        pieces += [" ", inline_words(f"({item.about})")] if item.about else []
    if day:
        pieces += [" ", inline_words(words("source_checked", date=dates.shown(day, locale)))]
    return part(pieces, _CHUNK, prefix="-# ")


def _list(heading: Spans, lines: Sequence[str]) -> Iterator[str]:
    """Lines joined as far as a chunk goes, under their heading."""
    chunk = ""
    for line in (*_heading(heading), *lines):
        if chunk and units(chunk) + 1 + units(line) > _CHUNK:
            yield chunk
            chunk = line
        else:
            chunk = f"{chunk}\n{line}" if chunk else line
    if chunk:
        yield chunk


def _headed(heading: Spans, chunks: Sequence[str]) -> Iterator[str]:
    titles = _heading(heading)
    if len(titles) == 1 and chunks and units(titles[0]) + 1 + units(chunks[0]) <= MAX_CONTENT:
        yield f"{titles[0]}\n{chunks[0]}"
        yield from chunks[1:]
        return
    yield from titles
    yield from chunks


def _heading(heading: Spans) -> list[str]:
    """Stressed where it is a short line of plain words, as it is otherwise."""
    lines = part([" " if atom == "\n" else atom for atom in atoms(heading)], _CHUNK)
    if len(lines) == 1 and units(lines[0]) <= _SHORT_HEADING and "*" not in lines[0]:
        return [f"**{lines[0].strip()}**"]
    return lines


# --- components ------------------------------------------------------------------------------------------------------------


def _message(components: list[Json]) -> Json:
    return {"flags": V2, "components": components, "allowed_mentions": {"parse": []}}


def _page(texts: Sequence[str], colour: int | None, *, first: bool) -> Json:
    """The first text of the reply stands free, the rest in a frame that is coloured by how sure the answer is."""
    displays: list[Json] = [{"type": _TEXT, "content": text} for text in texts]
    free, framed = (displays[:1], displays[1:]) if first else ([], displays)
    if colour is None or not framed:
        return _message(displays)
    return _message([*free, {"type": _CONTAINER, "accent_color": colour, "components": framed}])


def _colour(reply: Reply) -> int | None:
    if reply.findings:
        best = reply.findings[0].get("confidence")
        sure = best if isinstance(best, (int, float)) else 0.0
        return _SURE if sure >= 0.85 else _LIKELY if sure >= 0.5 else _POSSIBLE
    return _VALUES if reply.settings is not None else None


def _rows(reply: Reply, words: Words, dress: Dress) -> list[Json]:
    rows = _choices(reply, words, dress)
    extra = []
    if reply.form is not None:
        extra.append(_button(reply.form.title, custom_ids.write(reply.turn, f"!form.{reply.form.id}", dress.conversation), _PRIMARY))
    elif dress.only_way or (dress.answers and (reply.asks is not None or reply.choices or reply.final)):
        extra.append(
            _button(words("answer_button"), custom_ids.write(reply.turn, "!answer", dress.conversation), _SECONDARY),
        )
    if dress.solved and reply.final:
        extra.append(_button(words("solved_button"), custom_ids.write(reply.turn, "!solved", dress.conversation), _SUCCESS))
    if not extra:
        return rows
    if rows and rows[-1]["components"][0]["type"] == _BUTTON and len(rows[-1]["components"]) + len(extra) <= 5:
        rows[-1]["components"] += extra
    else:
        rows.append({"type": _ACTION_ROW, "components": extra})
    return rows


def _choices(reply: Reply, words: Words, dress: Dress) -> list[Json]:
    choices = list({choice.id: choice for choice in reply.choices}.values())
    if not choices:
        return []
    if len(choices) <= 5 and all(len(choice.label) <= _BUTTON_LETTERS for choice in choices):
        buttons = [
            _button(choice.label, custom_ids.write(reply.turn, choice.id, dress.conversation), _SECONDARY if index else _PRIMARY)
            for index, choice in enumerate(choices)
        ]
        return [{"type": _ACTION_ROW, "components": buttons}]
    return [
        {
            "type": _ACTION_ROW,
            "components": [
                {
                    "type": _SELECT,
                    "custom_id": custom_ids.write(reply.turn, f"!pick{start // MAX_OPTIONS}", dress.conversation),
                    "placeholder": _label(words("pick"), 150),
                    "options": [_option(choice) for choice in choices[start : start + MAX_OPTIONS]],
                }
            ],
        }
        for start in range(0, len(choices), MAX_OPTIONS)
    ]


def _button(label: str, custom_id: str, style: int) -> Json:
    return {"type": _BUTTON, "style": style, "label": _label(label, MAX_LABEL), "custom_id": custom_id}


def _option(choice: Choice) -> Json:
    return {"label": _label(choice.label, MAX_OPTION_LABEL), "value": choice.id}


def _label(text: str, most: int) -> str:
    """One line, never empty; a label is plain text on Discord, so nothing is escaped."""
    line = " ".join(clean(text).split()) or "…"
    while units(line) > most:
        line = line[: max(1, len(line) - max(1, units(line) - most) - 1)].rstrip() + "…"
    return line


def _count(components: Sequence[Mapping[str, Any]]) -> int:
    return sum(1 + _count(component.get("components", ())) for component in components)


def _length(components: Sequence[Mapping[str, Any]]) -> int:
    return sum(units(one["content"]) if one["type"] == _TEXT else _length(one.get("components", ())) for one in components)


# --- after a click -----------------------------------------------------------------------------------------------------------


def settled(components: Sequence[Mapping[str, Any]], pressed: str) -> list[Json]:
    """A message's components, as Discord handed them back, with every button and menu of ours shut and the pressed one marked."""
    return [_shut(component, pressed) for component in components]


def _shut(component: Mapping[str, Any], pressed: str) -> Json:
    done = dict(component)
    if "components" in done:
        done["components"] = settled(done["components"], pressed)
    if done.get("type") in (_BUTTON, _SELECT) and "custom_id" in done:
        done["disabled"] = True
        if done["custom_id"] == pressed and done["type"] == _BUTTON:
            done["style"] = _SUCCESS
    return done
