"""Look-ups: by domain, server, MX, name and what was probably meant."""

from __future__ import annotations

import pytest

from knowledge.index import Index, ascii_form, index
from knowledge.load import load_files
from knowledge.names import Names, name_table


@pytest.fixture(scope="module")
def known() -> Index:
    return Index(load_files())


def id_of(found: object) -> str | None:
    return getattr(found, "id", None)


def test_the_index_of_a_process_is_always_the_same_one() -> None:
    assert index() is index()


@pytest.mark.parametrize(
    ("domain", "provider"),
    [
        ("gmail.com", "gmail"),
        ("GMail.COM.", "gmail"),
        ("hotmail.co.uk", "outlook.com"),
        ("contoso.onmicrosoft.com", "microsoft365"),
        ("yahoo.com.ar", "yahoo"),
        ("yahoo.co.jp", "yahoo-japan"),
        ("somebody.plus.com", "plusnet"),
        ("mail.gmail.com", "gmail"),
        ("example.com", None),
        ("com", None),
        ("", None),
        ("a" * 300 + ".com", None),
    ],
)
def test_a_domain_leads_to_its_provider(known: Index, domain: str, provider: str | None) -> None:
    assert id_of(known.by_domain(domain)) == provider


def test_a_domain_may_be_written_in_unicode_or_in_ascii(known: Index) -> None:
    assert ascii_form("Bücher.example") == "xn--bcher-kva.example"
    assert ascii_form("xn--bcher-kva.example") == "xn--bcher-kva.example"
    assert ascii_form("a\ud800b.example") == ""
    assert known.by_domain("почта.example") is None


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("smtp.gmail.com", "gmail"),
        ("smtp-relay.gmail.com", "google-workspace"),
        ("smtp.live.com", "outlook.com"),
        ("SMTP.Office365.com.", "microsoft365"),
        ("smtp.mail.yahoo.com", "yahoo"),
        ("secure.emailsrvr.com", "rackspace"),
        ("email-smtp.eu-south-2.amazonaws.com", "ses"),
        ("email-smtp-fips.us-east-1.amazonaws.com", "ses"),
        ("w0123456.kasserver.com", "all-inkl"),
        ("mail.example.com", None),
    ],
)
def test_a_server_leads_to_who_runs_it(known: Index, host: str, provider: str | None) -> None:
    assert id_of(known.by_host(host)) == provider


def test_a_server_that_must_not_be_entered_any_more_is_known_as_such(known: Index) -> None:
    assert known.is_old_host("smtp.live.com")
    assert not known.is_old_host("smtp-mail.outlook.com")
    assert not known.is_old_host("mail.example.com")


@pytest.mark.parametrize(
    ("mx", "provider"),
    [
        ("contoso-com.mail.protection.outlook.com", "microsoft365"),
        ("aspmx.l.google.com.", "google-workspace"),
        ("gmail-smtp-in.l.google.com", "gmail"),
        ("mx00.ionos.de", "ionos"),
        ("mx1.mail.ovh.net", "ovh"),
        ("smtpin.rzone.de", "strato"),
        ("in1-smtp.messagingengine.com", "fastmail"),
        ("mail.protonmail.ch", "proton"),
        ("mailstore1.secureserver.net", "godaddy"),
        ("mx1.privateemail.com", "namecheap"),
        ("mx1.hostinger.com", "hostinger"),
        ("mx1.titan.email", "titan"),
        ("mx1.emailsrvr.com", "rackspace"),
        ("mxext1.mailbox.org", "mailbox.org"),
        ("mta-gw.infomaniak.ch", "infomaniak"),
        ("spool.mail.gandi.net", "gandi"),
        ("mx.yandex.net", "yandex"),
        ("mx01.mail.icloud.com", "icloud"),
        ("mx1.pub.mailpod1-cph3.one.com", "one.com"),
        ("www123.your-server.de", "hetzner"),
        ("w0123456.kasserver.com", "all-inkl"),
        ("mx.zoho.eu", "zoho"),
        ("mx.example.com", None),
        ("notgoogle.com", None),
    ],
)
def test_an_mx_leads_to_who_hosts_the_domain(known: Index, mx: str, provider: str | None) -> None:
    assert id_of(known.by_mx(mx)) == provider


def test_name_servers_lead_to_who_hosts_the_domain(known: Index) -> None:
    assert id_of(known.by_ns("ns77.domaincontrol.com")) == "godaddy"
    assert known.by_ns("ns1.example.com") is None


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("my gmail account stopped", "gmail"),
        ("GMX-Postfach", "gmx"),
        ("t online konto", "t-online"),
        ("Microsoft 365 and nothing else", "microsoft365"),
        ("yahoo japan", "yahoo-japan"),
        ("1&1 smtp", "ionos"),
        ("AT&T email", "att"),
        ("we send through Amazon SES", "ses"),
        ("web.de", "web.de"),
        ("hotmail", "outlook.com"),
        ("我用QQ邮箱发邮件", "qq"),
        ("fastmail's server", "fastmail"),
        ("proton", "proton"),
        ("please resend the mail", None),
        ("the free plan, one by one", None),
        ("ses identifiants", None),
        ("the orange button", None),
        ("chez orange", "orange"),
        ("serveur smtp orange port ?", "orange"),
        ("I use Orange here", "orange"),
        ("sky mail", "sky"),
        ("free", "free"),
        ("mail.orange-county.org", None),
        ("smtp.gmail.com", None),
        ("user@gmail.com", None),
        ("can't - online", None),
    ],
)
def test_a_provider_is_found_by_its_name(known: Index, text: str, provider: str | None) -> None:
    assert id_of(known.by_name(text)) == provider


def test_the_longest_name_wins(known: Index) -> None:
    assert id_of(known.by_name("google workspace, not gmail")) == "google-workspace"


def test_names_in_a_text_come_with_their_places(known: Index) -> None:
    text = "Hotmail to gmail.com"

    assert [(text[start:end], id) for start, end, id in known.names_in(text)] == [("Hotmail", "outlook.com"), ("gmail.com", "gmail")]


def test_clients_are_found_by_their_names(known: Index) -> None:
    text = "Thunderbird says no"

    assert [(text[start:end], id) for start, end, id in known.client_names_in(text)] == [("Thunderbird", "thunderbird")]


def test_names_never_overlap_and_lie_within_the_text() -> None:
    names = Names(name_table({"a": ["Mail One", "One Two"], "b": ["Two"]}))
    text = "mail one two İ one two"

    hits = names.hits(text)

    assert [text[start:end] for start, end, _ in hits] == ["mail one", "two", "one two"]


def test_a_huge_text_is_no_trouble(known: Index) -> None:
    assert len(known.names_in("gmail " * 20_000)) == 20_000


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smtp.gmial.com", "smtp.gmail.com"),
        ("smtp.gmail.con", "smtp.gmail.com"),
        ("smtp.gmail.co", "smtp.gmail.com"),
        ("smtpgmail.com", "smtp.gmail.com"),
        ("smpt.gmail.com", "smtp.gmail.com"),
        ("smtp.ofice365.com", "smtp.office365.com"),
        ("smtp.office.365.com", "smtp.office365.com"),
        ("smtp.sendgrid.com", "smtp.sendgrid.net"),
        ("mail.gmx.nte", "mail.gmx.net"),
        ("smtp.gmx.ent", "mail.gmx.net"),
        ("smtp.oulook.com", "smtp-mail.outlook.com"),
        ("smtp.yaho.com", "smtp.mail.yahoo.com"),
        ("smtp.strato.ed", "smtp.strato.de"),
        ("smtp.brevo.con", "smtp-relay.brevo.com"),
        ("smtp-realy.brevo.com", "smtp-relay.brevo.com"),
        ("smtp.nave.com", "smtp.naver.com"),
        ("smtp.gmail.com", None),
        ("imap.gmail.com", None),
        ("smtps.gmail.com", None),
        ("smtp.live.com", None),
        ("smtp.liv.com", None),
        ("mail.example.com", None),
        ("mail.abc.com", None),
        ("mail.gmx.me", None),
        ("smtp.pochard.example", None),
        ("smtp1.brevo.com", None),
        ("localhost", None),
        ("10.0.0.5", None),
        ("127.0.0.11", None),
        ("", None),
    ],
)
def test_a_slip_in_a_server_name_is_seen_and_a_name_of_somebody_is_left_alone(known: Index, typed: str, meant: str | None) -> None:
    assert known.nearest_host(typed) == meant


@pytest.mark.parametrize(
    ("query", "first"), [("gmial", "Gmail"), ("hotmial.com", "hotmail.com"), ("outlok", "outlook.com"), ("smtp.gmal.com", "smtp.gmail.com")]
)
def test_a_misspelling_is_answered_with_what_was_probably_meant(known: Index, query: str, first: str) -> None:
    assert known.suggest(query)[0] == first


def test_noise_is_not_answered_with_a_guess(known: Index) -> None:
    assert known.suggest("xyzzyplugh") == ()
    assert known.suggest("   ") == ()


def test_suggestions_are_no_more_than_asked_for(known: Index) -> None:
    assert len(known.suggest("hotmail.cm", limit=2)) <= 2


def test_typeahead_puts_what_begins_so_first(known: Index) -> None:
    assert known.typeahead("providers", "gma", 1) == (("gmail", "Gmail"),)
    assert known.typeahead("clients", "thunderb", 1) == (("thunderbird", "Thunderbird"),)
    assert known.typeahead("causes", "tls.wrong", 1)[0][0] == "tls.wrong_mode"
    assert len(known.typeahead("providers", "", 25)) == 25


def test_the_servers_of_a_region_are_for_its_domains_only(known: Index) -> None:
    zoho = known.provider("zoho")
    assert zoho is not None

    hosts = {domain: {one.endpoint.host for one in known.servers_for(zoho, domain)} for domain in ("zoho.eu", "example.com", None)}

    spectrum = known.provider("spectrum")
    assert spectrum is not None

    assert known.servers_for(spectrum, "nowhere.rr.com")[0].endpoint.host == "mail.twc.com"
    assert known.servers_for(spectrum, "tampabay.rr.com")[0].endpoint.host == "mail.brighthouse.com"
    assert hosts["zoho.eu"] == {"smtp.zoho.eu"}
    assert hosts["example.com"] == hosts[None] == {"smtp.zoho.com", "smtppro.zoho.com"}


def test_a_phrase_is_filled_in() -> None:
    found = Index(load_files())
    id = next(id for id, phrase in found.knowledge.phrases.items() if "{" not in phrase)

    assert found.phrase(id) == found.knowledge.phrases[id]
    with pytest.raises(KeyError):
        found.phrase("no.such.phrase")


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("thunderbird", "thunderbird"),
        ("Apple Mail", "apple-mail"),
        ("iPhone", "ios-mail"),
        ("outlook new", "outlook-new"),
        ("Brother", "printer-brother"),
        ("ios", "ios-mail"),
        ("Thunderbird 128", "thunderbird"),
        ("qwertz", None),
    ],
)
def test_a_client_is_meant_by_an_id_a_name_or_a_nickname(known: Index, said: str, id: str | None) -> None:
    found = known.client_named(said)

    assert (found.id if found is not None else None) == id


@pytest.mark.parametrize(("typed", "meant"), [("thunderbrd", "thunderbird"), ("Broter", "printer-brother"), ("nodmailer", "nodemailer")])
def test_a_misspelt_client_is_answered_with_what_was_probably_meant(known: Index, typed: str, meant: str) -> None:
    assert known.client_named(typed) is None
    assert known.suggest_clients(typed)[0] == meant


@pytest.mark.parametrize(
    ("said", "id"), [("gmail", "gmail"), ("you@gmx.de", "gmx"), ("smtp.strato.de", "strato"), ("Google Mail", "gmail"), ("?", None)]
)
def test_a_provider_is_meant_by_an_id_a_name_a_domain_or_a_server(known: Index, said: str, id: str | None) -> None:
    found = known.provider_named(said)

    assert (found.id if found is not None else None) == id
