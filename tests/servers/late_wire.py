"""A wire between two network namespaces whose packets are late, and to some ports of which nothing arrives. Needs root and iproute2.

Two TUN devices, one in each namespace, and a thread that carries each packet from one to the other: so every packet is late, the
handshakes' and the acknowledgements too, as no TCP relay could do it.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CLIENT, SERVER = "10.99.0.1", "10.99.0.2"
NETWORK = "10.99.0.0/24"
TUNSETIFF, IFF_TUN_NO_PI = 0x400454CA, 0x1001
CLONE_NEWNET = 0x40000000
TCP = 6

Dropped = frozenset[tuple[str, int]]


@contextmanager
def wired(
    namespaces: tuple[str, str], seconds: float, servers: tuple[str, ...] = (SERVER,), dropped: Dropped = frozenset()
) -> Iterator[None]:
    """Both namespaces, the client's (CLIENT) and the server's (`servers`), with the wire between them: `seconds` one way. What goes to one
    of the addresses and ports in `dropped` is lost."""
    stop = threading.Event()
    thread: threading.Thread | None = None
    ends: tuple[int, ...] = ()
    try:
        for namespace in namespaces:
            _run("ip", "netns", "add", namespace)
        ends = _tun_in(namespaces[0], (CLIENT,)), _tun_in(namespaces[1], servers)
        _run("ip", "-n", namespaces[0], "route", "add", NETWORK, "dev", "wire")
        _run("ip", "-n", namespaces[1], "route", "add", NETWORK, "dev", "wire")
        thread = threading.Thread(target=_carry, args=(ends, seconds, dropped, stop), daemon=True)
        thread.start()
        yield
    finally:
        stop.set()
        if thread is not None:
            thread.join(1)
        for end in ends:
            os.close(end)
        for namespace in namespaces:
            subprocess.run(("ip", "netns", "del", namespace), check=False, capture_output=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _tun_in(namespace: str, addresses: tuple[str, ...]) -> int:
    """A TUN device with these addresses in `namespace`; gives its file descriptor."""
    made: list[int] = []

    def enter() -> None:  # a namespace is a thread's own
        with open(f"/run/netns/{namespace}") as handle:
            if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", b"wire", IFF_TUN_NO_PI))
        made.append(descriptor)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    inside = ("ip", "-n", namespace)
    for address in addresses:
        _run(*inside, "addr", "add", f"{address}/32", "dev", "wire")
    _run(*inside, "link", "set", "wire", "up")
    _run(*inside, "link", "set", "lo", "up")
    return made[0]


def _carry(ends: tuple[int, int], seconds: float, dropped: Dropped, stop: threading.Event) -> None:
    """Take each packet from one end to the other, `seconds` late."""
    late: list[tuple[float, int, int, bytes]] = []
    number = 0
    while not stop.is_set():
        wait = max(0.0, late[0][0] - time.monotonic()) if late else 0.1
        for readable in select.select(ends, [], [], min(wait, 0.1))[0]:
            try:
                packet = os.read(readable, 65536)
            except BlockingIOError:
                continue
            if _target(packet) in dropped:
                continue
            number += 1
            heapq.heappush(late, (time.monotonic() + seconds, number, ends[1 - ends.index(readable)], packet))
        while late and late[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(late)
            os.write(end, packet)


def _target(packet: bytes) -> tuple[str, int] | None:
    """Address and port that a TCP packet of IPv4 goes to. Source: RFC 791 section 3.1, RFC 9293 section 3.1."""
    if packet[0] >> 4 != 4 or packet[9] != TCP:
        return None
    start = 4 * (packet[0] & 15)
    return socket.inet_ntoa(packet[16:20]), int.from_bytes(packet[start + 2 : start + 4], "big")
