"""How do our spans become Discord's Markdown and yet stay literal where they must? Pure; knows no message and sends nothing.

Discord's client lets a backslash stand before any character that is neither a letter, a digit nor white space, and takes a masked link
only in the form `[label](url)`. It has no way to switch a bare address off, so the colon of `://` is escaped in other people's words.
Lengths are UTF-16 units, the strictest way in which a limit of Discord's can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, urlsplit

from bot.reply import Code, Emphasis, Link, Literal, Span, Spans

# A run of letters longer than this may be parted between two chunks; shorter ones stay whole.
_WORD_UNITS = 100
# Past this a value is no longer something to enter; it is shown as literal text, which can be parted.
_CODE_UNITS = 300
_URL_CHARACTERS = 1_000

_ZERO_WIDTH = "\u200b"
_TOKENS = re.compile(r"(?P<everyone>@(?=everyone|here))|(?P<scheme>:(?=//))|(?P<mark>[\\*_~`|\[\]<])|[\s\S]")
_LINE_STARTS = re.compile(r"(?:#{1,3}|-#|[-+]|>+)")
_ORDERED = re.compile(r"(\d{1,10})([.)])")
_PARTS = re.compile(r"\n|[^\S\n]+|\S+")
# Controls, bidi overrides and isolates, and the marks that reorder text: a peer could use them to show other words than it sent.
_HIDDEN = {
    code: None
    for code in (
        *range(0x00, 0x09),
        *range(0x0B, 0x20),
        *range(0x7F, 0xA0),
        0x200E,
        0x200F,
        0x2028,
        0x2029,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
}


def units(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """`text` without control and bidi characters and with line feeds only; tabs become spaces, lone surrogates question marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_HIDDEN).expandtabs(4)
    return text.encode("utf-8", "replace").decode("utf-8")


def literal(text: str) -> str:
    """Somebody else's words on one or more lines: no emphasis, no mention, no link, no list."""
    return "".join(pack_one(_literal_atoms(text, ours=False)))


def inline(spans: Spans) -> str:
    """The spans as one piece of Markdown, however long."""
    return "".join(pack_one(atoms(spans)))


def atoms(spans: Spans) -> list[str]:
    """The spans in pieces of Markdown that may be parted between one another but not inside; a line feed is a piece of its own."""
    return [atom for span in spans for atom in _atoms(span)]


def _atoms(span: Span) -> Iterable[str]:
    match span:
        case Literal(text):
            return _literal_atoms(text, ours=False)
        case Code(text):
            return _code(text)
        case Emphasis(text):
            return _emphasis(text)
        case Link(label, url):
            return _link(label, url)
    return _literal_atoms(span.text, ours=True)


def _literal_atoms(text: str, *, ours: bool) -> Iterator[str]:
    for part in _PARTS.findall(clean(text)):
        if part.isspace():
            yield part
            continue
        word = ""
        for token in _TOKENS.finditer(part):
            word += _escaped(token[0], token.lastgroup, ours=ours)
            if units(word) >= _WORD_UNITS:
                yield word
                word = ""
        if word:
            yield word


def _escaped(token: str, kind: str | None, *, ours: bool) -> str:
    match kind:
        case "everyone":
            return "@" + _ZERO_WIDTH
        case "scheme":
            return ":" if ours else "\\:"
        case "mark":
            return "\\" + token + (_ZERO_WIDTH if token == "<" else "")
    return token


def _code(text: str) -> Iterable[str]:
    value = clean(text).replace("\n", " ")
    if not value:
        return ()
    if "`" in value or units(value) > _CODE_UNITS:
        return _literal_atoms(value, ours=False)
    return (f"`{value}`",)


def _emphasis(text: str) -> Iterator[str]:
    """Whole where it is short; a long one is stressed piece by piece, since a chunk must not end inside its stars."""
    for line in re.split(r"(\n)", clean(text)):
        if line == "\n":
            yield line
            continue
        piece = ""
        for atom in _literal_atoms(line, ours=True):
            if piece and units(piece + atom) > _CODE_UNITS:
                yield from _starred(piece)
                piece = ""
            piece += atom
        yield from _starred(piece)


def _starred(piece: str) -> Iterator[str]:
    inner = piece.strip()
    if not inner:
        if piece:
            yield piece
        return
    if piece[0].isspace():
        yield " "
    yield f"**{inner}**"
    if piece[-1].isspace():
        yield " "


def _link(label: str, url: str) -> Iterable[str]:
    target = address(url)
    if target is None:
        return _literal_atoms(f"{label} ({url})" if label else url, ours=False)
    words = " ".join(clean(label).split())
    if not words or words == url:
        return (f"<{target}>",)
    return (f"[{''.join(_literal_atoms(words, ours=False))}](<{target}>)",)


def address(url: str) -> str | None:
    """`url` so that nothing in it ends a Markdown link early; None for anything but https, or past 1,000 characters."""
    url = clean(url).strip()
    if not url.lower().startswith("https://") or len(url) > _URL_CHARACTERS:
        return None
    return quote(url, safe="%/:?#@!$&'*+,;=~-._")


def linked(url: str, shown: str = "") -> str:
    """A source or a step's page as a link that shows its host only (or `shown`), so that it does not fill three lines on a phone."""
    target = address(url)
    if target is None:
        return literal(url)
    return f"[{literal(shown or host_of(url))}](<{target}>)"


def host_of(url: str) -> str:
    return urlsplit(url).netloc


# --- parting -------------------------------------------------------------------------------------------------------------


def _at_line_start(atom: str) -> str:
    """`atom` so that it opens no heading, list, quote or small print."""
    if _LINE_STARTS.fullmatch(atom) or atom.startswith(">"):
        return "\\" + atom
    if ordered := _ORDERED.fullmatch(atom):
        return f"{ordered[1]}\\{ordered[2]}"
    return atom


def pack_one(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces with those at the start of a line guarded."""
    start = True
    for piece in pieces:
        yield _at_line_start(piece) if start else piece
        start = piece == "\n" or (start and piece.isspace())


def part(pieces: Iterable[str], limit: int, prefix: str = "", indent: str = "") -> list[str]:
    """The pieces in chunks of at most `limit` units; `prefix` opens the first, `indent` each further line.

    A chunk ends at a line feed or a space where there is one in its last half, else between two pieces. Nothing is left out but the
    white space at a chunk's end.
    """
    chunks: list[str] = []
    now: list[str] = [prefix]
    size, fresh = units(prefix), True
    for piece in pieces:
        piece = _at_line_start(piece) if fresh else piece
        if piece == "\n":
            piece, fresh = "\n" + indent, True
        else:
            fresh = fresh and piece.isspace()
        if size + units(piece) > limit and size > units(indent):
            kept, moved = _break(now)
            chunks.append("".join(kept).rstrip())
            now = [indent, *moved]
            if not moved:
                piece = _at_line_start(piece)
            size = sum(units(p) for p in now)
        now.append(piece)
        size += units(piece)
    last = "".join(now).rstrip()
    if last:
        chunks.append(last)
    return [chunk for chunk in chunks if chunk]


def _break(now: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    for index in range(len(now) - 1, len(now) // 2, -1):
        if now[index][:1] in ("\n", " "):
            return now[:index], [_at_line_start(p) if i == 0 else p for i, p in enumerate(now[index + 1 :])]
    return now, ()


def fenced(text: str, limit: int, language: str = "") -> list[str]:
    """`text` in code blocks of at most `limit` units each; a fence inside it is broken by a zero-width space."""
    body = clean(text).strip("\n").replace("```", f"`{_ZERO_WIDTH}`{_ZERO_WIDTH}`")
    tag = language if re.fullmatch(r"[A-Za-z0-9+-]{1,20}", language) else ""
    room = limit - units(tag) - 8
    chunks: list[str] = []
    now = ""
    for line in body.split("\n"):
        for bit in _slices(line, room):
            if now and units(now) + units(bit) + 1 > room:
                chunks.append(now)
                now = bit
            else:
                now = f"{now}\n{bit}" if now else bit
    chunks.append(now)
    return [f"```{tag}\n{chunk}\n```" for chunk in chunks if chunk.strip()]


def _slices(line: str, room: int) -> list[str]:
    if units(line) <= room:
        return [line]
    step = room // 2  # a character takes at most two units
    return [line[start : start + step] for start in range(0, len(line), step)]
