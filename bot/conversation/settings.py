"""What is done where somebody wants settings and has no fault? Asks for what is missing, looks, tells. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.check import check_blocks, recommended_json
from bot.answers.lookup import look_up, lookup_blocks, settings_json
from bot.answers.wording import paragraph
from bot.conversation import replies
from bot.conversation.afterwards import explain_steps
from bot.conversation.model import ProbeRequest, State
from bot.conversation.questions import MAX_QUESTIONS, Worth
from bot.diagnosis.diagnose import diagnose, provider_of
from bot.diagnosis.model import Situation
from bot.reading.model import Reading
from bot.reply import Block, Reply, Steps, block_text

if TYPE_CHECKING:
    from bot.conversation.turn import Turn


def proceed(turn: Turn) -> None:
    """Whose server and which program, a look at a server that is in no entry, then the settings."""
    situation = turn.situation
    provider = None if situation.own_server else provider_of(situation, turn.index)
    skip = {*turn.conversation.dont_know, *turn.conversation.asked}
    wanted = situation.host or situation.address_domain
    if provider is None and wanted is not None and not turn.probed_already(wanted):
        host = situation.host
        turn.probe(ProbeRequest(host, situation.port, situation.security, None if host else situation.address_domain))
        return
    if provider is None and wanted is None and len(turn.conversation.asked) < MAX_QUESTIONS:
        for slot in ("provider", "address_domain", "host"):
            if slot not in skip:
                turn.ask(Worth(slot, f"talk.ask.{slot}", 1), ())
                return
    if situation.client is None and "lookup" not in turn.conversation.flags and "client" not in skip:
        turn.ask(Worth("client", "talk.configure_client", 1), ())
        return
    tell(turn, situation, provider.id if provider is not None else wanted)


def tell(turn: Turn, situation: Situation, query: str | None) -> None:
    """From the knowledge; else what a look found; and where there is nothing to enter, what is wrong there."""
    number = turn.conversation.turn + 1
    turn.set(turn=number, state=State.ADVISED, question=None)
    if query is None:
        turn.say(Reply((paragraph(turn.index, "talk.no_settings"),), final=True))
        return
    seen = turn.seen
    found = look_up(query, turn.index, situation.client, seen)
    if not found.found and situation.host is not None and turn.probed_already(situation.host):
        settings = recommended_json(seen, situation, turn.index)
        if settings is None and (findings := diagnose(situation, seen, turn.index)):
            turn.unflag("configure", "lookup")  # there is nothing to enter: what is wrong with the server is the answer
            turn.answer(findings)
            return
        turn.say(Reply(check_blocks(seen, situation, turn.index, turn.today), settings=settings, turn=number, final=True))
        return
    entries = settings_json(found, turn.index)
    said = tuple(block_text(block) for block in turn.preface)
    turn.say(Reply(lookup_blocks(found, turn.index, turn.today, said), settings=entries[0] if entries else None, turn=number, final=True))


def show_way(turn: Turn, reading: Reading) -> None:
    """Who does not find the place for the settings gets the steps of their program alone."""
    steps = tuple(block for block in _blocks(turn, reading) if isinstance(block, Steps))
    if steps and turn.situation.client is not None:
        turn.say(replies.way(steps, turn.conversation.turn, turn.index))
    else:
        explain_steps(turn)


def _blocks(turn: Turn, reading: Reading) -> tuple[Block, ...]:
    """The settings of the provider that is spoken of; () where there is none."""
    provider = provider_of(turn.situation, turn.index)
    query = reading.provider or reading.address_domain or (provider.id if provider is not None else None)
    return lookup_blocks(look_up(query, turn.index, turn.situation.client, turn.seen), turn.index, turn.today) if query is not None else ()


def tell_aside(turn: Turn, reading: Reading) -> None:
    """A lookup in the middle: its answer, then the open question where there is one."""
    blocks = _blocks(turn, reading)
    if turn.conversation.question is not None:
        turn.ask_again(*blocks)
    elif blocks:
        choices = replies.closing_choices(turn.index)
        turn.say(Reply(blocks, choices=choices, turn=turn.conversation.turn, final=True))
    else:
        explain_steps(turn)
