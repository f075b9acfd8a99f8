"""What does a text say as a whole? Puts together what the single readers found; decides where they disagree; pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import re2

from bot.reading import hosts, mentions, talk, telling
from bot.reading.addresses import address_domain
from bot.reading.asked import asked_about
from bot.reading.clients import client as client_of
from bot.reading.clients import mentioned
from bot.reading.digest import digest
from bot.reading.endpoints import HostMention, host_mentions
from bot.reading.errors import behind_a_program, error_spans, error_text, quoted
from bot.reading.intents import Said, among_people, intent
from bot.reading.model import HostTypo, Reading, Tried
from bot.reading.pastes import observations, read_all
from bot.reading.pastes.configuration import dialect
from bot.reading.pastes.dialects import TLS_WORD
from bot.reading.pastes.where import Where
from bot.reading.ports import PortMention, port_mentions
from bot.reading.prose import prose
from bot.reading.providers import provider as provider_of
from bot.reading.reaction import reaction
from bot.reading.security import mode_mentions, security_alone
from bot.reading.together import all_alike, together
from bot.reading.view import view
from bot.reading.watching import watched
from knowledge.terms import Security

if TYPE_CHECKING:
    from bot.redaction import SafeText
    from knowledge.index import Index
    from knowledge.names import Hit

_EDGE = 2_000
_MARKER = re.compile(r"\[(?:app )?(?:password|API key|token|private key|cookie|code) removed\]")

_TERM = re2.compile(
    r"\b(?:starttls|tls|ssl|smtp|spf|dkim|dmarc|app passwords?|relay|smarthost|mx|greylisting|oauth2?|port \d+|submission|ptr|dnsbl|imap"
    r"|encryption|certificate|bounce)\b"
)


_SECURE_OFF = re2.compile(r"\bsecure[\"']?\s*[:=]?\s*[\"']?false\b")
_STARTTLS_PORTS = frozenset({587, 2525})
_IMPLICIT_PORTS = frozenset({465, 2465, 8465, 10465})
# Kinds of programs whose menu offers both modes.
_WITH_MENU = frozenset({"desktop", "family"})
# A menu's word for a mode that is "TLS" and says nothing of SSL or STARTTLS.
_SAYS_TLS = re.compile(r"(?:[A-Za-z ]+ using )?TLS(?: \(\d+\))?", re.IGNORECASE)
# Said of an error text: there is no more of it.
_NO_MORE = re2.compile(
    r"\b(?:no (?:more|other|further) (?:text|words|details?|info)|nothing (?:else|more)|that'?s (?:all|it|everything)|only that)\b"
)


def read(text: SafeText, index: Index, asked: str | None = None) -> Reading:
    """See `bot.reading.read`."""
    plain = view(digest(_MARKER.sub("***", text.text)))
    low = _lower(plain)
    errors = error_spans(plain)
    error = error_text(plain, errors)
    if not errors and error is not None and talk.OFF_TOPIC.search(low) and not talk.LOOKUP.search(low) and "send" not in low:
        error = None  # "shows wrong time zone", in a calendar
    spans = quoted(plain, errors)
    shape, tls_word = dialect(plain)
    names = prose(_where_people_speak(plain))
    client_hits = mentioned(names, index)
    if error is None:
        error = behind_a_program(plain, low, client_hits)
    client, version = client_of(names, client_hits, _known(shape, index), spans, index)
    own = prose(plain)
    named_word = _tls_word(client, index) if client != shape else None  # a named program's word beats that of a shape
    pasted, transcripts = read_all(plain, own, next((word for word in (named_word, tls_word, _tls_word(client, index)) if word), None))
    client = client or _known(pasted.client, index)

    spoken = _lower(own)
    settings = together(
        spoken,
        [mention for mention in host_mentions(own, spoken, spans) if mention.host not in pasted.not_hosts],
        port_mentions(spoken, spoken),
        mode_mentions(spoken, spans),
    )
    found_hosts = sorted(settings.hosts, key=mentions.in_order)
    found_ports = sorted(settings.ports, key=mentions.in_order)
    corrects = mentions.corrects(low)
    host = pasted.host or _host(found_hosts, found_ports, corrects=corrects)
    none_is_set = all_alike(spoken, found_ports)
    port = pasted.port or (None if none_is_set else _port(found_hosts, found_ports, host, corrects=corrects))
    security, vague = pasted.security, False
    if security is None and (port is not None or not none_is_set):
        security, vague = settings.mode(port, host)
    if security is None and pasted.security is None:
        security, vague = _own_word(low, client, index, port, vague)
    if security is None and port in _STARTTLS_PORTS and _SECURE_OFF.search(low):  # Nodemailer then takes STARTTLS where it is offered
        security, vague = Security.STARTTLS, False
    domain = address_domain(plain, low, pasted.addresses, spans)
    provider = provider_of(names, low, index, host, domain, client_hits, spans)
    if pasted.provider and index.provider(pasted.provider) and provider is None:
        provider = pasted.provider

    facts = observations(plain, transcripts, Where(host or "", "", port))

    reading = Reading(
        host=host, port=port, security=security, client=client, provider=provider, address_domain=domain,
        error=pasted.error or error, client_version=version, ambiguous_security=vague and security is None,
        observations=facts, cut=text.cut,
    )  # fmt: skip
    reading = _answer(reading, plain, low, index, asked, client_hits)
    told = telling.told(low, [(start, end) for start, end, _ in (*client_hits, *index.names_in(plain))])
    return _aside(
        reading,
        plain,
        low,
        index,
        asked,
        found_hosts,
        found_ports,
        pasted=pasted.weight > 0,
        told=told,
        names_a_program=any("_" not in plain[start:end] for start, end, _ in client_hits),
    )


def _lower(text: str) -> str:
    """`text` in lower case, of the same length: a few letters (İ) would change it, and positions must agree."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _where_people_speak(plain: str) -> str:
    """`plain` with the middle of a long paste blanked, positions kept: names of programs and providers stand before and behind a paste."""
    return plain if len(plain) <= 2 * _EDGE else plain[:_EDGE] + " " * (len(plain) - 2 * _EDGE) + plain[-_EDGE:]


def _known(id: str | None, index: Index) -> str | None:
    """A program without an entry is "other"."""
    return id if id is None or index.client(id) is not None or not index.knowledge.clients else "other"


def _tls_word(client: str | None, index: Index) -> Security | None:
    """What the program means by "TLS": its own menu's word, or the value of its setting."""
    entry = index.client(client) if client else None
    if entry is None:
        return None
    menu = next((mode for mode, word in entry.words.items() if _SAYS_TLS.fullmatch(word.strip())), None)
    return menu or TLS_WORD.get(entry.id)


def _own_word(low: str, client: str | None, index: Index, port: int | None, vague: bool) -> tuple[Security | None, bool]:
    """What "TLS" means in the person's program: its own word, else what it can mean at that port.

    At a port for implicit TLS it is that, at another one STARTTLS. A desktop program's menu offers both (and the "TLS" of older Outlooks is
    STARTTLS): there it may be either.
    """
    entry = index.client(client) if client else None
    if not vague or not re.search(r"\btls\b", low):
        return None, vague
    meaning = _tls_word(client, index)
    if meaning is None and port is not None and (entry is None or entry.kind not in _WITH_MENU):
        meaning = Security.IMPLICIT_TLS if port in _IMPLICIT_PORTS else Security.STARTTLS
    return meaning, meaning is None


def _host(found_hosts: list[HostMention], found_ports: list[PortMention], *, corrects: bool) -> str | None:
    """The server that is set now; the only one that is named where only its port and mode were others before."""
    meant = ("now", "present", "advice") if corrects else ("now", "present")
    said = next((mention.host for mention in found_hosts if mention.stance in meant), None)
    named = {mention.host for mention in found_hosts}
    if said is None and len(named) == 1 and (any(m.stance in meant for m in found_ports) or all(m.stance == "tried" for m in found_hosts)):
        return found_hosts[0].host
    return said


def _port(found_hosts: list[HostMention], found_ports: list[PortMention], host: str | None, *, corrects: bool) -> int | None:
    """The port beside the chosen server, else the best that is mentioned; in a correction the one that is corrected to."""
    beside = next(
        (
            mention.port
            for mention in found_hosts
            if mention.host == host and mention.port is not None and mention.stance in ("now", "present")
        ),
        None,
    )
    tried = {mention.port for mention in found_ports if mention.stance not in ("now", "present")}
    present = [mention for mention in found_ports if mention.stance in ("now", "present")]
    if present and present[0].stance == "now":
        return present[0].port
    if beside in tried and not any(mention.port == beside for mention in present):
        beside = None
    if beside is not None and not corrects:
        return beside
    if present:
        return present[0].port
    if beside is not None:
        return beside
    any_host = next((mention.port for mention in found_hosts if mention.port is not None and mention.stance in ("now", "present")), None)
    if any_host is None and len(tried) == 1 and all(mention.stance == "tried" for mention in found_ports):
        return found_ports[0].port  # nothing else was tried
    return any_host


def _answer(reading: Reading, plain: str, low: str, index: Index, asked: str | None, client_hits: tuple[Hit, ...]) -> Reading:
    """With a question open, a bare word is its answer: "587", "ssl", "thunderbird", "own", "timed out"."""
    if asked is None or talk.UNKNOWN.search(low) or talk.CANCEL.search(low) or talk.RESTART.search(low):
        return reading
    bare = plain.strip().strip("\"'`.!")
    words = bare.split()
    if asked == "port" and reading.port is None and (match := re.search(r"(?:^|[^\d.])(\d{2,5})(?:[^\d.]|$)", bare)) and len(words) <= 6:
        number = int(match.group(1))
        return replace(reading, port=number) if 0 < number < 65536 else reading
    if asked == "security" and reading.security is None:
        mode, vague = security_alone(low)
        if mode is None and vague and (own := _tls_word(reading.client, index)):
            mode, vague = own, False
        return replace(reading, security=mode, ambiguous_security=vague)
    if asked == "host" and reading.host is None and 0 < len(words) <= 6:
        for word in words:
            name = hosts.address(word.strip(",;()[]")) or hosts.name(word.strip(",;()[]<>").split("://")[-1].split(":")[0])
            if name and not hosts.placeholder(name) and "@" not in word:
                return replace(reading, host=name, provider=reading.provider or getattr(index.by_host(name), "id", None))
        if len(words) == 1 and re.fullmatch(r"[a-z][a-z0-9\-]{1,40}", low.strip()) and (low.strip() in ("localhost",)):
            return replace(reading, host=low.strip())
    if (
        asked == "client"
        and reading.client is None
        and 0 < len(words) <= 6
        and talk.yes_or_no(low) is None
        and not talk.OWN_ALONE.search(low)
    ):
        return replace(reading, client="other") if reading.host is None and reading.port is None and reading.error is None else reading
    if asked == "provider" and talk.OWN_ALONE.search(low):
        return replace(reading, own_server=True)
    if asked == "provider" and reading.provider is None and (found := index.by_name(plain) or index.by_domain(bare.rsplit("@", 1)[-1])):
        return replace(reading, provider=found.id)
    if asked == "address_domain" and reading.address_domain is None and 0 < len(words) <= 5:
        for word in words:
            name = hosts.name(word.strip(",;()<>@").rsplit("@", 1)[-1])
            if name and not hosts.placeholder(name):
                owner = index.by_domain(name)
                return replace(
                    reading,
                    address_domain=name,
                    host=None if reading.host == name else reading.host,
                    provider=reading.provider or (owner.id if owner else None),
                )
    if (
        asked == "error"
        and reading.error is None
        and len(bare) >= 3
        and talk.yes_or_no(low) is None
        and not any(said.search(low) for said in (talk.HUMAN, talk.ELSEWHERE, talk.STILL, talk.WORKS, _NO_MORE))
        and not re.search(r"^(?:nothing|no error|none|nichts|kein|rien|nada|niente|geen|ничего)", low.strip())
        and not talk.QUESTION.search(low)
        and not (len(words) <= 4 and (reading.client or reading.host or reading.port or reading.security or reading.provider))
    ):
        return replace(reading, error=bare[:4000])
    return reading


def _aside(
    reading: Reading,
    plain: str,
    low: str,
    index: Index,
    asked: str | None,
    found_hosts: list[HostMention],
    found_ports: list[PortMention],
    *,
    pasted: bool,
    told: int,
    names_a_program: bool,
) -> Reading:
    """Intent and all that is no slot."""
    question = talk.QUESTION.search(low) is not None
    term, alone = asked_about(plain, low, index)
    said = Said(
        error=reading.error is not None,
        client=reading.client is not None,
        provider=reading.provider is not None,
        domain=reading.address_domain is not None,
        host=reading.host is not None,
        port=reading.port is not None,
        security=reading.security is not None or reading.ambiguous_security,
        term=term is not None or (question and _TERM.search(low) is not None),
        corrects=mentions.corrects(low),
        told=told,
        code=re.search(r"\b[45]\d\d\b|\b[45]\.\d\.\d|0x[0-9a-fA-F]{4}", reading.error or "") is not None,
    )
    wanted = intent(low, said, asked)
    if alone and asked is None and (question or low.rstrip().endswith("?") or not (said.error or said.security or said.port)):
        wanted = "question"
    if wanted == "off_topic" and among_people(low):
        reading = Reading(cut=reading.cut)
    elif wanted == "off_topic":
        reading = replace(reading, error=None, client=reading.client if names_a_program else None)
    if wanted == "question" and asked is None and not pasted:  # what they ask about is not what they have
        reading = replace(reading, error=None)
        if reading.host is None:
            reading = replace(reading, port=None, security=None, ambiguous_security=False)
    if wanted == "lookup":
        if reading.host is None and len({mention.port for mention in found_ports}) > 1:  # which of them is asked
            reading = replace(reading, port=None)
        if reading.host is None and reading.port is None:  # a mode that they ask for
            reading = replace(reading, security=None, ambiguous_security=False)
        if any(mention.host == reading.host and mention.stance == "advice" for mention in found_hosts) and not pasted:
            reading = replace(reading, host=None, port=None)
        if reading.host and reading.host.count(".") == 1 and (owner := index.by_domain(reading.host)):  # "Postausgangsserver web.de?"
            reading = replace(reading, host=None, provider=owner.id)
    still = talk.STILL.search(low) is not None
    elsewhere = talk.affirmed(talk.ELSEWHERE, low)
    works = (
        not elsewhere
        and talk.WORKS.search(low) is not None
        and not still
        and wanted in ("thanks", "fix_error", "off_topic")
        and (reading.error is None or wanted == "thanks")
    )
    named = reading.host and ("." in reading.host or any(mention.host == reading.host for mention in found_hosts))
    dotted = hosts.with_comma(reading.host) if reading.host else None
    meant = (index.nearest_host(dotted or reading.host) if reading.host and named else None) or dotted
    typo = HostTypo(reading.host, meant) if reading.host and meant else None
    tried = tuple(
        dict.fromkeys(
            [Tried(port=mention.port) for mention in found_ports if mention.stance in ("tried", "denied") and mention.port != reading.port]
            + [
                Tried(host=mention.host, port=mention.port)
                for mention in found_hosts
                if mention.stance in ("tried", "denied") and mention.host != reading.host
            ]
        )
    )[:8]
    return replace(
        reading,
        intent=wanted,
        term=term.id if term else None,
        own_server=reading.own_server or (talk.OWN_SERVER.search(low) is not None and not (wanted == "lookup" and reading.provider)),
        outcome="works" if works else "still_fails" if still else None,
        unknown=talk.UNKNOWN.search(low) is not None or (asked == "error" and _NO_MORE.search(low) is not None),
        yes=talk.yes_or_no(low),
        changed=talk.CHANGED.search(low) is not None,
        host_typo=typo,
        tried=tried,
        folklore=_folklore(low, index),
        works_elsewhere=elsewhere,
        watch=watched(low),
        reaction=reaction(low),
    )


_FOLKLORE: dict[int, tuple[tuple[str, re2._Regexp], ...]] = {}


def _folklore(low: str, index: Index) -> tuple[str, ...]:
    """Ids of outdated advice that the text repeats; the patterns are compiled once for each `Knowledge`."""
    key = id(index.knowledge)
    if key not in _FOLKLORE:
        _FOLKLORE.clear()
        _FOLKLORE[key] = tuple(
            (one.id, re2.compile("(?i)" + pattern)) for one in index.knowledge.folklore.values() for pattern in one.patterns
        )
    return tuple(dict.fromkeys(found for found, pattern in _FOLKLORE[key] if pattern.search(low)))
