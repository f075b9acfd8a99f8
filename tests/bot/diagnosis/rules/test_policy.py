"""What the DNS says of the sender becomes a finding only where it is a fault."""

from __future__ import annotations

import pytest

from bot import observations as o
from bot.diagnosis.model import Certainty, Finding, Situation
from bot.diagnosis.rules import policy
from bot.observations import Observations

NOBODY = Situation()
RECORD = "v=spf1 -all"


@pytest.mark.parametrize(
    ("fact", "certainty"),
    [
        (o.SpfChecked(domain="shop.test", record=RECORD, lookups=12, problem="too_many_lookups"), Certainty.SEEN),
        (o.SpfChecked(domain="shop.test", record=RECORD, problem="several"), Certainty.SEEN),
        (o.SpfChecked(domain="shop.test", record=RECORD, lookups=1, address="192.0.2.1", allows="fail"), Certainty.SEEN),
        (o.SpfChecked(domain="shop.test", record=RECORD, lookups=1, address="192.0.2.1", allows="softfail"), Certainty.LIKELY),
        (o.SpfChecked(domain="shop.test", record=None), Certainty.LIKELY),
        (o.DkimKeyChecked(domain="shop.test", selector="s1", problem="revoked"), Certainty.SEEN),
        (o.DkimKeyChecked(domain="shop.test", selector="s1", problem="missing"), Certainty.LIKELY),
        (o.DmarcChecked(domain="shop.test", record="v=DMARC1", problem="syntax"), Certainty.SEEN),
    ],
)
def test_a_domain_that_does_not_vouch_for_its_mail(fact: o.Observation, certainty: Certainty) -> None:
    assert policy.authentication(Observations((fact,)), NOBODY) == Finding("policy.authentication", certainty, (fact,))


def test_what_dmarc_asks_for_stands_beside_a_fault() -> None:
    spf = o.SpfChecked(domain="shop.test", record=None)
    dmarc = o.DmarcChecked(domain="shop.test", record="v=DMARC1; p=reject", policy="reject")

    finding = policy.authentication(Observations((dmarc, spf)), NOBODY)

    assert finding is not None
    assert finding.evidence == (spf, dmarc)


def test_good_records_and_what_is_only_missing_beside_them_are_no_fault() -> None:
    good = Observations(
        (
            o.SpfChecked(domain="shop.test", record="v=spf1 mx -all", lookups=1, address="192.0.2.1", allows="pass"),
            o.SpfChecked(domain="shop.test", record="v=spf1 mx -all", lookups=1),
            o.DkimKeyChecked(domain="shop.test", selector="s1", bits=2048),
            o.DmarcChecked(domain="shop.test", record=None),
            o.MtaStsChecked(domain="shop.test", published=False),
            o.ReverseNameChecked(address="192.0.2.1", names=("mail.shop.test",), confirmed=("mail.shop.test",)),
            o.BlocklistAnswered(zone="list.test", item="192.0.2.1", listed=False),
        )
    )

    assert [rule(good, NOBODY) for rule in policy.RULES] == [None, None, None]


@pytest.mark.parametrize("names", [(), ("other.test",)])
def test_an_address_without_a_reverse_name_that_leads_back(names: tuple[str, ...]) -> None:
    fact = o.ReverseNameChecked(address="192.0.2.1", names=names)

    assert policy.reverse_dns(Observations((fact,)), NOBODY) == Finding("policy.reverse_dns", Certainty.SEEN, (fact,))


def test_a_list_counts_where_it_says_listed_and_not_where_it_gives_an_error() -> None:
    listed = o.BlocklistAnswered(zone="one.test", item="192.0.2.1", listed=True, code="127.0.0.2")
    error = o.BlocklistAnswered(zone="two.test", item="192.0.2.1", listed=None, code="127.255.255.254")

    assert policy.blocklisted(Observations((error,)), NOBODY) is None
    assert policy.blocklisted(Observations((error, listed)), NOBODY) == Finding("policy.blocklisted", Certainty.SEEN, (listed,))
