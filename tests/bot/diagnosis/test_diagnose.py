"""What text and observations make together."""

from __future__ import annotations

from bot.diagnosis.certainty import ACT_AT
from bot.diagnosis.diagnose import diagnose
from bot.diagnosis.model import Situation
from bot.observations import USER, EhloAnswered, Observations, TcpRefused
from knowledge.index import index

NPM = """npm ERR! code ECONNREFUSED
npm ERR! errno ECONNREFUSED
npm ERR! FetchError: request to http://127.0.0.1:4873/left-pad failed, reason: connect ECONNREFUSED 127.0.0.1:4873"""
NO_LOGIN = "smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server."


def test_what_other_software_says_of_its_own_port_is_no_fault_of_mail() -> None:
    refused = Observations((TcpRefused(site=USER, host="127.0.0.1", port=4873),))

    findings = diagnose(Situation(host="127.0.0.1", port=4873, error=NPM), refused, index())

    assert all((finding.confidence or 0) < ACT_AT for finding in findings)


def test_a_login_that_is_missing_under_tls_as_well_is_not_a_matter_of_tls() -> None:
    clear = EhloAnswered(site="bot", host="mail.example.com", port=25, under_tls=False, keywords=("STARTTLS",))
    encrypted = EhloAnswered(site="bot", host="mail.example.com", port=25, under_tls=True, keywords=("SIZE 0",))
    entered = Situation(host="mail.example.com", port=25, error=NO_LOGIN)

    by_text = diagnose(entered, Observations(), index())
    with_a_look = diagnose(entered, Observations((clear, encrypted)), index())

    assert by_text[0].cause == "auth.needs_tls_first"
    assert with_a_look[0].cause == "auth.mechanism_unsupported"
