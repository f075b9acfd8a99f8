"""What is one found secret? Kind and place; nothing of its text is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["password", "app_password", "api_key", "token", "private_key", "cookie", "code"]


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` is a secret. `echo`: the same characters are to be looked for in the rest of the text too.

    `provider`: the id of the provider whose key it is, where its form tells.
    """

    kind: Kind
    start: int
    end: int
    echo: bool = True
    provider: str | None = None
