"""What is done where somebody asks how their domain stands (SPF, DKIM, DMARC, reverse name, lists)? A look at the DNS, told in words. Pure.

A question that names a domain is the reason to look; without a domain the word itself is explained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import observations as o
from bot.answers.diagnosis import diagnosis_blocks
from bot.answers.evidence import evidence
from bot.answers.wording import paragraph
from bot.conversation import reasons, replies
from bot.conversation.model import ProbeRequest, State
from bot.diagnosis.rules import policy
from bot.reading.model import Reading
from bot.reply import Block, Bullets, Code, Reply

if TYPE_CHECKING:
    from bot.conversation.turn import Turn

# The glossary's words for what a domain's DNS says.
_ASKED_OF_A_DOMAIN = frozenset({"spf", "dkim", "dmarc", "mta_sts", "mx", "ptr", "blocklist"})
_SHOWN = (
    o.MailExchangersFound,
    o.SpfChecked,
    o.DkimKeyChecked,
    o.DmarcChecked,
    o.MtaStsChecked,
    o.TlsaChecked,
    o.TlsReportingChecked,
    o.ReverseNameChecked,
    o.BlocklistAnswered,
)
_ASKED = "records:"


def look(turn: Turn, reading: Reading, text: str) -> bool:
    """Whether the question was about the records of a domain that it names: then a look at them has begun, or their news is told."""
    domain = reading.address_domain
    if reading.term not in _ASKED_OF_A_DOMAIN or domain is None or turn.conversation.probe is not None:
        return False
    turn.flag(_ASKED + domain)
    turn.probe(ProbeRequest(None, domain=domain, policy=True, outgoing=reasons.outgoing_address(text), selector=reasons.selector(text)))
    return True


def tell(turn: Turn) -> bool:
    """Whether the look that has come back was one for such a question: then its facts are told, and what is wrong with them."""
    domain = next((flag.removeprefix(_ASKED) for flag in turn.conversation.flags if flag.startswith(_ASKED)), None)
    if domain is None:
        return False
    turn.unflag(_ASKED + domain, f"probed:{domain}")
    facts = tuple(fact for fact in turn.seen if isinstance(fact, _SHOWN) and getattr(fact, "domain", domain) == domain)
    if not facts:
        turn.say_phrase("talk.records.nothing", domain=domain)
        return True
    told = tuple(evidence(fact, turn.index) for fact in facts)
    blocks: tuple[Block, ...] = (paragraph(turn.index, "talk.records.seen", domain=Code(domain)), Bullets(told))
    findings = tuple(finding for rule in policy.RULES if (finding := rule(turn.seen, turn.situation)) is not None)
    if not findings:
        turn.set(state=State.IDLE)
        turn.say(Reply(blocks))
        return True
    number = turn.conversation.turn + 1
    turn.set(turn=number, state=State.ADVISED, told=(*turn.conversation.told, findings[0].cause))
    advice = diagnosis_blocks(findings[:1], turn.situation, turn.seen, turn.index, turn.today)
    turn.say(Reply((*blocks, *advice), choices=replies.closing_choices(turn.index), turn=number, final=True))
    return True
