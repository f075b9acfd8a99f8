"""What does the person want? Of several things in one message the one that needs an answer counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.reading import talk
from bot.reading.model import Intent

_ASKS_PORT = re.compile(
    r"\b(?:server|port|host|smtp|settings?)\b[^.\n]{0,40}\?|^(?:what|which)\b[^\n]{0,60}\b(?:server"
    r"|port|host|settings?|smtp)\b"
)
_CORRECTION_FIRST = re.compile(r"\s*(?:sorry|oops|no,|actually|correction|i mean)")
# "what does 'relaying denied' mean": quotes an error and asks about the words.
_ABOUT_WORDS = re.compile(r"\b(?:what (?:does|is|do)\b[^\n]*\bmeans?\b|explain|difference between|was bedeutet|que signifie|qué significa)")
_MAY = re.compile(r"\b(?:can i|could i|should i|may i|is it ok|do i have to|kann ich|puis-je|puedo|posso)\b[^\n]*\?\s*$")
_TERM_ONLY = re.compile(r"^[\w /\-]{2,30}\?$")


@dataclass(frozen=True, slots=True)
class Said:
    """What the other readers found, as far as the intent depends on it."""

    error: bool
    client: bool
    provider: bool
    domain: bool
    host: bool
    port: bool
    security: bool
    term: bool
    corrects: bool
    code: bool = False  # the error has a number in it


def intent(low: str, said: Said, asked: str | None) -> Intent:
    """`low`: the text in lower case. Short replies are judged as such first; then errors; then what is asked for."""
    short = len(low.split()) <= 14
    works = talk.WORKS.search(low) is not None and talk.STILL.search(low) is None
    facts = said.host or said.port or said.security or said.error or said.provider
    if talk.HUMAN.search(low) and len(low.split()) <= 30 and not said.error:
        return "human"
    if short and talk.CANCEL.search(low) and not said.error:
        return "cancel"
    if short and talk.RESTART.search(low) and not said.error:
        return "restart"
    if short and talk.GREETING.search(low):
        return "greeting"
    thanks = talk.THANKS.search(low) is not None
    question = talk.QUESTION.search(low) is not None
    if (
        not said.error
        and not question
        and short
        and (
            works
            or (
                thanks
                and not said.host
                and not said.port
                and talk.PROBLEM.search(low) is None
                and talk.CONFIGURE.search(low) is None
                and talk.LOOKUP.search(low) is None
            )
        )
    ):
        return "thanks"
    if (
        said.corrects
        and (said.host or said.port or said.security or said.client or said.provider or said.domain)
        and len(low.split()) <= 25
        and not (said.error and _CORRECTION_FIRST.match(low) is None)
    ):
        return "correction"
    if said.error and not said.code and (_ABOUT_WORDS.search(low) or (_MAY.search(low) and not said.client)):
        return "question"
    if said.error:
        return "fix_error"
    if talk.STILL.search(low) and not question:
        return "fix_error"
    bare = said.host or said.port or said.security or said.client or said.provider or said.domain
    if asked is not None and bare and short and not question and talk.CONFIGURE.search(low) is None:
        return "fix_error"
    problem = talk.PROBLEM.search(low) is not None
    off = talk.OFF.search(low) is not None
    configure = talk.CONFIGURE.search(low) is not None
    lookup = talk.LOOKUP.search(low) is not None
    mail = talk.MAIL.search(low) is not None or facts
    if off and not lookup and not (problem and re.search(r"\bsend|smtp|outgoing", low)) and not said.host and not said.port:
        return "off_topic"
    if (
        problem
        and mail
        and not (question and said.term and not said.client)
        and not (configure and not re.search(r"(?:can'?t|cannot|error|fail|not work|problem|doesn't)", low))
    ):
        return "fix_error"
    if configure and (said.client or said.host or (said.provider and not _ASKS_PORT.search(low)) or mail):
        return (
            "configure"
            if (said.client or not (said.provider and lookup)) or re.search(r"step|set ?up|how (?:do|to|can)", low)
            else "lookup"
        )
    if lookup and (said.provider or said.domain or said.host) and not (question and said.term and not said.provider):
        return "configure" if said.client and not _ASKS_PORT.search(low) else "lookup"
    if question and (said.term or mail):
        return "question"
    if re.search(r"\b(?:is|are|does|can|should|will|would)\b[^\n?]*\?\s*$", low) and mail and not lookup:
        return "question"
    if said.term and (_TERM_ONLY.search(low.strip()) or low.rstrip().endswith("?")):
        return "question"
    if problem and (said.client or said.provider or asked):
        return "fix_error"
    if said.client and (said.host or said.port or said.security or said.provider):
        return "configure"
    if said.host or said.port or said.security:
        return "configure"
    if said.domain or said.provider:
        return "lookup"
    if asked is not None and asked != "other":
        return "fix_error"
    if lookup and mail:
        return "lookup"
    if said.client and mail:
        return "configure"
    return "off_topic"
