"""What do swaks, openssl, testssl.sh and sslyze find at the same servers in the same run, and how long does each take?

    .venv/bin/python tests/benchmarks/beside_other_tools.py [--sslyze PATH | --install-sslyze] [--slow]

One Postfix with its usual set-ups and the most usual wrong ones, on loopback. Each tool asks each set-up once; a line a set-up says what is
wrong there and which tool said so, and the last lines how long each tool took in all, and which tools were not to be had.
`--install-sslyze` has it from PyPI in an environment that is thrown away; `--slow` asks testssl.sh too (Debian: testssl.sh), which takes
some ten minutes. `--only SETUP` asks that one. Needs root and Postfix.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot import observations as o  # noqa: E402  # the path comes first, for this is run as a script
from bot.conversation.model import ProbeRequest  # noqa: E402
from bot.observations import Observations  # noqa: E402
from bot.probes.guard import Network, Policy  # noqa: E402
from bot.probes.runner import probe  # noqa: E402
from knowledge.terms import Security  # noqa: E402
from tests.servers import postfix  # noqa: E402
from tests.servers.papers import Papers  # noqa: E402
from tests.servers.resolver import resolving  # noqa: E402

TOOL_SECONDS, SLOW_SECONDS = 10, 240
TOOLS = ("openssl", "swaks", "sslyze", "testssl.sh")
# How testssl.sh and sslyze tell it; openssl and swaks ask for one version, the newest.
OLD_TLS_WORDS = (
    "tls 1      offered (deprecated)",
    "tls 1.0 cipher suites:\n     attempted to connect using 80 cipher suites.\n\n     the server accepted",
)


@dataclass(frozen=True)
class Fault:
    """What is wrong at a set-up of `postfix.SETUPS`: how we see it, and the words by which another tool's output tells it."""

    setup: str
    name: str
    ours: Callable[[Observations], object]
    words: tuple[str, ...]
    entered: Security = Security.STARTTLS


FAULTS = (
    Fault("submission", "nothing", lambda seen: seen.first(o.CertificateShown, trusted=True, hostname_ok=True), ()),
    Fault("expired", "certificate expired", lambda seen: seen.first(o.CertificateExpired), ("expired", "not valid at validation time")),
    Fault(
        "self_signed",
        "certificate self-signed",
        lambda seen: seen.first(o.CertificateUntrusted, reason="self_signed"),
        ("self-signed", "self signed", "not trusted"),
    ),
    Fault(
        "missing_intermediate",
        "an intermediate certificate is not sent",
        lambda seen: seen.first(o.IntermediateMissing, issuer="Test Intermediate"),
        ("missing intermediate", "chain incomplete", "incomplete chain"),
    ),
    Fault(
        "other_name",
        "certificate for another name, and the name that passes",
        lambda seen: seen.first(o.CertificateNameMismatch, passing=("mail.hoster.test",)),
        ("hostname mismatch", "does not match", "invalid hostname", "no matching subjectaltname"),
        Security.IMPLICIT_TLS,
    ),
    Fault("old_tls_too", "TLS 1.0 is still taken", lambda seen: seen.first(o.OldTlsAccepted, version="TLSv1"), OLD_TLS_WORDS),
    Fault(
        "submission",
        "implicit TLS entered for a STARTTLS port",
        lambda seen: seen.first(o.TlsFailed, reason="not_tls") and seen.first(o.GreetedInClear),
        ("starttls port", "use starttls"),
        Security.IMPLICIT_TLS,
    ),
    Fault(
        "submissions",
        "STARTTLS entered for an implicit TLS port",
        lambda seen: seen.first(o.TlsEstablished, implicit=True) and seen.first(o.StayedSilent),
        ("implicit tls", "use tls on connect"),
    ),
    Fault(
        "plain_only",
        "no STARTTLS",
        lambda seen: (ehlo := seen.first(o.EhloAnswered)) is not None and not ehlo.starttls,
        ("didn't find starttls", "did not advertise starttls", "does not support starttls", "doesn't seem to be a tls/ssl enabled server"),
    ),
    Fault(
        "login_in_clear",
        "a login in clear beside STARTTLS",
        lambda seen: (ehlo := seen.first(o.EhloAnswered, under_tls=False)) is not None and ehlo.starttls and ehlo.auth,
        ("250-auth plain login",),
    ),
    Fault(
        "without_auth",
        "no login even under TLS",
        lambda seen: (ehlo := seen.first(o.EhloAnswered, under_tls=True)) is not None and not ehlo.auth,
        ("auth not", "no auth"),
    ),
    Fault("refuses_at_connect", "554 at connect", lambda seen: seen.first(o.Replied, stage="greeting", code=554), ("554", "5.7.1")),
    Fault("busy", "421: busy, nothing known", lambda seen: seen.first(o.Replied, stage="greeting", code=421), ("421", "4.3.2")),
)


async def run(command: list[str]) -> tuple[str, float]:
    """Output and seconds of one tool; it is ended after TOOL_SECONDS (testssl.sh: SLOW_SECONDS, so that a busy machine does not decide),
    for some wait for ever."""
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), SLOW_SECONDS if "testssl" in command[0] else TOOL_SECONDS)
    except TimeoutError:
        process.kill()
        said, _ = await process.communicate()
    return said.decode("utf-8", "replace").lower(), time.monotonic() - started


def commands(port: int, implicit: bool, papers: Papers, sslyze: str | None, slow: bool) -> dict[str, list[str]]:
    """The usual call of each tool that is there."""
    starttls = () if implicit else ("-starttls", "smtp")
    made = {
        "openssl": ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "mail.test", "-verify_hostname", "mail.test"]
        + ["-CAfile", papers.ca_file, *starttls],
        "swaks": ["swaks", "--server", "127.0.0.1", "--port", str(port), "--quit-after", "TLS", "--timeout", "10"]
        + ["--tls-verify", "--tls-ca-path", papers.ca_file, "--tls-sni", "mail.test", "--tls-on-connect" if implicit else "--tls"],
        "sslyze": [sslyze or "sslyze", "--mozilla_config=disable", "--certinfo", "--certinfo_ca_file", papers.ca_file]
        + ["--tlsv1", "--tlsv1_3", *(() if implicit else ("--starttls", "smtp")), f"mail.test:{port}{{127.0.0.1}}"],
        "testssl.sh": [shutil.which("testssl.sh") or "testssl", "--quiet", "--color", "0", "--warnings", "batch", "-p", "-S"]
        + ["--add-ca", papers.ca_file, "--ip", "127.0.0.1", *(() if implicit else ("-t", "smtp")), f"mail.test:{port}"],
    }
    if not slow:
        del made["testssl.sh"]
    return {name: command for name, command in made.items() if shutil.which(command[0])}


async def look(port: int, entered: Security, papers: Papers) -> tuple[Observations, float]:
    zone = {"mail.test": {"A": ["127.0.0.1"]}, "mail.hoster.test": {"A": ["127.0.0.1"]}}
    async with resolving(zone) as resolver:
        policy = Policy((f"127.0.0.1:{resolver.port}",), ("127.0.0.0/8",), (port,), ca_file=papers.ca_file)
        async with Network(policy) as network:
            started = time.monotonic()
            seen = await probe(ProbeRequest("mail.test", port, entered), network)
            return seen, time.monotonic() - started


async def compare(ports: dict[str, int], papers: Papers, sslyze: str | None, slow: bool, only: str | None) -> None:
    took: dict[str, float] = {}
    found_by: dict[str, int] = {}
    faults = [fault for fault in FAULTS if only in (None, fault.setup)]
    for fault in faults:
        seen, seconds = await look(ports[fault.setup], fault.entered, papers)
        verdicts = {"postmaster": (bool(fault.ours(seen)), seconds)}
        implicit = fault.entered is Security.IMPLICIT_TLS
        for tool, command in commands(ports[fault.setup], implicit, papers, sslyze, slow).items():
            said, seconds = await run(command)
            verdicts[tool] = (not fault.words or any(word in said for word in fault.words), seconds)
        for tool, (finds, seconds) in verdicts.items():
            took[tool] = took.get(tool, 0.0) + seconds
            found_by[tool] = found_by.get(tool, 0) + finds
        row = "  ".join(f"{tool} {'finds' if finds else '-----'} {seconds:5.2f} s" for tool, (finds, seconds) in verdicts.items())
        print(f"{fault.setup:<21}{fault.name:<56}{row}", flush=True)
    print("in all: " + ", ".join(f"{tool} {found_by[tool]} of {len(faults)} in {seconds:.1f} s" for tool, seconds in took.items()))
    for tool in TOOLS:
        if tool not in took:
            why = "only with --slow" if tool == "testssl.sh" and shutil.which("testssl") else "not on this machine"
            print(f"left out: {tool} ({why})")


def sslyze_from_pypi(folder: Path) -> str:
    """The program, installed into `folder`. Ends the script where it is not to be had."""
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True)
    done = (
        subprocess.run([folder / "bin" / "pip", "install", "-q", "sslyze"], capture_output=True, text=True) if not made.returncode else made
    )
    if done.returncode:
        sys.exit(f"sslyze is not to be had from PyPI: {done.stderr.strip().splitlines()[-1]}")
    return str(folder / "bin" / "sslyze")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sslyze", help="the program, where it is not on the path")
    parser.add_argument("--install-sslyze", action="store_true", help="have it from PyPI, for this run only")
    parser.add_argument("--slow", action="store_true", help="testssl.sh too")
    parser.add_argument("--only", choices=sorted({fault.setup for fault in FAULTS}), help="one set-up")
    chosen = parser.parse_args()
    if reason := postfix.missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="pm-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "papers").mkdir()
        papers = Papers(folder / "papers")
        papers.prepare()
        sslyze = sslyze_from_pypi(folder / "sslyze") if chosen.install_sslyze else chosen.sslyze
        with postfix.running(folder / "postfix", papers) as ports:
            asyncio.run(compare(ports, papers, sslyze, chosen.slow, chosen.only))


if __name__ == "__main__":
    main()
