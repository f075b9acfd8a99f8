"""Which client ids may a script rely on? The knowledge grows by files; this list is part of the contract and grows by decision."""

from __future__ import annotations

from knowledge.index import Index

CLIENTS = frozenset(
    [
        "outlook-classic",
        "outlook-new",
        "outlook-mac",
        "outlook-mobile",
        "outlook",
        "thunderbird",
        "apple-mail",
        "ios-mail",
        "gmail-web",
        "android-gmail",
        "samsung-email",
        "em-client",
        "k9",
        "evolution",
        "mutt",
        "msmtp",
        "python-smtplib",
        "django",
        "nodemailer",
        "phpmailer",
        "laravel",
        "symfony",
        "javamail",
        "spring",
        "dotnet-systemnet",
        "mailkit",
        "go-smtp",
        "rails",
        "powershell",
        "wordpress",
        "nextcloud",
        "gitlab",
        "gitea",
        "grafana",
        "alertmanager",
        "jenkins",
        "home-assistant",
        "vaultwarden",
        "authentik",
        "keycloak",
        "synology",
        "proxmox",
        "truenas",
        "zabbix",
        "uptime-kuma",
        "printer-hp",
        "printer-canon",
        "printer-brother",
        "printer-ricoh",
        "printer-xerox",
        "printer",
        "other",
    ]
)
# What people test or relay with; it is not the program that they send with.
_TOOLS = frozenset({"swaks", "curl", "openssl"})


def published_client(client: str | None, index: Index) -> str | None:
    """The published id for an entry of the knowledge: itself, its family, "other" for a program beyond the list; None for a server."""
    if client is None or client in CLIENTS:
        return client
    entry = index.client(client)
    if entry is None:
        return "other"
    if entry.family in CLIENTS:
        return entry.family
    return None if entry.kind == "server" or client in _TOOLS else "other"
