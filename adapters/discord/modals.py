"""How is a form shown? Pure: our `Form`, or one free text field, as a modal's JSON. Keeps none of them.

A modal has one to five fields, each in a label; it must be the first answer to a click, so it is built from the click alone.
Source: https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from typing import Any

from adapters.discord.markdown import clean, units
from adapters.discord.render import Words
from bot.reply import Field, Form

Json = dict[str, Any]

_SELECT, _TEXT_INPUT, _LABEL = 3, 4, 18
_SHORT, _PARAGRAPH = 1, 2
_MAX_TITLE, _MAX_LABEL, _MAX_HINT, _MAX_TEXT, _MAX_LINE = 45, 45, 100, 4_000, 300
_MAX_FIELDS, _MAX_OPTIONS = 5, 25


def free_text(custom_id: str, words: Words, required: bool = True) -> Json:
    """One field for whatever a person wants to say."""
    field = Field("text", words("answer_label"), "multiline", hint=words("answer_hint"), required=required)
    return {"custom_id": custom_id, "title": _short(words("answer_title"), _MAX_TITLE), "components": [_labelled(field)]}


def form(custom_id: str, shown: Form) -> Json:
    """`shown` with its first five fields. Discord completes nothing in a modal, so what is searched for elsewhere is typed here."""
    fields = [_labelled(field) for field in shown.fields[:_MAX_FIELDS]]
    return {"custom_id": custom_id, "title": _short(shown.title, _MAX_TITLE), "components": fields}


def _labelled(field: Field) -> Json:
    label: Json = {"type": _LABEL, "label": _short(field.label, _MAX_LABEL), "component": _component(field)}
    if field.hint and field.kind != "search":  # its hint tells how to search, and here nothing is completed
        label["description"] = _short(field.hint, _MAX_HINT)
    return label


def _component(field: Field) -> Json:
    if field.options:
        options = [{"label": _short(option.label, 100), "value": option.id} for option in field.options[:_MAX_OPTIONS]]
        return {"type": _SELECT, "custom_id": field.slot, "required": field.required, "options": options}
    style, most = (_PARAGRAPH, _MAX_TEXT) if field.kind == "multiline" else (_SHORT, _MAX_LINE)
    return {"type": _TEXT_INPUT, "custom_id": field.slot, "style": style, "required": field.required, "max_length": most}


def _short(text: str, most: int) -> str:
    line = " ".join(clean(text).split()) or "…"
    while units(line) > most:
        line = line[:-2].rstrip() + "…"
    return line
