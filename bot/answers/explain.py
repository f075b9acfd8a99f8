"""What does an error text mean? Findings for a text alone, as the contract's JSON and as blocks. Pure."""

from __future__ import annotations

import datetime
from typing import Any

from bot.answers.diagnosis import candidates_spans, diagnosis_blocks, findings_json
from bot.answers.wording import spans
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.diagnose import diagnose, recognised
from bot.diagnosis.model import Situation
from bot.observations import Observations
from bot.redaction import SafeText
from bot.reply import Block, Paragraph
from knowledge.index import Index

_SHOWN = 5
_LINE = 300  # characters; a longer text is a paste


def situation_of(text: SafeText, index: Index, client: str | None = None, provider: str | None = None) -> tuple[Situation, Observations]:
    """The text as an error, with what it says besides (server, port, program …); given ids win over what is read.

    A line or two names at most a program and a provider, which the index finds at once; only a paste is worth the reader, whose patterns
    take longer to load than all the rest of `explain`.
    """
    if len(text.text) <= _LINE and text.text.count("\n") < 2:
        return _of_a_line(text.text, index, client, provider), Observations()
    from bot.reading import read

    reading = read(text, index, asked="error")
    situation = Situation(
        host=reading.host,
        port=reading.port,
        security=reading.security,
        client=client or reading.client,
        provider=provider or reading.provider,
        address_domain=reading.address_domain,
        error=text.text,
    )
    return situation, Observations(reading.observations)


def _of_a_line(text: str, index: Index, client: str | None, provider: str | None) -> Situation:
    programs = index.client_names_in(text)
    named = index.by_name(text) if provider is None else None
    return Situation(
        client=client or (programs[0][2] if programs else None),
        provider=provider or (named.id if named is not None else None),
        error=text,
    )


def explain_json(
    text: SafeText, index: Index, today: datetime.date, client: str | None = None, provider: str | None = None
) -> dict[str, Any]:
    """The contract's `explain` object. `recognised` is false where no finding reaches `ACT_AT`; candidates may be listed all the same."""
    situation, seen = situation_of(text, index, client, provider)
    findings = diagnose(situation, seen, index)[:_SHOWN]
    recognition = recognised(situation)
    return {
        "schema": 1,
        "recognised": any((finding.confidence or 0) >= ACT_AT for finding in findings),
        "findings": list(findings_json(findings, situation, seen, index, today)),
        "reply_code": recognition.reply_code,
        "enhanced_code": recognition.enhanced_code,
    }


def explain_blocks(
    text: SafeText, index: Index, today: datetime.date, client: str | None = None, provider: str | None = None
) -> tuple[bool, tuple[Block, ...]]:
    """(recognised, blocks): the diagnosis, or an honest sentence with the candidates."""
    situation, seen = situation_of(text, index, client, provider)
    findings = diagnose(situation, seen, index)
    if findings and (findings[0].confidence or 0) >= ACT_AT:
        return True, diagnosis_blocks(findings, situation, seen, index, today)
    if not recognised(situation).about_mail:
        return False, (Paragraph(spans(index, "answers.not_mail")),)
    blocks: list[Block] = [Paragraph(spans(index, "answers.not_recognised"))]
    if findings:
        blocks.append(Paragraph(candidates_spans(findings, index)))
    return False, tuple(blocks)
