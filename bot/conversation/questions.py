"""What is worth asking? A slot is asked for only if the answer would change with it, found by trying its plausible values. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.diagnosis.advice import Advice, advise
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.diagnose import PROBE_HELPS, diagnose, provider_of
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.diagnosis.survey import at_port, survey
from bot.observations import Observations
from bot.reading.model import Slot
from bot.reply import Choice
from knowledge.index import Index
from knowledge.terms import MAIL_PORTS, Security

# A talk that asks more than this about one problem has lost the person; then it says what it can.
MAX_QUESTIONS = 5

# Values that lead to different advice, if anything does: the trial costs one `diagnose` each.
_TRIALS: dict[Slot, tuple[str | int, ...]] = {
    "port": (25, 465, 587),
    "security": tuple(Security),
    "provider": ("gmail", "microsoft365", "outlook.com", "yahoo", "ionos"),
    "client": ("outlook-classic", "thunderbird", "python-smtplib", "printer"),
}
_OFFERED: dict[Slot, tuple[str, ...]] = {
    "client": ("outlook", "thunderbird", "apple-mail", "ios-mail", "android-gmail", "printer", "wordpress", "other"),
    "provider": ("gmail", "microsoft365", "outlook.com", "yahoo", "icloud", "gmx"),
}


@dataclass(frozen=True, slots=True)
class Worth:
    """A slot worth asking for: the more the answers differ by it, the sooner it is asked for."""

    slot: Slot
    phrase: str
    weight: float


def worth_asking(
    situation: Situation,
    seen: Observations,
    findings: tuple[Finding, ...],
    known_not: Iterable[str],
    index: Index,
    today: datetime.date,
    *,
    asked: tuple[str, ...] = (),
    probed: bool = False,
    encrypted: bool = False,
) -> Worth | None:
    """The slot to ask for next, or None where nothing that is missing would change the answer.

    `known_not`: slots the person could not say. `asked`: slots asked for already; none is asked for twice, except the rest of an error
    text that was a bare code. `encrypted`: "TLS" was said, which is either mode and not none.
    """
    first = findings[0] if findings and (findings[0].confidence or 0) >= ACT_AT else None
    skip = set(known_not) | set(asked)
    found: list[Worth] = []
    if first is None and situation.error is None and "error" not in skip:
        found.append(Worth("error", "talk.ask.error", 100))
    if first is None and situation.error is not None and not {"error_rest", "error"} & set(known_not) and "error_rest" not in skip:
        if _only_a_code(situation.error):
            found.append(Worth("error", "talk.ask.error_rest", 95))
        elif "error" not in skip and only_a_complaint(situation.error):
            found.append(Worth("error", "talk.ask.error_words", 95))
    if _host_helps(situation, first, index, probed=probed) and "host" not in skip:
        found.append(Worth("host", "talk.ask.host", 90))
    if first is not None or probed:
        found.extend(_by_trial(situation, seen, skip, index, today, encrypted=encrypted))
    return max(found, key=lambda worth: worth.weight, default=None)


def _only_a_code(error: str) -> bool:
    """A code with hardly a word beside it, which many faults share."""
    return any(character.isdigit() for character in error) and sum(character.isalpha() for character in error) < 12


def only_a_complaint(error: str) -> bool:
    """Few words without a number or a quotation: what the person says of the failure, not what the program says."""
    return len(error.split()) <= 14 and not any(character.isdigit() or character in ":\"'([{<" for character in error)


def _host_helps(situation: Situation, first: Finding | None, index: Index, *, probed: bool) -> bool:
    """Whether knowing the server would let a look at it settle something."""
    if situation.host is not None or probed or provider_of(situation, index) is not None:
        return False
    if first is None:
        return True
    told_by_rules = first.cause.startswith("auth.") and not situation.own_server  # a provider's rules tell more than a look
    return first.cause in PROBE_HELPS and first.certainty is not Certainty.SEEN and not told_by_rules


def _by_trial(
    situation: Situation, seen: Observations, skip: set[str], index: Index, today: datetime.date, *, encrypted: bool
) -> Iterable[Worth]:
    now = diagnose(situation, seen, index)
    told = now[0].cause if now else None
    for slot, values in _TRIALS.items():
        if slot in skip or getattr(situation, slot) is not None or (slot == "provider" and not _provider_helps(situation, seen, index)):
            continue
        if slot == "security" and told in _TELL_THE_MODE and situation.port is not None:
            continue
        if slot == "security" and encrypted and _mode_seen(situation, seen):
            continue
        if slot in ("port", "security") and _past_connecting(told):
            continue
        if slot == "client" and (told or "").partition(".")[0] not in _IN_THE_PROGRAM:
            continue
        answers: list[_Essence | None] = []
        for value in values:
            if slot == "security" and encrypted and value is Security.NONE:
                continue
            trial = _with(situation, slot, value)
            findings = diagnose(trial, seen, index)
            sure = bool(findings) and (findings[0].confidence or 0) >= ACT_AT
            answers.append(_essence(slot, value, findings[0], advise(findings[0], trial, seen, index, today)) if sure else None)
        causes = {answer.cause for answer in answers if answer is not None}
        if causes and _differ(answers):
            yield Worth(slot, f"talk.ask.{slot}", 10 * len(causes) + len(set(answers)) + _CLOSED_BONUS.get(slot, 0))


def _provider_helps(situation: Situation, seen: Observations, index: Index) -> bool:
    """Whose service it is decides about logins (app passwords, OAuth2) and quotas; a host or a network fault tells by itself."""
    if situation.own_server or situation.host is not None or provider_of(situation, index) is not None:
        return False
    findings = diagnose(situation, seen, index)
    return bool(findings) and (findings[0].cause.startswith("auth.") or findings[0].cause == "policy.suspended")


def _with(situation: Situation, slot: Slot, value: str | int) -> Situation:
    match slot:
        case "port":
            return replace(situation, port=int(value))
        case "security":
            return replace(situation, security=Security(str(value)))
        case "provider":
            return replace(situation, provider=str(value))
        case _:
            return replace(situation, client=str(value))


# Faults that prove which mode the program is in: it has seen the certificate, was told to encrypt first, or wanted STARTTLS and found none.
_TELL_THE_MODE = frozenset(
    {"tls.expired", "tls.hostname_mismatch", "tls.untrusted", "tls.required", "tls.not_offered", "auth.needs_tls_first"}
)


def _mode_seen(situation: Situation, seen: Observations) -> bool:
    """Whether the entered port was seen to encrypt in a mode of its own. To who says "TLS" this mode is told by name: which of the two
    the program means by the word need not be asked."""
    view = at_port(survey(seen), situation.port) if situation.port is not None else None
    return view is not None and view.speaks in (Security.IMPLICIT_TLS, Security.STARTTLS)


def _past_connecting(cause: str | None) -> bool:
    """Whether the server has answered a command already: then the port and the mode that led there are good enough."""
    if cause is None or cause in ("auth.needs_tls_first", "auth.mechanism_unsupported"):
        return False
    return cause.partition(".")[0] not in ("net", "tls")


# Families of faults that are mended in the program's own settings.
_IN_THE_PROGRAM = frozenset({"auth", "tls", "net", "relay", "sender", "protocol"})

# Between slots that matter alike: what decides about settings before what decides about menus.
_CLOSED_BONUS: dict[Slot, int] = {"port": 3, "security": 2, "provider": 4}


@dataclass(frozen=True, slots=True)
class _Essence:
    """What of an answer counts when answers are compared. `rest` is all that is told besides, `becomes` the value that the tried slot is
    to get (None: it stays at `tried`)."""

    cause: str
    rest: tuple[object, ...]
    becomes: str | int | None = None
    tried: str | int | None = None


def _essence(slot: Slot, tried: str | int, first: Finding, advice: Advice) -> _Essence:
    """For port and mode: where the person ends up, and the cause only where they stay at the port ("enter 587 with STARTTLS" is one
    answer, whatever is entered now). For the program: the steps, where there is something to set in it."""
    if slot == "client":
        return _Essence(first.cause, advice.steps if advice.changes else ())
    settings = {change.setting: change.value for change in advice.changes}
    if slot == "provider":
        return _Essence(first.cause, (first.cause, tuple(settings.items()), advice.steps))
    target, moved = advice.target, "port" in settings
    beside = tuple(item for item in settings.items() if item[0] not in ("port", "security"))
    if slot == "security":
        mode = target.security.value if target is not None and "security" in settings else settings.get("security")
        return _Essence(first.cause, (settings.get("port") or first.cause, beside), mode, tried)
    mode = target.security.value if target is not None and (moved or "security" in settings) else None
    port = target.port if target is not None and moved else None
    return _Essence(first.cause, (None if moved else first.cause, mode, beside), port, tried)


def _differ(answers: list[_Essence | None]) -> bool:
    """Whether it matters which of them holds. To be told "587" and to be told nothing at 587 is the same."""
    found = [answer for answer in answers if answer is not None]
    become = {answer.becomes for answer in found if answer.becomes is not None}
    stay = {answer.tried for answer in found if answer.becomes is None}
    return len(found) != len(answers) or len({answer.rest for answer in found}) > 1 or len(become) > 1 or bool(become and stay - become)


def choices_for(slot: str, index: Index) -> tuple[Choice, ...]:
    """The closed choices of a question, "I don't know" last; nothing for a question that only words can answer."""
    options: list[Choice] = []
    if slot == "port":
        options = [Choice(f"port:{port}", str(port)) for port in MAIL_PORTS]
    elif slot == "security":
        options = [Choice(f"security:{mode.value}", index.phrase(f"talk.choice.{mode.value}")) for mode in Security]
    elif slot == "client":
        options = [Choice(f"client:{id}", _name(index, id)) for id in _OFFERED["client"] if id in index.knowledge.clients]
    elif slot == "provider":
        options = [Choice(f"provider:{id}", provider.name) for id in _OFFERED["provider"] if (provider := index.provider(id)) is not None]
        options.append(Choice("provider:own", index.phrase("talk.choice.own_server")))
    return (*options, Choice("dont_know", index.phrase("talk.choice.dont_know")))


def _name(index: Index, client: str) -> str:
    return index.phrase("talk.choice.other") if client == "other" else index.knowledge.clients[client].name[:75]
