"""A question without a talk (a slash command's lookup, explain, help): answered at once, nothing stored, nobody asked. Pure.

Also: is a text that nobody addressed to the bot worth an answer?
"""

from __future__ import annotations

import datetime

from bot.answers.diagnosis import diagnosis_blocks
from bot.answers.explain import explain_blocks
from bot.answers.lookup import lookup_reply
from bot.answers.wording import paragraph
from bot.channel import Query
from bot.diagnosis.diagnose import recognised
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.observations import Observations
from bot.reading import read
from bot.redaction import SafeText, redact
from bot.reply import Bullets, Reply, Text
from knowledge.index import Index

# What somebody must want who opens a post in a help forum. A question about a word is left to those who are asked it.
_WANTED = frozenset({"fix_error", "configure", "lookup"})


def answer(query: Query, index: Index, today: datetime.date) -> Reply:
    """`query.options` may hold "client" and "provider" (ids). An unknown or empty question gets the help.

    To be explained is an error text, or a cause by its id (what a completion puts in its place).
    """
    text = query.text.strip()
    match query.verb:
        case "lookup" if text:
            return lookup_reply(redact(text).text, index, today, query.options.get("client"))
        case "explain" if text in index.knowledge.causes:
            situation = Situation(client=query.options.get("client"), provider=query.options.get("provider"))
            return Reply(diagnosis_blocks((Finding(text, Certainty.SEEN),), situation, Observations(), index, today))
        case "explain" if text:
            _, blocks = explain_blocks(redact(text), index, today, query.options.get("client"), query.options.get("provider"))
            return Reply(blocks)
    return help_reply(index)


def help_reply(index: Index) -> Reply:
    lines = [f"answers.help.line{number}" for number in range(1, 6)]
    return Reply((paragraph(index, "answers.help.intro"), Bullets(tuple((Text(index.phrase(line)),) for line in lines))))


def worth_an_answer(text: SafeText, index: Index) -> bool:
    """Would the bot help with a text that nobody addressed to it (a new post of a help forum), by an answer or by a question?

    Only where it is about sending mail and wants something done; anything else is left to people.
    """
    return read(text, index, None).intent in _WANTED and recognised(Situation(error=text.text)).about_mail
