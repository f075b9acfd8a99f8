"""Which form begins a talk where a platform shows forms (a modal)? Pure; one form, never a field for a password."""

from __future__ import annotations

from typing import Literal

from bot.reply import Field, Form
from knowledge.index import Index

START = "start"

_FIELDS: tuple[tuple[str, Literal["text", "multiline", "number", "search"]], ...] = (
    ("error", "multiline"),
    ("provider", "search"),
    ("client", "search"),
    ("host", "text"),
    ("port", "number"),
)


def start_form(index: Index) -> Form:
    """What happens, with whom, with what program; nothing is required, for people know one or the other."""
    fields = tuple(
        Field(slot, index.phrase(f"answers.form.{slot}"), kind, hint=index.phrase(f"answers.form.hint.{slot}")) for slot, kind in _FIELDS
    )
    return Form(START, index.phrase("answers.form.title"), fields, index.phrase("answers.form.submit"))
