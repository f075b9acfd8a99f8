"""Which lines of a text do people speak themselves? Blanks what only machines say, so that readers of sentences pass over it."""

from __future__ import annotations

import re

# Each is a whole line that a program printed and that holds no setting of the person.
_MACHINE = re.compile(
    r"(?m)^(?:"
    r"[ \t]*[0-9a-f]{4} - (?:[0-9a-f]{2}[ \-]){4,}.*"  # a hex dump
    r"|[A-Za-z0-9+/]{60,}={0,2}[ \t]*"  # base64
    r"|[ \t]*(?:Session-ID(?:-ctx)?|Resumption PSK|Master-Key|PSK identity(?: hint)?|TLS session "
    r"ticket.*|Start Time|Timeout|Max Early Data)[ \t]*:.*"
    r"|(?:<[-~*]{0,2}\*?|<--|-->|[ ]?[-~]>)[ \t]+(?:\d{3}[ \-]|[A-Z]{4}).*|[{}] \[\d+ bytes data\]"
    r"|=== .*|\*\*\* (?:TLS|Host|No auth|Error|\t).*"  # swaks, curl
    r"|\*[ \t]+(?:Trying|Connected|TLSv|SSL|CA(?:file|path)|Server certificate|subject|start "
    r"date|expire date|issuer|ALPN|Closing|connect to|Failed|using|old SSL).*"
    r"|[ \t]*(?:ComputerName|Remote(?:Address|Port)|InterfaceAlias|SourceAddress|PingSucceeded"
    r"|TcpTestSucceeded|PingReplyDetails.*|NameResolution\w*)[ \t]*:.*"
    r"|WARNING: TCP connect to .*|Server:\t.*|Address:\t.*|\d{1,5}/tcp .*|Nmap .*|64 bytes from .*|;.*|[\w.\-]+\.\t+\d+\tIN\t.*"
    r"|.{0,60}\b(?:postfix|exim|sendmail|dovecot)[\w\-]*(?:/[\w\-]+)*\[\d+\]:.*|.*\b(?:to=<"
    r"|relay=).*\bstatus=(?:sent|deferred|bounced)\b.*"  # mail logs
    r"|\d{4}-\d\d-\d\dT[\d:.]+Z,[^,\n]+,[0-9A-Fa-f]+,\d+,.*|.{0,40}mailnews\.smtp.*"
    r"|.{0,40}SMTP(?: \([\w.\-]+\))?:? .{0,12}(?:<[rt]x>|\[[rt]x\]).*"
    r"|System\.Net[\w.]* \w+: \d+ :.*|.{0,40}smtpd\[\d*\]: .*"
    r"|DEBUG SMTP: .*|DEBUG: getProvider\(\) returning .*|(?:MAIL FROM|RCPT TO):<.*|Connection: (?:opening|opened|closed).*"
    r"|[ \t]*['\"](?:ssl|tls|verify_peer|verify_peer_name|allow_self_signed|cafile|capath)['\"] => ?(?:array.*|true,?|false,?)?"
    r"|Net::SMTP(?:::\w+)*(?:=GLOB\(0x[0-9a-f]+\))?(?:>>>|<<<).*"
    r"|\[[\d\-]+ [\d:]+\](?:<\w> \w+\(\) .*| \d{1,4}[<>] .*| (?:Connected to|\$hostname|Mutt/|mutt_).*)"  # mutt
    r"|(?:send|reply|connect): .*|.{0,60}(?:SERVER -> CLIENT|CLIENT -> SERVER):.*|.{0,60}\][ \t][SC]: .*|[SC]: .*"
    r"|(?:\$ )?nmap .*|(?:554|421)[ \-]\S+ E?SMTP.*|250[ \-].*|220[ \-].*|334 .*|235 .*|221 .*|354 .*"
    r"|(?:EHLO|HELO) .*|QUIT[ \t]*|Didn't find STARTTLS.*"
    r"|[ \t]+at .*|[ \t]*File \".*\", line \d+.*|#\d+ .*|[ \t]*\^+[ \t]*"
    r"|[ \t]+\w+ CA Store \(.*"  # sslyze
    r"|SSL handshake has read.*|(?:Secure Renegotiation|Compression|Expansion|Early data|No ALPN"
    r"|Server Temp Key|Peer sign|Server public key).*"
    r")$"
)


def prose(text: str) -> str:
    """`text` with such lines blanked; positions are kept."""
    return _MACHINE.sub(lambda match: " " * len(match.group()), text)
