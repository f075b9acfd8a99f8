"""Is Slack reached, and how do its calls end? One answer for a readiness check, and the counters of this platform. Keeps no id, no text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from slack_sdk.errors import SlackApiError

from adapters.slack.verdict import KNOWN, code
from bot import metrics

CHANNEL = "slack"
RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

_checks: list[Callable[[], bool]] = []


def ready() -> bool:
    """Whether events reach us: the socket stands, or the HTTP server listens. False before the start and after the stop."""
    return bool(_checks) and all(check() for check in _checks)


@contextmanager
def reachable(check: Callable[[], bool]) -> Iterator[None]:
    """Inside, `check` is what `ready` asks."""
    _checks.append(check)
    try:
        yield
    finally:
        _checks.remove(check)


def always() -> bool:
    return True


def answered(method: str, error: SlackApiError | None = None) -> None:
    """Counts one call of the Web API by its method and what Slack said: "ok", an error that is known here, or "other"."""
    reason = code(error) if error is not None else "ok"
    limited = error is not None and (getattr(error.response, "status_code", 200) == 429 or reason in RATE_LIMITED)
    status = "ratelimited" if limited else reason if reason == "ok" or reason in KNOWN else "other"
    metrics.count("api_answers", channel=CHANNEL, method=method, status=status)
    if limited:
        metrics.count("rate_limited", channel=CHANNEL, method=method)


def unanswered(method: str) -> None:
    metrics.count("api_answers", channel=CHANNEL, method=method, status="none")


def acknowledged(seconds: float) -> None:
    metrics.observe_seconds("acknowledge_seconds", seconds, channel=CHANNEL)


def redelivered() -> None:
    """Slack sent something again, because it had no acknowledgement of it."""
    metrics.count("retries", channel=CHANNEL)
