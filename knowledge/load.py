"""Where does the knowledge come from? From the user's cache where its copy is as new as the files, else from the files (`files.py`).

A process that finds a good copy never loads what reads files: pydantic, tomllib, RE2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from knowledge import cache as disk
from knowledge.model import Knowledge

FOLDER = Path(__file__).parent


class Broken(Exception):
    """Knowledge files are wrong. `problems` are sentences, each "file:line: what is wrong and what to write instead"."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@cache
def knowledge() -> Knowledge:
    """All knowledge that is shipped: from the user's cache where its copy is as new as the files, else read and put there.

    Raises `Broken`. That an id which one file mentions exists in another is not asked here, only by `load_files`.
    """
    found = disk.read(_state_of_files())
    if found is None:
        from knowledge.files import read

        found = read(FOLDER)
        disk.write(_state_of_files(), found)
    return found


def derived(name: str, made_by: Path, make: Callable[[Knowledge], Any]) -> Any:
    """A table worked out of the shipped knowledge (JSON values only), from the user's cache where neither the files nor the code in
    `made_by` (a module or a folder of modules) are newer; else made now and put there."""
    modules = [made_by] if made_by.is_file() else sorted(made_by.glob("*.py"))
    code = [f"{path.name} {(state := path.stat()).st_mtime_ns} {state.st_size}" for path in modules]
    return disk.derived(name, " ".join((_state_of_files(), *code)), lambda: make(knowledge()))


@cache
def _state_of_files() -> str:
    """As this process found them; who changes a file starts another one."""
    return disk.fingerprint(FOLDER)


def load_files(folder: Path = FOLDER) -> Knowledge:
    """Every file below `folder`, strictly: shapes, patterns, and that every id which is mentioned exists. Raises `Broken`."""
    from knowledge.files import read
    from knowledge.references import dangling

    found = read(folder)
    if problems := dangling(found, folder):
        raise Broken(problems)
    return found
