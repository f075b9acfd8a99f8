"""Is a server's first flight read for what it says, whole, in pieces and broken?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.probes.flight import MAX_FLIGHT_BYTES, Flight, hello, parse_flight


def message(kind: int, body: bytes = b"") -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def record(kind: int, body: bytes) -> bytes:
    return bytes([kind, 3, 1]) + len(body).to_bytes(2, "big") + body


HELLO, ASKS, DONE = message(2, b"\x03\x01" + bytes(40)), message(13, b"\x01\x01\x00\x00"), message(14)


def test_a_whole_flight_names_its_version() -> None:
    assert parse_flight(record(22, HELLO + message(11, bytes(90)) + DONE)) == Flight("TLSv1", complete=True)


def test_a_request_for_our_certificate_is_seen_across_records() -> None:
    whole = HELLO + ASKS + DONE

    assert parse_flight(record(22, whole[:50]) + record(22, whole[50:])) == Flight("TLSv1", wants_certificate=True, complete=True)


def test_an_alert_is_a_refusal_and_a_greeting_is_nothing() -> None:
    assert parse_flight(record(21, b"\x02\x46")) == Flight(refused=True)
    assert parse_flight(b"220 mail.test ESMTP\r\n") == Flight()


def test_our_hello_offers_one_version() -> None:
    assert hello("mail.test", "TLSv1")[9:11] == b"\x03\x01"
    assert hello("mail.test", "TLSv1.1")[9:11] == b"\x03\x02"


@given(st.binary(max_size=2000))
def test_no_bytes_raise(raw: bytes) -> None:
    assert len(raw) < MAX_FLIGHT_BYTES
    parse_flight(raw)
    parse_flight(record(22, HELLO) + raw)
