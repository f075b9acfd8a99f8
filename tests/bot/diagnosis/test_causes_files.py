"""The knowledge files on causes: complete, linear, and recognised by their own examples."""

from __future__ import annotations

import datetime
import itertools
import shutil
from pathlib import Path

import pytest
import re2

from bot.diagnosis.advice import advise
from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.check import aged, check
from bot.diagnosis.literals import required
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.diagnosis.recognizer import Recognizer
from bot.diagnosis.sieve import on_codes
from bot.observations import Observations
from knowledge.index import Index
from knowledge.load import FOLDER, load_files
from knowledge.model import Cause, Knowledge
from knowledge.terms import Security

CAUSES = [
    "auth.bad_credentials",
    "auth.app_password_required",
    "auth.basic_disabled",
    "auth.smtp_auth_disabled",
    "auth.required",
    "auth.mechanism_unsupported",
    "auth.needs_tls_first",
    "auth.too_many_attempts",
    "auth.blocked_sign_in",
    "relay.denied",
    "tls.required",
    "tls.wrong_mode",
    "tls.not_offered",
    "tls.untrusted",
    "tls.expired",
    "tls.hostname_mismatch",
    "tls.protocol_too_old",
    "tls.handshake_failed",
    "net.connect_failed",
    "net.dns",
    "net.refused",
    "net.timeout",
    "net.unreachable",
    "net.closed",
    "net.not_smtp",
    "net.intercepted",
    "sender.not_allowed",
    "sender.unverified",
    "sender.rejected",
    "recipient.unknown",
    "recipient.full",
    "recipient.disabled",
    "recipient.refused",
    "policy.authentication",
    "policy.blocklisted",
    "policy.reverse_dns",
    "policy.spam",
    "policy.virus",
    "policy.rate_limited",
    "policy.suspended",
    "message.too_large",
    "message.malformed",
    "greylisted",
    "server.unavailable",
    "server.misconfigured",
    "protocol.syntax",
]


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load_files()


def test_all_causes_are_there(known: Knowledge) -> None:
    assert set(known.causes) >= set(CAUSES)
    assert len(CAUSES) == 46


@pytest.mark.parametrize("id", CAUSES)
def test_a_cause_says_what_it_means_and_what_to_do(known: Knowledge, id: str) -> None:
    cause = known.causes[id]

    assert all((cause.title, cause.meaning, cause.verify, cause.sources))
    assert all((cause.patterns, cause.examples, cause.near_misses, cause.fixes))
    assert _unconditional(cause), "the last fix must hold for everybody"
    if not cause.forward:
        assert cause.whose_side == "you"
        assert all(fix.forward for fix in cause.fixes if fix.who != "you"), "somebody else can mend it, so there is a message for them"


def _unconditional(cause: Cause) -> bool:
    last = cause.fixes[-1].when
    return not any(getattr(last, field) for field in last.__slots__)


def test_every_pattern_runs_in_linear_time(known: Knowledge) -> None:
    """RE2 takes no pattern that could not: look-around and back-references are refused."""
    options = re2.Options()
    options.log_errors = False
    for cause in known.causes.values():
        for pattern in cause.patterns:
            assert re2.compile(pattern.regex, options)


def test_nearly_every_pattern_has_words_that_call_it_up(known: Knowledge) -> None:
    """A pattern without is tried on every text: a handful is bearable, more makes the recogniser slow."""
    always = [p.regex for cause in known.causes.values() for p in cause.patterns if not on_codes(p) and not required(p.regex)]

    assert len(always) <= 8, always


def test_examples_are_recognised_and_near_misses_are_not(known: Knowledge) -> None:
    recognizer = Recognizer(known)
    for cause in known.causes.values():
        for example in cause.examples:
            ranked = recognizer.recognise(example.text).ranked
            assert ranked[0][0] == cause.id, (cause.id, example.text, ranked[:2])
            assert ranked[0][1] >= ACT_AT, (cause.id, example.text, ranked[:2])
        for miss in cause.near_misses:
            ranked = recognizer.recognise(miss.text).ranked
            found = ranked[0][0] if ranked and ranked[0][1] >= ACT_AT else None
            assert found == miss.is_, (cause.id, miss.text, ranked[:2])


def test_patterns_and_examples_are_many(known: Knowledge) -> None:
    assert sum(len(cause.patterns) + len(cause.examples) for cause in known.causes.values()) >= 1_500


# --- knowledge check ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the shipped files, to be spoilt."""
    folder = tmp_path / "knowledge"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def spoil(folder: Path, name: str, old: str, new: str) -> int:
    """Replaces `old` once in the file; gives the line on which `new` stands."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_shipped_causes_have_no_problem() -> None:
    assert [problem for problem in check(FOLDER) if problem.startswith("knowledge/causes/")] == []


def test_a_broken_pattern_is_found_with_its_line(copy: Path) -> None:
    line = spoil(copy, "causes/relay.toml", "'mail relay denied'", "'mail relay (denied'")

    problems = check(copy)

    assert len(problems) == 1
    assert problems[0].startswith(f"knowledge/causes/relay.toml:{line}:")


def test_an_example_that_is_not_recognised_is_found(copy: Path) -> None:
    line = spoil(copy, "causes/greylisted.toml", "examples = [\n", 'examples = [\n    { text = "nothing of the kind", from = "nobody" },\n')

    found = [problem for problem in check(copy) if problem.startswith(f"knowledge/causes/greylisted.toml:{line + 1}:")]

    assert len(found) == 1
    assert "is not recognised" in found[0]


def test_a_near_miss_that_is_recognised_is_found(copy: Path) -> None:
    spoil(copy, "causes/greylisted.toml", "near_misses = [\n", 'near_misses = [\n    { text = "450 4.2.0 Greylisted", is = "" },\n')

    assert [problem for problem in check(copy) if "near miss is recognised as greylisted" in problem]


def test_a_link_that_is_not_https_is_found(copy: Path) -> None:
    line = spoil(copy, "causes/relay.toml", "https://www.rfc-editor.org/rfc/rfc6409", "http://www.rfc-editor.org/rfc/rfc6409")

    assert [problem for problem in check(copy) if problem.startswith(f"knowledge/causes/relay.toml:{line}:") and "not https" in problem]


def test_days_in_the_future_and_facts_older_than_a_year_are_found(copy: Path) -> None:
    before = check(copy, today=datetime.date(2020, 1, 1))
    after = aged(copy, today=datetime.date(2030, 1, 1))

    assert [problem for problem in before if problem.startswith("knowledge/causes/") and "in the future" in problem]
    assert [problem for problem in after if problem.startswith("knowledge/causes/") and "more than a year ago" in problem]


def test_a_domain_in_two_files_is_found(copy: Path) -> None:
    (copy / "providers" / "zz-second.toml").write_text(
        'name = "Second"\ndomains = ["gmail.com"]\n[[servers]]\nhost = "smtp.example.com"\nport = 465\nsecurity = "implicit_tls"\n',
        encoding="utf-8",
    )

    assert [problem for problem in check(copy) if problem.startswith("knowledge/providers/zz-second.toml:2:") and "gmail" in problem]


def test_an_endpoint_without_security_is_found(copy: Path) -> None:
    (copy / "providers" / "zz-open.toml").write_text(
        'name = "Open"\n[[servers]]\nhost = "smtp.example.com"\nport = 465\n', encoding="utf-8"
    )

    assert [problem for problem in check(copy) if problem.startswith("knowledge/providers/zz-open.toml:") and "security" in problem]


def test_a_fix_without_a_place_in_a_client_is_found(copy: Path) -> None:
    (copy / "clients" / "zz-empty.toml").write_text('name = "Empty"\nkind = "desktop"\n', encoding="utf-8")

    found = [problem for problem in check(copy) if problem.startswith("knowledge/clients/zz-empty.toml:")]

    assert any("'security'" in problem for problem in found)


def test_a_place_that_does_not_say_where_the_value_goes_is_found(copy: Path) -> None:
    line = spoil(copy, "clients/thunderbird.toml", 'port = "Port: {value}"', 'port = "Port"')

    assert [problem for problem in check(copy) if problem.startswith(f"knowledge/clients/thunderbird.toml:{line}:") and "once" in problem]


def test_a_sentence_that_repeats_a_setting_is_found(copy: Path) -> None:
    set_only = 'set = { security = "starttls" }\nsource'
    spoil(copy, "causes/tls.toml", set_only, set_only.replace("source", 'do = "Choose STARTTLS."\nsource'))

    assert [problem for problem in check(copy) if "repeats set.security" in problem]


def test_a_day_in_a_sentence_as_machines_write_it_is_found(copy: Path) -> None:
    line = spoil(copy, "causes/greylisted.toml", 'verify = "', 'verify = "Since 2026-04-02: ')

    found = [problem for problem in check(copy) if problem.startswith(f"knowledge/causes/greylisted.toml:{line}:")]

    assert len(found) == 1
    assert "2 April 2026" in found[0]


def test_a_sentence_that_no_code_says_is_found(copy: Path) -> None:
    """Beside a copy of the code, as in a checkout; a folder without code is not asked."""
    for part in ("bot", "adapters"):
        shutil.copytree(FOLDER.parent / part, copy.parent / part, ignore=shutil.ignore_patterns("__pycache__"))
    line = spoil(copy, "phrases.toml", "[answers]\n", '[answers]\nnobody_says_this = "Hello."\n') + 1

    assert check(copy) == [
        f"knowledge/phrases.toml:{line}: no code says 'answers.nobody_says_this'; remove the sentence, or the id is misspelt in the code"
    ]


# --- what is told ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", CAUSES)
def test_whoever_asks_is_told_something_to_do_once(known: Knowledge, id: str) -> None:
    """Over programs, providers, ports and modes: each answer holds a setting or a step, and no step twice."""
    index = Index(known)
    today = datetime.date(2026, 11, 25)
    people = itertools.product((None, "thunderbird", "python-smtplib"), (None, "gmail", "microsoft365"), (None, 25, 465, 587))
    for client, provider, port in people:
        for host, security in ((None, None), ("mail.example.com", Security.STARTTLS), ("mail.example.com", Security.IMPLICIT_TLS)):
            situation = Situation(host=host, port=port, security=security, client=client, provider=provider)
            advice = advise(Finding(id, Certainty.LIKELY, ()), situation, Observations(), index, today)
            texts = [step.text for step in advice.steps]
            assert advice.changes or texts, situation
            assert len(texts) == len(set(texts)), texts
