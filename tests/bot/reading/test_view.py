"""Is a message read alike, whatever a platform or a mail program has put around its words?"""

from __future__ import annotations

import pytest

from bot.reading import read
from bot.reading.view import view
from bot.redaction import redact
from knowledge.index import index


@pytest.mark.parametrize(
    "said",
    [
        "thunderbird, smtp.plover.example port 587 starttls, anna@plover.example, timeout",
        "thunderbird, <http://smtp.plover.example|smtp.plover.example> port 587 starttls, <mailto:anna@plover.example|a@plover.example>"
        ", timeout",
        "thunderbird, smtp\u200b.plover.example, port 587, starttls, anna@plover.example, timeout",
        "thunderbird\uff0c\uff53\uff4d\uff54\uff50\uff0eplover\uff0eexample\u3000port\u3000\uff15\uff18\uff17\uff0cstarttls"
        "\uff0canna@plover.example, timeout",
        "> thunderbird, smtp.plover.example port 587\n> starttls, anna@plover.example: timeout",
        "```\nthunderbird, smtp.plover.example port 587 starttls, anna@plover.example: timeout\n```",
        "thunderbird, ||smtp.plover.example|| port ||587|| starttls, anna@plover.example, timeout",
        r"thunderbird, smtp\.plover\.example port 587 starttls, anna@plover\.example, timeout",
        "thunderbird, &quot;smtp.plover.example&quot; port 587 starttls, anna&#64;plover.example, timeout",
        "thunderbird, \u201csmtp.plover.example\u201d port \u2018587\u2019 starttls, \u00abanna@plover.example\u00bb, timeout",
        "thunderbird, [smtp.plover.example](http://smtp.plover.example) port **587** _starttls_"
        ", [anna@plover.example](mailto:anna@plover.example), timeout",
        "*thunderbird*, `smtp.plover.example` port `587` ~~ssl~~ `starttls`, anna@plover.example, timeout",
    ],
)
def test_markup_around_words_changes_nothing(said: str) -> None:
    reading = read(redact(said), index())

    assert (reading.host, reading.port, reading.client, reading.address_domain) == (
        "smtp.plover.example",
        587,
        "thunderbird",
        "plover.example",
    )
    assert reading.error is not None
    assert "timeout" in reading.error


@pytest.mark.parametrize(
    "kept", ["MAIL_HOST=x MAIL_PORT=587", "*.plover.example, *.dunlin.example", "*** Error connecting", "2 * 3 * 4", "a_b_c __init__"]
)
def test_signs_that_are_no_markup_stay(kept: str) -> None:
    assert view(kept) in (kept, kept.replace("__init__", "init"))


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("smtp server 2001:db8::25, port 587, timeout", "2001:db8::25"),
        ("[2001:db8::25]:587 times out", "2001:db8::25"),
        ("server smtp.m\u00fcller-bau.example, port 587, timeout", "smtp.m\u00fcller-bau.example"),
        (
            "server \u043f\u043e\u0447\u0442\u0430.\u043f\u0440\u0438\u043c\u0435\u0440.example port 465, timeout",
            "\u043f\u043e\u0447\u0442\u0430.\u043f\u0440\u0438\u043c\u0435\u0440.example",
        ),
        ("server smtp.xn--mller-bau-75a.example port 465, timeout", "smtp.xn--mller-bau-75a.example"),
    ],
)
def test_literals_and_international_names_are_servers(said: str, host: str) -> None:
    assert read(redact(said), index()).host == host


@pytest.mark.parametrize(
    ("said", "typed", "meant"),
    [
        ("smtp.gmial.com 465 ssl, server not found", "smtp.gmial.com", "smtp.gmail.com"),
        ("server smtp.gmail,com port 587: cannot find server", "smtp.gmail,com", "smtp.gmail.com"),
        ("server smtp.oulook.com port 587: cannot find server", "smtp.oulook.com", "smtp-mail.outlook.com"),
        ("server mail.plover,de port 587: cannot find server", "mail.plover,de", "mail.plover.de"),
        ("smtp.office.365.com 587 unknown host", "smtp.office.365.com", "smtp.office365.com"),
    ],
)
def test_a_slip_in_a_servers_name_is_named_and_not_mended(said: str, typed: str, meant: str) -> None:
    reading = read(redact(said), index())

    assert reading.host == typed
    assert reading.host_typo is not None
    assert (reading.host_typo.said, reading.host_typo.meant) == (typed, meant)
