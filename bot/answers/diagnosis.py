"""How is a diagnosis told? Findings with their advice as blocks (for people) and as the contract's JSON."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.answers.evidence import evidence_lines
from bot.answers.forward import forward_text
from bot.answers.wording import instructions, spans
from bot.diagnosis.advice import BOTH_SIDES, SOME_SITES, Advice, advise, username_of
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.model import Finding, Situation
from bot.observations import Observations
from bot.reply import (
    Block,
    Bullets,
    Code,
    Emphasis,
    Evidence,
    Paragraph,
    Preformatted,
    SourceLine,
    Sources,
    Spans,
    Text,
    spans_text,
)
from knowledge.index import Index
from knowledge.terms import Source

# How near a second finding must come to the first to be told as equally likely.
_CLOSE = 0.75
# From here on a first finding stands alone beside others that are far behind.
_SURE = 0.85


def findings_json(
    findings: Sequence[Finding], situation: Situation, seen: Observations, index: Index, today: datetime.date
) -> tuple[Mapping[str, Any], ...]:
    """The contract's `finding` objects, best first."""
    return tuple(_finding_json(f, advise(f, situation, seen, index, today), index) for f in findings)


def _finding_json(finding: Finding, advice: Advice, index: Index) -> dict[str, Any]:
    return {
        "cause": finding.cause,
        "confidence": round(finding.confidence or 0.0, 3),
        "title": advice.cause.title,
        "evidence": [spans_text(line) for line in evidence_lines(finding.evidence, index)],
        "steps": [{"text": step.text, "url": step.url} for step in advice.steps],
        "verify": advice.cause.verify,
        "sources": [source_json(source) for source in advice.sources],
    }


def source_json(source: Source) -> dict[str, Any]:
    """The day is cut to the month, which is what the contract states; an undated source stays undated."""
    return {"url": source.url, "checked": source.checked[:7] if source.checked else None}


def setting_json(advice: Advice, index: Index) -> dict[str, Any] | None:
    """The contract's `setting` the person ends up with, or None where the endpoint is not known."""
    target, provider = advice.target, advice.provider
    if target is None:
        return None
    server = next((s for s in provider.servers if s.endpoint == target), None) if provider is not None else None
    need = provider.app_password.need if provider is not None and provider.app_password is not None else "unknown"
    return {
        "host": target.host,
        "port": target.port,
        "security": target.security.value,
        "auth": list(server.auth) if server is not None else [],
        "username": username_of(provider, index) if provider is not None and server is not None else None,
        "app_password": {"required": True, "none": False}.get(need),
        "preferred": True,
    }


def diagnosis_blocks(
    findings: Sequence[Finding], situation: Situation, seen: Observations, index: Index, today: datetime.date
) -> tuple[Block, ...]:
    """The whole answer: whose side, what was seen, the cause, the smallest change, the steps, how to check, the next likely cause."""
    first = findings[0]
    advice = advise(first, situation, seen, index, today)
    blocks: list[Block] = [
        Paragraph((*spans(index, f"answers.side.{_side(advice)}"), Emphasis(_stop(advice.cause.title)))),
        Paragraph((Text(_meaning(advice, index)),)),
    ]
    if first.evidence:
        blocks.append(Evidence(evidence_lines(first.evidence, index)))
    blocks.extend(advice_blocks(advice, first, situation, index))
    sure = (first.confidence or 0) >= _SURE
    near = (f for f in findings[1:] if (f.confidence or 0) >= (_CLOSE * (first.confidence or 1) if sure else ACT_AT))
    second = next(near, None)
    if second is not None:
        other = advise(second, situation, seen, index, today)
        if not other.changes or other.changes != advice.changes:  # the same change again helps nobody
            blocks.extend(_second(second, other, index))
    blocks.append(sources_block(advice.sources))
    return tuple(blocks)


def _side(advice: Advice) -> str:
    """Whose side it is, as the phrase's name: who can change it, and that it is the recipient's also where the person can do something.
    "server" where nobody can reach it: no setting of the person's program is to blame, but the name may be; "some" where only some can."""
    if _is_gone(advice):
        return "server"
    if advice.site == SOME_SITES:
        return "some"
    who = advice.fix.who if advice.fix is not None else advice.cause.whose_side
    return "recipient_you" if who == "you" and advice.cause.whose_side == "recipient" else who


def _meaning(advice: Advice, index: Index) -> str:
    if _is_gone(advice):
        return index.phrase("answers.nobody_home")
    return index.phrase("answers.some_sites") if advice.site == SOME_SITES else advice.cause.meaning


def _is_gone(advice: Advice) -> bool:
    return advice.site == BOTH_SIDES and advice.cause.id.startswith("net.")


def advice_blocks(advice: Advice, finding: Finding, situation: Situation, index: Index) -> Iterable[Block]:
    """The smallest change, the steps, a snippet where several lines change, the provider's traps, how to check, what to send on."""
    if advice.changes:
        yield Paragraph(change_spans(advice, index))
    if advice.steps:
        yield instructions(advice.steps)
    if advice.snippet is not None:
        yield Preformatted(advice.snippet[1], advice.snippet[0])
    if advice.traps:
        yield Bullets(tuple((Text(trap.text),) for trap in advice.traps[:3]), spans(index, "answers.mind"))
    if advice.client is not None and advice.client.notes and not advice.changes and not advice.steps:
        yield Bullets(tuple((Text(note),) for note in advice.client.notes[:2]))
    if advice.cause.verify:
        yield Paragraph((*spans(index, "answers.verify"), Text(advice.cause.verify)))
    who = advice.fix.who if advice.fix is not None else advice.cause.whose_side
    request = (advice.fix.forward if advice.fix is not None else "") or advice.cause.forward
    if who != "you" and (message := forward_text(request, finding, situation, index)):
        yield Paragraph(spans(index, "answers.forward"))
        yield Preformatted(message)


def change_spans(advice: Advice, index: Index) -> Spans:
    """ "Change only this: port 465 -> 587"."""
    found: list[Any] = list(spans(index, "answers.change_only" if len(advice.changes) == 1 else "answers.change_these"))
    for number, change in enumerate(advice.changes):
        found.append(Text("; " if number else ""))
        name = index.phrase(f"answers.setting.{change.setting}")
        if change.was is not None:
            found.extend(spans(index, "answers.from_to", setting=Text(name), was=Code(change.was), value=Code(change.shown)))
        else:
            found.extend(spans(index, "answers.to", setting=Text(name), value=Code(change.shown)))
    found.append(Text("."))
    return tuple(found)


def _second(finding: Finding, advice: Advice, index: Index) -> Iterable[Block]:
    yield Paragraph((*spans(index, "answers.second"), Emphasis(_stop(advice.cause.title)), Text(" "), Text(advice.cause.meaning)))
    if advice.changes:
        yield Paragraph(change_spans(advice, index))
    elif advice.steps:
        yield Paragraph((Text(advice.steps[0].text),))


def candidates_spans(findings: Sequence[Finding], index: Index) -> Spans:
    """The two or three causes in play, in a line."""
    titles = [index.knowledge.causes[f.cause].title for f in findings[:3]]
    found: list[Any] = list(spans(index, "answers.in_play"))
    for number, title in enumerate(titles):
        found.append(Text(("; " if number else "") + title[:1].lower() + title[1:]))
    found.append(Text("."))
    return tuple(found)


def sources_block(sources: Iterable[Source]) -> Sources:
    return Sources(tuple(SourceLine(source.url, source.checked) for source in sources))


def _stop(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else sentence + "."
