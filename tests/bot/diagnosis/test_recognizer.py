"""Error text in, causes out: through wrapping, by vendor, and silent where it is not about sending mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diagnosis.certainty import ACT_AT, FITTED, confidence
from bot.diagnosis.literals import literal, required
from bot.diagnosis.recognizer import recognizer
from bot.diagnosis.vendors import vendor_of
from bot.diagnosis.wrappers import MAX_CHARS, plain, unwrap

HERE = Path(__file__).parent


def first(text: str, **named: str) -> str | None:
    """The cause on which the bot would act."""
    ranked = recognizer().recognise(text, **named).ranked
    return ranked[0][0] if ranked and ranked[0][1] >= ACT_AT else None


# --- wrappers ------------------------------------------------------------------------------------------------------------------------

RELAY = "554 5.7.1 <a@example.org>: Relay access denied"


@pytest.mark.parametrize(
    "text",
    [
        RELAY,
        "smtplib.SMTPRecipientsRefused: {'a@example.org': (554, b'5.7.1 <a@example.org>: Relay access denied')}",
        f"javax.mail.SendFailedException: Invalid Addresses;\n  nested exception is:\n\tcom.sun.mail.SMTPAddressFailedException: {RELAY}",
        f"Error: Can't send mail - all recipients were rejected: {RELAY}",
        "Mailbox unavailable. The server response was: 5.7.1 <a@example.org>: Relay access denied",
        f'Expected response code 250 but got code "554", with message "{RELAY}"',
        f"Jan  6 23:48:03 mx postfix/smtp[1089]: 403CB: to=<a@example.org>, status=bounced (host mx said: {RELAY} (in reply to RCPT TO))",
        f"Action: failed\nStatus: 5.7.1\nRemote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; {RELAY}",
        "554-5.7.1 <a@example.org>: Relay\n554 5.7.1 access denied",
        "> 554 5.7.1 <a@example.org>:\n> Relay access\n> denied",
        "554 5.7.1 <a@example.org>: Relay access de=\nnied",
        "<p>554 5.7.1 &lt;a@example.org&gt;: <b>Relay access denied</b></p>",
        '{"error": "554 5.7.1 \\u003ca@example.org\\u003e: Relay access denied\\r\\n"}',
        "Fehler beim Senden. Der Mail-Server antwortete: 554 5.7.1 <a@example.org>: Relay access denied. Bitte prüfen Sie den Empfänger",
    ],
)
def test_the_reply_inside_the_wrapping_decides(text: str) -> None:
    assert first(text) == "relay.denied"


def test_codes_are_those_of_the_decisive_reply() -> None:
    found = recognizer().recognise(
        "Invalid login: 535-5.7.8 Username and Password not accepted\n535 5.7.8 https://support.google.com - gsmtp"
    )

    assert (found.reply_code, found.enhanced_code, found.vendor) == (535, "5.7.8", "google")


def test_in_a_bounce_the_final_refusal_decides() -> None:
    text = (
        "<a@example.org>: host mx said: 451 4.7.1 Greylisted, try again\n\nDiagnostic-Code: smtp; 550 5.1.1 <a@example.org>: User unknown"
    )

    found = recognizer().recognise(text)

    assert found.ranked[0][0] == "recipient.unknown"
    assert found.reply_code == 550


def test_a_refused_sign_in_explains_why_the_next_command_wants_one() -> None:
    text = "530 5.7.57 Client not authenticated to send mail.\n535 5.7.139 Authentication unsuccessful, basic authentication is disabled."

    found = recognizer().recognise(text)

    assert found.ranked[0][0] == "auth.basic_disabled"
    assert (found.reply_code, found.enhanced_code) == (535, "5.7.139")


def test_lines_of_one_reply_without_status_codes_are_one_reply() -> None:
    text = "550-Verification failed for <a@example.org>\n550-The mail server could not deliver mail.\n550 Sender verify failed"

    unwrapped = unwrap(text)

    assert unwrapped.text.count("550") == 1
    assert len(unwrapped.replies) == 1


def test_a_greeting_that_is_a_refusal_is_read_as_the_refusal() -> None:
    assert (
        first("Error: Invalid greeting from server: 554 5.7.1 Service unavailable; blocked using zen.spamhaus.org") == "policy.blocklisted"
    )
    assert first("Error: Invalid greeting from server: SSH-2.0-OpenSSH_9.6") == "net.not_smtp"


def test_what_the_program_itself_has_sent_is_not_read_as_the_servers_words() -> None:
    transcript = "CLIENT -> SERVER: MAIL FROM:<a@example.org>\nSERVER -> CLIENT: 554 5.7.1 message rejected as spam"

    assert first(transcript) == "policy.spam"


def test_what_may_be_wrong_in_general_does_not_outweigh_what_is() -> None:
    advice = "Possible causes are: Your SMTP username or password are incorrect. The connection timed out."

    assert first(advice) is not None
    assert first("550 5.1.1 user unknown\n" + advice) == "recipient.unknown"


def test_numbers_that_are_no_codes_are_not_taken_for_any() -> None:
    assert unwrap("mail rejected. ofr_506 [506]").replies == ()
    assert unwrap('{"error": "mail was not sent", "http_code": 500}').replies == ()
    assert unwrap("traceback smtplib.py:535 line 550, took 552 ms, sent 554 bytes on port 465").replies == ()


def test_bytes_of_a_chinese_server_are_read() -> None:
    shown = "(535, b'Error: \\xc7\\xeb\\xca\\xb9\\xd3\\xc3\\xca\\xda\\xc8\\xa8\\xc2\\xeb\\xb5\\xc7\\xc2\\xbc')"

    assert "授权码" in plain(shown)
    assert first(shown) == "auth.app_password_required"


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_taken(text: str) -> None:
    found = recognizer().recognise(text)

    assert all(0.0 <= value <= 1.0 for _, value, _ in found.ranked)
    assert [value for _, value, _ in found.ranked] == sorted((value for _, value, _ in found.ranked), reverse=True)


def test_half_a_letter_and_endless_text_do_no_harm() -> None:
    assert first("550 5.1.1 user unknown \ud83d \\ud800") == "recipient.unknown"
    assert len(plain("x" * 5_000_000)) <= MAX_CHARS


# --- the vendor decides, and where two fit -------------------------------------------------------------------------------------------


def test_the_vendor_decides_between_equal_texts() -> None:
    assert first("535 Login Fail", provider="qq") == "auth.app_password_required"
    assert (
        first("550 5.4.1 [a@b.example]: Recipient address rejected: Access denied [AM5.eop.prod.protection.outlook.com]")
        == "recipient.unknown"
    )
    assert vendor_of("550 5.7.1 … - gsmtp") == "google"
    assert vendor_of("nothing", provider="microsoft365") == "microsoft"


@pytest.mark.parametrize(
    ("text", "cause", "right_behind"),
    [
        ("535-5.7.8 Username and Password not accepted. - gsmtp", "auth.bad_credentials", "auth.app_password_required"),
        (RELAY, "relay.denied", "auth.required"),
        ("530 5.7.0 Must issue a STARTTLS command first", "tls.required", "auth.needs_tls_first"),
    ],
)
def test_where_two_fit_both_stand_together(text: str, cause: str, right_behind: str) -> None:
    ranked = [found for found, _, _ in recognizer().recognise(text).ranked]

    assert ranked[0] == cause
    assert right_behind in ranked[1:3]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("534-5.7.9 Application-specific password required. - gsmtp", "auth.app_password_required"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "auth.basic_disabled"),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.", "auth.smtp_auth_disabled"),
        ("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "auth.bad_credentials"),
        ("530 5.7.57 Client not authenticated to send mail.", "auth.required"),
        ("530 5.7.1 Client was not authenticated", "auth.required"),
        ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", "sender.not_allowed"),
        ("550 5.7.1 Unable to relay", "relay.denied"),
        ("AUTH LOGIN\n530 5.7.0 Must issue a STARTTLS command first", "auth.needs_tls_first"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", "tls.wrong_mode"),
        ("Could not connect to SMTP host", "net.connect_failed"),
        ("Could not connect to SMTP host: mail.example.org, port: 587; java.net.ConnectException: Connection refused", "net.refused"),
        ("ECONNREFUSED", "net.refused"),
        ("certificate has expired", "tls.expired"),
        ("SMTP-Fehler: Authentifizierung fehlgeschlagen", "auth.bad_credentials"),
        ("535 5.7.8", "auth.bad_credentials"),
        ("0x800CCC0D", "net.dns"),
        ("Sending of the message failed. The outgoing server (SMTP) smtp.gmial.com is unknown.", "net.dns"),
        ("Outlook cannot connect to your outgoing (SMTP) e-mail server.", "net.connect_failed"),
        ("Could not connect to the SMTP server: the connection was refused, mail cannot be sent", "net.refused"),
        ("status=deferred (Cannot start TLS: handshake failure)", "tls.handshake_failed"),
    ],
)
def test_what_people_ask_first(text: str, cause: str) -> None:
    assert first(text) == cause


def test_a_refusal_in_words_that_nobody_has_written_is_taken_by_single_words_but_never_surely() -> None:
    words = "we dislike hosts whose name and address disagree in reverse"

    ((cause, certain, _), *_) = recognizer().recognise("554 " + words).ranked

    assert (cause, ACT_AT <= certain < 0.7) == ("policy.reverse_dns", True)
    assert first(words) is None


def test_a_longer_phrase_that_only_passes_over_a_more_exact_one_does_not_hide_it() -> None:
    assert first("550 sender IP reverse lookup rejected") == "policy.reverse_dns"


@pytest.mark.parametrize("text", ["550 5.7.1", "550", "554 5.7.1", "it does not work"])
def test_a_text_that_decides_nothing_is_left_undecided(text: str) -> None:
    assert first(text) is None


# --- silence ----------------------------------------------------------------------------------------------------------------------------


def test_noise_is_not_diagnosed() -> None:
    texts = (HERE / "noise.tsv").read_text(encoding="utf-8").splitlines()[1:]

    diagnosed = [text for text in texts if first(text) is not None]

    assert len(texts) >= 500
    assert len(diagnosed) <= len(texts) * 0.02, diagnosed


@pytest.mark.parametrize(
    "text",
    [
        "psql: FATAL: password authentication failed for user postgres",
        "ftp: 550 Failed to change directory",
        "imap.example.org:993: connection timed out",
        "-ERR [AUTH] Invalid login (POP3)",
        "postfix/smtp[12]: to=<b@example.net>, relay=mx.example.net[192.0.2.1]:25, dsn=2.0.0, status=sent (250 2.0.0 OK)",
        "Your mailbox is full: you can no longer receive messages",
    ],
)
def test_what_is_surely_about_something_else_is_said_so(text: str) -> None:
    found = recognizer().recognise(text)

    assert not found.about_mail
    assert found.ranked == ()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("x509: certificate signed by unknown authority", "tls.untrusted"),
        ("x509: certificate signed by unknown authority (etcd)", None),
        ("Connection timed out", "net.timeout"),
        ("java.net.SocketTimeoutException: Read timed out at okhttp3.internal", None),
        ("Authentication failure", "auth.bad_credentials"),
        ("su: Authentication failure", None),
        ("Connection test failed: Connection refused", "net.refused"),
        ("Transmission: unauthorized IP address", None),
        ("AH02039: Certificate Verification: self-signed certificate", None),
        ("kombu.exceptions.OperationalError: Connection refused", None),
        ("java.net.ConnectException: Connection refused", "net.refused"),
        ('File "/usr/lib/python3/dist-packages/pysftp/__init__.py", line 143\nAuthentication timeout', None),
        ("tcp://db: connection refused", None),
    ],
)
def test_without_a_word_of_mail_a_name_that_nothing_here_knows_is_other_software(text: str, cause: str | None) -> None:
    assert first(text) == cause


def test_a_text_without_a_word_of_mail_is_never_taken_for_sure() -> None:
    ((_, bare, _), *_) = recognizer().recognise("certificate has expired").ranked
    ((_, named, _), *_) = recognizer().recognise("certificate has expired", client="thunderbird").ranked

    assert ACT_AT <= bare < 0.7 < named


# --- parts --------------------------------------------------------------------------------------------------------------------------------


def test_confidence_rises_with_the_score() -> None:
    points = [confidence(score / 10) for score in range(80)]

    assert points == sorted(points)
    assert points[0] == FITTED[0][1]
    assert points[-1] == FITTED[-1][1]


@pytest.mark.parametrize(
    ("pattern", "plain_text"),
    [("relay access denied", "relay access denied"), (r"5\.7\.1 \(x\)", "5.7.1 (x)"), ("relay(ing)? denied", None), (r"\bfoo\b", None)],
)
def test_a_plain_pattern_is_known_as_its_text(pattern: str, plain_text: str | None) -> None:
    assert literal(pattern) == plain_text


@pytest.mark.parametrize(
    ("pattern", "groups"),
    [
        ("relay(ing)? (denied|refused)", [{"denied", "refused"}, {"relay"}]),
        (r"(?i)wrong[ _]version", [{"version"}, {"wrong"}]),
        ("a|b", []),
        ("(user|mailbox) .{0,20}unknown", [{"unknown"}, {"user", "mailbox"}]),
        ("greylist(ed|ing)?s?", [{"greylist"}]),
        ("x{0,3}certificates?", [{"certificate"}]),
    ],
)
def test_the_words_that_a_match_must_hold_are_read_from_the_pattern(pattern: str, groups: list[set[str]]) -> None:
    assert [set(group) for group in required(pattern)] == groups


def test_texts_that_were_once_new_are_recognised_now() -> None:
    """Texts of servers and programs, kept with what each got at first sight (`tests/benchmarks/recognizer.py`)."""
    rows = [line.split("\t") for line in (HERE / "first_looks.tsv").read_text(encoding="utf-8").splitlines()[1:]]

    right = [first(text.replace("\\n", "\n")) in {cause, *also.split(",")} for text, cause, also, _, _ in rows]

    assert sum(right) / len(rows) >= 0.93, [row[0] for row, hit in zip(rows, right, strict=True) if not hit]


def test_who_spoke_is_known_by_the_services_own_sentence() -> None:
    text = "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: a@b.test"

    assert recognizer().recognise(text).vendor == "ses"


@pytest.mark.parametrize("text", ["535", "error 535", "it says 535"])
def test_a_bare_535_is_a_refused_sign_in(text: str) -> None:
    assert first(text) == "auth.bad_credentials"
