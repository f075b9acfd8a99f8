"""Is what a peer sends read for what it is, and shown as one harmless line?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.probes.smtp import Reply, clean, fault_in, is_whole, protocol_of


@given(st.text())
def test_whatever_a_peer_writes_is_shown_as_one_printable_line(text: str) -> None:
    shown = clean(text)

    assert shown == "" or shown.isprintable()
    assert len(shown) <= 300
    assert clean(shown) == shown


@given(st.binary(max_size=600))
def test_no_bytes_upset_the_judgement(raw: bytes) -> None:
    fault_in(raw)
    protocol_of(raw)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"250 Ok\r\n", None),
        (b"250-a\r\n250-b\r\n250 c\r\n", None),
        (b"250-a\r\n550 b\r\n", "mixed_codes"),
        (b"250-a\n250 b\r\n", "bare_lf"),
        (b"250 a\x00\r\n", "nul"),
        (b"220 go\r\n250 injected\r\n", "injected"),
        (b"220 go\r\nx", "injected"),
        (b"", None),
    ],
)
def test_what_breaks_the_protocol_has_a_name(raw: bytes, fault: str | None) -> None:
    assert fault_in(raw) == fault


@pytest.mark.parametrize(
    ("raw", "protocol"),
    [
        (b"220 mail.test ESMTP Postfix\r\n", None),
        (b"220 ftp.example.test ESMTP\r\n", None),
        (b"220 mx.test\r\n", None),
        (b"220-sftp.test ESMTP\r\n220 hi\r\n", None),
        (b"220 (vsFTPd 3.0.5)\r\n", "ftp"),
        (b"220-FileZilla Server 1.8.0\r\n", "ftp"),
        (b"220 ftp.test FTP server ready\r\n", "ftp"),
        (b"220 mail.test LMTP Dovecot ready.\r\n", "lmtp"),
        (b"* OK Dovecot ready.\r\n", "imap"),
        (b"+OK ready\r\n", "pop3"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "ssh"),
        (b"HTTP/1.0 400 Bad request\r\n", "http"),
        (b"<!DOCTYPE html><html>", "http"),
        (b"hello there\r\n", "unknown"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "unknown"),
        (b"", None),
    ],
)
def test_another_protocol_is_known_by_its_first_words(raw: bytes, protocol: str | None) -> None:
    assert protocol_of(raw) == protocol


def test_a_reply_tells_its_enhanced_code_and_its_keywords() -> None:
    assert Reply(535, ("5.7.8 Bad credentials",)).enhanced == "5.7.8"
    assert Reply(535, ("5.7.8",)).enhanced == "5.7.8"
    assert Reply(250, ("version 5.7.8 here",)).enhanced is None
    assert Reply(250, ("mail.test", "size 1000", "AUTH plain LOGIN", "")).keywords == ("SIZE 1000", "AUTH plain LOGIN")


@pytest.mark.parametrize(
    ("raw", "whole"),
    [
        (b"", False),
        (b"220 mail.test", False),
        (b"220 mail.test\r\n", True),
        (b"220\r\n", True),
        (b"250-a\r\n", False),
        (b"250-a\r\n250-b\r\n250 c\r\n", True),
        (b"250-a\r\n250 b\r\n250 injected\r\n", True),
    ],
)
def test_a_reply_is_whole_with_its_last_line(raw: bytes, whole: bool) -> None:
    assert is_whole(raw) is whole
