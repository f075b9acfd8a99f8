"""What do Postfix and Exim write when they send and the relay refuses, and is it read right? Both are started here; needs root."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from bot.reading import read
from bot.redaction import redact
from knowledge.index import index
from tests.bot.reading.test_real_transcripts import PASSWORD, serving
from tests.servers import postfix, unpacked
from tests.servers.papers import Papers

SECONDS = 30
POSTFIX = """
compatibility_level = 3.6
queue_directory = {room}/queue
data_directory = {room}/data
daemon_directory = {daemons}
maillog_file = {room}/log
maillog_file_prefixes = {room}
myhostname = web.plover.example
mydestination =
alias_maps =
local_recipient_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
relayhost = [127.0.0.1]:{port}
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{{ [127.0.0.1]:{port}=bob@plover.example:{password} }}
smtp_sasl_security_options =
smtp_tls_security_level = {tls}
smtp_address_verify_target = rcpt
"""
SERVICES = """
127.0.0.1:{own} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
EXIM = """
primary_hostname = web.plover.example
exim_path = {exim}
spool_directory = {room}/spool
log_file_path = {room}/spool/%slog
host_lookup =
keep_environment =
begin routers
smarthost:
  driver = manualroute
  route_list = * 127.0.0.1::{port} byname
  self = send
  transport = remote_smtp_smarthost
begin transports
remote_smtp_smarthost:
  driver = smtp
  hosts_require_auth = *
  hosts_avoid_tls = {avoid_tls}
  hosts_require_tls = {require_tls}
begin retry
* * F,1m,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^bob@plover.example^{password}
"""


def postfix_log(port: int, tls: str) -> str:
    """The log of a Postfix that has one letter for a relay at `port`."""
    (own,) = postfix.free_ports(1)
    with tempfile.TemporaryDirectory(prefix="postmaster-sender-") as made:
        room = Path(made)
        room.chmod(0o755)
        for name in ("etc", "queue", "data"):
            (room / name).mkdir()
        shutil.chown(room / "data", "postfix")
        (room / "etc" / "main.cf").write_text(POSTFIX.format(room=room, daemons=postfix.DAEMONS, port=port, password=PASSWORD, tls=tls))
        (room / "etc" / "master.cf").write_text(SERVICES.format(own=own))
        run("postfix", "-c", str(room / "etc"), "start")
        try:
            run("swaks", "--server", f"127.0.0.1:{own}", "--from", "bob@plover.example", "--to", "a@lapwing.example")
            return logged(room / "log", "status=")
        finally:
            run("postfix", "-c", str(room / "etc"), "stop")


def exim_log(port: int, *, avoid_tls: str, require_tls: str) -> str:
    """The log of an Exim that has one letter for a smarthost at `port`; in a mount namespace, where its user exists."""
    with tempfile.TemporaryDirectory(prefix="postmaster-sender-") as made:
        room = Path(made)
        room.chmod(0o755)
        (room / "spool").mkdir()
        os.chown(room / "spool", unpacked.NUMBERS["Debian-exim"], unpacked.NUMBERS["Debian-exim"])
        (room / "passwd").write_text(Path("/etc/passwd").read_text() + unpacked.USERS)
        (room / "group").write_text(Path("/etc/group").read_text() + unpacked.GROUPS)
        binary = f"{os.environ['POSTMASTER_TEST_MTAS']}/usr/sbin/exim4"
        filled = EXIM.format(exim=binary, room=room, port=port, password=PASSWORD, avoid_tls=avoid_tls, require_tls=require_tls)
        (room / "exim.conf").write_text(filled)
        (room / "letter").write_text("Subject: x\n\nx\n")
        exim = f"{binary} -C {room}/exim.conf -odi -f bob@plover.example a@lapwing.example"
        script = f"mount --bind {room}/passwd /etc/passwd && mount --bind {room}/group /etc/group && {exim} < {room}/letter"
        run("unshare", "--mount", "sh", "-c", script)
        return (room / "spool" / "mainlog").read_text()


def logged(log: Path, sign: str) -> str:
    """What stands in a log, as soon as `sign` does, or after all patience."""
    for _ in range(SECONDS * 10):
        if log.exists() and sign in log.read_text():
            break
        time.sleep(0.1)
    return log.read_text()


def run(*command: str) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)


@pytest.mark.skipif(postfix.missing() is not None, reason=postfix.missing() or "")
@pytest.mark.parametrize(
    ("server", "tls", "fact", "error"),
    [
        ("refuses_logins_in_clear", "none", "Replied", "535 5.7.8"),
        ("refuses_logins_in_clear", "encrypt", None, "TLS is required, but was not offered"),
        (None, "none", "TcpRefused", "Connection refused"),
    ],
)
async def test_the_log_of_a_postfix_that_cannot_send_is_read(
    server: str | None, tls: str, fact: str | None, error: str, papers: Papers
) -> None:
    async with serving(server, papers) as port:
        text = await asyncio.to_thread(postfix_log, port, tls)

    reading = read(redact(text), index())

    assert error in (reading.error or ""), text
    assert fact is None or fact in [type(one).__name__ for one in reading.observations], text
    assert {one.site for one in reading.observations} <= {"user"}
    assert reading.host in ("127.0.0.1", None)
    assert PASSWORD not in redact(text).text


@pytest.mark.skipif(unpacked.missing("exim4") is not None, reason=unpacked.missing("exim4") or "")
@pytest.mark.parametrize(
    ("server", "avoid_tls", "require_tls", "error"),
    [
        ("refuses_logins_in_clear", "*", "", "535 5.7.8"),
        ("refuses_logins_in_clear", "", "*", "TLS"),
        (None, "*", "", "Connection refused"),
    ],
)
async def test_the_log_of_an_exim_that_cannot_send_is_read(
    server: str | None, avoid_tls: str, require_tls: str, error: str, papers: Papers
) -> None:
    async with serving(server, papers) as port:
        text = await asyncio.to_thread(exim_log, port, avoid_tls=avoid_tls, require_tls=require_tls)

    reading = read(redact(text), index())

    assert error in (reading.error or ""), text
    assert reading.observations == ()  # at which port, the log does not say
    assert reading.host == "127.0.0.1"
    assert PASSWORD not in redact(text).text
