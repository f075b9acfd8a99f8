"""Whose configuration is this, and what does this program mean by its own words? One row a program; the mechanism is in `configuration`."""

from __future__ import annotations

import re2

from knowledge.terms import Security

IMPLICIT, START = Security.IMPLICIT_TLS, Security.STARTTLS

# (client id, RE2 over the text that only this program's configuration matches, what "tls" (or a switch of that name) means in it)
ROWS: tuple[tuple[str, str, Security | None], ...] = (
    ("uptime-kuma", r"\bsmtpIgnoreTLSError\b|(?i)\buptime[ \-]?kuma\b", IMPLICIT),
    ("odoo", r"(?i)\bodoo\b|\baddons_path\b|\bir\.mail_server\b|\bir_mail_server\b", None),
    ("zammad", r"(?i)\bzammad\b|\bEmail::Notification\b", None),
    ("nextcloud", r"mail_smtp(?:host|port|secure|mode|name|auth)|\bmail_from_address\b", START),
    ("vaultwarden", r"\bSMTP_SECURITY\b|\bSMTP_EXPLICIT_TLS\b|\bSMTP_FROM_NAME\b.*\bSMTP_SECURITY\b|\bvaultwarden\b", None),
    ("authentik", r"\bAUTHENTIK_EMAIL__", START),
    ("keycloak", r"\bsmtpServer\.|\bkcadm|\"smtpServer\"", None),
    ("gitlab", r"gitlab_rails\[|\bgitlab\.rb\b|\bgitlab-ctl\b", IMPLICIT),
    ("gitea", r"(?m)^\s*\[mailer\]\s*$|\bSMTP_ADDR\b|\bGITEA__mailer__|\bFORGEJO__mailer__|smtp\+starttls", None),
    ("airflow", r"\bsmtp_mail_from\b|\bAIRFLOW__|\bsmtp_retry_limit\b|\bairflow\.cfg\b", None),
    ("grafana", (
r"\bGF_SMTP_|\bstartTLS_policy\b|(?m)^\s*\[smtp\]\s*$|\bgrafana\.ini\b|failed to send alert "
r"notification|logger=(?:notif|alert|ngalert)"
), None),
    ("alertmanager", (
r"\bsmtp_smarthost\b|\bsmtp_require_tls\b|\bsmtp_auth_username\b|\bemail_configs\b|\bsmtp_force_implicit_tls\b"
r"|component=dispatcher|notify retry cancel"
), None),
    ("home-assistant", r"(?i)platform:\s*smtp\b|homeassistant\.components", IMPLICIT),
    ("mastodon", r"\bSMTP_FROM_ADDRESS\b|\bSMTP_ENABLE_STARTTLS\b", IMPLICIT),
    ("discourse", r"\bDISCOURSE_SMTP_", None),
    ("ghost", r"\bmail__options__|\bmail__transport\b", None),
    ("synapse", r"\bnotif_from\b|\bforce_tls:\s*(?:true|false)\b|\brequire_transport_security\b", None),
    ("spring", r"\bspring\.mail\.|\bSPRING_MAIL_|\bspring:\s*\n\s+mail:", None),
    ("django", (
r"\bEMAIL_USE_(?:TLS|SSL)\b|\bEMAIL_HOST(?:_USER|_PASSWORD)?\b|\bEMAIL_BACKEND\b|django\.core\.mail"
r"|\bMAILERS\s*=|\bDJANGO_"
), START),
    ("flask-mail", r"\bMAIL_USE_(?:TLS|SSL)\b|\bflask_mail\b|\bMAIL_DEFAULT_SENDER\b", START),
    ("laravel", (
r"\bMAIL_(?:MAILER|SCHEME|ENCRYPTION|FROM_ADDRESS|DRIVER)\b|\bphp artisan\b|\bIlluminate\\"
r"|\bMAIL_HOST\b.*\bMAIL_PORT\b|\bMAIL_HOST="
), START),
    ("symfony", r"\bMAILER_DSN\b|\bMAILER_URL\b|Symfony\\Component\\Mailer|\bframework:\s*\n\s+mailer:", None),
    ("wordpress", (
r"\bWPMS_|\bWP ?Mail ?SMTP\b|\bwp-config\b|\bwp_mail\b|\bphpmailer_init\b|\bPost ?SMTP\b|"
r"\bFluent ?SMTP\b|\bEasy WP SMTP\b"
), START),
    ("codeigniter", r"\bSMTPCrypto\b|\bsmtp_crypto\b", START),
    ("phpmailer", (
r"(?i)\bPHPMailer\b|\bSMTPSecure\b|\$mail->(?:Host|Port|SMTP|isSMTP)|SMTP Error: (?:Could "
r"not|The following|Data not|data not)|SMTP connect\(\) failed|\bSMTPDebug\b|\bisSMTP\("
), START),
    ("perl-netsmtp", r"\bNet::SMTP(?:::\w+)*=GLOB|\buse Net::SMTP\b", None),
    ("rails", r"\baction_mailer\b|\bActionMailer\b|\bNet::SMTP|\benable_starttls_auto\b|Net::(?:Open|Read)Timeout", IMPLICIT),
    ("nodemailer", (
r"(?i)\bnodemailer\b|\bcreateTransport\b|\bsmtp-connection\b|\bcode: '(?:EAUTH|ESOCKET|ECONNECTION"
r"|EENVELOPE|EDNS|ETLS|EMESSAGE|ESTREAM|ETIMEDOUT|ECONNREFUSED)'|Missing credentials for "
r"\"?PLAIN|\bcommand: '(?:CONN|API|AUTH|MAIL|RCPT|DATA)|\b(?:connect|getaddrinfo|queryA) E[A-Z_]{5,}"
r"|\bError: (?:read|write) E[A-Z]+|\bInvalid login: \d{3}|\brequireTLS\b|\bsecure: (?:true|false)\b"
r"|Greeting never received|Hostname/IP does(?:n't| not) match certificate's altnames|self[- "
r"]signed certificate in certificate chain.*code:|Mail command "
r"failed: \d|Can't send mail - all recipients"
), None),
    ("javamail", (
r"\b(?:javax|jakarta)\.mail\b|\bmail\.smtp\.(?:host|port|auth|starttls|ssl)|\bcom\.sun\.mail\b"
r"|\bDEBUG SMTP:|org\.eclipse\.angus"
), None),
    ("mailkit", r"\bMailKit\b|\bSecureSocketOptions\b|\bMimeKit\b|\bSmtpCommandException\b", None),
    ("dotnet-systemnet", r"\bSystem\.Net\.Mail\b|\bnew SmtpClient\(|\bEnableSsl\b|\bSmtpException\b|\bDeliveryMethod\b", START),
    ("go-smtp", (
r"\bgomail\.|\bsmtp\.(?:SendMail|PlainAuth|Dial|NewClient)\b|\bgo-mail\b|\bgo-smtp\b|\bnet/smtp\b"
r"|\bmail\.NewClient\b"
), None),
    ("lettre", r"\blettre\b|\bSmtpTransport::|\bAsyncSmtpTransport\b", None),
    ("powershell", r"(?i)\bSend-MailMessage\b|\bSend-MailKitMessage\b", START),
    ("aiosmtplib", r"\baiosmtplib\b", IMPLICIT),
    ("python-smtplib", (
r"(?i)\bsmtplib\b|\bSMTP_SSL\(|\bSMTP(?:AuthenticationError|ServerDisconnected|SenderRefused"
r"|RecipientsRefused|ConnectError|NotSupportedError|DataError|HeloError|ResponseException)\b"
r"|\baiosmtplib\b|\byagmail\b|\bset_debuglevel\b"
), START),
    ("msmtp", r"(?i)\bmsmtp\b|\btls_trust_file\b|\btls_starttls\b|\bpasswordeval\b", START),
    ("mutt", r"\b(?:[Nn]eo)?[Mm]utt(?:rc)?\b|\bsmtp_url\b", None),
    ("ssmtp", r"(?i)\bssmtp\b|\bmailhub=|\bUseSTARTTLS\b", IMPLICIT),
    ("git-send-email", r"(?i)\bsendemail\b|\bsmtpEncryption\b", START),
    ("exim", (
r"\bdriver = (?:manualroute|smtp)\b|\bdc_(?:smarthost|eximconfig_configtype)\b|\bpasswd\.client\b"
r"|\bhosts_require_(?:auth|tls)\b"
), None),
    ("sendmail", r"(?i)\bSMART_HOST\b|\bsendmail\.(?:mc|cf)\b|\bAuthInfo:", None),
    ("opensmtpd", r"\brelay host \S*smtp|\bopensmtpd\b|\bsmtpd\.conf\b", START),
    ("proxmox", r"(?i)\bproxmox\b|\bpve\b|/etc/pve/", IMPLICIT),
    ("zabbix", r"(?i)\bzabbix\b", None),
    ("truenas", r"(?i)\btruenas\b|\bfreenas\b|\boutgoingserver\b|\bmidclt\b", START),
    ("synology", r"(?i)\bsynology\b|\bDSM\b|\bdiskstation\b", None),
    ("jenkins", r"(?i)\bjenkins\b|hudson\.(?:tasks|plugins)|\bunclassified:", None),
)  # fmt: skip

# What "tls" means in programs that are named rather than pasted.
TLS_WORD: dict[str, Security | None] = {client: meaning for client, _, meaning in ROWS}
COMPILED = tuple((client, re2.compile(pattern), meaning) for client, pattern, meaning in ROWS)
