"""What is looked through for secrets? A text with those of its forms that finders need, each made once."""

from __future__ import annotations

_BLOCK = 128
_GOES_ON = bytes(range(0x80, 0xC0))  # the bytes of a character behind its first


class Text:
    """`plain` is the text, `low` the same in lower case (a few letters make it longer), `raw` its bytes in UTF-8."""

    __slots__ = ("_characters", "_plainly", "low", "plain", "raw")

    def __init__(self, plain: str) -> None:
        """`plain` has no lone surrogates."""
        self.plain = plain
        self.low = plain.lower()
        self.raw = plain.encode()
        self._plainly = len(self.raw) == len(plain)
        self._characters: list[int] = []

    def place(self, byte: int) -> int:
        """The place of the character that begins at a byte of `raw`."""
        if self._plainly:
            return byte
        if not self._characters:
            self._characters.append(0)
            for start in range(0, len(self.raw), _BLOCK):
                self._characters.append(self._characters[-1] + _begun(self.raw[start : start + _BLOCK]))
        block, rest = divmod(byte, _BLOCK)
        return self._characters[block] + _begun(self.raw[byte - rest : byte])


def _begun(piece: bytes) -> int:
    """How many characters begin in a piece of UTF-8."""
    return len(piece.translate(None, _GOES_ON))
