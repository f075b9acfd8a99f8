"""Where do our own notes go, and in which form? Standard error, text or JSON; never a text of a person, never an id in clear.

Libraries log through the standard library; both ways end in one handler. Ids are written as `hashed(id)`: the same id gives the same
eight letters within one process and nothing to look anybody up by. What concerns a conversation carries its trace id.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger

MAX_FRAMES = 12
_about: ContextVar[str] = ContextVar("about", default="")
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


@contextmanager
def about(conversation: str) -> Iterator[None]:
    """Notes made inside carry the conversation's trace id: the same in every process and after every restart, and no way back to it
    but to try the conversations of the store."""
    token = _about.set(conversation)
    try:
        yield
    finally:
        _about.reset(token)


def trace_id(conversation: str) -> str:
    return hashlib.blake2b(conversation.encode("utf-8", "replace"), digest_size=8, person=b"trace").hexdigest()


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
        with_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where_it_broke,
    ]


def with_trace(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The trace id of the conversation that is worked on just now, also for what libraries note meanwhile."""
    conversation = _about.get()
    if conversation:
        event["trace"] = trace_id(conversation)
    return event


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
