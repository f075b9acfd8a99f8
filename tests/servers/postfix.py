"""A real Postfix in a folder of its own, on free ports of 127.0.0.1: its usual set-ups and the most usual wrong ones.

Needs root and Postfix on the machine; touches nothing of the machine's own Postfix. AUTH is asked of a stand-in for Dovecot that names
its mechanisms and lets nobody in.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.papers import Papers

DAEMONS = Path("/usr/lib/postfix/sbin")
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mail.test
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = all
inet_protocols = ipv4
smtpd_tls_chain_files = {key}, {certificate}
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{dovecot}
smtpd_tls_auth_only = yes
smtpd_peername_lookup = no
smtpd_client_event_limit_exceptions =
postscreen_greet_wait = 2s
postscreen_access_list =
postscreen_cache_map = btree:{folder}/data/postscreen
"""
# name -> what stands behind the service's columns in master.cf
SETUPS = {
    "submission": "smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes",
    "submissions": "smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes",
    "relay": "smtpd",
    "plain_only": "smtpd -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=no",
    "without_auth": "smtpd -o smtpd_tls_security_level=encrypt",
    "expired": "smtpd -o smtpd_tls_security_level=encrypt -o smtpd_tls_chain_files={expired_key},{expired}",
    "other_name": "smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_chain_files={other_key},{other}",
    "self_signed": "smtpd -o smtpd_tls_security_level=encrypt -o smtpd_tls_chain_files={self_signed_key},{self_signed}",
    "missing_intermediate": "smtpd -o smtpd_tls_security_level=encrypt -o smtpd_tls_chain_files={leaf_key},{leaf}",
    "login_in_clear": "smtpd -o smtpd_tls_security_level=may -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=no",
    "old_tls_too": "smtpd -o smtpd_sasl_auth_enable=yes -o smtpd_tls_protocols=>=TLSv1 -o smtpd_tls_mandatory_protocols=>=TLSv1"
    " -o tls_medium_cipherlist=ALL:@SECLEVEL=0 -o smtpd_tls_ciphers=medium",
    "refuses_at_connect": "smtpd -o smtpd_delay_reject=no -o smtpd_client_restrictions=reject",
    "often_is_busy": "smtpd -o smtpd_client_connection_rate_limit=1",
    "busy": "smtpd -o smtpd_delay_reject=no -o {{ smtpd_client_restrictions = check_client_access static:{{421 4.3.2 Try later}} }}",
    "postscreen": "postscreen",
}

HELPERS = (
    "smtpd pass - - n - - smtpd",
    "anvil unix - - n - 1 anvil",
    "dnsblog unix - - n - 0 dnsblog",
    "postlog unix-dgram n - n - 1 postlogd",
    "rewrite unix - - n - - trivial-rewrite",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "tlsproxy unix - - n - 0 tlsproxy",
)


def missing() -> str | None:
    """Why Postfix cannot be started here, or None."""
    if not (DAEMONS / "master").exists():
        return "Postfix is not installed (apt-get install postfix)"
    return None if os.geteuid() == 0 else "Postfix can be started by root only"


@contextmanager
def running(folder: Path, papers: Papers, at: str | None = None) -> Iterator[dict[str, int]]:
    """Start it, configured in `folder`; gives the port of each set-up by its name in SETUPS.

    `at`: a loopback address where it also stands on 25, 465 and 587.
    """
    config = folder / "etc"
    config.mkdir(parents=True)
    # Its queue lies elsewhere: pytest closes its folders to all others again and again, and Postfix's daemons are others.
    with tempfile.TemporaryDirectory(prefix="postmaster-postfix-") as made, _dovecot() as dovecot:
        room = Path(made)
        room.chmod(0o755)
        for inside in (room / "data", room / "queue"):
            inside.mkdir()
        shutil.chown(room / "data", "postfix")
        certificate, key = papers.files("good")
        kinds = {"expired": "expired", "other": "wrong_name", "self_signed": "self_signed", "leaf": "missing_intermediate"}
        files = {name: papers.files(kind) for name, kind in kinds.items()}
        shown = {name: pair[0] for name, pair in files.items()} | {f"{name}_key": pair[1] for name, pair in files.items()}
        main = MAIN.format(folder=room, daemons=DAEMONS, key=key, certificate=certificate, dovecot=dovecot)
        (config / "main.cf").write_text(main)
        ports = dict(zip(SETUPS, free_ports(len(SETUPS)), strict=True))
        lines = []
        for name, rest in SETUPS.items():
            filled = rest.format(**shown)
            service = "inet n - n - 1" if name == "postscreen" else "inet n - n - -"
            lines.append(f"127.0.0.1:{ports[name]} {service} {filled}")
        if at is not None:
            usual = (("25", "relay"), ("465", "submissions"), ("587", "submission"))
            lines += [f"{at}:{port} inet n - n - - {SETUPS[name]}" for port, name in usual]
        lines += HELPERS
        (config / "master.cf").write_text("\n".join(lines) + "\n")
        started = subprocess.run(["postfix", "-c", str(config), "start"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
        if started.returncode:
            log = room / "log"
            raise RuntimeError(f"Postfix does not start: {started.stderr!r} {log.read_text()[-2000:] if log.exists() else 'no log'}")
        try:
            wait_for(ports["relay"])
            yield ports
        finally:
            subprocess.run(["postfix", "-c", str(config), "stop"], check=False, capture_output=True, timeout=30)


def free_ports(number: int) -> list[int]:
    held = [socket.socket() for _ in range(number)]
    try:
        for sock in held:
            sock.bind(("127.0.0.1", 0))
        return [int(sock.getsockname()[1]) for sock in held]
    finally:
        for sock in held:
            sock.close()


def wait_for(port: int) -> None:
    for _ in range(20):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as sock:
            if sock.recv(3) == b"220":
                return
        time.sleep(0.1)
    raise RuntimeError(f"no greeting at port {port}")


@contextmanager
def _dovecot() -> Iterator[int]:
    """Dovecot's authentication service, as far as Postfix asks before anybody logs in: which mechanisms are there."""
    listening = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            held.append(sock)
            sock.sendall(b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
        for sock in held:
            sock.close()
