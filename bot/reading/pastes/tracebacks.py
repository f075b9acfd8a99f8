"""Which lines of a pasted stack trace say what went wrong? Python, Node, Java, .NET, PHP, Ruby, Go; the frames between are passed over."""

from __future__ import annotations

import re

from bot.reading.pastes.pasted import Pasted
from bot.reading.pastes.where import Where
from bot.reading.patterns import lazily

_PYTHON = lazily(r"Traceback \(most recent call last\)")
_PYTHON_LAST = lazily(
    r"(?m)^(?:[a-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Refused|Disconnected|Timeout|Warning"
    r"|Interrupt|gaierror|timeout)\b.*$|^(?:socket|ssl)\.\w+: .*$"
)
_FRAMES = lazily(
    r"(?m)^\s+at [\w.$<>\[\] ]+\(|^\s+at .*:\d+:\d+\)?$|^\s+from .*:\d+:in |^\s*File \".*\", "
    r"line \d+|^#\d+ .*\(\d+\):|^\s*\.\.\. \d+ more|^\s+at [\w.`]+.* in .*:line \d+"
)
_FRAME = re.compile(
    r"^\s+at |^\s+from .*:\d+:in |^#\d+ |^\s*\.\.\. \d+ more|^\s*File \"|^\s*---\s*End of|^goroutine "
    r"|^\t.*\.go:\d+|^\s*\^+\s*$|^thrown in "
)
_HEAD = re.compile(
    r"(?:Exception|Error|Timeout|Caused by:|Unhandled exception|Fatal error|panic:|--->|nested exception|^error:[0-9A-F]{8}:)"
)
_PREFIX = re.compile(r"^.*?(?=Exception in thread|Caused by:|Unhandled [Ee]xception|(?:PHP )?Fatal error|panic:)")


def read(text: str, hint: Where) -> Pasted | None:
    if _PYTHON.search(text):
        last = _PYTHON_LAST.findall(text)
        if not last:
            return None
        found = list(dict.fromkeys(line.strip() for line in last))
        return Pasted(weight=1, error="\n".join(found[-2:] if "During handling" not in text else found[-3:])[:2000])
    if not _FRAMES.search(text):
        return None
    heads: list[str] = []
    for line in text.split("\n"):
        if _FRAME.match(line):
            continue
        if _HEAD.search(line):
            heads.append(_PREFIX.sub("", line).strip())
    if not heads:
        return None
    # The outermost says what failed, the innermost why.
    kept = heads if len(heads) <= 3 else [heads[0], *heads[-2:]]
    return Pasted(weight=0, error="\n".join(dict.fromkeys(kept))[:2000])
