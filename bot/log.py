"""Where do our own notes go, and in which form? Standard error, text or JSON; never a text of a person, never an id in clear.

Libraries log through the standard library; both ways end in one handler. Ids are written as `hashed(id)`: the same id gives the same
eight letters within one process and nothing to look anybody up by.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger

MAX_FRAMES = 12
_SALT = secrets.token_bytes(16)


@cache
def logger(name: str) -> BoundLogger:
    import structlog

    if not structlog.is_configured():
        _configure()
    made: BoundLogger = structlog.stdlib.get_logger(name)
    return made


def hashed(identity: str) -> str:
    return hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=4, key=_SALT).hexdigest()


def set_up(form: Literal["text", "json"] | None = None, level: int = logging.INFO) -> None:
    """`form` None: text where standard error is a terminal, else JSON."""
    import structlog

    _configure()
    as_text = form == "text" or (form is None and sys.stderr.isatty())
    last: Any = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_always(), processors=processors))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _configure() -> None:
    import structlog

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_always(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _always() -> list[Any]:
    import structlog

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where_it_broke,
    ]


def where_it_broke(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and its lines of code. Its message and its variables may hold what a person wrote: they stay out."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames][-MAX_FRAMES:]
    return event
