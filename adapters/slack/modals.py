"""How does a form or an answer look in a window (a modal)? Pure: our `Form` and `Reply` to Slack's views and back. Opens nothing.

Limits: title, submit and close 24 characters, private_metadata 3,000, 100 blocks (https://docs.slack.dev/reference/views/modal-views/).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack import atoms, render
from adapters.slack.atoms import Json
from adapters.slack.core import Say
from adapters.slack.text import clean, split, weight
from bot.reply import Choice, Field, Form, Paragraph, Reply, Text

FORM = "pm:form"
ANSWER = "pm:answer"
SEARCH = "pm:search:"
IN_THREAD = "in_thread"
IN_PRIVATE = "in_private"
MAX_TITLE = 24
MAX_METADATA = 3000
MAX_BLOCKS = 100
MAX_BYTES = 200_000  # of 250,000 for the whole view
MAX_INPUT = 3000
MAX_TYPED = 2400  # of a text that a window carries along
MAX_SUGGESTIONS = 100


def form_view(form: Form, say: Say, metadata: Mapping[str, Any], initial: Mapping[str, str] | None = None) -> Json:
    """A window with one input a field; `metadata` comes back with what was entered."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": atoms.plain(_short(form.title, MAX_TITLE)),
        "submit": atoms.plain(_short(form.submit, MAX_TITLE)),
        "close": atoms.plain(_short(say("close"), MAX_TITLE)),
        "private_metadata": packed({**metadata, "form": form.id}),
        "blocks": [_input(field, (initial or {}).get(field.slot, "")) for field in form.fields],
    }


def form_of(fields: Mapping[str, Any]) -> Form | None:
    """A `Form` from what a button carries; None where it is none of ours."""
    try:
        return Form(
            str(fields["id"]),
            str(fields["title"]),
            tuple(
                Field(
                    str(field["slot"]),
                    str(field["label"]),
                    field["kind"],
                    tuple(Choice(str(option["id"]), str(option["label"])) for option in field["options"]),
                    str(field["hint"]),
                    bool(field["required"]),
                )
                for field in fields["fields"]
            ),
            str(fields["submit"]),
        )
    except (KeyError, TypeError):
        return None


def _input(field: Field, initial: str) -> Json:
    element: Json
    match field.kind:
        case "search":
            element = {"type": "external_select", "action_id": f"{SEARCH}{field.slot}", "min_query_length": 1}
        case "choice" if field.options:
            options = [_option(option.label, option.label) for option in field.options[:MAX_SUGGESTIONS]]
            element = {"type": "static_select", "action_id": field.slot, "options": options}
        case "number":
            element = {"type": "number_input", "action_id": field.slot, "is_decimal_allowed": False, "min_value": "0", "max_value": "65535"}
        case kind:
            element = {"type": "plain_text_input", "action_id": field.slot, "multiline": kind == "multiline", "max_length": MAX_INPUT}
            if initial:
                element["initial_value"] = split(clean(initial), MAX_INPUT)[0]
    block: Json = {
        "type": "input",
        "block_id": field.slot,
        "label": atoms.plain(_short(field.label, 2000)),
        "element": element,
        "optional": not field.required,
    }
    if field.hint:
        block["hint"] = atoms.plain(_short(field.hint, 2000))
    return block


def entered(view: Mapping[str, Any]) -> dict[str, str]:
    """Slot -> what was entered, without what was left empty. A choice comes as its label, which reads like an answer typed."""
    found: dict[str, str] = {}
    state = view.get("state")
    for slot, inputs in (state.get("values", {}) if isinstance(state, Mapping) else {}).items():
        for element in inputs.values() if isinstance(inputs, Mapping) else ():
            value = element.get("value")
            option = element.get("selected_option")
            if isinstance(option, Mapping):
                text = option.get("text")
                value = text.get("text") if isinstance(text, Mapping) else option.get("value")
            if isinstance(value, str) and value.strip():
                found[str(slot)] = value.strip()
    return found


def suggestions(entries: Sequence[tuple[str, str]]) -> Json:
    """What a select offers while somebody types; (id, label) each."""
    return {"options": [_option(label, id) for id, label in entries[:MAX_SUGGESTIONS]]}


def answer_view(reply: Reply, say: Say, metadata: Mapping[str, Any], buttons: Sequence[tuple[str, str]]) -> Json:
    """An answer in a window, with what can be done with it; what does not fit a window goes on where the talk is."""
    made = [block for message in render.messages(reply) for block in message.blocks]
    blocks = [block for block in made if block["type"] not in ("table", "actions")]
    lines = [line for block in made if block["type"] == "table" for line in _as_lines(block)]
    elements = [atoms.button(action, _short(label, 75), action) for action, label in buttons]
    actions = [{"type": "actions", "elements": elements}] if elements else []
    return {
        "type": "modal",
        "callback_id": ANSWER,
        "title": atoms.plain(_short(say("answer_title"), MAX_TITLE)),
        "close": atoms.plain(_short(say("close"), MAX_TITLE)),
        "private_metadata": packed(metadata),
        "blocks": _fitting([*blocks, *lines]) + actions,
    }


def _fitting(blocks: Sequence[Json]) -> list[Json]:
    """As many of the blocks as a window holds, from the first on."""
    fitting: list[Json] = []
    left = MAX_BYTES
    for block in blocks[: MAX_BLOCKS - 1]:
        left -= len(json.dumps(block).encode())
        if left < 0:
            break
        fitting.append(block)
    return fitting


def note_view(sentence: str, say: Say, metadata: Mapping[str, Any], buttons: Sequence[tuple[str, str]] = ()) -> Json:
    """A window that says one sentence."""
    return answer_view(Reply((Paragraph((Text(sentence),)),)), say, metadata, buttons)


def _as_lines(table: Json) -> list[Json]:
    """A table's rows as lists, for a window takes no table."""
    rows = []
    for row in table["rows"]:
        elements: list[Json] = []
        for number, cell in enumerate(row):
            if number:
                elements.append({"type": "text", "text": ": " if len(row) == 2 else " · "})
            elements += cell["elements"][0]["elements"]
        rows.append({"type": "rich_text_section", "elements": elements})
    return [
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": rows[start : start + 20]}]}
        for start in range(0, len(rows), 20)
    ]


def packed(metadata: Mapping[str, Any]) -> str:
    """What a window carries along; its text is shortened where it would not fit."""
    carried = dict(metadata)
    while len(text := json.dumps(carried, ensure_ascii=False, separators=(",", ":"))) > MAX_METADATA and carried.get("text"):
        carried["text"] = str(carried["text"])[: max(0, len(str(carried["text"])) - (len(text) - MAX_METADATA) - 10)]
    return text


def unpacked(view: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _option(label: str, value: str) -> Json:
    return {"text": atoms.plain(_short(label, 75)), "value": _short(value, 150)}


def _short(text: str, limit: int) -> str:
    shown = " ".join(clean(text).split()) or "…"
    return shown if weight(shown) <= limit else split(shown, limit - 1)[0].rstrip() + "…"
