"""How often did what happen? Counters and times for /metrics; without a configured address they cost a dictionary look-up.

Labels are names from our own code, never a person, a text, a host or an id.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

COUNTERS = {
    "events": ("Events taken in, by channel and whether they were new.", ("channel", "new")),
    "steps": ("Steps of conversations, by kind of event.", ("event",)),
    "answers": ("How answers turned out (helped, unhelped), and texts that were not recognised, by cause.", ("outcome", "cause")),
    "lost_races": ("Steps made again because another instance was first.", ()),
    "parked": ("Events put aside because they could not be stepped.", ("event",)),
    "effects": ("Effects by kind and how they ended (done, retry, ended, lost).", ("kind", "outcome")),
    "probes": ("Probes by how they ended (done, stopped, error).", ("outcome",)),
    "store_unreachable": ("Times that the store was away, full or broken.", ()),
    "api_answers": ("Answers of a platform to our calls, by HTTP method and status.", ("channel", "method", "status")),
    "connections": ("Lasting connections to a platform, by what happened (made, resumed, lost).", ("channel", "what")),
    "dropped": ("Events of a platform given up because too many were waiting.", ("channel",)),
    "retries": ("Times that a platform sent something again, because it had no acknowledgement.", ("channel",)),
    "rate_limited": ("Calls that a platform refused because there were too many.", ("channel", "method")),
    "forgotten": ("Conversations deleted, by why.", ("why",)),
}
SECONDS = {
    "step_seconds": ("Seconds from an event's step to its commit.", ()),
    "delivery_seconds": ("Seconds that a platform took for a post or an edit.", ("channel",)),
    "acknowledge_seconds": ("Seconds from a click or a command to its acknowledgement.", ("channel",)),
    "probe_seconds": ("Seconds that a probe took.", ()),
}

_registry: CollectorRegistry | None = None


def enable() -> CollectorRegistry:
    """From now on everything is counted. Raises `CannotRun` where prometheus-client is not installed."""
    global _registry
    if _registry is None:
        try:
            from prometheus_client import CollectorRegistry
        except ImportError as error:
            from bot.errors import CannotRun

            raise CannotRun("POSTMASTER_METRICS needs the package prometheus-client: pip install prometheus-client.") from error
        _registry = CollectorRegistry()
    return _registry


def text() -> bytes:
    """What /metrics answers; empty while nothing is counted."""
    if _registry is None:
        return b""
    from prometheus_client import generate_latest

    return generate_latest(_registry)


def count(name: str, by: int = 1, /, **labels: str) -> None:
    if _registry is not None:
        counter = _counter(name)
        (counter.labels(**labels) if labels else counter).inc(by)


def observe_seconds(name: str, seconds: float, **labels: str) -> None:
    if _registry is not None:
        histogram = _histogram(name)
        (histogram.labels(**labels) if labels else histogram).observe(seconds)


@cache
def _counter(name: str) -> Counter:
    from prometheus_client import Counter

    help_, labels = COUNTERS[name]
    return Counter(f"postmaster_{name}", help_, labels, registry=enable())


@cache
def _histogram(name: str) -> Histogram:
    from prometheus_client import Histogram

    help_, labels = SECONDS[name]
    return Histogram(f"postmaster_{name}", help_, labels, registry=enable())
