"""What is said before the answer itself? Secrets, corrections, misspelt servers, outdated advice. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.answers.wording import paragraph
from bot.conversation.slots import Correction
from bot.diagnosis.advice import mode_word
from bot.diagnosis.diagnose import provider_of
from bot.diagnosis.fixes import is_dead
from bot.diagnosis.model import Finding, Situation
from bot.diagnosis.survey import survey
from bot.observations import Observations
from bot.reading.model import Reading
from bot.redaction import NAMES, SafeText, Secret
from bot.reply import Block, Code, Paragraph, Reply, Text
from knowledge.terms import Security

if TYPE_CHECKING:
    from bot.conversation.turn import Turn

# The faults of the way to the server, as the person's program tells them.
_WAY = frozenset({"net.connect_failed", "net.refused", "net.timeout", "net.unreachable", "net.closed", "net.not_smtp"})


# Where mail is fetched from, by port and by how such servers' names begin.
_FETCHING_PORTS = {993: "IMAP", 143: "IMAP", 995: "POP3", 110: "POP3"}
_FETCHING = ("IMAP", "POP3", "POP")


def warn_of_secrets(turn: Turn, *texts: SafeText) -> None:
    """To the person alone: what was removed and from which line, and where to revoke it: at whose key it is, else at their provider."""
    told = ", ".join(dict.fromkeys(_named(turn, text, secret) for text in texts for secret in text.secrets))
    blocks: list[Block] = [paragraph(turn.index, "talk.secret", kinds=Text(told))]
    makers = [turn.index.provider(secret.provider) for text in texts for secret in text.secrets if secret.provider]
    pages = (one.app_password.url for one in makers or [provider_of(turn.situation, turn.index)] if one and one.app_password)
    blocks += [paragraph(turn.index, "talk.secret_where", url=Text(url)) for url in list(dict.fromkeys(pages))[:3] if url]
    turn.say(Reply(tuple(blocks), private=True))


def _named(turn: Turn, text: SafeText, secret: Secret) -> str:
    """ "password", and of a text with many lines "password (line 12)"."""
    kind = NAMES[secret.kind]
    if "\n" not in text.text.strip():
        return kind
    line = text.text.count("\n", 0, secret.start) + 1
    return turn.index.phrase("talk.secret_in_line", kind=kind, line=line)


def note_cut(turn: Turn, text: SafeText) -> None:
    """Only the beginning of a very long text was read."""
    if text.cut:
        turn.preface.append(paragraph(turn.index, "talk.cut"))


def note_corrections(turn: Turn, corrections: Iterable[Correction]) -> None:
    """What was taken, and what it was before."""
    for correction in corrections:
        turn.preface.append(
            paragraph(
                turn.index,
                "talk.corrected",
                setting=Text(turn.index.phrase(f"answers.slot.{correction.slot}")),
                value=Code(_shown(turn, correction.slot, correction.now)),
                was=Code(_shown(turn, correction.slot, correction.was)),
            )
        )


def _shown(turn: Turn, slot: str, value: str | int) -> str:
    if slot == "security":
        return mode_word(Security(str(value)), None, turn.index)
    if slot == "client" and (client := turn.index.client(str(value))) is not None:
        return client.name
    if slot == "provider" and (provider := turn.index.provider(str(value))) is not None:
        return provider.name
    return str(value)


def note_folklore(turn: Turn, reading: Reading) -> None:
    """Advice that is out of date is put right once, where it concerns this provider."""
    provider = provider_of(turn.situation, turn.index)
    for id in reading.folklore:
        entry = turn.index.knowledge.folklore.get(id)
        if entry is None or f"folklore:{id}" in turn.conversation.flags:
            continue
        if entry.providers and (provider is None or provider.id not in entry.providers):
            continue
        turn.flag(f"folklore:{id}")
        turn.preface.append(Paragraph((Text(entry.says_on(turn.today.isoformat())),)))


def note_typo(turn: Turn, reading: Reading) -> None:
    """A misspelt server is named as the likely fault, and not mended."""
    if reading.host_typo is not None:
        typo = reading.host_typo
        turn.preface.append(paragraph(turn.index, "talk.typo", said=Code(typo.said), meant=Code(typo.meant)))


def note_elsewhere(turn: Turn, first: Finding) -> None:
    """ "It works in webmail": then it is not simply the password, and not the server. Said once."""
    kind = "login" if first.cause in ("auth.bad_credentials", "auth.app_password_required") else "way" if first.cause in _WAY else None
    if kind is not None and "works_elsewhere" in turn.conversation.flags and "said_elsewhere" not in turn.conversation.flags:
        turn.flag("said_elsewhere")
        turn.preface.append(paragraph(turn.index, f"talk.works_elsewhere.{kind}"))


def note_incoming(turn: Turn, situation: Situation) -> None:
    """The name or the port that is entered belongs to fetching mail. Said once."""
    protocol = _FETCHING_PORTS.get(situation.port or 0) or next(
        (p for p in _FETCHING if (situation.host or "").startswith(p.lower())), None
    )
    if protocol is None or situation.host is None or "said_incoming" in turn.conversation.flags:
        return
    turn.flag("said_incoming")
    entered = situation.host if situation.port not in _FETCHING_PORTS else f"{situation.host}:{situation.port}"
    turn.preface.append(paragraph(turn.index, "talk.incoming", entered=Code(entered), protocol=protocol))


def note_dead_server(turn: Turn, first: Finding, situation: Situation, seen: Observations) -> None:
    """Where the name leads to no mail server at all, that is the first thing to say."""
    views = survey(seen)
    if first.cause == "net.not_smtp" and situation.host is not None and len(views) > 1 and all(is_dead(view) for view in views):
        ports = ", ".join(str(port) for port in sorted({view.port for view in views}))
        turn.preface.append(paragraph(turn.index, "talk.no_mail_server", host=Code(situation.host), ports=Text(ports)))
