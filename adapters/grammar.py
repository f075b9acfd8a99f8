"""How is the command line parsed, and how does its help look? Wrong usage is one sentence. Knows no command.

The standard library's parser, because it loads in a tenth of the time that larger ones take, which is as long as a whole answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from bot.errors import UsageError


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24, width=110)
        self._action_max_length = 18  # one column for options and commands alike


class Parser(argparse.ArgumentParser):
    """Wrong usage is raised as `UsageError`; abbreviations of options are not taken, for they change with new options."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=_Help, allow_abbrev=False, **settings)

    def parse_known_args(self, args: Iterable[str] | None = None, namespace: Any = None) -> Any:
        """What a command does not know is its own fault, and its own help tells more than the one above it."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. See `{self.prog} --help`.")


def command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], short: str, more: str, examples: str) -> Parser:
    """One command among `commands`: `short` in the list, `more` and `examples` in its own help. Parsed, it has `run`."""
    made = _taught(commands, name, short, more, examples)
    made.set_defaults(run=run)
    return made


def group(commands: Any, name: str, short: str, examples: str) -> Any:
    """A command that only has commands of its own; gives where they go."""
    return _taught(commands, name, short, "", examples).add_subparsers(title="commands", metavar="COMMAND", required=True)


def _taught(commands: Any, name: str, short: str, more: str, examples: str) -> Parser:
    sentence = f"{short[:1].upper()}{short[1:]}"
    description = f"{sentence if sentence.endswith('?') else f'{sentence}.'}\n\n{more}".strip()
    made: Parser = commands.add_parser(name, help=short, description=description, epilog=f"examples:\n{examples}")
    return made


def json_option(made: Parser, text: str = "JSON on standard output, one object a line") -> None:
    made.add_argument("--json", action="store_true", help=text)
