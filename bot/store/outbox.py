"""Which effects come in which order, under which ids and keys? Pure; the stores only write down what this says."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.conversation.model import AnyEffect, Conversation, Edit, HandOff, Post, Probe, Wake
from bot.store.port import ClaimedEffect

KEY_LETTERS = 24  # Discord takes at most 25 ASCII characters as a nonce


def in_order(effect: AnyEffect) -> bool:
    """Whether it must wait for the earlier ones of its conversation: what people see does, what works beside does not."""
    return isinstance(effect, Post | Edit | HandOff)


def asks(effect: AnyEffect) -> bool:
    """Whether it is the message of a question, whose buttons a later `Edit` of "" settles."""
    return isinstance(effect, Post) and (effect.reply.asks is not None or bool(effect.reply.choices))


def numbered(effects: Sequence[AnyEffect], read_version: int, last_question: str) -> tuple[AnyEffect, ...]:
    """The effects of one step with ids ("<version>.<n>" where the step gave none) and `Edit.of` "" turned into the last question's id.

    An `Edit` of "" where nothing was ever asked is left out: there is nothing to settle. Stepping again gives the same ids.
    """
    ready: list[AnyEffect] = []
    for number, effect in enumerate(effects):
        named = replace(effect, id=effect.id or f"{read_version}.{number}")
        if isinstance(named, Edit) and not named.of:
            if not last_question:
                continue
            named = replace(named, of=last_question)
        if asks(named):
            last_question = named.id
        ready.append(named)
    return tuple(ready)


def last_question_after(effects: Iterable[AnyEffect], before: str) -> str:
    for effect in effects:
        if asks(effect):
            before = effect.id
    return before


def key(birth: str, conversation: str, effect: str) -> str:
    """The effect's name for ever, 24 letters and digits. `birth` is drawn once for a conversation: one that was forgotten and begun
    again under the same name must not find the messages of its earlier life."""
    digest = hashlib.sha256("\0".join((birth, conversation, effect)).encode("utf-8", "replace")).digest()
    return base64.b32encode(digest[:15]).decode("ascii").lower()


def durable(effects: Iterable[AnyEffect]) -> tuple[Post | Edit | Probe | HandOff, ...]:
    """What goes through the outbox; wakes have a table of their own."""
    return tuple(effect for effect in effects if not isinstance(effect, Wake))


def claimed(
    talk: Conversation,
    effect: AnyEffect,
    key: str,
    fence: int,
    attempts: int,
    posted: Mapping[str, str],
    until: datetime.datetime,
) -> ClaimedEffect:
    """What whoever claimed it is given; of `talk` only who and where it is."""
    again = attempts > 1
    return ClaimedEffect(talk.key, talk.channel, talk.place, effect, key, fence, attempts, again, posted, until, talk.asker, talk.workspace)
