"""What does a text mean for the talk? One move out of a reading and the state it meets. Pure."""

from __future__ import annotations

from enum import Enum, auto

from bot.conversation.model import Conversation, State
from bot.conversation.slots import said
from bot.reading.model import Reading, Slot


class Move(Enum):
    """What an event means for the talk."""

    FACTS = auto()  # something about the problem or the settings
    NEW_ERROR = auto()  # facts with an error that is not the one already told
    SETTINGS = auto()  # wants settings, has no fault
    DONT_KNOW = auto()
    QUESTION = auto()  # a side question
    ASIDE = auto()  # asks for settings in the middle of looking for a fault
    WORKS = auto()
    STILL_FAILS = auto()
    WAY = auto()  # does not find the place that the answer named
    THANKS = auto()
    GREETING = auto()
    OFF_TOPIC = auto()
    CANCEL = auto()
    RESTART = auto()
    HUMAN = auto()
    STOP = auto()
    STALE = auto()
    RESUME = auto()
    WATCH = auto()  # wants to be told something later
    UNWATCH = auto()
    NOTHING = auto()


def move_of(before: Conversation, reading: Reading, *, asks: bool) -> Move:
    """What a text means. Orders first (they always work), then facts, then the rest."""
    facts = said(reading)
    if reading.watch is not None:
        return Move.UNWATCH if reading.watch == "off" else Move.WATCH
    orders = {"cancel": Move.CANCEL, "restart": Move.RESTART, "human": Move.HUMAN}
    if reading.intent in orders:
        return orders[reading.intent]
    if before.state is State.HANDED_OFF:
        return Move.RESUME
    begins = before.state is State.IDLE and before.turn == 0 and before.problem == 0 and bool(facts)
    if reading.outcome == "works" and "error" not in facts and not begins:  # who begins with "from my own it works" has a problem
        return Move.WORKS
    if reading.outcome == "still_fails" and "error" not in facts:
        return Move.FACTS if _in_another_program(before, facts) else Move.STILL_FAILS
    if reading.changed and reading.outcome is None and not facts and before.state is State.ADVISED:
        return Move.STILL_FAILS  # "changed it, try again": a fresh look tells
    if reading.reaction is not None and before.state is State.ADVISED and not _brings_news(before, facts):
        return Move.STILL_FAILS if reading.reaction == "done_before" else Move.WAY
    if reading.unknown and not facts:
        return Move.DONT_KNOW
    if reading.intent == "question" and not _answers(before, facts):
        return Move.QUESTION
    if reading.intent == "lookup" and asks and "host" not in facts and _in_the_middle(before, facts):
        return Move.ASIDE
    if reading.intent in ("configure", "lookup") and not _answers(before, facts) and not _about_a_fault(before, facts):
        return Move.SETTINGS
    if "error" in facts:
        known = before.slots.error
        return Move.NEW_ERROR if known is None or known.value != facts["error"] else Move.FACTS
    beside = reading.own_server or reading.works_elsewhere or reading.ambiguous_security
    if facts or reading.observations or beside or reading.intent in ("fix_error", "correction"):
        return Move.FACTS
    plain = {"thanks": Move.THANKS, "greeting": Move.GREETING}
    return plain.get(reading.intent, Move.OFF_TOPIC)


def works_in_another(before: Conversation, reading: Reading) -> bool:
    """ "But in Thunderbird it works", where the fault is in a printer: no success, but a word about the account."""
    known = before.slots.client
    if reading.outcome != "works" or reading.client is None or known is None or before.state is not State.ADVISED:
        return False
    mine, other = str(known.value), reading.client
    return mine != "other" and not other.startswith(mine) and not mine.startswith(other)


def _in_another_program(before: Conversation, facts: dict[Slot, str | int]) -> bool:
    """ "The same error in our printer": the same fault, to be mended in other menus."""
    client = before.slots.client
    return client is not None and facts.get("client", client.value) != client.value


def _brings_news(before: Conversation, facts: dict[Slot, str | int]) -> bool:
    return any((known := before.slots.get(slot)) is None or known.value != value for slot, value in facts.items())


def _about_a_fault(before: Conversation, facts: dict[Slot, str | int]) -> bool:
    """In the middle of looking for a fault, a message with settings in it goes on with that, however it is worded."""
    if "configure" in before.flags or not facts or (before.slots.error is None and before.question is None):
        return False
    return before.state in (State.ASKING, State.PROBING) or (before.state is State.ADVISED and _same_account(before, facts))


def _same_account(before: Conversation, facts: dict[Slot, str | int]) -> bool:
    """Nothing that names an account is other than it was; what was not known before may belong to it."""
    naming: tuple[Slot, ...] = ("host", "provider", "address_domain")
    return all(known is None or facts.get(slot, known.value) == known.value for slot in naming for known in (before.slots.get(slot),))


def _in_the_middle(before: Conversation, facts: dict[Slot, str | int]) -> bool:
    """A fault is being looked for, or its answer was just given, and the account is still the same one."""
    provider = before.slots.provider
    same = provider is None or facts.get("provider", provider.value) == provider.value
    return "configure" not in before.flags and (before.state is State.ASKING or (before.state is State.ADVISED and same))


def _answers(before: Conversation, facts: dict[Slot, str | int]) -> bool:
    return before.question is not None and before.question.slot in facts
