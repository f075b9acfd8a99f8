"""What can be sent on to the one who can change it? The cause's own message, with the facts that person needs. Pure; adds no advice."""

from __future__ import annotations

from bot.answers.evidence import fact_text
from bot.diagnosis.model import Finding, Quote, Situation
from knowledge.index import Index

_MOST_FACTS = 3
_MOST_CHARACTERS = 400  # of the error's text; the reply itself stands at its beginning


def forward_text(request: str, finding: Finding, situation: Situation, index: Index) -> str:
    """The message ready to send: `request` (what is asked), the server in question, the error's words, what was seen. "" where nobody else
    can help."""
    if not request:
        return ""
    lines = [request]
    where = _server(situation, index)
    quoted = situation.error or next((item.text for item in finding.evidence if isinstance(item, Quote)), "")
    if where or quoted or finding.evidence:
        lines.append("")
    if where:
        lines.append(index.phrase("answers.forward_server", server=where))
    if quoted:
        lines.append(index.phrase("answers.forward_text", text=" ".join(quoted.split())[:_MOST_CHARACTERS]))
    seen = [fact_text(item, index) for item in finding.evidence if not isinstance(item, Quote)]
    lines.extend(index.phrase("answers.forward_seen", text=text) for text in seen[:_MOST_FACTS])
    return "\n".join(lines)


def _server(situation: Situation, index: Index) -> str:
    if situation.host is None:
        return ""
    mode = index.phrase(f"answers.mode_short.{situation.security.value}") if situation.security is not None else ""
    return ", ".join(part for part in (f"{situation.host}:{situation.port}" if situation.port else situation.host, mode) if part)
