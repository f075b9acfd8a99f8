"""Which commands does the bot offer, and are they registered as they should be? Pure but for `sync`; runs none of them.

`sync` compares what Discord has with what we have and writes only a difference: 200 creations a day are allowed in a server.
Source: https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.discord.api import Api, Refused
from adapters.discord.render import Words
from bot.channel import TryLater
from knowledge.index import Kind

_log = logging.getLogger(__name__)

Json = dict[str, Any]

NAME = "postmaster"
MAX_CHOICES = 25
MAX_ERROR = 6_000

_SLASH, _MESSAGE = 1, 3
_SUBCOMMAND, _STRING = 1, 3
# In servers and for single users; in servers, in the bot's direct messages, and in private channels.
_INSTALLS, _CONTEXTS = [0, 1], [0, 1, 2]

# Discord's locales, and the language of knowledge/phrases.toml ([platform.discord.in.<language>]) that each is served in.
LOCALES: Mapping[str, str] = {"de": "de", "fr": "fr", "es-ES": "es", "es-419": "es"}

# Which list of knowledge completes an option while it is typed.
TYPEAHEAD: Mapping[str, Kind] = {"provider": "providers", "client": "clients", "query": "providers", "error": "causes"}


def definitions(words: Words) -> list[Json]:
    """All commands as Discord takes them."""
    common: Json = {"integration_types": _INSTALLS, "contexts": _CONTEXTS, "nsfw": False}
    client = _option("client", words, 100, typeahead=True)
    subcommands = [
        _verb("diagnose", words, [_option("text", words, MAX_ERROR)]),
        _verb("check", words, [_option("target", words, 260, required=True)]),
        _verb("lookup", words, [_option("query", words, 260, required=True, typeahead=True), client]),
        _verb(
            "explain",
            words,
            [
                _option("error", words, MAX_ERROR, required=True, typeahead=True),
                client,
                _option("provider", words, 100, typeahead=True),
            ],
        ),
        _verb("help", words, []),
        _verb("forget", words, []),
    ]
    return [
        {"type": _SLASH, "name": NAME, **_described("command", words), "options": subcommands, **common},
        {"type": _MESSAGE, "name": words("command_message"), "name_localizations": _localised("command_message", words), **common},
    ]


def _verb(name: str, words: Words, options: list[Json]) -> Json:
    return {"type": _SUBCOMMAND, "name": name, **_described(f"command_{name}", words), "options": options}


def _option(name: str, words: Words, most: int, *, required: bool = False, typeahead: bool = False) -> Json:
    option: Json = {"type": _STRING, "name": name, **_described(f"option_{name}", words), "required": required, "max_length": most}
    return {**option, "autocomplete": True} if typeahead else option


def _described(phrase: str, words: Words) -> Json:
    return {"description": words(phrase), "description_localizations": _localised(phrase, words)}


def _localised(phrase: str, words: Words) -> dict[str, str]:
    return {locale: words(f"in.{language}.{phrase}") for locale, language in LOCALES.items()}


async def sync(api: Api, words: Words, *, force: bool = False) -> bool:
    """Registers the commands where they differ from what Discord has. True: they were written. A refusal is logged, not raised."""
    wanted = definitions(words)
    try:
        if not force and same(await _registered(api), wanted):
            return False
        await api.put_commands(wanted)
    except (Refused, TryLater) as error:
        _log.warning("the commands could not be registered: %s", error)
        return False
    _log.info("commands registered: %d", len(wanted))
    return True


async def _registered(api: Api) -> Sequence[Json]:
    try:
        return await api.commands()
    except Refused:
        return []


def same(registered: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Equal in all that we set; what Discord adds (ids, versions, defaults) does not count."""
    return {_bare(command) for command in registered} == {_bare(command) for command in wanted}


def _bare(command: Mapping[str, Any]) -> tuple[Any, ...]:
    options = tuple(_bare(option) for option in command.get("options") or ())
    return (
        command.get("type", _SLASH),
        command["name"],
        command.get("description") or "",
        *(tuple(sorted((command.get(f"{what}_localizations") or {}).items())) for what in ("name", "description")),
        bool(command.get("required")),
        bool(command.get("autocomplete")),
        command.get("max_length"),
        tuple(sorted(command.get("integration_types") or ())),
        tuple(sorted(command.get("contexts") or ())),
        options,
    )


# --- what was called ---------------------------------------------------------------------------------------------------------


def called(data: Mapping[str, Any]) -> tuple[str, dict[str, str], str | None]:
    """The subcommand, its options, and the name of the one being typed (for a completion)."""
    for verb in data.get("options") or ():
        if verb.get("type") == _SUBCOMMAND:
            options = {str(option["name"]): str(option.get("value") or "") for option in verb.get("options") or ()}
            focused = next((str(option["name"]) for option in verb.get("options") or () if option.get("focused")), None)
            return str(verb["name"]), options, focused
    return "help", {}, None


def target_of(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The message on which a context menu was opened. Its content comes with it, whatever the intents."""
    messages = (data.get("resolved") or {}).get("messages") or {}
    found = messages.get(str(data.get("target_id")))
    return found if isinstance(found, dict) else None


def completions(entries: Sequence[tuple[str, str]]) -> list[Json]:
    """What a person may pick, 25 at most; what is in the field is sent when nothing is picked."""
    return [{"name": label[:100] or id, "value": id[:100]} for id, label in entries[:MAX_CHOICES]]
