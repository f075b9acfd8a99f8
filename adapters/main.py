"""The console script: reads the command line, runs the command, ends with the exit status of CONTRACT's table.

Nothing that goes wrong prints a traceback: each fault is one sentence.
"""

from __future__ import annotations

import gc
import os
import sys

from adapters.commands import parser
from bot.errors import CannotRun, PostmasterError

# Reading the index makes many objects that all stay; looking for garbage among them as often as usual finds none and takes time.
_NEW_OBJECTS_BEFORE_COLLECTION = 50_000


def main(arguments: list[str] | None = None) -> None:
    collect_rarely()
    sys.exit(status_of(sys.argv[1:] if arguments is None else arguments))


def collect_rarely() -> None:
    gc.set_threshold(_NEW_OBJECTS_BEFORE_COLLECTION)


def status_of(arguments: list[str]) -> int:
    """Runs a command; one sentence for whatever goes wrong."""
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except PostmasterError as error:
        return _fault(str(error), error.exit_status)
    except SystemExit as leaving:  # the parser's --help
        return leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        from adapters.terminal.streams import close_quietly

        close_quietly()
        return 0
    except OSError as error:
        return _fault(f"It could not run: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}.", 3)
    except Exception as error:
        return _unexpected(error)
    return status


def _run(arguments: list[str]) -> int:
    grammar = parser()
    given = grammar.parse_args(arguments)
    if given.version:
        from importlib.metadata import version

        print(f"postmaster {version('postmaster-bot')}")
        return 0
    if given.command is None:
        grammar.print_help()
        return 0
    status: int = given.run(given)
    return status


def _unexpected(error: Exception) -> int:
    """Our own fault. `POSTMASTER_DEBUG` shows it whole, for whoever mends it."""
    from knowledge.load import Broken

    if isinstance(error, Broken):
        return _fault(str(error), 1)
    if os.environ.get("POSTMASTER_DEBUG"):
        raise error
    return _fault(
        f"Something went wrong inside ({type(error).__name__}). With POSTMASTER_DEBUG=1 it says more; please report it.",
        CannotRun.exit_status,
    )


def _fault(sentence: str, status: int) -> int:
    print(f"postmaster: {' '.join(sentence.split())}" if "\n" not in sentence else sentence, file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    main()
