"""Whose configuration is this, and what does this program mean by its own words? One row a program; the mechanism is in `configuration`."""

from __future__ import annotations

from dataclasses import dataclass

import re2

from knowledge.terms import Security

IMPLICIT, START = Security.IMPLICIT_TLS, Security.STARTTLS


@dataclass(frozen=True, slots=True)
class Dialect:
    """`client` is a client id, `tls` what "tls" (or a switch of that name) means in its configuration, None where that depends.

    `marks`: RE2 patterns that only this program's configuration, code or log matches, `any_case` those that may be in capitals too.
    """

    client: str
    tls: Security | None
    marks: tuple[str, ...]
    any_case: tuple[str, ...]

    @property
    def pattern(self) -> str:
        return "|".join([f"(?:{mark})" for mark in self.marks] + [f"(?i:{mark})" for mark in self.any_case])


def _dialect(client: str, tls: Security | None, *marks: str, any_case: tuple[str, ...] = ()) -> Dialect:
    return Dialect(client, tls, marks, any_case)


# The first that is met counts: those that others contain stand before them.
ROWS = (
    _dialect("uptime-kuma", IMPLICIT, r"\bsmtpIgnoreTLSError\b", any_case=(r"\buptime[ \-]?kuma\b",)),
    _dialect(
        "odoo",
        None,
        any_case=(
            r"\bodoo\b",
            r"\baddons_path\b",
            r"\bir\.mail_server\b",
            r"\bir_mail_server\b",
        ),
    ),
    _dialect(
        "zammad",
        None,
        any_case=(
            r"\bzammad\b",
            r"\bEmail::Notification\b",
        ),
    ),
    _dialect("nextcloud", START, r"mail_smtp(?:host|port|secure|mode|name|auth)", r"\bmail_from_address\b"),
    _dialect(
        "vaultwarden", None, r"\bSMTP_SECURITY\b", r"\bSMTP_EXPLICIT_TLS\b", r"\bSMTP_FROM_NAME\b.*\bSMTP_SECURITY\b", r"\bvaultwarden\b"
    ),
    _dialect("authentik", START, r"\bAUTHENTIK_EMAIL__"),
    _dialect("keycloak", None, r"\bsmtpServer\.", r"\bkcadm", r"\"smtpServer\""),
    _dialect("gitlab", IMPLICIT, r"gitlab_rails\[", r"\bgitlab\.rb\b", r"\bgitlab-ctl\b"),
    _dialect("gitea", None, r"(?m)^\s*\[mailer\]\s*$", r"\bSMTP_ADDR\b", r"\bGITEA__mailer__", r"\bFORGEJO__mailer__", r"smtp\+starttls"),
    _dialect("airflow", None, r"\bsmtp_mail_from\b", r"\bAIRFLOW__", r"\bsmtp_retry_limit\b", r"\bairflow\.cfg\b"),
    _dialect(
        "grafana",
        None,
        r"\bGF_SMTP_",
        r"\bstartTLS_policy\b",
        r"(?m)^\s*\[smtp\]\s*$",
        r"\bgrafana\.ini\b",
        r"failed to send alert notification",
        r"logger=(?:notif|alert|ngalert)",
    ),
    _dialect(
        "alertmanager",
        None,
        r"\bsmtp_smarthost\b",
        r"\bsmtp_require_tls\b",
        r"\bsmtp_auth_username\b",
        r"\bemail_configs\b",
        r"\bsmtp_force_implicit_tls\b",
        r"component=dispatcher",
        r"notify retry cancel",
    ),
    _dialect(
        "home-assistant",
        IMPLICIT,
        any_case=(
            r"platform:\s*smtp\b",
            r"homeassistant\.components",
        ),
    ),
    _dialect("mastodon", IMPLICIT, r"\bSMTP_FROM_ADDRESS\b", r"\bSMTP_ENABLE_STARTTLS\b"),
    _dialect("discourse", None, r"\bDISCOURSE_SMTP_"),
    _dialect("ghost", None, r"\bmail__options__", r"\bmail__transport\b"),
    _dialect("synapse", None, r"\bnotif_from\b", r"\bforce_tls:\s*(?:true|false)\b", r"\brequire_transport_security\b"),
    _dialect("spring", None, r"\bspring\.mail\.", r"\bSPRING_MAIL_", r"\bspring:\s*\n\s+mail:"),
    _dialect(
        "django",
        START,
        r"\bEMAIL_USE_(?:TLS|SSL)\b",
        r"\bEMAIL_HOST(?:_USER|_PASSWORD)?\b",
        r"\bEMAIL_BACKEND\b",
        r"django\.core\.mail",
        r"\bMAILERS\s*=",
        r"\bDJANGO_",
    ),
    _dialect("flask-mail", START, r"\bMAIL_USE_(?:TLS|SSL)\b", r"\bflask_mail\b", r"\bMAIL_DEFAULT_SENDER\b"),
    _dialect(
        "laravel",
        START,
        r"\bMAIL_(?:MAILER|SCHEME|ENCRYPTION|FROM_ADDRESS|DRIVER)\b",
        r"\bphp artisan\b",
        r"\bIlluminate\\",
        r"\bMAIL_HOST\b.*\bMAIL_PORT\b",
        r"\bMAIL_HOST=",
    ),
    _dialect("symfony", None, r"\bMAILER_DSN\b", r"\bMAILER_URL\b", r"Symfony\\Component\\Mailer", r"\bframework:\s*\n\s+mailer:"),
    _dialect(
        "wordpress",
        START,
        r"\bWPMS_",
        r"\bWP ?Mail ?SMTP\b",
        r"\bwp-config\b",
        r"\bwp_mail\b",
        r"\bphpmailer_init\b",
        r"\bPost ?SMTP\b",
        r"\bFluent ?SMTP\b",
        r"\bEasy WP SMTP\b",
    ),
    _dialect("codeigniter", START, r"\bSMTPCrypto\b", r"\bsmtp_crypto\b"),
    _dialect(
        "phpmailer",
        START,
        any_case=(
            r"\bPHPMailer\b",
            r"\bSMTPSecure\b",
            r"\$mail->(?:Host|Port|SMTP|isSMTP)",
            r"SMTP Error: (?:Could not|The following|Data not|data not)",
            r"SMTP connect\(\) failed",
            r"\bSMTPDebug\b",
            r"\bisSMTP\(",
        ),
    ),
    _dialect("perl-netsmtp", None, r"\bNet::SMTP(?:::\w+)*=GLOB", r"\buse Net::SMTP\b"),
    _dialect(
        "rails",
        IMPLICIT,
        r"\baction_mailer\b",
        r"\bActionMailer\b",
        r"\bNet::SMTP",
        r"\benable_starttls_auto\b",
        r"Net::(?:Open|Read)Timeout",
    ),
    _dialect(
        "nodemailer",
        None,
        any_case=(
            r"\bnodemailer\b",
            r"\bcreateTransport\b",
            r"\bsmtp-connection\b",
            r"\bcode: '(?:EAUTH|ESOCKET|ECONNECTION|EENVELOPE|EDNS|ETLS|EMESSAGE|ESTREAM|ETIMEDOUT|ECONNREFUSED)'",
            r"Missing credentials for \"?PLAIN",
            r"\bcommand: '(?:CONN|API|AUTH|MAIL|RCPT|DATA)",
            r"\b(?:connect|getaddrinfo|queryA) E[A-Z_]{5,}",
            r"\bError: (?:read|write) E[A-Z]+",
            r"\bInvalid login: \d{3}",
            r"\brequireTLS\b",
            r"\bsecure: (?:true|false)\b",
            r"Greeting never received",
            r"Hostname/IP does(?:n't| not) match certificate's altnames",
            r"self[- ]signed certificate in certificate chain.*code:",
            r"Mail command failed: \d",
            r"Can't send mail - all recipients",
        ),
    ),
    _dialect(
        "javamail",
        None,
        r"\b(?:javax|jakarta)\.mail\b",
        r"\bmail\.smtp\.(?:host|port|auth|starttls|ssl)",
        r"\bcom\.sun\.mail\b",
        r"\bDEBUG SMTP:",
        r"org\.eclipse\.angus",
    ),
    _dialect("mailkit", None, r"\bMailKit\b", r"\bSecureSocketOptions\b", r"\bMimeKit\b", r"\bSmtpCommandException\b"),
    _dialect(
        "dotnet-systemnet",
        START,
        r"\bSystem\.Net\.Mail\b",
        r"\bnew SmtpClient\(",
        r"\bEnableSsl\b",
        r"\bSmtpException\b",
        r"\bDeliveryMethod\b",
    ),
    _dialect(
        "go-smtp",
        None,
        r"\bgomail\.",
        r"\bsmtp\.(?:SendMail|PlainAuth|Dial|NewClient)\b",
        r"\bgo-mail\b",
        r"\bgo-smtp\b",
        r"\bnet/smtp\b",
        r"\bmail\.NewClient\b",
    ),
    _dialect("lettre", None, r"\blettre\b", r"\bSmtpTransport::", r"\bAsyncSmtpTransport\b"),
    _dialect(
        "powershell",
        START,
        any_case=(
            r"\bSend-MailMessage\b",
            r"\bSend-MailKitMessage\b",
        ),
    ),
    _dialect("aiosmtplib", IMPLICIT, r"\baiosmtplib\b"),
    _dialect(
        "python-smtplib",
        START,
        any_case=(
            r"\bsmtplib\b",
            r"\bSMTP_SSL\(",
            r"\bSMTP(?:AuthenticationError|ServerDisconnected|SenderRefused|RecipientsRefused|ConnectError|NotSupportedError|DataError|HeloError|ResponseException)\b",
            r"\baiosmtplib\b",
            r"\byagmail\b",
            r"\bset_debuglevel\b",
        ),
    ),
    _dialect(
        "msmtp",
        START,
        any_case=(
            r"\bmsmtp\b",
            r"\btls_trust_file\b",
            r"\btls_starttls\b",
            r"\bpasswordeval\b",
        ),
    ),
    _dialect("mutt", None, r"\b(?:[Nn]eo)?[Mm]utt(?:rc)?\b", r"\bsmtp_url\b"),
    _dialect(
        "ssmtp",
        IMPLICIT,
        any_case=(
            r"\bssmtp\b",
            r"\bmailhub=",
            r"\bUseSTARTTLS\b",
        ),
    ),
    _dialect(
        "git-send-email",
        START,
        any_case=(
            r"\bsendemail\b",
            r"\bsmtpEncryption\b",
        ),
    ),
    _dialect(
        "exim",
        None,
        r"\bdriver = (?:manualroute|smtp)\b",
        r"\bdc_(?:smarthost|eximconfig_configtype)\b",
        r"\bpasswd\.client\b",
        r"\bhosts_require_(?:auth|tls)\b",
    ),
    _dialect(
        "sendmail",
        None,
        any_case=(
            r"\bSMART_HOST\b",
            r"\bsendmail\.(?:mc|cf)\b",
            r"\bAuthInfo:",
        ),
    ),
    _dialect("opensmtpd", START, r"\brelay host \S*smtp", r"\bopensmtpd\b", r"\bsmtpd\.conf\b"),
    _dialect(
        "proxmox",
        IMPLICIT,
        any_case=(
            r"\bproxmox\b",
            r"\bpve\b",
            r"/etc/pve/",
        ),
    ),
    _dialect("zabbix", None, any_case=(r"\bzabbix\b",)),
    _dialect(
        "truenas",
        START,
        any_case=(
            r"\btruenas\b",
            r"\bfreenas\b",
            r"\boutgoingserver\b",
            r"\bmidclt\b",
        ),
    ),
    _dialect(
        "synology",
        None,
        any_case=(
            r"\bsynology\b",
            r"\bDSM\b",
            r"\bdiskstation\b",
        ),
    ),
    _dialect(
        "jenkins",
        None,
        any_case=(
            r"\bjenkins\b",
            r"hudson\.(?:tasks|plugins)",
            r"\bunclassified:",
        ),
    ),
)

# What "tls" means in programs that are named rather than pasted.
TLS_WORD: dict[str, Security | None] = {row.client: row.tls for row in ROWS}
COMPILED = tuple((row.client, re2.compile(row.pattern), row.tls) for row in ROWS)
