"""Which server does the text say is entered, and which port beside it? From sentences and error texts; configurations are read by `pastes`.

A name that only stands near (a recipient's MX, a documentation link, a name in a certificate, a queue id) is not the server.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import re2

from bot.reading import hosts
from bot.reading.mentions import Stance, in_order, stance
from bot.reading.ports import KNOWN_PORTS, number
from knowledge.terms import FETCHING

_URL = re2.compile(r"(?i)\b(?:https?|ftp|imaps?|pop3?s?)://[^\s<>\"')\]]+")
_MAIL = re2.compile(r"[\pL\pN._%+\-]+@[\pL\pN\-]+(?:\.[\pL\pN\-]+)+")
_IPV4 = re2.compile(r"(?:^|[^\w.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:[^\w.]|\.?$|\.\s)")
_IPV6 = re2.compile(
    r"(?i)(?:\[((?:ipv6:)?[0-9a-f:]*:[0-9a-f:.]+)\]|(?:^|[\s'\"(])((?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}"
    r"|(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f:]*|::1))"
)
_PORT_BEHIND = re.compile(
    (
        r"^(?:\.?\]?[\"']?\s*[:,]?\s*(?:\(?\s*(?:tcp\s*)?(?:on |at |auf |en |sur |na |via |über )?(?:the "
        r"|le |el )?(?:port|порт|puerto|porta|poort|端口|ポート|포트)?\s*[:=#]?\s*))(\d{2,5})\b(?![.\-]\d)(?!\s*(?:kb"
        r"|mb|gb|ms|s\b|%|mails|recipients?|users|people|times))"
    ),
    re.IGNORECASE,
)
_COMMA = re2.compile(r"(?i)\b(?:s?mtps?|stmp|smpt|e?mail|out|relay)[\w\-]*(?:[.,][\w\-]+){1,3}")
_SPACES = re.compile(r"\s+")
_FETCHES = re.compile(r"(?:imaps?|pop3?s?)\d*[.-]")
# "outgoing imap.x.example 993": wrong, but that is what is entered.
_OUTGOING = re.compile(
    r"\b(?:outgoing|smtp|sending|postausgang\w*|sortant|saliente|saída|uscita|uitgaande?)(?: mail)?(?: ?-?(?:server|host))?(?: is|:|=)?\s*$"
)
_DIGIT = re.compile(r"\d\d")
# "mail.x.example/465/SSL"
_SLASH_PORT = re.compile(r"/ ?(?:25|465|587|2525)\b")
_COLON_PORT = re.compile(r"^\.?\]?[\"']?:(\d{2,5})\b")

# What the person's program tried to reach, in the words of programs. Group 1: host or address, group 2: port.
_CONNECTED = tuple(
    re2.compile(pattern)
    for pattern in (
        r"(?i)smtp host:?\s*[\"']?([\w.\-:\[\]]+?)[\"']?,\s*port:?\s*(\d{2,5})",
        r"(?i)\bpeeraddr=\[?([\w.:\-]+?)\]?:(\d{2,5})",
        r"(?i)unable to connect to (?:(?:ssl|tls|tcp)://)?\[?([\w.\-]+|[0-9a-f:]+)\]?:(\d{2,5})",
        (
            r"(?i)(?:connect(?:ion|ing)?|connected|dial(?:ing)?|reach)[\s:]+(?:tcp[46]?:? |to |with |"
            r"server |host |failed |failed for |attempt )*(?:(?:ssl|tls|tcp)://)?[\"'`(\[]?((?:[a-z0-9\-]+\.)+[a-z0-9\-]+"
            r"|\[?[0-9a-f]*:[0-9a-f:]+\]?|localhost)\.?\]?[\"'`]?(?:\[[0-9a-f.:]+\])?(?::| port |, port "
            r"|:port )\s*(\d{2,5})"
        ),
        r"(?i)(?:E[A-Z]{4,}|connect to) (\[?[0-9a-f:.]{3,}\]?|[a-z][\w.\-]*):(\d{2,5})",
        r"(?i)established with host \"?(?:(?:ssl|tls|tcp)://)?([a-z0-9][\w.\-]*):(\d{2,5})",
        r"(?i)connect\(2\) for \"?([a-z0-9][\w.\-]*)\"? port (\d{2,5})",
        r"(?i)dial tcp:? \[?([\w.\-]+|[0-9a-f:]+)\]?:(\d{2,5})",
        r"(?i)failed (?:to open stream|to connect) to (?:server )?[\"']?\[?([\w.\-]+)\]?[\"']?:(\d{2,5})",
        # a name of one word, as containers have: "grafana -> mailpit:1025"
        r"(?:->|=>|→|\bto|\bvia|\bthrough|\bover|\bagainst|\breach(?:es)?|\bserver|\brelay|\bhost|\buses?|\bwith)[ \t:=\"'`]{1,3}"
        r"([a-z][a-z0-9_\-]{1,40}):(25|26|465|587|1025|1587|2465|2525|2587|8025|10025)\b",
    )
)
_CONNECTED_NAME = tuple(
    re2.compile(pattern)
    for pattern in (
        (
            r"(?i)(?:outgoing (?:mail )?server|outgoing server \(smtp\)|smtp[- ]server|smtp server:|postausgangsserver(?: "
            r"\(smtp\))?|serveur sortant(?: \(smtp\))?|serveur smtp|servidor (?:de correo )?saliente|"
            r"servidor smtp|server smtp|server in uscita|uitgaande server|servidor de sa[íi]da|сервер "
            r"исходящей почты|smtp-сервер)[\s(:]*[\"'»«]?((?:[\w\-]+\.)+[\w\-]+)"
        ),
        (
            r"(?i)(?:getaddrinfo|gethostbyname)(?: E[A-Z_]+| for| failed for|:)* [\"']?([a-z0-9][\w.\-]*\.[\w\-]+"
            r"|[a-z][\w\-]+)[\"']?(?: failed|$|:|\s)"
        ),
        (
            r"(?i)(?:UnknownHostException:|could not resolve host(?:name)?:?|unable to resolve host) "
            r"[\"']?((?:[\w\-]+\.)+[\w\-]+|[a-z][\w\-]+)\b"
        ),
        r"(?i)\blookup ([a-z][\w.\-]*)(?: on |: )",
        r"(?i)\b(?:through|via|over|using|uses?|to|server|host|hostname|relay|smarthost|smtp|über|per|par|por|tramite)[ :=\"'`]{1,3}"
        r"(localhost)\b",
        (
            r"(?i)(?:no such host is known\.? ?\(?|cannot find (?:the )?(?:server|host)|host (?:name "
            r")?not found:?) [\"']?((?:[\w\-]+\.)+[\w\-]+)"
        ),
        r"(?i)(?:name or service not known:?|couldn't find host|could not find host) [\"']?((?:[\w\-]+\.)+[\w\-]+)",
        (
            r"(?i)(?:not valid for|doesn't match|does not match|mismatch(?:ed)? for|expected CN=|is not "
            r"in the cert's altnames:|Host:|valid for,? not)\s*[\"'`]((?:[\w\-]+\.)+[\w\-]+)[\"'`]"
        ),
        r"(?i)Host: ((?:[\w\-]+\.)+[\w\-]+?)\.? is not (?:in the cert|cert's CN)",
        r"(?i)valid for [^\n]{1,200}, not ([\w.\-]+\.[a-z]+)",
        r"(?i)the server [\"']((?:[\w\-]+\.)+[\w\-]+)[\"']",
        r"(?i)(?:error while talking to|talking to|greeting from|handshake with|certificate (?:of|for|from)) [\"']?((?:[\w\-]+\.)+[\w\-]+)",
    )
)
# Words before a name that make it somebody else's.
_OTHERS = re.compile(
    r"(?:helo[=:]?\s*<?|ehlo\s+\[?|from=<?|to=<?|for=<?|proto=\w+\s+helo=<|remote-mta:\s*dns;\s*"
    r"|reporting-mta:\s*dns;\s*|received-from-mta:\s*dns;\s*|received: (?:from|by)\s+|generating "
    r"server:\s*|bounce from\s+|blocked (?:using|by|at|with)\s+"
    r"|listed (?:at|by|on|in)\s+|listed\s+|(?:^|\s)ip(?: address)?(?: is|:)?\s+|blacklist(?:ed)?(?: at| by| on| in)?\s+|dnsbl[:\s]+"
    r"|rbl[:\s]+"
    r"|using\s+|dns domain\s+|(?:recipient|sender|my|our|the|your|eigene|mi|mein|meine|unsere"
    r"|domaine|dominio) domain(?:e|io)?(?: name)?(?: is)?[:\s]+|\bdomain(?:e|io)?\s+|dns:|cn\s*=\s*[`'\"]?"
    r"|altnames?:\s*|for names?:?\s*"
    r"|issuer[:=]?\s*|subject[:=]?\s*|message-id:\s*<?\S*|\bmx(?: record)?(?:s)?(?: (?:of|is|"
    r"for|points? to|are))?[:\s]+|rcpt from\s+|client host\s*|lookup \S+ on\s+|noqueue: reject: "
    r"\w+ from\s+|client\s+|\bat\s+(?=\w+\.\w+:\d)"
    r"|visit\s+|see\s+|more (?:info|at)\s+|learn more at\s+|contact\s+|\bptr(?: record)?(?: (?:of"
    r"|is|for))?\s+|spf(?: include)?[:\s]+|include:|dkim\s+|by way of\s+|mailed-by[:\s]+|signed-by[:\s]+"
    r"|hosted (?:at|by|on|with)\s+|website\s+|my site\s+|our site\s+|the site\s+|\bon\s+(?=(?:render"
    r"|heroku|vercel|fly|railway)\.))$"
)
_SAID = re.compile(r"^(?:\[[0-9a-fA-F.:]+\])?(?::\d+)?\s*(?:\(in reply|said|responded|rejected|refused to talk|did not accept)")
# "www.x.example as smtp server", "and as smtp server i typed www.x.example": whatever its name is.
_AS_SERVER = re.compile(
    r"^[\"')]?(?: too| also| in| there)*,? (?:as|for|als|comme|como|come|jako|som|как) (?:the |my |our |den |le |mon |el |mi |o |il |de )?"
    r"(?:outgoing |smtp[- ]?|mail[- ]?|postausgangs)(?:mail ?)?(?:server|serveur|servidor|host|сервер|serwer|relay)?\b"
)
_ENTERED_AS = re.compile(
    r"\b(?:smtp|outgoing|mail)[- ]?(?:mail ?)?(?:server|host)?,? (?:there is|is set to|(?:i|we|they) (?:have |'?ve )?(?:typed?|entered"
    r"|put|put in|used?|set|wrote|took|gave|chose))[:\s]+[\"'(\[]?$"
)
_INTRODUCED = re.compile(
    r"(?:(?:\b|_)(?:smtp|server|servers?|host|hostname|outgoing|relay|smarthost|serveur|servidor|serwer"
    r"|сервер|сервера|postausgang(?:sserver)?|ausgangsserver|mailserver|mail server|using|use"
    r"|via|through|over|to|against|über|tramite|via|mit|avec|con|com|met|на)\b\s*(?:is"
    r"|ist|es|est|é|è|=|:|name|を|は|是|to|set to|with|on|at)?\s*[:=]?\s*[\"'(\[]?|(?:서버|伺服器|服务器|サーバー?|主机|主機|ホスト|호스트)"
    r"(?:名|地址|位址|주소|는|은|가|이|が)?\s*(?:を|は|是|为|為|:|：|=|填|填的是|用的是)?\s*[\"'(\[]?)$"
)


@dataclass(frozen=True, slots=True)
class HostMention:
    host: str
    start: int
    end: int
    weight: int
    port: int | None = None
    stance: Stance = "present"


def host_mentions(text: str, low: str, errors: list[tuple[int, int]]) -> list[HostMention]:
    """Every name or address that may be the server, best first. `low`: `text` in lower case, of the same length; `errors`: quoted ones."""
    hidden = _hidden(text)
    found: list[HostMention] = []
    for pattern in _CONNECTED:
        for match in pattern.finditer(text):
            if host := _machine(match.group(1), bare=True):
                found.append(
                    HostMention(host, match.start(1), match.end(1), 6 if hosts.address(host) is None else 3, number(match.group(2)))
                )
    for pattern in _CONNECTED_NAME:
        for match in pattern.finditer(text):
            if host := _machine(match.group(1), bare="." not in match.group(1)):
                found.append(HostMention(host, match.start(1), match.end(1), 6, _behind(text, match.end(1))))
    for start, end in _words(text):
        if (
            hidden(start)
            or text[start - 1 : start] in ("@", "/", "\\", "$", "-")
            or text[end : end + 1] in ("@", "(", "\\")
            or (text[end : end + 1] == "/" and not _SLASH_PORT.match(text, end))
        ):
            continue
        host = hosts.name(text[start:end])
        if host is None or hosts.placeholder(host):
            continue
        lead = low[max(0, start - 60) : start]
        outgoing = _OUTGOING.search(lead) is not None
        port = _behind(text, end, KNOWN_PORTS | FETCHING if outgoing else KNOWN_PORTS)
        peer = _SAID.search(text[end : end + 60]) is not None and (port in (None, 25) or text[end : end + 1] == "[")
        if (_OTHERS.search(lead) and not _AS_SERVER.match(low, end)) or peer or _tagged(text, start, end):
            continue
        labels = host.count(".")
        exchanger = re.match(r"mx\d*[.-]", host) is not None  # where mail for a domain goes in; rarely where it is submitted
        if exchanger and port is None:
            continue
        entered = _AS_SERVER.match(low, end) is not None or _ENTERED_AS.search(lead) is not None
        weight = (
            (3 if hosts.mailish(host) and labels >= 2 else 0)
            + (3 if port is not None or entered else 0)
            + (2 if _INTRODUCED.search(lead) else 0)
            - (0 if outgoing else 4 * (port in FETCHING) + 4 * (_FETCHES.match(low, start) is not None))
        )
        if weight >= 3 or (weight == 2 and labels >= 2):
            found.append(HostMention(host, start, end, weight, port, stance(low, start, end)))
    for match in _COMMA.finditer(text):
        start, end = match.span()
        if hosts.with_comma(match.group()) and not hidden(start) and text[start - 1 : start] not in ("@", "/", ".", "-"):
            found.append(HostMention(match.group().lower(), start, end, 4, _behind(text, end), stance(low, start, end)))
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            group = match.group(1) or (match.group(2) if pattern is _IPV6 else None)
            literal = hosts.address(group) if group else None
            if literal is None or literal in ("0.0.0.0", "::"):
                continue
            start, end = match.span(1) if match.group(1) else match.span(2)
            port = _behind(text, end)
            lead = low[max(0, start - 60) : start]
            if re.search(r"\bh=\S+ \[$", lead):  # Exim: the peer's address
                continue
            if hidden(start) or _OTHERS.search(lead.rstrip("[(")) or re.search(r"[\w\]]\[$", lead):
                continue
            weight = (3 if port is not None else 0) + (2 if _INTRODUCED.search(lead) else 0)
            if any(a <= start < b for a, b in errors) and port is None:
                continue
            if not weight and len(text) < 400:
                weight = 1
            if weight:
                found.append(HostMention(literal, start, end, weight, port, stance(low, start, end)))
    found.sort(key=in_order)
    return found


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Where words with dots in them stand; a name without a space to signs of other scripts is one by itself: "服务器smtp.x.example"."""
    for match in hosts.WORD.finditer(text):
        word = match.group()
        if word.isascii() or not hosts.UNSPACED.search(word) or word.isalnum() or not any(c.isascii() and c.isalpha() for c in word):
            yield match.span()
        else:
            for part in hosts.LATIN.finditer(word):
                if "." in part.group():
                    yield match.start() + part.start(), match.start() + part.end()


def _hidden(text: str) -> Callable[[int], bool]:
    """Whether a place lies inside of a web link or an address."""
    spans = sorted(match.span() for pattern in (_URL, _MAIL) for match in pattern.finditer(text))
    starts = [start for start, _ in spans]

    def inside(at: int) -> bool:
        n = bisect.bisect_right(starts, at) - 1
        return n >= 0 and at < max(end for _, end in spans[max(0, n - 1) : n + 1])

    return inside


def _tagged(text: str, start: int, end: int) -> bool:
    """`[AM0PR04CA0003.eurprd04.prod.outlook.com]`, `(mx.google.com)` behind a reply: the peer's tag, no setting."""
    return (
        text[start - 1 : start] == "["
        and text[end : end + 1] == "]"
        and text[end : end + 2] != "]:"
        and not text[: start - 1].rstrip().endswith((":", "=", "relayhost"))
    )


def _machine(word: str, *, bare: bool = False) -> str | None:
    literal = hosts.address(word)
    if literal is not None:
        return literal
    name = hosts.name(word.strip("[]"))
    if (
        name is None
        and bare
        and re.fullmatch(r"[a-z][a-z0-9\-]{1,40}", word)
        and word not in ("the", "smtp", "host", "server", "failed", "port", "ssl", "tls", "a", "your", "this", "for", "to", "in", "on")
    ):
        name = word
    return None if name is None or hosts.placeholder(name) else name


def _behind(text: str, end: int, known: frozenset[int] = KNOWN_PORTS) -> int | None:
    """The port that stands behind a name; without the word "port" only one of the `known`."""
    if match := _COLON_PORT.match(text, end, end + 12) or _COLON_PORT.match(text[end : end + 12]):
        return number(match.group(1))
    if match := _SLASH_PORT.match(text, end):
        return int(match.group().strip("/ "))
    rest = text[end : end + 40]
    # Single spaces only: several `\s*` in a row would try every way to share a long run (a blanked line) among them.
    match = _PORT_BEHIND.match(_SPACES.sub(" ", rest)) if _DIGIT.search(rest) else None
    if match is None:
        return None
    port = number(match.group(1))
    if port is None or (port not in known and "port" not in match.group(0).lower()):
        return None
    return port
