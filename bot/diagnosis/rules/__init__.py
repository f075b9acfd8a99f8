"""Observations -> findings, one module a family of causes. Each rule is a pure function (seen, situation) -> Finding | None."""

from __future__ import annotations

from collections.abc import Callable

from bot.diagnosis.model import Finding, Situation
from bot.diagnosis.rules import auth, net, policy, server, tls
from bot.observations import Observations

Rule = Callable[[Observations, Situation], Finding | None]

RULES: tuple[Rule, ...] = (*net.RULES, *tls.RULES, *auth.RULES, *server.RULES, *policy.RULES)
