"""What did Perl's Net::SMTP see, as `Debug => 1` and `git send-email --smtp-debug` print it? It names no endpoint."""

from __future__ import annotations

from bot.observations import TcpConnected
from bot.reading.pastes import dialogue
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where
from bot.reading.patterns import lazily
from knowledge.terms import Security

# Net::SMTP::SSL=GLOB(0x55d0c8)>>> EHLO localhost
_LINE = lazily(r"(?m)^Net::SMTP(?:::_?\w+)*=GLOB\(0x[0-9a-f]+\)(>>>|<<<) ?(.*)$")
_FIRST_SIGN = lazily(r"(?m)^Net::SMTP(?:::_SSL|::SSL)=GLOB\(0x[0-9a-f]+\)<<< 220")


def read(text: str, hint: Where) -> Pasted | None:
    lines = [("S: " if match.group(1) == "<<<" else "C: ") + match.group(2) for match in _LINE.finditer(text)]
    if not lines:
        return None
    session = "\n".join(lines)
    implicit = _FIRST_SIGN.search(text) is not None
    seen = dialogue.observe(session, hint, under_tls=implicit)
    mode = Security.IMPLICIT_TLS if implicit else Security.STARTTLS if "\nC: STARTTLS" in session else None
    connected = [TcpConnected(**hint.fields())] if seen else []
    client = "git-send-email" if "send-email" in text or "sendemail" in text else "perl-netsmtp"
    return Pasted(weight=1, client=client, security=mode, error=dialogue.last_refusal(session), observations=(*connected, *seen))
