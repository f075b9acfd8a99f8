"""What comes out of one paste: settings that were entered, facts that were seen. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from bot.observations import Observation
from knowledge.terms import Security


@dataclass(frozen=True, slots=True)
class Pasted:
    """What one kind of paste says; None: it does not say. `weight` tells pastes apart that disagree: the configuration that was entered (3)
    over the call or command that ran (2) over what a log shows (1).

    `error` is the decisive piece of error text, literally; `addresses` are the account's own (user name, sender);
    `not_hosts` are names in it that are no submission server of the person's (a recipient's MX, a documentation link).
    """

    weight: int = 2
    host: str | None = None
    port: int | None = None
    security: Security | None = None
    client: str | None = None
    provider: str | None = None
    addresses: tuple[str, ...] = ()
    error: str | None = None
    not_hosts: frozenset[str] = frozenset()
    observations: tuple[Observation, ...] = ()
