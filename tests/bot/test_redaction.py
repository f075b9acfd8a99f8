"""Redaction is total and idempotent; a secret in any usual form goes, wherever it stands; what only looks like one stays."""

from __future__ import annotations

import base64
import json
import sys
import urllib.parse
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.redaction import redact

# Texts in which a secret may stand, by the form it is written in.
FORMS = (
    "my password is {}",
    "pw: {}",
    "the login works with password {} in webmail",
    "(the password was {})",
    "user bob pass {} host mail.plover.example",
    "Passwort: {}",
    "Mein Passwort lautet {}",
    "mot de passe : {}",
    "la contraseña es {}",
    "senha {} e porta 587",
    "пароль {}, порт 465",
    "密码是{}",
    "パスワードは {}",
    "비밀번호: {}",
    "hasło: {}",
    "şifre: {}",
    "MAIL_HOST=mail.plover.example\nMAIL_PASSWORD={}\nMAIL_PORT=587",
    "MAIL_PASSWORD={} MAIL_PORT=587 MAIL_HOST=mail.plover.example",
    'export SMTP_PASS="{}"',
    "password: {}\nport: 587",
    "  password: '{}'",
    '{{"user": "a@plover.example", "pass": "{}"}}',
    "auth: {{ user: 'a@plover.example', pass: '{}' }},",
    "'mail_smtppassword' => '{}',",
    "$mail->Password = '{}';",
    "define('WPMS_SMTP_PASS', '{}');",
    'props.put("mail.smtp.password", "{}");',
    'new NetworkCredential("a@plover.example", "{}")',
    "server.login('a@plover.example', '{}')",
    'smtp.PlainAuth("", "a@plover.example", "{}", "mail.plover.example")',
    'gomail.NewDialer("mail.plover.example", 465, "a@plover.example", "{}")',
    'ConvertTo-SecureString "{}" -AsPlainText -Force',
    "smtp://bob:{}@mail.plover.example:587",
    "MAILER_DSN=smtps://bob%40plover.example:{}@mail.plover.example:465",
    "curl -u bob@plover.example:{} smtp://mail.plover.example",
    "swaks --server mail.plover.example -au bob -ap {} -tls",
    "[mail.plover.example]:587 bob@plover.example:{}",
    "machine mail.plover.example login bob password {}",
    "<password>{}</password>",
    "Authorization: Bearer {}",
    "api_key={}",
)
PASSWORDS = st.from_regex(r"[A-Za-z]{4,6}[0-9]{2,4}[A-Za-z]{2,6}", fullmatch=True)

DATA = Path(__file__).parent / "redaction"
SAID = [json.loads(line) for line in (DATA / "secrets.jsonl").read_text(encoding="utf-8").splitlines()]
LOOKALIKES = (DATA / "lookalikes.txt").read_text(encoding="utf-8").splitlines()


def pieces(secret: str) -> list[str]:
    return [secret[start : start + 6] for start in range(len(secret) - 5)]


@given(st.text(max_size=400))
@example("password: password: hunter2 x")
@example("pw [password removed] pw hunter2a")
@example("\ud800 pass: \udfff1234567")
@example("a\0b password=\0\0\0\0\0x1")
@settings(max_examples=150, deadline=None)
def test_any_string_is_taken_and_a_second_pass_finds_nothing(text: str) -> None:
    once = redact(text)

    again = redact(once.text)

    assert again.text == once.text
    assert again.secrets == ()


@given(
    st.lists(
        st.sampled_from(
            [
                "password",
                "pass=",
                ": ",
                "'",
                '"',
                "hunter2a",
                "\n",
                "smtp://",
                "@",
                "AUTH PLAIN ",
                "334 UGFzc3dvcmQ6",
                " is ",
                "{",
                "}",
                "=>",
                "x9y8z7w6",
            ]
        ),
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_a_second_pass_finds_nothing_in_what_is_made_of_the_words_around_secrets(words: list[str]) -> None:
    once = redact("".join(words))

    assert redact(once.text).text == once.text


@pytest.mark.parametrize("form", FORMS)
@given(secret=PASSWORDS)
@settings(max_examples=15, deadline=None)
def test_no_six_characters_of_a_secret_are_left_whatever_the_form(form: str, secret: str) -> None:
    safe = redact(form.format(secret))

    assert not any(piece in safe.text for piece in pieces(secret))
    assert len(safe.secrets) >= 1


@pytest.mark.parametrize("form", FORMS)
def test_what_is_removed_is_named_by_kind_and_position(form: str) -> None:
    safe = redact(form.format("Wachtel77xy"))

    for secret in safe.secrets:
        marker = safe.text[secret.start : secret.end]
        assert marker.startswith("[")
        assert marker.endswith(" removed]")


@given(secret=PASSWORDS)
@settings(max_examples=30, deadline=None)
def test_the_same_secret_goes_wherever_it_stands_again(secret: str) -> None:
    plain = base64.b64encode(f"\0bob\0{secret}".encode()).decode()
    text = f"pw: {secret}\nAUTH PLAIN {plain}\nI tried {secret} twice, also {urllib.parse.quote(secret)}"

    safe = redact(text)

    assert secret not in safe.text
    assert plain not in safe.text


@pytest.mark.parametrize("between", ["", "\n".join(f"Feb 03 11:02:{n:02} web1 app[{n}]: a line of the log" for n in range(60))])
def test_in_a_long_text_that_repeats_itself_every_secret_goes(between: str) -> None:
    block = "MAIL_HOST=mail.plover.example\nMAIL_PORT=587\nMAIL_PASSWORD=w7q\nyour verification code is 482913\n"
    key = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(f"MIIEvQIBADANBgkqhkiG9w0line{n:02}" for n in range(20))
    text = f"{block * 30}{between}\n{key}\n-----END PRIVATE KEY-----\n{between}\n{key[:-200]}\nand so on\n{block * 3}"

    safe = redact(text)

    assert not any(secret in safe.text for secret in ("w7q", "482913", "MIIEvQIBADANBgkqhkiG9w0"))
    assert redact(safe.text).text == safe.text


def steps(text: str) -> int:
    """How many functions are called for the redaction of a text: a measure of the work that no busy machine changes."""
    called = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        redact(text)
    finally:
        sys.setprofile(None)
    return called


@given(
    st.sampled_from(FORMS),
    st.lists(st.sampled_from(["a@b.example ", "password ", "\n", "334 UGFzc3dvcmQ6\n", "x: ", '"', "(", "= "]), max_size=4),
)
@settings(max_examples=25, deadline=None)
def test_four_times_the_text_is_at_most_about_four_times_the_work(form: str, between: list[str]) -> None:
    piece = form.format("Wachtel77xy") + "".join(between) + " "
    redact(piece)  # patterns are compiled

    once, four_times = steps(piece * 50), steps(piece * 200)

    assert four_times <= 5 * once


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("AUTH PLAIN AGJvYgBXYWNodGVsNzc=", "AGJvYgBXYWNodGVsNzc="),
        ("AUTH LOGIN\n334 VXNlcm5hbWU6\nYm9i\n334 UGFzc3dvcmQ6\nV2FjaHRlbDc3", "V2FjaHRlbDc3"),
        ("C: AUTH XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgeWEyOS5hYmMBAQ==", "dXNlcj1ib2IBYXV0aD1CZWFyZXIgeWEyOS5hYmMBAQ=="),
        ("SG.aBcDeFgHiJkL.mNoPqRsTuVwXyZ0123456789", "mNoPqRsTuVwXyZ0123456789"),
        ("key-0123456789abcdef0123456789abcdef", "0123456789abcdef"),
        ("use re_AbCd1234_XyZ987654321", "AbCd1234"),
        ("xsmtpsib-0a1b2c3d4e5f-AbCdEf", "0a1b2c3d4e5f"),
        ("token ya29.a0AfH6SMBx1234567", "a0AfH6SMBx1234567"),
        ("app password: qwer tzui opas dfgh", "qwer tzui"),
        ("xkzq wvbn mtrp hjkl", "xkzq wvbn"),
        ("Apple gave me xkzq-wvbn-mtrp-hjkl", "xkzq-wvbn"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nand so on", "MIIEvQIBADANBgkqhkiG9w0"),
        ("Cookie: PHPSESSID=abcdef123456; theme=dark", "abcdef123456"),
        ("your verification code is 482913", "482913"),
        ("MAIL_PASSWORD=${MAIL_PASSWORD:-Wachtel77}", "Wachtel77"),
        ("pass: process.env.SMTP_PASS || 'Wachtel77',", "Wachtel77"),
    ],
)
def test_secrets_that_show_by_their_form_go(text: str, secret: str) -> None:
    safe = redact(text)

    assert secret not in safe.text
    assert safe.secrets


@pytest.mark.parametrize(
    "text",
    [
        "535-5.7.8 Username and Password not accepted. a640c23a62f3a-abf771fd6casm12.3 - gsmtp",
        "Feb 03 11:02:55 web1 postfix/smtp[2211]: 4Yp2Qk5Rz9z1: to=<x@plover.example>, status=deferred",
        "Message-ID: <CAJx1yz-9ab8c7d6@mail.plover.example>",
        "334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6",
        "SHA256 Fingerprint=4E:1B:6A:AA:7C:9E:01:2F",
        "password: ********",
        "password: <your password>",
        "SMTP_PASSWORD=${SMTP_PASSWORD}",
        "password: !secret smtp_password",
        "pass: process.env.SMTP_PASS,",
        "EMAIL_HOST_PASSWORD = os.environ['EMAIL_HOST_PASSWORD']",
        "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
        "password=your_password",
        "534-5.7.9 Application-specific password required. Learn more at 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor",
        "the password is wrong",
        "my password is definitely correct, it works in webmail",
        "Authentication method: Normal password, port 587",
        "username AKIAI44QH8DHBEXAMPLE",
        "does this work with mail from home",
        "error code 80004005",
        "C: AUTH LOGIN Ym9iQHBsb3Zlci5leGFtcGxl",
        "https://docs.plover.example/smtp?user=bob",
        "mail.plover.example:587 bob@plover.example: Relay access denied",
        "Password for 'smtp://bob@mail.plover.example:587':",
        "do I need an app password for gmail?",
        "Username and password: 'Login denied'",
        'password: "authentication failed"',
        "password=\u2028",
        "pass=\x85\n",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    safe = redact(text)

    assert safe.text == text
    assert safe.secrets == ()


def test_host_and_port_of_a_url_with_a_password_survive() -> None:
    assert redact("smtp://bob:Wachtel77@mail.plover.example:587").text == "smtp://bob:[password removed]@mail.plover.example:587"


@pytest.mark.parametrize("said", SAID, ids=lambda said: str(said["text"])[:60])
def test_secrets_go_however_people_say_them(said: dict[str, str]) -> None:
    safe = redact(said["text"])

    assert said["secret"] not in safe.text
    assert not any(piece in safe.text for piece in pieces(said["secret"]))
    assert redact(safe.text).text == safe.text


@pytest.mark.parametrize("text", LOOKALIKES)
def test_sentences_about_passwords_and_keys_stay(text: str) -> None:
    assert redact(text).text == text


def test_what_is_behind_an_answer_that_was_removed_is_no_answer() -> None:
    text = "334 UGFzc3dvcmQ6\n" + "no answer\n" * 6 + "--> V2FjaHRlbC03Nw==\n--> Ym9iQHBsb3Zlci5leGFtcGxl\n"

    safe = redact(text)

    assert "V2FjaH" not in safe.text
    assert redact(safe.text).text == safe.text
