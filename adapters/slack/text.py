"""What is literal in Slack, and what did a person really type? Pure; knows Slack's markup and nothing of its blocks.

Slack has three escapings. `mrkdwn` and `text` read `&`, `<`, `>` (so `<!channel>` would call everybody); a `markdown` block, which we
never use, reads `<` and Markdown; `rich_text` and `plain_text` read nothing at all. Everything that a peer or a person wrote goes into
the last kind; where a message needs plain `text` as well, `escaped` makes it harmless.
"""

from __future__ import annotations

import re

# Direction overrides and isolates let a banner show other words than it holds; control characters show none.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_TOKEN = re.compile(r"<([^<>]*)>")  # one character class between two literals: linear
_FENCE = "```"


def clean(text: str) -> str:
    """`text` without characters that are not seen or that turn what follows around; line ends become "\\n"."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """`text` as it must stand in a `text` or `mrkdwn` field, so that nothing in it is a mention or a link.

    Source: https://docs.slack.dev/messaging/formatting-message-text/ ("Escaping text").
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def weight(text: str) -> int:
    """How much of a limit `text` takes, counted at its dearest: escaped, in UTF-16 units as Slack's clients count."""
    return sum(map(_weight, text))


def _weight(letter: str) -> int:
    if letter == "&":
        return 5
    if letter in "<>":
        return 4
    return 2 if ord(letter) > 0xFFFF else 1


def split(text: str, limit: int) -> list[str]:
    """`text` in parts of at most `limit` weight, broken after a line or a word where there is one. Joined they are `text` again."""
    parts: list[str] = []
    start = used = 0
    soft = 0  # where a break would read best; 0: nowhere yet
    for position, letter in enumerate(text):
        cost = _weight(letter)
        if used + cost > limit and position > start:
            end = soft if soft > start + (position - start) // 2 else position
            parts.append(text[start:end])
            used = weight(text[end:position])
            start, soft = end, 0
        used += cost
        if letter in "\n ":
            soft = position + 1
    if start < len(text):
        parts.append(text[start:])
    return parts


def said(text: str) -> str:
    """What the person typed, from what Slack made of it: links are their label, mentions their name, the three entities unescaped.

    Slack turns host names into `<http://a.example.com|a.example.com>` by itself, so the label is the text.
    Source: https://docs.slack.dev/messaging/formatting-message-text/ ("Retrieved messages").
    """
    bare = _TOKEN.sub(lambda found: _token(found.group(1)), text)
    bare = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return clean(bare.replace("\xa0", " ").replace(_FENCE, "\n")).strip()


def _token(inside: str) -> str:
    target, bar, label = inside.partition("|")
    if target.startswith(("@", "#")):
        return target[0] + label if label else target
    if target.startswith("!"):
        return label
    if bar:
        return label
    scheme, colon, rest = target.partition(":")
    return rest if colon and scheme.isalpha() and not rest.startswith("//") else target


def without_leading_mention(text: str, user: str) -> str:
    """`text` (as Slack sends it) without our own name in front; a mention in the middle is part of the sentence."""
    rest = text.lstrip()
    while rest.startswith((f"<@{user}>", f"<@{user}|")):
        rest = rest.partition(">")[2].lstrip(" \t\r\n,:\xa0")
    return rest


def speaks_to(text: str) -> str | None:
    """The user id that a message begins with ("<@U2> look at this"), or None."""
    rest = text.lstrip()
    if not rest.startswith("<@"):
        return None
    return rest[2:].partition(">")[0].partition("|")[0] or None


def mentions(text: str, user: str) -> bool:
    return f"<@{user}>" in text or f"<@{user}|" in text
