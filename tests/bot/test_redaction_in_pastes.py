"""Whatever secret stands anywhere in any paste: no six characters of it are in the safe text or in what is read from it."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading import read
from bot.redaction import redact
from knowledge.index import index

PASTES = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "reading" / "pastes").glob("*/*.txt"))]
# A line of its own, as people put one before, behind or into what they paste.
LINES = (
    "my password is {}",
    "pw: {}",
    "Passwort: {}",
    "mot de passe : {}",
    "la contraseña es {}",
    "senha: {}",
    "пароль {}",
    "密码是{}",
    "şifre: {}",
    "hasło: {}",
    "MAIL_PASSWORD={}",
    'export SMTP_PASS="{}"',
    "  password: '{}'",
    "$mail->Password = '{}';",
    "'mail_smtppassword' => '{}',",
    "server.login('a@plover.example', '{}')",
    "smtp://bob:{}@mail.plover.example:587",
    "curl -u bob@plover.example:{} smtp://mail.plover.example",
    "[mail.plover.example]:587 bob@plover.example:{}",
    "<password>{}</password>",
    "Authorization: Bearer {}",
    "bob@plover.example / {}",
)
PASSWORDS = st.from_regex(r"[A-Za-z]{4,6}[0-9]{2,4}[A-Za-z]{2,6}", fullmatch=True)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PASTES), st.sampled_from(LINES), st.floats(0, 1), PASSWORDS)
def test_a_secret_in_any_paste_is_nowhere_afterwards(paste: str, line: str, where: float, secret: str) -> None:
    lines = paste.split("\n")
    at = round(where * len(lines))
    text = "\n".join([*lines[:at], line.format(secret), *lines[at:]])

    safe = redact(text)
    reading = read(safe, index())

    everything = safe.text + json.dumps(repr(reading), ensure_ascii=False)
    held = [secret[start : start + 6] for start in range(len(secret) - 5)]
    assert [piece for piece in held if piece in everything and piece not in paste + line] == []
