"""What does a failed call mean: never, later, or another way? Pure; one table for every error code that has a decided answer.

Codes: the "Errors" tables of https://docs.slack.dev/reference/methods/chat.postMessage/ and chat.update, chat.appendStream, views.open.
"""

from __future__ import annotations

from enum import Enum

from slack_sdk.errors import SlackApiError

from bot.channel import TryLater, Undeliverable

# Slack itself is in trouble, or too much was asked of it.
PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "message_limit_exceeded"}
)
# A stream is still open on that message; it is closed in a moment.
STREAMING = frozenset({"streaming_state_conflict"})
# The blocks are refused: the same words go out as text.
BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch", "invalid_attachments"})
# The message cannot be edited any more: its new form is posted below.
NOT_EDITABLE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "msg_too_long", "message_not_in_streaming_state", "is_inactive"}
)
# The stream is over (it lives five minutes at most, or the person stopped it): the message is edited instead.
STREAM_OVER = frozenset({"message_not_in_streaming_state", "stopped_by_user", "message_not_found"})
# The workspace is gone for us: no call will ever work again.
GONE = frozenset({"token_revoked", "account_inactive", "invalid_auth", "not_authed", "token_expired", "team_access_not_granted"})
# The handle of a click has died.
EXPIRED = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged"})
# We may not speak there; the reason goes with the effect.
CLOSED_DOORS = frozenset({"not_in_channel", "channel_not_found", "is_archived", "thread_not_found", "restricted_action", "no_permission"})
KNOWN = PASSING | STREAMING | BLOCKS | NOT_EDITABLE | STREAM_OVER | GONE | EXPIRED | CLOSED_DOORS


class Verdict(Enum):
    LATER = "later"
    AS_TEXT = "as text"
    AS_NEW = "as new"
    NEVER = "never"


def code(error: SlackApiError) -> str:
    """Slack's own name for what went wrong, or "http_<status>" where it gave none."""
    found = error.response.get("error") if hasattr(error.response, "get") else None
    return str(found) if found else f"http_{getattr(error.response, 'status_code', 0)}"


def verdict(error: SlackApiError) -> Verdict:
    reason = code(error)
    status = getattr(error.response, "status_code", 200)
    if status == 429 or status >= 500 or reason in PASSING or reason in STREAMING:
        return Verdict.LATER
    if reason in BLOCKS:
        return Verdict.AS_TEXT
    if reason in NOT_EDITABLE:
        return Verdict.AS_NEW
    return Verdict.NEVER


def retry_after(error: SlackApiError) -> float:
    """Seconds that Slack asks us to wait; a few where it does not say."""
    headers = getattr(error.response, "headers", None) or {}
    said = headers.get("Retry-After") or headers.get("retry-after")
    try:
        return max(0.5, float(said)) if said is not None else 3.0
    except ValueError:
        return 3.0


def as_ours(error: SlackApiError) -> Undeliverable | TryLater:
    """The error in the core's words."""
    if verdict(error) is Verdict.LATER:
        return TryLater(retry_after(error), code(error))
    return Undeliverable(code(error))
