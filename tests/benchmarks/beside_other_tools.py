"""What do swaks, openssl, testssl.sh and sslyze find at the same servers in the same run, and how long does each take?

    .venv/bin/python tests/benchmarks/beside_other_tools.py [--sslyze PATH] [--slow]

One Postfix with its usual set-ups and the most usual wrong ones, on loopback. Each tool asks each set-up once; a line a set-up says what is
wrong there and which tool said so, and the last lines how long each tool took in all. A tool that is not installed is left out; `--slow`
asks testssl.sh too, which takes minutes. Needs root and Postfix.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
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

TOOL_SECONDS, SLOW_SECONDS = 10, 300


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
    Fault("expired", "certificate expired", lambda seen: seen.first(o.CertificateExpired), ("expired",)),
    Fault(
        "other_name",
        "certificate for another name, and the name that passes",
        lambda seen: seen.first(o.CertificateNameMismatch, passing=("mail.hoster.test",)),
        ("hostname mismatch", "does not match", "invalid hostname"),
        Security.IMPLICIT_TLS,
    ),
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
        ("starttls not", "didn't find starttls", "no starttls", "did not advertise starttls", "rejected", "starttls"),
    ),
    Fault(
        "without_auth",
        "no login even under TLS",
        lambda seen: (ehlo := seen.first(o.EhloAnswered, under_tls=True)) is not None and not ehlo.auth,
        ("auth not", "no auth"),
    ),
    Fault("refuses_at_connect", "554 at connect", lambda seen: seen.first(o.Replied, stage="greeting", code=554), ("554",)),
    Fault("busy", "421: busy, nothing known", lambda seen: seen.first(o.Replied, stage="greeting", code=421), ("421",)),
)


async def run(command: list[str]) -> tuple[str, float]:
    """Output and seconds of one tool; it is ended after TOOL_SECONDS (testssl.sh: SLOW_SECONDS), for some wait for ever."""
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
    made = {
        "openssl": ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "mail.test", "-verify_hostname", "mail.test"]
        + ["-CAfile", papers.ca_file, *(() if implicit else ("-starttls", "smtp"))],
        "swaks": ["swaks", "--server", "127.0.0.1", "--port", str(port), "--quit-after", "TLS", "--timeout", "10"]
        + ["--tls-verify", "--tls-ca-path", papers.ca_file, "--tls-sni", "mail.test", "--tls-on-connect" if implicit else "--tls"],
        "testssl.sh": ["testssl", "--quiet", "--color", "0", "-S", *(() if implicit else ("-t", "smtp")), f"127.0.0.1:{port}"],
        "sslyze": [
            sslyze or "sslyze",
            "--certinfo",
            "--tlsv1_3",
            *(() if implicit else ("--starttls", "smtp")),
            f"mail.test:{port}{{127.0.0.1}}",
        ],
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


async def compare(ports: dict[str, int], papers: Papers, sslyze: str | None, slow: bool) -> None:
    took: dict[str, float] = {}
    for fault in FAULTS:
        seen, seconds = await look(ports[fault.setup], fault.entered, papers)
        verdicts = {"postmaster": ("finds" if fault.ours(seen) else "misses", seconds)}
        implicit = fault.entered is Security.IMPLICIT_TLS
        for tool, command in commands(ports[fault.setup], implicit, papers, sslyze, slow).items():
            said, seconds = await run(command)
            found = not fault.words or any(word in said for word in fault.words)
            verdicts[tool] = ("finds" if found else "misses", seconds)
        for tool, (_, seconds) in verdicts.items():
            took[tool] = took.get(tool, 0.0) + seconds
        row = "  ".join(f"{tool} {verdict} {seconds:5.2f} s" for tool, (verdict, seconds) in verdicts.items())
        print(f"{fault.setup:<19}{fault.name:<56}{row}", flush=True)
    print("in all: " + ", ".join(f"{tool} {seconds:.1f} s" for tool, seconds in took.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sslyze", help="the program, where it is not on the path")
    parser.add_argument("--slow", action="store_true", help="testssl.sh too")
    chosen = parser.parse_args()
    if reason := postfix.missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="pm-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "papers").mkdir()
        papers = Papers(folder / "papers")
        papers.prepare()
        with postfix.running(folder / "postfix", papers) as ports:
            asyncio.run(compare(ports, papers, chosen.sslyze, chosen.slow))


if __name__ == "__main__":
    main()
