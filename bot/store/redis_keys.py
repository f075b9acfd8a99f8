"""What is each thing called in Redis or Valkey, and which sentence does each of its errors get? Asks no server.

All keys of one conversation share a hash tag, so that a script may touch them together; what finds conversations has a key of its own:

    postmaster:{TAG}:talk inbox inbox:body outbox outbox:body wakes own traces      postmaster:{TAG}:claim:KEY
    postmaster:look:CHANNEL   when to look at which conversation next               postmaster:updated   when each was written last
    postmaster:of:MARK:VALUE  conversations with something of a person (p), message (m), workspace (w)
"""

from __future__ import annotations

import hashlib

from redis import exceptions

from bot.errors import StoreUnreachable
from bot.store import redis_scripts

PREFIX = "postmaster"
UPDATED = f"{PREFIX}:updated"
HALF_IMPORTED = f"{PREFIX}:importing"  # stands while an import writes: what is there then is not all
CLIENT_NAME = "postmaster"  # how a server's list of clients calls us
REPLY_SECONDS = 10.0
CLAIMS_KEPT_SECONDS = 24 * 3600

SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.AuthenticationError, "The store at {name} refuses the password: put the right one into POSTMASTER_STORE."),
    (exceptions.NoPermissionError, "The store at {name} does not allow that: give its user the rights of the README."),
    (exceptions.OutOfMemoryError, "The store at {name} has no memory left: raise its maxmemory, or shorten POSTMASTER_RETENTION_DAYS."),
    (exceptions.ReadOnlyError, "The store at {name} is a replica: point POSTMASTER_STORE at the primary."),
    (exceptions.BusyLoadingError, "The store at {name} is still loading its data: wait a moment."),
    (exceptions.TimeoutError, "The store at {name} does not answer in time: look whether it is overloaded or cut off."),
    (exceptions.ConnectionError, "The store at {name} cannot be reached: start it, or set POSTMASTER_STORE to where it runs."),
    (exceptions.RedisError, "The store at {name} cannot be used ({error}): see what its log says."),
)


def as_ours(error: exceptions.RedisError | OSError, name: str) -> StoreUnreachable:
    """The sentence for what the client raised; `name` is how it calls the store."""
    if isinstance(error, TimeoutError):
        error = exceptions.TimeoutError()
    if isinstance(error, OSError):
        return StoreUnreachable(f"The store at {name} cannot be reached ({error.strerror}): start it.")
    while isinstance(error.__cause__, exceptions.RedisError):  # what was said when the connection was made is wrapped in one that says less
        error = error.__cause__
    if "username-password" in str(error):  # the client has no kind of its own for WRONGPASS
        error = exceptions.AuthenticationError(str(error))
    sentence = next(sentence for kind, sentence in SENTENCES if isinstance(error, kind))
    return StoreUnreachable(sentence.format(name=name, error=error))


def tag(talk: str) -> str:
    return hashlib.blake2b(talk.encode("utf-8", "replace"), digest_size=12).hexdigest()


def of_talk(talk: str) -> tuple[bytes, ...]:
    """The keys of one conversation, in the order in which scripts take them."""
    return tuple(key.encode() for key in of_tag(tag(talk)))


def of_tag(its_tag: str) -> list[str]:
    return [f"{PREFIX}:{{{its_tag}}}:{part}" for part in redis_scripts.PARTS]


def claim(talk: str, key: str) -> str:
    return f"{PREFIX}:{{{tag(talk)}}}:claim:{key}"


def look(channel: str) -> str:
    return f"{PREFIX}:look:{channel}"


def trace(mark: str, value: str) -> str:
    return f"{PREFIX}:of:{mark}:{value}"
