"""Is a text about sending mail at all? Looks for signs of mail and of other things; decides nothing about what is wrong.

The channel is about mail, so a bare "connection refused" is taken as meant. A sign of another protocol without a strong one of mail,
or a sign of receiving without one of sending, says that the text is about something else.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.diagnosis.signs import Signs

_SIGNS = Signs(
    {
        "sending": (
            r"smtp",
            r"\b(?:ehlo|helo|rcpt|esmtp|lmtp)\b",
            r"\bmail from\b|(?:invalid|bad|incorrect) greeting|greeting never",
            r"\bauth (?:login|plain|xoauth2|cram-md5|ntlm)\b",
            r"sendmail|postfix|\bexim\b|opensmtpd|qmail|exchange online|hmailserver|mailenable|zimbra|postal\b|haraka",
            r"nodemailer|phpmailer|swiftmailer|swift_|javamail|javax\.mail|jakarta\.mail|com\.sun\.mail|smtplib|mailkit",
            r"system\.net\.mail|actionmailer|msmtp|ssmtp|\bswaks\b|lettre|gomail|mailer|sendgrid|mailgun|amazonses",
            r"mandrill|postmark",
            r"[: ](?:587|465|2525)\b",
            r"\bport:? ?\"?(?:25|587|465|2525)\b",
            r":25\b",
            r"\b(?:4|5)\d\d[ -]#?[45]\.\d\.\d",
            r"\boutgoing (?:mail )?server|outgoing (?:e-?)?mail|postausgang|ausgangsserver|courrier sortant",
            r"serveur sortant|correo saliente|servidor de salida|posta in uscita",
            r"send(?:ing)? (?:an? |the |test |out )*(?:e-?mails?|messages?|mails?)\b",
            r"(?:e-?mail|message|mail)s? (?:could not|cannot|can't|couldn't|was not|were not|not|failed to) (?:be )?(?:sent|deliver|send)",
            r"\b(?:recipient|undeliver|relaying|relay access|relay denied|envelope sender)",
            r"\bsender (?:address|domain|was|is|rejected|denied|refused|verify|not|policy|reputation|identity)",
            r"diagnostic-code|final-recipient|status=(?:bounced|deferred)|milter|dkim|dmarc|\bspf\b",
            r"scan(?:ned)? to (?:e-?)?mail|scan-to-email|\bmfp\b",
            r"发送邮件|发信|邮件发送|メール送信|메일 (?:전송|발송)|отправ\S* (?:почт|письм|сообщ)",
            r"enviar (?:el |o |um )?(?:correo|e-?mail|mensaje)|envoi (?:de |d'|du )(?:mail|message|e-?mail|courriel)",
            r"mail ?versand",
        ),
        "mail": (
            r"\be-?mails?\b|mail ?box|mail ?server|\bstarttls\b",
            r"\bmails?\b",
            r"outlook|thunderbird|gmail|hotmail|yahoo|icloud|office ?365|fairemail|\bk-9\b|mailspring|em client|apple mail|aadsts",
            r"\bmessage (?:size|body|header|was|could|has|rejected|too|content|is|not|deferred|refused|blocked)",
            r"邮箱|邮件|郵件|邮址|信件|メール|메일|почт|пошт|поща|письм|correo|courriel|posta elettronica|сообщени|повідомлен|съобщени",
            r"mensaje|mensagem|messaggio|missatge|nachricht|besked|meddelelse|melding|meddeland|viesti|zpráv|správ",
            r"wiadomo|üzenet|mesaj|poruk",
            r"sporočil|bericht|boodskap|kirja sisu|žinut|laišk|ziņ|mesaxe|mesaĝ|missatge|pesan|mesej|tin nhắn|nội dung",
            r"消息|信息|メッセージ|메시지",
            r"الرسالة|البريد|پیام|ایمیل|הודעה|דואר|μήνυμα|e-?mail-?|адрес|address\b",
        ),
        "refused": (r"(?:^|[^\d.\w:])(?:4(?:2[12]|32|5[0-5])|5(?:2[15]|3[0458]|5[0-6]|71))(?:[ -]+#?[45]\.\d+\.\d+|[ -]+[^\d\s])",),
        "program": (r"0x800c?cc[0-9a-f]{2}|0x800421|0x8004010f",),
        "receiving": (
            r"\bimaps?\b|\bimap4\b|imap-login|imaplib|\bimapflow\b",
            r"\bpop3?s?\b|pop3-login|poplib",
            r"fetchmail|getmail|mbsync|offlineimap|isync",
            r"\bport:? ?\"?(?:110|143|993|995)\b|:(?:993|995|143|110)\b",
            r"\bincoming (?:mail )?server|posteingang|courrier entrant|correo entrante|posta in arrivo",
            r"(?:not|stopped|problems?|trouble) receiv(?:e|ing) (?:new |my |any |e-?)*mails?|can't receive",
            r"cannot receive|not receiving|receiving reported|cannot get mail",
            r"\bsieve\b|managesieve",
        ),
        "coded_too": (
            r"\(sql: |using password: (?:yes|no)|mysql|mariadb|postgres|psql|psycopg|sqlite|mongo|redis|oracle|\bora-\d",
            r"sqlstate|jdbc|sqlserver|sql server",
            r"sqlalchemy|cassandra|elasticsearch|memcached|influx|clickhouse",
            r"\bs?ftps?\b|vsftpd|proftpd|filezilla|port 21\b|:21\b",
            r"\b(?:http|https) (?:status|error|request failed|4\d\d|5\d\d|response)|http/[12](?:\.[01])?\"? [2345]\d\d",
        ),
        "other": (
            r"\bgit\b|github\.com|gitlab\.com/|\bgit@|\.git\b|bitbucket|\bsvn\b",
            r"\bssh\b|sshd|openssh|\bscp\b|rsync|port 22\b|:22\b|publickey",
            r"ldap|active directory|kerberos kdc|\bkinit\b",
            r"docker|kubectl|kubernetes|\bk8s\b|containerd|\bhelm\b|\bpod\b",
            r"\bnpm\b|\byarn\b|\bpnpm\b|\bpip3?\b|pypi|apt-get|\bapt\b|\byum\b|\bdnf\b|\bmaven\b|gradle|\bcargo\b",
            r"composer|rubygems|\bgem install|conda|homebrew|nuget",
            r"nginx|apache2?|\bhttpd\b|iis\b|tomcat|haproxy|traefik|caddy|varnish|cloudflare",
            r"\bhttps?://(?:api|registry|localhost|127|download|packages|repo|git|cdn)\b",
            r"\b(?:http|https) (?:status|error|request failed|4\d\d|5\d\d|response)|http/[12](?:\.[01])?\"? [2345]\d\d",
            r"status ?code:? [45]\d\d|\b(?:get|post|put|delete|patch) /",
            r"\b(?:404 not found|502 bad gateway|503 service unavailable|504 gateway|500 internal server error)",
            r"\b(?:413 request entity|429 too many)",
            r"websocket|\bwss?://|graphql|grpc|\bcors\b|axios|fetch failed|urllib3|requests\.exceptions|okhttp",
            r"\bmqtts?\b|rabbitmq|amqp|kafka|zookeeper|\bnats\b|celery broker",
            r"\bsip\b|asterisk|\bvoip\b|\brtsp\b|\brtmp\b|webrtc",
            r"\bsmb\b|\bcifs\b|samba|\bnfs\b|\brdp\b|remote desktop|\bvnc\b|\bvpn\b|wireguard|openvpn|ipsec|anyconnect",
            r"snmp|\bntp\b|\bdhcp\b|\bbgp\b|\bntpd\b",
            r"net::err_|upstream|certbot|http-01|\bdig:|bind9|dnssec|windows update|api key|\bcode\"?: ?429\b",
            r"https (?:proxy|request|connection|server)|http://[a-z0-9.-]+:\d|executing (?:get|post)\b",
            r"(?:packages|registry|repo|downloads?|config-server|mirrors?)\.[a-z0-9-]+\.[a-z]",
            r"chrome|firefox|safari|your connection is not private|\bbrowser\b.{0,40}\berr_|this site can",
            r"terraform|ansible-galaxy|jenkins build|\bci job\b|runner",
            r"minecraft|steam|discord|slack|telegram|whatsapp|zoom\b|teams meeting",
            r"wordpress (?:update|plugin update|database)|wp-cron|\bxmlrpc",
            r":(?:3306|5432|6379|27017|9200|1433|1521|5672|9092|8080|8443|443|80|22|21|389|636|3389|445|11211|2181|5000|3000|8000|25565|6443)\b",
            r"\bport (?:3306|5432|6379|27017|9200|1433|1521|5672|9092|8080|8443|443|80|22|21|389|636|3389|445)\b",
        ),
    }
)


class Topic(NamedTuple):
    """`sending`: whether a text is about sending mail, as far as it says. `signs`: whether it says so at all."""

    sending: bool
    signs: bool


def topic_of(text: str) -> Topic:
    """What `text` (in the form of `wrappers.plain`) is about."""
    found = _SIGNS.groups_in(text)
    if "sending" in found:
        return Topic(sending=True, signs=True)
    if "receiving" in found or "coded_too" in found:
        return Topic(sending=False, signs=False)
    signs = not found.isdisjoint({"mail", "refused", "program"})
    return Topic(sending=signs or "other" not in found, signs=signs)
