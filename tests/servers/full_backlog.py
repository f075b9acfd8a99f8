"""A port whose queue is full: connection attempts get no answer, as behind a firewall that drops."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def dropping(address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Gives the port. The kernel keeps two attempts in its queue and drops what comes after."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with ExitStack() as held:
        listening = held.enter_context(socket.socket(family))
        listening.bind((address, port))
        listening.listen(0)
        port = int(listening.getsockname()[1])
        for _ in range(3):
            client = held.enter_context(socket.socket(family))
            client.setblocking(False)
            client.connect_ex((address, port))
        yield port
