"""How are the replies of the talk put together? Questions, diagnoses, settings, summaries. Pure; decides nothing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from bot import observations as o
from bot.answers.diagnosis import candidates_spans, diagnosis_blocks, findings_json, setting_json
from bot.answers.evidence import evidence, evidence_text
from bot.answers.lookup import look_up, lookup_blocks, settings_table
from bot.answers.wording import paragraph, spans
from bot.conversation.model import Conversation
from bot.conversation.questions import Worth, choices_for
from bot.conversation.slots import observations_of, situation_of
from bot.diagnosis.advice import advise, client_of, mode_name
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.diagnose import provider_of
from bot.diagnosis.model import Finding, Situation
from bot.diagnosis.survey import best, survey
from bot.observations import Observations
from bot.reply import Block, Bullets, Choice, Code, Literal, Paragraph, Preformatted, Reply, Spans, Steps, Text
from knowledge.index import Index
from knowledge.model import Server
from knowledge.terms import Endpoint, Security

_SUMMARY_LINES = 12
# Of the bot's own lines in a summary, so much is enough to know which one it was.
_OWN_LINE = 120
# A candidate below this is noise, and to name it would be no honest doubt.
_WORTH_NAMING = 0.2


def closing_choices(index: Index) -> tuple[Choice, ...]:
    """Under an answer: did it work?"""
    return tuple(Choice(name, index.phrase(f"talk.choice.{name}")) for name in ("works", "still_fails", "person"))


def _watch_choice(first: Finding, seen: Observations, index: Index) -> tuple[Choice, ...]:
    """A server that takes no mail just now may do so later."""
    views = survey(seen)
    down = first.cause.startswith(("net.", "server.")) and bool(views) and best(views, login=False) is None
    return (Choice("watch", index.phrase("talk.choice.watch")),) if down else ()


def question(worth: Worth, situation: Situation, findings: Sequence[Finding], turn: int, index: Index) -> Reply:
    """One question, with the causes in play where there are some to tell."""
    blocks: list[Block] = [paragraph(index, worth.phrase, **question_values(worth.phrase, situation))]
    in_play = [finding for finding in findings if (finding.confidence or 0) >= ACT_AT / 2]
    if len(in_play) > 1:
        blocks.append(Paragraph(candidates_spans(in_play, index)))
    return Reply(tuple(blocks), asks=worth.slot, choices=choices_for(worth.slot, index), turn=turn)


def question_values(phrase: str, situation: Situation) -> dict[str, Literal]:
    """What a question's phrase is filled with: the words that say too little."""
    return {"code": Literal(situation.error or "")} if phrase in ("talk.ask.error_rest", "talk.ask.error_words") else {}


def diagnosis(
    findings: Sequence[Finding], situation: Situation, seen: Observations, turn: int, index: Index, today: datetime.date
) -> Reply:
    """The answer, with its JSON and the closing choices."""
    advice = advise(findings[0], situation, seen, index, today)
    return Reply(
        (*diagnosis_blocks(findings, situation, seen, index, today), paragraph(index, "talk.what_now")),
        choices=(*closing_choices(index), *_watch_choice(findings[0], seen, index)),
        findings=findings_json(findings, situation, seen, index, today),
        settings=setting_json(advice, index),
        turn=turn,
        final=True,
    )


def waiting(phrase: str, host: str, turn: int, index: Index) -> Reply:
    """It is for somebody else to act, and nothing that the person enters will change that."""
    return Reply(
        (paragraph(index, phrase, host=Code(host)), paragraph(index, "talk.offer_person")),
        choices=(*closing_choices(index), Choice("watch", index.phrase("talk.choice.watch"))),
        turn=turn,
        final=True,
    )


def server_is_fine(situation: Situation, seen: Observations, turn: int, index: Index) -> Reply | None:
    """Nothing is wrong at the server: the settings that were seen to work there. None where nothing was seen to work."""
    view = best(survey(seen), near=situation.port)
    if view is None or view.speaks is None:
        return None
    server = Server(Endpoint(view.host, view.port, view.speaks))
    return Reply(
        (
            paragraph(index, "talk.all_right"),
            settings_table(server, provider_of(situation, index), index),
            paragraph(index, "talk.all_right_next"),
            paragraph(index, "talk.offer_person"),
        ),
        choices=closing_choices(index),
        turn=turn,
        final=True,
    )


def nothing_to_go_on(situation: Situation, turn: int, index: Index) -> Reply:
    """Neither words of an error nor a server: what would help, and how the person's program shows it."""
    client = client_of(situation, index)
    blocks: list[Block] = [paragraph(index, "talk.nothing_to_go_on")]
    if client is not None and client.open:
        blocks.append(Bullets(tuple((Text(line),) for line in (*client.open, client.tests_by) if line)))
    blocks.append(paragraph(index, "talk.offer_person"))
    return Reply(tuple(blocks), choices=closing_choices(index)[1:], turn=turn, final=True)


def unknown(findings: Sequence[Finding], situation: Situation, seen: Observations, turn: int, index: Index, today: datetime.date) -> Reply:
    """Honest doubt: what was ruled out, what was seen to work and is not entered or else what the provider states, the candidates, and
    a person."""
    ruled_out = ruled_out_text(seen, index)
    first = paragraph(index, "talk.unknown_error", ruled_out=ruled_out) if ruled_out else paragraph(index, "talk.unknown_error_nothing")
    blocks: list[Block] = [first]
    view = best(survey(seen), near=situation.port)
    if view is not None and view.speaks is not None and (view.port, view.speaks) != (situation.port, situation.security):
        blocks.append(paragraph(index, "talk.works_from_here"))
        blocks.append(settings_table(Server(Endpoint(view.host, view.port, view.speaks)), provider_of(situation, index), index))
    elif view is None and (provider := provider_of(situation, index)) is not None and provider.servers:
        blocks.append(paragraph(index, "talk.compare_settings"))
        blocks += lookup_blocks(look_up(provider.id, index, situation.client), index, today)
    likely = [finding for finding in findings if (finding.confidence or 0) >= _WORTH_NAMING]
    if likely:
        blocks.append(Paragraph(candidates_spans(likely, index)))
    blocks.append(paragraph(index, "talk.offer_person"))
    return Reply(tuple(blocks), choices=closing_choices(index)[1:], turn=turn, final=True)


def ruled_out_text(seen: Observations, index: Index) -> str:
    """What was seen to be in order, in a line; "" where nothing was looked at."""
    good: list[o.Observation] = []
    for view in survey(seen):
        if view.works:
            shown = view.fact(o.CertificateShown)
            login = view.ehlo(under_tls=True)
            good.extend(fact for fact in (shown, login) if fact is not None)
    return " ".join(evidence_text(fact, index) for fact in good[:4])


def way(steps: Sequence[Steps], turn: int, index: Index) -> Reply:
    """The steps alone, for who did not find the place."""
    return Reply((paragraph(index, "talk.way"), *steps, paragraph(index, "talk.way_differs")), choices=closing_choices(index), turn=turn)


def term(id: str, index: Index) -> tuple[Block, ...]:
    """A word explained."""
    found = index.knowledge.terms[id]
    return (Paragraph((Text(found.text),)),)


def settings_spans(conversation: Conversation, index: Index) -> Spans:
    """What is known of the person's settings, in a line."""
    situation = situation_of(conversation)
    client, provider = client_of(situation, index), provider_of(situation, index)
    parts: list[str] = []
    if client is not None:
        parts.append(client.name)
    if provider is not None:
        parts.append(provider.name)
    if situation.host is not None:
        parts.append(situation.host)
    if situation.port is not None:
        parts.append(f"{index.phrase('answers.setting.port')} {situation.port}")
    if situation.security is not None:
        parts.append(mode_name(Security(situation.security), client, index))
    return (Literal(", ".join(parts)),) if parts else spans(index, "talk.summary.none")


def summary(conversation: Conversation, index: Index) -> Reply:
    """All that a person needs who takes over: the problem, the settings, what was seen and advised, the last lines. No secrets:
    everything here was made safe when it came in."""
    situation, seen = situation_of(conversation), observations_of(conversation)
    blocks: list[Block] = []
    problem = situation.error or next((line.text for line in conversation.transcript if line.who == "person"), "")
    none = spans(index, "talk.summary.none")
    blocks.append(Paragraph(_filled(index, "talk.summary.problem", (Code(problem),) if problem else none)))
    blocks.append(Paragraph(_filled(index, "talk.summary.settings", settings_spans(conversation, index))))
    facts = [fact for fact in seen if not isinstance(fact, (o.TcpConnected, o.NameResolved))]
    if facts:
        blocks.append(Bullets(tuple(evidence(fact, index) for fact in facts[:8]), spans(index, "talk.summary.seen")))
    told = [index.knowledge.causes[id].title for id in conversation.told if id in index.knowledge.causes]
    if told:
        blocks.append(paragraph(index, "talk.summary.told", text=Text("; ".join(told))))
    lines = [
        f"< {line.text}" if line.who == "person" else f"> {shortened(line.text, _OWN_LINE)}"
        for line in conversation.transcript[-_SUMMARY_LINES:]
    ]
    if lines:
        blocks.append(paragraph(index, "talk.summary.transcript"))
        blocks.append(Preformatted("\n".join(lines)))
    return Reply(tuple(blocks), handoff=True)


def shortened(text: str, length: int) -> str:
    """In one line, and at most so long; where something is left out, it shows."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def _filled(index: Index, phrase: str, text: Spans) -> Spans:
    before, _, after = index.knowledge.phrases[phrase].partition("{text}")
    return (Text(before), *text, Text(after)) if after else (Text(before), *text)
