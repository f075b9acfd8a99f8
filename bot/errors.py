"""Which of our own errors are there?

    PostmasterError              one sentence for a person (`str(error)`) and the exit status the command line gives it
    ├── UsageError        2      a bad argument, target or option
    │   └── TargetRefused 2      the guard will not let that host or port be asked; `reason` is an id
    ├── CannotRun         3      no network, a token refused, a missing extra …
    │   └── StoreUnreachable 3   the store cannot be opened, read or written
    └── KnowledgeBroken   1      a knowledge file is wrong; says file:line

What a server does (refuses, stays silent, is not SMTP) is no error: it comes back as an observation.
"""

from __future__ import annotations


class PostmasterError(Exception):
    exit_status = 3


class UsageError(PostmasterError):
    exit_status = 2


class TargetRefused(UsageError):
    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class CannotRun(PostmasterError):
    exit_status = 3


class StoreUnreachable(CannotRun):
    pass


class KnowledgeBroken(PostmasterError):
    exit_status = 1
