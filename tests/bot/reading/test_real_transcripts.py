"""What do real tools print today, and is it read right? Each runs against a server of this machine; nothing is remembered of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from bot.reading import Reading, read
from bot.redaction import redact
from knowledge.index import index
from tests.servers.papers import Papers
from tests.servers.peer import Peer, Talk, standing

SECONDS = 20
PASSWORD = "Wachtelkoenig7"
SMTPLIB = (
    "import smtplib, ssl, sys\n"
    "smtplib.SMTP.debuglevel = 1\n"
    "client = smtplib.{kind}('127.0.0.1', {port}, timeout=5)\n"
    "client.starttls(context=ssl._create_unverified_context()) if {starttls} else client.ehlo()\n"
    "client.login('bob@plover.example', '" + PASSWORD + "')\n"
)
NODEMAILER = (
    "require('nodemailer').createTransport({{host: '127.0.0.1', port: {port}, secure: {secure}, debug: true, logger: true,"
    " auth: {{user: 'bob@plover.example', pass: '" + PASSWORD + "'}}}}).sendMail({{from: 'bob@plover.example', to: 'a@plover.example'}})"
    ".catch(error => console.log(error))"
)
PHPMAILER = (
    "foreach (['Exception', 'SMTP', 'PHPMailer'] as $part) require '/usr/share/php/libphp-phpmailer/src/'.$part.'.php';"
    "$mail = new PHPMailer\\PHPMailer\\PHPMailer(); $mail->isSMTP(); $mail->SMTPDebug = 3; $mail->Host = '127.0.0.1'; $mail->Port = {port};"
    "$mail->SMTPSecure = '{mode}'; $mail->Timeout = 5; $mail->SMTPAuth = true; $mail->Username = 'bob@plover.example';"
    "$mail->SMTPOptions = ['ssl' => ['verify_peer' => false, 'verify_peer_name' => false, 'allow_self_signed' => true]];"
    "$mail->Password = '" + PASSWORD + "'; $mail->setFrom('bob@plover.example'); $mail->addAddress('a@plover.example'); $mail->Body = 'x';"
    "$mail->send(); echo $mail->ErrorInfo;"
)
RUBY = (
    "require 'net/smtp'; client = Net::SMTP.new('127.0.0.1', {port}); client.set_debug_output($stdout); client.open_timeout = 5;"
    "client.disable_starttls; client.start('vm', 'bob@plover.example', '" + PASSWORD + "', :plain) {}"
)
PERL = (
    "use Net::SMTP; my $mail = Net::SMTP->new('127.0.0.1', Port => {port}, Debug => 1, Timeout => 5) or die;"
    "$mail->auth('bob@plover.example', '" + PASSWORD + "'); $mail->quit;"
)
# The log goes into the home directory.
MUTT = (
    "HOME=$(mktemp -d); export HOME; echo x | mutt -d 2 -n -F /dev/null -s x -e 'set smtp_url={scheme}://bob@127.0.0.1:{port}/ copy=no"
    " smtp_pass="
    + PASSWORD
    + " from=bob@plover.example ssl_starttls=no ssl_force_tls=no' a@plover.example; cat $HOME/.muttdebug0; rm -r $HOME"
)
JAVA = ("java", "-cp", "/usr/share/java/jakarta-mail.jar:/usr/share/java/jakarta-activation.jar")
OPENSSL = ("openssl", "s_client", "-connect", "127.0.0.1:{port}")
SWAKS = ("swaks", "--server", "127.0.0.1:{port}", "--to", "a@plover.example", "--from", "bob@plover.example", "--timeout", "5")
MSMTP = ("msmtp", "--debug", "--host=127.0.0.1", "--port={port}", "--from=bob@plover.example", "--timeout=5", "--", "a@plover.example")
CURL = ("curl", "-v", "--max-time", "5", "--mail-from", "bob@plover.example", "--mail-rcpt", "a@plover.example", "-T", "/dev/null")


@dataclass(frozen=True)
class Run:
    """A tool against a server (None: a port where nothing listens), and the kinds of facts that must be read, in this order."""

    command: tuple[str, ...]
    server: str | None
    facts: tuple[str, ...]
    needs: str = ""  # a file without which the tool cannot run

    def __str__(self) -> str:
        return f"{Path(self.needs or self.command[0]).stem} {self.server or 'refused'} {len(' '.join(self.command))}"


def python(kind: str = "SMTP", *, starttls: bool = False) -> tuple[str, ...]:
    return (sys.executable, "-c", SMTPLIB.replace("{kind}", kind).replace("{starttls}", str(starttls)))


def node(*, secure: bool) -> tuple[str, ...]:
    return ("node", "-e", NODEMAILER.replace("{secure}", str(secure).lower()).replace("{{", "{").replace("}}", "}"))


def php(mode: str) -> tuple[str, ...]:
    return ("php", "-r", PHPMAILER.replace("{mode}", mode))


def mutt(scheme: str) -> tuple[str, ...]:
    return ("sh", "-c", MUTT.replace("{scheme}", scheme))


def java(mode: str) -> tuple[str, ...]:
    return (*JAVA, str(Path(__file__).with_name("JavaMail.java")), "{port}", mode)


JAVA_LIBRARY = "/usr/share/java/jakarta-activation.jar"
PHP_LIBRARY = "/usr/share/php/libphp-phpmailer/src/PHPMailer.php"


async def refuses_logins(peer: Peer) -> None:
    """Behaves, offers STARTTLS, and knows nobody."""
    await peer.say("220 mail.test ESMTP")
    while (said := (await peer.hear()).upper()) != "QUIT":
        if said.startswith("EHLO"):
            await peer.answer("PIPELINING", "AUTH PLAIN LOGIN", *([] if peer.tls else ["STARTTLS"]))
        elif said == "STARTTLS":
            await peer.say("220 2.0.0 Ready to start TLS")
            await peer.secure("good")
        else:
            await peer.say("535 5.7.8 Error: authentication failed" if said.startswith("AUTH") else "250 2.0.0 Ok")
    await peer.say("221 2.0.0 Bye")


async def refuses_logins_in_clear(peer: Peer) -> None:
    """The same without STARTTLS."""
    await peer.greet_and_answer("AUTH PLAIN LOGIN")
    while (said := (await peer.hear()).upper()) != "QUIT":
        await peer.say("535 5.7.8 Error: authentication failed" if said.startswith("AUTH") else "250 2.0.0 Ok")
    await peer.say("221 2.0.0 Bye")


OWN = {"refuses_logins": refuses_logins, "refuses_logins_in_clear": refuses_logins_in_clear}
CLEAR = ("TcpConnected", "GreetedInClear", "EhloAnswered")
REFUSED = ("Replied",)
RUNS = (
    Run((*OPENSSL, "-starttls", "smtp"), "refuses_logins", ("TcpConnected", "TlsEstablished", "CertificateShown", "CertificateUntrusted")),
    Run((*OPENSSL, "-starttls", "smtp"), "self_signed", ("TcpConnected", "TlsEstablished", "CertificateShown", "CertificateUntrusted")),
    Run((*OPENSSL, "-starttls", "smtp"), "refuses_logins_in_clear", ("TcpConnected",)),
    Run(OPENSSL, "refuses_logins", ("TcpConnected", "TlsFailed")),
    Run(OPENSSL, "implicit_tls", ("TcpConnected", "TlsEstablished", "CertificateShown", "CertificateUntrusted")),
    Run(OPENSSL, None, ("TcpRefused",)),
    Run(
        (*SWAKS, "--tls", "-au", "bob", "-ap", PASSWORD),
        "refuses_logins",
        ("TcpConnected", "TlsEstablished", *CLEAR[1:], "EhloAnswered", *REFUSED),
    ),
    Run((*SWAKS, "-au", "bob", "-ap", PASSWORD), "refuses_logins_in_clear", (*CLEAR, *REFUSED)),
    Run((*SWAKS, "--tls"), "refuses_logins_in_clear", CLEAR),
    Run((*SWAKS, "--tls-on-connect"), "refuses_logins", ("TcpConnected", "TlsFailed")),
    Run(SWAKS, None, ("TcpRefused",)),
    Run((*CURL, "--ssl-reqd", "smtp://127.0.0.1:{port}"), "refuses_logins", ("TcpConnected", "CertificateUntrusted", *CLEAR[1:])),
    Run((*CURL, "-u", f"bob:{PASSWORD}", "smtp://127.0.0.1:{port}"), "refuses_logins_in_clear", (*CLEAR, *REFUSED)),
    Run((*CURL, "smtps://127.0.0.1:{port}"), "refuses_logins", ("TcpConnected", "TlsFailed")),
    Run((*CURL, "smtp://127.0.0.1:{port}"), None, ("TcpRefused",)),
    Run(python(), "refuses_logins_in_clear", ("TcpConnected", "EhloAnswered", *REFUSED)),
    Run(python(starttls=True), "refuses_logins", ("TcpConnected", "EhloAnswered", "EhloAnswered", *REFUSED)),
    Run(python("SMTP_SSL"), "refuses_logins", ()),
    Run(node(secure=False), "refuses_logins_in_clear", (*CLEAR, *REFUSED), "nodemailer"),
    Run(node(secure=True), "refuses_logins", (), "nodemailer"),
    Run(node(secure=False), None, ("TcpRefused",), "nodemailer"),
    Run(("perl", "-e", PERL), "refuses_logins_in_clear", ()),  # names no endpoint
    Run(("ruby", "-e", RUBY), "refuses_logins_in_clear", (*CLEAR, *REFUSED)),
    Run((*MSMTP[:6], "--tls=off", *MSMTP[6:]), "refuses_logins_in_clear", CLEAR),
    Run(
        (*MSMTP[:6], "--tls=on", "--tls-starttls=on", "--tls-certcheck=off", *MSMTP[6:]),
        "refuses_logins",
        ("TcpConnected", "EhloAnswered", "EhloAnswered"),
    ),
    Run(MSMTP, None, ("TcpRefused",)),
    Run(("nc", "-v", "127.0.0.1", "{port}"), None, ("TcpRefused",)),
    Run(("telnet", "127.0.0.1", "{port}"), None, ("TcpRefused",)),
    Run(("nmap", "-Pn", "-p", "{port}", "127.0.0.1"), None, ("TcpRefused",)),
    Run(mutt("smtp"), "refuses_logins_in_clear", (*CLEAR, *REFUSED), "/usr/bin/mutt"),
    Run(mutt("smtps"), "refuses_logins", ("TcpConnected", "TlsFailed"), "/usr/bin/mutt"),
    Run(mutt("smtp"), None, ("TcpRefused",), "/usr/bin/mutt"),
    Run(java("starttls"), "refuses_logins", (*CLEAR, "EhloAnswered", *REFUSED), JAVA_LIBRARY),
    Run(java("clear"), "refuses_logins_in_clear", (*CLEAR, *REFUSED), JAVA_LIBRARY),
    Run(java("ssl"), "refuses_logins", ("TcpConnected", "TlsFailed"), JAVA_LIBRARY),
    Run(java("clear"), None, ("TcpRefused",), JAVA_LIBRARY),
    Run(php("tls"), "refuses_logins", (*CLEAR, "EhloAnswered", *REFUSED), PHP_LIBRARY),
    Run(php(""), "refuses_logins_in_clear", (*CLEAR, *REFUSED), PHP_LIBRARY),
    Run(php(""), None, ("TcpRefused",), PHP_LIBRARY),
)


@contextlib.asynccontextmanager
async def serving(server: str | None, papers: Papers) -> AsyncIterator[int]:
    if server is None:
        async with standing(refuses_logins, papers) as port:
            pass
        yield port  # nothing listens there any more
    else:
        talk: Talk = OWN.get(server) or import_module(f"tests.servers.{server}").talk
        async with standing(talk, papers) as port:
            yield port


async def printed(command: tuple[str, ...], port: int) -> str:
    """What the tool printed, on both of its channels, with the command line as people paste it."""
    words = [word.replace("{port}", str(port)) for word in command]
    running = await asyncio.create_subprocess_exec(
        *words, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, _ = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    shown = f"$ {' '.join(words)}\n" if "-c" not in words and "-e" not in words and "-r" not in words else ""
    return shown + out.decode("utf-8", "replace")


def missing(run: Run) -> str | None:
    if shutil.which(run.command[0]) is None:
        return f"{run.command[0]} is not here"
    if run.needs == "nodemailer":
        return (
            None
            if any((Path(folder) / "nodemailer").is_dir() for folder in os.environ.get("NODE_PATH", "").split(":"))
            else "no nodemailer"
        )
    return None if not run.needs or Path(run.needs).exists() else f"{run.needs} is not here"


async def read_run(run: Run, papers: Papers) -> tuple[Reading, str, int]:
    if (reason := missing(run)) is not None:
        pytest.skip(reason)
    async with serving(run.server, papers) as port:
        text = await printed(run.command, port)
    return read(redact(text), index()), text, port


@pytest.mark.parametrize("run", RUNS, ids=str)
async def test_what_a_tool_prints_today_is_read(run: Run, papers: Papers) -> None:
    reading, text, port = await read_run(run, papers)

    kinds = [type(one).__name__ for one in reading.observations]
    assert [kind for kind in kinds if kind in run.facts] == list(run.facts), text
    assert {one.site for one in reading.observations} <= {"user"}
    assert reading.port in (port, None), text
    assert PASSWORD not in redact(text).text
