"""The composition root and the command line: reads what is asked for, builds it, starts it. Every module is loaded when it is needed.

Nothing that goes wrong prints a traceback: each fault is one sentence and the exit status of CONTRACT's table.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Literal

import click

from bot.errors import CannotRun, PostmasterError

EPILOG_CHAT = """\b
Example:
  $ postmaster chat
  > thunderbird can't send, mail.our-club.org 587 SSL, wrong version number
"""
EPILOG_EXPLAIN = """\b
Examples:
  $ postmaster explain "535 5.7.139 Authentication unsuccessful, basic authentication is disabled"
  $ postmaster explain --client thunderbird --json < error.txt
  $ postmaster explain --json --lines < texts.jsonl     one {"id": …, "text": …} a line
"""
EPILOG_UNDERSTAND = """\b
Example:
  $ postmaster understand "outlook cant send, smtp.office365.com 465 ssl, password is hunter2"
"""
EPILOG_LOOKUP = """\b
Examples:
  $ postmaster lookup gmail
  $ postmaster lookup you@gmx.de --client thunderbird
  $ postmaster lookup smtp.live.com --offline --json
"""
EPILOG_CHECK = """\b
Examples:
  $ postmaster check smtp.your-provider.com
  $ postmaster check smtp.your-provider.com:587 --security implicit_tls
"""

_as_json = click.option("--json", "as_json", is_flag=True, help="JSON on standard output, one object a line.")
_lines = click.option("--lines", is_flag=True, help='With --json: one {"id": …, "text": …} a line in, one answer a line out.')


class Commands(click.Group):
    """The commands; a closed pipe ends them quietly (click itself would make it exit status 1)."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            from adapters.terminal.streams import close_quietly

            close_quietly()
            return 0
        return result


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  $ postmaster chat                           talk about mail that does not go out
  $ postmaster lookup you@gmx.de              the settings to enter
  $ postmaster explain "550 5.7.1 Relaying denied"
  $ postmaster check smtp.your-provider.com   look at a server
Each command teaches itself: postmaster COMMAND --help
""",
)
@click.version_option(package_name="postmaster-bot", prog_name="postmaster")
def cli() -> None:
    """Postmaster finds out why outgoing mail does not go out, and what to change.

    It asks only for what is missing, looks at the mail server itself, and answers with the settings to enter or the one thing to
    change, in the menus of your program. It never logs in, never sends mail, and never asks for a password.
    """


@cli.command(epilog=EPILOG_CHAT)
@click.option("--json", "as_json", is_flag=True, help='For scripts: {"user": …} lines in, {"reply": …} and {"idle": true} lines out.')
@click.option("--locale", metavar="L", help="Your language and region, such as de-DE, for dates.")
def chat(as_json: bool, locale: str | None) -> int:
    """The whole conversation in this terminal: no token, no service.

    Answer a choice by its number or in words. Ctrl-C stops a look at a server, Ctrl-D leaves; the next start offers to go on.
    """
    if as_json:
        from adapters.terminal.chat_json import chat_json

        return chat_json(locale)
    from adapters.terminal.chat import chat as chat_with_person

    return chat_with_person(locale)


@cli.command(epilog=EPILOG_EXPLAIN)
@click.argument("text", nargs=-1)
@click.option("--client", metavar="ID", help="The program it comes from, such as thunderbird: the steps name its menus.")
@click.option("--provider", metavar="ID", help="Whose mail service it is, such as gmail.")
@_as_json
@_lines
def explain(text: tuple[str, ...], client: str | None, provider: str | None, as_json: bool, lines: bool) -> int:
    """What an error text means, and what to do about it (TEXT, or standard input).

    Exit status 1: a fault was recognised; 0: none was.
    """
    from adapters.terminal import answers

    _need_json(as_json, lines)
    return answers.explain(text, client, provider, as_json=as_json, lines=lines)


@cli.command(epilog=EPILOG_UNDERSTAND)
@click.argument("text", nargs=-1)
@_as_json
@_lines
def understand(text: tuple[str, ...], as_json: bool, lines: bool) -> int:
    """What is read out of a free text: server, port, program …, what is wanted, and the text without secrets."""
    from adapters.terminal import answers

    _need_json(as_json, lines)
    return answers.understand(text, as_json=as_json, lines=lines)


@cli.command(epilog=EPILOG_LOOKUP)
@click.argument("query", nargs=-1, required=True)
@click.option("--client", metavar="ID", help="Say where to enter it in this program, such as outlook-classic.")
@click.option("--offline", is_flag=True, help="Only what is known; ask nobody on the network.")
@_as_json
def lookup(query: tuple[str, ...], client: str | None, offline: bool, as_json: bool) -> int:
    """The settings to enter for an address, a domain, a server or the name of a provider.

    Exit status 1: nothing was found. Of an address only the domain is ever sent anywhere.
    """
    from adapters.terminal import network

    return network.lookup(" ".join(query), client, offline=offline, as_json=as_json)


@cli.command(epilog=EPILOG_CHECK)
@click.argument("server", metavar="HOST[:PORT]")
@click.option("--security", type=click.Choice(["implicit_tls", "starttls", "none"]), help="The encryption that is entered in the program.")
@_as_json
def check(server: str, security: str | None, as_json: bool) -> int:
    """Looks at a mail server: every port, encryption, certificate, login methods. Logs in nowhere, sends nothing.

    Exit status 1: the asked endpoint fails (or every one, where no port is given).
    """
    from adapters.terminal import network

    return network.check(server, security, as_json=as_json)


@cli.command()
@_as_json
def config(as_json: bool) -> int:
    """What is configured, what is missing and how to mend it; secrets are masked."""
    from adapters.serving import links
    from adapters.terminal import upkeep
    from bot.config import load_settings

    settings = load_settings()
    return upkeep.config(settings, links(settings), as_json=as_json)


@cli.group()
def knowledge() -> None:
    """What the bot knows: checks the files, counts, sources by age."""


@knowledge.command("check")
def knowledge_check() -> int:
    """Validates the knowledge files; each fault with file:line and remedy. Exit status 1 where there is one."""
    from adapters.terminal import upkeep

    return upkeep.check()


@knowledge.command("stats")
@_as_json
@click.option("--list", "listed", type=click.Choice(["providers", "causes", "clients", "terms"]), help="List the ids of a kind.")
def knowledge_stats(as_json: bool, listed: str | None) -> int:
    """How much is known, of each kind."""
    from adapters.terminal import upkeep

    return upkeep.stats(as_json=as_json, listed=listed)


@knowledge.command("sources")
@_as_json
def knowledge_sources(as_json: bool) -> int:
    """How old each fact is, the oldest first."""
    from adapters.terminal import upkeep

    return upkeep.sources(as_json=as_json)


@cli.command()
@click.option("--manifest", type=click.Choice(["socket", "http"]), help="Print the app manifest for this mode and do nothing else.")
def slack(manifest: Literal["socket", "http"] | None) -> int:
    """The bot on Slack (SLACK_BOT_TOKEN and SLACK_APP_TOKEN; see adapters/slack/README.md)."""
    if manifest is not None:
        _extra("slack")
        from adapters.slack.manifest import manifest as print_of
        from adapters.terminal import streams

        streams.write_line(print_of(manifest).rstrip("\n"))
        return 0
    return _serve("slack")


@cli.command()
@click.option("--sync", is_flag=True, help="Register the slash commands now and do nothing else.")
def discord(sync: bool) -> int:
    """The bot on Discord (DISCORD_TOKEN; see adapters/discord/README.md)."""
    return _serve("discord", sync=sync)


@cli.command()
def run() -> int:
    """The bot on every platform that is configured."""
    return _serve()


def _serve(*platforms: str, sync: bool = False) -> int:
    from adapters.serving import serve

    return serve(platforms, sync=sync)


def _extra(platform: str) -> None:
    from adapters.serving import need_extra

    need_extra(platform)


def _need_json(as_json: bool, lines: bool) -> None:
    if lines and not as_json:
        raise click.UsageError("--lines goes with --json.")


def main(arguments: list[str] | None = None) -> None:
    """The console script. Ends the process with the exit status of CONTRACT's table."""
    sys.exit(status_of(lambda: cli.main(arguments, prog_name="postmaster", standalone_mode=False)))


def status_of(work: Callable[[], object]) -> int:
    """Runs a command; one sentence for whatever goes wrong."""
    try:
        result = work()
    except PostmasterError as error:
        return _fault(str(error), error.exit_status)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        hint = f" See `{error.ctx.command_path} --help`." if isinstance(error, click.UsageError) and error.ctx is not None else ""
        return _fault(error.format_message() + hint, 2)
    except (KeyboardInterrupt, click.Abort):
        return _fault("", 130)
    except OSError as error:
        return _fault(f"It could not run: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}.", 3)
    except Exception as error:
        return _unexpected(error)
    return result if isinstance(result, int) and not isinstance(result, bool) else 0


def _unexpected(error: Exception) -> int:
    """Our own fault. `POSTMASTER_DEBUG` shows it whole, for whoever mends it."""
    from knowledge.load import Broken

    if isinstance(error, Broken):
        return _fault(str(error), 1)
    if os.environ.get("POSTMASTER_DEBUG"):
        raise error
    return _fault(
        f"Something went wrong inside ({type(error).__name__}). With POSTMASTER_DEBUG=1 it says more; please report it.",
        CannotRun.exit_status,
    )


def _fault(sentence: str, status: int) -> int:
    if sentence:
        print(f"postmaster: {' '.join(sentence.split())}" if "\n" not in sentence else sentence, file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    main()
