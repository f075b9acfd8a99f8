"""Do the snippets of the client files send? Each is run as it stands, by the program it is for, against a real server over TLS.

Outside the snippet stand only two things: the password (SMTP_PASSWORD, in the environment) and the test server's certificate authority,
which the program is told to trust in its own way. Where a language is not on the machine its snippets are skipped by name;
SNIPPETS_MUST_RUN=1 (as in .ci/run) makes that a failure. README.md beside this file lists what to install.
"""

from __future__ import annotations

import asyncio
import email
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
import trustme

from knowledge.load import knowledge
from knowledge.model import Client, Snippet
from knowledge.terms import Security
from tests.servers.accepts_mail import HOST, MailServer, accepts_mail

USERNAME = "jo+test@example.com"  # the letters that a URL would break on
PASSWORD = "not a secret: p@ss/w#rd"
SENDER = "jo@example.com"
RECIPIENT = "sam@example.org"
SECONDS = 180  # the first Go or Java program of a cold machine compiles for a minute

PYTHON = os.environ.get("SNIPPETS_PYTHON", sys.executable)
JAVA_LIBRARIES = Path("/usr/share/java")
PHP_LIBRARIES = Path("/usr/share/php")


@dataclass(frozen=True, slots=True)
class Command:
    """How one snippet is run: what is written into the folder, the command line, its input, and what joins the environment."""

    argv: list[str]
    files: Mapping[str, str]
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """What a client's snippet needs on this machine, and how it is run there."""

    command: Callable[[str, Path, Path], Command]  # code, folder, ca_file -> how to run it
    tools: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    probe: tuple[str, ...] = ()  # exits with 0 where a library is there

    def missing(self) -> str | None:
        """Why it cannot run here, as a sentence; None where it can."""
        for tool in self.tools:
            if shutil.which(tool) is None:
                return f"{tool} is not on this machine"
        for path in self.files:
            if not path.exists():
                return f"{path} is not on this machine"
        if self.probe and subprocess.run(self.probe, capture_output=True, check=False).returncode != 0:
            return f"not on this machine: {' '.join(self.probe)}"
        return None


# --- how each program is run -------------------------------------------------------------------------------------------------------


def python(code: str, folder: Path, ca_file: Path) -> Command:
    return Command([PYTHON, "send.py"], {"send.py": code}, {"SSL_CERT_FILE": str(ca_file)})


def django(code: str, folder: Path, ca_file: Path) -> Command:
    send = f"""
import django
from django.core.mail import send_mail

django.setup()
assert send_mail("Test", "It works.", None, ["{RECIPIENT}"]) == 1
"""
    environment = {"SSL_CERT_FILE": str(ca_file), "DJANGO_SETTINGS_MODULE": "settings"}
    return Command([PYTHON, "send.py"], {"settings.py": code, "send.py": send}, environment)


def flask_mail(code: str, folder: Path, ca_file: Path) -> Command:
    send = f"""
from flask import Flask
from flask_mail import Mail, Message

app = Flask("test")
app.config.from_pyfile({str(folder / "config.py")!r})
with app.app_context():
    Mail(app).send(Message("Test", recipients=["{RECIPIENT}"], body="It works."))
"""
    return Command([PYTHON, "send.py"], {"config.py": code, "send.py": send}, {"SSL_CERT_FILE": str(ca_file)})


def node(code: str, folder: Path, ca_file: Path) -> Command:
    return Command(["node", "send.js"], {"send.js": code}, {"NODE_EXTRA_CA_CERTS": str(ca_file)})


def php(library: str) -> Callable[[str, Path, Path], Command]:
    def command(code: str, folder: Path, ca_file: Path) -> Command:
        autoload = f"<?php require '{PHP_LIBRARIES / library}';"
        files = {"send.php": code.lstrip(), "vendor/autoload.php": autoload}
        return Command(["php", "-d", f"openssl.cafile={ca_file}", "send.php"], files)

    return command


def java(code: str, folder: Path, ca_file: Path) -> Command:
    store = folder / "trust.p12"
    keytool = ["keytool", "-importcert", "-noprompt", "-alias", "test", "-storetype", "PKCS12", "-storepass", "changeit"]
    subprocess.run([*keytool, "-file", str(ca_file), "-keystore", str(store)], check=True, capture_output=True)
    libraries = ":".join(str(JAVA_LIBRARIES / name) for name in ("jakarta-mail.jar", "jakarta-activation.jar"))
    trust = [f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStorePassword=changeit"]
    return Command(["java", *trust, "-cp", libraries, "Send.java"], {"Send.java": code})


def go(code: str, folder: Path, ca_file: Path) -> Command:
    return Command(["go", "run", "send.go"], {"send.go": code}, {"SSL_CERT_FILE": str(ca_file), "GO111MODULE": "off", "GOFLAGS": ""})


def ruby(code: str, folder: Path, ca_file: Path) -> Command:
    return Command(["ruby", "send.rb"], {"send.rb": code}, {"SSL_CERT_FILE": str(ca_file)})


def rails(code: str, folder: Path, ca_file: Path) -> Command:
    before = "require 'logger'\nrequire 'action_mailer'\nrequire 'ostruct'\nconfig = OpenStruct.new(action_mailer: ActionMailer::Base)\n"
    after = f"ActionMailer::Base.mail(to: '{RECIPIENT}', subject: 'Test', body: 'It works.').deliver_now\n"
    return Command(["ruby", "-W0", "send.rb"], {"send.rb": before + code + after}, {"SSL_CERT_FILE": str(ca_file)})


def perl(code: str, folder: Path, ca_file: Path) -> Command:
    return Command(["perl", "send.pl"], {"send.pl": code}, {"SSL_CERT_FILE": str(ca_file)})


def shell(code: str, folder: Path, ca_file: Path) -> Command:
    return Command(["sh", "-eu", "send.sh"], {"send.sh": code}, {"SSL_CERT_FILE": str(ca_file), "CURL_CA_BUNDLE": str(ca_file)})


def msmtp(code: str, folder: Path, ca_file: Path) -> Command:
    argv = ["msmtp", "--file=msmtprc", f"--tls-trust-file={ca_file}", RECIPIENT]
    return Command(argv, {"msmtprc": code}, stdin=f"From: {SENDER}\nTo: {RECIPIENT}\nSubject: Test\n\nIt works.\n")


def mutt(code: str, folder: Path, ca_file: Path) -> Command:
    outside = f'set ssl_ca_certificates_file="{ca_file}"; set certificate_file=""; set copy=no'
    return Command(["mutt", "-n", "-F", "muttrc", "-e", outside, "-s", "Test", RECIPIENT], {"muttrc": code}, stdin="It works.\n")


def s_nail(code: str, folder: Path, ca_file: Path) -> Command:
    argv = ["s-nail", "-n", "-S", f"tls-ca-file={ca_file}", "-S", "sendwait", "-S", f"DEAD={folder}/dead.letter", "-s", "Test", RECIPIENT]
    return Command(argv, {"mailrc": code}, {"MAILRC": str(folder / "mailrc")}, stdin="It works.\n")


def git_send_email(code: str, folder: Path, ca_file: Path) -> Command:
    helper = '!f() { echo "password=$SMTP_PASSWORD"; }; f'
    options = ["-c", f"sendemail.smtpSslCertPath={ca_file}", "-c", f"credential.helper={helper}"]
    patch = f"From: {SENDER}\nDate: Wed, 25 Nov 2026 12:00:00 +0000\nSubject: [PATCH] Test\n\nIt works.\n"
    files = {"gitconfig": code, "0001-test.patch": patch}
    who = {"GIT_COMMITTER_NAME": "Jo", "GIT_COMMITTER_EMAIL": SENDER, "GIT_AUTHOR_NAME": "Jo", "GIT_AUTHOR_EMAIL": SENDER}
    environment = {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1", **who}
    return Command(["git", *options, "send-email", "--suppress-cc=all", "0001-test.patch"], files, environment)


PROGRAMS: dict[str, Program] = {
    "python-smtplib": Program(python),
    "aiosmtplib": Program(python, probe=(PYTHON, "-c", "import aiosmtplib")),
    "yagmail": Program(python, probe=(PYTHON, "-c", "import yagmail")),
    "django": Program(django, probe=(PYTHON, "-c", "import django")),
    "flask-mail": Program(flask_mail, probe=(PYTHON, "-c", "import flask_mail")),
    "nodemailer": Program(node, tools=("node",), probe=("node", "-e", "require('nodemailer')")),
    "phpmailer": Program(php("libphp-phpmailer/autoload.php"), tools=("php",), files=(PHP_LIBRARIES / "libphp-phpmailer",)),
    "symfony": Program(php("Symfony/Component/Mailer/autoload.php"), tools=("php",), files=(PHP_LIBRARIES / "Symfony/Component/Mailer",)),
    "javamail": Program(
        java, tools=("java", "keytool"), files=(JAVA_LIBRARIES / "jakarta-mail.jar", JAVA_LIBRARIES / "jakarta-activation.jar")
    ),
    "go-smtp": Program(go, tools=("go",)),
    "ruby-netsmtp": Program(ruby, tools=("ruby",)),
    "rails": Program(rails, tools=("ruby",), probe=("ruby", "-e", "require 'logger'; require 'action_mailer'")),
    "perl-netsmtp": Program(perl, tools=("perl",), probe=("perl", "-MNet::SMTP", "-MIO::Socket::SSL", "-MAuthen::SASL", "-e", "1")),
    "curl": Program(shell, tools=("curl",)),
    "swaks": Program(shell, tools=("swaks",), probe=("perl", "-MNet::SSLeay", "-e", "1")),
    "msmtp": Program(msmtp, tools=("msmtp",)),
    "mutt": Program(mutt, tools=("mutt",)),
    "s-nail": Program(s_nail, tools=("s-nail",)),
    "git-send-email": Program(
        git_send_email,
        tools=("git",),
        probe=("sh", "-c", "test -x $(git --exec-path)/git-send-email && perl -MNet::SMTP -MAuthen::SASL -MMail::Address -e 1"),
    ),
}

CLIENTS = [client for client in knowledge().clients.values() if client.snippet and client.snippet.run]
# These send to anybody, whatever the certificate says; their files warn of it.
CHECK_NO_CERTIFICATE = {"yagmail", "flask-mail"}
MODES = [Security.IMPLICIT_TLS, Security.STARTTLS]


def filled(snippet: Snippet, security: Security, port: int) -> str:
    template = snippet.implicit_tls if security is Security.IMPLICIT_TLS else snippet.starttls
    return template.format(host=HOST, port=port, username=USERNAME, sender=SENDER, recipient=RECIPIENT)


def ready(client: Client) -> Program:
    """The client's program; where it is not on this machine the test ends here."""
    program = PROGRAMS[client.id]
    if reason := program.missing():
        if os.environ.get("SNIPPETS_MUST_RUN"):
            pytest.fail(f"{client.id} must run here, and {reason}")
        pytest.skip(f"{client.name}: {reason}")
    return program


@cache
def go_cache() -> str:
    """Where Go keeps what it compiled; "off" where there is no Go."""
    found = shutil.which("go") and subprocess.run(["go", "env", "GOCACHE"], capture_output=True, text=True, check=False).stdout.strip()
    return found or "off"


async def run(command: Command, folder: Path) -> str:
    """Runs it in `folder` and gives its exit status and everything it printed."""
    for name, text in command.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    process = await asyncio.create_subprocess_exec(
        *command.argv,
        cwd=folder,
        # A home of its own: mail programs leave dead letters there. Compilers keep their caches.
        env={**os.environ, "HOME": str(folder), "GOCACHE": go_cache(), "SMTP_PASSWORD": PASSWORD, **command.env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(SECONDS):
            printed, _ = await process.communicate(command.stdin.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return f"exit status {process.returncode}\n{printed.decode('utf-8', 'replace')}"


@pytest.mark.parametrize("security", MODES, ids=str)
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: str(client.id))
async def test_a_snippet_logs_in_over_tls_and_its_message_arrives(client: Client, security: Security, tmp_path: Path) -> None:
    assert client.snippet is not None
    program = ready(client)
    folder = tmp_path / "snippet"
    folder.mkdir()

    async with accepts_mail(tmp_path, USERNAME, PASSWORD) as server:
        code = filled(client.snippet, security, server.ports[security])
        printed = await run(program.command(code, folder, server.ca_file), folder)

    assert printed.startswith("exit status 0"), (printed, server.refused)
    assert_arrived(server, security, printed)


@pytest.mark.parametrize("security", MODES, ids=str)
@pytest.mark.parametrize("client", [one for one in CLIENTS if one.id not in CHECK_NO_CERTIFICATE], ids=lambda client: str(client.id))
async def test_a_snippet_gives_nothing_to_a_server_whose_certificate_nobody_vouches_for(
    client: Client, security: Security, tmp_path: Path
) -> None:
    assert client.snippet is not None
    program = ready(client)
    folder = tmp_path / "snippet"
    folder.mkdir()
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))

    async with accepts_mail(tmp_path, USERNAME, PASSWORD) as server:
        code = filled(client.snippet, security, server.ports[security])
        await run(program.command(code, folder, stranger), folder)

    assert server.received == []
    assert server.logins == 0


def assert_arrived(server: MailServer, security: Security, printed: str) -> None:
    assert len(server.received) == 1, (printed, server.refused)
    message = server.received[0]
    # yagmail takes the login as the sender: its file says so.
    assert (message.security, message.username, message.recipients) == (security, USERNAME, (RECIPIENT,))
    assert message.sender in (SENDER, USERNAME)
    parts = email.message_from_bytes(message.data).walk()
    assert any(b"It works." in part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/plain"), message.data


@pytest.mark.parametrize("id", sorted(CHECK_NO_CERTIFICATE))
def test_a_program_that_checks_no_certificate_says_so(id: str) -> None:
    assert any("does not check the server's certificate" in note for note in knowledge().clients[id].notes)


def test_every_snippet_that_says_it_is_run_has_a_program_here() -> None:
    assert {client.id for client in CLIENTS} == set(PROGRAMS)


def test_twelve_snippets_or_more_are_run() -> None:
    assert len(CLIENTS) >= 12
