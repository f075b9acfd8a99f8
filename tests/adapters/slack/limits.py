"""Which messages does Slack refuse? Its documented limits as one check, for the local Slack and for the property tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def faults(text: str, blocks: Sequence[Mapping[str, Any]], *, max_blocks: int = 50, max_text: int = 4000) -> list[str]:
    """What is wrong with a message; empty where Slack would take it."""
    found: list[str] = []
    if not text and not blocks:
        found.append("no_text")
    if size(text) > max_text:
        found.append(f"msg_too_long: {size(text)}")
    if len(blocks) > max_blocks:
        found.append(f"too many blocks: {len(blocks)}")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append("block ids are not unique")
    actions: list[str] = []
    if sum(block["type"] == "table" for block in blocks) > 1:
        found.append("only one table allowed")
    total = sum(size(words(block)) for block in blocks)
    if total > 13_200:
        found.append(f"msg_blocks_too_long: {total}")
    for block in blocks:
        found += _block(block, actions)
    if len(actions) != len(set(actions)):
        found.append("action ids are not unique")
    return found


def _block(block: Mapping[str, Any], actions: list[str]) -> list[str]:
    found: list[str] = []
    if size(str(block.get("block_id", ""))) > 255:
        found.append("block_id too long")
    match block["type"]:
        case "header":
            found += _plain(block["text"], 150)
        case "section":
            if not 0 < size(block["text"]["text"]) <= 3000:
                found.append("section text")
        case "context":
            if not 0 < len(block["elements"]) <= 10:
                found.append("context elements")
            if any(not 0 < size(element["text"]) <= 3000 for element in block["elements"]):
                found.append("context text")
        case "rich_text":
            found += _rich(block)
        case "table":
            rows = block["rows"]
            if not 0 < len(rows) <= 100 or len({len(row) for row in rows}) != 1 or not 0 < len(rows[0]) <= 20:
                found.append("table shape")
            if size(words(block)) > 10_000:
                found.append("table too long")
            for row in rows:
                for cell in row:
                    found += _rich(cell) if cell["type"] == "rich_text" else ([] if cell["text"] else ["empty cell"])
        case "actions":
            if not 0 < len(block["elements"]) <= 25:
                found.append("actions elements")
            for element in block["elements"]:
                actions.append(element["action_id"])
                found += _element(element)
        case "input":
            found += _plain(block["label"], 2000)
            found += _element(block["element"])
        case "divider":
            pass
        case other:
            found.append(f"unknown block {other}")
    return found


def _element(element: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    if not 0 < size(element["action_id"]) <= 255:
        found.append("action_id")
    match element["type"]:
        case "button":
            found += _plain(element["text"], 75)
            if size(element.get("value", "")) > 2000:
                found.append("button value")
        case "static_select":
            if not 0 < len(element["options"]) <= 100:
                found.append("options")
            for option in element["options"]:
                found += _plain(option["text"], 75)
                if not 0 < size(option["value"]) <= 150:
                    found.append("option value")
    if "placeholder" in element:
        found += _plain(element["placeholder"], 150)
    return found


def _plain(text: Mapping[str, Any], limit: int) -> list[str]:
    if text["type"] != "plain_text":
        return ["not plain_text"]
    return [] if 0 < size(text["text"]) <= limit else [f"plain_text of {size(text['text'])}, {limit} allowed"]


def _rich(block: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    if not block["elements"]:
        found.append("empty rich_text")
    for element in block["elements"]:
        sections = element["elements"] if element["type"] == "rich_text_list" else [element]
        if not sections:
            found.append("empty list")
        for section in sections:
            if not section["elements"]:
                found.append("empty section")
            for leaf in section["elements"]:
                if leaf["type"] == "text" and not leaf["text"]:
                    found.append("empty text")
                if leaf["type"] == "link" and not leaf["url"].startswith("https://"):
                    found.append("link that is not https")
    if size(words(block)) > 3000:
        found.append("rich_text too long")
    return found


def words(node: Any) -> str:
    """All text below a block, in order, joined without anything between."""
    if isinstance(node, Mapping):
        if isinstance(node.get("text"), str):
            return str(node["text"])
        return "".join(words(value) for key, value in node.items() if key in ("text", "elements", "rows", "title", "label"))
    if isinstance(node, list | tuple):
        return "".join(map(words, node))
    return ""
