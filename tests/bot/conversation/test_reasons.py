"""Does a refusal for policy give what a look at the sender's domain needs, and nothing else?"""

from __future__ import annotations

import pytest

from bot.conversation.reasons import outgoing_address, selector


@pytest.mark.parametrize(
    ("error", "address"),
    [
        ("550 5.7.1 Service unavailable; Client host [8.8.4.4] blocked using zen.spamhaus.org", "8.8.4.4"),
        ("550-5.7.25 [2001:4860:4860::8844] The IP address sending this message does not have a PTR record", "2001:4860:4860::8844"),
        ("554 10.0.0.1 and 1.2.3.4.5 and 999.1.1.1 are none", None),
        ("Postfix 3.7.11 at 12:30:45 on port 25", None),
    ],
)
def test_the_first_public_address_is_the_outgoing_one(error: str, address: str | None) -> None:
    assert outgoing_address(error) == address


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("dkim=fail (no key) header.d=shop.test s=mail2024; dmarc=fail", "mail2024"),
        ("no key for selector1._domainkey.shop.test", "selector1"),
        ("5.7.26 This mail is unauthenticated", None),
    ],
)
def test_a_selector_is_read_where_the_text_names_one(error: str, name: str | None) -> None:
    assert selector(error) == name
