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
            r"\bmail from\b|expected 220|(?:invalid|bad|incorrect) greeting|greeting never",
            r"\bauth (?:login|plain|xoauth2|cram-md5|ntlm)\b",
            r"sendmail|postfix|\bexim\b|opensmtpd|qmail|exchange online|hmailserver|mailenable|zimbra|postal\b|haraka|procmail",
            r"nodemailer|phpmailer|swiftmailer|swift_|javamail|javax\.mail|jakarta\.mail|com\.sun\.mail|smtplib|mailkit",
            r"system\.net\.mail|actionmailer|msmtp|ssmtp|\bswaks\b|lettre|gomail|mailer|sendgrid|mailgun|amazonses",
            r"mandrill|postmark",
            r"[: ](?:587|465|2525)\b",
            r"\bport[:=]? ?\"?(?:2[456]|[123]?0?587|[123]?465|2525|1025|1002[56])\b",
            r":(?:2[56]|1025|1002[56])\b",
            r"\b(?:4|5)\d\d[ -]#?[45]\.\d\.\d",
            r"\boutgoing (?:mail )?server|outgoing (?:e-?)?mail|postausgang|ausgangsserver|courrier sortant",
            r"serveur sortant|correo saliente|servidor de salida|posta in uscita",
            r"send(?:ing)? (?:an? |the |test |out )*(?:e-?mails?|messages?|mails?)\b",
            r"(?:e-?mail|message|mail)s? (?:could not|cannot|can't|couldn't|was not|were not|not|failed to) (?:be )?(?:sent|deliver|send)",
            r"\b(?:recipient|undeliver|relaying|relay access|relay denied|envelope sender)",
            r"\bsender (?:address|domain|was|is|rejected|denied|refused|verify|not|policy|reputation|identity)",
            r"server response was|\bexpected response code|\(in reply to|closing transmission channel|blocked using",
            r"\battachments?\b|test alert|message sending|sending (?:of )?(?:the |this |your )?(?:message|mail|e-?mail)",
            r"diagnostic-code|final-recipient|status=(?:bounced|deferred)|milter|dkim|dmarc|\bspf\b",
            r"scan(?:ned)? to (?:e-?)?mail|scan-to-email|\bmfp\b",
            r"发送邮件|发信|邮件发送|メール送信|메일 (?:전송|발송)|отправ\S* (?:почт|письм|сообщ)",
            r"enviar (?:el |o |um )?(?:correo|e-?mail|mensaje)|envoi (?:de |d'|du )(?:mail|message|e-?mail|courriel)",
            r"mail ?versand|\bcommand: '(?:conn|auth|data|rcpt|mail|ehlo|starttls|api)\b|e(?:auth|envelope)'|\bcdo(?:\.message|sys)\b",
        ),
        "mail": (
            r"\be-?mails?\b|mail ?box|mail ?server|\bstarttls\b",
            r"(?:\b|_)mails?(?:\b|_)",
            r"thunderbird|fairemail|\bk-9\b|mailspring|mcoerrordomain|em client|apple mail",
            r"\bmx (?:records?|host|lookup)\b|mail ?exchanger|mail ?address|\bmaildir|mail ?folder|mail (?:loop|domain)",
            r"spamhaus|spamcop|sorbs\.net|dnsbl|\brbl\b|blocklist|reverse dns|ptr record|gr[ae]y-?list",
            r":(?:network_failure|missing_requirement|retries_exceeded|permanent_failure|temporary_failure)\b",
            r"badheadererror|header values? (?:may|can)",
            r"resend\.com|mailersend|sparkpost|mailtrap|smtp2go|brevo|sendinblue|mailjet|elasticemail|socketlabs|mailchannels|zepto",
            r"\bmail(?:ed)? from\b|\bh=[\w.-]+ \[\d",
            r"\b(?:neo)?mutt\b|sylpheed|claws mail|kmail",
            r"\bmessage (?:size|body|header|was|could|has|rejected|too|content|is|not|deferred|refused|blocked)",
            r"邮箱|邮件|郵件|邮址|信件|メール|메일|почт|пошт|поща|письм|correo|courriel|posta elettronica|сообщени|повідомлен|съобщени",
            r"mensaje|mensagem|messaggio|missatge|nachricht|besked|meddelelse|melding|meddeland|viesti|zpráv|správ",
            r"wiadomo|üzenet|mesaj|poruk",
            r"sporočil|bericht|boodskap|kirja sisu|žinut|laišk|ziņ|mesaxe|mesaĝ|missatge|pesan|mesej|tin nhắn|nội dung",
            r"消息|信息|メッセージ|메시지",
            r"الرسالة|البريد|پیام|ایمیل|הודעה|דואר|μήνυμα|e-?mail-?|адрес|skrzynk|postfach|buz[oó]n|casella|boîte",
            r"(?:e-?mail|sender|from|recipient|return|reply|that|this|such|destination|invalid|bad|unknown|forged) address\b",
            r"\baddress (?:reject|unknown|not|does|is|verif|no longer|syntax|invalid|change)",
        ),
        "brand": (r"aadsts|outlook|gmail|hotmail|yahoo|icloud|office ?365|zoho|ionos|gmx\b", r"[\w.+-]@[\w-]+\.[a-z]"),
        "refused": (
            r"(?:^|: )[45]\.[0-7]\.\d{1,3} [a-z<\[]",
            r"(?:^|[^\d.\w:])(?:4(?:2[12]|3[25]|5[0-5])|5(?:2[15]|3[0458]|5[0-6]|71))(?:[ -]+#?[45]\.\d+\.\d+|[ -]+(?:[^\d\s]|\d+\.\d+\.))",
            # Not what HTTP says: "500 internal", "501 not implemented", "502 bad gateway", "503 service", "504 gateway".
            r"(?:^|: |[\"'])50[0-4] (?:synta|command|bad (?:[^g]|g[^a])|unreco|unknown|unimp|invalid|can|line|too|error|auth|must)",
            r"(?:^|: |[\"'])50[0-4] (?:[eh][eh]lo|sender|mail|rcpt|domain|user|no |wrong|out of|duplicate|nested|relay|already|connect)",
            r"\((?:4[2-5]|5[03-7])\d, ?b?['\"]|\((?:53[0458]|55[0-4])\)|\(#[45]\.\d\.\d{1,3}\)",
        ),
        "program": (r"0x800c?cc[0-9a-f]{2}|0x800421|0x8004010f",),
        "receiving": (
            r"\bimap(?:s|4|lib|flow|client|sync)?\b|imap-login|(?:open|select|rebuild) (?:the )?mailbox|(?:for|of) incoming (?:e-?)?mails?",
            r"\bpop3?s?\b|pop3-login|poplib",
            r"fetchmail|getmail|mbsync|offlineimap|isync",
            r"\bport:? ?\"?(?:110|143|993|995)\b|:(?:993|995|143|110)\b",
            r"\bincoming (?:mail )?server|posteingang|courrier entrant|correo entrante|posta in arrivo",
            r"(?:not|stopped|problems?|trouble) receiv(?:e|ing) (?:new |my |any |e-?)*mails?|can't receive",
            r"\b(?:no|bad)[\"'] received|\bmessages? processed|(?:get|getting|receiv(?:e|ing)) (?:\w+ ){0,3}(?:spam|phishing|scam|junk)\b",
            r"\bfetch(?:ing|ed)? (?:all |new |any |my )*e?-?mails?\b|mailboxconcurrency|graph\.microsoft|\bews\b|budget type",
            r"cannot receive|not receiving|receiving reported|cannot get mail|subscribed folders",
            r"\bsieve\b|managesieve|\bmy (?:mail ?box|inbox) is|you can(?:not| no longer) receive|no longer receive",
            r"the folder \S+ is full|sent me (?:a|an|this) (?:virus|e-?mail|mail|message)|delete old (?:e-?)?mails",
            r"whitelist (?:him|her|them|this sender|a sender|the sender)|(?:vanished|missing|disappeared) from my inbox",
        ),
        "coded_too": (
            r"\[authenticationfailed\]|^[a-z]{1,4}\d{1,4} (?:no|bad) |^-err |b['\"]-err |b['\"]\[alert\]",
            r"\(sql: |using password: (?:yes|no)|mysql|mariadb|postgres|psql|psycopg|sqlite|mongo|redis|oracle|\bora-\d",
            r"login failed for user '",
            r"sqlstate|jdbc|sqlserver|sql server",
            r"sqlalchemy|cassandra|elasticsearch|memcached|influx|clickhouse|django\.db|hikari|hibernate|\btns:|database|\bmssql\b",
            r"\b(?:discord|slack|telegram|whatsapp|rabbitmq|kafka|msmq|twilio|fcm|irc|nntp)\b|sip/2\.0|teams chat|microsoft teams",
            r"login with user and pass|\bs?ftps?\b|ftplib|vsftpd|proftpd|filezilla|port 21\b|:21\b",
            r"\b(?:http|https) (?:status|error|request failed|4\d\d|5\d\d|response)|http/[12](?:\.[01])?\"? [2345]\d\d",
        ),
        # What a log says of mail that went its way; and what it says where not.
        "well": (
            r"stat(?:us)?=sent|passed (?:spf|dkim|clean)|signature field added|\(no action\)|queued[ _]as",
            r"sent successfully|successfully sent|accepted for delivery|\b250 2\.[0-9]\.[0-9] |\b250 ok\b|\b235 2\.7\.0",
        ),
        "ill": (
            r"fail|error|reject|refus|den(?:y|ied)|time ?out|timed out|bounce|defer|unable|can(?:no|')t|could ?n[o']t|invalid|\bnot\b|lost",
            r"\b[45]\d\d[ -]|\b[45]\.\d\.\d",
        ),
        # What stands in traces of programs that send as well.
        "mailbox": (r"\b(?:folder|store)closedexception|com\.sun\.mail\.(?:imap|pop3|iap)",),
        "smtp": (r"smtp|transport\.send|sendfailed",),
        "other": (
            r"\b(?:git|github|gitlab|bitbucket|svn|mercurial|subversion|gitlab-runner|pull request|push refs|ssh|sshd)\b",
            r"\b(?:openssh|scp|rsync|publickey|known_hosts|authorized_keys|putty|ssh_exchange_identification)\b",
            r"\b(?:kex_exchange_identification|host key verification|ldap|ldap_bind|ldapsearch|ldap_sasl_bind|ldaperr)\b",
            r"\b(?:active directory|kinit|kdc|radius|saml|sso|okta|adfs|openid|oidc|redirect_uri|keycloak login)\b",
            r"\b(?:docker|dockerd|podman|kubectl|kubernetes|k8s|containerd|helm|pod|pods|minikube|openshift|registry)\b",
            r"\b(?:crashloopbackoff|npm|yarn|pnpm|pip|pip3|pypi|apt|apt-get|dpkg|yum|dnf|rpm|pacman|maven|gradle|cargo)\b",
            r"\b(?:composer|rubygems|bundler|conda|homebrew|nuget|snap|flatpak|cocoapods|webpack|vite|nginx|apache)\b",
            r"\b(?:apache2|httpd|iis|tomcat|haproxy|traefik|caddy|varnish|cloudflare|lighttpd|uwsgi|gunicorn|upstream)\b",
            r"\b(?:backend|certbot|acme|letsencrypt|websocket|graphql|grpc|cors|axios|urllib3|okhttp|retrofit|feign)\b",
            r"\b(?:httpx|xmlhttprequest|rest api|api_key|endpoint url|swagger|postman|webhook|aws s3|s3|putobject)\b",
            r"\b(?:getobject|bucket|ec2|lambda|cloudformation|gcloud|gcp|terraform|ansible-galaxy|vagrant|pulumi|boto3)\b",
            r"\b(?:botocore|mqtt|mosquitto|rabbitmq|rabbitmqctl|amqp|kafka|zookeeper|nats|celery|activemq|pulsar|sip|asterisk|voip)\b",
            r"\b(?:rtsp|rtmp|webrtc|smb|smbclient|cifs|samba|nfs|rdp|remote desktop|vnc|vpn|wireguard|openvpn|ipsec)\b",
            r"\b(?:anyconnect|l2tp|pptp|wifi|wlan|bluetooth|ethernet|dhcp|snmp|snmpget|ntp|ntpd|bgp|iscsi|ping)\b",
            r"\b(?:traceroute|nslookup|dig|bind9|dnssec|unbound|dnsmasq|pihole|nmap|arp|chrome|firefox|safari|edge)\b",
            r"\b(?:browser|website|webpage|homepage|url bar|plex|jellyfin|emby|kodi|sonarr|radarr|torrent|spotify)\b",
            r"\b(?:netflix|youtube|minecraft|steam|xbox|playstation|roblox|valorant|game|discord|slack|telegram|whatsapp)\b",
            r"\b(?:zoom|skype|teams|signal|dropbox|onedrive|sharepoint|google drive|nextcloud files|rclone|borg|restic)\b",
            r"\b(?:veeam|backup|backups|icloud backup|icloud storage|drive|s3fs|excel|word|powerpoint|workbook|spreadsheet)\b",
            r"\b(?:macro|pdf|onenote|visio|toner|cartridge|paper jam|paper|tray|spooler|print job|windows update|bsod)\b",
            r"\b(?:blue screen|bios|grub|systemd|systemctl|kernel|segfault|segmentation fault|core dumped|registry key)\b",
            r"\b(?:group policy|modulenotfounderror|importerror|syntaxerror|nullpointerexception|referenceerror)\b",
            r"\b(?:typeerror|attributeerror|keyerror|indexerror|valueerror|unicodedecodeerror|filenotfounderror)\b",
            r"\b(?:permissionerror|cmake|makefile|linker|compiler|gcc|clang|rustc|javac|msbuild|xcodebuild|keytool)\b",
            r"\b(?:keystore|prometheus|datasource|zabbix agent|nagios|nrpe|influxdb|kibana|logstash|splunk|jenkins build)\b",
            r"\b(?:ci job|pipeline|zigbee|zwave|philips hue|tado|alexa|stripe|paypal|checkout|invoice portal|bank|sms)\b",
            r"\b(?:two-factor code|customer portal|unsubscribe|newsletter|newsletters|subscriber|subscribers|campaign)\b",
            r"\b(?:campaigns|crm|landing page|open rate|seo|mailchimp|marketing|calendar|meeting|profile picture)\b",
            r"数据库|資料庫|打印|データベース|プリンター?|印刷|데이터베이스|프린터|\bwi-fi\b|баз[аыуе]\S? данных|принтер",
            r"https://(?:api|registry|localhost|127|download|packages|repo|git|cdn)\b|http://[a-z0-9.-]+:\d|executing (?:get|post)\b",
            r"status ?code:? [45]\d\d|\b(?:get|post|put|delete|patch) (?:/|https?:)|\bhttp (?:4|5)\d\d",
            r"\b(?:404 not found|502 bad gateway|503 service unavailable|504 gateway|500 internal server error)",
            r"\b(?:413 request entity|429 too many)|\bcode\"?: ?429\b|\bwss?://|net::err_|this site can|your connection is not private",
            r"unable to connect to the server: (?:x509|dial|net/http|tls)",
            r"nsurl(?:error|session)|app transport security|azure\.(?:core|identity|mgmt)|sign(?:ed)?[- ]in user|graph api",
            r"\brequest (?:failed|to|timed out)\b|failed request|\bfetch(?:ing|ed)?\b|cannot verify [\w.-]+'s certificate",
            r"https (?:proxy|request|connection|server)|httpsconnectionpool|httpconnectionpool",
            r"org\.apache\.http|http-01|acceptsecuritycontext",
            r"\bcurl: \(\d+\) ssl|default e-?mail folders|\.(?:ost|pst)\b",
            r"\bicloud (?:drive|photos)|pull(?:ing)? image|image pull|\brhost=|pam_unix",
            r"(?:packages|registry|repo|downloads?|config-server|mirrors?)\.[a-z0-9-]+\.[a-z]|\.git\b|git@",
            # A host whose name says what it is for.
            r"\b(?:api|git|cdn|db|apps?|files?|repo|registry|downloads?|auth|login|sso|static|hooks?|vpn|ldap|web|portal)\.[\w-]+\.[a-z]",
            r"\b(?:graph|storage|updates?|packages?|mirrors?|archive|staging|cluster|k8s|nas|router|intranet|proxy|cal)\.[\w-]+\.[a-z]",
            # Any port that is not one of mail's.
            r"\bport[:=]? ?\"?\d{2,5}\b|(?:\blocalhost|\b\d{1,3}(?:\.\d{1,3}){3})(?:/[\d.]{7,15})?:\d{2,5}\b",
            r"\bwget\b|\bweb ?(?:server|site|page)\b|\b(?:card|cal|web)dav\b|\bical\b|\bfor role\b|pg_hba|\brelation \"",
            r"temporary error \(\d{3}\)|file_get_contents|windows (?:sign-?in|log-?[io]n)|microsoft store|\bvault\b",
            r"unable to resolve host address|unknownhostexception: [\w-]+(?:\.(?:internal|local|svc))?(?:\s|$)",
            r":(?:9200|5672|9092|8080|8443|443|80|22|389|636|3389|445|2181|5000|3000|8000|25565|6443|8006|9090|10050|10051|4369)\b",
            r"\bport (?:9200|5672|9092|8080|8443|443|80|22|389|636|3389|445|5432|3306|6379|27017|1433|1521)\b",
            r"\berr_(?:connection|name|cert|ssl_protocol|ssl_version_or|address|tunnel|proxy|internet|network)|\bdns_probe_",
        ),
    }
)


class Topic(NamedTuple):
    """`sending`: whether a text is about sending mail, as far as it says. `signs`: whether it says so at all."""

    sending: bool
    signs: bool


_OF_SENDING = Topic(sending=True, signs=True)
_OF_SOMETHING_ELSE = Topic(sending=False, signs=False)
_NOT_SENDING = frozenset({"receiving", "coded_too", "mailbox"})
_MAIL = frozenset({"mail", "refused", "program"})


def topic_of(text: str) -> Topic:
    """What `text` (in the form of `wrappers.plain`) is about."""
    found = _SIGNS.groups_in(text)
    if "well" in found and "ill" not in found:
        return _OF_SOMETHING_ELSE
    if "sending" in found and ("mailbox" not in found or "smtp" in found):
        return _OF_SENDING
    if not found.isdisjoint(_NOT_SENDING):
        return _OF_SOMETHING_ELSE
    signs = not found.isdisjoint(_MAIL)
    return Topic(sending=signs or "other" not in found, signs=signs or "brand" in found)
