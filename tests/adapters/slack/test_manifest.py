"""The manifest keeps within every limit that Slack's schema has, and asks for what the code uses."""

from __future__ import annotations

import json
import re
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from adapters.main import status_of
from adapters.slack import scopes
from adapters.slack.core import phrases
from adapters.slack.manifest import EVENTS, Mode, create_link, manifest

MODES: tuple[Mode, ...] = ("socket", "http")


def made(mode: Mode) -> dict[str, Any]:
    loaded = json.loads(manifest(mode, phrases()))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("mode", MODES)
def test_every_text_is_within_slacks_limits(mode: Mode) -> None:
    whole = made(mode)
    shown, features = whole["display_information"], whole["features"]

    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch("#[0-9a-f]{6}", shown["background_color"])
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert 1 <= len(features["agent_view"]["suggested_prompts"]) <= 4
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["shortcuts"]) <= 10
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255
    for command in features["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


@pytest.mark.parametrize("mode", MODES)
def test_scopes_are_the_ones_the_code_knows_and_no_more(mode: Mode) -> None:
    asked = made(mode)["oauth_config"]["scopes"]

    assert sorted(asked["bot"] + asked["bot_optional"]) == sorted(scopes.ALL)
    assert set(asked["bot_optional"]) == scopes.OPTIONAL


def test_socket_mode_needs_no_address_and_http_names_each() -> None:
    socket, http = made("socket"), made("http")

    assert "https://" not in json.dumps(socket)
    assert socket["settings"]["socket_mode_enabled"]
    assert not http["settings"]["socket_mode_enabled"]
    assert http["settings"]["event_subscriptions"]["request_url"].endswith("/slack/events")
    assert http["settings"]["interactivity"]["message_menu_options_url"].endswith("/slack/events")
    assert http["features"]["slash_commands"][0]["url"].endswith("/slack/events")
    assert http["oauth_config"]["redirect_urls"][0].endswith("/slack/oauth_redirect")


@pytest.mark.parametrize("mode", MODES)
def test_every_event_that_is_asked_for_has_its_scope(mode: Mode) -> None:
    needs = {"app_mention": "app_mentions:read", "message.channels": "channels:history", "message.groups": "groups:history"}
    needs |= {"message.im": "im:history", "agent_session_stopped": "assistant:write"}

    assert {needs[event] for event in EVENTS if event in needs} <= set(scopes.ALL)
    assert made(mode)["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)


def test_the_link_opens_slacks_form_with_the_manifest_in_it() -> None:
    link = urllib.parse.urlsplit(create_link("socket"))
    asked = urllib.parse.parse_qs(link.query)

    assert (link.netloc, link.path, asked["new_app"]) == ("api.slack.com", "/apps", ["1"])
    assert json.loads(asked["manifest_json"][0]) == made("socket")


def test_the_command_prints_the_manifest_and_beside_it_the_link(capsys: pytest.CaptureFixture[str]) -> None:
    for mode, links in (("socket", 1), ("http", 0)):
        assert status_of(["slack", "--manifest", mode]) == 0

        printed = capsys.readouterr()
        assert json.loads(printed.out)["settings"]["socket_mode_enabled"] is (mode == "socket")
        assert printed.err.count("https://api.slack.com/apps?new_app=1") == links


def test_every_sentence_that_the_adapter_says_is_known() -> None:
    say = phrases()
    folder = Path(__file__).parents[3] / "adapters" / "slack"
    for path in folder.glob("*.py"):
        for id in re.findall(r'say\(\s*"([a-z_.]+)"', path.read_text()):
            assert say(id, count=2, host="x", user="x", name="x", seconds=1), (path.name, id)


def test_no_word_of_mail_is_in_the_adapters_code() -> None:
    words = re.compile(r"\b(e?mails?|smtp|starttls|tls|imap|pop3|mx|spf|dkim|smarthost|outlook|gmail|submission|587|465)\b", re.IGNORECASE)
    folder = Path(__file__).parents[3] / "adapters" / "slack"
    for path in folder.glob("*.py"):
        code = path.read_text()
        found = [line for line in code.splitlines() if words.search(line)]
        assert found == [], path.name
