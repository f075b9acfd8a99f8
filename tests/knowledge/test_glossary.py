"""Is each word explained shortly, by itself, and found under what people call it? It judges the file, not the explanations' wit."""

from __future__ import annotations

import re
from datetime import date

import pytest

from knowledge.load import knowledge
from knowledge.model import Term

TERMS = knowledge().terms
EACH = pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: str(term.id))

ASKED_FOR = [
    "starttls", "implicit_tls", "ssl", "tls", "spf", "dkim", "dmarc", "app_password", "oauth2", "basic_authentication", "relay",
    "smarthost", "mx", "greylisting", "submission", "port_25", "port_465", "port_587", "port_2525", "ehlo", "reply_code",
    "enhanced_status_code", "bounce", "blocklist", "ptr", "sni", "certificate", "self_signed", "certificate_authority",
    "envelope_sender", "from_header", "dsn", "mta", "mua", "queue", "open_relay", "rate_limit", "tenant", "security_defaults",
    "conditional_access", "pop", "imap", "webmail",
]  # fmt: skip

# Abbreviations that may stand unexplained: everybody meets them, or they are names of things one can look for on a screen.
EVERYDAY = {"IP", "DNS", "MB", "SSL", "TLS", "STARTTLS", "SMTP", "SSL/TLS", "HTTP", "PC"}


def test_sixty_terms_or_more_are_explained() -> None:
    assert len(TERMS) >= 60


def test_everything_that_is_surely_asked_for_is_there() -> None:
    assert set(ASKED_FOR) <= set(TERMS)


@EACH
def test_a_term_takes_three_sentences_at_most(term: Term) -> None:
    ends = re.findall(r"[.!?][\"”)]?(?=\s+[\"A-Z0-9]|$)", term.text)

    assert 1 <= len(ends) <= 3


@EACH
def test_a_term_is_understood_without_another(term: Term) -> None:
    own = " ".join((term.name, *term.aliases, term.id)).upper()
    abbreviations = {word for word in re.findall(r"\b[A-Z][A-Z0-9-]+\b", term.text) if not re.search(rf"\b{word}\b", own)}
    explained = {word for word in abbreviations if f"({word})" in term.text or f"{word} is" in term.text or f"{word}'s" in term.text}

    assert abbreviations - EVERYDAY - explained == set()


def test_no_word_leads_to_two_terms() -> None:
    owners: dict[str, str] = {}
    for term in TERMS.values():
        for word in {term.name.lower(), *term.aliases}:
            assert word == word.lower().strip()
            assert owners.setdefault(word, term.id) == term.id, word


@pytest.mark.parametrize(
    ("asked", "id"),
    [
        ("difference between 465 and 587", "port_465_vs_587"),
        ("ssl vs tls", "ssl_vs_tls"),
        ("modern auth", "oauth2"),
        ("ndr", "bounce"),
        ("blacklist", "blocklist"),
        ("reverse dns", "ptr"),
        ("smart host", "smarthost"),
        ("app passwords", "app_password"),
        ("server requires authentication", "smtp_auth"),
    ],
)
def test_a_term_is_found_under_what_people_call_it(asked: str, id: str) -> None:
    assert asked in TERMS[id].aliases


@EACH
def test_sources_are_https_and_dated_or_marked_unverified_unless_they_never_change(term: Term) -> None:
    for source in term.sources:
        assert source.url.startswith("https://")
        if not source.url.startswith("https://www.rfc-editor.org/rfc/"):
            assert (source.checked is None) == source.unverified
        assert source.checked is None or source.checked <= date.today().isoformat()
