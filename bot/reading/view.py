"""What did the person mean to write, once the markup of platforms and mail programs is taken off? Changes wrapping only, never words."""

from __future__ import annotations

import html
import re

# Slack: <mailto:a@b|a@b> <http://smtp.x.com|smtp.x.com> <#C1|general> <@U1>
_SLACK_LINK = re.compile(r"<(?:mailto:|tel:|https?://)?([^\s<>|]{1,300})\|([^<>|\n]{1,300})>")
_SLACK_BARE = re.compile(r"<(mailto:|https?://)([^\s<>|]{1,300})>")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:mailto:|https?://)[^\s()]{1,300}\)")
_FENCE = re.compile(r"^[ \t]*```[\w+\-]{0,20}[ \t]*$|```", re.MULTILINE)
_QUOTE = re.compile(r"^(?:[ \t]{0,3}>[ \t]?){1,5}(?![<>=])", re.MULTILINE)
_ESCAPED = re.compile(r"\\([_*~`|<>\[\]().#!+\-])(?=[\w@ .]|$)")
# **587**, _starttls_, ~~465~~: around whole words only, so that MAIL_HOST and *.example.com stay.
_EMPHASIS = re.compile(r"(?<![\w*_~\\])(\*\*|__|~~|\*|_)(?=[^\s*_~])([^*_~\n]{1,200})(?<=\S)\1(?![\w*_~])")
_SPOILER = re.compile(r"\|\|([^|\n]{1,500})\|\|")
_MENTION = re.compile(r"<[@#!&:][\w!|^:\-]{1,80}>")
# ASCII in full width, ideographic space and full stop, typographic quotes and hyphens that programs put in by themselves
_FORMS = {c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFF61: ".", 0xA0: " ", 0x202F: " ", 0x2011: "-"}
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»「」『』"), '"') | dict.fromkeys(map(ord, "‘’‚‛`´"), "'")
_DIGITS = {0x0660 + n: str(n) for n in range(10)} | {0x06F0 + n: str(n) for n in range(10)}


def view(text: str) -> str:
    """`text` as it is to be read: links as their label, entities as characters, full-width forms as ASCII, without quote marks and fences.

    Lines stay lines. Linear in time.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = text.translate(_FORMS).translate(_DIGITS)
    if "<" in text:
        text = _SLACK_LINK.sub(_label, text)
        text = _SLACK_BARE.sub(lambda m: m.group(2) if m.group(1) == "mailto:" else m.group(1) + m.group(2), text)
        text = _MENTION.sub(" ", text)
    if "](" in text:
        text = _MARKDOWN_LINK.sub(r"\1", text)
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if ">" in text:
        text = _QUOTE.sub("", text)
    if "```" in text:
        text = _FENCE.sub("", text)
    if "||" in text:
        text = _SPOILER.sub(r"\1", text)
    if "*" in text or "_" in text or "~~" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    return text.translate(_QUOTES)


def _label(match: re.Match[str]) -> str:
    return match.group(2) if "." in match.group(2) or "@" in match.group(2) else match.group(0)
