"""What is a value in JSON that others wrote? A mapping, a list, a string, or as good as none. Pure; raises nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Payload = Mapping[str, Any]


def mapping(value: Any) -> Payload:
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def identity(value: Any) -> str | None:
    """An id, a ts or an address: a string that is not empty and holds no line end."""
    return value if isinstance(value, str) and value and value.isprintable() else None
