"""What does a bounce say: which reply decided, and whose server gave it? RFC 3464 reports, and those of Exchange, Exim, qmail and Gmail.

The servers in it are the sender's own and the recipient's; neither is a setting of the person's program.
"""

from __future__ import annotations

import re

from bot.reading import hosts
from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where
from bot.reading.patterns import lazily

_MARK = lazily(
    r"(?im)^(?:Reporting-MTA|Final-Recipient|Diagnostic-Code|Remote-MTA|Original-Recipient|Action: "
    r"(?:failed|delayed)|Generating server:|X-Failed-Recipients:)"
    r"|this is the mail system at host|qmail-send program at|Mail Delivery (?:System|Subsystem)|Delivery Status Notification"
    r"|Delivery has failed to these recipients|Message not delivered|Address not found"
    r"|Undelivered Mail Returned|permanent fatal errors|Remote [Ss]erver returned|This message "
    r"was created automatically by mail delivery software"
)
_MTA = lazily(
    r"(?im)^(?:Remote|Reporting|Received-From)-MTA:\s*(?:dns|smtp|DNS)?;?\s*\[?([\w.\-]+)|^Generating "
    r"server:\s*([\w.\-]+)|(?:host|server) ([\w.\-]+)\s*\[([0-9a-fA-F.:]+)\]|mail system at host "
    r"([\w.\-]+)|qmail-send program at ([\w.\-]+)|([\d.]+) does not like recipient|Giving up on ([\d.]+\d)"
)
_DIAGNOSTIC = lazily(r"(?im)^Diagnostic-Code:\s*(?:smtp|x-unix|X-Postfix)?;?\s*(.+(?:\n[ \t]+.+){0,8})")
_RETURNED = lazily(r"(?i)(?:Remote )?server returned:?\s*'?\"?((?:<[^>\n]*>\s*)?#?[45]\d\d[^\n]*(?:\n[45]\d\d[^\n]*){0,6})")
_AFTER = lazily(r"SMTP error from remote (?:mail server|mailer) after [^\n]{1,200}:\s*([45]\d\d[^\n]*(?:\n[ \t]+[45]\d\d[^\n]*){0,6})")
_RESPONSE = lazily(
    r"(?i)the response (?:from the remote server )?was:\s*\n?\s*([45]\d\d[^\n]*(?:\n[45]\d\d[^\n]*){0,6})"
    r"|said:\s*([45]\d\d[^\n]*(?:\n[ \t]+[^\n]+){0,4})"
)


def read(text: str, hint: Where) -> Pasted | None:
    if not _MARK.search(text):
        return None
    names = {
        name.lower().rstrip(".")
        for match in _MTA.finditer(text)
        for name in match.groups()
        if name and (hosts.name(name) or hosts.address(name))
    }
    error = None
    for pattern in (_DIAGNOSTIC, _RETURNED, _AFTER, _RESPONSE):
        if match := pattern.search(text):
            error = re.sub(r"\n[ \t]+", " ", next(g for g in match.groups() if g)).strip()
            break
    return Pasted(weight=1, error=error[:2000] if error else None, not_hosts=frozenset(names))
