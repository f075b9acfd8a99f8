"""What does a message show, and what would Discord refuse of it? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.adapters.discord.local import Json


def words_of(message: Mapping[str, Any]) -> str:
    """All text that a message shows, its buttons' labels in brackets."""
    return "\n".join(filter(None, [str(message.get("content") or ""), *_shown(message.get("components") or [])]))


def _shown(components: list[Json]) -> list[str]:
    found: list[str] = []
    for component in components:
        if component["type"] == 10:
            found.append(component["content"])
        elif component["type"] == 2:
            found.append(f"[{component['label']}]")
        elif component["type"] == 3:
            found += [f"[{option['label']}]" for option in component["options"]]
        found += _shown(component.get("components") or [])
    return found


def buttons(message: Mapping[str, Any]) -> dict[str, str]:
    """label -> custom id of the buttons that can be pressed."""

    def walk(components: list[Json]) -> list[Json]:
        return [one for c in components for one in ([c] if c["type"] == 2 else walk(c.get("components") or []))]

    return {one["label"]: one["custom_id"] for one in walk(message.get("components") or []) if not one.get("disabled")}


def problem_with(body: Mapping[str, Any]) -> str | None:
    """What Discord would refuse: the limits of a message, as they are documented."""
    flags, components = int(body.get("flags") or 0), body.get("components") or []
    v2 = bool(flags & 1 << 15)
    ids: list[str] = []
    count = length = 0

    def walk(items: list[Json]) -> str | None:
        nonlocal count, length
        for item in items:
            count += 1
            kind = item["type"]
            if kind == 10:
                length += len(item["content"])
                if not item["content"].strip():
                    return "an empty text"
            if kind in (2, 3) and "custom_id" in item:
                ids.append(item["custom_id"])
                if not 1 <= len(item["custom_id"]) <= 100:
                    return "custom_id length"
            if kind == 2 and not 1 <= len(item["label"]) <= 80:
                return "label length"
            if kind == 3 and not 1 <= len(item["options"]) <= 25:
                return "options"
            if kind == 3 and any(
                not 1 <= len(option["label"]) <= 100 or not 1 <= len(option["value"]) <= 100 for option in item["options"]
            ):
                return "option length"
            if kind == 1 and len(item["components"]) > 5:
                return "five in a row"
            if problem := walk(item.get("components") or []):
                return problem
        return None

    problem = walk(components)
    if problem:
        return problem
    if len(set(ids)) != len(ids):
        return "a custom_id twice"
    if v2:
        if body.get("content") or body.get("embeds"):
            return "content with V2"
        if not components or count > 40 or length > 4000:
            return f"{count} components, {length} characters"
    else:
        if not body.get("content") and not components:
            return "an empty message"
        if len(body.get("content") or "") > 2000 or len(components) > 5:
            return "content length or rows"
    nonce = body.get("nonce")
    return "nonce" if nonce is not None and not 1 <= len(str(nonce)) <= 25 else None
