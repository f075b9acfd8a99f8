"""Which fields does each JSON object of the command line have, and of which type? The contract as data, and one look that compares."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def seconds(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def truth(value: Any) -> bool:
    return isinstance(value, bool)


def port(value: Any) -> bool:
    return number(value) and 0 < value < 65536


def share(value: Any) -> bool:
    return seconds(value) and value <= 1


def month(value: Any) -> bool:
    return text(value) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value) is not None


def moment(value: Any) -> bool:
    return text(value) and datetime.datetime.fromisoformat(value).tzinfo is not None


def cause(value: Any) -> bool:
    return text(value) and re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)?", value) is not None


def url(value: Any) -> bool:
    return text(value) and value.startswith(("https://", "http://"))


def one_of(*values: object) -> Check:
    return lambda value: value in values


def or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def every(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def shape(**fields: Check) -> Check:
    """An object with all these fields (further ones are allowed), each as its check says; what is wrong is told by name."""

    def check(value: Any) -> bool:
        assert isinstance(value, Mapping), value
        for name, right in fields.items():
            assert name in value, f"{name} is missing in {value}"
            assert right(value[name]), f"{name} is {value[name]!r}"
        return True

    return check


SECURITY = one_of("implicit_tls", "starttls", "none")
WANTS = ("fix_error", "configure", "lookup", "question", "greeting", "thanks")
ORDERS = ("human", "cancel", "restart", "correction", "off_topic")
INTENT = one_of(*WANTS, *ORDERS)
SOURCE = shape(url=url, checked=or_null(month))
STEP = shape(text=text, url=or_null(url))
SETTING = shape(
    host=text,
    port=port,
    security=SECURITY,
    auth=every(text),
    username=or_null(text),
    app_password=or_null(truth),
    preferred=truth,
)
FINDING = shape(cause=cause, confidence=share, title=text, evidence=every(text), steps=every(STEP), verify=text, sources=every(SOURCE))
EXPLAIN = shape(schema=one_of(1), recognised=truth, findings=every(FINDING), reply_code=or_null(number), enhanced_code=or_null(text))
SLOTS = shape(
    host=or_null(text),
    port=or_null(port),
    security=or_null(SECURITY),
    client=or_null(text),
    provider=or_null(text),
    address_domain=or_null(text),
    error=or_null(text),
)
UNDERSTAND = shape(schema=one_of(1), slots=SLOTS, intent=INTENT, redacted=text, secrets_found=number)
LOOKUP = shape(
    schema=one_of(1),
    query=text,
    found=truth,
    provider=or_null(text),
    name=or_null(text),
    how=one_of("knowledge", "srv", "autoconfig", "mx", "probe"),
    settings=every(SETTING),
    before_you_start=every(text),
    steps=every(STEP),
    limits=or_null(shape()),
    warnings=every(text),
    sources=every(SOURCE),
    did_you_mean=every(text),
)
TLS = shape(
    version=or_null(text),
    cipher=or_null(text),
    names=every(text),
    issuer=or_null(text),
    not_after=or_null(moment),
    trusted=or_null(truth),
    hostname_ok=or_null(truth),
)
ENDPOINT = shape(
    address=text,
    port=port,
    security=or_null(SECURITY),
    reachable=truth,
    error=or_null(cause),
    banner=or_null(text),
    ehlo=every(text),
    auth=every(text),
    size=or_null(number),
    starttls=or_null(truth),
    tls=or_null(TLS),
    seconds=shape(connect=or_null(seconds), banner=or_null(seconds), ehlo=or_null(seconds), tls=or_null(seconds)),
)
CHECK = shape(
    schema=one_of(1),
    host=text,
    addresses=every(text),
    site=text,
    endpoints=every(ENDPOINT),
    recommended=or_null(SETTING),
    findings=every(FINDING),
    seconds=seconds,
)
ASKS = or_null(one_of("host", "port", "security", "error", "client", "provider", "address_domain", "other"))
REPLY = shape(
    text=text,
    asks=ASKS,
    choices=every(shape(id=text, label=text)),
    findings=every(FINDING),
    settings=or_null(SETTING),
    progress=truth,
    final=truth,
    handoff=truth,
)
REPLY_LINE = shape(schema=one_of(1), reply=REPLY)
IDLE_LINE = shape(schema=one_of(1), idle=one_of(True))
