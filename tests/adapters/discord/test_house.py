"""What does not belong into this folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "adapters" / "discord"
MAIL = re.compile(r"\b(smtp|imap|mail|e-mail|starttls|submission|relay|bounce|mx|dkim|spf|port 25|mailbox)\b", re.IGNORECASE)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_no_module_holds_a_word_of_mail(path: Path) -> None:
    assert MAIL.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "name", ["inbound.py", "render.py", "markdown.py", "columns.py", "places.py", "custom_ids.py", "modals.py", "naming.py"]
)
def test_the_pure_modules_import_nothing_that_acts(name: str) -> None:
    assert not re.search(r"^(from|import) (discord|aiohttp|asyncio|time|random)\b", (FOLDER / name).read_text("utf-8"), re.MULTILINE)


def test_every_file_is_named_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")

    assert [path.name for path in FOLDER.glob("*.py") if path.name != "__init__.py" and f"`{path.name}`" not in readme] == []
