"""Which commands are there, and what does each teach? Their options and help; each command loads what it needs by itself."""

from __future__ import annotations

import argparse
import re
from typing import Any

from adapters.grammar import Parser, command, group, json_option
from bot.errors import UsageError

ABOUT = """\
Postmaster finds out why outgoing mail does not go out, and what to change.

It asks only for what is missing, looks at the mail server itself, and answers with the settings to enter or the one thing to
change, in the menus of your program. It never logs in, never sends mail, and never asks for a password.
"""
EXAMPLES = """\
examples:
  $ postmaster chat                           talk about mail that does not go out
  $ postmaster lookup you@gmx.de              the settings to enter
  $ postmaster explain "550 5.7.1 Relaying denied"
  $ postmaster check smtp.your-provider.com   look at a server
each command teaches itself: postmaster COMMAND --help
"""
STATUS = "exit status: 0 nothing wrong, 1 a fault was found, 2 wrong usage, 3 it could not run, 130 after Ctrl-C"


def parser() -> Parser:
    """The whole grammar. A parsed command has `run`, which gives the exit status."""
    top = Parser(prog="postmaster", description=ABOUT, epilog=f"{EXAMPLES}{STATUS}")
    top.add_argument("--version", action="store_true", help="show the version and leave")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    _talking(commands)
    _looking(commands)
    _keeping(commands)
    _serving(commands)
    return top


def _client(made: Parser, what: str) -> None:
    made.add_argument("--client", metavar="ID", help=what)


# --- the commands ------------------------------------------------------------------------------------------------------


def _talking(commands: Any) -> None:
    chat = command(
        commands,
        "chat",
        _chat,
        "talk in this terminal: no token, no service",
        "Answer a choice by its number or in words. Ctrl-C stops a look at a server, Ctrl-D leaves; the next start offers to go on.",
        "  $ postmaster chat\n  > thunderbird can't send, mail.our-club.org 587 SSL, wrong version number\n",
    )
    json_option(chat, 'for scripts: {"user": …} lines in, {"reply": …} and {"idle": true} lines out')
    chat.add_argument("--locale", metavar="L", type=_locale, help="your language and region, such as de-DE: days are written so")
    explain = command(
        commands,
        "explain",
        _explain,
        "what an error text means, and what to do about it",
        "TEXT, or standard input. Exit status 1: a fault was recognised; 0: none was.",
        '  $ postmaster explain "535 5.7.139 Authentication unsuccessful, basic authentication is disabled"\n'
        "  $ postmaster explain --client thunderbird --json < error.txt\n"
        '  $ postmaster explain --json --lines < texts.jsonl     one {"id": …, "text": …} a line\n',
    )
    explain.add_argument("text", nargs="*", metavar="TEXT")
    _client(explain, "the program it comes from, such as thunderbird: the steps name its menus")
    explain.add_argument("--provider", metavar="ID", help="whose mail service it is, such as gmail")
    understand = command(
        commands,
        "understand",
        _understand,
        "what is read out of a free text, and the text without secrets",
        "TEXT, or standard input.",
        '  $ postmaster understand "outlook cant send, smtp.office365.com 465 ssl, password is hunter2"\n',
    )
    understand.add_argument("text", nargs="*", metavar="TEXT")
    for read in (explain, understand):
        json_option(read)
        read.add_argument("--lines", action="store_true", help='with --json: one {"id": …, "text": …} a line in, one answer a line out')


def _locale(text: str) -> str:
    """In the form of BCP 47; a POSIX name ("de_DE.UTF-8") is taken too."""
    tag = text.split(".")[0].replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", tag):
        raise argparse.ArgumentTypeError(f"{text!r} is no language: give one such as de or de-DE")
    return tag


def _looking(commands: Any) -> None:
    lookup = command(
        commands,
        "lookup",
        _lookup,
        "the settings to enter for an address, domain, server or provider",
        "Exit status 1: nothing was found. Of an address only the domain is ever sent anywhere.",
        "  $ postmaster lookup gmail\n  $ postmaster lookup you@gmx.de --client thunderbird\n"
        "  $ postmaster lookup smtp.live.com --offline --json\n",
    )
    lookup.add_argument("query", nargs="+", metavar="QUERY")
    _client(lookup, "say where to enter it in this program, such as outlook-classic")
    lookup.add_argument("--offline", action="store_true", help="only what is known; ask nobody on the network")
    json_option(lookup)
    check = command(
        commands,
        "check",
        _check,
        "look at a mail server: ports, encryption, certificate, logins",
        "Logs in nowhere, sends nothing. Exit status 1: the asked endpoint fails (or every one, where no port is given),\n"
        "or something else is wrong there.",
        "  $ postmaster check smtp.your-provider.com\n  $ postmaster check smtp.your-provider.com:587 --security implicit_tls\n",
    )
    check.add_argument("server", metavar="HOST[:PORT]")
    check.add_argument("--security", choices=("implicit_tls", "starttls", "none"), help="the encryption that is entered in the program")
    json_option(check)


def _keeping(commands: Any) -> None:
    config = command(
        commands,
        "config",
        _config,
        "what is configured, what is missing and how to mend it",
        "Secrets are masked.",
        "  $ postmaster config\n  $ POSTMASTER_CONFIG=other.toml postmaster config --json\n",
    )
    json_option(config)
    _storing(commands)
    kinds = group(
        commands,
        "knowledge",
        "what the bot knows: its faults, its size, its age",
        "  $ postmaster knowledge check\n  $ postmaster knowledge stats --list providers\n",
    )
    command(
        kinds,
        "check",
        _knowledge_check,
        "validate the knowledge files",
        "Each fault with file:line and remedy, then each fact that is older than a year. Exit status 1 where there is a fault.",
        "  $ postmaster knowledge check\n",
    )
    stats = command(
        kinds,
        "stats",
        _knowledge_stats,
        "how much is known, of each kind",
        "",
        "  $ postmaster knowledge stats\n  $ postmaster knowledge stats --list providers\n",
    )
    stats.add_argument("--list", choices=("providers", "causes", "clients", "terms"), help="list the ids of a kind")
    json_option(stats)
    sources = command(
        kinds,
        "sources",
        _knowledge_sources,
        "how old each fact is, the oldest first",
        "",
        "  $ postmaster knowledge sources | head\n",
    )
    json_option(sources)
    gaps = command(
        kinds,
        "gaps",
        _knowledge_gaps,
        "what people brought that nothing was known for, as drafts of examples",
        "Of what the bot kept in POSTMASTER_STORE while POSTMASTER_LEARN was on: texts without secrets, names and addresses, like ones\n"
        "together; and, by cause, provider and program, how often an answer helped.",
        "  $ postmaster knowledge gaps\n  $ POSTMASTER_STORE=redis://store.your-company.net/0 postmaster knowledge gaps --json\n",
    )
    json_option(gaps)


def _storing(commands: Any) -> None:
    kinds = group(
        commands,
        "store",
        "what is kept of talks: look through it, move it to another store",
        "  $ postmaster store check\n  $ postmaster store export --running - | gzip > backup.jsonl.gz\n",
    )
    check = command(
        kinds,
        "check",
        _store_check,
        "look through the store: is all of it whole, readable and looked after?",
        "Of POSTMASTER_STORE; also while a bot runs on it. Exit status 1: something is wrong. How many events were put aside\n"
        "because they could not be handled stands here too.",
        "  $ postmaster store check\n  $ POSTMASTER_STORE=redis://store.your-company.net/0 postmaster store check --repair\n",
    )
    check.add_argument("--repair", action="store_true", help="mend indexes, delete what belongs to no talk")
    json_option(check)
    export = command(
        kinds,
        "export",
        _store_export,
        "write all that the store holds to a file",
        "Of POSTMASTER_STORE. Talks with what waits and is owed, wakes, known events, sealed installations; JSON, one object a\n"
        "line. The file holds what people wrote: keep it as you keep the store. With `import` it moves to another store:\n"
        "stop every bot and worker first (SIGTERM: they end what they have in hand, 20 s at most), start them on the new store.",
        "  $ systemctl stop postmaster\n"
        "  $ postmaster store export moved.jsonl\n"
        "  $ POSTMASTER_STORE=redis://store.your-company.net/0 postmaster store import moved.jsonl\n"
        "  $ postmaster store export --running - | gzip > backup.jsonl.gz\n",
    )
    export.add_argument("file", metavar="FILE", help='where to; "-" is standard output')
    export.add_argument("--running", action="store_true", help="also while a bot runs: a copy of this moment, for a backup")
    fill = command(
        kinds,
        "import",
        _store_import,
        "fill an empty store with what `export` wrote",
        "Into POSTMASTER_STORE. The file is read through first: one that was cut off or changed is refused and nothing is\n"
        "written. No bot may run on the store meanwhile. What another process had in hand when it was exported is due at once.",
        "  $ POSTMASTER_STORE=redis://store.your-company.net/0 postmaster store import moved.jsonl\n"
        "  $ zcat backup.jsonl.gz | postmaster store import --replace -\n",
    )
    fill.add_argument("file", metavar="FILE", help='what `export` wrote; "-" is standard input')
    fill.add_argument("--replace", action="store_true", help="delete first all that the store holds")


def _serving(commands: Any) -> None:
    slack = command(
        commands,
        "slack",
        _slack,
        "the bot on Slack",
        "SLACK_BOT_TOKEN and SLACK_APP_TOKEN; adapters/slack/README.md leads there step by step.",
        "  $ postmaster slack --manifest socket\n  $ SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… postmaster slack\n",
    )
    slack.add_argument("--manifest", choices=("socket", "http"), help="print the app manifest for this mode and do nothing else")
    discord = command(
        commands,
        "discord",
        _discord,
        "the bot on Discord",
        "DISCORD_TOKEN; adapters/discord/README.md leads there step by step.",
        "  $ postmaster discord --sync\n  $ DISCORD_TOKEN=… postmaster discord\n",
    )
    discord.add_argument("--sync", action="store_true", help="register the slash commands now and do nothing else")
    run = command(
        commands,
        "run",
        _run,
        "the bot on every platform that is configured",
        "`postmaster config` shows which those are.",
        "  $ postmaster run\n  $ postmaster run --print-unit > /etc/systemd/system/postmaster.service\n",
    )
    run.add_argument("--print-unit", action="store_true", help="print a unit for systemd and do nothing else")

    worker = command(
        commands,
        "worker",
        _worker,
        "look at servers for bots that run elsewhere",
        "POSTMASTER_BROKER, the same as theirs; bot/sites/README.md tells more.",
        "  $ POSTMASTER_BROKER=redis://queue.your-company.net:6379/1 postmaster worker --site berlin\n",
    )
    worker.add_argument("--site", metavar="NAME", help="the name of this vantage point (default: POSTMASTER_SITE)")


# --- what each does ------------------------------------------------------------------------------------------------------


def _chat(given: argparse.Namespace) -> int:
    if given.json:
        from adapters.terminal.chat_json import chat_json

        return chat_json(given.locale)
    from adapters.terminal.chat import chat

    return chat(given.locale)


def _explain(given: argparse.Namespace) -> int:
    from adapters.terminal import answers

    _lines_stand_alone(given)
    return answers.explain(tuple(given.text), given.client, given.provider, as_json=given.json, lines=given.lines)


def _understand(given: argparse.Namespace) -> int:
    from adapters.terminal import answers

    _lines_stand_alone(given)
    return answers.understand(tuple(given.text), as_json=given.json, lines=given.lines)


def _lines_stand_alone(given: argparse.Namespace) -> None:
    if given.lines and not given.json:
        raise UsageError("--lines goes with --json.")
    if given.lines and given.text:
        raise UsageError("--lines reads its texts from standard input: leave TEXT out.")


def _lookup(given: argparse.Namespace) -> int:
    from adapters.terminal import network

    return network.lookup(" ".join(given.query), given.client, offline=given.offline, as_json=given.json)


def _check(given: argparse.Namespace) -> int:
    from adapters.terminal import network

    return network.check(given.server, given.security, as_json=given.json)


def _config(given: argparse.Namespace) -> int:
    from adapters.serving import lacking, links
    from adapters.terminal import upkeep
    from bot.config import load_settings

    settings = load_settings()
    return upkeep.config(settings, links(settings), lacking(settings), as_json=given.json)


def _store_check(given: argparse.Namespace) -> int:
    from adapters import storing

    return storing.check(repair=given.repair, as_json=given.json)


def _store_export(given: argparse.Namespace) -> int:
    from adapters import storing

    return storing.export(given.file, running=given.running)


def _store_import(given: argparse.Namespace) -> int:
    from adapters import storing

    return storing.import_(given.file, replace=given.replace)


def _knowledge_check(given: argparse.Namespace) -> int:
    from adapters.terminal import upkeep

    return upkeep.check()


def _knowledge_stats(given: argparse.Namespace) -> int:
    from adapters.terminal import upkeep

    return upkeep.stats(as_json=given.json, listed=given.list)


def _knowledge_sources(given: argparse.Namespace) -> int:
    from adapters.terminal import upkeep

    return upkeep.sources(as_json=given.json)


def _knowledge_gaps(given: argparse.Namespace) -> int:
    from adapters.terminal.gaps import show_gaps
    from bot.config import load_settings

    return show_gaps(load_settings(), as_json=given.json)


def _slack(given: argparse.Namespace) -> int:
    from adapters import serving

    if given.manifest is not None:
        serving.need_extra("slack")
        from adapters.slack.manifest import create_link, manifest
        from adapters.terminal import streams

        streams.write_line(manifest(given.manifest).rstrip("\n"))
        if given.manifest == "socket":  # the other one wants its host first
            streams.say(f"This address opens Slack's form for a new app with it filled in:\n{create_link('socket')}")
        return 0
    return serving.serve(("slack",))


def _discord(given: argparse.Namespace) -> int:
    from adapters.serving import serve

    return serve(("discord",), sync=given.sync)


def _run(given: argparse.Namespace) -> int:
    if given.print_unit:
        from adapters.terminal import streams
        from adapters.unit import unit

        streams.write_line(unit("run").rstrip("\n"))
        return 0
    from adapters.serving import serve

    return serve(())


def _worker(given: argparse.Namespace) -> int:
    from adapters.working import work

    return work(given.site)
