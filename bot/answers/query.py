"""A question without a talk (a slash command's lookup, explain, help): answered at once, nothing stored, nobody asked. Pure."""

from __future__ import annotations

import datetime

from bot.answers.explain import explain_blocks
from bot.answers.lookup import lookup_reply
from bot.answers.wording import paragraph
from bot.channel import Query
from bot.redaction import redact
from bot.reply import Bullets, Reply, Text
from knowledge.index import Index


def answer(query: Query, index: Index, today: datetime.date) -> Reply:
    """`query.options` may hold "client" and "provider" (ids). An unknown or empty question gets the help."""
    text = query.text.strip()
    match query.verb:
        case "lookup" if text:
            return lookup_reply(redact(text).text, index, today, query.options.get("client"))
        case "explain" if text:
            _, blocks = explain_blocks(redact(text), index, today, query.options.get("client"), query.options.get("provider"))
            return Reply(blocks)
    return help_reply(index)


def help_reply(index: Index) -> Reply:
    lines = [f"answers.help.line{number}" for number in range(1, 6)]
    return Reply((paragraph(index, "answers.help.intro"), Bullets(tuple((Text(index.phrase(line)),) for line in lines))))
