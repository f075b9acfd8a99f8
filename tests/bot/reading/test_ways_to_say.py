"""Is a thing found in whatever way people say it? Each way of `ways.toml` with values of every sort."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.reading import read
from bot.redaction import redact
from knowledge.index import index

WAYS: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "ways.toml").read_text(encoding="utf-8"))
ENDPOINTS = [
    ("mail.siskin.example", 587, "starttls", ["starttls", "STARTTLS", "explicit TLS"]),
    ("smtp.nuthatch.example", 465, "implicit_tls", ["ssl", "SSL/TLS", "ssl on"]),
    ("relay.dotterel.example", 25, "none", ["no encryption", "unencrypted", "without tls"]),
    ("post.bergfink.example", 2525, "starttls", ["StartTLS"]),
    ("smtp.office365.com", 587, "starttls", ["starttls"]),
    ("exchange.corp.lan", 25, "none", ["no ssl"]),
    ("192.168.7.20", 587, "starttls", ["STARTTLS"]),
]
PROVIDERS = {
    "microsoft365": "Microsoft 365", "outlook.com": "hotmail", "gmail": "gmail", "orange": "orange", "comcast": "comcast",
    "sendgrid": "sendgrid", "seznam": "seznam", "sky": "sky", "ovh": "ovh", "naver": "naver", "ses": "amazon ses", "proton": "protonmail",
}  # fmt: skip
CLIENTS = {
    "outlook-classic": "outlook 2016", "outlook-new": "the new outlook", "outlook-mac": "outlook on my mac",
    "outlook-mobile": "outlook app", "apple-mail": "mail on my macbook", "ios-mail": "my iphone", "k9": "K9 mail",
    "nodemailer": "my node app", "python-smtplib": "my python script", "wordpress": "woocommerce", "gitea": "forgejo",
    "synology": "my diskstation", "proxmox": "pve", "printer-hp": "officejet pro 9015", "printer-brother": "MFC-L3770CDW",
    "printer-ricoh": "MP C3003", "printer": "the copier",
}  # fmt: skip
DOMAINS = ["larkspur.example", "gmail.com", "web.de"]


@pytest.mark.parametrize("way", WAYS["endpoint"])
def test_a_server_with_its_port_and_mode_is_found(way: str) -> None:
    for host, port, mode, said in ENDPOINTS:
        for word in said:
            text = way.format(host=host, port=port, mode=word)

            reading = read(redact(text), index())

            assert (reading.host, reading.port, reading.security) == (host, port, mode), text


@pytest.mark.parametrize("way", WAYS["provider"])
def test_a_provider_is_found(way: str) -> None:
    for provider, name in PROVIDERS.items():
        assert read(redact(way.format(provider=name)), index()).provider == provider, name


@pytest.mark.parametrize("way", WAYS["not_provider"])
def test_who_only_receives_the_mail_is_not_the_provider(way: str) -> None:
    for name in PROVIDERS.values():
        assert read(redact(way.format(provider=name)), index()).provider is None, name


@pytest.mark.parametrize("way", WAYS["client"])
def test_a_program_is_found(way: str) -> None:
    for client, name in CLIENTS.items():
        if not way.startswith("not outlook") or not client.startswith("outlook"):
            assert read(redact(way.format(client=name)), index()).client == client, name


@pytest.mark.parametrize("way", WAYS["address_domain"])
def test_the_own_domain_is_found(way: str) -> None:
    for domain in DOMAINS:
        assert read(redact(way.format(address=f"anna.k@{domain}")), index()).address_domain == domain, domain


@pytest.mark.parametrize("way", WAYS["not_address_domain"])
def test_somebody_elses_domain_is_not_the_own(way: str) -> None:
    for domain in DOMAINS:
        assert read(redact(way.format(address=f"anna.k@{domain}")), index()).address_domain is None, domain
