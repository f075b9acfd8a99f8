"""Real Exim and OpenSMTPD, unpacked and not installed (their packages and Postfix's exclude each other), on free ports of 127.0.0.1.

POSTMASTER_TEST_MTAS names the folder that their Debian packages are unpacked in (`apt-get download`, `dpkg-deb -x`). Each runs in a mount
namespace of its own, where the users that its package would have made exist; nothing of the machine is changed. Needs root.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.papers import Papers
from tests.servers.postfix import free_ports, wait_for

# What is usual, and the most usual wrong set-ups: no certificate that can be read, one of Debian's own making, the leaf without its chain,
# one that ran out, one for another name; no TLS at all; a login in clear, or none; nobody let in.
EXIM_SETUPS = (
    "submission",
    "submissions",
    "broken_tls",
    "self_signed",
    "missing_intermediate",
    "expired",
    "wrong_name",
    "plain_only",
    "login_in_clear",
    "without_auth",
    "refuses_at_connect",
)
_PAPERS = ("self_signed", "missing_intermediate", "expired", "wrong_name")
EXIM = """
primary_hostname = mail.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = {ports}
tls_on_connect_ports = {submissions}
spool_directory = {room}/spool
log_file_path = {room}/spool/%slog
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 0
tls_advertise_hosts = ${{if eq{{$received_port}}{{{plain_only}}}{{}}{{*}}}}
tls_certificate = {certificates}
tls_privatekey = {keys}
auth_advertise_hosts = ${{if or{{{{eq{{$received_port}}{{{without_auth}}}}}{open}}}{{}}{{*}}}}
acl_smtp_connect = ${{if eq{{$received_port}}{{{refuses_at_connect}}}{{refuse}}{{accept}}}}
begin acl
refuse:
  deny message = 5.7.1 Your host is not welcome here
accept:
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = false
"""
OPENSMTPD = """
pki mail.test cert "{certificate}"
pki mail.test key "{key}"
pki expired.test cert "{expired_certificate}"
pki expired.test key "{expired_key}"
listen on 127.0.0.1 port {submission} hostname mail.test tls-require pki mail.test auth
listen on 127.0.0.1 port {submissions} hostname mail.test smtps pki mail.test auth
listen on 127.0.0.1 port {plain_only} hostname mail.test
listen on 127.0.0.1 port {expired} hostname mail.test tls-require pki expired.test auth
action nowhere relay
match for any action nowhere
"""
NUMBERS = {"Debian-exim": 6001, "opensmtpd": 6002, "opensmtpq": 6003}
USERS = "".join(f"{name}:x:{number}:{number}::/nonexistent:/bin/false\n" for name, number in NUMBERS.items())
GROUPS = "".join(f"{name}:x:{number}:\n" for name, number in NUMBERS.items())


def missing(daemon: str) -> str | None:
    """Why `daemon` ("exim4", "smtpd") cannot be started here, or None."""
    folder = os.environ.get("POSTMASTER_TEST_MTAS")
    if folder is None:
        return "POSTMASTER_TEST_MTAS does not say where Exim and OpenSMTPD were unpacked to"
    if not (Path(folder) / "usr/sbin" / daemon).exists():
        return f"{folder} holds no {daemon}"
    return None if os.geteuid() == 0 else f"{daemon} can be started by root only"


@contextmanager
def exim(papers: Papers) -> Iterator[dict[str, int]]:
    """The port of each of EXIM_SETUPS."""
    with _room() as room:
        ports = _ports(*EXIM_SETUPS)
        (room / "spool").mkdir()
        os.chown(room / "spool", NUMBERS["Debian-exim"], NUMBERS["Debian-exim"])
        files = {kind: _readable(room, papers, kind) for kind in ("good", *_PAPERS)}
        certificates, keys = str(files["good"][0]), str(files["good"][1])
        for kind in _PAPERS:
            certificates = _at_port(ports[kind], str(files[kind][0]), certificates)
            keys = _at_port(ports[kind], str(files[kind][1]), keys)
        certificates = _at_port(ports["broken_tls"], str(room / "nowhere.pem"), certificates)
        in_clear = f"{{and{{{{eq{{$tls_in_cipher}}{{}}}}{{!eq{{$received_port}}{{{ports['login_in_clear']}}}}}}}}}"
        asked = " : ".join(map(str, ports.values()))
        filled = EXIM.format(room=room, certificates=certificates, keys=keys, open=in_clear, **{**ports, "ports": asked})
        (room / "exim.conf").write_text(filled)
        with _running(room, ports["submission"], "exim4", "-C", str(room / "exim.conf"), "-bdf", "-q1h"):
            yield ports


def _at_port(port: int, value: str, otherwise: str) -> str:
    """Exim's way to say: this where it was connected to at `port`, else that."""
    return f"${{if eq{{$received_port}}{{{port}}}{{{value}}}{{{otherwise}}}}}"


@contextmanager
def opensmtpd(papers: Papers) -> Iterator[dict[str, int]]:
    """Ports: submission (STARTTLS required), submissions (implicit TLS), plain_only, expired (STARTTLS)."""
    with _room() as room:
        ports = _ports("submission", "submissions", "plain_only", "expired")
        certificate, key = papers.files("rsa")  # its privileged helper cannot sign with the other kind
        expired_certificate, expired_key = papers.files("rsa_expired")
        os.chmod(key, 0o600)
        os.chmod(expired_key, 0o600)
        filled = OPENSMTPD.format(
            certificate=certificate, key=key, expired_certificate=expired_certificate, expired_key=expired_key, **ports
        )
        (room / "smtpd.conf").write_text(filled)
        with _running(room, ports["submission"], "smtpd", "-d", "-f", str(room / "smtpd.conf")):
            yield ports


@contextmanager
def _room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="postmaster-mta-", ignore_cleanup_errors=True) as made:
        room = Path(made)
        room.chmod(0o755)
        (room / "passwd").write_text(Path("/etc/passwd").read_text() + USERS)
        (room / "group").write_text(Path("/etc/group").read_text() + GROUPS)
        yield room


def _ports(*names: str) -> dict[str, int]:
    return dict(zip(names, free_ports(len(names)), strict=True))


def _readable(room: Path, papers: Papers, kind: str) -> tuple[Path, Path]:
    """Exim reads its papers as its own user."""
    made = []
    for path in papers.files(kind):
        copy = room / path.name
        copy.write_bytes(path.read_bytes())
        os.chown(copy, NUMBERS["Debian-exim"], NUMBERS["Debian-exim"])
        made.append(copy)
    return made[0], made[1]


@contextmanager
def _running(room: Path, port: int, daemon: str, *arguments: str) -> Iterator[None]:
    mtas = os.environ["POSTMASTER_TEST_MTAS"]
    script = f"""
        mount --bind {room}/passwd /etc/passwd && mount --bind {room}/group /etc/group || exit 9
        if [ {daemon} = smtpd ]; then
            mount -t tmpfs none /var/spool && mkdir /var/spool/smtpd && chmod 711 /var/spool/smtpd
            mount -t tmpfs none /var/lib && mkdir -p /var/lib/opensmtpd/empty
            mount -t tmpfs none /run
        fi
        exec {mtas}/usr/sbin/{daemon} "$@"
    """
    log = room / "said"
    with log.open("wb") as said:
        command = ["unshare", "-m", "sh", "-c", script, daemon, *arguments]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
    try:
        try:
            wait_for(port)
        except RuntimeError as error:
            raise RuntimeError(f"{daemon} does not start: {log.read_text(errors='replace')[-2000:]}") from error
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
