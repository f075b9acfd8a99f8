"""Is every key of the configuration read, checked and shown, and does each mistake get one sentence with its remedy?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.config import KEYS, SECRET_KEYS, Address, Shards, load_settings
from bot.errors import UsageError
from bot.inventory import describe
from bot.probes.guard import Policy


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for key in list(os.environ):
        if key.startswith(("POSTMASTER_", "SLACK_", "DISCORD_")):
            monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)


def test_with_nothing_set_everything_has_its_default() -> None:
    settings = load_settings()

    assert settings.store == "sqlite:"
    assert settings.broker == "inline"
    assert settings.probe_ports == (25, 465, 587, 2525)
    assert settings.http == Address("127.0.0.1", 3000)
    assert (settings.site, settings.retention_days, settings.learn, settings.log) == ("here", 30, False, None)


def test_lists_and_pairs_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMASTER_RESOLVERS", "192.0.2.53:5353, [2001:db8::1]:53,2001:db8::2")
    monkeypatch.setenv("POSTMASTER_PROBE_ALLOW", "127.0.0.0/8,::1")
    monkeypatch.setenv("POSTMASTER_PROBE_PORTS", "25,1025")
    monkeypatch.setenv("POSTMASTER_METRICS", "[::1]:9100")
    monkeypatch.setenv("DISCORD_SHARDS", "0-3/8")
    monkeypatch.setenv("POSTMASTER_LEARN", "on")

    settings = load_settings()

    assert settings.resolvers == ("192.0.2.53:5353", "[2001:db8::1]:53", "2001:db8::2")
    assert settings.probe_allow == ("127.0.0.0/8", "::1/128")
    assert settings.probe_ports == (25, 1025)
    assert settings.metrics == Address("::1", 9100)
    assert str(settings.metrics) == "[::1]:9100"
    assert settings.discord_shards == Shards((0, 1, 2, 3), 8)
    assert settings.learn


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMASTER_STORE", "")

    assert load_settings().store == "sqlite:"


def test_the_guards_policy_can_be_made_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMASTER_CONTROL", "control.example.net:25")

    policy = Policy(**load_settings().policy())

    assert (policy.control, policy.ports) == ("control.example.net:25", (25, 465, 587, 2525))


def test_a_toml_file_holds_the_same_keys_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "postmaster.toml").write_text(
        'POSTMASTER_SITE = "berlin"\nPOSTMASTER_PROBE_PORTS = [25, 587]\nPOSTMASTER_RETENTION_DAYS = 7\n'
    )
    monkeypatch.setenv("POSTMASTER_RETENTION_DAYS", "3")

    settings = load_settings()

    assert (settings.site, settings.probe_ports, settings.retention_days) == ("berlin", (25, 587), 3)


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('POSTMASTER_STORE = "memory:"\n')
    monkeypatch.setenv("POSTMASTER_CONFIG", "other.toml")

    assert load_settings().store == "memory:"


def test_a_secret_is_read_from_the_file_that_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-of-the-bot\n")
    (tmp_path / "key").write_text("new-key,old-key")
    (tmp_path / "postmaster.toml").write_text('POSTMASTER_KEY_FILE = "key"\n')
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "token")

    settings = load_settings()

    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-of-the-bot"
    assert [key.get_secret_value() for key in settings.key] == ["new-key", "old-key"]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("POSTMASTER_STORE", "mysql://db", "POSTMASTER_STORE must be sqlite:PATH"),
        ("POSTMASTER_BROKER", "amqp://x", "POSTMASTER_BROKER must be inline or redis://"),
        ("POSTMASTER_RESOLVERS", "dns.example.net", "POSTMASTER_RESOLVERS must be addresses of resolvers"),
        ("POSTMASTER_PROBE_ALLOW", "my-lan", "POSTMASTER_PROBE_ALLOW must be networks"),
        ("POSTMASTER_PROBE_PORTS", "0", "POSTMASTER_PROBE_PORTS must be port numbers"),
        ("POSTMASTER_PROBE_PORTS", "smtp", "POSTMASTER_PROBE_PORTS is not valid"),
        ("POSTMASTER_SITE", "user", "POSTMASTER_SITE must be a short name"),
        ("POSTMASTER_CONTROL", "control.example.net", "POSTMASTER_CONTROL must be host:port"),
        ("POSTMASTER_ISPDB", "autoconfig.example.net", "POSTMASTER_ISPDB must be an address that begins with https://"),
        ("POSTMASTER_CA_FILE", "/nonexistent/ca.pem", "POSTMASTER_CA_FILE must be a file of certificates"),
        ("POSTMASTER_METRICS", ":9100", "POSTMASTER_METRICS must be host:port"),
        ("POSTMASTER_HTTP", "127.0.0.1:http", "POSTMASTER_HTTP must be host:port"),
        ("POSTMASTER_LOG", "xml", "POSTMASTER_LOG is not valid"),
        ("POSTMASTER_LEARN", "perhaps", "POSTMASTER_LEARN is not valid"),
        ("POSTMASTER_RETENTION_DAYS", "0", "POSTMASTER_RETENTION_DAYS must be a number of days"),
        ("DISCORD_SHARDS", "8/8", "DISCORD_SHARDS must name shards below the count"),
        ("DISCORD_GATEWAY_URL", "https://gateway.example", "DISCORD_GATEWAY_URL must be an address that begins with wss://"),
        ("SLACK_BOT_TOKEN", "xapp-1-A", "SLACK_BOT_TOKEN holds a token that begins with xapp-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "SLACK_APP_TOKEN holds a token that begins with xoxb-"),
        ("SLACK_BOT_TOKEN_FILE", "/nonexistent/token", "SLACK_BOT_TOKEN_FILE names /nonexistent/token, which cannot be read"),
        ("POSTMASTER_CONFIG", "/nonexistent/p.toml", "/nonexistent/p.toml cannot be read"),
    ],
)
def test_a_mistake_gets_one_sentence_that_names_the_key(monkeypatch: pytest.MonkeyPatch, key: str, value: str, sentence: str) -> None:
    monkeypatch.setenv(key, value)

    with pytest.raises(UsageError) as raised:
        load_settings()

    assert str(raised.value).startswith(sentence)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('POSTMASTER_STOER = "memory:"', "POSTMASTER_STORE is meant"),
        ('colour = "red"', "remove it"),
        ("POSTMASTER_STORE = ", "is not valid TOML"),
        ("POSTMASTER_STORE = 5", "POSTMASTER_STORE is not valid"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "postmaster.toml").write_text(content)

    with pytest.raises(UsageError, match=sentence):
        load_settings()


def test_a_secret_set_twice_is_a_mistake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("one")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "token")
    monkeypatch.setenv("DISCORD_TOKEN", "two")

    with pytest.raises(UsageError, match="DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set"):
        load_settings()


def test_no_secret_is_shown_in_full_or_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in SECRET_KEYS:
        monkeypatch.setenv(key, "sesame-sesame-sesame-sesame")
    monkeypatch.setenv("POSTMASTER_STORE", "redis://:sesame@cache:6379/0")

    settings = load_settings()

    assert "sesame" not in repr(describe(settings)) + repr(settings.key) + repr(settings.discord_token)
    monkeypatch.setenv("POSTMASTER_STORE", "amqp://u:sesame@cache")
    with pytest.raises(UsageError) as raised:
        load_settings()
    assert "sesame" not in str(raised.value)


def test_every_key_has_a_row_and_what_is_missing_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-bot")
    monkeypatch.setenv("POSTMASTER_STOER", "memory:")

    rows = {row.key: row for row in describe(load_settings())}

    assert rows.keys() >= KEYS.keys()
    assert (rows["SLACK_BOT_TOKEN"].state, rows["POSTMASTER_SITE"].state, rows["DISCORD_TOKEN"].state) == ("set", "default", "off")
    assert rows["SLACK_APP_TOKEN"].state == "missing"
    assert "SLACK_SIGNING_SECRET" in rows["SLACK_APP_TOKEN"].remedy
    assert "POSTMASTER_STORE" in rows["POSTMASTER_STOER"].remedy
